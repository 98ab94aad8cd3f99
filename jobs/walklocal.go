package jobs

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// local walks a file or a folder on disk: names in binary order, so that a
// walk that was broken off knows by one name how far it was.
func (w *walker) local(ctx context.Context, i int, after string) error {
	src := w.a.spec.Sources[i]
	l, name := w.localWalk(i), src.ownName()
	stat := os.Stat // a link that was marked itself is followed
	if l.remove {
		stat = os.Lstat
	}
	info, err := stat(src.Path)
	if err != nil {
		return w.broken(ctx, i, name, name, err)
	}
	if !info.IsDir() {
		if after != "" {
			return nil
		}
		return l.file(ctx, src.Path, name, info)
	}
	return l.inside(info).folder(ctx, src.Path, l.top, behind(l.top, after))
}

func (w *walker) localWalk(i int) localWalk {
	src := w.a.spec.Sources[i]
	l := localWalk{w: w, i: i, remove: w.a.spec.Kind == Delete, top: src.ownName()}
	if src.Contents {
		l.top = ""
	}
	if link, err := os.Lstat(src.Path); err == nil {
		l.linked = link.Mode()&os.ModeSymlink != 0
	}
	return l
}

// behind cuts the name to go on behind into its segments below top.
func behind(top, after string) []string {
	if after == "" {
		return nil
	}
	after = strings.TrimPrefix(strings.TrimPrefix(after, top), "/")
	if after == "" {
		return []string{}
	}
	return strings.Split(after, "/")
}

type localWalk struct {
	w      *walker
	i      int
	top    string // the source's name in the destination; "" for contents
	remove bool
	linked bool // the source is a link
	early  bool // what is put comes before its turn
	above  *folderAbove
}

// folderAbove is a folder that is being walked, and those around it.
type folderAbove struct {
	os.FileInfo
	next *folderAbove
}

// inside returns the walk of what is in a folder.
func (l localWalk) inside(folder os.FileInfo) localWalk {
	l.above = &folderAbove{folder, l.above}
	return l
}

// holds reports that a folder is f or one that f is in, to which only a link
// can lead.
func (f *folderAbove) holds(folder os.FileInfo) bool {
	for ; f != nil; f = f.next {
		if os.SameFile(f.FileInfo, folder) {
			return true
		}
	}
	return false
}

// folder walks one folder. rel is its name in the destination; after are the
// segments to go on behind: nil for all, empty for none.
func (l localWalk) folder(ctx context.Context, path, rel string, after []string) error {
	if after != nil && len(after) == 0 {
		return nil
	}
	names, err := readNames(path, func(first []string) error { return l.headStart(ctx, path, rel, first) })
	if stopped := (*earlyError)(nil); errors.As(err, &stopped) {
		return stopped.error
	}
	if err != nil {
		return l.w.broken(ctx, l.i, rel+"/", rel, err)
	}
	for i := range names.len() {
		name := names.name(i)
		if len(after) > 0 && name < after[0] {
			continue
		}
		var rest []string
		if len(after) > 0 && name == after[0] {
			rest = after[1:]
		}
		if err := l.entry(ctx, filepath.Join(path, name), join(rel, name), rest); err != nil {
			return err
		}
	}
	if l.remove {
		if rel == "" {
			return nil // the contents were meant, not the folder
		}
		return l.put(ctx, &item{name: rel, folder: true, path: path, lane: laneLast, dest: path}, rel)
	}
	if rel == "" {
		return nil
	}
	if names.len() == 0 {
		if err := l.upload(ctx, &item{name: rel + "/", folder: true, path: path, key: rel + "/"}, rel); err != nil {
			return err
		}
	}
	if !l.w.a.spec.Move || rel == l.top && l.linked {
		return nil
	}
	// What it held is gone when its turn comes, unless something failed.
	return l.put(ctx, &item{name: rel, folder: true, path: path, lane: laneLast, dest: "\x00rmdir\x00" + path}, rel)
}

// headStart puts some files of a large folder before all its names are read
// and sorted, which takes seconds, unless there is something to do already.
// The walk meets them again in their place and, as after a crash, the journal
// knows them: so only plain files, and no more than keep their rows.
func (l localWalk) headStart(ctx context.Context, path, rel string, names []string) error {
	if l.w.begun() {
		return nil
	}
	l.early = true
	for _, name := range names[:min(int64(len(names)), l.w.a.e.cfg.KeepDone)] {
		file := filepath.Join(path, name)
		info, err := os.Lstat(file)
		if err != nil || !info.Mode().IsRegular() {
			continue // the walk says what is wrong with it
		}
		if err := l.file(ctx, file, join(rel, name), info); err != nil {
			return err
		}
	}
	return l.w.flush(false)
}

func (l localWalk) entry(ctx context.Context, path, rel string, after []string) error {
	info, err := os.Lstat(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil // it went while the folder was read
	}
	if err != nil {
		return l.failed(ctx, path, rel, err)
	}
	if info.Mode()&os.ModeSymlink != 0 && !l.remove {
		if !l.w.a.spec.FollowLinks {
			return l.skip(ctx, path, rel, after, errLink)
		}
		if info, err = os.Stat(path); errors.Is(err, syscall.ELOOP) {
			return l.skip(ctx, path, rel, after, errLinkLoop)
		}
		if err != nil {
			return l.failed(ctx, path, rel, fmt.Errorf("symbolic link that leads nowhere: %w", err))
		}
	}
	if info.IsDir() {
		if l.w.a.spec.FollowLinks && l.above.holds(info) {
			return l.skip(ctx, path, rel, after, errLinkLoop)
		}
		return l.inside(info).folder(ctx, path, rel, after)
	}
	if after != nil {
		return nil
	}
	return l.file(ctx, path, rel, info)
}

// Why a link below a source is skipped.
var (
	errLink     = errors.New("a link: not followed")
	errLinkLoop = errors.New("a link that leads back to where it is: not followed")
)

func (l localWalk) file(ctx context.Context, path, rel string, info os.FileInfo) error {
	if l.remove {
		return l.put(ctx, &item{name: rel, path: path, dest: path, size: info.Size()}, rel)
	}
	if !info.Mode().IsRegular() {
		return l.skip(ctx, path, rel, nil, errors.New(notRegular(info.Mode())))
	}
	return l.upload(ctx, &item{
		name: rel, path: path, key: rel, size: info.Size(), lane: l.w.a.laneFor(info.Size()),
	}, rel)
}

// skip puts an entry that is left where it is, at its end already.
func (l localWalk) skip(ctx context.Context, path, rel string, after []string, why error) error {
	if after != nil {
		return nil // it was passed
	}
	now := l.w.a.e.now().UnixMilli()
	return l.put(ctx, &item{name: rel, path: path, state: Done, reason: why.Error(), finished: now}, rel)
}

// upload puts an item whose key is still relative to the destination.
func (l localWalk) upload(ctx context.Context, it *item, after string) error {
	it.key = l.w.a.spec.Dest.Key + it.key
	if err := checkKey(it.key); err != nil {
		it.state, it.reason = Failed, err.Error()
		return l.put(ctx, it, after)
	}
	it.dest = it.key
	return l.put(ctx, it, after)
}

// failed reports an entry that cannot be transferred as it is. A retry looks
// at it again, as it may have been mended.
func (l localWalk) failed(ctx context.Context, path, rel string, why error) error {
	after := rel
	if l.remove {
		after = ""
	}
	return l.w.failed(ctx, &item{source: l.i, name: rel, path: path}, after, why)
}

func (l localWalk) put(ctx context.Context, it *item, after string) error {
	it.source = l.i
	if l.remove || l.early {
		after = "" // what is deleted is gone from a repeated walk by itself
	}
	return l.w.put(ctx, it, after)
}

func join(rel, name string) string {
	if rel == "" {
		return name
	}
	return rel + "/" + name
}
