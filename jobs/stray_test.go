package jobs

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"cosmander/cos"
	"cosmander/cos/emulator"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// edited changes what the lists of uploads say.
type edited struct {
	http.RoundTripper
	edit func(doc string) string
}

func (e edited) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := e.RoundTripper.RoundTrip(r)
	if err != nil || r.Method != http.MethodGet || !r.URL.Query().Has("uploads") {
		return resp, err
	}
	defer resp.Body.Close()
	doc, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	doc = []byte(e.edit(string(doc)))
	resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(doc)), int64(len(doc))
	return resp, nil
}

// editedWorld is a world whose lists of uploads are changed on the way.
func editedWorld(t *testing.T, edit func(doc string) string) *world {
	t.Helper()
	return newWorld(t, func(c *cos.Config) { c.Transport = edited{c.Transport, edit} })
}

// begun opens an upload of the key, as somebody else would.
func (w *world) begun(key string) string {
	w.t.Helper()
	id, err := w.bucket.InitiateUpload(w.t.Context(), key, cos.Headers{})
	assert.NoError(w.t, err) // it may be a goroutine of the service's
	return id
}

// still tells whether the upload is still there.
func (w *world) still(key, id string) bool {
	w.t.Helper()
	_, err := w.bucket.AllParts(w.t.Context(), key, id)
	if err != nil {
		require.ErrorIs(w.t, err, cos.ErrNoUpload)
	}
	return err == nil
}

// byInitiator makes the upload that id tells somebody else's.
func byInitiator(id *string) func(string) string {
	return func(doc string) string {
		before, after, found := strings.Cut(doc, "<UploadId>"+*id+"</UploadId><Initiator><ID>")
		if *id == "" || !found {
			return doc
		}
		return before + "<UploadId>" + *id + "</UploadId><Initiator><ID>somebody" + after
	}
}

func TestStray_WhatALostAnswerBeganIsAborted(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]emulator.Fault{
		"lost answer": {LoseAnswer: true}, "half an answer": {CutBody: 20},
	} {
		for kind, spec := range map[string]func(w *world) Spec{
			"upload": func(w *world) Spec { return w.upload("big") },
			"copy":   func(w *world) Spec { return w.copies("big") },
		} {
			t.Run(name+" "+kind, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				w.file("big", 2*partBytes)
				w.object("big", 2*partBytes)
				fault.Op, fault.Times = "InitiateMultipartUpload", 2
				w.server.Faults().Add(fault)
				q := w.open(inParts)
				j := finish(t, q, start(t, q, spec(w)))
				require.Equal(t, Done, j.State, j.Reason)
				assert.Zero(t, w.uploads())
				assert.EqualValues(t, 3, w.server.Requests("InitiateMultipartUpload"))
			})
		}
	}
}

func TestStray_NothingIsLookedForWhereNothingWasLost(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.file("big", 2*partBytes)
	w.server.Faults().Add(emulator.Fault{Op: "InitiateMultipartUpload", Times: 1, Status: 403, Code: "AccessDenied"})
	q, j := w.run(w.upload("big"))
	require.Equal(t, Failed, j.State)
	require.NoError(t, q.Retry(t.Context(), j.ID))
	require.Equal(t, Done, finish(t, q, j.ID).State)
	assert.Zero(t, w.server.Requests("ListMultipartUploads"))
}

func TestStray_ACancelledJobLeavesNone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.file("big", 2*partBytes)
	w.server.Faults().Add(emulator.Fault{Op: "InitiateMultipartUpload", Times: 2, LoseAnswer: true})
	q := w.open(func(c *Config) { c.Retry.Attempts = 2 })
	id := start(t, q, w.upload("big"))
	require.Equal(t, Failed, finish(t, q, id).State)
	require.Equal(t, 2, w.uploads())
	require.NoError(t, q.Cancel(t.Context(), id))
	assert.Empty(t, job(t, q, id).Reason)
	assert.Zero(t, w.uploads())
}

func TestStray_AFileThatIsGoneLeavesNone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.file("big", 2*partBytes)
	w.server.Faults().Add(emulator.Fault{Op: "InitiateMultipartUpload", Times: 2, LoseAnswer: true})
	q := w.open(func(c *Config) { c.Retry.Attempts = 2 })
	id := start(t, q, w.upload("big"))
	require.Equal(t, Failed, finish(t, q, id).State)
	require.NoError(t, os.Remove(filepath.Join(w.dir, "big")))
	require.NoError(t, q.Retry(t.Context(), id))
	require.Equal(t, Failed, finish(t, q, id).State)
	assert.Zero(t, w.uploads())
}

// TestStray_WhatOthersBeganSurvives loses the answer of the first request for
// an upload id, while others have uploads of the same key.
func TestStray_WhatOthersBeganSurvives(t *testing.T) {
	t.Parallel()
	// begin calls meanwhile once the lost upload is there.
	begin := func(w *world, meanwhile func()) Job {
		w.file("big", 2*partBytes)
		var called atomic.Bool
		hook := func(int64) {
			if w.server.Requests("InitiateMultipartUpload") > 0 && called.CompareAndSwap(false, true) {
				meanwhile()
			}
		}
		w.before.Store(&hook)
		w.server.Faults().Add(emulator.Fault{Op: "InitiateMultipartUpload", Times: 1, LoseAnswer: true})
		_, j := w.run(w.upload("big"))
		require.Equal(w.t, Done, j.State, j.Reason)
		return j
	}
	t.Run("somebody else", func(t *testing.T) {
		t.Parallel()
		var id string
		w := editedWorld(t, byInitiator(&id))
		begin(w, func() { id = w.begun("up/big") })
		assert.True(t, w.still("up/big", id))
		assert.Equal(t, 1, w.uploads(), "ours is gone")
	})
	t.Run("with parts", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		var id string
		begin(w, func() {
			id = w.begun("up/big")
			_, err := w.bucket.UploadPart(t.Context(), "up/big", id, 1, cos.Body{ReaderAt: strings.NewReader("x"), Size: 1})
			assert.NoError(t, err)
		})
		assert.True(t, w.still("up/big", id))
		assert.Equal(t, 1, w.uploads(), "ours is gone")
	})
	t.Run("another key", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		var longer, other string
		begin(w, func() { longer, other = w.begun("up/big2"), w.begun("up/bi") })
		assert.True(t, w.still("up/big2", longer))
		assert.True(t, w.still("up/bi", other))
		assert.Equal(t, 2, w.uploads(), "ours is gone")
	})
	t.Run("cannot be told", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.cfg.KeepDone = 10
		var id string
		j := begin(w, func() { id = w.begun("up/big") })
		assert.True(t, w.still("up/big", id))
		assert.Equal(t, 2, w.uploads())
		items, err := w.open().Items(t.Context(), j.ID, 0, 10)
		require.NoError(t, err)
		assert.Contains(t, items[0].Reason, "2 uploads without parts are left in the bucket")
	})
	t.Run("begun before", func(t *testing.T) {
		t.Parallel()
		var id string
		w := editedWorld(t, func(doc string) string {
			before, after, found := strings.Cut(doc, "<UploadId>"+id+"</UploadId>")
			if id == "" || !found {
				return doc
			}
			_, at, _ := strings.Cut(after, "<Initiated>")
			_, rest, _ := strings.Cut(at, "</Initiated>")
			upload, _, _ := strings.Cut(after, "<Initiated>")
			then := time.Now().Add(-5 * time.Second).UTC().Format("2006-01-02T15:04:05.000Z")
			return before + "<UploadId>" + id + "</UploadId>" + upload + "<Initiated>" + then + "</Initiated>" + rest
		})
		id = w.begun("up/big")
		begin(w, func() {})
		assert.True(t, w.still("up/big", id))
		assert.Equal(t, 1, w.uploads(), "ours is gone")
	})
}

func TestStray_WhoMayNotListUploadsIsToldThatOneMayBeLeft(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.file("big", 2*partBytes)
	w.server.Faults().Add(emulator.Fault{Op: "InitiateMultipartUpload", Times: 1, LoseAnswer: true})
	w.server.Faults().Add(emulator.Fault{Op: "ListMultipartUploads", Status: 403, Code: "AccessDenied", Times: 2})
	q, j := w.run(w.upload("big"))
	require.Equal(t, Done, j.State, j.Reason)
	items, err := q.Items(t.Context(), j.ID, 0, 10)
	require.NoError(t, err)
	assert.Contains(t, items[0].Reason, "may be left")
	assert.Equal(t, 1, w.uploads())
}

func TestStray_AnUploadIsLookedForOnAllPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for range cos.MaxPageKeys {
		w.begun("up/big")
	}
	list := func() (n int) {
		for page, err := range w.bucket.UploadPages(t.Context(), cos.UploadsOptions{}) {
			require.NoError(t, err)
			n += len(page.Uploads)
		}
		return n
	}
	q := w.open()
	tk := &task{active: &active{e: q.e, spec: w.upload("big")}, item: &item{key: "up/big"}}
	all, err := tk.uploadsOfKey(t.Context(), w.bucket)
	require.NoError(t, err)
	assert.Len(t, all, list())
	id := w.begun("up/big")
	all, err = tk.uploadsOfKey(t.Context(), w.bucket)
	require.NoError(t, err)
	var ids []string
	for _, u := range all {
		ids = append(ids, u.UploadID)
	}
	assert.Contains(t, ids, id)
}

func TestAskings_AreReadAsTheyWereWritten(t *testing.T) {
	t.Parallel()
	at := time.UnixMilli(1_700_000_000_123)
	want := askings{{at, false}, {at.Add(time.Hour), true}}
	var got askings
	require.NoError(t, got.Scan(want.String()))
	assert.Equal(t, want, got)
	require.NoError(t, got.Scan(""))
	assert.Empty(t, got)
	require.Error(t, got.Scan("x"))
	require.Error(t, got.Scan(int64(1)))
}

func TestAsking_TheWindowKnowsWhoseClockItIsBy(t *testing.T) {
	t.Parallel()
	at := time.UnixMilli(1_700_000_000_700)
	for name, c := range map[string]struct {
		ours       bool
		ahead      time.Duration
		begun      time.Duration // after at
		in, expire bool
	}{
		"at once":                       {begun: 0, in: true},
		"cut to the second":             {begun: -700 * time.Millisecond, in: true},
		"a second before":               {begun: -701 * time.Millisecond},
		"at the last moment":            {begun: longestAsking + clockGrain, in: true},
		"too late":                      {begun: longestAsking + clockGrain + 1, expire: true},
		"by our clock, theirs is ahead": {ours: true, ahead: time.Hour, begun: time.Hour, in: true},
		"by our clock, theirs is not":   {ours: true, ahead: time.Hour, begun: 0},
		"by theirs, it is ahead":        {ahead: time.Hour, begun: 0, in: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, begun := asking{at, c.ours}, at.Add(c.begun)
			from, until := a.window(c.ahead)
			assert.Equal(t, c.in, !begun.Before(from) && !begun.After(until))
			assert.Equal(t, c.expire, a.ended(begun, c.ahead))
		})
	}
}
