package tui

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"cosmander/cos"
	"cosmander/jobs"
	"cosmander/views"
)

// contentHeaders are those that an object keeps beside its metadata.
var contentHeaders = []struct {
	name string
	of   func(*cos.Headers) string
}{
	{"Content-Type", func(h *cos.Headers) string { return h.ContentType }},
	{"Cache-Control", func(h *cos.Headers) string { return h.CacheControl }},
	{"Content-Disposition", func(h *cos.Headers) string { return h.ContentDisposition }},
	{"Content-Encoding", func(h *cos.Headers) string { return h.ContentEncoding }},
	{"Content-Language", func(h *cos.Headers) string { return h.ContentLanguage }},
	{"Expires", func(h *cos.Headers) string { return h.Expires }},
}

// spareRows is how many rows for new metadata a form has.
const spareRows = 5

// takeAway, in a form about many objects, removes what they have.
const takeAway = "-"

// metadata is the form that edits the headers of one object, or of many.
type metadata struct {
	one     bool
	form    *views.Form
	headers []*views.Field
	rows    []*views.Field
	had     cos.Headers // of the one
}

// askMetadata opens the form that edits headers and metadata.
func (m *Model) askMetadata() tea.Cmd {
	from, why := m.changeable()
	if why != "" {
		m.say(why, plain)
		return nil
	}
	e := &metadata{one: len(from.rows) == 1 && !strings.HasSuffix(from.rows[0], "/")}
	for _, h := range contentHeaders {
		e.headers = append(e.headers, &views.Field{Label: h.name})
	}
	e.headers[0].Suggest = suggestType
	e.form = &views.Form{Title: "Metadata", Verb: "Change", Notes: e.notes, Check: e.wrong}
	e.setRows(nil)
	cmd := m.askChange(from, changing{e.form, jobs.SetHeaders, e.change})
	return tea.Batch(cmd, m.fill(from, e.form, func(ctx context.Context, o Inspector, key string) (func(), error) {
		head, err := o.Head(ctx, key, cos.GetOptions{})
		if err != nil {
			return nil, err
		}
		return func() { e.set(head.Headers) }, nil
	}))
}

// setRows makes a row of each piece of metadata and some that are empty.
func (e *metadata) setRows(meta map[string]string) {
	e.rows = nil
	for _, name := range slices.Sorted(maps.Keys(meta)) {
		e.rows = append(e.rows, (&views.Field{Label: "x-cos-meta-"}).Set(name+": "+meta[name]))
	}
	for range spareRows {
		e.rows = append(e.rows, &views.Field{Label: "x-cos-meta-"})
	}
	e.form.Fields = append(slices.Clone(e.headers), e.rows...)
}

// set shows what the one object has.
func (e *metadata) set(h cos.Headers) {
	e.had = h
	for i, f := range e.headers {
		f.Set(contentHeaders[i].of(&h))
	}
	e.setRows(h.Meta)
}

// change is the edit that the answers mean.
func (e *metadata) change() jobs.Change {
	c := jobs.Change{Set: map[string]string{}, SetMeta: map[string]string{}}
	for i, f := range e.headers {
		name, text := contentHeaders[i].name, strings.TrimSpace(f.Text())
		had := contentHeaders[i].of(&e.had)
		switch {
		case text == had:
		case text == "" || !e.one && text == takeAway:
			c.Remove = append(c.Remove, name)
		default:
			c.Set[name] = text
		}
	}
	kept := map[string]bool{}
	for _, f := range e.rows {
		name, value := splitRow(f.Text())
		had, known := e.had.Meta[name]
		kept[name] = true
		switch {
		case name == "", known && had == value:
		case !e.one && value == takeAway:
			c.RemoveMeta = append(c.RemoveMeta, name)
		default:
			c.SetMeta[name] = value
		}
	}
	for _, name := range slices.Sorted(maps.Keys(e.had.Meta)) {
		if !kept[name] {
			c.RemoveMeta = append(c.RemoveMeta, name)
		}
	}
	return c
}

// splitRow takes a row apart: "name: value", with or without x-cos-meta-.
func splitRow(text string) (name, value string) {
	name, value, _ = strings.Cut(strings.TrimSpace(text), ":")
	return strings.TrimPrefix(strings.ToLower(strings.TrimSpace(name)), "x-cos-meta-"), strings.TrimSpace(value)
}

// wrong says what stands against the answers together.
func (e *metadata) wrong() string {
	seen := map[string]bool{}
	for _, f := range e.rows {
		name, _ := splitRow(f.Text())
		switch {
		case strings.TrimSpace(f.Text()) != "" && (name == "" || !strings.Contains(f.Text(), ":")):
			return "a row of metadata is NAME: VALUE"
		case name != "" && seen[name]:
			return "x-cos-meta-" + name + " is there twice"
		}
		seen[name] = true
	}
	return wording(jobs.CheckChange(jobs.SetHeaders, e.change()))
}

// diffLines is how many changes are shown; the rest is counted.
const diffLines = 6

// notes is the difference that the edit makes, and how much room is left.
func (e *metadata) notes() []views.Note {
	c := e.change()
	var lines []string
	for i := range contentHeaders {
		name := contentHeaders[i].name
		lines = append(lines, difference(name, contentHeaders[i].of(&e.had), c.Set[name], slices.Contains(c.Remove, name))...)
	}
	for _, name := range slices.Sorted(maps.Keys(c.SetMeta)) {
		lines = append(lines, difference(name, e.had.Meta[name], c.SetMeta[name], false)...)
	}
	for _, name := range c.RemoveMeta {
		lines = append(lines, difference(name, e.had.Meta[name], "", true)...)
	}
	var notes []views.Note
	for _, text := range lines[:min(len(lines), diffLines)] {
		notes = append(notes, views.Note{Text: text})
	}
	if rest := len(lines) - diffLines; rest > 0 {
		notes = append(notes, views.Note{Text: "and " + views.Plural(int64(rest), "more change", "more changes")})
	}
	if len(lines) == 0 {
		notes = append(notes, views.Note{Text: "nothing is changed yet"})
	}
	if !e.one {
		return append(notes, views.Note{Text: "what is empty stays as it is with each; " + takeAway + " takes it away"})
	}
	size := e.size()
	return append(notes, views.Note{Text: fmt.Sprintf("metadata: %d of %d bytes", size, cos.MaxMetaBytes), Alarm: size > cos.MaxMetaBytes})
}

// size is how many bytes of metadata the one object would have.
func (e *metadata) size() (n int) {
	for _, f := range e.rows {
		name, value := splitRow(f.Text())
		n += len(name) + len(value)
	}
	return n
}

// difference words one change; none if there is none.
func difference(name, before, after string, removed bool) []string {
	switch {
	case removed && before == "":
		return []string{"- " + name}
	case removed:
		return []string{"- " + name + ": " + before}
	case after == "":
		return nil
	case before == "":
		return []string{"+ " + name + ": " + after}
	}
	return []string{name + ": " + before + " -> " + after}
}

// commonTypes are what Content-Type is completed to.
var commonTypes = []string{
	"application/gzip", "application/javascript", "application/json", "application/octet-stream", "application/pdf",
	"application/xml", "application/x-ndjson", "application/x-tar", "application/zip", "audio/mpeg", "audio/wav",
	"font/woff2", "image/avif", "image/gif", "image/jpeg", "image/png", "image/svg+xml", "image/webp",
	"text/css; charset=utf-8", "text/csv; charset=utf-8", "text/html; charset=utf-8", "text/markdown; charset=utf-8",
	"text/plain; charset=utf-8", "video/mp4", "video/webm",
}

func suggestType(text string) string {
	for _, t := range commonTypes {
		if strings.HasPrefix(t, text) {
			return t
		}
	}
	return ""
}
