package headless

import (
	"context"
	"fmt"

	"cosmander/jobs"
)

// Prioritise gives jobs, or with "all" every one that is not over, a priority
// (high, normal or low), as Control does what it does.
func (e *Env) Prioritise(ctx context.Context, level string, args []string, o JobsOptions) error {
	for _, p := range jobs.Priorities() {
		if p.String() != level {
			continue
		}
		return e.control(ctx, "priority", action{
			ask:     func(q *jobs.Queue, ctx context.Context, id jobs.ID) error { return q.SetPriority(ctx, id, p) },
			applies: func(j jobs.Job) bool { return !j.State.Final() },
			past:    "moved",
			place:   true,
		}, args, o)
	}
	return fmt.Errorf("unknown priority %q: want high, normal or low", level)
}

// placeOf tells where a job stands among those that are not over.
func placeOf(s jobs.Snapshot, j jobs.Job) string {
	at, live := 0, 0
	for _, other := range s.Jobs {
		if other.State.Final() {
			continue
		}
		live++
		if other.ID == j.ID {
			at = live
		}
	}
	return fmt.Sprintf("place %d of %d, %s priority", at, live, j.Priority)
}
