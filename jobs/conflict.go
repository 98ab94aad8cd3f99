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
	sum func() (uint64, bool, error)
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

// meets looks whether the destination of an item that has not begun exists,
// and reports whether it is to be left alone. If both are to be kept, the item
// gets a free name.
func (t *task) meets(ctx context.Context, look func() (side, bool, error), src func() (side, error)) (skip bool, err error) {
	choice := t.choice()
	if choice == Overwrite || t.item.folder || t.renamed() {
		return false, nil
	}
	dst, there, err := look()
	if err != nil || !there {
		return false, err
	}
	if choice == KeepBoth {
		return false, t.rename(ctx)
	}
	if choice == Skip {
		return true, nil
	}
	from, err := src()
	if err != nil {
		return false, err
	}
	replaces, err := choice.replaces(from, dst)
	return !replaces, err
}

// objectThere looks at the object that would be overwritten.
func (t *task) objectThere(ctx context.Context, b *cos.Bucket) func() (side, bool, error) {
	return func() (side, bool, error) {
		head, err := t.head(ctx, b, t.target())
		if errors.Is(err, cos.ErrNotFound) {
			return side{}, false, nil
		}
		return objectSide(head), err == nil, err
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
	if head == nil {
		return side{}
	}
	return side{head.Size, head.LastModified, func() (uint64, bool, error) { return head.CRC64, head.HasCRC64, nil }}
}

// fileSide describes a file whose bytes open gives.
func fileSide(ctx context.Context, info os.FileInfo, open func() (*os.File, error)) side {
	return side{info.Size(), info.ModTime(), func() (uint64, bool, error) {
		if !info.Mode().IsRegular() {
			return 0, false, nil // a link, which is never read through
		}
		f, err := open()
		if err != nil {
			return 0, false, err
		}
		defer f.Close()
		crc, err := sum(ctx, f, info.Size())
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
			free, err = t.e.j.renamed(t.item, target)
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
