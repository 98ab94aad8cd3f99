package views

import "cosmander/views/preview"

// rows is how many rows are seen.
func (v *Preview) rows() int {
	if v.page <= 0 {
		return 24
	}
	return v.page
}

// Want returns what has to be read for what is seen and a page more; false if
// nothing has to.
func (v *Preview) Want() (Want, bool) {
	w := v.content.Window
	switch {
	case !v.opened:
		return Want{preview.Text, 0, preview.PieceSize}, true
	case v.isDocument():
		return v.wantDocument()
	case v.wantEnd && !w.AtEnd() && len(w.Data) > 0 && w.Size-w.End() <= preview.PieceSize:
		return Want{v.mode, w.End(), w.Size - w.End()}, true // it has grown, or the end is near
	case v.wantEnd && !w.AtEnd():
		from := max(w.Size-preview.PieceSize, 0) / preview.LineBytes * preview.LineBytes
		return Want{v.mode, from, w.Size - from}, true
	case v.mode == preview.Hex:
		return v.wantBytes(int64(2*v.rows()*v.perRow()), int64(v.rows()*v.perRow()))
	}
	return v.wantLines()
}

// wantBytes asks for what is missing around top: ahead bytes from it on, and
// so many before it.
func (v *Preview) wantBytes(ahead, before int64) (Want, bool) {
	w := v.content.Window
	switch {
	case !v.held() && w.Size > 0:
		from := max(v.top-preview.PieceSize/2, 0) / preview.LineBytes * preview.LineBytes
		return Want{v.mode, from, preview.PieceSize}, true
	case !w.Holds(v.top, v.top+ahead):
		return Want{v.mode, w.End(), preview.PieceSize}, true
	case !w.Holds(v.top-before, v.top):
		from := max(w.Offset-preview.PieceSize, 0)
		return Want{v.mode, from, w.Offset - from}, true
	}
	return Want{}, false
}

func (v *Preview) wantLines() (Want, bool) {
	w := v.content.Window
	ahead, before := v.top, v.top
	for range 2 * v.rows() {
		next, ok := w.After(v.encoding, ahead)
		if !ok {
			if !w.AtEnd() {
				ahead = w.End() + 1
			}
			break
		}
		ahead = next
	}
	for range v.rows() {
		start, ok := w.Before(v.encoding, before)
		if !ok {
			if w.Offset > 0 {
				before = w.Offset - 1
			}
			break
		}
		before = start
	}
	return v.wantBytes(ahead-v.top, v.top-before)
}
