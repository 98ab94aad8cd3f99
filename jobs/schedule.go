package jobs

// load is what one job has in a lane.
type load struct {
	priority Priority
	running  int
	waiting  bool
}

// pick returns the index of the job that may start its next item: of those
// with the highest priority the one with the fewest running, the earlier one
// if two are equal, so that jobs share a lane and a late small one does not
// wait for an early large one. -1 if no job has anything waiting.
func pick(jobs []load) int {
	best := -1
	for i, j := range jobs {
		if j.waiting && (best < 0 || j.before(jobs[best])) {
			best = i
		}
	}
	return best
}

func (l load) before(other load) bool {
	if l.priority != other.priority {
		return l.priority > other.priority
	}
	return l.running < other.running
}

// room reports that a job may begin beside those that run: jobs of a lower
// priority are not in its way, nor are those that have only large files left.
func room(active []*active, p Priority) bool {
	places, all := 0, 0
	for _, a := range active {
		if a.priority < p {
			continue
		}
		all++
		if a.holdsAPlace() {
			places++
		}
	}
	return places < maxActive && all < maxLoaded
}

const (
	// maxActive jobs of a priority run side by side; the others wait in order.
	maxActive = 8
	// maxLoaded bounds the memory that jobs of large files take while they wait
	// for a slot.
	maxLoaded = 256
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
