package jobs

import (
	"cmp"
	"context"
	"errors"
	"strings"

	"cosmander/cos"
)

// copy makes an object of another one inside the service. Content headers,
// metadata and class come along; what is read is pinned by its ETag.
func (t *task) copy(ctx context.Context) (outcome, error) {
	from, err := t.origin()
	if err != nil {
		return outcome{}, err
	}
	to, err := t.remote()
	if err != nil {
		return outcome{}, err
	}
	head, err := t.headPinned(ctx, from)
	if errors.Is(err, cos.ErrNotFound) {
		return outcome{}, errors.Join(err, t.drop(ctx, to))
	}
	if err != nil {
		return outcome{}, err
	}
	if t.lane == laneSmall && head.Size > t.e.cfg.CopyThreshold {
		return outcome{size: head.Size}, errOtherLane
	}
	if err := t.learns(head.Size); err != nil {
		return outcome{}, err
	}
	if t.item.uploadID == "" {
		if err := t.checkTurn(ctx, to); err != nil {
			return outcome{size: head.Size}, err
		}
	}
	if err := t.regain(ctx, from, head); err != nil {
		return outcome{}, err
	}
	if t.item.uploadID != "" || head.Size > t.e.cfg.CopyThreshold {
		return t.wholly(ctx, to, func(ctx context.Context) (outcome, error) { return t.copyParts(ctx, from, to, head) })
	}
	if err := t.claim(ctx); err != nil {
		return outcome{}, err
	}
	out, over, err := t.meets(ctx, t.copyRivals(ctx, to, head))
	if over || err != nil {
		return out, err
	}
	t.item.etag = head.ETag
	return t.copyWhole(ctx, from, to, head)
}

func (t *task) copyRivals(ctx context.Context, to *cos.Bucket, head *cos.Head) rivals {
	return rivals{t.objectThere(ctx, to), func() (side, error) { return objectSide(head), nil }}
}

func (t *task) copySource(from *cos.Bucket, head *cos.Head) cos.CopySource {
	source := cos.CopySource{
		Bucket: from.Name(), Region: from.Region(), Key: t.item.key, VersionID: cmp.Or(t.pinnedVersion(), head.VersionID),
		Conditions: cos.Conditions{IfMatch: head.ETag},
	}
	if t.rewriting != nil {
		// A version would be there still if somebody has written a newer one,
		// which must not be replaced by it.
		source.VersionID = ""
	}
	return source
}

// copyWhole copies by one request, again until it is verified.
func (t *task) copyWhole(ctx context.Context, from, to *cos.Bucket, head *cos.Head) (out outcome, err error) {
	if err := t.claim(ctx); err != nil { // of another name, maybe
		return outcome{}, err
	}
	again := false
	err = t.attempt(ctx, func(ctx context.Context) (err error) {
		err = t.still(ctx, to)
		if again && errors.Is(err, errOvertaken) {
			out, err = t.settleCopy(ctx, to, head, err) // it may be what was asked for before
			return err
		}
		if err != nil {
			return err
		}
		again = true
		out, err = t.copyOnce(ctx, from, to, head)
		return err
	})
	return out, changed(err)
}

func (t *task) copyOnce(ctx context.Context, from, to *cos.Bucket, head *cos.Head) (outcome, error) {
	// The class is the only thing of its headers that a copy does not inherit.
	o := cos.CopyOptions{Headers: t.regained}
	o.Headers.StorageClass = head.StorageClass
	res, err := to.Copy(ctx, t.target(), t.copySource(from, head), o)
	if err != nil {
		if lost(err) && ctx.Err() == nil {
			return t.settleCopy(ctx, to, head, err)
		}
		return outcome{}, err
	}
	t.advance(head.Size - t.sent.Load())
	t.check.Store(true)
	defer t.check.Store(false)
	out := outcome{size: head.Size, etag: res.ETag, crc: head.CRC64, hasCRC: head.HasCRC64, version: res.VersionID}
	if !head.HasCRC64 {
		// Without a checksum of the source the MD5 must do, where it is one.
		out.verified = res.ETag == head.ETag && !strings.Contains(head.ETag, "-")
		return out, nil
	}
	return t.verify(ctx, to, out, res.HasCRC64, res.CRC64)
}

// settleCopy finds out whether a copy whose answer was lost was carried out.
// why is returned if it was not, so that it is asked for again.
func (t *task) settleCopy(ctx context.Context, to *cos.Bucket, head *cos.Head, why error) (outcome, error) {
	made, err := to.Head(ctx, t.target(), cos.GetOptions{})
	if err != nil || !made.HasCRC64 || !head.HasCRC64 || made.Size != head.Size || made.CRC64 != head.CRC64 {
		return outcome{}, why
	}
	return outcome{
		size: made.Size, etag: made.ETag, crc: made.CRC64, hasCRC: true, version: made.VersionID, verified: true,
	}, nil
}

// copyParts copies a large object part by part. A copy in parts inherits
// nothing, so everything is said anew.
func (t *task) copyParts(ctx context.Context, from, to *cos.Bucket, head *cos.Head) (outcome, error) {
	if t.item.uploadID != "" && t.item.etag != head.ETag {
		// What the service has is of an object that is there no more.
		if err := t.drop(ctx, to); err != nil {
			return outcome{}, err
		}
	}
	var acks map[int]ack
	if t.item.uploadID != "" {
		var out *outcome
		var err error
		if acks, out, err = t.copiedParts(ctx, to, head); err != nil {
			return outcome{}, err
		}
		if out != nil {
			return *out, t.carryTags(ctx, from, to, head)
		}
	}
	out, over, err := t.meets(ctx, t.copyRivals(ctx, to, head))
	if over || err != nil {
		return out, err
	}
	if t.item.uploadID == "" { // there was none, or it was of another name
		acks = map[int]ack{}
		if err := t.beginCopy(ctx, to, head); err != nil {
			return outcome{}, err
		}
	}
	all := spans(head.Size, t.item.partSize)
	if err := t.copyMissing(ctx, from, to, head, all, acks); err != nil {
		return outcome{}, changed(err)
	}
	if t.rewriting != nil {
		if err := t.stillThere(ctx, to); err != nil {
			return outcome{}, err
		}
	}
	if err := t.e.j.verifying(t.item); err != nil {
		return outcome{}, err
	}
	t.item.state = Verifying
	t.check.Store(true)
	defer t.check.Store(false)
	out, err = t.complete(ctx, to, all, acks, head.CRC64, head.HasCRC64)
	if err == nil {
		err = t.carryTags(ctx, from, to, head)
	}
	return out, err
}

// beginCopy journals what is copied, opens the upload and journals its id.
func (t *task) beginCopy(ctx context.Context, to *cos.Bucket, head *cos.Head) error {
	was := t.item.size
	t.item.size, t.item.etag = head.Size, head.ETag
	t.item.crc, t.item.hasCRC = head.CRC64, head.HasCRC64
	if t.rewriting != nil {
		t.item.id.mtimeNS = stamp(head)
	}
	t.item.partSize = partSizeFor(head.Size, t.e.cfg.CopyPartSize)
	delta, err := t.e.j.begin(t.item, was)
	if err != nil {
		return err
	}
	t.count(delta)
	t.item.state = Running
	if t.rewriting != nil {
		return t.openUpload(ctx, to, t.rewriting.want)
	}
	h := head.Headers
	h.ACL, h.GrantRead, h.GrantFullControl, h.Encryption = t.regained.ACL, t.regained.GrantRead, t.regained.GrantFullControl, t.regained.Encryption
	return t.openUpload(ctx, to, h)
}

// copiedParts asks which parts the service has. They are of this source: the
// upload is ours, and each part was copied on condition of its ETag. If the
// upload is gone because it was completed, that is the outcome.
func (t *task) copiedParts(ctx context.Context, to *cos.Bucket, head *cos.Head) (map[int]ack, *outcome, error) {
	all := spans(head.Size, t.item.partSize)
	var parts []cos.Part
	err := t.attempt(ctx, func(ctx context.Context) (err error) {
		parts, err = to.AllParts(ctx, t.target(), t.item.uploadID)
		return err
	})
	if errors.Is(err, cos.ErrNoUpload) && t.item.state == Verifying {
		if out, ok := t.committed(ctx, to, len(all), head.CRC64, head.HasCRC64, err); ok {
			return nil, &out, nil
		}
	}
	if err != nil {
		return nil, nil, err
	}
	acks := map[int]ack{}
	var kept int64
	for _, p := range parts {
		if p.Number <= len(all) && p.Size == all[p.Number-1].size {
			acks[p.Number] = ack{number: p.Number, size: p.Size, etag: p.ETag}
			kept += p.Size
		}
	}
	t.advance(kept - t.sent.Load())
	return acks, nil, nil
}

func (t *task) copyMissing(ctx context.Context, from, to *cos.Bucket, head *cos.Head, all []span, acks map[int]ack) error {
	return t.sendMissing(ctx, all, acks, func(ctx context.Context, s span) (a ack, err error) {
		err = t.attempt(ctx, func(ctx context.Context) error {
			r := &cos.ByteRange{Offset: s.off, Length: s.size}
			res, err := to.CopyPart(ctx, t.target(), t.item.uploadID, s.number, t.copySource(from, head), r)
			if err != nil {
				return err
			}
			t.advance(s.size)
			a = ack{number: s.number, size: s.size, etag: res.ETag}
			return nil
		})
		return a, err
	})
}

// carryTags gives a copy in parts the tags that a copy by one request would
// have taken over. One that replaces its source was given them as it began.
func (t *task) carryTags(ctx context.Context, from, to *cos.Bucket, head *cos.Head) error {
	if t.rewriting != nil {
		return nil
	}
	return t.attempt(ctx, func(ctx context.Context) error {
		tags, err := from.ObjectTags(ctx, t.item.key, cmp.Or(t.pinnedVersion(), head.VersionID))
		if errors.Is(err, cos.ErrDenied) {
			return nil // who may not see them could not copy them either
		}
		if err != nil || len(tags) == 0 {
			return err
		}
		return to.SetObjectTags(ctx, t.target(), "", tags)
	})
}
