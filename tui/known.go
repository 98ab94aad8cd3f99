package tui

import (
	"time"

	"cosmander/cos"
	"cosmander/views"
)

// knownKept of objects are remembered at most.
const knownKept = 4096

// known is what the program learned of objects that no listing tells: from the
// jobs, the properties, the previews and the cursor's rests. It outlives a
// listing, for a request for each row would cost money. Only Update uses it.
type known struct {
	list map[objectName]fact
	now  func() time.Time
}

type objectName struct{ bucket, key string }

// fact is what is known of an object. What it is of is told by its ETag; a listing
// is held against the size and, if it is known, the time.
type fact struct {
	badge    views.Badge
	until    time.Time // a restored copy can be read; zero if not known
	etag     string
	size     int64
	modified int64 // unix seconds; noTime if not known
}

// learned is what an answer brought; its name is empty if it brought nothing.
type learned struct {
	objectName
	fact
}

func newKnown(now func() time.Time) *known { return &known{list: map[objectName]fact{}, now: now} }

// learn takes what is known of an object now.
func (k *known) learn(l learned) {
	name, f := l.objectName, l.fact
	if name == (objectName{}) {
		return
	}
	if _, there := k.list[name]; !there && len(k.list) >= knownKept {
		clear(k.list) // as good as any, and it is learned again
	}
	k.list[name] = f
}

// of returns what is known of an object that a listing shows so; false if
// nothing is.
func (k *known) of(name objectName, size, modified int64) (fact, bool) {
	if k == nil {
		return fact{}, false
	}
	f, ok := k.list[name]
	if !ok || f.size != size || f.modified != noTime && modified != noTime && f.modified != modified {
		return fact{}, false
	}
	if f.badge == views.Restored && !f.until.IsZero() && !k.now().Before(f.until) {
		f.badge = views.Archived
	}
	return f, true
}

// factOf is what an answer of the service says of an object.
func factOf(h *cos.Head) fact {
	f := fact{badge: badgeOf(h), etag: h.ETag, size: h.Size, modified: noTime}
	if h.Restore != nil {
		f.until = h.Restore.Expires
	}
	if !h.LastModified.IsZero() {
		f.modified = h.LastModified.Unix()
	}
	return f
}

// row returns what is known of a row that is the object key.
func (p *pane) row(e *entry, key string) (fact, bool) {
	if p.at.past() || p.at.versions {
		return fact{}, false // a name is several objects there
	}
	return p.known.of(objectName{p.at.Bucket, key}, e.size, e.mtime)
}

// unread is the class of a row if it has to be restored before it is read, as
// far as is known; else "".
func (p *pane) unread(e *entry, key string) string {
	class := p.rows.class(e)
	if f, ok := p.row(e, key); !cos.Archived(class) || ok && f.badge == views.Restored {
		return ""
	}
	return class
}
