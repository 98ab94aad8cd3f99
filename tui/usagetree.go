package tui

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"cosmander/views"
)

const (
	// useFolders are held at most; when there are more, the deepest are counted
	// with those above them.
	useFolders = 200_000
	// useLargest files of a folder are told from the rest, useKept of all.
	useLargest = 20
	useKept    = 100_000
	// useRows are shown of a folder; nobody reads on to the smaller ones.
	useRows = 1000
)

// usedFile is one of the largest files of a folder.
type usedFile struct {
	name  string
	bytes int64
}

// used is what a page has found directly in one folder.
type used struct {
	dir     string // relative; ends in a slash, or is ""
	files   int64
	bytes   int64
	classes []views.ClassUse
	largest []usedFile
}

// folderUse is what is below a folder.
type folderUse struct {
	name    string
	up      *folderUse
	files   int64
	bytes   int64
	classes []int64 // by the index of usage.classes
	folders []*folderUse
	largest []usedFile // directly in it, the largest first
}

// usage is what is below a place, bounded in memory.
type usage struct {
	root    *folderUse
	classes []string
	held    int // folders
	kept    int // files
	depth   int // of the folders that are held
	limit   int // useFolders, less in tests
}

func newUsage() *usage { return &usage{root: &folderUse{}, depth: math.MaxInt, limit: useFolders} }

// folded reports that folders were counted with those above them.
func (u *usage) folded() bool { return u.depth < math.MaxInt }

// add takes what a page has found in one folder. Folders come in the order of
// their names, so that one that is known is the last of its parent.
func (u *usage) add(n used) {
	at := u.folder(n.dir)
	for _, c := range n.classes {
		i := slices.Index(u.classes, c.Class)
		if i < 0 {
			i = len(u.classes)
			u.classes = append(u.classes, c.Class)
		}
		for f := at; f != nil; f = f.up {
			for len(f.classes) <= i {
				f.classes = append(f.classes, 0)
			}
			f.classes[i] += c.Bytes
		}
	}
	for f := at; f != nil; f = f.up {
		f.files += n.files
		f.bytes += n.bytes
	}
	if at.path() != n.dir {
		return // its files are some of those below the folder that counts them
	}
	before := len(at.largest)
	for _, f := range n.largest {
		if len(at.largest) == useLargest || u.kept+len(at.largest)-before < useKept {
			at.largest = largest(at.largest, f)
		}
	}
	u.kept += len(at.largest) - before
}

// largest adds f to the largest files, if it is one.
func largest(files []usedFile, f usedFile) []usedFile {
	if len(files) == useLargest {
		if f.bytes <= files[useLargest-1].bytes {
			return files
		}
		files = files[:useLargest-1]
	}
	at, _ := slices.BinarySearchFunc(files, f.bytes, func(x usedFile, n int64) int { return cmp.Compare(n, x.bytes) })
	f.name = strings.Clone(f.name) // it is a part of a whole page
	return slices.Insert(files, at, f)
}

// folder returns the folder called dir, or the one that counts what is in it.
func (u *usage) folder(dir string) *folderUse {
	at, depth := u.root, 0
	for dir != "" {
		name, rest, _ := strings.Cut(dir, "/")
		n := len(at.folders)
		if depth++; n == 0 || at.folders[n-1].name != name {
			if u.held >= u.limit {
				u.fold()
			}
			if depth > u.depth || u.held >= u.limit {
				return at
			}
			at.folders = append(at.folders, &folderUse{name: strings.Clone(name), up: at})
			u.held++
			n++
		}
		at, dir = at.folders[n-1], rest
	}
	return at
}

// fold counts the deepest folders with those above them until a quarter of the
// room is free. What is at the top is kept.
func (u *usage) fold() {
	for u.held > u.limit*3/4 {
		deepest := u.root.deepest()
		if deepest <= 1 {
			return
		}
		u.depth = deepest - 1
		u.held, u.kept = 0, 0
		u.cut(u.root, 0)
	}
}

func (f *folderUse) deepest() int {
	depth := 0
	for _, below := range f.folders {
		depth = max(depth, 1+below.deepest())
	}
	return depth
}

// cut leaves out what is deeper than u.depth, and counts what is left.
func (u *usage) cut(f *folderUse, depth int) {
	u.kept += len(f.largest)
	if depth == u.depth {
		f.folders = nil
	}
	u.held += len(f.folders)
	for _, below := range f.folders {
		u.cut(below, depth+1)
	}
}

// path is where f is below the place; it ends in a slash, or is "".
func (f *folderUse) path() string {
	if f.up == nil {
		return ""
	}
	return f.up.path() + f.name + "/"
}

// rows are the largest folders and files of f, the largest first, and what is
// left.
func (f *folderUse) rows() []views.UsageRow {
	rows := make([]views.UsageRow, 0, min(len(f.folders)+len(f.largest), 2*useRows)+1)
	bytes, files, folders := f.bytes, f.files, 0
	put := func(r views.UsageRow) {
		rows = append(rows, r)
		if len(rows) == 2*useRows {
			rows = byBytes(rows)[:useRows]
		}
	}
	for _, below := range f.folders {
		put(views.UsageRow{Name: below.name, Folder: true, Bytes: below.bytes, Files: below.files})
	}
	for _, file := range f.largest {
		put(views.UsageRow{Name: file.name, Bytes: file.bytes, Files: 1})
	}
	rows = byBytes(rows)
	rows = rows[:min(len(rows), useRows)]
	for _, r := range rows {
		bytes, files = bytes-r.Bytes, files-r.Files
		if r.Folder {
			folders++
		}
	}
	if files == 0 {
		return rows
	}
	rest := views.UsageRow{Name: views.Plural(files, "other file", "other files"), Rest: true, Bytes: bytes, Files: files}
	if more := len(f.folders) - folders; more > 0 {
		rest.Name = views.Plural(int64(more), "smaller folder", "smaller folders") + " and files"
	}
	return byBytes(append(rows, rest))
}

// byBytes sorts rows, the largest first.
func byBytes(rows []views.UsageRow) []views.UsageRow {
	slices.SortStableFunc(rows, func(a, b views.UsageRow) int { return cmp.Compare(b.Bytes, a.Bytes) })
	return rows
}

// mix is how the bytes of f are shared among the storage classes, the most
// first.
func (u *usage) mix(f *folderUse) []views.ClassUse {
	var out []views.ClassUse
	for i, bytes := range f.classes {
		if bytes > 0 {
			out = append(out, views.ClassUse{Class: u.classes[i], Bytes: bytes})
		}
	}
	slices.SortFunc(out, func(a, b views.ClassUse) int { return cmp.Compare(b.Bytes, a.Bytes) })
	return out
}

// useTally collects what pages have found, folder by folder.
type useTally struct{ list []used }

func (t *useTally) add(e deepEntry) {
	if e.folder {
		return
	}
	dir, bytes := e.name[:strings.LastIndexByte(e.name, '/')+1], max(e.size, 0)
	if n := len(t.list); n == 0 || t.list[n-1].dir != dir {
		t.list = append(t.list, used{dir: dir})
	}
	u := &t.list[len(t.list)-1]
	u.files++
	u.bytes += bytes
	u.largest = largest(u.largest, usedFile{e.name[len(dir):], bytes})
	if e.class == "" {
		return
	}
	i := slices.IndexFunc(u.classes, func(c views.ClassUse) bool { return c.Class == e.class })
	if i < 0 {
		u.classes = append(u.classes, views.ClassUse{Class: e.class})
		i = len(u.classes) - 1
	}
	u.classes[i].Bytes += bytes
}
