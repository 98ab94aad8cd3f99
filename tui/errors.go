package tui

import (
	"context"
	"errors"
	"io/fs"
	"syscall"

	"cosmander/cos"
)

// explain turns an error into one line: what happened, to what, what to do
// next. It is empty for a cancellation, which is no error to show.
func (m *Model) explain(err error) string {
	if err == nil || errors.Is(err, context.Canceled) {
		return ""
	}
	if m.deps.Explain != nil {
		return m.deps.Explain(err)
	}
	text, request := err.Error(), ""
	var api *cos.Error
	if errors.As(err, &api) && api.Code != "" {
		// The service's own sentence says no more than its code.
		text = cos.URI{Bucket: api.Bucket, Key: api.Key}.String() + ": " + api.Code
		request = api.RequestID
	}
	if next := advice(err); next != "" {
		text += m.sep() + next
	}
	if request != "" {
		text += m.sep() + "request " + request
	}
	return text
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
