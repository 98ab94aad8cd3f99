package jobs

import (
	"math"
	"time"
)

// rateWindow is the time constant of the smoothed rate.
const rateWindow = 5 * time.Second

// meter smooths a rate. The zero value is ready. Not safe for concurrent use.
type meter struct {
	last  int64 // bytes at the last look
	at    time.Time
	rate  float64 // bytes per second
	began bool
}

// look takes the count at a moment. A count that fell, because a part is sent
// again, counts as nothing moved.
func (m *meter) look(bytes int64, now time.Time) {
	if !m.began {
		*m = meter{last: bytes, at: now, began: true}
		return
	}
	passed := now.Sub(m.at).Seconds()
	if passed <= 0 {
		return
	}
	moved := float64(max(bytes-m.last, 0)) / passed
	weight := 1 - math.Exp(-passed/rateWindow.Seconds())
	if m.rate == 0 {
		weight = 1 // the first bytes: no slow start from nothing
	}
	m.rate += weight * (moved - m.rate)
	if m.rate < 1 {
		m.rate = 0
	}
	m.last, m.at = bytes, now
}

// left returns how long the rest takes at this rate; -1 if unknown.
func left(rest int64, rate float64) time.Duration {
	if rest <= 0 {
		return 0
	}
	seconds := float64(rest) / rate
	if rate <= 0 || seconds > float64(math.MaxInt64)/float64(time.Second)/2 {
		return -1
	}
	return time.Duration(seconds * float64(time.Second)).Round(time.Second)
}
