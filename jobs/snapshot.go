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
	for _, r := range q.rows {
		s.Jobs = append(s.Jobs, q.show(r))
	}
	s.sum()
	return s
}

// sum fills in what all jobs that move or wait have in common.
func (s *Snapshot) sum() {
	var rest int64
	known, waiting := true, false
	longest := time.Duration(0)
	for _, job := range s.Jobs {
		if job.State.Final() || job.State == Paused || job.State == Asking || job.State == Restoring {
			continue
		}
		s.Rate += job.Rate
		rest += job.Bytes - job.BytesDone
		known = known && !job.Counting && job.ItemsRestoring == 0
		waiting = true
		longest = max(longest, job.Left)
	}
	s.Left = -1
	switch byBytes := left(rest, s.Rate); {
	case !waiting:
		s.Left = 0
	case known && byBytes >= 0 && max(byBytes, longest) > 0:
		s.Left = max(byBytes, longest)
	}
}

func (q *Queue) show(r jobRow) Job {
	info := q.specs[r.id]
	job := Job{
		ID: r.id, Kind: r.kind, Move: info.move, State: r.state, Account: r.account, Priority: r.priority, Title: info.title, From: info.from, To: info.to,
		Created: time.UnixMilli(r.created), Counting: !r.walked, Reason: r.reason, Left: -1,
	}
	if r.finished > 0 {
		job.Finished = time.UnixMilli(r.finished)
	}
	fillCounts(&job, r.tally)
	if !r.state.Final() {
		job.ItemsAsking, job.ItemsRestoring, job.RestoringSince = r.asking, r.restoring, moment(r.since)
	}
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
	if info.broken != nil && !job.State.Final() {
		job.State, job.Reason = Failed, info.broken.Error()
	}
	job.Pending = r.want != wantNothing
	if job.State.Final() || job.State == Paused {
		job.Counting = job.Counting && job.State == Paused
	}
	var pace float64
	if a != nil {
		pace = a.itemPace()
	}
	job.foretell(pace)
	return job
}

// foretell says when a job will be done at its rate, or at pace items a
// second if that takes longer: the last of the bytes may be thousands of
// small files. Only a job that moves has a rate.
func (j *Job) foretell(pace float64) {
	switch {
	case j.State == Done:
		j.Rate, j.Left = 0, 0
		return
	case j.State != Running && j.State != Verifying && j.State != Retrying:
		j.Rate = 0
		return
	case j.Counting || j.State == Retrying || j.ItemsRestoring > 0: // nobody knows how long that takes
		return
	}
	bytes, items := j.Bytes-j.BytesDone, j.Items-j.ItemsDone-j.ItemsFailed
	byBytes, byItems := left(bytes, j.Rate), left(items, pace)
	switch {
	case j.State == Verifying && bytes <= 0:
		j.Left = max(byItems, 0)
	case byBytes < 0, bytes <= 0 && byItems < 0:
	default:
		j.Left = max(byBytes, byItems, time.Second) // it is not done yet
	}
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
	case wantAnswer:
		if job.State == Asking {
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
	rows, items, err := q.j.list(ctx, id, after, limit, stored(states))
	if err != nil || len(items) == 0 {
		return nil, err
	}
	spec, err := q.j.spec(ctx, id)
	if err != nil {
		return nil, err
	}
	q.mu.Lock()
	a := q.active[id]
	q.mu.Unlock()
	shown := items[:0]
	for i, it := range items {
		ends := spec.receipt(id, it.N, rows[i].source, rows[i].ends(&spec))
		it.From, it.To = ends.Source, ends.Dest
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
		case Asking, Restoring:
			list = append(list, s)
		case Queued, Running, Retrying, Paused, Verifying:
			list = append(list, Queued, Running, Verifying)
		case Cancelled:
			list = append(list, Queued, Running, Verifying, Asking, Restoring)
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
