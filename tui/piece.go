package tui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"cosmander/cos"
	"cosmander/jobs"
)

// errChanged says that a file is another one than when it was opened.
var errChanged = errors.New("changed since it was opened")

// errNoFile is about a path that is no regular file: reading a pipe or a
// device could wait for ever, or do something.
var errNoFile = errors.New("not a regular file")

// seen is what a file was when it was read first: pieces of two versions
// never mix.
type seen struct {
	etag       string      // of an object
	info       os.FileInfo // of a local file
	size       int64
	modified   time.Time
	appendable bool // it may grow
	encrypted  bool // before it was sent
	note       string
	fact       fact // of an object
}

// piece is a part of a file.
type piece struct {
	offset int64
	data   []byte
	seen   seen
}

// file is something whose bytes can be looked at: a local file or an object.
type file struct {
	store Store // nil for a local file
	key   string
	path  string
	// version is that of the object; empty means the newest.
	version string
	// stored reads the object as it is stored; nil if store does.
	stored Store
	// decryptedBy names the key by which store reads the object; it may be nil.
	decryptedBy func(*cos.Head) string
}

// read returns length bytes from offset on, fewer at the end of the file. If
// the file is not the one that was seen before, it is errChanged. It ends as
// soon as ctx does.
func (f file) read(ctx context.Context, before *seen, offset, length int64) (piece, error) {
	if f.store == nil {
		return f.readLocal(ctx, before, offset, length)
	}
	return f.readObject(ctx, before, offset, length)
}

func (f file) readLocal(ctx context.Context, before *seen, offset, length int64) (piece, error) {
	if err := ctx.Err(); err != nil {
		return piece{}, err
	}
	now, err := f.statLocal(before)
	if err != nil {
		return piece{}, err
	}
	in, err := os.Open(f.path)
	if err != nil {
		return piece{}, err // it says what was opened
	}
	defer in.Close()
	// What was opened is what was looked at, or a link was bent meanwhile.
	if info, err := in.Stat(); err != nil || !os.SameFile(info, now.info) {
		return piece{}, errors.Join(fmt.Errorf("%s: %w", f.path, errChanged), err)
	}
	data := make([]byte, max(min(length, now.size-offset), 0))
	n, err := in.ReadAt(data, offset)
	if err != nil && !errors.Is(err, io.EOF) {
		return piece{}, err // it says what was read
	}
	return piece{offset, data[:n], now}, nil
}

// statLocal looks at a local file and refuses another one than before. One
// that has only grown is the same.
func (f file) statLocal(before *seen) (seen, error) {
	info, err := os.Stat(f.path)
	switch {
	case err != nil:
		return seen{}, err // it says what was looked at
	case !info.Mode().IsRegular():
		return seen{}, fmt.Errorf("%s: %w", f.path, errNoFile)
	}
	now := seen{info: info, size: info.Size(), modified: info.ModTime(), appendable: true}
	if before == nil {
		return now, nil
	}
	touched := now.size == before.size && !now.modified.Equal(before.modified)
	if !os.SameFile(info, before.info) || now.size < before.size || touched {
		return seen{}, fmt.Errorf("%s: %w", f.path, errChanged)
	}
	return now, nil
}

func (f file) readObject(ctx context.Context, before *seen, offset, length int64) (piece, error) {
	o := cos.GetOptions{VersionID: f.version, Range: &cos.ByteRange{Offset: offset, Length: length}}
	if before != nil {
		o.IfMatch = before.etag
	}
	obj, err := f.store.Get(ctx, f.key, o)
	switch {
	case errors.Is(err, cos.ErrPrecondition):
		return piece{}, fmt.Errorf("%s: %w", f.key, errChanged)
	case errors.Is(err, cos.ErrRange) && offset == 0: // an empty object has no first byte
		now, statErr := f.stat(ctx)
		if statErr != nil || now.size > 0 {
			return piece{}, errors.Join(err, statErr)
		}
		return piece{seen: now}, nil
	case err != nil:
		return piece{}, err // it says what was asked of which object
	}
	defer obj.Body.Close()
	data, err := io.ReadAll(io.LimitReader(obj.Body, length))
	if err != nil {
		return piece{}, err
	}
	return piece{offset, data, f.seenIn(&obj.Head)}, nil
}

// stat returns what the file is now, whatever it was.
func (f file) stat(ctx context.Context) (seen, error) {
	if f.store == nil {
		return f.statLocal(nil)
	}
	head, err := f.store.Head(ctx, f.key, cos.GetOptions{VersionID: f.version})
	if err != nil {
		return seen{}, err // it says what was asked of which object
	}
	return f.seenIn(head), nil
}

func (f file) seenIn(h *cos.Head) seen {
	s := seen{etag: h.ETag, size: h.Size, modified: h.LastModified, appendable: h.ObjectType == "appendable", fact: factOf(h)}
	if !clientSide(h) {
		return s
	}
	s.encrypted, s.note = true, encryptedNote
	if f.decryptedBy != nil {
		if key := f.decryptedBy(h); key != "" {
			s.note = encryptedNote + ", read with key " + key
		}
	}
	return s
}

const encryptedNote = "encrypted before it was uploaded"

// fileAt is the file called name in a pane.
func (m *Model) fileAt(at place, name string) file {
	if at.Local() {
		return file{path: at.child(name, "").Path}
	}
	f := file{store: m.deps.Bucket(at.Bucket, at.Region), key: at.Key + name, decryptedBy: m.deps.Encryption.Key}
	if m.deps.Stored != nil {
		f.stored = m.deps.Stored(at.Bucket, at.Region)
	}
	return f
}

// address is f as people write it.
func (f file) address(at jobs.Place) string {
	if f.store == nil {
		return f.path
	}
	return cos.URI{Bucket: at.Bucket, Key: f.key}.String()
}
