package jobs

// load is what one job has in a lane.
type load struct {
	running int
	waiting bool
}

// pick returns the index of the job that may start its next item: the one
// with the fewest running, the earlier one if two are equal, so that jobs
// share a lane and a late small one does not wait for an early large one. -1
// if no job has anything waiting.
func pick(jobs []load) int {
	best := -1
	for i, j := range jobs {
		if j.waiting && (best < 0 || j.running < jobs[best].running) {
			best = i
		}
	}
	return best
}

const (
	// maxActive jobs run side by side; the others wait in order.
	maxActive = 8
	// largeFiles are open at most; they share the parts in flight.
	largeFiles = 4
)

// slots returns how many items of a lane may run at once.
func (c Config) slots(l lane) int {
	switch l {
	case laneSmall:
		return c.Files
	case laneLarge:
		return largeFiles
	case laneLast, lanes:
	}
	return 1 // folders go one after the other, the inner before the outer
}
