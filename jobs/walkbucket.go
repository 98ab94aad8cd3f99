package jobs

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"cosmander/cos"
)

// bucket walks an object or a prefix. The walk goes on behind the key after.
func (w *walker) bucket(ctx context.Context, i int, after string) error {
	src := w.a.spec.Sources[i]
	if w.a.spec.Versions && !strings.HasPrefix(after, "\x00") {
		if err := w.versions(ctx, i, after); err != nil || !w.a.spec.Whole {
			return err
		}
		after = afterVersions
	}
	if w.a.spec.Whole {
		return w.wholeBucket(ctx, i, after)
	}
	if !src.Folder {
		if after != "" {
			return nil
		}
		// Its size is asked for when it is fetched: a request for each of a
		// thousand marked objects, one after the other, would take minutes.
		return w.object(ctx, i, cos.Version{ObjectInfo: cos.ObjectInfo{Key: src.Key, Size: -1}, VersionID: src.VersionID}, src.ownName())
	}
	if !src.AsOf.IsZero() {
		return w.past(ctx, i, after)
	}
	b, err := w.a.e.cfg.Bucket(src.Bucket, src.Region)
	if err != nil {
		return w.broken(ctx, i, src.Key, after, err)
	}
	for {
		var page *cos.ListPage
		err := w.a.e.attempt(ctx, &w.a.pause, func(ctx context.Context) (err error) {
			page, err = b.List(ctx, cos.ListOptions{Prefix: src.Key, Marker: after})
			return err
		})
		if err != nil {
			return w.broken(ctx, i, src.Key, after, fmt.Errorf("list %s: %w", address(src.Place), err))
		}
		for _, o := range page.Objects {
			if err := w.object(ctx, i, cos.Version{ObjectInfo: o}, below(src, o.Key)); err != nil {
				return err
			}
		}
		if !page.Truncated {
			return nil
		}
		if page.NextMarker <= after {
			return w.broken(ctx, i, src.Key, after, fmt.Errorf("list %s: the page does not advance", address(src.Place)))
		}
		after = page.NextMarker
	}
}

// below returns the name of a listed key below the destination.
func below(src Source, key string) string {
	rel := strings.TrimPrefix(key, src.Key)
	if src.Contents {
		return rel
	}
	if rel == "" {
		return src.ownName() + "/"
	}
	return src.ownName() + "/" + rel
}

func (w *walker) object(ctx context.Context, i int, o cos.Version, rel string) error {
	it := &item{source: i, name: rel, key: o.Key, size: o.Size, etag: o.ETag, version: o.VersionID}
	switch {
	case w.a.spec.Kind.InPlace():
		it.dest = o.Key
		if it.version != "" {
			it.dest = versionName(o.Key, it.version)
		}
		if w.a.spec.Kind.rewrites() {
			it.lane = w.a.laneFor(it.size)
		}
	case rel == "":
		return nil // the placeholder of the folder whose contents are meant
	case w.a.spec.Kind == Copy:
		w.rename(it)
	default:
		w.place(it)
	}
	return w.put(ctx, it, o.Key)
}

// rename decides under which key an object is copied.
func (w *walker) rename(it *item) {
	it.lane = w.a.laneFor(it.size)
	it.dest = w.a.spec.Dest.Key + it.name
	if err := checkKey(it.dest); err != nil {
		it.state, it.reason, it.dest = Failed, err.Error(), ""
		return
	}
	it.path = it.dest
}

// place decides where on disk an object goes.
func (w *walker) place(it *item) {
	it.folder = strings.HasSuffix(it.name, "/")
	it.lane = w.a.laneFor(it.size)
	path, err := localName(it.name)
	if err == nil && it.folder && it.size > 0 {
		err = errors.New("a name that ends in a slash is a folder here, but the object has content")
	}
	if err != nil {
		it.state, it.reason = Failed, err.Error()
		return
	}
	it.path, it.dest, it.token = path, path, newToken()
	if !it.folder { // two folders may be one
		it.dest = w.a.sameness().key(path)
	}
}

// address writes a place as people do.
func address(p Place) string {
	if p.Local() {
		return p.Path
	}
	return cos.URI{Bucket: p.Bucket, Key: p.Key}.String()
}
