package jobs

import (
	"testing"

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
