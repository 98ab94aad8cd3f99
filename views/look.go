// Package views draws the screen and edits what a user types into it.
//
// What a view draws is a function of plain values, a [Look] and a size: no
// clock, no I/O, no globals, and only the rows that are seen. A view that
// takes input owns its cursor and hands back a typed [Action].
package views

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"cosmander/theme"
)

// Look is how things are drawn on this terminal.
type Look struct {
	theme.Theme
	Marks Marks
	// Width is how the terminal counts the cells of a character.
	Width ansi.Method
	// Low draws less, for a slow line: the cursor is a mark without a bar, and
	// panes show names and sizes only.
	Low bool
	// Now decides whether a time is shown with its year.
	Now time.Time
}

// Marks are the glyphs outside ASCII and what stands for them without.
type Marks struct {
	Mark, Cursor, Ellipsis, Ascending        string
	Up, Down, Delete, To, Done, Failed       string
	Dot, Open, Shut, Horizontal, Vertical    string
	TopLeft, TopRight, BottomLeft, BottomEnd string
	Bar                                      []string // by eighths; the last is full
	BarOff                                   string
	Spark                                    []string // heights of a sparkline; the last is full
	Unicode                                  bool
}

// UnicodeMarks are the glyphs of a UTF-8 terminal, each one cell wide.
func UnicodeMarks() Marks {
	return Marks{
		Mark: "●", Cursor: "▌", Ellipsis: "…", Ascending: "↑",
		Up: "↑", Down: "↓", Delete: "-", To: "→", Done: "✓", Failed: "✗",
		Dot: "·", Open: "‹", Shut: "›", Horizontal: "─", Vertical: "│",
		TopLeft: "╭", TopRight: "╮", BottomLeft: "╰", BottomEnd: "╯",
		Bar: []string{"▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"}, BarOff: " ", Unicode: true,
		Spark: []string{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"},
	}
}

// ASCIIMarks are the twins for a terminal that is not UTF-8.
func ASCIIMarks() Marks {
	return Marks{
		Mark: "*", Cursor: ">", Ellipsis: "~", Ascending: "^",
		Up: "^", Down: "v", Delete: "-", To: ">", Done: "+", Failed: "x",
		Dot: "-", Open: "<", Shut: ">", Horizontal: "-", Vertical: "|",
		TopLeft: "+", TopRight: "+", BottomLeft: "+", BottomEnd: "+",
		Bar: []string{"#"}, BarOff: ".", Spark: []string{".", ":", "-", "=", "+", "*", "#", "@"},
	}
}

// sep returns the dot that stands between facts.
func (k *Look) sep() string { return " " + k.Marks.Dot + " " }

// Count writes n in groups of three digits: "3 000".
func Count(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + " " + s[i:]
	}
	return s
}

// Plural is "1 file" or "2 files".
func Plural(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return Count(n) + " " + many
}

// Size writes bytes with at most three digits and a decimal unit: "12.4 GB".
func Size(bytes int64) string {
	if bytes < 0 {
		return ""
	}
	if bytes < 1000 {
		return strconv.FormatInt(bytes, 10) + " B"
	}
	v, unit := float64(bytes), 0
	for v >= 999.5 && unit < 6 {
		v /= 1000
		unit++
	}
	digits := 1
	if v >= 99.95 {
		digits = 0
	}
	return strconv.FormatFloat(v, 'f', digits, 64) + " " + []string{"B", "kB", "MB", "GB", "TB", "PB", "EB"}[unit]
}

// Rate is a size a second.
func Rate(bytesPerSecond float64) string {
	if bytesPerSecond < 1 {
		return ""
	}
	return Size(int64(bytesPerSecond)) + "/s"
}

// Remaining writes a remaining time as "0:42" or "1:02:03"; empty if d < 0.
func Remaining(d time.Duration) string {
	if d < 0 {
		return ""
	}
	s := int64(d.Round(time.Second) / time.Second)
	switch {
	case s >= 100*3600:
		return fmt.Sprintf("%d days", s/86400)
	case s >= 3600:
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

// when writes a time: "22 Nov 14:05" this year, "2024-03-02" before; in short
// form "22 Nov".
func (k *Look) when(t time.Time, short bool) string {
	switch {
	case t.IsZero():
		return ""
	case t.Year() != k.Now.Year() && short:
		return t.Format("Jan 06")
	case t.Year() != k.Now.Year():
		return t.Format("2006-01-02")
	case short:
		return t.Format("02 Jan")
	}
	return t.Format("02 Jan 15:04")
}

// since writes a time that is not long ago: "14:05" today, else as when does.
func (k *Look) since(t time.Time) string {
	if !t.IsZero() && t.Format(time.DateOnly) == k.Now.Format(time.DateOnly) {
		return t.Format("15:04")
	}
	return k.when(t, false)
}

// Class shortens a storage class to four letters.
func Class(class string) string {
	if short, ok := shortClass[class]; ok {
		return short
	}
	return class[:min(4, len(class))]
}

// Classes are the storage classes of the service.
func Classes() []string { return slices.Sorted(maps.Keys(shortClass)) }

// LongClass is the storage class that is called or shortened to name; false if
// none is.
func LongClass(name string) (string, bool) {
	for class, short := range shortClass {
		if name == class || name == short {
			return class, true
		}
	}
	return "", false
}

var shortClass = map[string]string{
	"STANDARD": "STD", "STANDARD_IA": "IA", "INTELLIGENT_TIERING": "INT",
	"ARCHIVE": "ARC", "DEEP_ARCHIVE": "DEEP", "MAZ_STANDARD": "MAZ",
	"MAZ_STANDARD_IA": "MAZI", "MAZ_INTELLIGENT_TIERING": "MAZT", "COLD": "COLD",
}

// bar draws done of total in width cells; it is full only when done is total.
func (k *Look) bar(done, total int64, width int) string {
	if width <= 0 {
		return ""
	}
	steps := len(k.Marks.Bar)
	filled := 0
	if total > 0 {
		filled = int(float64(done) / float64(total) * float64(width*steps))
	}
	filled = min(max(filled, 0), width*steps)
	if done < total && filled == width*steps {
		filled--
	}
	text := strings.Repeat(k.Marks.Bar[steps-1], filled/steps)
	cells := filled / steps
	if rest := filled % steps; rest > 0 {
		text += k.Marks.Bar[rest-1]
		cells++
	}
	return k.Bar.On(text) + k.BarOff.On(strings.Repeat(k.Marks.BarOff, width-cells))
}

// Percent is "62 %", never 100 before the end.
func Percent(done, total int64) string { return strings.TrimSpace(percent(done, total)) }

// percent is "62 %", padded to five cells, never 100 before the end.
func percent(done, total int64) string {
	if total <= 0 {
		return "     "
	}
	p := int64(float64(done) / float64(total) * 100)
	if done < total {
		p = min(p, 99)
	}
	return fmt.Sprintf("%3d %%", max(p, 0))
}
