package tui

import (
	"context"
	"errors"
	"io/fs"
	"net"
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
	text := err.Error()
	if next := advice(err); next != "" {
		text += " · " + next
	}
	return text
}

// advice is what a user can do about err.
func advice(err error) string {
	var network net.Error
	switch {
	case errors.Is(err, cos.ErrBadKey):
		return "check COS_SECRET_ID and COS_SECRET_KEY"
	case errors.Is(err, cos.ErrDenied):
		return "this key pair may not do it"
	case errors.Is(err, cos.ErrNoBucket):
		return "check the bucket's name with its APPID, and the region"
	case errors.Is(err, cos.ErrClock):
		return "set this computer's clock"
	case errors.Is(err, cos.ErrNotCOS):
		return "check the endpoint and the proxy"
	case errors.Is(err, fs.ErrPermission):
		return "this user may not do it"
	case errors.Is(err, fs.ErrNotExist):
		return "C-r lists again"
	case errors.Is(err, syscall.ENOSPC):
		return "make room on the disk"
	case errors.As(err, &network):
		return "check the network, then C-r"
	}
	return ""
}
