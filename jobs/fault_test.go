package jobs

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"cosmander/cos/emulator"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func faultDenied(op string) emulator.Fault {
	return emulator.Fault{Op: op, Status: http.StatusForbidden, Code: "AccessDenied"}
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
