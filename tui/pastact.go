package tui

import (
	"context"
	"strings"
	"time"

	"cosmander/cos"
)

// addVersion adds a version as a row of its own.
func (b *pageBuilder) addVersion(name string, v cos.Version, to place) {
	n, class, size := len(b.files), v.StorageClass, v.Size
	if v.DeleteMarker {
		class, size = "DEL", -1
	}
	b.add(versionRowID(name, v), class, false, size, unix(v.LastModified))
	if n == len(b.files) {
		return // hidden
	}
	if v.DeleteMarker {
		b.files[n].flags |= isGone
	}
	if to.versions && !v.Latest || v.DeleteMarker {
		b.files[n].flags |= isOlder
	}
}

// pastFinder searches versions: all of them, or those that were the newest at
// a time. Folders are none, so that only objects are found.
func (m *Model) pastFinder(to place) source {
	query, wrong := readQuery(to.find, m.deps.Now())
	store := m.deps.Versions(to.Bucket, to.Region)
	return func(ctx context.Context, from resume, hide bool) (page, error) {
		if wrong != nil {
			return page{}, wrong
		}
		b := pageBuilder{}
		b.next = from
		for begun := time.Now(); ; {
			o := cos.VersionsOptions{Prefix: to.Key + to.begin, KeyMarker: b.next.marker, VersionMarker: b.next.version}
			answer, err := store.ListVersions(ctx, o)
			switch {
			case err != nil && b.looked > 0 && ctx.Err() == nil:
				return b.done(), nil // the next page says it
			case err != nil:
				return page{}, err // it says what was asked of which bucket
			}
			was := b.next.was
			was.AsOf = to.asOfTime()
			for _, v := range answer.Versions {
				if to.asOf == 0 || was.Was(v) {
					b.foundVersion(v, to, &query, hide)
				}
			}
			b.next, b.more = resume{marker: answer.NextKeyMarker, version: answer.NextVersionMarker, was: was}, answer.Truncated
			b.looked += len(answer.Versions)
			if !b.more || time.Since(begun) >= findFor || len(b.files) >= findMost {
				return b.done(), nil
			}
		}
	}
}

// foundVersion adds v if it is what is searched for.
func (b *pageBuilder) foundVersion(v cos.Version, to place, q *query, hide bool) {
	name := strings.TrimPrefix(v.Key, to.Key)
	e := deepEntry{name: name, class: v.StorageClass, size: v.Size, mtime: unix(v.LastModified)}
	if v.DeleteMarker {
		e.class, e.size = "DEL", -1
	}
	switch {
	case name == "" || strings.HasSuffix(name, "/") || !q.matches(e):
	case hide && (strings.HasPrefix(name, ".") || strings.Contains(name, "/.")):
		b.hidden++
	default:
		b.addVersion(name, v, to)
	}
}
