package jobs

import (
	"context"
	"errors"
	"fmt"

	"cosmander/cos"
)

var (
	// ErrNotThatObject reports an object that is not the one that was to be
	// changed: somebody has written another in its place.
	ErrNotThatObject = errors.New("the object is another one by now, so it was left alone")

	errAppendable = errors.New("it was made by appending, and to change it would end that")
	errDiffers    = errors.New("the service does not show what was set")
)

// rewriting is how an object is made anew from itself. The service has no
// other way to change headers, metadata and class, and takes over nothing by
// itself but the tags.
type rewriting struct {
	head *cos.Head   // of the object as it was read
	want cos.Headers // all that it is to have
	acl  *cos.ACL    // its own access list; nil if it has none
	tags []cos.Tag   // of a copy in parts, which does not inherit them
}

// is reports that head is of the object as it is to be. verified is false
// where no checksum shows that the content is the same.
func (r *rewriting) is(head *cos.Head) (yes, verified bool) {
	if head.Size != r.head.Size || !alike(head.Headers, r.want) || head.Encryption != r.want.Encryption {
		return false, false
	}
	if !head.HasCRC64 || !r.head.HasCRC64 {
		return true, false
	}
	return head.CRC64 == r.head.CRC64, true
}

// unchanged reports that head is of the object that was read.
func (r *rewriting) unchanged(head *cos.Head) bool {
	return head.ETag == r.head.ETag && head.LastModified.Equal(r.head.LastModified)
}

func made(head *cos.Head, verified bool) outcome {
	return outcome{
		size: head.Size, etag: head.ETag, crc: head.CRC64, hasCRC: head.HasCRC64, version: head.VersionID, verified: verified,
	}
}

// rewrite gives an object other headers, metadata or another class.
func (t *task) rewrite(ctx context.Context) (outcome, error) {
	b, err := t.origin()
	if err != nil {
		return outcome{}, err
	}
	head, err := t.head(ctx, b, t.item.key)
	if errors.Is(err, cos.ErrNotFound) {
		return outcome{}, errors.Join(err, t.drop(ctx, b))
	}
	if err != nil {
		return outcome{}, err
	}
	t.rewriting = &rewriting{head: head, want: t.spec.Change.apply(t.spec.Kind, head.Headers)}
	t.rewriting.want.Encryption = head.Encryption
	if out, over, err := t.asItIs(ctx, b, head); over || err != nil {
		return out, err
	}
	if t.lane == laneSmall && head.Size > t.e.cfg.CopyThreshold {
		return outcome{size: head.Size}, errOtherLane
	}
	if err := t.carryOver(ctx, b); err != nil {
		return outcome{}, err
	}
	return t.rewriteAs(ctx, b)
}

// asItIs ends the item where nothing may or need be written, and forgets what
// an earlier try began with another object.
func (t *task) asItIs(ctx context.Context, b *cos.Bucket, head *cos.Head) (out outcome, over bool, err error) {
	r, pinned := t.rewriting, t.spec.Sources[t.item.source].ETag
	begun := t.item.id.mtimeNS != 0 && t.item.etag != ""
	same := begun && head.ETag == t.item.etag && stamp(head) == t.item.id.mtimeNS
	switch satisfied := alike(head.Headers, r.want); {
	case satisfied && begun && head.Size == t.item.size && (!t.item.hasCRC || !head.HasCRC64 || head.CRC64 == t.item.crc):
		// An earlier try did it, and did not live to hear of it. What was
		// open of it is closed.
		return made(head, t.item.hasCRC && head.HasCRC64), true, t.dropUpload(ctx, b)
	case pinned != "" && head.ETag != pinned:
		return outcome{}, true, errors.Join(fmt.Errorf("%s: %w", t.item.key, ErrNotThatObject), t.dropUpload(ctx, b))
	case satisfied:
		out = made(head, true)
		out.skipped, out.reason = true, "it is so already"
		return out, true, t.dropUpload(ctx, b)
	case head.ObjectType == "appendable":
		return outcome{}, true, errAppendable
	case begun && !same:
		return outcome{}, false, t.dropUpload(ctx, b)
	}
	return outcome{}, false, nil
}

// dropUpload drops what is open of an earlier try.
func (t *task) dropUpload(ctx context.Context, b *cos.Bucket) error {
	if t.item.uploadID == "" {
		return nil
	}
	return t.drop(ctx, b)
}

// carryOver fills in what the new object is told beside its headers: a kill
// between the copy and a request for it could lose it.
func (t *task) carryOver(ctx context.Context, b *cos.Bucket) error {
	var acl *cos.ACL
	err := t.attempt(ctx, func(ctx context.Context) (err error) {
		acl, err = b.ObjectACL(ctx, t.item.key, "")
		return err
	})
	if err != nil {
		return fmt.Errorf("to keep the access list: %w", err)
	}
	r := t.rewriting
	if acl.Preset != "default" {
		if err := keepACL(acl, &r.want); err != nil {
			return err
		}
		r.acl = acl
	}
	if r.head.Size <= t.e.cfg.CopyThreshold {
		return r.want.Check()
	}
	err = t.attempt(ctx, func(ctx context.Context) (err error) {
		r.tags, err = b.ObjectTags(ctx, t.item.key, "")
		return err
	})
	r.want.Tags = r.tags
	if err != nil {
		return fmt.Errorf("to keep the tags: %w", err)
	}
	return r.want.Check()
}

func (t *task) rewriteAs(ctx context.Context, b *cos.Bucket) (out outcome, err error) {
	r := t.rewriting
	if r.head.Size > t.e.cfg.CopyThreshold {
		_, err = t.wholly(ctx, b, func(ctx context.Context) (outcome, error) { return t.copyParts(ctx, b, b, r.head) })
	} else {
		err = t.rewriteWhole(ctx, b)
	}
	if err != nil {
		if err = t.settleRewrite(ctx, b, err); err != nil {
			return outcome{}, err
		}
	}
	if out, err = t.readBack(ctx, b); err != nil {
		return outcome{}, err
	}
	return out, t.keptACL(ctx, b)
}

// settleRewrite finds out whether the object is as it is to be although an
// answer was lost or another object is said to be there: that may be the new
// one. Else it returns why it is not.
func (t *task) settleRewrite(ctx context.Context, b *cos.Bucket, why error) error {
	another := errors.Is(why, ErrObjectChanged)
	if ctx.Err() != nil || !another && !lost(why) {
		return why
	}
	head, err := t.head(ctx, b, t.item.key)
	if err != nil {
		return why
	}
	if yes, _ := t.rewriting.is(head); yes {
		return t.abort(ctx, b)
	}
	if another {
		return fmt.Errorf("%w: %w", ErrNotThatObject, why)
	}
	return why
}

// rewriteWhole copies by one request. What is about to be overwritten is in the
// journal first, so that whoever goes on can tell the new object.
func (t *task) rewriteWhole(ctx context.Context, b *cos.Bucket) error {
	r, was := t.rewriting, t.item.size
	t.item.size, t.item.etag, t.item.id.mtimeNS = r.head.Size, r.head.ETag, stamp(r.head)
	t.item.crc, t.item.hasCRC = r.head.CRC64, r.head.HasCRC64
	delta, err := t.e.j.rewriting(t.item, was)
	if err != nil {
		return err
	}
	t.count(delta)
	t.item.state = Running
	err = t.attempt(ctx, func(ctx context.Context) error {
		_, err := b.Copy(ctx, t.item.key, t.copySource(b, r.head), cos.CopyOptions{Replace: true, Headers: r.want})
		if lost(err) && ctx.Err() == nil {
			// Another copy would be another version.
			if head, failed := b.Head(ctx, t.item.key, cos.GetOptions{}); failed == nil {
				if yes, _ := r.is(head); yes {
					return nil
				}
			}
		}
		return err
	})
	if err == nil {
		t.advance(r.head.Size - t.sent.Load())
	}
	return changed(err)
}

// readBack looks at the object until it shows what was set.
func (t *task) readBack(ctx context.Context, b *cos.Bucket) (out outcome, err error) {
	t.check.Store(true)
	defer t.check.Store(false)
	err = t.attempt(ctx, func(ctx context.Context) error {
		head, err := b.Head(ctx, t.item.key, cos.GetOptions{})
		if err != nil {
			return err
		}
		yes, verified := t.rewriting.is(head)
		if !yes {
			return fmt.Errorf("%s: %w", t.item.key, errDiffers)
		}
		out = made(head, verified)
		return nil
	})
	return out, err
}

// keptACL looks whether an access list of the object's own came along, and sets
// it if it did not.
func (t *task) keptACL(ctx context.Context, b *cos.Bucket) error {
	want := t.rewriting.acl
	if want == nil {
		return nil
	}
	return t.attempt(ctx, func(ctx context.Context) error {
		acl, err := b.ObjectACL(ctx, t.item.key, "")
		if err != nil || sameGrants(acl, want) {
			return err
		}
		return errors.Join(b.SetObjectACL(ctx, t.item.key, "", *want), fmt.Errorf("%s: its access list: %w", t.item.key, errDiffers))
	})
}

// stillThere is asked before parts become the object, for that request knows no
// conditions.
func (t *task) stillThere(ctx context.Context, b *cos.Bucket) error {
	head, err := t.head(ctx, b, t.item.key)
	if err == nil && !t.rewriting.unchanged(head) {
		err = fmt.Errorf("%s: %w", t.item.key, ErrObjectChanged)
	}
	return err
}

// stamp tells states of an object apart that have the same ETag: headers can
// change without it. It is never 0.
func stamp(head *cos.Head) int64 {
	if head.LastModified.IsZero() {
		return 1
	}
	return head.LastModified.UnixNano()
}
