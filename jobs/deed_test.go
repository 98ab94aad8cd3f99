package jobs

import (
	"bytes"
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cosmander/cos"
	"cosmander/cos/emulator"

	"github.com/stretchr/testify/require"
)

// deed is one kind of job of the fault matrix.
type deed struct {
	name  string
	kind  Kind
	move  bool
	sizes map[string]int64 // by name below the source; more than one is a folder
	// interrupt is what is asked of it once its first part is safe, and when
	// the fault begins.
	interrupt want
	only      []string // operations to try; none: all that it sends
	change    *Change
	versions  bool
}

var (
	oneSmall = map[string]int64{"small": 300}
	oneLarge = map[string]int64{"big": partBytes + 1}
	folder   = map[string]int64{"small": 20, "big": partBytes + 1, "sub/x": 0}
)

func deeds() []deed {
	abort, list := []string{"AbortMultipartUpload"}, []string{"ListParts"}
	edit := &Change{Set: map[string]string{"Cache-Control": "max-age=60"}, RemoveMeta: []string{"gone"}}
	class := &Change{Class: "STANDARD_IA"}
	return []deed{
		{name: "make a folder", kind: MakeFolder, sizes: map[string]int64{"new/": 0}},
		{name: "delete every version", kind: Delete, versions: true, sizes: folder},
		{name: "restore", kind: Restore, sizes: folder, change: &Change{Days: 3}},
		{name: "restore and download", kind: Download, sizes: folder, change: &Change{Days: 3}},
		{name: "set tags", kind: SetTags, sizes: folder, change: &Change{Tags: []cos.Tag{{Key: "new", Value: "1"}}}},
		{name: "set the ACL", kind: SetACL, sizes: folder, change: &Change{GrantRead: `id="100000000007"`}},
		{name: "set the class of a folder", kind: SetClass, sizes: folder, change: class},
		{name: "set headers, large", kind: SetHeaders, sizes: oneLarge, change: edit},
		{name: "set headers, small", kind: SetHeaders, sizes: oneSmall, change: edit},
		{name: "go on with a change", kind: SetHeaders, sizes: oneLarge, change: edit, interrupt: wantRun, only: list},
		{name: "cancel a change", kind: SetHeaders, sizes: oneLarge, change: edit, interrupt: wantCancel, only: abort},
		{name: "move a folder in the service", kind: Copy, move: true, sizes: folder},
		{name: "move a folder down", kind: Download, move: true, sizes: folder},
		{name: "move a folder up", kind: Upload, move: true, sizes: folder},
		{name: "copy a folder", kind: Copy, sizes: folder},
		{name: "download a folder", kind: Download, sizes: folder},
		{name: "upload a folder", kind: Upload, sizes: folder},
		{name: "delete a folder", kind: Delete, sizes: folder},
		{name: "move in the service, large", kind: Copy, move: true, sizes: oneLarge},
		{name: "move in the service, small", kind: Copy, move: true, sizes: oneSmall},
		{name: "move down, large", kind: Download, move: true, sizes: oneLarge},
		{name: "move down, small", kind: Download, move: true, sizes: oneSmall},
		{name: "move up, large", kind: Upload, move: true, sizes: oneLarge},
		{name: "move up, small", kind: Upload, move: true, sizes: oneSmall},
		{name: "copy, large", kind: Copy, sizes: oneLarge},
		{name: "copy, small", kind: Copy, sizes: oneSmall},
		{name: "download, large", kind: Download, sizes: oneLarge},
		{name: "download, small", kind: Download, sizes: oneSmall},
		{name: "upload, large", kind: Upload, sizes: oneLarge},
		{name: "upload, small", kind: Upload, sizes: oneSmall},
		{name: "delete an object", kind: Delete, sizes: oneSmall},
		{name: "go on with an upload", kind: Upload, sizes: oneLarge, interrupt: wantRun, only: list},
		{name: "go on with a copy", kind: Copy, sizes: oneLarge, interrupt: wantRun, only: list},
		{name: "cancel an upload", kind: Upload, sizes: oneLarge, interrupt: wantCancel, only: abort},
		{name: "cancel a copy", kind: Copy, sizes: oneLarge, interrupt: wantCancel, only: abort},
	}
}

// doing is a deed that is being done in a place of its own.
type doing struct {
	deed
	w    *world
	q    *Queue
	dir  string // below it everything is
	want map[string][]byte
	bare bool // the copies may lack tags and ACL
}

func (d deed) folder() bool { return len(d.sizes) > 1 }

// begin makes the sources below dir.
func (d deed) begin(w *world, q *Queue, dir string) *doing {
	w.t.Helper()
	do := &doing{deed: d, w: w, q: q, dir: dir, want: map[string][]byte{}}
	for _, name := range slices.Sorted(maps.Keys(d.sizes)) {
		b := content64(uint64(len(dir)+len(name)), d.sizes[name])
		do.want[name] = b
		if d.kind == Upload || d.kind == Append {
			path := filepath.Join(w.dir, dir, "from", name)
			require.NoError(w.t, os.MkdirAll(filepath.Dir(path), 0o700))
			require.NoError(w.t, os.WriteFile(path, b, 0o600))
			continue
		}
		if d.kind == MakeFolder {
			continue // what is wanted is what it makes
		}
		key, o := dir+"/from/"+name, emulator.StoreOptions{}
		if d.change != nil && d.change.Days > 0 {
			o.StorageClass = "ARCHIVE"
		}
		if d.versions {
			require.NoError(w.t, w.bucket.SetVersioning(w.t.Context(), cos.VersioningEnabled))
			require.NoError(w.t, w.server.Store(bucketName, key, bytes.NewReader(b), int64(len(b)), o))
		}
		require.NoError(w.t, w.server.Store(bucketName, key, bytes.NewReader(b), int64(len(b)), o))
		if d.kind == Copy || d.kind.rewrites() {
			require.NoError(w.t, w.bucket.SetObjectTags(w.t.Context(), key, "", []cos.Tag{{Key: "k", Value: "v"}}))
			require.NoError(w.t, w.bucket.SetObjectCannedACL(w.t.Context(), key, "", "public-read", "", ""))
		}
	}
	return do
}

func (d *doing) spec() Spec {
	s := Spec{
		Kind: d.kind, Move: d.move, Change: d.change, Versions: d.versions,
		Dest: Place{Bucket: bucketName, Region: region, Key: d.dir + "/to/"},
	}
	from := Source{Place: Place{Bucket: bucketName, Region: region, Key: d.dir + "/from/"}, Folder: true, Contents: true}
	switch d.kind {
	case Upload:
		from.Place = Place{Path: filepath.Join(d.w.dir, d.dir, "from")}
	case Download:
		s.Dest = Place{Path: filepath.Join(d.w.dir, d.dir, "to")}
	case Delete, SetHeaders, SetClass, SetACL, SetTags, Restore, MakeFolder, Abort:
		s.Dest, from.Contents = Place{}, false
	case Append:
		from.Place, from.Contents = Place{Path: filepath.Join(d.w.dir, d.dir, "from")}, false
	case Copy:
	}
	if d.kind == MakeFolder {
		from.Key += "new/"
	} else if !d.folder() {
		from.Folder, from.Contents = false, false
		for name := range d.want {
			if d.kind == Append {
				from.Name = name
			}
			if d.kind == Upload || d.kind == Append {
				from.Path = filepath.Join(from.Path, name)
			} else {
				from.Key += name
			}
		}
	}
	s.Sources = []Source{from}
	return s
}

// until runs the job to its first end. arm lets the fault begin, and returns
// how it is taken away.
func (d *doing) until(t testing.TB, arm func() (remove func())) (Job, func()) {
	t.Helper()
	if d.interrupt == wantNothing {
		remove := arm()
		return finish(t, d.q, start(t, d.q, d.spec())), remove
	}
	op := map[Kind]string{Upload: "UploadPart", Copy: "UploadPartCopy", SetHeaders: "UploadPartCopy"}[d.kind]
	before := d.w.server.Requests(op)
	release := d.w.server.Faults().Add(emulator.Fault{Op: op, After: 1, Stall: true})
	id := start(t, d.q, d.spec())
	eventually(t, func() bool { return d.w.server.Requests(op)-before >= 2 }, "the second part is on its way")
	if d.interrupt == wantCancel {
		remove := arm()
		require.NoError(t, d.q.Cancel(t.Context(), id))
		release()
		return job(t, d.q, id), remove
	}
	require.NoError(t, d.q.Pause(t.Context(), id))
	eventually(t, func() bool { return job(t, d.q, id).State == Paused }, "it pauses")
	release()
	remove := arm()
	require.NoError(t, d.q.Resume(t.Context(), id))
	return finish(t, d.q, id), remove
}

// sources and results are the bytes by name on either side.
func (d *doing) sources(t testing.TB) map[string]string {
	if d.kind == Upload || d.kind == Append {
		return files(t, filepath.Join(d.w.dir, d.dir, "from"))
	}
	return d.w.objects(t, d.dir+"/from/")
}

func (d *doing) results(t testing.TB) map[string]string {
	switch d.kind {
	case Download:
		return files(t, filepath.Join(d.w.dir, d.dir, "to"))
	case Delete, SetHeaders, SetClass, SetACL, SetTags, Restore, MakeFolder, Abort:
		return map[string]string{}
	case Upload, Copy, Append:
	}
	return d.w.objects(t, d.dir+"/to/")
}

// files are the bytes of the files below dir, which need not exist.
func files(t testing.TB, dir string) map[string]string {
	t.Helper()
	if _, err := os.Stat(dir); os.IsNotExist(err) {
		return map[string]string{}
	}
	list := tree(t, dir)
	maps.DeleteFunc(list, func(name, _ string) bool { return strings.HasSuffix(name, "/") })
	return list
}

// objects are the bytes of the objects below prefix.
func (w *world) objects(t testing.TB, prefix string) map[string]string {
	t.Helper()
	list := map[string]string{}
	for page, err := range w.bucket.Pages(context.Background(), cos.ListOptions{Prefix: prefix}) {
		require.NoError(t, err)
		for _, o := range page.Objects {
			name := strings.TrimPrefix(o.Key, prefix)
			if list[name] = ""; !cos.Archived(o.StorageClass) { // those cannot be read
				list[name] = string(w.stored(o.Key))
			}
		}
	}
	return list
}

// uploadsLeft counts open uploads below the deed's place.
func (d *doing) uploadsLeft(t testing.TB) (n int) {
	t.Helper()
	for page, err := range d.w.bucket.UploadPages(context.Background(), cos.UploadsOptions{Prefix: d.dir + "/"}) {
		require.NoError(t, err)
		n += len(page.Uploads)
	}
	return n
}

// wrongDone says why a job that says that it is done is not; "" if it is.
func (d *doing) wrongDone(t testing.TB) string {
	t.Helper()
	from, to := d.sources(t), d.results(t)
	gone := d.move || d.kind == Delete
	for name, b := range d.want {
		got, there := to[name]
		switch _, kept := from[name]; {
		case !d.kind.InPlace() && !there:
			return "there is no copy of " + name
		case !d.kind.InPlace() && got != string(b):
			return "the copy of " + name + " has other bytes"
		case gone == kept:
			return "the source " + name + " is " + map[bool]string{true: "still there", false: "gone"}[kept]
		}
		delete(to, name)
	}
	for name := range to {
		return "left behind: " + name
	}
	if d.uploadsLeft(t) > 0 {
		return "an upload was left behind"
	}
	if d.kind.InPlace() {
		return d.unchanged(t)
	}
	return d.undressed(t)
}

// undressed says what a copy lacks of what its source had; "" if nothing.
func (d *doing) undressed(t testing.TB) string {
	t.Helper()
	if d.kind != Copy || d.bare {
		return ""
	}
	for name := range d.want {
		key := d.dir + "/to/" + name
		tags, err := d.w.bucket.ObjectTags(context.Background(), key, "")
		require.NoError(t, err)
		acl, err := d.w.bucket.ObjectACL(context.Background(), key, "")
		require.NoError(t, err)
		switch {
		case len(tags) == 0:
			return name + " has lost its tags"
		case d.move && acl.Canned() != "public-read":
			return name + " has lost its ACL"
		}
	}
	return ""
}

// harm says what a job that did not succeed has destroyed; "" if nothing.
func (d *doing) harm(t testing.TB) string {
	t.Helper()
	from, to := d.sources(t), d.results(t)
	if d.kind == MakeFolder {
		return ""
	}
	if d.kind.rewrites() {
		if why := d.damaged(t); why != "" {
			return why
		}
	}
	for name, b := range d.want {
		if got, there := to[name]; there && got != string(b) {
			return "the copy of " + name + " has other bytes"
		}
		if _, kept := from[name]; !kept && d.kind != Delete && (!d.move || to[name] != string(b) || len(to) == 0) {
			return "the source " + name + " is lost"
		}
	}
	return ""
}

// unchanged says what a job that changes things where they are has not done, or
// has done beside it; "" if nothing.
func (d *doing) unchanged(t testing.TB) string {
	t.Helper()
	switch {
	case d.versions:
		return strings.Join(d.w.versions(d.dir+"/"), ", ")
	case d.kind == Delete:
		return ""
	}
	if d.kind.rewrites() {
		if why := d.damaged(t); why != "" {
			return why
		}
	}
	for name := range d.want {
		key := d.dir + "/from/" + name
		is := d.w.state(key, "")
		head, err := d.w.bucket.Head(context.Background(), key, cos.GetOptions{})
		require.NoError(t, err)
		ok := true
		switch d.kind {
		case SetHeaders, SetClass:
			ok = alike(is.headers, d.change.apply(d.kind, is.headers))
		case SetACL:
			ok = slices.Equal(is.rights, []right{{"100000000007", "READ"}})
		case SetTags:
			ok = slices.Equal(is.tags, d.change.Tags)
		case Restore:
			ok = begun(head.Restore)
		case Upload, Download, Copy, Delete, MakeFolder, Append, Abort:
		}
		if !ok {
			return name + " is as it was"
		}
	}
	return ""
}

// damaged says what an object that is copied onto itself has lost; "" if
// nothing.
func (d *doing) damaged(t testing.TB) string {
	t.Helper()
	for name, b := range d.want {
		key := d.dir + "/from/" + name
		is := d.w.state(key, "")
		switch {
		case string(d.w.stored(key)) != string(b):
			return name + " has other bytes"
		case len(is.tags) == 0:
			return name + " has lost its tags"
		case !slices.Contains(is.rights, right{everyone, "READ"}):
			return name + " has lost its ACL"
		}
	}
	return ""
}
