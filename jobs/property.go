package jobs

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"cosmander/cos"
)

// setProperty gives an object an ACL or tags, which it can get where it is.
func (t *task) setProperty(ctx context.Context) (outcome, error) {
	b, err := t.origin()
	if err != nil {
		return outcome{}, err
	}
	if err := t.pinned(ctx, b); err != nil {
		return outcome{}, err
	}
	look, set := t.lookACL, t.setACL
	if t.spec.Kind == SetTags {
		look, set = t.lookTags, t.setTags
	}
	out := outcome{size: max(t.item.size, 0), version: t.item.version, verified: true}
	is := false
	err = t.attempt(ctx, func(ctx context.Context) (err error) {
		is, _, err = look(ctx, b)
		return err
	})
	if err != nil || is {
		out.skipped, out.reason = is, "it is so already"
		return out, err
	}
	err = t.attempt(ctx, func(ctx context.Context) error {
		err := set(ctx, b)
		if !lost(err) || ctx.Err() != nil {
			return err
		}
		if is, _, failed := look(ctx, b); failed == nil && is {
			return nil
		}
		return err
	})
	if err != nil {
		return outcome{}, err
	}
	out.verified, err = t.shows(ctx, b, look)
	return out, err
}

// looker asks once whether the object has what was asked for; known is false if the
// service does not tell.
type looker func(context.Context, *cos.Bucket) (is, known bool, err error)

// shows waits until the service shows what was set.
func (t *task) shows(ctx context.Context, b *cos.Bucket, look looker) (verified bool, err error) {
	t.check.Store(true)
	defer t.check.Store(false)
	err = t.attempt(ctx, func(ctx context.Context) error {
		is, known, err := look(ctx, b)
		if err == nil && known && !is {
			err = fmt.Errorf("%s: %w", t.item.key, errDiffers)
		}
		verified = is
		return err
	})
	return verified, err
}

// pinned refuses another object than the one that was to be changed.
func (t *task) pinned(ctx context.Context, b *cos.Bucket) error {
	want := t.spec.Sources[t.item.source].ETag
	if want == "" {
		return nil
	}
	head, err := t.headVersion(ctx, b)
	if err == nil && head.ETag != want {
		err = fmt.Errorf("%s: %w", t.item.key, ErrNotThatObject)
	}
	return err
}

func (t *task) headVersion(ctx context.Context, b *cos.Bucket) (head *cos.Head, err error) {
	err = t.attempt(ctx, func(ctx context.Context) (err error) {
		head, err = b.Head(ctx, t.item.key, cos.GetOptions{VersionID: t.item.version})
		return err
	})
	return head, err
}

func (t *task) lookACL(ctx context.Context, b *cos.Bucket) (is, known bool, err error) {
	acl, err := b.ObjectACL(ctx, t.item.key, t.item.version)
	if err != nil {
		return false, false, err
	}
	is, known = t.spec.Change.granted(acl)
	return is, known, nil
}

func (t *task) setACL(ctx context.Context, b *cos.Bucket) error {
	c := t.spec.Change
	return b.SetObjectCannedACL(ctx, t.item.key, t.item.version, c.ACL, c.GrantRead, c.GrantFullControl)
}

func (t *task) lookTags(ctx context.Context, b *cos.Bucket) (is, known bool, err error) {
	tags, err := b.ObjectTags(ctx, t.item.key, t.item.version)
	slices.SortFunc(tags, func(a, b cos.Tag) int { return strings.Compare(a.Key, b.Key) })
	return err == nil && slices.Equal(tags, t.spec.Change.Tags), true, err
}

func (t *task) setTags(ctx context.Context, b *cos.Bucket) error {
	return b.SetObjectTags(ctx, t.item.key, t.item.version, t.spec.Change.Tags)
}

// restore asks for a readable copy of an archived object. That it has begun is
// what is verified: it ends in minutes to days.
func (t *task) restore(ctx context.Context) (outcome, error) {
	b, err := t.origin()
	if err != nil {
		return outcome{}, err
	}
	head, err := t.headVersion(ctx, b)
	if err != nil {
		return outcome{}, err
	}
	if want := t.spec.Sources[t.item.source].ETag; want != "" && head.ETag != want {
		return outcome{}, fmt.Errorf("%s: %w", t.item.key, ErrNotThatObject)
	}
	out := made(head, true)
	if out.reason = t.needsNoRestore(head); out.reason != "" {
		out.skipped = true
		return out, nil
	}
	c := t.spec.Change
	err = t.attempt(ctx, func(ctx context.Context) error {
		err := b.Restore(ctx, t.item.key, cos.RestoreRequest{Days: c.Days, Tier: c.Tier, VersionID: t.item.version})
		if !lost(err) || ctx.Err() != nil {
			return err
		}
		now, failed := b.Head(ctx, t.item.key, cos.GetOptions{VersionID: t.item.version})
		if failed == nil && begun(now.Restore) && (head.Restore == nil || now.Restore.Ongoing || now.Restore.Expires.After(head.Restore.Expires)) {
			return nil
		}
		return err
	})
	switch {
	case errors.Is(err, cos.ErrNotArchived):
		out.skipped, out.reason = true, "it is not archived"
		return out, nil
	case err != nil && !errors.Is(err, cos.ErrRestoring): // by ours whose answer was lost, or by another's
		return outcome{}, err
	}
	return out, t.restoring(ctx, b, head.Restore)
}

// needsNoRestore says why an object is left alone, "" if it is not.
func (t *task) needsNoRestore(head *cos.Head) string {
	r := head.Restore
	archived := cos.Archived(head.StorageClass) || cos.Archived(head.StorageTier)
	switch {
	case !archived:
		return head.StorageClass + " needs no restore"
	case r != nil && r.Ongoing:
		return "it is being restored already"
	case r != nil && !r.Expires.Before(t.e.now().Add(time.Duration(t.spec.Change.Days)*24*time.Hour)):
		return "it can be read until " + r.Expires.UTC().Format(time.DateOnly) + " already"
	}
	return ""
}

// restoring waits until HEAD shows that the restore has begun or, of a copy
// that could be read already, that it is kept for longer.
func (t *task) restoring(ctx context.Context, b *cos.Bucket, before *cos.RestoreState) error {
	t.check.Store(true)
	defer t.check.Store(false)
	return t.attempt(ctx, func(ctx context.Context) error {
		head, err := b.Head(ctx, t.item.key, cos.GetOptions{VersionID: t.item.version})
		if err != nil {
			return err
		}
		r := head.Restore
		if !begun(r) || before != nil && !r.Ongoing && r.Expires.Before(before.Expires) {
			return fmt.Errorf("%s: %w", t.item.key, errDiffers)
		}
		return nil
	})
}

func begun(r *cos.RestoreState) bool { return r != nil && (r.Ongoing || !r.Expires.IsZero()) }
