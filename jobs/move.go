package jobs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"cosmander/cos"
)

// Why a source that should have moved is still there.
var (
	errKept        = errors.New("copied, but there was no checksum to compare, so the source was kept")
	errKeptChanged = errors.New("copied, but the source has changed since, so it was kept")
	errCopyGone    = errors.New("the copy has changed since it was verified, so the source was kept")
)

// finishMove removes the source of an item whose copy is verified. What tells
// the source is in t.item: the identity of a file, the ETag of an object.
func (t *task) finishMove(ctx context.Context, out outcome) (outcome, error) {
	switch {
	case out.skipped, t.lane == laneLast:
		return out, nil
	case t.spec.Kind == Upload && t.item.folder:
		return out, nil // the folder itself comes last
	case !out.verified:
		return outcome{}, errKept
	}
	if t.spec.Kind == Copy {
		if err := t.carryACL(ctx); err != nil {
			return outcome{}, err
		}
	}
	was := t.item.size
	t.item.size, t.item.crc = out.size, out.crc
	delta, err := t.e.j.copied(t.item, was)
	if err != nil {
		return outcome{}, err
	}
	t.count(delta)
	t.item.state, t.item.copied = Verifying, true
	return out, t.removeSource(ctx)
}

// resumeMove goes on with an item whose copy was verified before the program
// ended. Only if it is still that copy the source goes.
func (t *task) resumeMove(ctx context.Context) (outcome, error) {
	out := outcome{size: t.item.size, crc: t.item.crc, hasCRC: true, verified: true}
	same, err := t.copyIntact(ctx, &out)
	if err != nil {
		return outcome{}, err
	}
	if !same {
		return outcome{}, errCopyGone
	}
	return out, t.removeSource(ctx)
}

// copyIntact reports whether the copy is what was verified.
func (t *task) copyIntact(ctx context.Context, out *outcome) (bool, error) {
	if t.spec.Kind == Download {
		return t.fileIntact(ctx)
	}
	to, err := t.remote()
	if err != nil {
		return false, err
	}
	head, err := t.head(ctx, to, t.target())
	if errors.Is(err, cos.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	out.etag, out.version = head.ETag, head.VersionID
	return head.HasCRC64 && head.CRC64 == out.crc && head.Size == out.size, nil
}

func (t *task) fileIntact(ctx context.Context) (bool, error) {
	root, err := t.folder()
	if err != nil || t.item.folder {
		return err == nil, err
	}
	f, err := openFile(root, t.item.path)
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() || info.Size() != t.item.size {
		return false, err
	}
	crc, err := sum(ctx, f, t.item.size)
	if errors.Is(err, io.EOF) {
		return false, nil
	}
	return crc == t.item.crc, err
}

// removeSource removes what was copied, unless it is something else by now.
func (t *task) removeSource(ctx context.Context) error {
	if t.spec.Kind == Upload {
		return t.removeFile()
	}
	from, err := t.origin()
	if err != nil {
		return err
	}
	return t.attempt(ctx, func(ctx context.Context) error {
		_, err := from.Head(ctx, t.item.key, cos.GetOptions{Conditions: cos.Conditions{IfMatch: t.item.etag}})
		switch {
		case errors.Is(err, cos.ErrNotFound):
			return nil // removed before its removal was in the journal
		case errors.Is(err, cos.ErrPrecondition):
			return errKeptChanged
		case err != nil:
			return err
		}
		_, err = from.Delete(ctx, t.item.key, "")
		return err
	})
}

// removeFile works below the folder that holds the source, as removeLocal
// does. Of a link to a file that was named itself the link goes and the file
// stays; of one to a folder what was in the folder goes, and the link stays.
func (t *task) removeFile() error {
	info, err := os.Stat(t.item.path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil
	case err != nil:
		return err
	case identify(info) != t.item.id:
		return errKeptChanged
	}
	return t.removeLocal()
}

// removeFolder removes a local folder whose contents have moved. What is still
// in it stays, and so does the folder.
func (t *task) removeFolder() (outcome, error) {
	bare, err := isEmpty(t.item.path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return outcome{verified: true}, nil
	case err != nil:
		return outcome{}, err
	case !bare:
		return outcome{skipped: true}, nil
	}
	if err := t.removeLocal(); err != nil {
		return outcome{}, fmt.Errorf("remove the folder %s: %w", filepath.Base(t.item.path), err)
	}
	return outcome{verified: true}, nil
}

// carryACL gives what moves the access that its source allowed: a rename must
// not make a public object private. Most objects have none of their own, and
// then nothing is set, for an account may set only 1000.
func (t *task) carryACL(ctx context.Context) error {
	from, err := t.origin()
	if err != nil {
		return err
	}
	to, err := t.remote()
	if err != nil {
		return err
	}
	return t.attempt(ctx, func(ctx context.Context) error {
		acl, err := from.ObjectACL(ctx, t.item.key, "")
		switch {
		case errors.Is(err, cos.ErrDenied):
			return nil // who may not see it cannot have set it
		case err != nil:
			return err
		case acl.Canned() == "private":
			return nil
		}
		return to.SetObjectACL(ctx, t.target(), "", *acl)
	})
}
