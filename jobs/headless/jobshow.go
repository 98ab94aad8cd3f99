package headless

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/dustin/go-humanize"

	"cosmander/jobs"
)

// others are the states of items that need nobody.
func others() []jobs.State {
	return []jobs.State{jobs.Queued, jobs.Running, jobs.Retrying, jobs.Paused, jobs.Verifying, jobs.Cancelled, jobs.Done}
}

// ShowJob prints a job and its items, those that failed first, page by page
// from the journal. Of a job with very many items those that are done and have
// no row any more are counted; [Env.Receipts] tells of each.
func (e *Env) ShowJob(ctx context.Context, arg string, o JobsOptions) error {
	id, err := number(arg)
	if err != nil {
		return err
	}
	return e.withQueue(ctx, func(q *jobs.Queue) error {
		j, ok := find(q.Snapshot(), id)
		if !ok {
			return fmt.Errorf("job %d: %w", id, jobs.ErrNoJob)
		}
		j = truly(q, j)
		out := bufio.NewWriter(e.Stdout)
		if err := e.showHead(out, j, o); err != nil {
			return err
		}
		passes := [][]jobs.State{{jobs.Failed}, {jobs.Asking}, {jobs.Restoring}, others()}
		if o.Failed {
			passes = passes[:1]
		}
		var n int64
		for _, states := range passes {
			err := eachItem(ctx, q, id, states, func(it jobs.Item) error {
				n++
				return e.showItem(out, j, it, o)
			})
			if err != nil {
				return err
			}
		}
		if gone := j.Items - n; gone > 0 && e.Stdout.Terminal && !o.JSON && !o.Failed {
			fmt.Fprintf(out, "and %s more that are done: cosmander jobs receipts %d\n", humanize.Comma(gone), id)
		}
		return out.Flush()
	})
}

func (e *Env) showHead(out io.Writer, j jobs.Job, o JobsOptions) error {
	switch {
	case o.JSON:
		return lines(out).Encode(e.listed(j))
	case !e.Stdout.Terminal:
		_, err := fmt.Fprintln(out, fields(e.jobFields(j)))
		return err
	}
	more, progress := "", progressText(j)
	if j.Pending {
		more = ", yet to be carried out"
	}
	if j.State.Final() || j.State == jobs.Paused || j.State == jobs.Queued {
		progress = progressSum(j)
	}
	fmt.Fprintf(out, "job %d: %s %s, %s%s\n", j.ID, verb(j), e.name(e.Stdout, j.Title), j.State, more)
	for _, line := range [][2]string{
		{"from", j.From},
		{"to", j.To},
		{"account", e.foreign(j)},
		{"done", strings.TrimSpace(progress)},
		{"queued", instant(j.Created)},
		{"ended", instant(j.Finished)},
		{"reason", j.Reason},
		{"next", next(j)},
	} {
		if line[1] != "" && (line[0] != "reason" || j.State != jobs.Retrying) {
			fmt.Fprintf(out, "%-8s %s\n", line[0], e.wrapped(line[1], 9))
		}
	}
	_, err := fmt.Fprintln(out)
	return err
}

// next says what to do about a job that does not go on by itself.
func next(j jobs.Job) string {
	switch j.State {
	case jobs.Failed:
		return fmt.Sprintf("cosmander jobs retry %d", j.ID)
	case jobs.Paused:
		return fmt.Sprintf("cosmander jobs resume %d", j.ID)
	case jobs.Asking:
		return fmt.Sprintf("cosmander jobs answer %d CHOICE", j.ID)
	case jobs.Queued, jobs.Running, jobs.Retrying, jobs.Verifying, jobs.Restoring, jobs.Done, jobs.Cancelled:
	}
	return ""
}

func (e *Env) showItem(out io.Writer, j jobs.Job, it jobs.Item, o JobsOptions) error {
	if !it.State.Final() && it.State != jobs.Asking && (j.State == jobs.Paused || j.State == jobs.Queued) {
		it.State = j.State // its row says how far it was
	}
	if o.JSON {
		ev := itemEvent(it)
		ev.Finished = instant(it.Finished)
		return lines(out).Encode(ev)
	}
	state := string(it.State)
	switch {
	case it.Skipped:
		state = "skipped"
	case it.Verified:
		state = "verified"
	}
	if !e.Stdout.Terminal {
		_, err := fmt.Fprintln(out, fields([]string{
			strconv.FormatInt(it.N, 10), state, strconv.FormatInt(it.Size, 10), it.Name, it.Code, it.RequestID, it.Reason,
		}))
		return err
	}
	length := ""
	if it.Size >= 0 {
		length = size(it.Size)
	}
	_, err := fmt.Fprintf(out, "%-9s %8s  %s\n", state, length, e.name(e.Stdout, it.Name))
	if it.Reason != "" && err == nil {
		_, err = fmt.Fprintf(out, "%20s%s\n", "", e.wrapped(it.Reason+request(it), 20))
	}
	if it.State == jobs.Restoring && err == nil {
		_, err = fmt.Fprintf(out, "%20s%s\n", "", "since "+instant(it.RestoringSince))
	}
	if it.State == jobs.Asking && err == nil {
		_, err = fmt.Fprintf(out, "%20s%s\n", "", e.wrapped(asks(it), 20))
	}
	return err
}

// wrapped breaks text into lines that fit beside an indent.
func (e *Env) wrapped(text string, indent int) string {
	text = e.name(e.Stdout, text)
	room := e.Stdout.Columns - indent
	if room < minCells {
		return text
	}
	return strings.ReplaceAll(ansi.WrapWc(text, room, ""), "\n", "\n"+strings.Repeat(" ", indent))
}
