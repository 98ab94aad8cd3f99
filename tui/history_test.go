package tui

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"cosmander/jobs"
)

func moving(rate float64) jobs.Snapshot {
	return jobs.Snapshot{Rate: rate, Jobs: []jobs.Job{{ID: 1, State: jobs.Running, Rate: rate}, {ID: 2, State: jobs.Queued}}}
}

func TestHistory_TakesOneSampleASecondOfAllAndOfEachJob(t *testing.T) {
	t.Parallel()
	var h history
	for i := range 80 {
		h.take(moving(float64(i+1)), noon.Add(time.Duration(i)*125*time.Millisecond))
	}
	assert.Equal(t, []float64{1, 9, 17, 25, 33, 41, 49, 57, 65, 73}, h.all)
	assert.Equal(t, h.all, h.byJob[1])
	assert.NotContains(t, h.byJob, jobs.ID(2), "it has not moved")
}

func TestHistory_KeepsAMinuteAndSecondsWithoutASnapshotMovedNothing(t *testing.T) {
	t.Parallel()
	var h history
	for i := range 100 {
		h.take(moving(5), noon.Add(time.Duration(i)*time.Second))
	}
	assert.Len(t, h.all, samples)
	seen := h.all
	h.take(moving(7), noon.Add(103*time.Second))
	assert.Equal(t, []float64{5, 0, 0, 0, 7}, h.all[samples-5:])
	assert.InDelta(t, 5, seen[samples-1], 0, "what a view holds is not written to")
	h.take(moving(9), noon.Add(time.Hour))
	assert.Equal(t, append(make([]float64, samples-1), 9), h.all)
	h.take(moving(9), noon) // the clock was set back
	assert.InDelta(t, 9, h.all[samples-1], 0)
}

func TestHistory_OfAJobThatIsOverStaysAndGoesWithIt(t *testing.T) {
	t.Parallel()
	var h history
	h.take(moving(5), noon)
	over := moving(0)
	over.Jobs[0].State = jobs.Done
	for i := range 5 {
		h.take(over, noon.Add(time.Duration(i+1)*time.Second))
	}
	assert.Equal(t, []float64{5}, h.byJob[1])
	h.take(jobs.Snapshot{}, noon.Add(time.Minute))
	assert.Empty(t, h.byJob)
}

func TestHistory_OfAQueueThatNeverMovedIsEmpty(t *testing.T) {
	t.Parallel()
	var h history
	for i := range 5 {
		h.take(moving(0), noon.Add(time.Duration(i)*time.Second))
	}
	assert.Empty(t, h.all)
}

func TestJobs_RatesOfTheListStandStillForAWhile(t *testing.T) {
	t.Parallel()
	d := drive(t, "x")
	now := noon
	d.m.deps.Now = func() time.Time { return now }
	at := func(rate float64, state jobs.State) queueMsg {
		return queueMsg{jobs.Snapshot{Rate: rate, Runner: true, Jobs: []jobs.Job{{ID: 7, State: state, Title: "v", Rate: rate, Left: -1}}}}
	}
	d.press("w")
	d.m.Update(at(1e6, jobs.Running))
	now = now.Add(listStays)
	d.m.Update(at(2e6, jobs.Running))
	now = now.Add(listStays / 2)
	d.m.Update(at(3e6, jobs.Running))
	assert.Contains(t, d.screen(), "2.0 MB/s")
	assert.NotContains(t, d.screen(), "3.0 MB/s")
	d.m.Update(at(0, jobs.Paused))
	assert.Contains(t, d.screen(), "paused", "states are told at once")
	assert.NotContains(t, d.screen(), "MB/s")
}
