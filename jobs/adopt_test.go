package jobs

import (
	"bytes"
	"testing"

	"cosmander/cos"
	"cosmander/cos/emulator"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const mib = 1 << 20

// foreign begins an upload as another program would, and sends parts of b by
// number: of the sizes given, cut one after the other from the beginning.
func (w *world) foreign(key string, b []byte, sizes []int64, send ...int) (id string) {
	w.t.Helper()
	id, err := w.bucket.InitiateUpload(w.t.Context(), key, cos.Headers{})
	require.NoError(w.t, err)
	off := int64(0)
	for i, size := range sizes {
		for _, n := range send {
			if n == i+1 {
				_, err := w.bucket.UploadPart(w.t.Context(), key, id, n, cos.Body{ReaderAt: bytes.NewReader(b[off : off+size]), Size: size})
				require.NoError(w.t, err)
			}
		}
		off += size
	}
	return id
}

func (w *world) adopt(name, id string) Spec {
	s := w.upload(name)
	s.Sources[0].UploadID = id
	return s
}

func TestAdopt_GoesOnWithWhatAnotherProgramSent(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		size  int64
		sizes []int64
		send  []int
		parts int // that are sent
	}{
		"the first parts":           {5*mib + 7, []int64{2 * mib, 2 * mib, mib + 7}, []int{1, 2}, 1},
		"with gaps, and the last":   {5*mib + 7, []int64{2 * mib, 2 * mib, mib + 7}, []int{2, 3}, 1},
		"all of it":                 {5*mib + 7, []int64{2 * mib, 2 * mib, mib + 7}, []int{1, 2, 3}, 0},
		"parts of different sizes":  {7 * mib, []int64{2 * mib, mib + 1, mib + 2, mib - 3, 2 * mib}, []int{1, 2, 3}, 2},
		"some, of different sizes":  {5 * mib, []int64{2 * mib, mib, mib, mib}, []int{1, 3, 4}, 1},
		"none":                      {2*mib + 1, nil, nil, 3},
		"a file that is small":      {1000, []int64{1000}, nil, 1},
		"a small one that is there": {1000, []int64{1000}, []int{1}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			want := w.file("f", tt.size)
			id := w.foreign("up/f", want, tt.sizes, tt.send...)
			before := w.server.Requests("UploadPart")
			q, j := w.run(w.adopt("f", id))
			require.Equal(t, Done, j.State, j.Reason)
			assert.Zero(t, j.Unverified)
			assert.EqualValues(t, tt.parts, w.server.Requests("UploadPart")-before, "only what is missing is sent")
			assert.EqualValues(t, 1, w.server.Requests("InitiateMultipartUpload"), "it is the same upload")
			assert.Equal(t, j.Bytes, j.BytesDone)
			same(t, want, w.stored("up/f"))
			assert.Zero(t, w.uploads())
			items, err := q.Items(t.Context(), j.ID, 0, 1)
			require.NoError(t, err)
			assert.True(t, items[0].Verified)
		})
	}
}

func TestAdopt_SendsNothingWhereAPartIsNotOfTheFile(t *testing.T) {
	t.Parallel()
	for says, tt := range map[string]struct {
		sizes []int64
		send  []int
		spoil int64 // the byte that differs; -1: none
	}{
		"part 2 at offset 2097152 has other bytes than the file":                       {[]int64{2 * mib, 2 * mib}, []int{1, 2}, 3 * mib},
		"part 3 at offset 4194304 has 1048576 bytes where the file has 1048583":        {[]int64{2 * mib, 2 * mib, mib}, []int{1, 3}, -1},
		"part 2 is not there, so nobody knows where those behind it belong":            {[]int64{2 * mib, mib / 2, mib, mib + mib/2}, []int{1, 3, 4}, -1},
		"part 1 has 1000 bytes: all but the last need 1048576":                         {[]int64{1000, 1000}, []int{1, 2}, -1},
		"it was completed or aborted before":                                           {nil, nil, -1},
		"the upload is not one of this file, and nothing was sent: part 1 at offset 0": {[]int64{5*mib + 7}, []int{1}, 0},
	} {
		t.Run(says, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			want := w.file("f", 5*mib+7)
			theirs := append([]byte{}, want...)
			if tt.spoil >= 0 {
				theirs[tt.spoil]++
			}
			id := w.foreign("up/f", theirs, tt.sizes, tt.send...)
			open := 1
			if tt.sizes == nil {
				require.NoError(t, w.bucket.AbortUpload(t.Context(), "up/f", id))
				open = 0
			}
			before := w.sent.Load()
			q, j := w.run(w.adopt("f", id))
			require.Equal(t, Failed, j.State)
			assert.Contains(t, j.Reason, says)
			assert.Equal(t, before, w.sent.Load(), "nothing was sent")
			assert.Equal(t, open, w.uploads(), "it is left as it was")
			require.NoError(t, q.Cancel(t.Context(), j.ID))
			assert.Equal(t, open, w.uploads(), "also when the job is cancelled")
		})
	}
}

// TestAdopt_GoesOnAfterKills: what was taken over stays so, with the parts that
// others cut.
func TestAdopt_GoesOnAfterKills(t *testing.T) {
	t.Parallel()
	for n := 1; n <= 7; n++ {
		t.Run(nth(n), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.cfg.Parts = 1
			want := w.file("f", 6*mib+3)
			id := w.foreign("up/f", want, []int64{2 * mib, mib}, 1, 2)
			at, killed := w.seen.Load()+int64(n), make(chan struct{})
			q, err := Open(t.Context(), w.cfg)
			require.NoError(t, err)
			hook := func(seen int64) {
				if seen == at {
					q.j.w.kill()
					close(killed)
				}
			}
			w.before.Store(&hook)
			job1 := start(t, q, w.adopt("f", id))
			eventually(t, func() bool {
				select {
				case <-killed:
					return true
				default:
					return job(t, q, job1).State == Done
				}
			}, "it is killed or through")
			q.abandon()
			none := func(int64) {}
			w.before.Store(&none)
			q = w.open()
			j := finish(t, q, job1)
			require.Equal(t, Done, j.State, j.Reason)
			same(t, want, w.stored("up/f"))
			assert.EqualValues(t, 1, w.server.Requests("InitiateMultipartUpload"), "nothing was begun anew")
			assert.Zero(t, w.uploads())
		})
	}
}

func TestAdopt_IsAnUploadLikeAnyOtherFromThenOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.cfg.Parts = 1
	want := w.file("f", 4*mib)
	id := w.foreign("up/f", want, []int64{2 * mib, 2 * mib}, 1)
	hold := w.server.Faults().Add(emulator.Fault{Op: "UploadPart", Stall: true})
	q := w.open()
	job1 := start(t, q, w.adopt("f", id))
	eventually(t, func() bool { return w.server.Requests("UploadPart") > 1 }, "it goes on")
	held, err := q.HeldUploads(t.Context())
	require.NoError(t, err)
	require.NotEmpty(t, held)
	assert.Equal(t, HeldUpload{UploadID: id, Job: job1, Title: "f", State: Running}, held[0])
	require.NoError(t, q.Pause(t.Context(), job1))
	hold()
	require.NoError(t, w.bucket.AbortUpload(t.Context(), "up/f", id))
	require.NoError(t, q.Resume(t.Context(), job1))
	j := finish(t, q, job1)
	require.Equal(t, Done, j.State, j.Reason)
	same(t, want, w.stored("up/f"))
	assert.EqualValues(t, 2, w.server.Requests("InitiateMultipartUpload"))
}
