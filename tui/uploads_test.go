package tui

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
	"cosmander/jobs"
)

func (q *fakeQueue) HeldUploads(context.Context) ([]jobs.HeldUpload, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.held, q.err
}

// fakeUploads is a bucket with unfinished uploads.
type fakeUploads struct {
	mu     sync.Mutex
	all    []cos.Upload
	parts  map[string][]cos.Part
	size   int // of a page
	lists  int
	asked  []string // of which parts
	err    error
	gate   chan struct{} // holds every look at parts until it is closed
	active int           // looks at parts under way
	most   int
}

func (f *fakeUploads) ListUploads(_ context.Context, o cos.UploadsOptions) (*cos.UploadsPage, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.lists++
	if f.err != nil {
		return nil, f.err
	}
	page, size := &cos.UploadsPage{}, f.size
	if size == 0 {
		size = 1000
	}
	for _, u := range f.all {
		if !strings.HasPrefix(u.Key, o.Prefix) || u.Key < o.KeyMarker || u.Key == o.KeyMarker && u.UploadID <= o.UploadMarker {
			continue
		}
		if len(page.Uploads) == size {
			last := page.Uploads[size-1]
			page.Truncated, page.NextKeyMarker, page.NextUploadMark = true, last.Key, last.UploadID
			break
		}
		page.Uploads = append(page.Uploads, u)
	}
	return page, nil
}

func (f *fakeUploads) AllParts(ctx context.Context, _, id string) ([]cos.Part, error) {
	f.mu.Lock()
	f.asked = append(f.asked, id)
	f.active++
	f.most = max(f.most, f.active)
	gate := f.gate
	f.mu.Unlock()
	if gate != nil {
		select {
		case <-gate:
		case <-ctx.Done():
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.active--
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return f.parts[id], nil
}

func (f *fakeUploads) add(key, id, who string, age time.Duration, parts ...int64) {
	f.all = append(f.all, cos.Upload{
		Key: key, UploadID: id, Initiated: noon.Add(-age), StorageClass: "STANDARD",
		Owner: cos.Owner{ID: "uin/1", DisplayName: "1"}, Initiator: cos.Owner{ID: who, DisplayName: strings.TrimPrefix(who, "uin/")},
	})
	if f.parts == nil {
		f.parts = map[string][]cos.Part{}
	}
	for i, size := range parts {
		f.parts[id] = append(f.parts[id], cos.Part{Number: i + 1, Size: size})
	}
}

// withUploads gives a model unfinished uploads of every kind.
func (d *driver) withUploads() *fakeUploads {
	f := &fakeUploads{}
	day := 24 * time.Hour
	f.add("2026/旅行 video.mp4", "id1", "uin/1", 3*time.Hour, 8<<20, 8<<20, 8<<20)
	f.add("2026/backup-2025-a-very-long-name-that-goes-on-and-on.tar.gz", "id2", "uin/1", 40*day, 5<<30)
	f.add("2026/backup.tar.gz", "id3", "uin/1", 2*day)
	f.add("2026/evil\x1b[31m.bin", "id4", "uin/7", 400*day, 1<<20, 1<<20)
	f.add("2026/legacy", "id5", "", 5*time.Minute, 100)
	f.add("2026/lost.iso", "id6", "uin/1", 9*day, 1<<30, 1<<29)
	f.add("elsewhere/x", "id7", "uin/1", 9*day, 77)
	d.queue.held = []jobs.HeldUpload{
		{UploadID: "id1", Job: 1, Title: "旅行 video.mp4", State: jobs.Running}, {UploadID: "id3", Job: 5, Title: "backup.tar.gz", State: jobs.Failed},
	}
	slices.SortFunc(f.all, func(a, b cos.Upload) int { return strings.Compare(a.Key, b.Key) })
	d.m.deps.Uploads, d.m.sought = func(string, string) Uploading { return f }, true
	return f
}

func TestUploads_SaysWhoseTheyAreHowOldAndHowLarge(t *testing.T) {
	t.Parallel()
	d := stage(t, 120, 40, false)
	f := d.withUploads()
	d.press("U")
	screen := d.screen()
	for _, line := range []string{
		"旅行 video.mp4 .* 3 h +25.2 MB +3 +STD +job 1 旅行 video.mp4",
		"backup-2025.* 40 d +5.4 GB +1 +STD +this account",
		"backup.tar.gz +2 d +0 B +0 +STD +failed job 5 backup",
		`evil.\[31m.bin +400 d +2.1 MB +2 +STD +foreign: 7`,
		"legacy +5 min +100 B +1 +STD +not told",
		"lost.iso +9 d +1.6 GB +2 +STD +this account",
		"6 uploads",
	} {
		assert.Regexp(t, line, screen)
	}
	assert.NotContains(t, screen, "elsewhere", "only what is below the place")
	assert.Len(t, f.asked, 6)
	d.press("j", "k", "j")
	assert.Len(t, f.asked, 6, "what is known is not asked again")
}

func TestUploads_AsksOnlyForWhatIsOnTheScreen(t *testing.T) {
	t.Parallel()
	d := drive(t, "a")
	f := &fakeUploads{size: 500, gate: make(chan struct{})}
	for i := range 5000 {
		f.add(fmt.Sprintf("%05d", i), fmt.Sprint("id", i), "uin/1", time.Hour, 10)
	}
	d.m.deps.Uploads, d.m.sought = func(string, string) Uploading { return f }, true
	_, cmd := d.m.Update(press("U"))
	d.patience = 10 * time.Second
	page := d.results(cmd)
	require.Len(t, page, 1)
	d.patience = 10 * time.Millisecond // looks at parts do not come back
	d.send(page[0])
	require.Eventually(t, func() bool { f.mu.Lock(); defer f.mu.Unlock(); return f.active == partsAtOnce }, 10*time.Second, time.Millisecond)
	f.mu.Lock()
	assert.Equal(t, 1, f.lists, "the next page when it is needed")
	f.mu.Unlock()
	d.press("end") // to the last one that was listed
	require.Eventually(t, func() bool {
		f.mu.Lock()
		defer f.mu.Unlock()
		return slices.ContainsFunc(f.asked, func(id string) bool { return id >= "id480" && id <= "id499" })
	}, 10*time.Second, time.Millisecond, "what has left the screen is cancelled")
	d.press("esc")
	assert.Nil(t, d.m.janitor)
	require.Eventually(t, func() bool { f.mu.Lock(); defer f.mu.Unlock(); return f.active == 0 }, 10*time.Second, time.Millisecond, "nothing goes on when the list is left")
	assert.LessOrEqual(t, f.most, 2*partsAtOnce)
	assert.LessOrEqual(t, len(f.asked), 2*partsAtOnce)
}

func TestUploads_SortsFiltersAndMarks(t *testing.T) {
	t.Parallel()
	d := stage(t, 100, 24, false)
	d.withUploads().size = 2
	d.press("U", "s")
	d.press("home")
	r, _ := d.m.janitor.view.Current()
	assert.Equal(t, "id4", r.ID, "the oldest first, of all pages")
	d.press("s", "home")
	r, _ = d.m.janitor.view.Current()
	assert.Equal(t, "id2", r.ID, "the largest first")
	d.press("S", "home")
	r, _ = d.m.janitor.view.Current()
	assert.NotEqual(t, "id2", r.ID)
	d.press("s", "/")
	d.write("BACK")
	assert.Contains(t, d.screen(), "2 of 6 uploads")
	d.press("enter", "ctrl+a")
	assert.Contains(t, d.screen(), "2 marked · 5.4 GB")
	d.press("esc")
	assert.Contains(t, d.screen(), "6 uploads", "Esc takes the filter off first")
	d.press("end", "space")
	assert.Contains(t, d.screen(), "job 1 旅行 video.mp4 goes on with it: cancel that job instead")
	assert.Len(t, d.m.janitor.view.Chosen(), 2)
	d.press("esc")
	assert.Nil(t, d.m.janitor)
}

func TestUploads_AbortSaysWhatIsFreedAndSparesWhatJobsNeed(t *testing.T) {
	t.Parallel()
	d := stage(t, 100, 30, false)
	d.withUploads()
	d.press("U", "end", "d")
	assert.Contains(t, d.screen(), "goes on with it: cancel that job instead")
	assert.NotContains(t, d.screen(), "Abort uploads")
	d.press("k", "space", "home", "space", "d")
	screen := d.screen()
	assert.Contains(t, screen, "2 uploads go for good: 7.0 GB are freed")
	d.press("enter") // the safe button
	assert.Empty(t, d.queue.added)
	d.press("d", "tab", "enter")
	require.Len(t, d.queue.added, 1)
	spec := d.queue.added[0]
	assert.Equal(t, jobs.Abort, spec.Kind)
	var ids []string
	for _, s := range spec.Sources {
		ids = append(ids, s.Key+" "+s.UploadID)
		assert.Equal(t, "photos-1250000000", s.Bucket)
	}
	assert.Equal(t, []string{"2026/backup-2025-a-very-long-name-that-goes-on-and-on.tar.gz id2", "2026/lost.iso id6"}, ids)
}

func TestUploads_AbortOfManyAsksForTheirNumberAndNotForTheirSizes(t *testing.T) {
	t.Parallel()
	d := drive(t, "a")
	f := &fakeUploads{}
	for i := range 1000 {
		f.add(fmt.Sprintf("%05d", i), fmt.Sprint("id", i), "uin/1", time.Hour, 10)
	}
	d.m.deps.Uploads, d.m.sought = func(string, string) Uploading { return f }, true
	d.press("U", "ctrl+a", "d")
	assert.Contains(t, d.screen(), "type 1000 to go on")
	assert.Contains(t, d.screen(), "sizes of 900 were not asked")
	assert.LessOrEqual(t, len(f.asked), sizesAsked+24)
	d.press("tab", "enter")
	assert.Empty(t, d.queue.added)
	d.press("1", "0", "0", "0", "enter")
	require.Len(t, d.queue.added, 1)
	assert.Len(t, d.queue.added[0].Sources, 1000)
}

func TestUploads_AdoptNamesTheFile(t *testing.T) {
	t.Parallel()
	d := stage(t, 100, 30, false)
	d.withUploads()
	d.press("U", "end", "a")
	assert.Contains(t, d.screen(), "goes on with it already")
	d.press("k", "a")
	assert.Contains(t, d.screen(), "First 2 parts, 1.6 GB, at the service are held against the file.")
	d.press("enter", "enter")
	assert.Contains(t, d.screen(), "no such file", "it stays open")
	d.press("shift+tab", "shift+tab")
	for range len("lost.iso") {
		d.press("backspace")
	}
	d.write("a.txt")
	d.press("enter", "enter")
	require.Len(t, d.queue.added, 1)
	spec := d.queue.added[0]
	assert.Equal(t, jobs.Upload, spec.Kind)
	assert.Equal(t, "2026/", spec.Dest.Key)
	assert.Equal(t, []jobs.Source{{Place: jobs.Place{Path: d.dir + "/a.txt"}, Name: "lost.iso", UploadID: "id6"}}, spec.Sources)
}

func TestUploads_ListAgainKeepsMarksAndWhatIsKnown(t *testing.T) {
	t.Parallel()
	d := stage(t, 100, 30, false)
	f := d.withUploads()
	d.press("U", "end", "k", "space")
	f.all = f.all[1:]
	asked := len(f.asked)
	d.m.own[9] = jobs.Spec{Kind: jobs.Abort}
	d.send(queueMsg{jobs.Snapshot{Jobs: []jobs.Job{{ID: 9, Kind: jobs.Abort, State: jobs.Done, ItemsDone: 2}}}})
	assert.Contains(t, d.screen(), "5 uploads")
	assert.Contains(t, d.screen(), "1 marked · 1.6 GB")
	assert.Len(t, f.asked, asked)
	d.press("ctrl+r")
	assert.Len(t, f.asked, asked+5, "sizes are asked again when that is wanted")
	d.press("esc")
	assert.Contains(t, d.screen(), "aborted 2 uploads")
}

func TestUploads_AnErrorIsSaidAndOthersAreLeft(t *testing.T) {
	t.Parallel()
	d := stage(t, 100, 30, false)
	f := d.withUploads()
	f.err = sceneError()
	d.press("U")
	assert.Contains(t, d.screen(), "access denied")
	lists := f.lists
	d.press("j", "k")
	assert.Equal(t, lists, f.lists, "it is not tried again by itself")
}

func TestOrphans_AreMentionedOnceAfterTheFirstRows(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		change func(f *fakeUploads)
		says   string
	}{
		"two old ones of ours": {func(*fakeUploads) {}, "3 unfinished uploads of this account that no job knows · U shows them"},
		"a long list":          {func(f *fakeUploads) { f.size = 2 }, "at least 1 unfinished upload of this account"},
		"none":                 {func(f *fakeUploads) { f.all = f.all[5:6] }, ""},
		"not allowed":          {func(f *fakeUploads) { f.err = sceneError() }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := start(t, "a", "b/c")
			f := d.withUploads()
			d.m.sought = false
			tt.change(f)
			d.send(queueMsg{})
			assert.Zero(t, f.lists, "not before the pane shows rows")
			d.run(d.m.Init())
			assert.Contains(t, d.screen(), tt.says)
			if tt.says == "" {
				assert.NotContains(t, d.screen(), "unfinished")
			}
			d.press("tab", "j", "l", "h", "ctrl+r")
			assert.Equal(t, 1, f.lists, "one request")
		})
	}
}

func TestOwned_LearnsOurNameFromWhatOurJobsHold(t *testing.T) {
	t.Parallel()
	u := func(id, who string) cos.Upload {
		return cos.Upload{UploadID: id, Owner: cos.Owner{ID: "uin/1"}, Initiator: cos.Owner{ID: who}}
	}
	var o owned
	o.learn(nil, []cos.Upload{u("a", "uin/1"), u("b", "uin/1:2")})
	assert.True(t, o.orphaned(u("a", "uin/1")), "until something else is known, the owner's")
	assert.False(t, o.orphaned(u("b", "uin/1:2")))
	o.learn([]jobs.HeldUpload{{UploadID: "b", Job: 1, State: jobs.Running}}, []cos.Upload{u("a", "uin/1"), u("b", "uin/1:2")})
	assert.True(t, o.orphaned(u("c", "uin/1:2")), "a user of the account sends under another name")
	assert.False(t, o.orphaned(u("a", "uin/1")))
	assert.False(t, o.orphaned(u("b", "uin/1:2")), "a job has it")
}
