package jobs

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestJob_OfManySingleObjectsBeginsAtOnce(t *testing.T) {
	t.Parallel()
	const many = 10_000
	w := newWorld(t)
	require.NoError(t, w.server.Seed(t.Context(), bucketName, "many/", many))
	s := Spec{Kind: Delete}
	for i := range many {
		s.Sources = append(s.Sources, w.source(fmt.Sprintf("many/%07d", i)))
	}
	q := w.open()
	began := time.Now()
	id := start(t, q, s)
	assert.Less(t, time.Since(began), 5*time.Second)
	eventually(t, func() bool { return job(t, q, id).ItemsDone > 500 }, "it runs")
	assert.Zero(t, w.server.Requests("HeadObject"))
	found, err := q.FindOpen(t.Context(), s)
	require.NoError(t, err)
	assert.Equal(t, id, found)
	began = time.Now()
	for range 100 {
		q.Snapshot()
	}
	assert.Less(t, time.Since(began), time.Second, "a snapshot does not look at the sources")
	require.NoError(t, q.Cancel(t.Context(), id))
}
