//go:build !linux

package jobs

import "os"

// renameNew renames a file within its folder. If the new name is taken it is
// os.ErrExist, and nothing has changed.
func renameNew(root *os.Root, from, to string) error { return linkNew(root, from, to) }
