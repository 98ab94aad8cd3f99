package jobs

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"cosmander/cos"
)

// What a walk of a whole bucket goes on behind once it has passed the last
// version: an upload, and then the bucket. No key is empty, so no version's name
// begins with a NUL.
const (
	afterVersions = "\x00upload\x00"
	afterBucket   = "\x00bucket\x00"
)

// besideVersions begins what makes items unique that are no versions: two NULs
// follow it, where a version's name has one. What begins with a NUL is never
// tried again.
const besideVersions = "\x01"

var errBucketInUse = errors.New("something was written to it meanwhile: look what it is, and delete the bucket again")

// checkWhole checks what a deletion of a bucket needs.
func (s Spec) checkWhole() error {
	if !s.Whole {
		return nil
	}
	if s.Kind != Delete || len(s.Sources) != 1 || s.Sources[0].Local() || !s.Sources[0].Folder || s.Sources[0].Key != "" {
		return errors.New("a bucket is deleted by itself, as a whole")
	}
	return nil
}

// wholeBucket walks the unfinished uploads of a bucket that is deleted, if it is
// emptied, and then the bucket.
func (w *walker) wholeBucket(ctx context.Context, i int, after string) error {
	if after == afterBucket {
		return nil
	}
	if w.a.spec.Versions {
		if err := w.unfinished(ctx, i, after); err != nil {
			return err
		}
	}
	it := &item{source: i, name: "the bucket itself", dest: besideVersions + afterBucket, lane: laneLast}
	return w.put(ctx, it, afterBucket)
}

func (w *walker) unfinished(ctx context.Context, i int, after string) error {
	src := w.a.spec.Sources[i]
	b, err := w.a.e.cfg.Bucket(src.Bucket, src.Region)
	if err != nil {
		return w.broken(ctx, i, src.Key, after, err)
	}
	var o cos.UploadsOptions
	if rest, ok := strings.CutPrefix(after, afterVersions); ok {
		o.KeyMarker, o.UploadMarker = cutVersion(rest)
	}
	for {
		var page *cos.UploadsPage
		err := w.a.e.attempt(ctx, &w.a.pause, func(ctx context.Context) (err error) {
			page, err = b.ListUploads(ctx, o)
			return err
		})
		if err != nil {
			return w.broken(ctx, i, src.Key, after, fmt.Errorf("list the unfinished uploads of %s: %w", address(src.Place), err))
		}
		for _, u := range page.Uploads {
			after = afterVersions + versionName(u.Key, u.UploadID)
			// They have a lane of their own, because what is in the first one
			// goes by the thousand.
			it := &item{source: i, name: u.Key + " (unfinished upload)", key: u.Key, path: u.UploadID, dest: besideVersions + after, lane: laneLarge}
			if err := w.put(ctx, it, after); err != nil {
				return err
			}
		}
		if !page.Truncated {
			return nil
		}
		o.KeyMarker, o.UploadMarker = page.NextKeyMarker, page.NextUploadMark
	}
}

// removeUpload aborts an upload that somebody has left unfinished.
func (t *task) removeUpload(ctx context.Context, b *cos.Bucket) (outcome, error) {
	err := t.attempt(ctx, func(ctx context.Context) error { return b.AbortUpload(ctx, t.item.key, t.item.path) })
	if errors.Is(err, cos.ErrNoUpload) {
		err = nil
	}
	return outcome{verified: true}, err
}

// removeBucket deletes the bucket, which has to be empty by now.
func (t *task) removeBucket(ctx context.Context, b *cos.Bucket) (outcome, error) {
	err := t.attempt(ctx, b.DeleteBucket)
	switch {
	case errors.Is(err, cos.ErrNoBucket): // by ours, whose answer was lost
		err = nil
	case errors.Is(err, cos.ErrConflict):
		err = fmt.Errorf("%w: %w", errBucketInUse, err)
	}
	return outcome{verified: true}, err
}
