package tui

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"syscall"
	"unicode"

	"cosmander/cos"
)

// trouble is an error as people read it: what happened to what, what to do
// next, and what to quote to the service.
type trouble struct{ what, hint, quote string }

// one is t as one line, what happened shortened to room cells so that the
// rest is never cut away.
func (m *Model) one(t trouble, room int) string {
	room -= len(t.hint) + len(t.quote)
	words := []string{m.look.Shorten(t.what, max(room, leastWhat))}
	for _, word := range []string{t.hint, t.quote} {
		if word != "" {
			words = append(words, word)
		}
	}
	return strings.Join(words, m.sep())
}

// leastWhat is how much of what happened is always kept, in cells.
const leastWhat = 30

// explain turns an error into a line that fits where errors are said. It is
// empty for a cancellation, which is no error to show.
func (m *Model) explain(err error) string {
	t := m.trouble(err)
	if t == (trouble{}) {
		return ""
	}
	return m.said(t)
}

// said is t as a line that fits where errors are said.
func (m *Model) said(t trouble) string {
	return m.one(t, m.errorLines()*(max(m.width, minWidth)-2)-2*len(m.sep())-slack)
}

// slack is what breaking a text into lines may lose.
const slack = 24

// trouble finds the words for err; none for a cancellation.
func (m *Model) trouble(err error) trouble {
	if err == nil || errors.Is(err, context.Canceled) {
		return trouble{}
	}
	var api *cos.Error
	if errors.As(err, &api) {
		return refusal(err, api)
	}
	hint := advice(err)
	if hint == "" && m.deps.Explain != nil {
		return trouble{what: m.deps.Explain(err)}
	}
	return trouble{what: objectFirst(err.Error()), hint: hint}
}

// objectFirst leaves out the name of a request ("ListObjects") at the
// beginning of text.
func objectFirst(text string) string {
	word, rest, ok := strings.Cut(text, " ")
	request := strings.TrimSuffix(word, ":")
	if ok && len(request) > 1 && unicode.IsUpper(rune(request[0])) && strings.ContainsFunc(request[1:], unicode.IsUpper) &&
		strings.ContainsFunc(request, unicode.IsLower) && !strings.ContainsFunc(request, func(r rune) bool { return !unicode.IsLetter(r) }) {
		return rest
	}
	return text
}

// meanings are the sentinels that say more than the service's own code.
var meanings = []error{
	cos.ErrNotFound, cos.ErrNoBucket, cos.ErrNoUpload, cos.ErrDenied, cos.ErrBadKey, cos.ErrArchived,
	cos.ErrClock, cos.ErrRedirect, cos.ErrNotCOS,
}

// refusal words an answer of the service, the object first: which request it
// was is of no use to the reader.
func refusal(err error, api *cos.Error) trouble {
	t := trouble{hint: advice(err), quote: api.Code}
	if region := api.Elsewhere(); region != "" {
		t.hint = "the bucket is in " + region + ": open it from the list of buckets, or start with --region " + region
	}
	meaning := api.Code
	for _, m := range meanings {
		if errors.Is(api, m) {
			meaning = m.Error()
			break
		}
	}
	if meaning == "" {
		t.what = err.Error() // it has the request id
		return t
	}
	if meaning == api.Code {
		t.quote = ""
	}
	t.what = meaning
	if api.Bucket != "" {
		t.what = cos.URI{Bucket: api.Bucket, Key: api.Key}.String() + ": " + meaning
	}
	if api.RequestID != "" {
		t.quote = strings.TrimPrefix(t.quote+", request "+api.RequestID, ", ")
	}
	return t
}

// advice is what a user can do about err.
func advice(err error) string {
	switch {
	case errors.Is(err, fs.ErrPermission):
		return "this user may not do it"
	case errors.Is(err, fs.ErrNotExist):
		return "C-r lists again"
	case errors.Is(err, syscall.ENOSPC):
		return "make room on the disk"
	}
	return cos.Hint(err)
}
