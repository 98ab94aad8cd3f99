package jobs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

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
	if err := t.unseal(); err != nil {
		return outcome{}, err
	}
	out, over, err := t.clear(ctx, b, root)
	if over || err != nil {
		return out, err
	}
	return t.thawed(ctx, b, func() (outcome, error) {
		if t.item.temp != "" || t.item.size > t.e.cfg.Threshold {
			return t.fetchRanges(ctx, b, root)
		}
		return t.fetchWhole(ctx, b, root)
	})
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
			return fileSide(ctx, info, t.itsRival, func() (*os.File, error) { return openFile(root, t.item.path) }), true, nil
		},
		func() (side, error) {
			head, err := t.headPinned(ctx, b)
			if err != nil {
				return side{}, err
			}
			return t.objectSide(head), nil
		},
	})
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
	if err := t.authentic(ctx, f, r.size); err != nil {
		return outcome{size: r.size}, err
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
	fresh := r.size < 0
	if fresh {
		r.size, r.etag = head.Size, head.ETag
	}
	r.head = head
	if r.t.lane == laneSmall && r.t.item.temp == "" && head.Size > r.t.e.cfg.Threshold {
		return errOtherLane
	}
	if fresh {
		if err := r.t.discover(head); err != nil {
			return err
		}
	}
	return r.t.learns(r.size)
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
			crc := cos.CRC64(r.crc, (*buf)[:n]) // of what is stored
			if s := r.t.sealed; s != nil {
				s.XOR((*buf)[:n], r.off+r.got)
			}
			if _, err := r.f.WriteAt((*buf)[:n], r.off+r.got); err != nil {
				return r.t.unwritable(err)
			}
			r.crc = crc
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
