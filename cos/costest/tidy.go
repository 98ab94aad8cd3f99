package costest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"cosmander/cos"
)

// tidyTime is how long removing everything may take.
const tidyTime = 5 * time.Minute

// unending returns a context for cleaning up, when the test's own has ended.
func unending(t testing.TB) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(t.Context()), tidyTime)
}

// tidy leaves the buckets as they were found.
func (s *suite) tidy(t *testing.T) {
	ctx, cancel := unending(t)
	defer cancel()
	for _, b := range []*cos.Bucket{s.Bucket, s.Other, s.Versioned} {
		if b != nil {
			assert.NoError(t, sweep(ctx, b, s.prefix), "clean up: %s of bucket %s is not removed", s.prefix, b.Name())
		}
	}
}

// sweep removes every object, version and upload below prefix.
func sweep(ctx context.Context, b *cos.Bucket, prefix string) error {
	if err := abortUploads(ctx, b, prefix); err != nil {
		return err
	}
	state, err := b.Versioning(ctx)
	if err != nil {
		return err
	}
	if state == cos.Unversioned {
		return deleteObjects(ctx, b, prefix)
	}
	return deleteVersions(ctx, b, prefix)
}

func abortUploads(ctx context.Context, b *cos.Bucket, prefix string) error {
	for page, err := range b.UploadPages(ctx, cos.UploadsOptions{Prefix: prefix}) {
		if err != nil {
			return err
		}
		for _, u := range page.Uploads {
			if err := b.AbortUpload(ctx, u.Key, u.UploadID); err != nil {
				return err
			}
		}
	}
	return nil
}

func deleteObjects(ctx context.Context, b *cos.Bucket, prefix string) error {
	for page, err := range b.Pages(ctx, cos.ListOptions{Prefix: prefix}) {
		if err != nil {
			return err
		}
		doomed := make([]cos.ObjectVersion, len(page.Objects))
		for i, o := range page.Objects {
			doomed[i] = cos.ObjectVersion{Key: o.Key}
		}
		if err := deleteAll(ctx, b, doomed); err != nil {
			return err
		}
	}
	return nil
}

func deleteVersions(ctx context.Context, b *cos.Bucket, prefix string) error {
	for page, err := range b.VersionPages(ctx, cos.VersionsOptions{Prefix: prefix}) {
		if err != nil {
			return err
		}
		doomed := make([]cos.ObjectVersion, len(page.Versions))
		for i, v := range page.Versions {
			doomed[i] = cos.ObjectVersion{Key: v.Key, VersionID: v.VersionID}
		}
		if err := deleteAll(ctx, b, doomed); err != nil {
			return err
		}
	}
	return nil
}

// deleteAll deletes a page of a listing.
func deleteAll(ctx context.Context, b *cos.Bucket, doomed []cos.ObjectVersion) error {
	if len(doomed) == 0 {
		return nil
	}
	r, err := b.DeleteMany(ctx, doomed, true)
	if err != nil {
		return err
	}
	if len(r.Failed) > 0 {
		first := r.Failed[0]
		return fmt.Errorf("%d of %d were not deleted, the first is %q: %w", len(r.Failed), len(doomed), first.Key, first.Err)
	}
	return nil
}
