package jobs

import (
	"fmt"
	"testing"
	"time"

	"cosmander/cos"
	"cosmander/cos/emulator"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func (w *world) removal(keys ...string) Spec {
	s := Spec{Kind: Delete}
	for _, k := range keys {
		s.Sources = append(s.Sources, w.source(k))
	}
	return s
}

func TestDelete_TakesAThousandARequest(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *cos.Config) { c.IdleTimeout = time.Minute })
	require.NoError(t, w.server.Seed(t.Context(), bucketName, "p/", 3500))
	w.put("keep", nil)
	// The figure must be the same on a loaded machine: with the clock at rest
	// the walk shares nothing out for the time it took, and no request is
	// repeated because it took long.
	rest := time.Now()
	w.cfg.Now = func() time.Time { return rest }
	_, j := w.run(w.removal("p/"))
	require.Equal(t, Done, j.State, j.Reason)
	assert.EqualValues(t, 3500, j.ItemsDone)
	assert.Equal(t, []string{"keep"}, w.keys())
	assert.LessOrEqual(t, w.server.Requests("DeleteMultipleObjects"), int64(5), "four, and one for the first, which does not wait")
	assert.Zero(t, w.server.Requests("DeleteObject"))
}

func TestDelete_RepeatsOnlyTheEntriesThatMayYetSucceed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i := range 6 {
		w.put(fmt.Sprintf("p/%d", i), nil)
	}
	w.server.Faults().Add(emulator.Fault{Op: "DeleteMultipleObjects", Key: "p/1", Times: 2, Status: 503, Code: "SlowDown"})
	w.server.Faults().Add(emulator.Fault{Op: "DeleteMultipleObjects", Key: "p/2", Status: 403, Code: "AccessDenied"})
	q, j := w.run(w.removal("p/"))
	assert.Equal(t, Failed, j.State)
	assert.EqualValues(t, 5, j.ItemsDone)
	assert.Len(t, reasons(t, q, j.ID), 1)
	assert.Contains(t, reasons(t, q, j.ID)["p/2"], "AccessDenied")
	assert.Equal(t, []string{"p/2"}, w.keys())
}

func TestDelete_GoesOneByOneWhereManyAreNotAllowed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i := range 30 {
		w.put(fmt.Sprintf("p/%02d", i), nil)
	}
	w.server.Faults().Add(emulator.Fault{Op: "DeleteMultipleObjects", Status: 403, Code: "AccessDenied"})
	w.server.Faults().Add(emulator.Fault{Op: "DeleteObject", Key: "p/07", Status: 403, Code: "AccessDenied"})
	q, j := w.run(w.removal("p/"))
	assert.Equal(t, Failed, j.State)
	assert.EqualValues(t, 29, j.ItemsDone)
	assert.Contains(t, reasons(t, q, j.ID)["p/07"], "AccessDenied")
	assert.Equal(t, []string{"p/07"}, w.keys())
}

func TestDelete_AnAwkwardNameDoesNotKeepTheOthers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	keys := []string{"p/a", "p/tab\there", "p/ends in space ", "p/ü"}
	for _, k := range keys {
		w.put(k, nil)
	}
	_, j := w.run(w.removal("p/"))
	require.Equal(t, Done, j.State, j.Reason)
	assert.Empty(t, w.keys())
}

func TestDelete_OfManySourcesInTwoBucketsIsOneJob(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.createBucket(region)
	other := w.bucket.Client().Bucket(otherBucket, region)
	for _, k := range []string{"a", "b", "c"} {
		w.put(k, nil)
		_, err := other.Put(t.Context(), k, cos.Body{}, cos.Headers{})
		require.NoError(t, err)
	}
	s := w.removal("a", "b")
	s.Sources = append(s.Sources, Source{Place: Place{Bucket: otherBucket, Region: region, Key: "c"}})
	_, j := w.run(s)
	require.Equal(t, Done, j.State, j.Reason)
	assert.Equal(t, []string{"c"}, w.keys())
	page, err := other.List(t.Context(), cos.ListOptions{})
	require.NoError(t, err)
	assert.Len(t, page.Objects, 2)
}

func TestDelete_KeepsTheIDsOfTheMarkers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.NoError(t, w.bucket.SetVersioning(t.Context(), cos.VersioningEnabled))
	w.put("p/a", []byte("1"))
	q, j := w.run(w.removal("p/"))
	items, err := q.Items(t.Context(), j.ID, 0, 10)
	require.NoError(t, err)
	require.Len(t, items, 1)
	_, err = w.bucket.Delete(t.Context(), "p/a", items[0].VersionID)
	require.NoError(t, err)
	assert.Equal(t, "1", string(w.stored("p/a")), "the marker's id undoes the deletion")
}

func TestCrash_DeletionGoesOnFromEveryRequestAndCommit(t *testing.T) {
	t.Parallel()
	for n := int64(1); n <= 6; n++ {
		for _, at := range [][2]int64{{n, 0}, {0, n}} {
			t.Run(fmt.Sprint(at), func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				require.NoError(t, w.server.Seed(t.Context(), bucketName, "p/", 1100))
				w.put("keep", nil)
				w.killed(w.removal("p/"), at[0], at[1])
				for _, j := range w.resume() {
					assert.Equal(t, Done, j.State, j.Reason)
					assert.Equal(t, j.Items, j.ItemsDone)
					assert.Equal(t, []string{"keep"}, w.keys())
				}
			})
		}
	}
}
