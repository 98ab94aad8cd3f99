package jobs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"os"
	"path"

	"cosmander/cos"
)

// upload sends a local file, or the placeholder of an empty folder.
func (t *task) upload(ctx context.Context) (outcome, error) {
	if t.lane == laneLast {
		return t.removeFolder()
	}
	b, err := t.remote()
	if err != nil {
		return outcome{}, err
	}
	fresh := t.item.uploadID == ""
	if t.item.folder {
		return t.putFolder(ctx, b)
	}
	src, err := openSource(t.item.path)
	if errors.Is(err, os.ErrNotExist) {
		// What the service has of it is of no use to anybody.
		return outcome{}, errors.Join(err, t.drop(ctx, b))
	}
	if err != nil {
		return outcome{}, err
	}
	defer src.Close()
	if !fresh && t.item.id != src.id {
		// The file is another one than the upload began with: what is at the
		// service of the old one is of no use.
		if err := t.drop(ctx, b); err != nil {
			return outcome{}, err
		}
		fresh = true
	}
	t.item.id = src.id
	if !fresh {
		if fresh, err = t.resealed(ctx, b, src); err != nil {
			return outcome{}, err
		}
	}
	if !fresh || t.adopts() || src.id.size > t.e.cfg.Threshold {
		return t.uploadParts(ctx, b, src)
	}
	if err := t.claim(ctx); err != nil {
		return outcome{}, err
	}
	out, over, err := t.meets(ctx, t.uploadRivals(ctx, b, src))
	if over || err != nil {
		return out, err
	}
	if err := t.seal(ctx, src); err != nil {
		return outcome{}, err
	}
	return t.put(ctx, b, src)
}

func (t *task) uploadRivals(ctx context.Context, b *cos.Bucket, src *source) rivals {
	return rivals{t.objectThere(ctx, b), func() (side, error) { return src.side(ctx, t.itsRival) }}
}

// putFolder makes the placeholder of an empty folder. All of them are alike, so
// one that is there is left alone unless it is to be overwritten.
func (t *task) putFolder(ctx context.Context, b *cos.Bucket) (outcome, error) {
	if t.spec.OnConflict != Overwrite {
		_, there, err := t.objectThere(ctx, b)()
		if there || err != nil {
			return outcome{skipped: true}, err
		}
	}
	return t.put(ctx, b, emptySource{})
}

// content is what one request sends.
type content interface {
	size() int64
	section(off, size int64) io.ReaderAt
	unchanged() error
}

var (
	_ content = (*source)(nil)
	_ content = emptySource{}
)

// emptySource is the content of a folder's placeholder.
type emptySource struct{}

func (emptySource) size() int64                    { return 0 }
func (emptySource) section(_, _ int64) io.ReaderAt { return bytes.NewReader(nil) }
func (emptySource) unchanged() error               { return nil }

// put sends the content in one request, again until it is verified.
func (t *task) put(ctx context.Context, b *cos.Bucket, src content) (out outcome, err error) {
	if err := t.claim(ctx); err != nil {
		return outcome{}, err
	}
	again := false
	err = t.attempt(ctx, func(ctx context.Context) (err error) {
		err = t.still(ctx, b)
		if again && errors.Is(err, errOvertaken) {
			out, err = t.settlePut(ctx, b, src, err) // it may be what was sent before
			return err
		}
		if err != nil {
			return err
		}
		again = true
		c := &counter{t: t}
		out, err = t.putOnce(ctx, b, src, c)
		if err != nil {
			c.reset()
		}
		return err
	})
	return out, err
}

func (t *task) putOnce(ctx context.Context, b *cos.Bucket, src content, c *counter) (outcome, error) {
	size := src.size()
	body := cos.Body{ReaderAt: t.e.speed.reader(ctx, src.section(0, size)), Size: size, Progress: c.add}
	res, err := b.Put(ctx, t.item.key, body, t.headers())
	if err != nil {
		if lost(err) && c.n.Load() >= size && ctx.Err() == nil {
			return t.settlePut(ctx, b, src, err)
		}
		return outcome{}, err
	}
	c.full(size)
	if size == 0 { // nothing was read, so nothing was checked
		if err := src.unchanged(); err != nil {
			return outcome{}, err
		}
	}
	t.check.Store(true)
	defer t.check.Store(false)
	out := outcome{size: size, etag: res.ETag, crc: res.SentCRC64, hasCRC: true, version: res.VersionID}
	return t.verify(ctx, b, out, res.HasCRC64, res.CRC64)
}

// settlePut finds out whether a put whose answer was lost was carried out. why
// is returned if it was not, so that it is sent again.
func (t *task) settlePut(ctx context.Context, b *cos.Bucket, src content, why error) (outcome, error) {
	head, err := b.Head(ctx, t.item.key, cos.GetOptions{})
	if err != nil || !head.HasCRC64 || head.Size != src.size() {
		return outcome{}, why
	}
	crc, err := sum(ctx, src.section(0, head.Size), head.Size)
	if err != nil {
		return outcome{}, err
	}
	if crc != head.CRC64 {
		return outcome{}, why
	}
	return outcome{
		size: head.Size, etag: head.ETag, crc: crc, hasCRC: true, version: head.VersionID, verified: true,
	}, nil
}

// verify compares what the service has with what was sent. If its answer held
// no checksum it is asked once more; if there is none at all the outcome
// stays unverified.
func (t *task) verify(ctx context.Context, b *cos.Bucket, out outcome, has bool, crc uint64) (outcome, error) {
	if !has {
		head, err := b.Head(ctx, t.target(), cos.GetOptions{})
		if err != nil || !head.HasCRC64 || head.ETag != out.etag {
			return out, nil //nolint:nilerr // the service has said that it is stored
		}
		crc = head.CRC64
	}
	if crc != out.crc {
		t.item.there = out.etag // our own, so it may be replaced
		return outcome{}, fmt.Errorf("%s: %w", t.target(), errDamaged)
	}
	out.verified = true
	return out, nil
}

// headers follow from the name and the envelope alone, so that a resumed upload
// has the same.
func (t *task) headers() cos.Headers {
	if t.item.folder {
		return cos.Headers{}
	}
	h := cos.Headers{ContentType: mime.TypeByExtension(path.Ext(t.item.key))}
	if t.sealed != nil {
		h.Meta = t.sealed.env.Meta()
	}
	return h
}

// sum reads size bytes for their checksum.
func sum(ctx context.Context, r io.ReaderAt, size int64) (uint64, error) {
	buf := buffers.Get().(*[]byte)
	defer buffers.Put(buf)
	var crc uint64
	for off := int64(0); off < size; {
		if ctx.Err() != nil {
			return 0, context.Cause(ctx)
		}
		n, err := r.ReadAt((*buf)[:min(int64(len(*buf)), size-off)], off)
		crc = cos.CRC64(crc, (*buf)[:n])
		off += int64(n)
		if err != nil && off < size {
			return 0, err
		}
	}
	return crc, nil
}
