package views

import (
	"cmp"
	"regexp"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"cosmander/jobs"
)

// Hint is a key and what it does, for the hint line and the help.
type Hint struct{ Key, Does string }

// Hints draws as many hints as fit, in order, the last one always.
func (k *Look) Hints(hints []Hint, width int) string {
	l := line{look: k}
	l.blank("", 1)
	for i, h := range hints {
		cells := k.Width.StringWidth(h.Key+h.Does) + 3
		last := 0
		if i < len(hints)-1 {
			final := hints[len(hints)-1]
			last = k.Width.StringWidth(final.Key+final.Does) + 3
		}
		if l.cells+cells+last > width+2 {
			continue
		}
		l.put(k.Key, h.Key)
		l.put(k.Dim, " "+h.Does)
		if l.cells+2 < width {
			l.blank("", 2)
		}
	}
	l.to(width, "")
	return l.String()
}

// Tone is how serious a status line is.
type Tone int

// The tones.
const (
	Plain Tone = iota
	Warning
	Failure
)

// Status draws one line of text from anywhere.
func (k *Look) Status(text string, tone Tone, width int) string {
	l := line{look: k}
	style := k.Text
	switch tone {
	case Plain:
	case Warning:
		style = k.Marked
	case Failure:
		style = k.Danger
	}
	l.blank("", 1)
	gs := k.glyphs(text)
	l.glyphs(cutEnd(gs, width-2, k.Marks.Ellipsis), style, k.Odd)
	l.to(width, "")
	return l.String()
}

// Wrap makes text from anywhere safe and breaks it into at most most lines
// of width cells; what does not fit is cut.
func (k *Look) Wrap(text string, width, most int) []string {
	lines := strings.Split(k.broken(k.safe(text), max(width, 1)), "\n")
	if len(lines) <= most {
		return lines
	}
	rest := strings.Join(lines[most-1:], " ")
	lines = lines[:most]
	lines[most-1] = k.Width.Truncate(rest, width, k.Marks.Ellipsis)
	return lines
}

// keyNames are keys as the help writes them, which are no words to be broken.
var keyNames = regexp.MustCompile(`\b([CMS])-(\S)`)

// noBreak looks like a hyphen, has its width and is not broken at.
const noBreak = "\u2011"

// broken is text with line ends, none of them in a key.
func (k *Look) broken(text string, width int) string {
	if strings.Contains(text, noBreak) {
		return k.Width.Wrap(text, width, "") // it is in somebody's name
	}
	text = k.Width.Wrap(keyNames.ReplaceAllString(text, "${1}"+noBreak+"${2}"), width, "")
	return strings.ReplaceAll(text, noBreak, "-")
}

// Shorten makes text from anywhere safe and leaves out its middle where it is
// wider than cells.
func (k *Look) Shorten(text string, cells int) string {
	var b strings.Builder
	for _, g := range cutMiddle(k.glyphs(text), cells, k.Marks.Ellipsis) {
		b.WriteString(g.text)
	}
	return b.String()
}

// cutEnd shortens gs to width cells by leaving out the end.
func cutEnd(gs []glyph, width int, ellipsis string) []glyph {
	used := 0
	for i, g := range gs {
		if used+g.cells > width {
			for i > 0 && used+1 > width {
				i--
				used -= gs[i].cells
			}
			if width <= 0 {
				return nil
			}
			return append(append([]glyph{}, gs[:i]...), glyph{ellipsis, 1, false})
		}
		used += g.cells
	}
	return gs
}

// Strip is the one line that shows what the queue does.
type Strip struct {
	Kind  jobs.Kind
	Title string
	To    string
	Done  int64 // bytes of all live jobs
	Total int64
	// Items of all live jobs; 0 if they are not worth a number.
	ItemsDone, Items int64
	Rate             float64
	Limit            int64 // bytes a second; 0: none
	Asking           int64 // items that wait for an answer
	Restoring        int64 // items that the service restores
	Since            time.Time
	Still            bool   // all that is left to do waits for that
	Left             string // "0:42 left", or why it waits
	Count            string // "1 of 3"
	Jobs             string // the key of the job list and its name
	Result           string // set when nothing runs any more: what ended
	Failed           bool   // Result is about a failure
}

// Strip draws s in one line.
func (k *Look) Strip(s Strip, width int) string {
	if s.Result != "" {
		return k.stripResult(s, width)
	}
	right := line{look: k}
	barCells := min(max(width/7, 6), 24)
	items := progress(s.ItemsDone, s.Items)
	wide := width >= wideStrip
	if s.noted() && !wide {
		barCells, items = 0, "" // what waits is said instead
	}
	limited := s.Limit > 0 && width >= 76 && (!s.noted() || wide) && !s.Still
	if s.Still {
		right.put(k.Dim, "since "+k.since(s.Since))
	} else {
		k.stripNumbers(&right, s, width, barCells, items, limited)
	}
	tail := s.Count + k.sep() + s.Jobs
	if (items != "" || limited) && !wide {
		key, _, _ := strings.Cut(s.Jobs, " ")
		tail = key + " " + s.Count
	}
	if width >= 76 {
		right.put(k.Dim, "   "+tail)
	}
	l := line{look: k}
	switch {
	case s.Asking > 0:
		l.put(k.Odd, " ? "+Count(s.Asking)+" ask ")
	case s.Restoring > 0:
		l.put(k.Odd, " "+Restoring.glyph()+" "+Count(s.Restoring)+" restoring ")
	}
	l.put(k.Accent, " "+k.arrow(s.Kind)+" ")
	k.stripTitle(&l, s, width-right.cells-l.cells-2)
	l.to(width-right.cells-1, "")
	return l.String() + right.String() + strings.Repeat(" ", max(width-right.cells-l.cells, 0))
}

// noted reports that something waits for somebody else.
func (s Strip) noted() bool { return s.Asking > 0 || s.Restoring > 0 }

// stripNumbers writes how far what moves is, in a window of so many cells.
func (k *Look) stripNumbers(right *line, s Strip, width, barCells int, items string, limited bool) {
	if items == "" || width >= wideStrip {
		right.WriteString(k.bar(s.Done, s.Total, barCells))
		right.cells += barCells
	}
	if items != "" {
		right.put(k.Text, "  "+items)
	}
	right.put(k.Text, " "+percent(s.Done, s.Total))
	if limited {
		right.put(k.Text, pad(cmp.Or(Rate(s.Rate), "0 B/s")+" of "+Rate(float64(s.Limit)), 2*rateCells+4, true))
	} else {
		right.put(k.Text, pad(Rate(s.Rate), 12, true))
	}
	if width >= 56 {
		right.put(k.Dim, pad(s.Left, 14, true))
	}
}

// wideStrip is from how many cells on the strip has room for everything.
const wideStrip = 110

func (k *Look) stripTitle(l *line, s Strip, room int) {
	if s.To != "" && room > 36 {
		title := k.cutTitle(s.Title, room/2)
		l.glyphs(title, k.Text, k.Odd)
		l.put(k.Dim, " "+k.Marks.To+" ")
		l.glyphs(cutLeft(k.glyphs(s.To), room-cellsOf(title)-3, k.Marks.Ellipsis), k.Dim, k.Odd)
		return
	}
	l.glyphs(k.cutTitle(s.Title, room), k.Text, k.Odd)
}

func (k *Look) stripResult(s Strip, width int) string {
	l := line{look: k}
	mark, style := k.Marks.Done, k.Good
	if s.Failed {
		mark, style = k.Marks.Failed, k.Danger
	}
	l.put(style, " "+mark+" ")
	room := width - l.cells - k.Width.StringWidth(s.Jobs) - 4
	l.glyphs(cutEnd(k.glyphs(s.Result), room, k.Marks.Ellipsis), style, k.Odd)
	l.to(width-k.Width.StringWidth(s.Jobs)-1, "")
	l.put(k.Dim, s.Jobs)
	l.to(width, "")
	return l.String()
}

func (k *Look) arrow(kind jobs.Kind) string {
	switch kind {
	case jobs.Upload, jobs.Append:
		return k.Marks.Up
	case jobs.Download:
		return k.Marks.Down
	case jobs.Copy:
		return k.Marks.To
	case jobs.Delete, jobs.Abort:
		return k.Marks.Delete
	case jobs.SetHeaders, jobs.SetClass, jobs.SetACL, jobs.SetTags, jobs.Restore, jobs.MakeFolder:
	}
	return k.Marks.Dot
}

// pad fills text with spaces to width cells, on the left if right is set.
func pad(text string, width int, right bool) string {
	blank := strings.Repeat(" ", max(width-ansi.StringWidth(text), 0))
	if right {
		return blank + text
	}
	return text + blank
}

// TooSmall fills a window in which nothing useful can be drawn.
func (k *Look) TooSmall(width, height, needWidth, needHeight int) []string {
	if width <= 0 || height <= 0 {
		return nil
	}
	text := "window too small: " + Count(int64(width)) + " x " + Count(int64(height)) + ", " +
		Count(int64(needWidth)) + " x " + Count(int64(needHeight)) + " is needed"
	lines := fill(k.Wrap(text, width, height), height)
	for i, text := range lines {
		lines[i] = pad(text, width, false)
	}
	return lines
}
