package headless

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/dustin/go-humanize"

	"cosmander/jobs"
)

// foreign is the account of a job if it is not that of the command.
func (e *Env) foreign(j jobs.Job) string {
	if j.Account == e.Account {
		return ""
	}
	return strings.TrimSpace(j.Account)
}

// jobFields are what a file or a pipe gets of a job.
func (e *Env) jobFields(j jobs.Job) []string {
	number := func(n int64) string { return strconv.FormatInt(n, 10) }
	left := ""
	if j.Left >= 0 {
		left = number(int64(j.Left.Seconds()))
	}
	return []string{
		number(int64(j.ID)), string(j.State), verb(j), j.Title, j.From, j.To,
		number(j.ItemsDone), number(j.Items), number(j.ItemsFailed), number(j.BytesDone), number(j.Bytes),
		number(int64(j.Rate)), left, e.foreign(j), j.Reason, j.Priority.String(), number(j.ItemsAsking), number(j.ItemsRestoring),
	}
}

// fields joins what stands between tabs. A tab, a line's end or a backslash in
// it is written as \t, \n, \r or \\, so that lines and columns stay whole.
func fields(list []string) string {
	escape := strings.NewReplacer("\\", `\\`, "\t", `\t`, "\n", `\n`, "\r", `\r`)
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = escape.Replace(s)
	}
	return strings.Join(out, "\t")
}

// column is one of a table for people.
type column struct {
	head  string
	right bool
	// gives makes room when the window is too narrow: it shrinks to minCells.
	gives bool
	// leaves says how early it is left out if that is not enough; 0: never.
	leaves int
	cells  []string
}

const (
	minCells = 10 // of a column that gives
	gap      = 2  // between columns
)

// table prints jobs for people, a reason on a line of its own.
func (e *Env) table(out io.Writer, list []jobs.Job) {
	columns := []column{
		{head: "ID", right: true},
		{head: "STATE"},
		{head: "DONE", right: true},
		{head: "RATE", right: true, leaves: 2},
		{head: "LEFT", right: true, leaves: 4},
		{head: "WHAT"},
		{head: "NAME", gives: true},
		{head: "FROM", gives: true, leaves: 1},
		{head: "TO", gives: true, leaves: 3},
		{head: "ACCOUNT", gives: true, leaves: 5},
	}
	for _, j := range list {
		for i, cell := range e.cells(j) {
			columns[i].cells = append(columns[i].cells, e.name(e.Stdout, cell))
		}
	}
	columns = slices.DeleteFunc(columns, func(c column) bool {
		return !slices.ContainsFunc(c.cells, func(cell string) bool { return cell != "" })
	})
	rows := arrange(columns, e.Stdout.Columns)
	fmt.Fprintln(out, rows[0])
	for i, j := range list {
		fmt.Fprintln(out, rows[i+1])
		if j.Reason != "" {
			reason := "    " + e.name(e.Stdout, j.Reason)
			if e.Stdout.Columns > 0 {
				reason = shorten(reason, e.Stdout.Columns)
			}
			fmt.Fprintln(out, reason)
		}
	}
}

func (e *Env) cells(j jobs.Job) []string {
	state := string(j.State)
	if j.Pending {
		state += "*" // asked for
	}
	if !j.State.Final() {
		state = map[jobs.Priority]string{jobs.High: "↑ ", jobs.Low: "↓ "}[j.Priority] + state
	}
	rate, left := "", ""
	if j.Rate >= 1 {
		rate = size(int64(j.Rate)) + "/s"
	}
	if j.Left > 0 {
		left = j.Left.Round(time.Second).String()
	}
	return []string{
		strconv.FormatInt(int64(j.ID), 10), state, portion(j), rate, left, verb(j), j.Title, j.From, j.To, e.foreign(j),
	}
}

// portion is how much of a job is done: a percentage, or items if it has no
// bytes or their sum is not known yet.
func portion(j jobs.Job) string {
	if j.Items == 0 {
		return ""
	}
	if j.Kind.InPlace() || j.Bytes == 0 || j.Counting {
		more := ""
		if j.Counting {
			more = "+"
		}
		return humanize.Comma(j.ItemsDone) + "/" + humanize.Comma(j.Items) + more
	}
	return strconv.FormatInt(j.BytesDone*100/j.Bytes, 10) + " %"
}

// progressSum is how far a job is that does not move.
func progressSum(j jobs.Job) string {
	text := fmt.Sprintf("%s of %s files", humanize.Comma(j.ItemsDone), humanize.Comma(j.Items))
	if !j.Kind.InPlace() {
		text += fmt.Sprintf(", %s of %s", size(j.BytesDone), size(j.Bytes))
	}
	for _, more := range []struct {
		n    int64
		what string
	}{{j.ItemsAsking, "to be answered"}, {j.ItemsRestoring, "being restored"}, {j.ItemsSkipped, "skipped"}, {j.ItemsFailed, "failed"}, {j.Unverified, "not verified"}} {
		if more.n > 0 {
			text += fmt.Sprintf(", %s %s", humanize.Comma(more.n), more.what)
		}
	}
	return text
}

// arrange aligns a table by cells, in width of them if width is not 0. The
// first line is the head.
func arrange(columns []column, width int) []string {
	columns, widths := fit(slices.Clone(columns), width)
	lines := make([]string, 1+len(columns[0].cells))
	for i := range lines {
		var b strings.Builder
		for c, col := range columns {
			text := col.head
			if i > 0 {
				text = col.cells[i-1]
			}
			text = shorten(text, widths[c])
			blank := strings.Repeat(" ", widths[c]-ansi.StringWidthWc(text))
			if col.right {
				text = blank + text
			} else {
				text += blank
			}
			b.WriteString(text + strings.Repeat(" ", gap))
		}
		lines[i] = strings.TrimRight(b.String(), " ")
	}
	return lines
}

// fit leaves out what has no room at all and shares the rest.
func fit(columns []column, width int) ([]column, []int) {
	for {
		widths := make([]int, len(columns))
		least, whole, first := -gap, -gap, -1
		for i, c := range columns {
			widths[i] = ansi.StringWidthWc(c.head)
			for _, cell := range c.cells {
				widths[i] = max(widths[i], ansi.StringWidthWc(cell))
			}
			whole += gap + widths[i]
			if least += gap + widths[i]; c.gives {
				least += min(widths[i], minCells) - widths[i]
			}
			if c.leaves > 0 && (first < 0 || c.leaves < columns[first].leaves) {
				first = i
			}
		}
		switch {
		case width <= 0 || whole <= width:
			return columns, widths
		case least <= width || first < 0:
			share(columns, widths, whole-width)
			return columns, widths
		}
		columns = slices.Delete(columns, first, first+1)
	}
}

// share takes excess cells from the columns that give, always from the widest.
func share(columns []column, widths []int, excess int) {
	for ; excess > 0; excess-- {
		widest := -1
		for i, c := range columns {
			if c.gives && widths[i] > 1 && (widest < 0 || widths[i] > widths[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			return
		}
		widths[widest]--
	}
}

// shorten cuts text to some cells by leaving out its middle: both ends of a
// path tell something.
func shorten(text string, cells int) string {
	if ansi.StringWidthWc(text) <= cells {
		return text
	}
	if cells < 1 {
		return ""
	}
	var parts []string
	var wide []int
	for rest := text; rest != ""; {
		part, n := ansi.FirstGraphemeCluster(rest, ansi.WcWidth)
		parts, wide = append(parts, part), append(wide, n)
		rest = rest[len(part):]
	}
	// The end gets half of what the ellipsis leaves, the beginning the rest.
	head, tail, used := 0, len(parts), 0
	for ; used+wide[tail-1] <= (cells-1)/2; tail-- {
		used += wide[tail-1]
	}
	for ; used+wide[head] <= cells-1; head++ {
		used += wide[head]
	}
	return strings.Join(parts[:head], "") + "…" + strings.Join(parts[tail:], "")
}
