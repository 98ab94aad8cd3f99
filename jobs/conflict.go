package jobs

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"cosmander/cos"
)

// OnConflict says what happens to a destination that exists. It is written
// into the journal.
type OnConflict string

// The choices. Times are compared in whole seconds, as the service keeps them.
const (
	Overwrite  OnConflict = "overwrite"
	Skip       OnConflict = "skip"
	IfNewer    OnConflict = "if-newer"            // overwrite if the source is newer
	IfSize     OnConflict = "if-size-differs"     // overwrite if the sizes differ
	IfChecksum OnConflict = "if-checksum-differs" // overwrite if the CRC64 differ, or one is not known
	KeepBoth   OnConflict = "keep-both"           // under a free name: "name (2).ext"
	Ask        OnConflict = "ask"                 // wait for [Queue.Answer]
)

// maxNumber is the last name that KeepBoth tries.
const maxNumber = 1000

// Conflicts returns every choice, the default first.
func Conflicts() []OnConflict {
	return []OnConflict{Overwrite, Skip, IfNewer, IfSize, IfChecksum, KeepBoth, Ask}
}

func (c OnConflict) check() error {
	if slices.Contains(Conflicts(), c) {
		return nil
	}
	return fmt.Errorf("unknown answer to a conflict: %q", c)
}

// side is what is known of one end of a transfer whose destination exists.
type side struct {
	size     int64
	modified time.Time
	// sum returns the CRC64, false if there is none. It may read a file.
	sum   func() (uint64, bool, error)
	reads bool // sum reads the file
	stamp string
	// Of an object:
	etag    string
	version string
}

// replaces reports whether the source takes the place of what is there.
func (c OnConflict) replaces(src, dst side) (bool, error) {
	switch c {
	case Skip:
		return false, nil
	case IfNewer:
		return src.modified.Truncate(time.Second).After(dst.modified.Truncate(time.Second)), nil
	case IfSize:
		return src.size != dst.size, nil
	case IfChecksum:
		return differs(src, dst)
	case Overwrite, KeepBoth:
	case Ask:
		return false, &askError{Conflict{src.size, src.modified, dst.size, dst.modified}}
	}
	return true, nil
}

// differs compares the sizes first, as they cost nothing.
func differs(src, dst side) (bool, error) {
	if src.size != dst.size {
		return true, nil
	}
	there, known, err := dst.sum()
	if err != nil || !known {
		return true, err
	}
	mine, known, err := src.sum()
	return !known || mine != there, err
}

// rivals are how the two sides of a conflict are looked at.
type rivals struct {
	there func() (side, bool, error) // false: nothing is in the destination's place
	here  func() (side, error)
}

// meets looks at the destination of an item, when it begins and whenever it
// goes on, and applies the rule to what it has not been applied to yet. If that
// is to be left alone, or the item is what is there already, the outcome is
// returned and over is true. If both are to be kept, the item gets a free name.
func (t *task) meets(ctx context.Context, r rivals) (out outcome, over bool, err error) {
	t.sure = false
	if !t.looks() {
		return outcome{}, false, nil
	}
	dst, there, err := r.there()
	if err != nil {
		return outcome{}, false, err
	}
	if !there {
		return outcome{}, false, t.sees(nothing)
	}
	same := t.item.there == dst.stamp
	if same && t.begun() || t.item.there == dst.etag && dst.etag != "" {
		return outcome{}, false, t.sees(t.item.there)
	}
	if !same && (t.renamed() || t.item.answer == Overwrite) {
		if out, over, err = t.arrived(ctx, r, dst); over || err != nil {
			return out, over, err
		}
		if t.item.answer == Overwrite {
			t.item.answer = "" // it was given for something else
		}
	}
	return t.applies(ctx, r, dst)
}

// applies does what the rule says about a destination that exists.
func (t *task) applies(ctx context.Context, r rivals, dst side) (out outcome, over bool, err error) {
	choice := t.choice()
	switch choice {
	case KeepBoth:
		if t.spec.Kind != Download {
			err = t.forsake(ctx) // what has begun is of the name
		}
		if err == nil {
			err = t.rename(ctx)
		}
		return outcome{}, false, err
	case Overwrite: // the answer to all, or the same thing that was asked about
		return outcome{}, false, t.sees(dst.stamp)
	case Skip:
		return t.skips(ctx, choice, r, dst)
	case IfNewer, IfSize, IfChecksum, Ask:
	}
	src, err := r.here()
	if err != nil {
		return outcome{}, false, err
	}
	if choice == Ask {
		t.item.there = dst.stamp // what the answer will be about
	}
	replaces, err := choice.replaces(src, dst)
	if err != nil {
		return outcome{}, false, err
	}
	if replaces {
		err = t.sees(dst.stamp)
		t.sure = t.sure && choice != IfChecksum // that may have taken its time
		return outcome{}, false, err
	}
	return t.skips(ctx, choice, rivals{here: func() (side, error) { return src, nil }}, dst)
}

// arrived reports that the item's own content is in the destination's place:
// what an earlier run wrote before its end was in the journal. What is still
// begun did not arrive: whether it did was looked at before.
func (t *task) arrived(ctx context.Context, r rivals, dst side) (out outcome, yes bool, err error) {
	if t.overtaken || t.begun() {
		return outcome{}, false, nil
	}
	src, err := r.here()
	if err != nil {
		return outcome{}, false, err
	}
	crc, known, err := alike64(src, dst)
	if err != nil || !known || crc == nil {
		return outcome{}, false, err
	}
	out = outcome{size: dst.size, etag: dst.etag, crc: *crc, hasCRC: true, version: dst.version, verified: true}
	if t.spec.Kind == Download {
		out.etag, out.version = src.etag, src.version
	}
	t.item.etag = src.etag
	return out, true, t.forsake(ctx)
}

// Why an item was skipped, where that was found out.
const (
	skippedSame  = "the same content is there already"
	skippedOther = "other content is there"
)

// skips ends an item whose destination is left alone, and says whether its
// content is the same: by size and CRC64. The rules that need not read a file
// do not do it for that.
func (t *task) skips(ctx context.Context, choice OnConflict, r rivals, dst side) (outcome, bool, error) {
	out := outcome{skipped: true, size: max(t.item.size, 0)}
	if err := t.forsake(ctx); err != nil {
		return outcome{}, false, err
	}
	src, err := r.here()
	if err != nil {
		// It is left alone whatever the source is.
		return out, ctx.Err() == nil, context.Cause(ctx)
	}
	out.size = src.size
	if src.size != dst.size {
		out.reason = skippedOther
		return out, true, nil
	}
	if choice == Skip || choice == IfChecksum || !src.reads && !dst.reads {
		crc, known, err := alike64(src, dst)
		switch {
		case ctx.Err() != nil:
			return outcome{}, false, context.Cause(ctx)
		case err != nil || !known:
		case crc == nil:
			out.reason = skippedOther
		default:
			out.reason = skippedSame
		}
	}
	return out, true, nil
}

// alike64 compares two sides by size and CRC64, which it returns if they are
// the same. known is false if one side has none.
func alike64(src, dst side) (crc *uint64, known bool, err error) {
	if src.size != dst.size {
		return nil, true, nil
	}
	// The side that costs nothing goes first.
	if dst.reads {
		src, dst = dst, src
	}
	a, known, err := dst.sum()
	if err != nil || !known {
		return nil, false, err
	}
	b, known, err := src.sum()
	if err != nil || !known {
		return nil, false, err
	}
	if a != b {
		return nil, true, nil
	}
	return &a, true, nil
}

// objectThere looks at the object that would be overwritten.
func (t *task) objectThere(ctx context.Context, b *cos.Bucket) func() (side, bool, error) {
	return func() (side, bool, error) {
		head, err := t.head(ctx, b, t.target())
		if errors.Is(err, cos.ErrNotFound) {
			return side{}, false, nil
		}
		if err != nil {
			return side{}, false, err
		}
		return t.objectSide(head), true, nil
	}
}

func (t *task) head(ctx context.Context, b *cos.Bucket, key string) (head *cos.Head, err error) {
	err = t.attempt(ctx, func(ctx context.Context) (err error) {
		head, err = b.Head(ctx, key, cos.GetOptions{})
		return err
	})
	return head, err
}

func objectSide(head *cos.Head) side {
	return side{
		size: head.Size, modified: head.LastModified, stamp: objectStamp(head), etag: head.ETag, version: head.VersionID,
		sum: func() (uint64, bool, error) { return head.CRC64, head.HasCRC64, nil },
	}
}

// fileSide describes a file whose bytes open gives. They are compared as rival
// tells at that time.
func fileSide(ctx context.Context, info os.FileInfo, rival func() *sealing, open func() (*os.File, error)) side {
	return side{size: info.Size(), modified: info.ModTime(), reads: true, stamp: fileStamp(info), sum: func() (uint64, bool, error) {
		if !info.Mode().IsRegular() {
			return 0, false, nil // a link, which is never read through
		}
		f, err := open()
		if err != nil {
			return 0, false, err
		}
		defer f.Close()
		crc, err := sum(ctx, rival().through(f), info.Size())
		return crc, err == nil, err
	}}
}

// rename gives the item the first free name, and journals it before anything
// is written under it.
func (t *task) rename(ctx context.Context) error {
	for n := 2; n <= maxNumber; n++ {
		was := *t.item
		target := t.number(n)
		free, err := t.free(ctx)
		if err == nil && free {
			t.item.there = nothing
			free, err = t.e.j.renamed(t.item, target, t.slot())
		}
		if err == nil && free {
			return nil
		}
		*t.item = was
		if err != nil {
			return err
		}
	}
	return fmt.Errorf("%s and %d names like it exist", t.item.name, maxNumber-1)
}

// renamed reports that the item got its free name by an earlier run, which may
// have written it.
func (t *task) renamed() bool {
	if t.spec.Kind == Upload {
		return t.item.key != t.item.dest
	}
	return t.item.path != t.wanted()
}

// wanted is the path or key that the item was to get.
func (t *task) wanted() string {
	if t.spec.Kind != Download {
		return t.item.dest
	}
	path, err := localName(t.item.name)
	if err != nil {
		return t.item.path // it never got one
	}
	return path
}

// number makes "name (n).ext" of what the item is to become, and returns what
// no other item of the job may have for its destination.
func (t *task) number(n int) (target string) {
	target = numbered(t.wanted(), n)
	if t.spec.Kind == Upload {
		t.item.key = target
		return target
	}
	t.item.path = target
	if t.spec.Kind == Download {
		return t.sameness().key(target)
	}
	return target
}

// numbered puts n before the extension of a path's last segment. A name that
// begins with a dot has none there.
func numbered(path string, n int) string {
	dir := path[:strings.LastIndexAny(path, "/"+string(filepath.Separator))+1]
	name := path[len(dir):]
	ext := filepath.Ext(name)
	if ext == name {
		ext = ""
	}
	return fmt.Sprintf("%s%s (%d)%s", dir, strings.TrimSuffix(name, ext), n, ext)
}

// free reports that nothing is where the item would be written.
func (t *task) free(ctx context.Context) (bool, error) {
	if t.spec.Kind == Download {
		root, err := t.folder()
		if err != nil {
			return false, err
		}
		_, err = root.Lstat(t.item.path)
		if errors.Is(err, os.ErrNotExist) {
			return true, nil
		}
		return false, err
	}
	b, err := t.remote()
	if err != nil {
		return false, err
	}
	if err := checkKey(t.target()); err != nil {
		return false, err
	}
	_, there, err := t.objectThere(ctx, b)()
	return !there, err
}
