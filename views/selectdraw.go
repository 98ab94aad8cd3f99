package views

import "strings"

// selectError is how many lines an error may take.
const selectError = 5

// Draw fills width by height.
func (s *Select) Draw(k *Look, width, height int) []string {
	inner := width - 2
	body := s.head(k, inner)
	s.hitQuery = len(body) - s.errorLines(k, inner)
	options, spans := s.options.draw(k, inner, s.focus)
	s.spans = spans
	body = append(body, options, "")
	s.hitRows = len(body) + 1
	page := max(height-2-len(body)-1-1, 1)
	body = append(body, s.rows(k, inner, page)...)
	body = append(fill(body, height-3)[:max(height-3, 0)], s.foot(k, inner))
	return k.box(s.title(k, inner), s.hint(k), body, width, k.Accent)
}

func (s *Select) title(k *Look, inner int) string {
	what, of := "Select", s.Title
	return what + k.sep() + k.Shorten(of, max(inner-len(what)-8, 10))
}

// promptCells are before the query.
const promptCells = 4

// head is the query, below it the place that is at fault, and why.
func (s *Select) head(k *Look, inner int) []string {
	room := inner - promptCells - 1
	l := line{look: k}
	style := k.Dim
	if s.focus == 0 {
		style = k.Accent
	}
	l.blank("", 2)
	l.put(style, k.Marks.Shut+" ")
	if s.focus == 0 {
		s.query.draw(k, &l, room)
	} else {
		l.glyphs(cutEnd(k.glyphs(s.query.Text()), room, k.Marks.Ellipsis), k.Text, k.Odd)
	}
	return append([]string{l.String()}, s.failure(k, inner)...)
}

func (s *Select) errorLines(k *Look, inner int) int { return len(s.failure(k, inner)) }

func (s *Select) failure(k *Look, inner int) []string {
	var lines []string
	if at := s.caret(k, inner-promptCells-1); at >= 0 {
		lines = append(lines, strings.Repeat(" ", promptCells+at)+k.Danger.On("^"))
	}
	for i, text := range s.Failed {
		style := k.Danger
		if i > 0 {
			style = k.Dim
		}
		for _, part := range k.Wrap(text, inner-promptCells-1, selectError-2) {
			if len(lines) < selectError {
				lines = append(lines, strings.Repeat(" ", promptCells)+style.On(part))
			}
		}
	}
	return lines
}

// caret is the cell of the query line below which the fault is; -1 if it is
// not seen, or the query is another one by now.
func (s *Select) caret(k *Look, room int) int {
	if s.FailedAt <= 0 || s.query.Text() != s.ran || s.FailedAt > len(s.query.text)+1 {
		return -1
	}
	at := cellsOf(k.glyphs(string(s.query.text[:s.FailedAt-1])))
	if s.focus == 0 { // what is before the cursor may be cut off
		before := cellsOf(k.glyphs(string(s.query.text[:s.query.cursor])))
		at -= max(before-(room-1), 0)
	}
	if at < 0 || at >= room {
		return -1
	}
	return at
}

func (s *Select) rows(k *Look, inner, page int) []string {
	if s.table.len() > 0 {
		lines := s.table.draw(k, s.Keys, inner-3, page)
		for i := range lines {
			lines[i] = "  " + lines[i]
		}
		return lines
	}
	s.table.page, s.table.method, s.table.ascii = page, k.Width, !k.Marks.Unicode
	switch {
	case s.Guessing:
		return []string{k.remark("looking at how it is laid out" + k.Marks.Ellipsis)}
	case s.Running:
		return []string{k.remark("no row yet" + k.Marks.Ellipsis)}
	case s.ran == "":
		return []string{k.remark("Enter runs the query")}
	case s.Failed == nil:
		return []string{k.remark("no row matches")}
	}
	return nil
}

// foot says how far the query is and what came of it.
func (s *Select) foot(k *Look, inner int) string {
	if s.ran == "" {
		return ""
	}
	var words []string
	if c := s.Counts; c.Scanned > 0 { // the service has said it
		words = append(words, "scanned "+Size(c.Scanned))
		if inner >= 72 {
			words = append(words, "processed "+Size(c.Processed))
		}
	}
	words = append(words, "returned "+Size(s.Counts.Returned))
	n := int64(s.table.len())
	switch {
	case s.Full:
		words = append(words, "first "+Plural(n, "row", "rows"))
	case s.Running:
		words = append(words, Plural(n, "row", "rows")+k.Marks.Ellipsis)
	default:
		words = append(words, Plural(n, "row", "rows"))
	}
	if s.State != "" {
		words = append(words, s.State)
	}
	l := line{look: k}
	l.blank("", 2)
	said := k.lastOf(strings.Join(words, k.sep()), inner-3) // how many rows and what can be done matter most
	l.glyphs(cutEnd(k.glyphs(said), inner-3, k.Marks.Ellipsis), k.Dim, k.Odd)
	return l.String()
}

func (s *Select) hint(k *Look) string {
	esc := "Esc leaves"
	switch {
	case s.warned:
		return "Esc again leaves and loses the query that was not run"
	case s.Running, s.Saving:
		esc = "Esc stops"
	}
	var words []string
	switch f := s.option(); {
	case f != nil:
		words = []string{f.Label, "arrows choose", "Enter runs"}
	case s.focus == 0:
		words = []string{"Enter runs", k.Marks.Up + k.Marks.Down + " earlier queries", "Tab options"}
	default:
		words = []string{"arrows scroll", s.SaveKey + " saves", "Enter query"}
	}
	return strings.Join(append(words, esc), k.sep())
}
