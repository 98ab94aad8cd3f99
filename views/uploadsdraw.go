package views

import (
	"strconv"
	"time"

	"cosmander/theme"
)

// The columns behind the key.
const (
	uploadAge   = 6
	uploadParts = 6
)

// Draw fills width by height.
func (u *Uploads) Draw(k *Look, width, height int) []string {
	inner := width - 2
	u.Fit(height)
	body := []string{u.heading(k, inner)}
	for i := u.top; i < min(u.top+u.page, len(u.shown)); i++ {
		body = append(body, u.row(k, u.rows[u.shown[i]], i == u.cursor, inner))
	}
	switch {
	case len(u.shown) > 0 || u.Listing || u.Failed != "":
	case len(u.rows) > 0:
		body = append(body, k.remark("none of them has that in its key"))
	default:
		body = append(body, "", k.remark("no upload is unfinished here"))
	}
	body = append(fill(body, u.page+1), u.state(k, inner))
	return k.page(u.Title, u.count(), k.hintLine(u.Hints, inner-4), body, width, k.Dim)
}

// columns are the cells of the key and of whose an upload is, 0 if there is no
// room for that, and whether there is room for the class.
func (u *Uploads) columns(inner int) (key, whose int, class bool) {
	key = inner - 2 - 2 - uploadAge - 2 - sizeCells - 2 - uploadParts - 1
	if whose = max(min(inner/5, 24), 14); key > whose+2+24 {
		key -= whose + 2
	} else {
		whose = 0
	}
	class = key > classCells+2+20
	if class {
		key -= classCells + 2
	}
	return max(key, 8), whose, class
}

func (u *Uploads) heading(k *Look, inner int) string {
	key, whose, class := u.columns(inner)
	sorted := func(name string, by UploadOrder) string {
		if u.order != by {
			return name
		}
		return name + k.Marks.Ascending
	}
	l := line{look: k}
	l.blank("", 2)
	l.put(k.Dim, pad(sorted("key", ByKey), key, false)+"  "+pad(sorted("age", ByAge), uploadAge, true)+"  "+
		pad(sorted("sent", BySent), sizeCells, true)+"  "+pad("parts", uploadParts, true))
	if class {
		l.put(k.Dim, "  "+pad("", classCells, false))
	}
	if whose > 0 {
		l.put(k.Dim, "  whose")
	}
	return l.String()
}

func (u *Uploads) row(k *Look, r UploadRow, cursor bool, inner int) string {
	style, mark, odd := k.Text, " ", k.Odd
	if r.Held {
		style = k.Dim
	}
	if r.Marked {
		style, mark = k.Marked, k.Marks.Mark
	}
	ground := theme.Style("")
	switch {
	case cursor && r.Marked:
		style, ground, odd = k.CursorMark, k.CursorMark, k.CursorOdd
	case cursor:
		style, mark, ground, odd = k.Cursor, k.Marks.Cursor, k.Cursor, k.CursorOdd
	}
	size, parts := k.Marks.Ellipsis, ""
	switch {
	case r.Unknown != "":
		size = "?"
	case r.Size >= 0:
		size, parts = Size(r.Size), Count(int64(r.Parts))
	}
	key, whose, class := u.columns(inner)
	l := line{look: k}
	l.put(style, mark+" ")
	name := r.Key
	if len(u.Prefix) <= len(name) {
		name = name[len(u.Prefix):]
	}
	l.glyphs(cutMiddle(k.glyphs(name), key, k.Marks.Ellipsis), style, odd)
	l.to(2+key, ground)
	l.put(style, "  "+pad(Age(k.Now.Sub(r.Begun), r.Begun), uploadAge, true)+"  "+pad(size, sizeCells, true)+"  "+pad(parts, uploadParts, true))
	if class {
		l.put(style, "  "+pad(k.safe(Class(r.Class)), classCells, false))
	}
	if whose > 0 {
		l.put(style, "  ")
		l.glyphs(cutEnd(k.glyphs(r.Whose), whose, k.Marks.Ellipsis), style, odd)
	}
	l.to(inner, ground)
	return l.String()
}

// Age writes how long ago something was: "5 min", "3 h", "31 d"; nothing of an
// unknown time.
func Age(d time.Duration, since time.Time) string {
	const day = 24 * time.Hour
	switch {
	case since.IsZero():
		return ""
	case d < time.Minute:
		return "now"
	case d < time.Hour:
		return strconv.Itoa(int(d/time.Minute)) + " min"
	case d < 2*day:
		return strconv.Itoa(int(d/time.Hour)) + " h"
	}
	return strconv.Itoa(int(d/day)) + " d"
}

func (u *Uploads) count() string {
	n := Plural(int64(len(u.rows)), "upload", "uploads")
	if u.filter.Text() != "" {
		n = Count(int64(len(u.shown))) + " of " + n
	}
	if u.Listing || u.More {
		n += " so far"
	}
	return n
}

// state is the line below the rows: the filter that is typed, what failed, or
// what is marked.
func (u *Uploads) state(k *Look, inner int) string {
	if u.filtering {
		return k.EditLine("/", &u.filter, "Enter keeps it"+k.sep()+"Esc shows all", inner)
	}
	if u.Failed != "" {
		return k.usageLine(u.Failed, k.Danger, inner)
	}
	var marked, known, bytes, asked int64
	for _, r := range u.rows {
		if r.Size >= 0 {
			asked++
		}
		if !r.Marked {
			continue
		}
		marked++
		if r.Size >= 0 {
			known++
			bytes += r.Size
		}
	}
	text := ""
	switch {
	case marked > 0 && known < marked:
		text = Count(marked) + " marked" + k.sep() + Size(bytes) + " in " + Count(known) + " of them"
	case marked > 0:
		text = Count(marked) + " marked" + k.sep() + Size(bytes)
	case u.order == BySent && asked < int64(len(u.rows)):
		text = "sorted by the sizes that are known: " + Count(asked) + " of " + Count(int64(len(u.rows))) + ", those that were on the screen"
	case u.filter.Text() != "":
		text = "only keys with " + u.filter.Text() + k.sep() + "Esc shows all"
	}
	if u.Listing {
		if text != "" {
			text += k.sep()
		}
		text += "listing" + k.Marks.Ellipsis
	}
	return k.usageLine(text, k.Dim, inner)
}
