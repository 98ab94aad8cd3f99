package tui

import (
	"time"

	"cosmander/jobs"
)

// samples is how long a history of rates is: a minute, one sample a second.
const samples = 60

// sampleEvery is how far apart the samples are.
const sampleEvery = time.Second

// history keeps the rates of the last minute. Nothing ticks for it: it is fed
// by the snapshots that come when something moves, and seconds without one
// moved nothing.
type history struct {
	at    time.Time // of the last sample
	all   []float64
	byJob map[jobs.ID][]float64
}

// take notes the rates of a snapshot, if it is time for a sample.
func (h *history) take(s jobs.Snapshot, now time.Time) {
	passed := int(now.Sub(h.at) / sampleEvery)
	if passed < 1 && !now.Before(h.at) {
		return
	}
	gap := min(max(passed-1, 0), samples)
	if h.at = h.at.Add(time.Duration(passed) * sampleEvery); gap >= samples || passed < 1 {
		gap, h.at = min(gap, samples), now
	}
	var rate float64
	was := h.byJob
	h.byJob = map[jobs.ID][]float64{}
	for _, j := range s.Jobs {
		old := was[j.ID]
		if j.Rate <= 0 && old == nil {
			continue
		}
		rate += j.Rate
		if j.State.Final() {
			h.byJob[j.ID] = old // stays as it was at the end
			continue
		}
		h.byJob[j.ID] = sampled(old, j.Rate, gap)
	}
	if rate > 0 || len(h.all) > 0 {
		h.all = sampled(h.all, s.Rate, gap)
	}
}

// sampled is a history with a gap and a sample more. What it is made from is
// not written to, as a view may hold it.
func sampled(old []float64, rate float64, gap int) []float64 {
	if old == nil {
		gap = 0
	}
	grown := make([]float64, 0, len(old)+gap+1)
	grown = append(grown, old...)
	grown = append(grown, make([]float64, gap)...)
	grown = append(grown, rate)
	return grown[max(len(grown)-samples, 0):]
}
