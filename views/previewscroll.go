package views

import "cosmander/views/preview"

// shiftCells is how far Left and Right move a text that is not wrapped.
const shiftCells = 8

func (v *Preview) shift(by int) {
	if v.mode == preview.Text && v.nowrap {
		v.left = min(max(v.left+by*shiftCells, 0), 3*preview.LineBytes)
	}
}

func (v *Preview) bottom() {
	if !v.opened || !v.content.Window.AtEnd() {
		v.wantEnd = true
		return
	}
	v.toEnd()
}

// toEnd shows the last page of what is in memory.
func (v *Preview) toEnd() {
	v.top, v.sub = v.content.Window.End(), 0
	v.scroll(-v.rows())
}

// scroll moves by rows.
func (v *Preview) scroll(by int) {
	v.wantEnd = false
	if v.mode == preview.Hex {
		v.top += int64(by * v.perRow())
	} else if v.held() || v.top == v.content.Window.End() {
		for ; by > 0 && v.down(); by-- {
		}
		for ; by < 0 && v.up(); by++ {
		}
	}
	v.clamp()
}

func (v *Preview) down() bool {
	if v.sub+1 < v.rowsAt(v.top) {
		v.sub++
		return true
	}
	next, ok := v.content.Window.After(v.encoding, v.top)
	if !ok {
		return false
	}
	v.top, v.sub = next, 0
	return true
}

func (v *Preview) up() bool {
	if v.sub > 0 {
		v.sub--
		return true
	}
	before, ok := v.content.Window.Before(v.encoding, v.top)
	if !ok {
		return false
	}
	v.top = before
	v.sub = v.rowsAt(before) - 1
	return true
}

// rowsAt is how many rows the line at from takes.
func (v *Preview) rowsAt(from int64) int {
	text, _, ok := v.content.Window.Line(v.encoding, from)
	if !ok || v.nowrap {
		return 1
	}
	return len(v.broken(v.cells(plainSpans(text))))
}

// clamp goes back where less than a page is left to see.
func (v *Preview) clamp() {
	w := v.content.Window
	if !v.opened || !w.AtEnd() {
		v.top = min(max(v.top, 0), max(w.Size-1, 0))
		if v.mode == preview.Hex {
			v.top -= v.top % int64(v.perRow())
		}
		return
	}
	if v.mode == preview.Hex {
		per := int64(v.perRow())
		last := (w.Size+per-1)/per*per - int64(v.rows())*per
		v.top = max(min(v.top-v.top%per, last), 0)
		return
	}
	if !v.held() && v.top < w.Offset {
		return
	}
	for missing := v.missing(); missing > 0 && v.up(); missing-- {
	}
}

// missing is how many rows of the page stay empty.
func (v *Preview) missing() int {
	left, at := v.rows()+v.sub, v.top
	for left > 0 {
		next, ok := v.content.Window.After(v.encoding, at)
		if !ok {
			return left
		}
		left -= v.rowsAt(at)
		at = next
	}
	return 0
}
