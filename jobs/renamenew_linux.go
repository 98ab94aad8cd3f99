package jobs

import (
	"errors"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// renameNew renames a file within its folder. If the new name is taken it is
// os.ErrExist, and nothing has changed.
func renameNew(root *os.Root, from, to string) error {
	dir, err := root.Open(filepath.Dir(to))
	if err != nil {
		return err
	}
	defer dir.Close()
	fd := int(dir.Fd()) //nolint:gosec // descriptors are small
	err = unix.Renameat2(fd, filepath.Base(from), fd, filepath.Base(to), unix.RENAME_NOREPLACE)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, unix.ENOSYS), errors.Is(err, unix.EINVAL), errors.Is(err, unix.ENOTSUP), errors.Is(err, unix.EPERM):
		return linkNew(root, from, to) // the file system or a sandbox does not know it
	}
	return &os.LinkError{Op: "rename", Old: from, New: to, Err: err}
}
