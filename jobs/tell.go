package jobs

import "time"

// sample looks at how far the running jobs are.
func (k *keeper) sample() {
	now := k.e.now()
	moving, asked := false, false
	for _, a := range k.jobs {
		asked = asked || a.asked
		a.asked = false
		if a.sample(now) {
			moving = true
		}
	}
	if asked {
		k.reloadThen(func() {})
	}
	if moving {
		k.q.signal()
	}
	if now.Sub(k.told) >= tellEvery {
		k.told = now
		k.tell()
	}
}

// sample looks at how far the job is and reports whether that changed.
func (a *active) sample(now time.Time) bool {
	before, shown := a.meter, a.shown
	a.meter.look(a.moved.Load(), now)
	a.shown = a.report().state
	a.mu.Lock()
	defer a.mu.Unlock()
	a.rate = a.meter.rate
	if passed := now.Sub(a.began).Seconds(); passed > 0 {
		a.pace = float64(a.counts.done+a.counts.failed-a.before) / passed
	}
	return before.last != a.meter.last || before.rate != a.meter.rate || shown != a.shown
}

// tell keeps coarse progress in the journal, where other processes see it.
func (k *keeper) tell() {
	news := map[ID]live{}
	for _, a := range k.jobs {
		if a.settled {
			continue
		}
		l := a.report()
		if l != a.told {
			a.told = l
			news[a.id] = l
		}
	}
	if len(news) == 0 {
		return
	}
	// Nobody waits for it, and a lost one is made up for by the next.
	k.e.j.w.send(write{fn: func(t *txn) error { return t.tell(news) }, done: func(error) {}, lazy: true})
	k.q.signal()
}

// report sums up a running job.
func (a *active) report() live {
	a.mu.Lock()
	defer a.mu.Unlock()
	l := live{state: Running, bytes: max(a.moved.Load()-a.counts.bytesDone, 0), rate: a.rate}
	states := map[State]int{}
	for _, t := range a.tasks {
		states[t.shown()]++
		if until, reason, waits := t.pause.waits(); waits {
			l.retryAt, l.reason = until.UnixMilli(), reason
		}
	}
	if until, reason, waits := a.waits(); waits && len(a.tasks) == 0 {
		return live{state: Retrying, bytes: l.bytes, rate: l.rate, retryAt: until.UnixMilli(), reason: reason}
	}
	switch n := len(a.tasks); {
	case n > 0 && states[Retrying] == n:
		l.state = Retrying
	case n > 0 && states[Verifying] == n:
		l.state = Verifying
	}
	if l.state != Retrying {
		l.retryAt, l.reason = 0, ""
	}
	return l
}

// fill puts the live state of a job this process runs into what is shown.
func (a *active) fill(job *Job) {
	l := a.report()
	a.mu.Lock()
	defer a.mu.Unlock()
	fillCounts(job, a.counts)
	job.Counting = !a.ended.Load()
	l.fill(job, a.counts.bytesDone)
	if a.halted != nil {
		job.State, job.Reason, job.Rate = Failed, a.halted.Error(), 0
	}
}

func (l live) fill(job *Job, done int64) {
	job.State, job.Rate = l.state, l.rate
	job.BytesDone = min(done+l.bytes, job.Bytes)
	if l.retryAt != 0 {
		job.RetryAt, job.Reason = time.UnixMilli(l.retryAt), l.reason
	}
}

func fillCounts(job *Job, c tally) {
	job.Items, job.ItemsDone, job.ItemsFailed, job.ItemsSkipped = c.items, c.done, c.failed, c.skipped
	job.Bytes, job.BytesDone, job.Unverified = c.bytes, min(c.bytesDone, c.bytes), c.unverified
}
