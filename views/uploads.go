package views

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// UploadRow is one multipart upload in progress.
type UploadRow struct {
	Key   string // as it is; made safe when drawn
	ID    string
	Begun time.Time
	Class string
	Whose string // "job 12 video.mp4", "this account", ...
	Held  bool   // a job goes on with it
	// Size and Parts are what the service has of it; Size is -1 as long as that
	// is not known, and Unknown says why nobody will know.
	Size    int64
	Parts   int
	Unknown string
	Marked  bool
}

// UploadOrder is what uploads are sorted by.
type UploadOrder int

// The orders. Of those whose size is not known the last comes last.
const (
	ByKey  UploadOrder = iota // as they are listed
	ByAge                     // the oldest first
	BySent                    // the largest first
	uploadOrders
)

// Uploads lists the unfinished uploads of a bucket. It fills the screen.
type Uploads struct {
	Title   string
	Prefix  string // left out of the keys that are shown
	Failed  string // why the list ended early
	Listing bool
	More    bool // there are more that were not listed
	Hints   []Hint

	rows        []UploadRow
	shown       []int // indices of rows, in the order of the screen
	order       UploadOrder
	reversed    bool
	filter      Edit
	filtering   bool
	cursor, top int
	page        int
}

var _ Typist = (*Uploads)(nil)

// Add takes rows that come after those before.
func (u *Uploads) Add(rows ...UploadRow) {
	first := len(u.rows)
	u.rows = append(u.rows, rows...)
	for i := first; i < len(u.rows); i++ {
		if u.matches(u.rows[i]) {
			u.shown = append(u.shown, i)
		}
	}
	if u.order != ByKey || u.reversed {
		u.arrange()
	}
}

// Show replaces the rows; the cursor, the marks and what is known of their
// sizes stay with their uploads.
func (u *Uploads) Show(rows []UploadRow) {
	was := make(map[string]UploadRow, len(u.rows))
	for _, r := range u.rows {
		was[r.ID] = r
	}
	for i, r := range rows {
		if old, ok := was[r.ID]; ok {
			rows[i].Marked = old.Marked && !r.Held
			rows[i].Size, rows[i].Parts, rows[i].Unknown = old.Size, old.Parts, old.Unknown
		}
	}
	at, on := u.Current()
	u.rows = rows
	u.arrange()
	u.to(at.ID, on)
}

// Learn notes what the service has of an upload, or why that is not known.
func (u *Uploads) Learn(id string, size int64, parts int, unknown string) {
	for i := range u.rows {
		if r := &u.rows[i]; r.ID == id {
			r.Size, r.Parts, r.Unknown = size, parts, unknown
		}
	}
}

// Forget makes all sizes unknown, so that they are asked for again.
func (u *Uploads) Forget() {
	for i := range u.rows {
		u.rows[i].Size, u.rows[i].Parts, u.rows[i].Unknown = -1, 0, ""
	}
}

// Rows returns all rows. They are not to be changed.
func (u *Uploads) Rows() []UploadRow { return u.rows }

// Current is the row under the cursor; false if there is none.
func (u *Uploads) Current() (UploadRow, bool) {
	if u.cursor >= len(u.shown) {
		return UploadRow{}, false
	}
	return u.rows[u.shown[u.cursor]], true
}

// Chosen returns the marked rows, seen or not, else the one under the cursor.
func (u *Uploads) Chosen() []UploadRow {
	var out []UploadRow
	for _, r := range u.rows {
		if r.Marked {
			out = append(out, r)
		}
	}
	if r, ok := u.Current(); ok && out == nil {
		return []UploadRow{r}
	}
	return out
}

// Fit scrolls so that the cursor is seen where the view is height lines high, as
// [Uploads.Draw] will.
func (u *Uploads) Fit(height int) {
	u.page = max(height-2-2, 1) // borders, the heading, the line below
	u.top = scrolled(u.top, u.cursor, u.page, len(u.shown))
}

// Unasked returns the rows on the screen of which nothing is known yet.
func (u *Uploads) Unasked() []UploadRow {
	var out []UploadRow
	for _, i := range u.shown[min(u.top, len(u.shown)):min(u.top+u.page, len(u.shown))] {
		if r := u.rows[i]; r.Size < 0 && r.Unknown == "" {
			out = append(out, r)
		}
	}
	return out
}

// Wanting reports that rows which were not listed yet are needed: the cursor is
// near the end of those that were, or an order or a filter is about all.
func (u *Uploads) Wanting() bool {
	return u.More && (u.order != ByKey || u.reversed || u.filter.Text() != "" || u.cursor+2*max(u.page, 1) >= len(u.shown))
}

// Mark turns the mark of the row under the cursor round and goes down.
func (u *Uploads) Mark() {
	if u.cursor < len(u.shown) {
		r := &u.rows[u.shown[u.cursor]]
		r.Marked = !r.Marked
	}
	u.move(1)
}

// MarkAll marks what is shown and no job goes on with or, if all of that is
// marked, takes the marks off.
func (u *Uploads) MarkAll() {
	mark := false
	for _, i := range u.shown {
		mark = mark || !u.rows[i].Marked && !u.rows[i].Held
	}
	for _, i := range u.shown {
		u.rows[i].Marked = mark && !u.rows[i].Held
	}
}

// Sort goes on to the next order.
func (u *Uploads) Sort() {
	u.order, u.reversed = (u.order+1)%uploadOrders, false
	u.rearrange()
}

// Reverse turns the order round.
func (u *Uploads) Reverse() {
	u.reversed = !u.reversed
	u.rearrange()
}

// Filter begins to take text that the keys have to hold.
func (u *Uploads) Filter() { u.filtering = true }

// Types reports that text is taken.
func (u *Uploads) Types() bool { return u.filtering }

// Type adds to the text that the keys have to hold.
func (u *Uploads) Type(text string) {
	u.filter.Type(text)
	u.rearrange()
}

func (u *Uploads) matches(r UploadRow) bool {
	text := u.filter.Text()
	return text == "" || strings.Contains(strings.ToLower(r.Key), strings.ToLower(text))
}

// rearrange keeps the cursor on its upload.
func (u *Uploads) rearrange() {
	at, on := u.Current()
	u.arrange()
	u.to(at.ID, on)
}

func (u *Uploads) to(id string, on bool) {
	u.cursor = max(min(u.cursor, len(u.shown)-1), 0)
	if i := slices.IndexFunc(u.shown, func(i int) bool { return u.rows[i].ID == id }); on && i >= 0 {
		u.cursor = i
	}
}

func (u *Uploads) arrange() {
	u.shown = u.shown[:0]
	for i := range u.rows {
		if u.matches(u.rows[i]) {
			u.shown = append(u.shown, i)
		}
	}
	compare := map[UploadOrder]func(a, b UploadRow) int{
		ByAge:  func(a, b UploadRow) int { return a.Begun.Compare(b.Begun) },
		BySent: func(a, b UploadRow) int { return cmp.Compare(b.Size, a.Size) },
	}[u.order]
	if compare != nil {
		slices.SortStableFunc(u.shown, func(a, b int) int { return compare(u.rows[a], u.rows[b]) })
	}
	if u.reversed {
		slices.Reverse(u.shown)
	}
}

// Do takes one input. Go asks to go on with the upload under the cursor.
func (u *Uploads) Do(in Input) Action {
	switch in {
	case Leave:
		return u.leave()
	case Accept:
		if !u.filtering && len(u.shown) > 0 {
			return Go
		}
		u.filtering = false
	case Down, Next:
		u.move(1)
	case Up, Previous:
		u.move(-1)
	case PageDown:
		u.move(u.page)
	case PageUp:
		u.move(-u.page)
	case Top:
		u.move(-len(u.rows))
	case Bottom:
		u.move(len(u.rows))
	case Rub:
		if u.filtering {
			u.filter.Do(Rub)
			u.rearrange()
		}
	case NoInput, Left, Right:
	}
	return None
}

// leave takes the filter off before it leaves.
func (u *Uploads) leave() Action {
	if !u.filtering && u.filter.Text() == "" {
		return Close
	}
	u.filtering = false
	u.filter.Set("")
	u.rearrange()
	return None
}

func (u *Uploads) move(by int) { u.cursor = max(min(u.cursor+by, len(u.shown)-1), 0) }

// Click puts the cursor on the line y of the screen.
func (u *Uploads) Click(y int) {
	if row := u.top + y - 2; y > 1 && y <= u.page+1 && row < len(u.shown) {
		u.cursor = row
	}
}
