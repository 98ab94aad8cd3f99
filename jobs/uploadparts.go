package jobs

import (
	"context"
	"crypto/md5" //nolint:gosec // the service's ETag of a part is its MD5
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"cosmander/cos"

	"golang.org/x/sync/errgroup"
)

// startsOver is how often a large transfer begins anew because what it had
// was lost or damaged.
const startsOver = 3

// uploadParts sends a large file. Each part that the service has acknowledged
// is in the journal before it counts.
func (t *task) uploadParts(ctx context.Context, b *cos.Bucket, src *source) (outcome, error) {
	return t.wholly(ctx, b, func(ctx context.Context) (outcome, error) { return t.uploadOnce(ctx, b, src) })
}

// wholly repeats once, which makes an object of parts, from the beginning
// where the service has lost or damaged what it had.
func (t *task) wholly(ctx context.Context, b *cos.Bucket, once func(context.Context) (outcome, error)) (outcome, error) {
	for try := 1; ; try++ {
		out, err := once(ctx)
		switch {
		case err == nil || ctx.Err() != nil:
			return out, err
		case errors.Is(err, ErrSourceChanged), errors.Is(err, ErrObjectChanged):
			return out, errors.Join(err, t.drop(ctx, b))
		case !errors.Is(err, cos.ErrNoUpload) && !errors.Is(err, errDamaged) || try >= startsOver:
			return out, err
		}
		if err := t.drop(ctx, b); err != nil {
			return outcome{}, err
		}
	}
}

// drop aborts the upload and forgets it.
func (t *task) drop(ctx context.Context, b *cos.Bucket) error {
	if err := errors.Join(t.sweep(ctx, b, true), t.abort(ctx, b)); err != nil {
		return err
	}
	if err := t.e.j.forget(t.item); err != nil {
		return err
	}
	t.item.state, t.item.uploadID, t.item.envelope = Queued, "", ""
	t.advance(-t.sent.Load())
	return nil
}

func (t *task) abort(ctx context.Context, b *cos.Bucket) error {
	if t.item.uploadID == "" {
		return nil
	}
	return t.abortUpload(ctx, b, t.item.uploadID)
}

func (t *task) uploadOnce(ctx context.Context, b *cos.Bucket, src *source) (outcome, error) {
	var acks map[int]ack
	if t.item.uploadID != "" {
		var out *outcome
		var err error
		acks, out, err = t.resumeParts(ctx, b, src)
		if err != nil || out != nil {
			if out == nil {
				out = &outcome{}
			}
			return *out, err
		}
	}
	out, over, err := t.meets(ctx, t.uploadRivals(ctx, b, src))
	if over || err != nil {
		return out, err
	}
	if t.item.uploadID == "" { // there was none, or it was of another name
		if acks, err = t.beginParts(ctx, b, src); err != nil {
			return outcome{}, err
		}
	}
	all, err := t.plan(src.id.size, acks)
	if err != nil {
		return outcome{}, err
	}
	if err := t.sendParts(ctx, b, src, all, acks); err != nil {
		return outcome{}, err
	}
	if err := src.unchanged(); err != nil {
		return outcome{}, err
	}
	if err := t.e.j.verifying(t.item); err != nil {
		return outcome{}, err
	}
	t.item.state = Verifying
	t.check.Store(true)
	defer t.check.Store(false)
	crc, _ := joined(all, acks)
	return t.complete(ctx, b, all, acks, crc, true)
}

// initiate journals what will be sent, opens the upload and journals its id.
func (t *task) initiate(ctx context.Context, b *cos.Bucket, src *source) error {
	if err := t.seal(ctx, src); err != nil {
		return err
	}
	was := t.item.size
	t.item.size, t.item.id = src.id.size, src.id
	t.item.partSize = partSizeFor(src.id.size, t.e.cfg.PartSize)
	delta, err := t.e.j.begin(t.item, was)
	if err != nil {
		return err
	}
	t.count(delta)
	t.item.state = Running
	return t.openUpload(ctx, b, t.headers())
}

// openUpload asks for an upload id and journals it, and aborts the uploads of
// earlier tries whose ids got lost.
func (t *task) openUpload(ctx context.Context, b *cos.Bucket, h cos.Headers) error {
	id, err := t.ask(ctx, b, h)
	if err != nil {
		return err
	}
	t.item.uploadID = id
	t.answered()
	if err := t.e.j.opened(t.item); err != nil {
		return err
	}
	return t.sweep(ctx, b, false)
}

// resumeParts finds out what the service has of the upload. If the upload is
// gone because it was completed before this process began, that is the
// outcome.
func (t *task) resumeParts(ctx context.Context, b *cos.Bucket, src *source) (map[int]ack, *outcome, error) {
	list, err := t.e.j.acks(ctx, t.item)
	if err != nil {
		return nil, nil, err
	}
	known := map[int]ack{}
	for _, a := range list {
		known[a.number] = a
	}
	all, err := t.plan(src.id.size, known)
	if err != nil {
		return nil, nil, err
	}
	var parts []cos.Part
	err = t.attempt(ctx, func(ctx context.Context) (err error) {
		parts, err = b.AllParts(ctx, t.target(), t.item.uploadID)
		return err
	})
	if errors.Is(err, cos.ErrNoUpload) {
		if crc, whole := joined(all, known); whole {
			if out, ok := t.committed(ctx, b, len(all), crc, true, err); ok {
				return nil, &out, nil
			}
		}
	}
	if err != nil {
		return nil, nil, err
	}
	acks, err := t.reconcile(ctx, src, all, known, parts)
	return acks, nil, err
}

// reconcile keeps the parts that the service has and that are ours: the
// journal knows them, or their MD5 is that of the file's bytes.
func (t *task) reconcile(ctx context.Context, src *source, all []span, known map[int]ack, parts []cos.Part) (map[int]ack, error) {
	acks := map[int]ack{}
	var found []ack
	var kept int64
	for _, p := range parts {
		if p.Number < 1 || p.Number > len(all) || p.Size != all[p.Number-1].size {
			continue
		}
		a, ok := known[p.Number]
		if !ok || a.etag != p.ETag {
			var err error
			if a, ok, err = recognise(src, all[p.Number-1], p.ETag); err != nil {
				return nil, err
			}
			if !ok {
				continue
			}
			found = append(found, a)
		}
		acks[p.Number] = a
		kept += a.size
	}
	var gone []int
	for n := range known {
		if _, ok := acks[n]; !ok {
			gone = append(gone, n)
		}
	}
	t.advance(kept - t.sent.Load())
	if err := t.e.j.dropAcks(t.item, gone...); err != nil {
		return nil, err
	}
	return acks, t.e.j.keepAcks(t.item, found...)
}

// recognise compares a part of the file with the ETag of one at the service,
// which was acknowledged too late for the journal.
func recognise(src *source, s span, etag string) (ack, bool, error) {
	h := md5.New() //nolint:gosec // see the import
	crc := &crcWriter{}
	r := io.NewSectionReader(src.section(s.off, s.size), 0, s.size)
	if _, err := io.Copy(io.MultiWriter(h, crc), r); err != nil {
		return ack{}, false, err
	}
	same := strings.EqualFold(hex.EncodeToString(h.Sum(nil)), etag)
	return ack{s.number, s.size, etag, crc.sum}, same, nil
}

// sendParts sends what acks lacks and adds it there.
func (t *task) sendParts(ctx context.Context, b *cos.Bucket, src *source, all []span, acks map[int]ack) error {
	return t.sendMissing(ctx, all, acks, func(ctx context.Context, s span) (ack, error) {
		return t.sendPart(ctx, b, src, s)
	})
}

// sendMissing makes the parts that acks lacks, and adds each there once it is
// in the journal.
func (t *task) sendMissing(ctx context.Context, all []span, acks map[int]ack, send func(context.Context, span) (ack, error)) error {
	var mu sync.Mutex // guards acks
	return t.each(ctx, missing(all, acks), func(ctx context.Context, s span) error {
		a, err := send(ctx, s)
		if err != nil {
			return err
		}
		if err := t.e.j.keepAcks(t.item, a); err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		acks[s.number] = a
		return nil
	})
}

func missing(all []span, acks map[int]ack) []span {
	var list []span
	for _, s := range all {
		if _, ok := acks[s.number]; !ok {
			list = append(list, s)
		}
	}
	return list
}

// each runs do for every span, as many at once as there are free parts. A
// part keeps its place until it is in the journal, so that what a kill costs
// is bounded by what is in flight.
func (t *task) each(ctx context.Context, list []span, do func(context.Context, span) error) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, s := range list {
		if err := t.e.parts.Acquire(ctx, 1); err != nil {
			break // g.Wait or ctx knows why
		}
		g.Go(func() error {
			defer t.e.parts.Release(1)
			return do(ctx, s)
		})
	}
	stopped := ctx.Err() != nil
	if err := g.Wait(); err != nil {
		return err
	}
	if stopped {
		return context.Cause(ctx)
	}
	return nil
}

func (t *task) sendPart(ctx context.Context, b *cos.Bucket, src *source, s span) (a ack, err error) {
	err = t.attempt(ctx, func(ctx context.Context) error {
		c := &counter{t: t}
		body := cos.Body{ReaderAt: t.e.speed.reader(ctx, src.section(s.off, s.size)), Size: s.size, Progress: c.add}
		res, err := b.UploadPart(ctx, t.item.key, t.item.uploadID, s.number, body)
		if err == nil && res.HasCRC64 && res.CRC64 != res.SentCRC64 {
			err = fmt.Errorf("part %d of %s: %w", s.number, t.item.key, errDamaged)
		}
		if err != nil {
			c.reset()
			return err
		}
		c.full(s.size)
		a = ack{s.number, s.size, res.ETag, res.SentCRC64}
		return nil
	})
	return a, err
}

// complete joins the parts and verifies that the whole has the checksum crc,
// if that is known.
func (t *task) complete(ctx context.Context, b *cos.Bucket, all []span, acks map[int]ack, crc uint64, known bool) (out outcome, err error) {
	parts := make([]cos.Part, len(all))
	for i, s := range all {
		parts[i] = cos.Part{Number: s.number, Size: s.size, ETag: acks[s.number].etag}
	}
	if err := t.claim(ctx); err != nil {
		return outcome{}, err
	}
	t.sure = false // the parts took their time
	again, settled := false, false
	var res *cos.CompleteResult
	err = t.attempt(ctx, func(ctx context.Context) (err error) {
		if err := t.still(ctx, b); err != nil {
			if again && errors.Is(err, errOvertaken) {
				out, settled = t.committed(ctx, b, len(all), crc, known, err)
			}
			if settled {
				return nil
			}
			return err
		}
		again = true
		res, err = b.CompleteUpload(ctx, t.target(), t.item.uploadID, parts)
		if err != nil && ctx.Err() == nil && (lost(err) || errors.Is(err, cos.ErrNoUpload)) {
			if out, settled = t.committed(ctx, b, len(all), crc, known, err); settled {
				return nil
			}
		}
		return err
	})
	if err != nil || settled {
		return out, err
	}
	out = outcome{size: t.item.size, etag: res.ETag, crc: crc, hasCRC: known, version: res.VersionID}
	if !known {
		return out, nil
	}
	return t.verify(ctx, b, out, res.HasCRC64, res.CRC64)
}

// committed asks whether the upload is the object by now. why tells how the
// question arose: if the upload is certainly gone and there are no checksums to
// compare, size and number of parts must do, and the outcome is unverified.
func (t *task) committed(ctx context.Context, b *cos.Bucket, parts int, crc uint64, known bool, why error) (outcome, bool) {
	var head *cos.Head
	err := t.attempt(ctx, func(ctx context.Context) (err error) {
		head, err = b.Head(ctx, t.target(), cos.GetOptions{})
		return err
	})
	if err != nil || head.Size != t.item.size {
		return outcome{}, false
	}
	if t.rewriting != nil {
		// The object that was there before has the same bytes.
		if yes, _ := t.rewriting.is(head); !yes {
			return outcome{}, false
		}
	}
	out := outcome{size: head.Size, etag: head.ETag, crc: crc, hasCRC: known, version: head.VersionID}
	gone := errors.Is(why, cos.ErrNoUpload)
	if !head.HasCRC64 || !known {
		return out, gone && strings.HasSuffix(head.ETag, fmt.Sprintf("-%d", parts))
	}
	if head.CRC64 != crc {
		return outcome{}, false
	}
	if !gone {
		// The same bytes may have been there before and the upload be open
		// still; an abort of a completed one does nothing.
		if err := t.abort(ctx, b); err != nil {
			return outcome{}, false
		}
	}
	out.verified = true
	return out, true
}
