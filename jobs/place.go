package jobs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// openFile opens what is there to read it. As in openSource: a named pipe in
// its place must not block.
func openFile(root *os.Root, path string) (*os.File, error) {
	return root.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
}

// fileThere returns what is in the file's place, nil if nothing is. A folder
// there is an error, and so is a link to one; another link is replaced.
func (t *task) fileThere(root *os.Root) (os.FileInfo, error) {
	info, err := root.Lstat(t.item.path)
	if err == nil && info.Mode()&os.ModeSymlink != 0 {
		// Only a look, so it may lead outside, where the Root does not go.
		if led, err := os.Stat(filepath.Join(root.Name(), t.item.path)); err == nil && led.IsDir() {
			return nil, t.folderThere()
		}
		return info, nil
	}
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, err
	case info.IsDir():
		return nil, t.folderThere()
	}
	return info, nil
}

// makeFolder makes the folder path with its parents. A link among them is not
// followed: by it two keys could end in one file.
func makeFolder(root *os.Root, path string) error {
	segments := strings.Split(path, string(filepath.Separator))
	for i := range segments {
		part := filepath.Join(segments[:i+1]...)
		info, err := root.Lstat(part)
		if errors.Is(err, os.ErrNotExist) {
			if err = root.Mkdir(part, 0o777); err == nil {
				continue
			}
			if !errors.Is(err, os.ErrExist) {
				return fmt.Errorf("make the folder %s: %w", part, err)
			}
			info, err = root.Lstat(part) // another file of the job made it meanwhile
		}
		switch {
		case err != nil:
			return fmt.Errorf("make the folder %s: %w", path, err)
		case info.Mode()&os.ModeSymlink != 0:
			return fmt.Errorf("%s is a symbolic link: nothing is written through it", part)
		case !info.IsDir():
			return fmt.Errorf("a file is where the folder %s is needed", part)
		}
	}
	return nil
}

func (t *task) tempPath() string {
	return filepath.Join(filepath.Dir(t.item.path), t.item.tempName())
}

// tempFile is what a download needs of its temporary file.
type tempFile interface {
	io.ReaderAt
	io.WriterAt
	Stat() (os.FileInfo, error)
	Sync() error
	Close() error
}

func createTemp(root *os.Root, name string, flag int) (tempFile, error) {
	f, err := root.OpenFile(name, flag, 0o666)
	if err != nil {
		return nil, err
	}
	return f, nil
}

// freshTemp makes the temporary file. One that is there was left by a process
// that was killed: no other journal has the name.
func (t *task) freshTemp(root *os.Root, name string) (tempFile, error) {
	if err := root.Remove(name); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, t.unwritable(err)
	}
	f, err := t.e.cfg.create(root, name, os.O_RDWR|os.O_CREATE|os.O_EXCL)
	if err != nil {
		return nil, t.unwritable(err)
	}
	return f, nil
}

// unwritable says why the destination cannot be written, without the name of
// the temporary file, which means nothing to anybody.
func (t *task) unwritable(err error) error {
	path := filepath.Join(t.spec.Dest.Path, t.item.path)
	var inPath *os.PathError
	var inLink *os.LinkError
	switch {
	case errors.As(err, &inPath):
		err = inPath.Err
	case errors.As(err, &inLink):
		err = inLink.Err
	}
	if errors.Is(err, os.ErrPermission) {
		return &localError{fmt.Errorf("%w: cannot write in %s", err, filepath.Dir(path))}
	}
	return &localError{fmt.Errorf("write %s: %w", path, err)}
}

// errTempTaken reports that the name of the temporary file leads to another
// one. That is left alone, as it may be somebody's.
var errTempTaken = &localError{errors.New("the temporary file was replaced by another one while it was written")}

// place makes the temporary file the destination: complete or not at all.
func (t *task) place(ctx context.Context, root *os.Root, f tempFile, temp string) error {
	if err := f.Sync(); err != nil {
		return t.unwritable(err)
	}
	written, err := f.Stat()
	if err != nil {
		return t.unwritable(err)
	}
	if err := f.Close(); err != nil {
		return t.unwritable(err)
	}
	// Renaming goes by name: it must be that of the file that was verified.
	named, err := root.Lstat(temp)
	if err != nil || !os.SameFile(written, named) {
		return errTempTaken
	}
	if err := t.claim(ctx); err != nil {
		return err
	}
	err = t.replace(root, temp, written)
	if errors.Is(err, errOvertaken) {
		return err
	}
	if errors.Is(err, syscall.EISDIR) || errors.Is(err, os.ErrExist) || errors.Is(err, syscall.ENOTDIR) {
		return &localError{t.folderThere()}
	}
	if err != nil {
		return t.unwritable(err)
	}
	return syncFolder(root, filepath.Dir(t.item.path))
}

// replace renames the temporary file, if what is in the destination's place is
// what the rule for conflicts was applied to. A file that others make where
// there was none is never replaced; one that they put in the place of another
// is, if they do it between the look and the renaming.
func (t *task) replace(root *os.Root, temp string, written os.FileInfo) error {
	if !t.looks() {
		return root.Rename(temp, t.item.path)
	}
	info, err := t.fileThere(root)
	if err != nil {
		return err
	}
	if info != nil {
		if fileStamp(info) != t.item.there {
			return errOvertaken
		}
		return root.Rename(temp, t.item.path)
	}
	err = renameNew(root, temp, t.item.path)
	if !errors.Is(err, os.ErrExist) {
		return err
	}
	// A server of files may have done it and lost the answer.
	if info, failed := root.Lstat(t.item.path); failed == nil && os.SameFile(info, written) {
		return nil
	}
	return errOvertaken
}

// linkNew renames a file if its new name is free, where the system has no call
// for that. Where it has no links either, somebody may take the name between
// the look and the renaming.
func linkNew(root *os.Root, from, to string) error {
	err := root.Link(from, to)
	if err == nil {
		return root.Remove(from)
	}
	if errors.Is(err, os.ErrExist) {
		return err
	}
	if _, err := root.Lstat(to); err == nil {
		return &os.LinkError{Op: "rename", Old: from, New: to, Err: os.ErrExist}
	}
	return root.Rename(from, to)
}

func (t *task) folderThere() error {
	return fmt.Errorf("a folder is where the file %s should be", t.item.path)
}
