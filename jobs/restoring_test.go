package jobs

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"cosmander/cos"
	"cosmander/cos/emulator"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// cold puts an archived object with bytes of its own.
func (w *world) cold(key string, size int64) []byte {
	w.t.Helper()
	b := content64(uint64(size)+uint64(len(key)), size)
	require.NoError(w.t, w.server.Store(bucketName, key, bytes.NewReader(b), size, emulator.StoreOptions{StorageClass: "ARCHIVE"}))
	return b
}

// thawing is a download that restores what is archived.
func (w *world) thawing(keys ...string) Spec {
	s := w.download(w.dir, keys...)
	s.Change = &Change{Days: 3}
	return s
}

// hours is how long a restore takes in these tests.
const hours = 4 * time.Hour

// frozen is a world where a restore takes hours, and a queue that looks as often
// as it really does.
func frozen(t *testing.T) (*world, *Queue) {
	t.Helper()
	w := newArchive(t, hours)
	w.cfg.lookFirst, w.cfg.lookCap = lookFirst, lookCap
	return w, w.open()
}

// waits waits until all that is left of a job waits for the service.
func waits(t testing.TB, q *Queue, id ID, items int64) Job {
	t.Helper()
	require.Eventually(t, func() bool {
		j := job(t, q, id)
		return j.State == Restoring && j.ItemsRestoring == items
	}, time.Minute, 2*time.Millisecond, "it waits for the service") // hundreds of objects take their time
	return job(t, q, id)
}

// read checks what was downloaded.
func (w *world) read(name string, want []byte) {
	w.t.Helper()
	got, err := os.ReadFile(filepath.Join(w.dir, name))
	require.NoError(w.t, err)
	same(w.t, want, got)
}

func TestRestoring_ADownloadWaitsForTheServiceAndGoesOnByItself(t *testing.T) {
	t.Parallel()
	w, q := frozen(t)
	w.cfg.Files = 1
	small, large := w.cold("small", 300), w.cold("large", partBytes+5)
	warm := w.object("warm", 10)
	began := w.now()
	id := start(t, q, w.thawing("small", "large", "warm"))
	j := waits(t, q, id, 2)
	assert.EqualValues(t, 1, j.ItemsDone, "what can be read is not kept waiting")
	w.read("warm", warm)
	assert.EqualValues(t, 300+partBytes+5+10, j.Bytes, "what waits is known")
	assert.WithinDuration(t, began, j.RestoringSince, time.Minute)
	assert.Zero(t, j.Rate)
	assert.Negative(t, j.Left, "nobody knows")
	assert.Zero(t, q.Snapshot().Left, "nothing moves")
	assert.EqualValues(t, 2, w.server.Requests("RestoreObject"))
	items, err := q.Items(t.Context(), id, 0, 10, Restoring)
	require.NoError(t, err)
	require.Len(t, items, 2)
	assert.Equal(t, Restoring, items[0].State)
	assert.WithinDuration(t, began, items[0].RestoringSince, time.Minute)
	assert.NotEmpty(t, items[0].ETag)
	assert.Empty(t, q.active, "it holds no place")

	w.file("other", 5)
	assert.Equal(t, Done, finish(t, q, start(t, q, w.upload("other"))).State, "others go on")
	assert.Equal(t, Restoring, job(t, q, id).State)

	w.pass(hours + time.Minute)
	j = finish(t, q, id)
	require.Equal(t, Done, j.State, j.Reason)
	assert.EqualValues(t, 3, j.ItemsDone)
	assert.Zero(t, j.ItemsRestoring+j.Unverified)
	assert.True(t, j.RestoringSince.IsZero())
	assert.Equal(t, j.Bytes, j.BytesDone)
	w.read("small", small)
	w.read("large", large)
	noTemps(t, w.dir)
	assert.EqualValues(t, 2, w.server.Requests("RestoreObject"), "each is asked for once")
}

func TestRestoring_WhatIsRestoredAlreadyIsReadAtOnce(t *testing.T) {
	t.Parallel()
	w, q := frozen(t)
	want := w.cold("k", 20)
	large := w.cold("large", partBytes)
	for _, key := range []string{"k", "large"} {
		require.NoError(t, w.bucket.Restore(t.Context(), key, cos.RestoreRequest{Days: 1}))
	}
	w.pass(hours + time.Minute)
	j := finish(t, q, start(t, q, w.thawing("k", "large")))
	require.Equal(t, Done, j.State, j.Reason)
	w.read("k", want)
	w.read("large", large)
	assert.EqualValues(t, 2, w.server.Requests("RestoreObject"), "both were the test's")
}

func TestRestoring_WhatSomebodyElseAskedForIsWaitedForToo(t *testing.T) {
	t.Parallel()
	w, q := frozen(t)
	want := w.cold("k", 20)
	require.NoError(t, w.bucket.Restore(t.Context(), "k", cos.RestoreRequest{Days: 1}))
	asked := w.now()
	w.pass(time.Hour)
	id := start(t, q, w.thawing("k"))
	assert.WithinDuration(t, asked, waits(t, q, id, 1).RestoringSince, time.Minute, "the service knows since when")
	w.pass(hours)
	require.Equal(t, Done, finish(t, q, id).State)
	w.read("k", want)
	assert.EqualValues(t, 1, w.server.Requests("RestoreObject"))
}

func TestRestoring_GoesOnAfterAKillAtEveryRequestAndCommit(t *testing.T) {
	t.Parallel()
	for _, size := range []int64{300, partBytes + 5} {
		for n := int64(1); n <= 14; n++ {
			for _, at := range []string{"request", "commit"} {
				t.Run(fmt.Sprint(size, at, n), func(t *testing.T) {
					t.Parallel()
					w := newWorld(t)
					w.cfg.Parts = 1
					want := w.cold("k", size)
					hidden := w.cold("other", 1)
					request, commit := n, int64(0)
					if at == "commit" {
						request, commit = 0, n
					}
					w.killed(w.thawing("k", "other"), request, commit)
					jobs := w.resume()
					if at == "commit" && n == 1 {
						require.Empty(t, jobs, "the job was never on disk")
						return
					}
					require.Len(t, jobs, 1)
					require.Equal(t, Done, jobs[0].State, jobs[0].Reason)
					assert.Zero(t, jobs[0].ItemsRestoring+jobs[0].Unverified)
					w.read("k", want)
					w.read("other", hidden)
					noTemps(t, w.dir)
				})
			}
		}
	}
}

// A HEAD for each object each minute would be 48 000 for these in four hours.
func TestRestoring_ManyObjectsCostFewRequestsWhileTheyWait(t *testing.T) {
	t.Parallel()
	const objects = 200
	w, q := frozen(t)
	for i := range objects {
		w.cold(fmt.Sprintf("d/%03d", i), 1)
	}
	id := start(t, q, w.thawing("d/"))
	waits(t, q, id, objects)
	heads := w.server.Requests("HeadObject")
	var perMinute []int64
	for range 235 {
		before := w.server.Requests("HeadObject")
		w.pass(time.Minute)
		w.looked(q)
		perMinute = append(perMinute, w.server.Requests("HeadObject")-before)
	}
	waited := w.server.Requests("HeadObject") - heads
	t.Logf("%d requests for %d objects in 235 minutes", waited, objects)
	assert.Less(t, waited, int64(2*objects), "not two each")
	assert.Greater(t, waited, int64(100))
	late := perMinute[60:]
	looks := 0
	for _, n := range late {
		if n > 0 {
			looks++
		}
		assert.LessOrEqual(t, n, int64(fewLooks+objects/looksPerItem))
	}
	assert.InDelta(t, 175/20, looks, 2, "the pauses grow to twenty minutes and no further")
	assert.Equal(t, Restoring, job(t, q, id).State)

	w.pass(lookCap + 10*time.Minute)
	j := finish(t, q, id)
	require.Equal(t, Done, j.State, j.Reason)
	assert.EqualValues(t, objects, j.ItemsDone)
	ready := w.server.Requests("HeadObject") - heads - waited
	assert.LessOrEqual(t, ready, int64(objects+objects/4), "and about one each when they are ready")
}

// looked waits until no look is due any more.
func (w *world) looked(q *Queue) {
	w.t.Helper()
	require.NoError(w.t, q.look(w.t.Context()))
	eventually(w.t, func() bool {
		q.mu.Lock()
		defer q.mu.Unlock()
		for _, r := range q.rows {
			if r.restoring > 0 && r.lookAt <= w.now().UnixMilli() {
				return false
			}
		}
		return true
	}, "the look that is due")
}

func TestRestoring_LooksGrowToTheCapAndAreSpread(t *testing.T) {
	t.Parallel()
	c := Config{}.withDefaults()
	last := time.Duration(0)
	for looks := 1; looks < 200; looks++ {
		low, high := c.looksIn(looks, 0), c.looksIn(looks, 0.999)
		assert.GreaterOrEqual(t, low, last*7/8)
		assert.Less(t, low, high)
		assert.LessOrEqual(t, high, lookCap)
		last = low
	}
	assert.Equal(t, 20*time.Minute, c.lookCap)
	assert.Equal(t, mostLooks, looksAt(1, 0))
	assert.Equal(t, fewLooks, looksAt(10, 1))
	assert.Equal(t, mostLooks, looksAt(1_000_000, 1))
}

func TestRestoring_PauseAndCancelWorkWhileItWaits(t *testing.T) {
	t.Parallel()
	w, q := frozen(t)
	want := w.cold("k", 20)
	id := start(t, q, w.thawing("k"))
	waits(t, q, id, 1)
	require.NoError(t, q.Pause(t.Context(), id))
	assert.Equal(t, Paused, job(t, q, id).State)
	w.pass(hours + time.Minute)
	require.NoError(t, q.look(t.Context()))
	heads := w.server.Requests("HeadObject")
	assert.Equal(t, Paused, job(t, q, id).State)
	assert.Equal(t, heads, w.server.Requests("HeadObject"), "a paused job is not asked after")
	require.NoError(t, q.Resume(t.Context(), id))
	require.Equal(t, Done, finish(t, q, id).State)
	w.read("k", want)

	w.cold("b", 20)
	id = start(t, q, w.thawing("b"))
	waits(t, q, id, 1)
	require.NoError(t, q.Cancel(t.Context(), id))
	assert.Equal(t, Cancelled, job(t, q, id).State)
	assert.Zero(t, job(t, q, id).ItemsRestoring)
	items, err := q.Items(t.Context(), id, 0, 10)
	require.NoError(t, err)
	require.Len(t, items, 1)
	assert.Equal(t, Cancelled, items[0].State)
	require.NoError(t, q.Retry(t.Context(), id))
	waits(t, q, id, 1)
	w.pass(hours + time.Minute)
	require.Equal(t, Done, finish(t, q, id).State, "and goes on where it waited")
}

func TestRestoring_ResumeLooksAtOnce(t *testing.T) {
	t.Parallel()
	w, q := frozen(t)
	w.cold("k", 20)
	id := start(t, q, w.thawing("k"))
	waits(t, q, id, 1)
	heads := w.server.Requests("HeadObject")
	require.NoError(t, q.Resume(t.Context(), id))
	eventually(t, func() bool { return w.server.Requests("HeadObject") > heads }, "a look")
	assert.Equal(t, Restoring, waits(t, q, id, 1).State)
}

func TestRestoring_ACopyThatExpiredUnreadIsToldAndRestoredAgainByARetry(t *testing.T) {
	t.Parallel()
	for name, size := range map[string]int64{"small": 20, "large": partBytes + 5} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, q := frozen(t)
			want := w.cold("k", size)
			id := start(t, q, w.thawing("k"))
			waits(t, q, id, 1)
			require.NoError(t, q.Pause(t.Context(), id))
			w.pass(hours + 4*24*time.Hour)
			require.NoError(t, q.Resume(t.Context(), id))
			j := finish(t, q, id)
			require.Equal(t, Failed, j.State)
			assert.Contains(t, j.Reason, ErrRestoreOver.Error())
			assert.Contains(t, j.Reason, "asked for on "+time.Now().Format("2006-01-02"))
			assert.EqualValues(t, 1, w.server.Requests("RestoreObject"), "the next one costs the same again: it is not asked for unasked")
			require.NoError(t, q.Retry(t.Context(), id))
			waits(t, q, id, 1)
			w.pass(hours + time.Minute)
			require.Equal(t, Done, finish(t, q, id).State)
			w.read("k", want)
			noTemps(t, w.dir)
		})
	}
}

func TestRestoring_WhatCannotBeRestoredFailsWithTheReason(t *testing.T) {
	t.Parallel()
	w, q := frozen(t)
	require.NoError(t, w.server.Store(bucketName, "deep", bytes.NewReader([]byte("x")), 1, emulator.StoreOptions{StorageClass: "DEEP_ARCHIVE"}))
	w.cold("gone", 5)
	s := w.thawing("deep", "gone")
	s.Change.Tier = cos.Expedited
	id := start(t, q, s)
	waits(t, q, id, 1)
	assert.EqualValues(t, 1, job(t, q, id).ItemsFailed)
	_, err := w.bucket.Delete(t.Context(), "gone", "")
	require.NoError(t, err)
	w.pass(time.Hour)
	j := finish(t, q, id)
	require.Equal(t, Failed, j.State)
	why := reasons(t, q, id)
	assert.Contains(t, why["deep"], "InvalidArgument")
	assert.Contains(t, why["gone"], "NoSuchKey")
}

func TestRestoring_AnAnswerThatIsLostCostsNoSecondRestoreAndALookThatFailsNothing(t *testing.T) {
	t.Parallel()
	w, q := frozen(t)
	for i := range 10 {
		w.cold(fmt.Sprintf("d/%d", i), 5)
	}
	w.server.Faults().Add(emulator.Fault{Op: "RestoreObject", LoseAnswer: true, Times: 3})
	id := start(t, q, w.thawing("d/"))
	waits(t, q, id, 10)
	w.server.Faults().Add(emulator.Fault{Op: "HeadObject", Status: http.StatusServiceUnavailable, Code: "SlowDown", Times: 12})
	gets := w.server.Requests("GetObject")
	w.pass(time.Minute)
	w.looked(q)
	eventually(t, func() bool { return w.server.Requests("GetObject") > gets }, "one goes on to see how it tries again")
	waits(t, q, id, 10)
	w.pass(hours + time.Hour)
	j := finish(t, q, id)
	require.Equal(t, Done, j.State, j.Reason)
	assert.EqualValues(t, 10, j.ItemsDone)
}

func TestRestoring_AnotherProcessSeesItAndMayPauseIt(t *testing.T) {
	t.Parallel()
	w, q := frozen(t)
	w.cold("k", 20)
	id := start(t, q, w.thawing("k"))
	waits(t, q, id, 1)
	other := w.open(func(c *Config) { c.Watch = true })
	j := job(t, other, id)
	assert.Equal(t, Restoring, j.State)
	assert.EqualValues(t, 1, j.ItemsRestoring)
	assert.False(t, j.RestoringSince.IsZero())
	require.NoError(t, other.Pause(t.Context(), id))
	eventually(t, func() bool { return job(t, q, id).State == Paused && !job(t, q, id).Pending }, "it is paused")
}

func TestRestoring_AMovedObjectGoesOnceItsRestoredCopyWasRead(t *testing.T) {
	t.Parallel()
	w, q := frozen(t)
	want := w.cold("d/k", 20)
	s := w.thawing("d/")
	s.Move = true
	id := start(t, q, s)
	waits(t, q, id, 1)
	assert.Equal(t, []string{"d/k"}, w.keys())
	w.pass(hours + time.Minute)
	require.Equal(t, Done, finish(t, q, id).State)
	w.read("d/k", want)
	assert.Empty(t, w.keys())
}

func TestRestoring_TheRequestAloneIsWaitedForByTheSameLooks(t *testing.T) {
	t.Parallel()
	w, q := frozen(t)
	for _, key := range []string{"a", "b", "c"} {
		w.cold(key, 1)
	}
	id := start(t, q, w.changing(Restore, Change{Days: 2}, "a", "b", "c"))
	waits(t, q, id, 3)
	assert.EqualValues(t, 3, w.server.Requests("RestoreObject"))
	require.NoError(t, q.Close())
	q = w.open()
	assert.Equal(t, Restoring, job(t, q, id).State, "it outlives the program")
	w.pass(hours + time.Minute)
	j := finish(t, q, id)
	require.Equal(t, Done, j.State, j.Reason)
	assert.EqualValues(t, 3, j.ItemsDone)
	assert.Zero(t, j.ItemsSkipped)
	assert.EqualValues(t, 3, w.server.Requests("RestoreObject"))
}

func TestRestoring_OfAJobOfAnotherCommandIsLeftAlone(t *testing.T) {
	t.Parallel()
	w, q := frozen(t)
	w.cold("k", 20)
	id := start(t, q, w.thawing("k"))
	waits(t, q, id, 1)
	require.NoError(t, q.Close())
	q = w.open(func(c *Config) { c.Manual = true })
	w.pass(hours + time.Minute)
	requests := w.seen.Load()
	require.NoError(t, q.look(context.Background()))
	assert.Equal(t, Restoring, job(t, q, id).State)
	assert.Equal(t, requests, w.seen.Load())
	again, err := q.FindOpen(t.Context(), w.thawing("k"))
	require.NoError(t, err)
	require.Equal(t, id, again)
	require.NoError(t, q.Resume(t.Context(), id))
	require.Equal(t, Done, finish(t, q, id).State)
}
