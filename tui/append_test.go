package tui

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
	"cosmander/jobs"
	"cosmander/views"
)

// log puts an object that can grow under the cursor.
func (d *driver) log(name, data string) *fakeObject {
	o := d.store.holds("2026/"+name, data)
	o.appendable = true
	require.True(d.t, d.pane().put(name, d.m.listHeight()))
	return o
}

// toField moves to a field of the form on top.
func (d *driver) toField(label string) {
	form := d.m.top().view.(*views.Form)
	for form.Focused() == nil || form.Focused().Label != label {
		d.press("tab")
	}
}

func TestAppend_ATextToTheObjectUnderTheCursor(t *testing.T) {
	t.Parallel()
	d := stage(t, 80, 24, false)
	d.log("readme.md", "0123456789")
	d.press("A")
	assert.Contains(t, d.screen(), "readme.md has 10 B: what is appended begins at 10")
	d.press("enter", "enter")
	assert.Empty(t, d.queue.added)
	assert.Contains(t, d.screen(), "no text was typed")
	d.toField("Text")
	d.write("x 旅行")
	d.press("enter", "enter")
	require.Len(t, d.queue.added, 1)
	spec := d.queue.added[0]
	assert.Equal(t, jobs.Append, spec.Kind)
	assert.Equal(t, jobs.Place{Bucket: "photos-1250000000", Region: "ap-guangzhou", Key: "2026/"}, spec.Dest)
	assert.Equal(t, []jobs.Source{{Name: "readme.md", Text: "x 旅行\n"}}, spec.Sources)
	assert.Empty(t, d.m.modals)
	assert.Contains(t, d.screen(), "queued: append to readme.md")
}

func TestAppend_AFileFromTheLocalPaneMakesAnObject(t *testing.T) {
	t.Parallel()
	d := stage(t, 80, 24, false)
	d.m.focus = 0
	require.True(t, d.pane().put("a.txt", d.m.listHeight()))
	d.press("A")
	assert.Contains(t, d.screen(), "there is no a.txt: it is made, and can be appended to from then on")
	d.press("enter", "enter")
	require.Len(t, d.queue.added, 1)
	assert.Equal(t, []jobs.Source{{Place: jobs.Place{Path: filepath.Join(d.dir, "a.txt")}, Name: "a.txt"}}, d.queue.added[0].Sources)
}

func TestAppend_SaysWhatCannotBeAppendedToBeforeItIsQueued(t *testing.T) {
	t.Parallel()
	for says, prepare := range map[string]func(d *driver){
		"only what was begun by appending can be appended to": func(d *driver) { d.log("readme.md", "x").appendable = false },
		"the object is encrypted": func(d *driver) {
			d.log("readme.md", "x").meta = map[string]string{"client-side-encryption-key": "k"}
		},
		"has at most 5 GB":          func(d *driver) { d.log("readme.md", "x").size = 5 << 30 },
		"the bucket keeps versions": func(d *driver) { d.m.deps.Versions = keepsVersions; d.log("readme.md", "x") },
	} {
		t.Run(says, func(t *testing.T) {
			t.Parallel()
			d := stage(t, 100, 30, false)
			prepare(d)
			d.press("A")
			d.write("text")
			d.press("enter", "enter")
			assert.Contains(t, d.screen(), says)
			assert.Empty(t, d.queue.added)
			d.press("esc", "esc")
			assert.Empty(t, d.m.modals)
		})
	}
}

func keepsVersions(string, string) Versioned { return &fakeVersions{state: cos.VersioningSuspended} }

func TestAppend_LooksAgainAtANameThatWasTyped(t *testing.T) {
	t.Parallel()
	d := stage(t, 80, 24, false)
	d.log("readme.md", "x")
	d.store.holds("2026/readme.md2", "normal")
	d.press("A")
	d.write("text")
	d.press("shift+tab", "shift+tab")
	d.write("2")
	assert.Contains(t, d.screen(), "the object is looked at before anything is queued")
	heads := d.store.heads
	d.press("enter", "enter")
	assert.Equal(t, heads+1, d.store.heads)
	assert.Empty(t, d.queue.added)
	assert.Contains(t, d.screen(), "only what was begun by appending")
	d.toField("Object")
	d.write("3")
	d.press("enter", "enter")
	require.Len(t, d.queue.added, 1)
	assert.Equal(t, "readme.md23", d.queue.added[0].Sources[0].Name)
}

func TestAppend_FollowsTheEndOnceTheJobIsDone(t *testing.T) {
	t.Parallel()
	for _, before := range []bool{false, true} {
		d := stage(t, 80, 24, false)
		o := d.log("readme.md", strings.Repeat("an old line\n", 60))
		done := queueMsg{jobs.Snapshot{Jobs: []jobs.Job{{ID: 1, Kind: jobs.Append, State: jobs.Done, ItemsDone: 1}}}}
		d.press("A")
		d.write("the new line")
		d.press("enter")
		if before { // the queue was faster than the answer that it has the job
			d.m.queue = done.snapshot
		}
		o.data = append(o.data, "the new line\n"...)
		d.press("enter")
		if !before {
			require.Nil(t, d.m.preview)
			d.send(done)
		}
		require.NotNil(t, d.m.preview)
		assert.True(t, d.m.preview.view.Following)
		assert.Contains(t, d.screen(), "the new line")
	}
}

func TestAppend_DoesNotPutThePreviewOverWhatIsOpenByThen(t *testing.T) {
	t.Parallel()
	d := stage(t, 80, 24, false)
	d.log("readme.md", "x\n")
	d.press("A", "x", "enter", "enter", "?")
	d.send(queueMsg{jobs.Snapshot{Jobs: []jobs.Job{{ID: 1, Kind: jobs.Append, State: jobs.Done, ItemsDone: 1}}}})
	assert.Nil(t, d.m.preview)
	d.press("esc")
	assert.Nil(t, d.m.preview)
}

func TestAppend_IsIdleWithoutABucket(t *testing.T) {
	t.Parallel()
	d := stage(t, 80, 24, false)
	d.press("h", "h")
	assert.Equal(t, "only to objects in a bucket is appended: enter one", d.why("A"))
	assert.Equal(t, "enter a bucket first", d.why("U"))
}

// TestJanitor_Frames are the screens of appending and of unfinished uploads.
func TestJanitor_Frames(t *testing.T) {
	t.Parallel()
	plays := map[string]func(d *driver){
		"uploads":       func(d *driver) { d.press("U", "j") },
		"uploads-some":  func(d *driver) { d.press("U", "s", "space", "space", "/"); d.write("b") },
		"uploads-abort": func(d *driver) { d.press("U", "space", "end", "k", "space", "d", "tab") },
		"uploads-adopt": func(d *driver) { d.press("U", "end", "k", "a") },
		"uploads-none": func(d *driver) {
			d.m.deps.Uploads = func(string, string) Uploading { return &fakeUploads{} }
			d.press("U")
		},
		"append":          func(d *driver) { d.log("readme.md", "0123456789"); d.press("A"); d.write("旅行 text") },
		"append-new":      func(d *driver) { d.m.focus = 0; d.press("end", "A") },
		"append-no":       func(d *driver) { d.log("readme.md", "x").appendable = false; d.press("A", "x", "enter", "enter") },
		"append-versions": func(d *driver) { d.m.deps.Versions = keepsVersions; d.press("end", "A") },
	}
	for name, play := range plays {
		for size, wh := range map[string][2]int{"80x24": {80, 24}, "120x40": {120, 40}, "40x12": {40, 12}} {
			t.Run(name+"-"+size, func(t *testing.T) {
				t.Parallel()
				d := stage(t, wh[0], wh[1], false)
				d.withUploads()
				play(d)
				d.golden(name + "-" + size)
			})
		}
	}
}
