package jobs

import (
	"context"
	"fmt"
	"strings"

	"cosmander/cos"
)

// versionName is a version of a key as one string: what a walk goes on behind,
// and what is unique of it within a job. No version id has a NUL.
func versionName(key, version string) string { return key + "\x00" + version }

func cutVersion(name string) (key, version string) {
	if i := strings.LastIndexByte(name, 0); i >= 0 {
		return name[:i], name[i+1:]
	}
	return name, ""
}

// versions walks every version and delete marker of a key or below a prefix. It
// goes on behind the version after.
func (w *walker) versions(ctx context.Context, i int, after string) error {
	src := w.a.spec.Sources[i]
	b, err := w.a.e.cfg.Bucket(src.Bucket, src.Region)
	if err != nil {
		return w.broken(ctx, i, src.Key, after, err)
	}
	for {
		o := cos.VersionsOptions{Prefix: src.Key}
		o.KeyMarker, o.VersionMarker = cutVersion(after)
		var page *cos.VersionsPage
		err := w.a.e.attempt(ctx, &w.a.pause, func(ctx context.Context) (err error) {
			page, err = b.ListVersions(ctx, o)
			return err
		})
		if err != nil {
			return w.broken(ctx, i, src.Key, after, fmt.Errorf("list the versions of %s: %w", address(src.Place), err))
		}
		for _, v := range page.Versions {
			if !src.Folder && v.Key != src.Key {
				return nil // keys come in order, and this one first
			}
			if err := w.version(ctx, i, v); err != nil {
				return err
			}
		}
		if !page.Truncated {
			return nil
		}
		next := versionName(page.NextKeyMarker, page.NextVersionMarker)
		if next == after {
			return w.broken(ctx, i, src.Key, after, fmt.Errorf("list the versions of %s: the page does not advance", address(src.Place)))
		}
		after = next
	}
}

func (w *walker) version(ctx context.Context, i int, v cos.Version) error {
	src := w.a.spec.Sources[i]
	name := src.ownName()
	if src.Folder {
		name = below(src, v.Key)
	}
	at := versionName(v.Key, v.VersionID)
	it := &item{source: i, name: name, key: v.Key, size: v.Size, etag: v.ETag, version: v.VersionID, dest: at}
	return w.put(ctx, it, at)
}
