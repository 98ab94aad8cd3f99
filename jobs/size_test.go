package jobs

import (
	"path/filepath"
	"testing"

	"cosmander/cos/emulator"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestJob_CountsTheBytesOfASingleNamedSource(t *testing.T) {
	t.Parallel()
	for name, move := range map[string]bool{"copy": false, "move": true} {
		for where, to := range map[string]string{"in the service": "", "down": "down"} {
			for what, size := range map[string]int64{"small": 1000, "large": 2 * partBytes} {
				t.Run(name+" "+where+" "+what, func(t *testing.T) {
					t.Parallel()
					w := newWorld(t)
					w.object("k", size)
					s := w.copies("k")
					if to != "" {
						s = w.download(w.dir, "k")
					}
					s.Move = move
					q := w.open(inParts)
					j := finish(t, q, start(t, q, s))
					require.Equal(t, Done, j.State, j.Reason)
					assert.Equal(t, size, j.Bytes)
					assert.Equal(t, size, j.BytesDone)
				})
			}
		}
	}
}

// The size of a source that was named is not in any listing.
func TestJob_ShowsTheTotalOfANamedObjectWhileItMoves(t *testing.T) {
	t.Parallel()
	const size = 2 * copyBuffer
	for what, c := range map[string]struct {
		spec func(w *world) Spec
		hold emulator.Fault
		done int64 // at least, as it is held
	}{
		"download": {func(w *world) Spec { return w.download(filepath.Join(w.dir, "to"), "k") }, emulator.Fault{Op: "GetObject", Bandwidth: 32 * kib}, 1},
		"copy":     {func(w *world) Spec { return w.copies("k") }, emulator.Fault{Op: "CopyObject", Stall: true}, 0},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.object("k", size)
			free := w.server.Faults().Add(c.hold)
			q, watcher := w.open(), w.open(func(c *Config) { c.Watch = true })
			id := start(t, q, c.spec(w))
			eventually(t, func() bool {
				j := job(t, q, id)
				return j.Bytes == size && j.BytesDone >= c.done && j.BytesDone < size && j.State == Running
			}, "the total while it moves")
			eventually(t, func() bool { return job(t, watcher, id).Bytes == size }, "in another process as well")
			q.abandon()
			free()
			for _, j := range w.resume() {
				require.Equal(t, Done, j.State, j.Reason)
				assert.EqualValues(t, size, j.Bytes)
				assert.EqualValues(t, size, j.BytesDone)
			}
		})
	}
}
