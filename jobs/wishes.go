package jobs

import "errors"

// obey does what the journal's wishes say; true if it wrote to the journal.
func (k *keeper) obey() (wrote bool) {
	for _, r := range k.q.rows {
		if r.account != k.e.cfg.Account || r.want == wantNothing {
			continue
		}
		k.q.wake(r.id)
		if k.round != nil && k.round.id == r.id {
			k.round.cancel()
		}
		if a := k.q.active[r.id]; a != nil {
			if a.err() == nil || !a.idle() {
				k.interrupt(a, r.want)
				continue
			}
			k.remove(a) // what went wrong with the journal may be over
		}
		if err := k.apply(r); err != nil {
			k.unreadable(err)
			return wrote
		}
		wrote = true
	}
	return wrote
}

// calm notes that jobs which another process left running do not run here, so
// that nobody is shown a transfer where there is none; see [Config.Manual].
func (k *keeper) calm() (wrote bool) {
	for _, r := range k.q.rows {
		if r.account != k.e.cfg.Account || r.state != Running || r.want != wantNothing || !k.q.sleeps(r.id) || k.q.active[r.id] != nil {
			continue
		}
		if err := k.e.j.settle(r.id, Queued, wantNothing); err != nil {
			k.unreadable(err)
			return wrote
		}
		wrote = true
	}
	return wrote
}

// interrupt stops a job that runs. What was asked is applied when all of it
// has stopped, see end.
func (k *keeper) interrupt(a *active, w want) {
	switch w {
	case wantPause:
		a.halting(errPaused)
	case wantCancel:
		a.halting(errCancelled)
	case wantRun, wantRetry, wantRestart:
		if a.stopping == nil {
			_ = k.e.j.drop(a.id, w) // it runs already
		}
	case wantAnswer:
		k.heed(a)
	case wantNothing:
	}
}

func (a *active) halting(why error) {
	if a.stopping == nil || errors.Is(why, errCancelled) {
		a.stopping = why
	}
	a.stop(why)
}

// apply carries out a wish on a job that does not run.
func (k *keeper) apply(r jobRow) error {
	switch {
	case k.q.specs[r.id].broken != nil && r.want == wantCancel && r.state != Done && r.state != Cancelled:
		return k.e.j.cancelled(r.id, errSpec)
	case k.q.specs[r.id].broken != nil:
	case r.want == wantPause && !r.state.Final() && r.state != Paused:
		return k.e.j.settle(r.id, Paused, wantPause)
	case r.want == wantRun && (r.state == Paused || r.state == Asking), r.want == wantAnswer && r.state == Asking:
		return k.e.j.settle(r.id, Queued, r.want)
	case r.want == wantRun && r.state == Restoring:
		return k.e.j.lookNow(r.id)
	case r.want == wantRetry && (r.state == Failed || r.state == Cancelled):
		return k.e.j.again(r.id)
	case r.want == wantRestart && (r.state == Failed || r.state == Cancelled):
		return k.e.j.restart(r.id)
	case r.want == wantCancel && r.state != Done && r.state != Cancelled:
		return k.cancelIdle(r)
	}
	return k.e.j.drop(r.id, r.want)
}

// cancelIdle cleans up after a job that does not run now but may have run.
func (k *keeper) cancelIdle(r jobRow) error {
	a, err := k.load(r)
	if err != nil {
		return err
	}
	a.halting(errCancelled)
	return nil
}
