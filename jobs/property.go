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

// restore asks for a readable copy of an archived object, and waits until it is
// there: minutes to days.
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
	switch asked := t.item.asked != 0; {
	case asked && !unreadable(head):
		return out, nil
	case asked && head.Restore == nil:
		return outcome{}, fmt.Errorf("%s: %w", t.item.key, ErrRestoreOver)
	}
	if out.reason = t.needsNoRestore(head); out.reason != "" {
		out.skipped = true
		return out, nil
	}
	if head.Restore == nil || !head.Restore.Ongoing {
		err = t.askRestore(ctx, b, head)
		if err == nil {
			head, err = t.restoreShows(ctx, b, head)
		}
	}
	switch {
	case errors.Is(err, cos.ErrNotArchived):
		out.skipped, out.reason = true, "it is not archived"
		return out, nil
	case err != nil:
		return outcome{}, err
	case head.Restore.Ongoing:
		return outcome{}, &restoringError{head, t.askedSince(head)}
	}
	return out, nil
}

// needsNoRestore says why an object is left alone, "" if it is not.
func (t *task) needsNoRestore(head *cos.Head) string {
	r := head.Restore
	archived := cos.Archived(head.StorageClass) || cos.Archived(head.StorageTier)
	switch {
	case !archived:
		return head.StorageClass + " needs no restore"
	case r != nil && !r.Ongoing && !r.Expires.Before(t.e.now().Add(time.Duration(t.spec.Change.Days)*24*time.Hour)):
		return "it can be read until " + r.Expires.UTC().Format(time.DateOnly) + " already"
	}
	return ""
}

// restoreShows waits until HEAD shows that the restore has begun or, of a copy
// that could be read already, that it is kept for longer.
func (t *task) restoreShows(ctx context.Context, b *cos.Bucket, before *cos.Head) (head *cos.Head, err error) {
	t.check.Store(true)
	defer t.check.Store(false)
	err = t.attempt(ctx, func(ctx context.Context) (err error) {
		head, err = b.Head(ctx, t.item.key, cos.GetOptions{VersionID: t.item.version})
		if err != nil {
			return err
		}
		r := head.Restore
		if !begun(r) || before.Restore != nil && !r.Ongoing && r.Expires.Before(before.Restore.Expires) {
			return fmt.Errorf("%s: %w", t.item.key, errDiffers)
		}
		return nil
	})
	return head, err
}

func begun(r *cos.RestoreState) bool { return r != nil && (r.Ongoing || !r.Expires.IsZero()) }
