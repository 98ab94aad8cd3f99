package tui

import (
	"iter"
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
	isGone  // a delete marker
	isOlder // a version that is not there now
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
	next    resume
	looked  int // names a search has looked at
	unread  unread
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
	b.more, b.next = answer.Truncated, resume{marker: answer.NextMarker}
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
	next    resume // where the next page starts
	looked  int    // names a search has looked at
	unread  unread // folders that it could not look into
	marked  int
	size    int64 // bytes of all files
	picked  int64 // bytes of the marked files
	view    []ref // the rows that are shown, in order; nil: all as they were listed
	seen    int64 // bytes of the files in view
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
	l.more, l.next = p.more, p.next
	l.looked += p.looked
	l.unread.add(p.unread)
}

// total is how many rows are listed, len how many of them are shown.
func (l *listing) total() int { return len(l.folders) + len(l.files) }

func (l *listing) len() int {
	if l.view != nil {
		return len(l.view)
	}
	return l.total()
}

// ref returns the row that is shown at index i; as they were listed, folders
// come first.
func (l *listing) ref(i int) ref {
	switch {
	case l.view != nil:
		return l.view[i]
	case i < len(l.folders):
		return ^ref(i)
	}
	return ref(i - len(l.folders))
}

// indexOf is the opposite of ref; -1 if the row is not shown.
func (l *listing) indexOf(r ref) int {
	switch {
	case l.view != nil:
		return slices.Index(l.view, r)
	case r < 0:
		return int(^r)
	}
	return int(r) + len(l.folders)
}

func (l *listing) entry(r ref) *entry {
	if r < 0 {
		return &l.folders[^r]
	}
	return &l.files[r]
}

// at returns the entry that is shown at index i.
func (l *listing) at(i int) *entry { return l.entry(l.ref(i)) }

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
func (l *listing) id(i int) string { return l.nameOf(l.ref(i)) }

func (l *listing) nameOf(r ref) string {
	if r < 0 {
		return l.name(l.entry(r)) + "/"
	}
	return l.name(l.entry(r))
}

// lookup returns the row called id, shown or not.
func (l *listing) lookup(id string) (ref, bool) {
	row, n := func(i int) ref { return ref(i) }, len(l.files)
	if strings.HasSuffix(id, "/") {
		row, n = func(i int) ref { return ^ref(i) }, len(l.folders)
	}
	i := sort.Search(n, func(i int) bool { return l.nameOf(row(i)) >= id })
	if i < n && l.nameOf(row(i)) == id {
		return row(i), true
	}
	return 0, false
}

// find returns the index at which the row called id is shown, or -1.
func (l *listing) find(id string) int {
	r, ok := l.lookup(id)
	if !ok {
		return -1
	}
	return l.indexOf(r)
}

// rows returns every row, shown or not.
func (l *listing) rows() iter.Seq[ref] { return l.since(0, 0) }

// since returns the rows that were listed after so many folders and files.
func (l *listing) since(folders, files int) iter.Seq[ref] {
	return func(yield func(ref) bool) {
		for i := folders; i < len(l.folders); i++ {
			if !yield(^ref(i)) {
				return
			}
		}
		for i := files; i < len(l.files); i++ {
			if !yield(ref(i)) {
				return
			}
		}
	}
}

// passed reports that a row called id would have been listed by now.
func (l *listing) passed(prefix, id string) bool {
	return !l.more || l.next.marker >= prefix+id
}

// mark sets or clears the mark of a row.
func (l *listing) mark(r ref, on bool) {
	e := l.entry(r)
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

func (l *listing) isMarked(r ref) bool { return l.entry(r).flags&isMarked != 0 }

// markedIDs returns the rows that are marked, shown or not, as they were
// listed.
func (l *listing) markedIDs() []string {
	if l.marked == 0 {
		return nil
	}
	out := make([]string, 0, l.marked)
	for r := range l.rows() {
		if l.isMarked(r) {
			out = append(out, l.nameOf(r))
		}
	}
	return out
}

// place is where a pane is: a folder, a prefix of a bucket, or the list of
// buckets; or what was asked for of one.
type place struct {
	jobs.Place
	buckets bool
	begin   string // only what begins with this; it has no slash
	find    string // what is searched for in all that is below; see [readQuery]
	// versions: every version and delete marker is a row. asOf, in seconds since
	// 1970: the rows are what was there then.
	versions bool
	asOf     int64
}

// whole is the place that p shows a part of, or is searched through.
func (p place) whole() place {
	p.begin, p.find = "", ""
	return p
}

// child is the place of a folder or bucket in p.
func (p place) child(name, region string) place {
	p = p.whole()
	switch {
	case p.buckets:
		return place{Place: jobs.Place{Bucket: name, Region: region}}
	case p.Local():
		return place{Place: jobs.Place{Path: filepath.Join(p.Path, name)}}
	}
	p.Key += name + "/"
	return p
}

// parent returns the place above p and the row of p in it. Above what was
// asked for of a place is the place, where no row stands for it.
func (p place) parent(buckets bool) (up place, row string, ok bool) {
	switch {
	case p.find != "":
		p.find = ""
		return p, "", true
	case p.begin != "":
		return p.whole(), "", true
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

// address is p as a user would write it; a part or a search has none of its
// own.
func (p place) address() string {
	switch {
	case p.buckets:
		return "cos://"
	case p.Local():
		return p.Path
	}
	return cos.URI{Bucket: p.Bucket, Key: p.Key}.String()
}
