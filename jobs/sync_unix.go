//go:build unix

package jobs

import (
	"errors"
	"syscall"
)

// syncUnsupported reports that the file system has no such thing as syncing a
// folder.
func syncUnsupported(err error) bool {
	return errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOTSUP)
}
