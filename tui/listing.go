package tui

import (
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"time"

	"cosmander/cos"
	"cosmander/jobs"
)

// entry is one row of a listing, kept small: a million of them are 32 MB.
// The name lies in a block that the names of one page share.
type entry struct {
	block  uint32
	offset uint32
	length uint16
	class  uint8 // index into listing.classes
	flags  uint8
	size   int64
	mtime  int64 // unix seconds; noTime if there is none
}

const noTime = int64(-1) << 63

const (
	isFolder uint8 = 1 << iota
	isMarked
)

// page is one answer of a source, already compact. It is made in a command
// and handed over; nothing is shared afterwards.
type page struct {
	names   string
	folders []entry
	files   []entry
	classes []string
	regions map[string]string // of buckets, by name
	hidden  int               // left out because of their dot
	more    bool
	marker  string
}

// pageBuilder collects the rows of a page.
type pageBuilder struct {
	page
	text strings.Builder
	hide bool
}

func (b *pageBuilder) add(name, class string, folder bool, size, mtime int64) {
	if b.hide && strings.HasPrefix(name, ".") {
		b.hidden++
		return
	}
	e := entry{offset: uint32(b.text.Len()), length: uint16(len(name)), class: b.classIndex(class), size: size, mtime: mtime}
	b.text.WriteString(name)
	if folder {
		e.flags = isFolder
		b.folders = append(b.folders, e)
		return
	}
	b.files = append(b.files, e)
}

func (b *pageBuilder) classIndex(class string) uint8 {
	i := slices.Index(b.classes, class)
	if i < 0 && len(b.classes) < 255 {
		b.classes = append(b.classes, class)
		i = len(b.classes) - 1
	}
	return uint8(max(i, 0))
}

func (b *pageBuilder) done() page {
	b.names = b.text.String()
	b.folders, b.files = slices.Clip(b.folders), slices.Clip(b.files)
	return b.page
}

// bucketPage turns an answer of the service into rows below prefix.
func bucketPage(answer *cos.ListPage, prefix string, hide bool) page {
	b := pageBuilder{hide: hide}
	for _, p := range answer.Prefixes {
		name := strings.TrimSuffix(strings.TrimPrefix(p, prefix), "/")
		b.add(name, "", true, -1, noTime)
	}
	for _, o := range answer.Objects {
		name := strings.TrimPrefix(o.Key, prefix)
		if name == "" { // the object that makes the folder itself
			continue
		}
		b.add(name, o.StorageClass, false, o.Size, unix(o.LastModified))
	}
	b.more, b.marker = answer.Truncated, answer.NextMarker
	return b.done()
}

func unix(t time.Time) int64 {
	if t.IsZero() {
		return noTime
	}
	return t.Unix()
}

// listing is what is known of a place so far: folders first, each part in the
// order of the service, which is by bytes of the name.
type listing struct {
	blocks  []string
	folders []entry
	files   []entry
	classes []string
	regions map[string]string
	hidden  int
	more    bool   // there are rows that were not listed yet
	marker  string // where the next page starts
	marked  int
	size    int64 // bytes of all files
	picked  int64 // bytes of the marked files
}

// add appends a page.
func (l *listing) add(p page) {
	block := uint32(len(l.blocks))
	l.blocks = append(l.blocks, p.names)
	class := make([]uint8, len(p.classes))
	for i, name := range p.classes {
		at := slices.Index(l.classes, name)
		if at < 0 && len(l.classes) < 255 {
			l.classes = append(l.classes, name)
			at = len(l.classes) - 1
		}
		class[i] = uint8(max(at, 0))
	}
	for _, part := range [][]entry{p.folders, p.files} {
		for i := range part {
			part[i].block = block
			part[i].class = class[part[i].class]
			l.size += max(part[i].size, 0)
		}
	}
	l.folders = append(l.folders, p.folders...)
	l.files = append(l.files, p.files...)
	if p.regions != nil {
		l.regions = p.regions
	}
	l.hidden += p.hidden
	l.more, l.marker = p.more, p.marker
}

func (l *listing) len() int { return len(l.folders) + len(l.files) }

// at returns the i-th entry; folders come first.
func (l *listing) at(i int) *entry {
	if i < len(l.folders) {
		return &l.folders[i]
	}
	return &l.files[i-len(l.folders)]
}

func (l *listing) name(e *entry) string {
	return l.blocks[e.block][e.offset : e.offset+uint32(e.length)]
}

func (l *listing) class(e *entry) string {
	if int(e.class) < len(l.classes) {
		return l.classes[e.class]
	}
	return ""
}

// id names a row among the rows of its place: a folder ends in a slash, so
// that "a" and "a/" are two.
func (l *listing) id(i int) string {
	e := l.at(i)
	if e.flags&isFolder != 0 {
		return l.name(e) + "/"
	}
	return l.name(e)
}

// find returns the index of the row called id, or -1.
func (l *listing) find(id string) int {
	from, to := len(l.folders), l.len()
	if strings.HasSuffix(id, "/") {
		from, to = 0, len(l.folders)
	}
	i := from + sort.Search(to-from, func(i int) bool { return l.id(from+i) >= id })
	if i < to && l.id(i) == id {
		return i
	}
	return -1
}

// passed reports that a row called id would have been listed by now.
func (l *listing) passed(prefix, id string) bool {
	return !l.more || l.marker >= prefix+id
}

// mark sets or clears the mark of a row.
func (l *listing) mark(i int, on bool) {
	e := l.at(i)
	if (e.flags&isMarked != 0) == on {
		return
	}
	e.flags ^= isMarked
	if on {
		l.marked++
		l.picked += max(e.size, 0)
		return
	}
	l.marked--
	l.picked -= max(e.size, 0)
}

func (l *listing) isMarked(i int) bool { return l.at(i).flags&isMarked != 0 }

// markedIDs returns the rows that are marked, in order.
func (l *listing) markedIDs() []string {
	if l.marked == 0 {
		return nil
	}
	out := make([]string, 0, l.marked)
	for i := range l.len() {
		if l.isMarked(i) {
			out = append(out, l.id(i))
		}
	}
	return out
}

// place is where a pane is: a folder, a prefix of a bucket, or the list of
// buckets.
type place struct {
	jobs.Place
	buckets bool
}

// child is the place of a folder or bucket in p.
func (p place) child(name, region string) place {
	switch {
	case p.buckets:
		return place{Place: jobs.Place{Bucket: name, Region: region}}
	case p.Local():
		return place{Place: jobs.Place{Path: filepath.Join(p.Path, name)}}
	}
	p.Key += name + "/"
	return p
}

// parent returns the place above p and the row of p in it.
func (p place) parent(buckets bool) (up place, row string, ok bool) {
	switch {
	case p.buckets:
		return p, "", false
	case p.Local():
		dir := filepath.Dir(p.Path)
		return place{Place: jobs.Place{Path: dir}}, filepath.Base(p.Path) + "/", dir != p.Path
	case p.Key == "":
		return place{buckets: true}, p.Bucket + "/", buckets
	}
	key := strings.TrimSuffix(p.Key, "/")
	cut := strings.LastIndexByte(key, '/') + 1
	p.Key, row = key[:cut], key[cut:]+"/"
	return p, row, true
}

// address is p as a user would write it.
func (p place) address() string {
	switch {
	case p.buckets:
		return "cos://"
	case p.Local():
		return p.Path
	}
	return cos.URI{Bucket: p.Bucket, Key: p.Key}.String()
}
