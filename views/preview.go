package views

import (
	"github.com/charmbracelet/x/ansi"

	"cosmander/views/preview"
)

// Preview shows a file over the whole screen, or in the place of a pane. Its
// owner reads what Want asks for and hands it to Take.
type Preview struct {
	Name  string // as it is; made safe when drawn
	Note  string // a fact about the file that has to be known
	Size  int64  // -1 until it is known
	Hints []Hint
	// Busy says what it waits for, once that takes long.
	Busy string
	// Failed says why nothing can be shown; one line each.
	Failed []string
	// Following says that the end is shown as it grows.
	Following bool
	// Quiet is set where it stands beside the panes and takes no keys.
	Quiet bool

	content  Content
	opened   bool // the first bytes have come
	mode     preview.Kind
	usual    preview.Kind // what it is shown as at first
	encoding preview.Encoding
	colours  preview.Colours
	nowrap   bool
	wantEnd  bool // go to the end when it is there
	reopened *reopened

	top  int64 // offset of the first line or row of bytes that is seen
	sub  int   // of a wrapped line, the row that is seen first
	left int   // cells that are out of sight on the left

	width, page int // of the text, as it was drawn last
	method      ansi.Method
	ascii       bool
	doc         document
	found       int64 // offset of what was searched, -1 if nothing
	foundLen    int
}

// Content is what was read of a file so far.
type Content struct {
	Window  preview.Window
	Records *preview.Records
	Outline *preview.Outline
	Listing *preview.Listing
	Image   *preview.Image
	// Inside is what the bytes were inside of another file; empty if they are
	// those of the file itself.
	Inside string
	// InsideLimit is how much of them was unpacked at most.
	InsideLimit int64
	// Trouble says why the bytes are not what they seemed to be.
	Trouble string
}

// Want is what a preview needs next to go on.
type Want struct {
	Kind   preview.Kind
	Offset int64
	Length int64 // bytes; 0: nothing has to be read, but to be made of what is there
}

var _ Modal = (*Preview)(nil)

// NewPreview returns a preview of the file called name. At first it wants the
// first piece.
func NewPreview(name string, size int64) *Preview {
	return &Preview{Name: name, Size: size, found: -1}
}

// Mode says how the file is shown.
func (v *Preview) Mode() preview.Kind { return v.mode }

// Encoding says how the bytes are read as text.
func (v *Preview) Encoding() preview.Encoding { return v.encoding }

// Window returns what is in memory.
func (v *Preview) Window() preview.Window { return v.content.Window }

// Content returns what is shown.
func (v *Preview) Content() Content { return v.content }

// Opened reports that something of the file was read.
func (v *Preview) Opened() bool { return v.opened }

// Take shows what was read.
func (v *Preview) Take(c Content) {
	if !v.opened {
		v.opened = true
		v.mode, v.encoding = preview.Detect(v.Name, c.Window.Data)
		v.usual = v.mode
		if r := v.reopened; r != nil {
			v.mode, v.encoding, v.reopened = r.mode, r.encoding, nil
		}
	}
	v.content, v.Size, v.Failed = c, c.Window.Size, nil
	if c.Inside != "" && v.Name != c.Inside {
		v.Name, v.top = c.Inside, 0
		v.mode, v.encoding = preview.Detect(v.Name, c.Window.Data)
		if v.mode == preview.Contents || v.mode == preview.Picture {
			v.mode = preview.Hex // one file inside another is enough
		}
		v.usual, v.Note = v.mode, "unpacked"
		if c.Window.Size >= c.InsideLimit {
			v.Note += ", the first " + Size(c.Window.Size)
		}
	}
	if c.Trouble != "" && v.mode == v.usual {
		v.giveUp()
	}
	if v.isDocument() {
		v.grown()
		return
	}
	if v.wantEnd && c.Window.AtEnd() {
		v.wantEnd = false
		v.toEnd()
		return
	}
	if v.mode == preview.Text && v.held() {
		v.top = c.Window.LineAt(v.encoding, v.top)
	}
	v.clamp()
}

// Colour takes the colours of the lines around what is seen.
func (v *Preview) Colour(c preview.Colours) { v.colours = c }

// Uncoloured returns the part that is seen and has no colours yet; false if
// there is none.
func (v *Preview) Uncoloured() (from, to int64, ok bool) {
	if v.mode != preview.Text || !v.opened || !v.held() {
		return 0, 0, false
	}
	from, to = v.top, v.top
	for range v.rows() {
		next, more := v.content.Window.After(v.encoding, to)
		if !more {
			break
		}
		to = next
	}
	return from, to, from < to && (from < v.colours.From || to > v.colours.To)
}

func (v *Preview) held() bool { return v.content.Window.Holds(v.top, v.top+1) }

// Do takes one input.
func (v *Preview) Do(in Input) Action {
	if in != Leave && v.isDocument() {
		v.moveDocument(in)
		return None
	}
	switch in {
	case Leave:
		return Close
	case Down, Next:
		v.scroll(1)
	case Up, Previous:
		v.scroll(-1)
	case PageDown, Accept:
		v.scroll(v.rows() - 1)
	case PageUp:
		v.scroll(1 - v.rows())
	case Top:
		v.top, v.sub, v.left, v.wantEnd = 0, 0, 0, false
	case Bottom:
		v.bottom()
	case Left:
		v.shift(-1)
	case Right:
		v.shift(1)
	case NoInput, Rub:
	}
	return None
}

// ToggleWrap breaks long lines, or shows them as they are.
func (v *Preview) ToggleWrap() {
	v.nowrap = !v.nowrap
	if v.isDocument() {
		return
	}
	v.sub, v.left = 0, 0
	v.clamp()
}

// Wrapped reports that long lines are broken.
func (v *Preview) Wrapped() bool { return !v.nowrap }

// ToggleHex shows the bytes, or what they mean.
func (v *Preview) ToggleHex() {
	switch {
	case v.mode != preview.Hex:
		v.show(preview.Hex)
	case v.usual == preview.Hex:
		v.show(preview.Text)
	default:
		v.show(v.usual)
	}
}

// ToggleText shows a table, a document or an archive as plain text, and back.
func (v *Preview) ToggleText() {
	if v.mode == preview.Text {
		v.show(v.usual)
		return
	}
	v.show(preview.Text)
}

func (v *Preview) show(mode preview.Kind) {
	v.mode, v.sub, v.left = mode, 0, 0
	if v.isDocument() {
		v.grown()
		return
	}
	if mode == preview.Text && v.opened && v.held() {
		v.top = v.content.Window.LineAt(v.encoding, v.top)
	}
	v.clamp()
}

// TurnEncoding reads the bytes as text in the next encoding, or the one
// before.
func (v *Preview) TurnEncoding(by int) {
	v.encoding = v.encoding.Next(by)
	v.colours, v.sub = preview.Colours{}, 0
	v.show(v.mode)
}

// ShowAt scrolls to what a search has found at an offset.
func (v *Preview) ShowAt(offset int64, length int) {
	v.found, v.foundLen = offset, length
	v.top, v.sub = offset, 0
	v.wantEnd = false
	v.show(v.mode)
}

// At is the offset from which a search goes on: behind what was found, else
// where the page begins.
func (v *Preview) At(back bool) int64 {
	switch {
	case v.found >= 0 && back:
		return v.found
	case v.found >= 0:
		return v.found + 1
	}
	return v.top
}

// MarkAt lets the next search begin at an offset.
func (v *Preview) MarkAt(offset int64) { v.found, v.foundLen = offset, 0 }

// Reopen lets the file be read again, as if for the first time, from where it
// is seen.
func (v *Preview) Reopen() {
	mode, encoding, opened := v.mode, v.encoding, v.opened
	v.content = Content{Window: preview.Window{Size: v.Size}}
	v.doc, v.Note = document{top: v.doc.top, cursor: v.doc.cursor}, ""
	v.colours, v.Failed = preview.Colours{}, nil
	if v.opened = false; opened {
		v.reopened = &reopened{mode, encoding}
	}
}

// reopened is how a file was shown before it was read again.
type reopened struct {
	mode     preview.Kind
	encoding preview.Encoding
}

// Grow takes note that the file has become longer, and goes to its end.
func (v *Preview) Grow(size int64) {
	v.Size, v.content.Window.Size = size, size
	v.wantEnd = true
}

// Forget drops what was found, so that a search begins at the page.
func (v *Preview) Forget() { v.found = -1 }
