package tui

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"iter"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"

	"charm.land/bubbles/v2/key"

	"cosmander/cos"
	"cosmander/jobs"
)

// testKeys is a key table like the program's; the program's own is tested
// where it lives.
func testKeys() KeyMap {
	bind := func(shown string, keys ...string) key.Binding {
		return key.NewBinding(key.WithKeys(keys...), key.WithHelp(shown, "does "+shown))
	}
	return KeyMap{
		Global: GlobalKeys{
			Help: bind("F1 ?", "f1", "?"), Jobs: bind("w", "w"), Quit: bind("q F10", "q", "f10"),
			Force: bind("C-c C-c", "ctrl+c"), Suspend: bind("C-z", "ctrl+z"), Mouse: bind("M-m", "alt+m"), Low: bind("M-l", "alt+l"),
		},
		Pane: PaneKeys{
			Copy: bind("F5 c", "f5", "alt+5", "c"), Move: bind("F6 m", "f6", "m"), MakeFolder: bind("F7 n", "f7", "n"),
			Delete: bind("F8 d", "f8", "d"), Enter: bind("Enter", "enter"), Into: bind("l", "l", "right"),
			Parent: bind("h", "h", "left", "backspace"), Other: bind("Tab", "tab"), View: bind("F3", "f3"), Aside: bind("P", "P"),
			Down: bind("j", "j", "down"), Up: bind("k", "k", "up"),
			Top: bind("g g", "g g", "home"), Bottom: bind("G", "G", "end"),
			HalfDown: bind("C-d", "ctrl+d"), HalfUp: bind("C-u", "ctrl+u"),
			PageDown: bind("C-f", "ctrl+f", "pgdown"), PgUp: bind("C-b", "ctrl+b", "pgup"),
			Mark: bind("Space", "space", "insert"), Invert: bind("*", "*"), MarkAll: bind("C-a", "ctrl+a"),
			Edit: bind("F4 e", "f4", "e"), Links: bind("Y", "Y"), Yank: bind("y", "y"), Cut: bind("x", "x"), Put: bind("p", "p"), Rename: bind("r", "r"), CopyHere: bind("S-F5", "shift+f5"),
			Goto: bind("C-g", "ctrl+g", "g space"), Back: bind("H", "H"), Forth: bind("L", "L"),
			Places: bind("b", "b"), Bookmark: bind("B", "B"), Palette: bind(":", ":"),
			Range: bind("v", "v"), RangeDown: bind("S-Down", "shift+down"), RangeUp: bind("S-Up", "shift+up"),
			MarkGlob: bind("+", "+"), UnmarkGlob: bind("-", "-"), Filter: bind("/", "/"), Find: bind("f", "f"), Jump: bind("J", "J"), Usage: bind("%", "%"), Size: bind("=", "="),
			SortName: bind("s n", "s n"),
			SortSize: bind("s s", "s s"), SortTime: bind("s t", "s t"), SortClass: bind("s c", "s c"), SortType: bind("s e", "s e"),
			Reverse: bind("S", "S"), ClearMarks: bind("Esc", "esc"), Refresh: bind("C-r", "ctrl+r"), Hidden: bind(".", "."),
			Properties: bind("i", "i"), Class: bind("C", "C"), Restore: bind("R", "R"), Tags: bind("T", "T"), Access: bind("a", "a"), Query: bind("Q", "Q"), Metadata: bind("M", "M"),
			Append: bind("A", "A"), Uploads: bind("U", "U"),
			Versions: bind("V", "V"), AllVersions: bind("M-v", "alt+v"), Past: bind("M-t", "alt+t"), Undo: bind("u", "u"),
		},
		Preview: PreviewKeys{
			Search: bind("/ F7", "/", "f7"), NextHit: bind("n", "n"), LastHit: bind("N", "N"), Hex: bind("x", "x"),
			Plain: bind("t", "t"), Wrap: bind("w", "w"), Encoding: bind("e", "e"), EncodingBack: bind("E", "E"),
			Again: bind("C-r", "ctrl+r"), Follow: bind("F", "F"), Stored: bind("S", "S"), Fold: bind("Space", "space"), FoldAll: bind("z", "z"),
		},
		Select: SelectKeys{Save: bind("s", "s")},
		Versions: VersionKeys{
			Look: bind("F3", "f3"), Copy: bind("F5 c", "f5", "c"), Restore: bind("R", "R"), Compare: bind("=", "="), Delete: bind("F8 d", "f8", "d"),
			Links: bind("Y", "Y"), Mark: bind("Space", "space"), TurnOn: bind("o", "o"), Again: bind("C-r", "ctrl+r"),
		},
		Uploads: UploadKeys{
			Abort: bind("F8 d", "f8", "d"), Adopt: bind("a", "a"), Mark: bind("Space", "space"), MarkAll: bind("C-a", "ctrl+a"),
			Sort: bind("s", "s"), Reverse: bind("S", "S"), Filter: bind("/", "/"), Again: bind("C-r", "ctrl+r"),
		},
		Links: LinkKeys{Copy: bind("y", "y"), CopyOne: bind("Y", "Y"), Code: bind("c", "c"), Save: bind("s", "s")},
		Jobs: JobKeys{
			Pause: bind("Space p", "space", "p"), Details: bind("Enter", "enter"), Retry: bind("r", "r"),
			Cancel: bind("x", "x"), Clear: bind("c", "c"), Answer: bind("a", "a"),
			Sooner: bind("K", "K"), Later: bind("J", "J"), Next: bind("n", "n"),
			Raise: bind("+", "+"), Lower: bind("-", "-"), Limit: bind("b", "b"),
		},
		Dialog: DialogKeys{
			Accept: bind("Enter", "enter"), Leave: bind("Esc", "esc", "q"), Next: bind("Tab", "tab"),
			Previous: bind("S-Tab", "shift+tab"), Left: bind("Left", "left", "h"), Right: bind("Right", "right", "l"),
			Down: bind("j", "j", "down"), Up: bind("k", "k", "up"), PageDown: bind("PgDn", "pgdown"),
			PageUp: bind("PgUp", "pgup"), Top: bind("Home", "home"), Bottom: bind("End", "end"),
			Rub: bind("Backspace", "backspace"),
		},
	}
}

// noon is the clock of the tests.
var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// fakeStore is a bucket in memory that lists as the service does.
type fakeStore struct {
	mu      sync.Mutex
	keys    []string // sorted
	calls   int
	err     error
	put     []string
	panic   bool
	delay   time.Duration          // of every listing
	objects map[string]*fakeObject // what Get knows, by key
	reads   []cos.ByteRange        // what Get was asked for
	heads   int
	classes map[string]string // of keys that are not STANDARD
	readErr error
	// gate, if set, holds every listing until it is closed or ctx ends.
	gate chan struct{}
}

func newFakeStore(keys ...string) *fakeStore {
	sort.Strings(keys)
	return &fakeStore{keys: keys}
}

func (s *fakeStore) List(ctx context.Context, o cos.ListOptions) (*cos.ListPage, error) {
	s.mu.Lock()
	s.calls++
	gate, err := s.gate, s.err
	s.mu.Unlock()
	if s.panic {
		panic("the store is on fire")
	}
	if s.delay > 0 && !rest(ctx, s.delay) {
		return nil, ctx.Err()
	}
	if gate != nil {
		select {
		case <-gate:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.page(o), nil
}

func (s *fakeStore) page(o cos.ListOptions) *cos.ListPage {
	limit := o.MaxKeys
	if limit == 0 {
		limit = cos.MaxPageKeys
	}
	out := &cos.ListPage{}
	last := ""
	for i := sort.SearchStrings(s.keys, max(o.Prefix, o.Marker)); i < len(s.keys); i++ {
		k := s.keys[i]
		if !strings.HasPrefix(k, o.Prefix) {
			break
		}
		if k <= o.Marker || o.Delimiter != "" && strings.HasSuffix(o.Marker, "/") && strings.HasPrefix(k, o.Marker) && o.Marker != o.Prefix {
			continue
		}
		rest := k[len(o.Prefix):]
		cut := strings.Index(rest, o.Delimiter)
		if o.Delimiter != "" && cut >= 0 {
			p := o.Prefix + rest[:cut+1]
			if p == last {
				continue
			}
			if len(out.Objects)+len(out.Prefixes) == limit {
				out.Truncated, out.NextMarker = true, last
				return out
			}
			out.Prefixes, last = append(out.Prefixes, p), p
			continue
		}
		if len(out.Objects)+len(out.Prefixes) == limit {
			out.Truncated, out.NextMarker = true, last
			return out
		}
		size := int64(len(k)) * 7919 * int64(i%97+1)
		out.Objects = append(out.Objects, cos.ObjectInfo{Key: k, Size: size, LastModified: noon.Add(-time.Duration(i) * time.Hour), StorageClass: cmp.Or(s.classes[k], "STANDARD")})
		last = k
	}
	return out
}

func (s *fakeStore) Put(_ context.Context, key string, _ cos.Body, _ cos.Headers) (*cos.PutResult, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return nil, s.err
	}
	s.put = append(s.put, key)
	s.keys = append(s.keys, key)
	sort.Strings(s.keys)
	return &cos.PutResult{}, nil
}

// fakeObject is what lies under a key.
type fakeObject struct {
	data       []byte
	size       int64 // if there is more than data, which is repeated
	etag       string
	appendable bool
	meta       map[string]string
	like       cos.Head // class, restore and encryption
}

func (o *fakeObject) length() int64 { return max(o.size, int64(len(o.data))) }

func (o *fakeObject) head() cos.Head {
	h := cos.Head{Size: o.length(), ETag: o.etag, ObjectType: "normal", Headers: cos.Headers{Meta: o.meta}}
	h.StorageClass, h.Restore, h.Encryption = o.like.StorageClass, o.like.Restore, o.like.Encryption
	if o.appendable {
		h.ObjectType = "appendable"
	}
	return h
}

func (s *fakeStore) holds(key string, data string) *fakeObject {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.objects == nil {
		s.objects = map[string]*fakeObject{}
	}
	s.objects[key] = &fakeObject{data: []byte(data), etag: "v1"}
	return s.objects[key]
}

func (s *fakeStore) Get(ctx context.Context, key string, o cos.GetOptions) (*cos.Object, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reads = append(s.reads, *o.Range)
	obj := s.objects[key]
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case s.readErr != nil:
		return nil, s.readErr
	case obj == nil:
		return nil, &cos.Error{Op: "GetObject", Key: key, Status: 404, Code: "NoSuchKey"}
	case o.IfMatch != "" && o.IfMatch != obj.etag:
		return nil, &cos.Error{Op: "GetObject", Key: key, Status: 412, Code: "PreconditionFailed"}
	case o.Range.Offset >= obj.length():
		return nil, &cos.Error{Op: "GetObject", Key: key, Status: 416, Code: "InvalidRange"}
	}
	data := make([]byte, min(o.Range.Length, obj.length()-o.Range.Offset))
	for n := 0; n < len(data); {
		n += copy(data[n:], obj.data[(o.Range.Offset+int64(n))%int64(len(obj.data)):])
	}
	return &cos.Object{Head: obj.head(), Body: io.NopCloser(bytes.NewReader(data))}, nil
}

func (s *fakeStore) Head(_ context.Context, key string, _ cos.GetOptions) (*cos.Head, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.heads++
	if s.objects[key] == nil {
		return nil, &cos.Error{Op: "HeadObject", Key: key, Status: 404}
	}
	h := s.objects[key].head()
	return &h, nil
}

// fakeQueue remembers what it was asked.
type fakeQueue struct {
	mu       sync.Mutex
	snapshot jobs.Snapshot
	changed  chan struct{}
	added    []jobs.Spec
	asked    []string
	tally    jobs.Tally
	items    []jobs.Item
	held     []jobs.HeldUpload
	limit    int64
	err      error
	surveys  chan context.Context // receives the context of each survey
	hold     bool                 // a survey lasts until its context ends
}

func newFakeQueue() *fakeQueue {
	return &fakeQueue{changed: make(chan struct{}, 1), surveys: make(chan context.Context, 8)}
}

func (q *fakeQueue) set(s jobs.Snapshot) {
	q.mu.Lock()
	q.snapshot = s
	q.mu.Unlock()
	select {
	case q.changed <- struct{}{}:
	default:
	}
}

func (q *fakeQueue) Add(_ context.Context, specs ...jobs.Spec) ([]jobs.ID, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.err != nil {
		return nil, q.err
	}
	var ids []jobs.ID
	for _, s := range specs {
		q.added = append(q.added, s)
		ids = append(ids, jobs.ID(len(q.added)))
	}
	return ids, nil
}

func (q *fakeQueue) ask(what string) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.asked = append(q.asked, what)
	return q.err
}

func (q *fakeQueue) Pause(context.Context, jobs.ID) error    { return q.ask("pause") }
func (q *fakeQueue) Resume(context.Context, jobs.ID) error   { return q.ask("resume") }
func (q *fakeQueue) Cancel(context.Context, jobs.ID) error   { return q.ask("cancel") }
func (q *fakeQueue) Retry(context.Context, jobs.ID) error    { return q.ask("retry") }
func (q *fakeQueue) ClearDone(context.Context) error         { return q.ask("clear") }
func (q *fakeQueue) MoveUp(context.Context, jobs.ID) error   { return q.ask("up") }
func (q *fakeQueue) MoveDown(context.Context, jobs.ID) error { return q.ask("down") }
func (q *fakeQueue) DoNext(context.Context, jobs.ID) error   { return q.ask("next") }

func (q *fakeQueue) SetPriority(_ context.Context, _ jobs.ID, p jobs.Priority) error {
	return q.ask(fmt.Sprint("priority ", int(p)))
}

// Answer takes the items that were answered off the list.
func (q *fakeQueue) Answer(_ context.Context, _ jobs.ID, n int64, choice jobs.OnConflict, all bool) error {
	err := q.ask(fmt.Sprint("answer ", n, " ", choice, " ", all))
	q.mu.Lock()
	defer q.mu.Unlock()
	q.items = slices.DeleteFunc(q.items, func(it jobs.Item) bool { return all || it.N == n })
	return err
}

func (q *fakeQueue) SetBandwidth(limit int64) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.limit = limit
	return q.err
}

func (q *fakeQueue) Bandwidth() int64 {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.limit
}
func (q *fakeQueue) Changed() <-chan struct{} { return q.changed }
func (q *fakeQueue) Snapshot() jobs.Snapshot {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.snapshot
}

func (q *fakeQueue) Items(_ context.Context, _ jobs.ID, _ int64, _ int, states ...jobs.State) ([]jobs.Item, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.err != nil {
		return nil, q.err
	}
	var out []jobs.Item
	for _, it := range q.items {
		if len(states) == 0 || slices.Contains(states, it.State) {
			out = append(out, it)
		}
	}
	return out, nil
}

func (q *fakeQueue) Receipts(context.Context, jobs.ID) iter.Seq2[jobs.Receipt, error] {
	return func(func(jobs.Receipt, error) bool) {}
}

func (q *fakeQueue) Survey(ctx context.Context, _ jobs.Spec, report func(jobs.Tally)) error {
	q.surveys <- ctx
	report(q.tally)
	if q.hold {
		<-ctx.Done()
		return ctx.Err()
	}
	if q.err != nil {
		return q.err
	}
	t := q.tally
	t.Done = true
	report(t)
	return nil
}

// bucketsOf is an account with these buckets.
type bucketsOf []cos.BucketInfo

func (b bucketsOf) ListBuckets(context.Context) ([]cos.BucketInfo, error) { return b, nil }
