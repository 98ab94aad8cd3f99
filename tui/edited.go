package tui

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"

	"cosmander/cos"
	"cosmander/views"
)

// Editable is a bucket as editing an object needs it; *cos.Bucket is one.
type Editable interface {
	Get(ctx context.Context, key string, o cos.GetOptions) (*cos.Object, error)
	Head(ctx context.Context, key string, o cos.GetOptions) (*cos.Head, error)
	Put(ctx context.Context, key string, body cos.Body, h cos.Headers) (*cos.PutResult, error)
	ObjectACL(ctx context.Context, key, versionID string) (*cos.ACL, error)
	SetObjectACL(ctx context.Context, key, versionID string, acl cos.ACL) error
	ObjectTags(ctx context.Context, key, versionID string) ([]cos.Tag, error)
	SetObjectTags(ctx context.Context, key, versionID string, tags []cos.Tag) error
}

var _ Editable = (*cos.Bucket)(nil)

// editMost is the largest object that is edited: what one request sends.
const editMost = 20 << 20

// errMeanwhile says that an object was changed while somebody edited it here.
var errMeanwhile = errors.New("the object was changed meanwhile")

// draft is an object that is being edited in a file of this machine.
type draft struct {
	at   place
	row  string
	file string
	head cos.Head
	acl  *cos.ACL // nil: the object has none of its own, or it may not be seen
	tags []cos.Tag
	sum  [sha256.Size]byte
}

func (d *draft) key() string { return d.at.Key + d.row }

// fetch brings an object into a file that nobody else can read.
func (d *draft) fetch(ctx context.Context, b Editable) error {
	obj, err := b.Get(ctx, d.key(), cos.GetOptions{})
	if err != nil {
		return err // it says what was asked
	}
	defer obj.Body.Close()
	d.head = obj.Head
	switch {
	case obj.Size > editMost:
		return fmt.Errorf("%s has %s: only objects up to %s are edited", d.row, views.Size(obj.Size), views.Size(editMost))
	case obj.ObjectType == "appendable":
		return fmt.Errorf("%s is appendable, and would not be so any more", d.row)
	}
	text, err := io.ReadAll(io.LimitReader(obj.Body, editMost+1))
	if err != nil {
		return fmt.Errorf("read %s: %w", d.row, err)
	}
	if obj.HasCRC64 && cos.CRC64(0, text) != obj.CRC64 {
		return fmt.Errorf("read %s: the bytes that arrived are not those that the service stores", d.row)
	}
	if err := d.fetchRights(ctx, b); err != nil {
		return err
	}
	d.sum = sha256.Sum256(text)
	return d.write(text)
}

// fetchRights notes what writing an object anew would take from it. Who may
// not see it edits all the same.
func (d *draft) fetchRights(ctx context.Context, b Editable) error {
	acl, err := b.ObjectACL(ctx, d.key(), "")
	if err != nil && !errors.Is(err, cos.ErrDenied) {
		return err
	}
	if err == nil && acl.Canned() != "private" {
		d.acl = acl
	}
	d.tags, err = b.ObjectTags(ctx, d.key(), "")
	if err != nil && !errors.Is(err, cos.ErrDenied) {
		return err
	}
	return nil
}

func (d *draft) write(text []byte) error {
	dir, err := os.MkdirTemp("", "cosmander-edit-") // 0700
	if err == nil {
		d.file = filepath.Join(dir, fileName(d.row))
		err = os.WriteFile(d.file, text, 0o600)
	}
	if err != nil {
		return fmt.Errorf("edit %s: %w", d.row, err)
	}
	return nil
}

// fileName is a name for a file that holds the object called name: the same if
// it can be one.
func fileName(name string) string {
	name = path.Base(name)
	if name == "." || name == ".." || name == "/" || len(name) > 200 || strings.ContainsAny(name, "\x00\\") {
		return "object" + path.Ext(name[max(len(name)-8, 0):])
	}
	return name
}

// changed reports whether the file holds anything else than the object did.
func (d *draft) changed() (bool, error) {
	text, err := os.ReadFile(d.file)
	if err != nil {
		return false, fmt.Errorf("edit %s: %w", d.row, err)
	}
	return sha256.Sum256(text) != d.sum, nil
}

// store writes the file to key, with everything that the object had. It is
// [errMeanwhile] if the object is another one by now, unless that is wanted.
func (d *draft) store(ctx context.Context, b Editable, key string, anyway bool) error {
	text, err := os.ReadFile(d.file)
	if err != nil {
		return fmt.Errorf("edit %s: %w", d.row, err)
	}
	if len(text) > editMost {
		return fmt.Errorf("%s has %s now: only objects up to %s are edited", d.row, views.Size(int64(len(text))), views.Size(editMost))
	}
	if !anyway {
		head, err := b.Head(ctx, d.key(), cos.GetOptions{})
		switch {
		case errors.Is(err, cos.ErrNotFound):
			return errMeanwhile
		case err != nil:
			return err
		case head.ETag != d.head.ETag:
			return errMeanwhile
		}
	}
	h := d.head.Headers
	h.StorageClass = d.head.StorageClass
	res, err := b.Put(ctx, key, cos.Body{ReaderAt: bytes.NewReader(text), Size: int64(len(text))}, h)
	if err != nil {
		return err
	}
	if res.HasCRC64 && res.CRC64 != cos.CRC64(0, text) {
		return fmt.Errorf("store %s: the service stores other bytes than were sent", key)
	}
	return d.restore(ctx, b, key)
}

// restore gives an object that was written anew its access list and tags back.
func (d *draft) restore(ctx context.Context, b Editable, key string) error {
	if d.acl != nil {
		if err := b.SetObjectACL(ctx, key, "", *d.acl); err != nil {
			return fmt.Errorf("stored, but its access list was not: %w", err)
		}
	}
	if len(d.tags) > 0 {
		if err := b.SetObjectTags(ctx, key, "", d.tags); err != nil {
			return fmt.Errorf("stored, but its tags were not: %w", err)
		}
	}
	return nil
}

// besideMost names are tried for a second object.
const besideMost = 100

// beside is the key of a second object for what was edited, which is not there
// yet.
func (d *draft) beside(ctx context.Context, b Editable) (string, error) {
	ext := path.Ext(d.row)
	if ext == d.row {
		ext = ""
	}
	for n := 1; n <= besideMost; n++ {
		mark := " (edited)"
		if n > 1 {
			mark = fmt.Sprintf(" (edited %d)", n)
		}
		key := d.at.Key + strings.TrimSuffix(d.row, ext) + mark + ext
		_, err := b.Head(ctx, key, cos.GetOptions{})
		if errors.Is(err, cos.ErrNotFound) {
			return key, nil
		}
		if err != nil {
			return "", err
		}
	}
	return "", fmt.Errorf("%s (edited) and %d names like it exist", d.row, besideMost-1)
}

// discard removes the file.
func (d *draft) discard() error {
	if d.file == "" {
		return nil
	}
	return os.RemoveAll(filepath.Dir(d.file))
}
