package jobs

import (
	"context"
	"time"
)

// Snapshot returns the queue as it is now. It does no I/O.
func (q *Queue) Snapshot() Snapshot {
	q.mu.Lock()
	defer q.mu.Unlock()
	s := Snapshot{Jobs: make([]Job, 0, len(q.rows)), Runner: q.runner.Load()}
	var rest int64
	known := true
	for _, r := range q.rows {
		job := q.show(r)
		s.Jobs = append(s.Jobs, job)
		if job.State.Final() || job.State == Paused {
			continue
		}
		s.Rate += job.Rate
		rest += job.Bytes - job.BytesDone
		known = known && !job.Counting
	}
	s.Left = -1
	if known {
		s.Left = left(rest, s.Rate)
	}
	return s
}

func (q *Queue) show(r jobRow) Job {
	info := q.specs[r.id]
	job := Job{
		ID: r.id, Kind: r.kind, State: r.state, Account: r.account, Title: info.title, From: info.from, To: info.to,
		Created: time.UnixMilli(r.created), Counting: !r.walked, Reason: r.reason, Left: -1,
	}
	if r.finished > 0 {
		job.Finished = time.UnixMilli(r.finished)
	}
	fillCounts(&job, r.tally)
	a := q.active[r.id]
	switch {
	case a != nil && !r.state.Final(): // a final state is news that a has yet to hear
		a.fill(&job)
	case r.state == Running && r.live.state != "":
		r.live.fill(&job, r.bytesDone)
	default:
		job.BytesDone = min(r.bytesDone+r.live.bytes, r.bytes)
	}
	r.want.fill(&job)
	if job.State.Final() || job.State == Paused {
		job.Rate, job.Counting = 0, job.Counting && job.State == Paused
	}
	if job.State == Done || !job.Counting && (job.State == Running || job.State == Verifying) {
		job.Left = left(job.Bytes-job.BytesDone, job.Rate)
	}
	return job
}

// fill shows a job as it was asked to be, even if its runner has yet to see
// it.
func (w want) fill(job *Job) {
	switch w {
	case wantPause:
		job.State = Paused
	case wantCancel:
		job.State = Cancelled
	case wantRetry, wantRestart:
		job.State, job.Reason = Queued, ""
	case wantRun:
		if job.State == Paused {
			job.State = Queued
		}
	case wantNothing:
	}
}

// Items returns up to limit items of a job, those in one of states (none:
// all), in order, after item number after. Of items that are being
// transferred in this process it tells the present state; elsewhere they are
// queued until they are done.
func (q *Queue) Items(ctx context.Context, id ID, after int64, limit int, states ...State) ([]Item, error) {
	row, err := q.j.job(ctx, id)
	if err != nil {
		return nil, err
	}
	_, items, err := q.j.list(ctx, id, after, limit, stored(states))
	if err != nil {
		return nil, err
	}
	q.mu.Lock()
	a := q.active[id]
	q.mu.Unlock()
	shown := items[:0]
	for _, it := range items {
		it = a.live(it)
		if row.state == Cancelled && !it.State.Final() {
			it.State = Cancelled
		}
		if len(states) == 0 || contains(states, it.State) {
			shown = append(shown, it)
		}
	}
	return shown, nil
}

// stored returns the states in the journal that may be shown as states.
func stored(states []State) []State {
	var list []State
	for _, s := range states {
		switch s {
		case Done, Failed:
			list = append(list, s)
		case Queued, Running, Retrying, Paused, Verifying, Cancelled:
			list = append(list, Queued, Running, Verifying)
		}
	}
	return list
}

func contains(states []State, s State) bool {
	for _, x := range states {
		if x == s {
			return true
		}
	}
	return false
}

// live returns it as it is right now; a may be nil.
func (a *active) live(it Item) Item {
	if a == nil || it.State.Final() {
		return it
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	t := a.tasks[it.N]
	if t == nil {
		return it
	}
	it.State, it.Done, it.Attempts = t.shown(), min(t.sent.Load(), max(it.Size, 0)), t.pause.attempts()
	if _, reason, waits := t.pause.waits(); waits {
		it.Reason = reason
	}
	return it
}
