package jobs

import (
	"fmt"
	"testing"

	"cosmander/cos"
	"cosmander/cos/emulator"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// aborts is the job that aborts uploads of keys.
func (w *world) aborts(ids map[string]string) Spec {
	s := Spec{Kind: Abort}
	for id, key := range ids {
		src := w.source(key)
		src.UploadID = id
		s.Sources = append(s.Sources, src)
	}
	return s
}

func TestAbort_DropsUploadsAlsoOfOneKey(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]emulator.Fault{
		"plainly":      {Op: "AbortMultipartUpload", Latency: 1},
		"lost answers": {Op: "AbortMultipartUpload", LoseAnswer: true, Every: 2},
		"busy":         {Op: "AbortMultipartUpload", Status: 503, Code: "SlowDown", Times: 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			b, ids := content64(1, mib), map[string]string{}
			for i := range 5 {
				key := fmt.Sprintf("up/%d 旅", i%3)
				ids[w.foreign(key, b, []int64{mib}, 1)] = key
			}
			w.foreign("up/kept", b, nil)
			w.server.Faults().Add(f)
			_, j := w.run(w.aborts(ids))
			require.Equal(t, Done, j.State, j.Reason)
			assert.EqualValues(t, 5, j.ItemsDone)
			assert.Zero(t, j.Unverified)
			assert.Zero(t, j.ItemsSkipped)
			assert.Equal(t, 1, w.uploads(), "the one that was not named")
		})
	}
}

func TestAbort_OfOneThatIsGoneIsSkippedAndSaysSo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.foreign("up/a", nil, nil)
	require.NoError(t, w.bucket.AbortUpload(t.Context(), "up/a", id))
	q, j := w.run(w.aborts(map[string]string{id: "up/a"}))
	require.Equal(t, Done, j.State, j.Reason)
	items, err := q.Items(t.Context(), j.ID, 0, 1)
	require.NoError(t, err)
	assert.True(t, items[0].Skipped)
	assert.Equal(t, "it was completed or aborted before", items[0].Reason)
}

func TestAbort_RefusesWhatAJobGoesOnWith(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	want := w.file("f", 4*mib)
	hold := w.server.Faults().Add(emulator.Fault{Op: "UploadPart", Stall: true})
	q := w.open()
	up := start(t, q, w.upload("f"))
	var page *cos.UploadsPage
	eventually(t, func() bool {
		var err error
		page, err = w.bucket.ListUploads(t.Context(), cos.UploadsOptions{})
		return err == nil && len(page.Uploads) == 1 && w.server.Requests("UploadPart") > 0
	}, "it is open")
	id := page.Uploads[0].UploadID
	held, err := q.HeldUploads(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []HeldUpload{{id, up, "f", Running}}, held)
	require.NoError(t, q.Pause(t.Context(), up))
	j := finish(t, q, start(t, q, w.aborts(map[string]string{id: "up/f"})))
	require.Equal(t, Failed, j.State)
	assert.Contains(t, j.Reason, fmt.Sprintf("a job needs this upload: job %d goes on with it, cancel that instead", up))
	assert.Equal(t, 1, w.uploads())
	hold()
	require.NoError(t, q.Resume(t.Context(), up))
	require.Equal(t, Done, finish(t, q, up).State)
	same(t, want, w.stored("up/f"))
	held, err = q.HeldUploads(t.Context())
	require.NoError(t, err)
	assert.Empty(t, held)
}

func TestAbort_CancelledLeavesTheOthers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ids := map[string]string{}
	for i := range 3 {
		key := fmt.Sprint("up/", i)
		ids[w.foreign(key, nil, nil)] = key
	}
	w.server.Faults().Add(emulator.Fault{Op: "AbortMultipartUpload", Status: 503, Code: "SlowDown"})
	w.cfg.Retry.Attempts = 1000
	q := w.open()
	id := start(t, q, w.aborts(ids))
	eventually(t, func() bool { return job(t, q, id).State == Retrying }, "it is under way")
	require.NoError(t, q.Cancel(t.Context(), id))
	assert.Equal(t, 3, w.uploads())
}

func TestUploadIDs_SpecsThatMakeNoSense(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.file("f", 1)
	q := w.open()
	folder := w.source("up/")
	folder.UploadID = "1"
	rule := w.adopt("f", "1")
	rule.OnConflict = Skip
	down := w.download(w.dir, "up/f")
	down.Sources[0].UploadID = "1"
	for says, s := range map[string]Spec{
		"names no upload":      {Kind: Abort, Sources: []Source{w.source("up/f")}},
		"no upload to abort":   {Kind: Abort, Sources: []Source{folder}},
		"has its name already": rule,
		"goes on with no":      down,
	} {
		_, err := q.Add(t.Context(), s)
		assert.ErrorContains(t, err, says)
	}
}
