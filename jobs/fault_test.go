package jobs

import (
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"cosmander/cos/emulator"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	puts     = []string{"PutObject", "InitiateMultipartUpload", "UploadPart", "CompleteMultipartUpload"}
	gets     = []string{"GetObject"}
	complete = []string{"CompleteMultipartUpload"}
	all      = append([]string{"GetObject", "HeadObject", "ListObjects"}, puts...)
)

// faults are the misbehaviours that go away within the retry budget, and the
// operations they befall.
var faults = map[string]struct {
	emulator.Fault
	ops []string
}{
	"slow down":    {emulator.Fault{Times: 3, Status: http.StatusServiceUnavailable, Code: "SlowDown"}, all},
	"reset":        {emulator.Fault{Times: 3, Reset: true}, all},
	"html":         {emulator.Fault{Times: 2, HTML: true, Status: http.StatusBadGateway}, all},
	"stall":        {emulator.Fault{Times: 1, Stall: true}, all},
	"lost answer":  {emulator.Fault{Times: 2, LoseAnswer: true}, puts},
	"no checksum":  {emulator.Fault{NoCRC: true}, append([]string{"GetObject", "HeadObject"}, puts...)},
	"cut":          {emulator.Fault{Times: 3, CutBody: 1000}, gets},
	"corrupt":      {emulator.Fault{Times: 2, Corrupt: true}, gets},
	"error in 200": {emulator.Fault{Times: 2, ErrorIn200: true, Code: "InternalError"}, complete},
	"spaces":       {emulator.Fault{Times: 1, Spaces: 1}, complete},
}

func faultDenied(op string) emulator.Fault {
	return emulator.Fault{Op: op, Status: http.StatusForbidden, Code: "AccessDenied"}
}

func TestFault_ThatGoesAwayEndsInVerifiedBytes(t *testing.T) {
	t.Parallel()
	for name, f := range faults {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.cfg.Parts = 3
			small, big := w.file("d/small", 5000), w.file("d/big", 2*partBytes+1)
			w.put("there/d/small", small)
			w.put("there/d/big", big)
			q := w.open()
			for _, op := range f.ops {
				f.Op = op
				remove := w.server.Faults().Add(f.Fault)
				if slices.Contains(puts, op) {
					s := w.upload("d")
					s.Dest.Key = op + "/"
					j := finish(t, q, start(t, q, s))
					remove()
					assert.Equal(t, Done, j.State, "%s: %s", op, j.Reason)
					assert.Equal(t, j.Bytes, j.BytesDone)
					same(t, small, w.stored(op+"/d/small"))
					same(t, big, w.stored(op+"/d/big"))
					continue
				}
				to := t.TempDir()
				j := finish(t, q, start(t, q, w.download(to, "there/d/")))
				remove()
				assert.Equal(t, Done, j.State, "%s: %s", op, j.Reason)
				assert.Equal(t, j.Bytes, j.BytesDone)
				got := tree(t, to)
				assert.Equal(t, []string{"d/", "d/big", "d/small"}, names(got))
				same(t, small, []byte(got["d/small"]))
				same(t, big, []byte(got["d/big"]))
			}
		})
	}
}

func TestFault_WithoutAnyChecksumIsDoneNotVerified(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.file("d/small", 5000)
	w.file("d/big", 3*partBytes+1)
	w.server.Faults().Add(emulator.Fault{NoCRC: true})
	_, j := w.run(w.upload("d"))
	assert.Equal(t, Done, j.State, j.Reason)
	assert.EqualValues(t, 2, j.Unverified)
	_, j = w.run(w.download(t.TempDir(), "up/d/"))
	assert.Equal(t, Done, j.State, j.Reason)
	assert.EqualValues(t, 2, j.Unverified)
}

func TestFault_ThatRetryingCannotMendFailsAtOnceWithCodeAndRequest(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.file("a", 10)
	w.server.Faults().Add(emulator.Fault{Op: "PutObject", Status: http.StatusForbidden, Code: "AccessDenied"})
	q, j := w.run(w.upload("a"))
	assert.Equal(t, Failed, j.State)
	items, err := q.Items(t.Context(), j.ID, 0, 10)
	require.NoError(t, err)
	require.Len(t, items, 1)
	assert.Equal(t, "AccessDenied", items[0].Code)
	assert.NotEmpty(t, items[0].RequestID)
	assert.Equal(t, 1, items[0].Attempts)
	assert.EqualValues(t, 1, w.server.Requests("PutObject"))
	assert.Contains(t, j.Reason, "AccessDenied")
}

func TestFault_ThatStaysFailsAfterTheBudgetAndRetryGoesOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	want := w.file("big", 3*partBytes)
	remove := w.server.Faults().Add(emulator.Fault{Op: "UploadPart", After: 2, Status: 503, Code: "SlowDown"})
	q, j := w.run(w.upload("big"))
	require.Equal(t, Failed, j.State)
	assert.EqualValues(t, 1, j.ItemsFailed)
	remove()
	require.NoError(t, q.Retry(t.Context(), j.ID))
	j = finish(t, q, j.ID)
	assert.Equal(t, Done, j.State, j.Reason)
	assert.Zero(t, j.ItemsFailed)
	same(t, want, w.stored("up/big"))
	assert.LessOrEqual(t, w.sent.Load(), int64(len(want)+20*kib), "parts that were acknowledged were sent again")
}

func TestFault_LostAnswerToCompleteIsSettledByAsking(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.file("big", 3*partBytes)
	w.server.Faults().Add(emulator.Fault{Op: "CompleteMultipartUpload", Times: 1, LoseAnswer: true})
	_, j := w.run(w.upload("big"))
	assert.Equal(t, Done, j.State, j.Reason)
	assert.Zero(t, j.Unverified)
	assert.EqualValues(t, 1, w.server.Requests("InitiateMultipartUpload"))
	assert.EqualValues(t, 3, w.server.Requests("UploadPart"))
	assert.EqualValues(t, 1, w.server.Requests("CompleteMultipartUpload"))
}

func TestFault_LostAnswerToPutIsNotSentTwice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.file("a", 5000)
	w.server.Faults().Add(emulator.Fault{Op: "PutObject", Times: 1, LoseAnswer: true})
	_, j := w.run(w.upload("a"))
	assert.Equal(t, Done, j.State, j.Reason)
	assert.Zero(t, j.Unverified)
	assert.EqualValues(t, 1, w.server.Requests("PutObject"))
}

func TestFault_CorruptForEverFailsAndLeavesTheDestination(t *testing.T) {
	t.Parallel()
	for name, size := range map[string]int64{"small": 5000, "large": 3 * partBytes} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.object("x", size)
			require.NoError(t, os.WriteFile(filepath.Join(w.dir, "x"), []byte("old"), 0o600))
			w.server.Faults().Add(emulator.Fault{Op: "GetObject", Corrupt: true})
			_, j := w.run(w.download(w.dir, "x"))
			assert.Equal(t, Failed, j.State)
			assert.Contains(t, j.Reason, "checksum")
			assert.Equal(t, map[string]string{"x": "old"}, tree(t, w.dir))
		})
	}
}
