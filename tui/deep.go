package tui

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"cosmander/cos"
	"cosmander/jobs"
)

const (
	// walkMost and walkFor bound one page of a local walk.
	walkMost = 2000
	walkFor  = 50 * time.Millisecond
)

// resume is where the next page of a listing starts. It is a value: what goes
// on from one may be given up, and begun again.
type resume struct {
	marker string // the last name of the page before
	open   []openFolder
	// Of a listing of versions: after which one of marker, and what is known of
	// that key.
	version string
	was     jobs.Past
}

// openFolder is a folder of a local walk and what is left of it, so that a
// folder of a million files is not read again for every page. What it holds is
// never changed.
type openFolder struct {
	rel  string   // below where the walk began; ends in a slash, or is ""
	left []string // names, folders with a slash, in the order of their bytes
}

// deepEntry is something below a place.
type deepEntry struct {
	name   string // relative to the place; of a folder without its last slash
	class  string
	folder bool
	size   int64 // -1 if it has none
	mtime  int64 // unix seconds, or noTime
}

// deepPage is a page of everything below a place, in the order of the bytes of
// the names, folders with a slash. A folder comes before what is in it.
type deepPage struct {
	entries []deepEntry
	next    resume
	more    bool
	unread  unread
}

// unread counts the folders that could not be read.
type unread struct {
	folders int
	why     error // of the first
}

func (u *unread) add(other unread) {
	if u.why == nil {
		u.why = other.why
	}
	u.folders += other.folders
}

// deepSource lists everything below a place, a page at a time.
type deepSource func(ctx context.Context, from resume) (deepPage, error)

// deep returns the source of everything below at.
func (m *Model) deep(at place) deepSource {
	if at.Local() {
		return func(ctx context.Context, from resume) (deepPage, error) {
			return walkFolder(ctx, at.Path, at.begin, from)
		}
	}
	store := m.deps.Bucket(at.Bucket, at.Region)
	return func(ctx context.Context, from resume) (deepPage, error) {
		answer, err := store.List(ctx, cos.ListOptions{Prefix: at.Key + at.begin, Marker: from.marker})
		if err != nil {
			return deepPage{}, err // it says what was asked of which bucket
		}
		return deepObjects(answer, at.Key, from.marker), nil
	}
}

// deepObjects turns a page of keys into entries. A folder is where a key first
// lies in it, or an object whose key ends in a slash.
func deepObjects(answer *cos.ListPage, prefix, marker string) deepPage {
	pg := deepPage{next: resume{marker: answer.NextMarker}, more: answer.Truncated}
	pg.entries = make([]deepEntry, 0, len(answer.Objects)+len(answer.Objects)/8)
	last := strings.TrimPrefix(marker, prefix)
	for _, o := range answer.Objects {
		name := strings.TrimPrefix(o.Key, prefix)
		for from := common(last, name); ; {
			cut := strings.IndexByte(name[from:], '/')
			if cut < 0 {
				break
			}
			pg.entries = append(pg.entries, deepEntry{name: name[:from+cut], folder: true, size: -1, mtime: noTime})
			from += cut + 1
		}
		last = name
		if name != "" && !strings.HasSuffix(name, "/") {
			pg.entries = append(pg.entries, deepEntry{name: name, class: o.StorageClass, size: o.Size, mtime: unix(o.LastModified)})
		}
	}
	return pg
}

// common is the length of the longest folder that both names lie in.
func common(a, b string) int {
	n := 0
	for i := 0; i < len(a) && i < len(b) && a[i] == b[i]; i++ {
		if a[i] == '/' {
			n = i + 1
		}
	}
	return n
}

// folderWalk is one page of a walk through a local folder.
type folderWalk struct {
	root string
	page deepPage
	open []openFolder
	end  time.Time
}

// walkFolder walks through root, but at its top only through names that begin
// with a text. Links are not followed. It goes on behind from and ends after
// walkMost entries, after walkFor, or with ctx.
func walkFolder(ctx context.Context, root, begin string, from resume) (deepPage, error) {
	w := folderWalk{root: root, open: slices.Clone(from.open), end: time.Now().Add(walkFor)}
	if len(w.open) == 0 {
		if err := w.reopen(begin, from.marker); err != nil {
			return deepPage{}, err
		}
	}
	last := from.marker
	for len(w.open) > 0 {
		if err := ctx.Err(); err != nil {
			return deepPage{}, err
		}
		if len(w.page.entries) >= walkMost || time.Now().After(w.end) && last != from.marker {
			w.page.more, w.page.next = true, resume{marker: last, open: w.open}
			break
		}
		if name, ok := w.step(); ok {
			last = name
		}
	}
	return w.page, nil
}

// step takes the next name; false if nothing came of it.
func (w *folderWalk) step() (name string, ok bool) {
	top := &w.open[len(w.open)-1]
	if len(top.left) == 0 {
		w.open = w.open[:len(w.open)-1]
		return "", false
	}
	name, top.left = top.rel+top.left[0], top.left[1:]
	e := deepEntry{name: strings.TrimSuffix(name, "/"), folder: strings.HasSuffix(name, "/"), size: -1, mtime: noTime}
	info, err := os.Lstat(filepath.Join(w.root, e.name))
	if errors.Is(err, fs.ErrNotExist) {
		return name, true // it went meanwhile
	}
	if err == nil {
		e.mtime = unix(info.ModTime())
		if info.Mode().IsRegular() {
			e.size = info.Size()
		}
	}
	w.page.entries = append(w.page.entries, e)
	if e.folder {
		w.enter(name)
	}
	return name, true
}

func (w *folderWalk) enter(rel string) {
	left, err := w.read(rel)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		w.page.unread.add(unread{1, err})
	default:
		w.open = append(w.open, openFolder{rel, left})
	}
}

// read returns the names in a folder, folders with a slash, in the order of
// their bytes.
func (w *folderWalk) read(rel string) ([]string, error) {
	path := filepath.Join(w.root, rel)
	dir, err := os.Open(path)
	if err != nil {
		return nil, err // it names the path
	}
	defer dir.Close()
	entries, err := dir.ReadDir(-1)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		if names[i] = e.Name(); e.IsDir() {
			names[i] += "/"
		}
	}
	slices.Sort(names)
	return names, nil
}

// reopen opens the folders that marker lies in, each from behind it.
func (w *folderWalk) reopen(begin, marker string) error {
	left, err := w.read("")
	if err != nil {
		return err
	}
	left = slices.DeleteFunc(left, func(n string) bool { return !strings.HasPrefix(n, begin) })
	w.open = append(w.open, openFolder{"", left})
	for rel := ""; ; {
		top := &w.open[len(w.open)-1]
		at, _ := slices.BinarySearchFunc(top.left, marker, func(name, marker string) int {
			if rel+name <= marker {
				return -1
			}
			return 1
		})
		top.left = top.left[at:]
		cut := strings.IndexByte(marker[len(rel):], '/')
		if cut < 0 {
			return nil
		}
		rel = marker[:len(rel)+cut+1]
		deeper := len(w.open)
		if w.enter(rel); len(w.open) == deeper {
			return nil
		}
	}
}
