package jobs

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"cosmander/cos"
)

// asOf is AsOf as the journal writes it; 0 for none.
func (s Source) asOf() int64 {
	if s.AsOf.IsZero() {
		return 0
	}
	return s.AsOf.UnixMilli()
}

// Past finds in a listing of versions, which names the keys one after the other
// and of each the newest first, what was there at the time AsOf.
type Past struct {
	AsOf time.Time

	key     string
	decided bool
}

// Was reports that v is the version of its key that was the newest at that
// time, and no delete marker. It has to be asked of every version in order.
func (p *Past) Was(v cos.Version) bool {
	if v.Key != p.key {
		p.key, p.decided = v.Key, false
	}
	if p.decided || v.LastModified.After(p.AsOf) {
		return false
	}
	p.decided = true
	return !v.DeleteMarker
}

// past walks what was below a prefix. It goes on behind the key after, all of
// whose versions it skips.
func (w *walker) past(ctx context.Context, i int, after string) error {
	src := w.a.spec.Sources[i]
	b, err := w.a.e.cfg.Bucket(src.Bucket, src.Region)
	if err != nil {
		return w.broken(ctx, i, src.Key, after, err)
	}
	was, o := Past{AsOf: src.AsOf}, cos.VersionsOptions{Prefix: src.Key, KeyMarker: after}
	for {
		var page *cos.VersionsPage
		err := w.a.e.attempt(ctx, &w.a.pause, func(ctx context.Context) (err error) {
			page, err = b.ListVersions(ctx, o)
			return err
		})
		if err != nil {
			return w.broken(ctx, i, src.Key, after, fmt.Errorf("list the versions of %s: %w", address(src.Place), err))
		}
		for _, v := range page.Versions {
			if !was.Was(v) {
				continue
			}
			after = v.Key
			if err := w.object(ctx, i, v, below(src, v.Key)); err != nil {
				return err
			}
		}
		if !page.Truncated {
			return nil
		}
		o.KeyMarker, o.VersionMarker = page.NextKeyMarker, page.NextVersionMarker
	}
}

// past counts what was below a prefix.
func (s *survey) past(ctx context.Context, b *cos.Bucket, src Source) error {
	was := Past{AsOf: src.AsOf}
	s.Folders++
	for page, err := range b.VersionPages(ctx, cos.VersionsOptions{Prefix: src.Key}) {
		if err != nil {
			return fmt.Errorf("list the versions of %s: %w", address(src.Place), err)
		}
		for _, v := range page.Versions {
			if was.Was(v) && !strings.HasSuffix(v.Key, "/") {
				s.Files++
				s.Bytes += v.Size
			}
		}
		s.tick()
	}
	return nil
}

// pinnedVersion is the version that the item is about, if its source says so;
// what else the item notes is only what it found.
func (t *task) pinnedVersion() string {
	if src := t.spec.Sources[t.item.source]; src.VersionID == "" && src.AsOf.IsZero() {
		return ""
	}
	return t.item.version
}

func (t *task) headPinned(ctx context.Context, b *cos.Bucket) (head *cos.Head, err error) {
	err = t.attempt(ctx, func(ctx context.Context) (err error) {
		head, err = b.Head(ctx, t.item.key, cos.GetOptions{VersionID: t.pinnedVersion()})
		return err
	})
	return head, err
}

// regain finds out what a version that becomes the newest again had beside what
// any copy takes over.
func (t *task) regain(ctx context.Context, b *cos.Bucket, head *cos.Head) error {
	if t.spec.Dest.Bucket != b.Name() || t.target() != t.item.key {
		return nil
	}
	t.regained = cos.Headers{Encryption: head.Encryption}
	var acl *cos.ACL
	err := t.attempt(ctx, func(ctx context.Context) (err error) {
		acl, err = b.ObjectACL(ctx, t.item.key, t.pinnedVersion())
		return err
	})
	switch {
	case errors.Is(err, cos.ErrDenied):
		return nil // who may not see it could not give it either
	case err != nil:
		return fmt.Errorf("to keep the access list: %w", err)
	case acl.Preset == "default":
		return nil
	}
	return keepACL(acl, &t.regained)
}
