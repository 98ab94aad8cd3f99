package jobs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"

	"cosmander/cos"
)

// ErrObjectChanged reports an object that was overwritten while it was
// downloaded or copied.
var ErrObjectChanged = errors.New("the object changed while it was read")

// copyBuffer bytes are read from the connection and written at once.
const copyBuffer = 256 << 10

var buffers = sync.Pool{New: func() any {
	b := make([]byte, copyBuffer)
	return &b
}}

type crcWriter struct{ sum uint64 }

func (w *crcWriter) Write(p []byte) (int, error) {
	w.sum = cos.CRC64(w.sum, p)
	return len(p), nil
}

// download fetches an object into a file, or makes the folder that the object
// stands for. All access to the disk is through the destination's os.Root, so
// that no link leads outside.
func (t *task) download(ctx context.Context) (outcome, error) {
	root, err := t.folder()
	if err != nil {
		return outcome{}, err
	}
	if t.item.folder {
		if err := makeFolder(root, t.item.path); err != nil {
			return outcome{}, err
		}
		return outcome{verified: true}, nil
	}
	b, err := t.remote()
	if err != nil {
		return outcome{}, err
	}
	out, over, err := t.clear(ctx, b, root)
	if over || err != nil {
		return out, err
	}
	if t.item.temp != "" || t.item.size > t.e.cfg.Threshold {
		return t.fetchRanges(ctx, b, root)
	}
	return t.fetchWhole(ctx, b, root)
}

// clear makes sure that the destination can be written. over is true if it is
// to be left alone, or what it is to be.
func (t *task) clear(ctx context.Context, b *cos.Bucket, root *os.Root) (out outcome, over bool, err error) {
	if dir := filepath.Dir(t.item.path); dir != "." {
		if err := makeFolder(root, dir); err != nil {
			return outcome{}, false, err
		}
	}
	info, err := t.fileThere(root)
	if err != nil {
		return outcome{}, false, err
	}
	if info != nil && t.item.temp != "" {
		// The same content under two names may be another job's.
		named, err := root.Lstat(t.tempPath())
		if (err != nil || os.SameFile(named, info)) && t.placed(ctx, root) {
			out = t.found()
			return out, true, t.forsake(ctx)
		}
	}
	return t.meets(ctx, rivals{
		func() (side, bool, error) {
			if info == nil {
				return side{}, false, nil
			}
			return fileSide(ctx, info, func() (*os.File, error) { return openFile(root, t.item.path) }), true, nil
		},
		func() (side, error) {
			head, err := t.headPinned(ctx, b)
			return objectSide(head), err
		},
	})
}

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

// fetchWhole fetches a small object in one request. Its temporary file holds
// nothing worth keeping if that fails.
func (t *task) fetchWhole(ctx context.Context, b *cos.Bucket, root *os.Root) (out outcome, err error) {
	temp := t.tempPath()
	f, err := t.freshTemp(root, temp)
	if err != nil {
		return outcome{}, err
	}
	defer func() {
		_ = f.Close()
		if err != nil && !errors.Is(context.Cause(ctx), errAbandoned) && !errors.Is(err, errTempTaken) {
			_ = root.Remove(temp)
		}
	}()
	r := &run{t: t, b: b, f: f, size: -1, c: &counter{t: t}}
	if err := t.attempt(ctx, r.whole); err != nil {
		return outcome{size: r.size}, changed(err)
	}
	out = r.outcome()
	t.item.etag = r.etag
	return out, t.place(ctx, root, f, temp)
}

// changed gives the cause that a person understands.
func changed(err error) error {
	if errors.Is(err, cos.ErrPrecondition) {
		return fmt.Errorf("%w: %w", ErrObjectChanged, err)
	}
	return err
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

// run is a stretch of an object on its way into a file. A repeated attempt
// goes on behind the last byte that was written.
type run struct {
	t    *task
	b    *cos.Bucket
	f    tempFile
	off  int64
	size int64 // -1: to the end, which the first answer tells
	etag string
	got  int64
	crc  uint64
	c    *counter
	head *cos.Head
}

// whole fetches an object from its beginning and checks it.
func (r *run) whole(ctx context.Context) error {
	if err := r.fetch(ctx); err != nil {
		return err
	}
	if r.head.HasCRC64 && r.head.CRC64 != r.crc {
		r.got, r.crc, r.size, r.etag = 0, 0, -1, ""
		r.c.reset()
		return fmt.Errorf("%s: %w", r.t.item.key, errDamaged)
	}
	return nil
}

func (r *run) outcome() outcome {
	return outcome{
		size: r.size, etag: r.head.ETag, crc: r.crc, hasCRC: r.head.HasCRC64, version: r.head.VersionID,
		verified: r.head.HasCRC64,
	}
}

// fetch makes one request for what is missing.
func (r *run) fetch(ctx context.Context) error {
	if r.got == r.size && r.head != nil {
		return nil
	}
	o := cos.GetOptions{Conditions: cos.Conditions{IfMatch: r.etag}, VersionID: r.t.item.version}
	if r.size > 0 {
		o.Range = &cos.ByteRange{Offset: r.off + r.got, Length: r.size - r.got}
	}
	obj, err := r.b.Get(ctx, r.t.item.key, o)
	if err != nil {
		return err
	}
	defer obj.Body.Close()
	if err := r.learn(&obj.Head); err != nil {
		return err
	}
	return r.copy(ctx, obj.Body)
}

func (r *run) learn(head *cos.Head) error {
	if r.size < 0 {
		r.size, r.etag = head.Size, head.ETag
	}
	r.head = head
	if r.t.lane == laneSmall && r.t.item.temp == "" && head.Size > r.t.e.cfg.Threshold {
		return errOtherLane
	}
	return nil
}

func (r *run) copy(ctx context.Context, body io.Reader) error {
	buf := buffers.Get().(*[]byte)
	defer buffers.Put(buf)
	for r.got < r.size {
		n, err := body.Read(r.t.e.speed.piece((*buf)[:min(int64(len(*buf)), r.size-r.got)]))
		if n > 0 {
			if err := r.t.e.speed.wait(ctx, n); err != nil {
				return err
			}
			if _, err := r.f.WriteAt((*buf)[:n], r.off+r.got); err != nil {
				return r.t.unwritable(err)
			}
			r.crc = cos.CRC64(r.crc, (*buf)[:n])
			r.got += int64(n)
			r.c.add(n)
		}
		if errors.Is(err, io.EOF) && r.got < r.size {
			return cos.ErrCutBody
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
	}
	return nil
}
