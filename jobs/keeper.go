package jobs

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"
)

const (
	sampleEvery = 100 * time.Millisecond // how often progress is looked at
	tellEvery   = time.Second            // how often other processes are told
	// keepDoneJobs is how many done jobs stay in the list from one start of
	// the program to the next.
	keepDoneJobs = 200
)

// keeper is the one goroutine that decides: which jobs run, which item is
// next, what a wish in the journal leads to.
type keeper struct {
	q       *Queue
	e       *engine
	conn    *sql.Conn // sees other connections' commits by data_version
	version int64
	life    context.Context //nolint:containedctx // of everything that is run
	jobs    []*active       // in the order of the queue
	told    time.Time
	round   *round      // that is under way; nil: none
	due     *time.Timer // of the next one
}

// begin reads the journal for the first time.
func (k *keeper) begin(ctx context.Context) error {
	conn, err := k.e.j.read.Conn(ctx)
	if err != nil {
		return err
	}
	k.conn = conn
	if _, err := k.takeOver(); err != nil {
		return errors.Join(err, conn.Close())
	}
	if _, err := k.news(ctx); err != nil {
		return errors.Join(err, conn.Close())
	}
	_ = k.prune(ctx) // a longer list does no harm, and the next start tries again
	if err := k.reload(ctx); err != nil {
		return errors.Join(err, conn.Close())
	}
	return nil
}

// prune shortens the list if it is this process that runs it.
func (k *keeper) prune(ctx context.Context) error {
	if !k.q.runner.Load() {
		return nil
	}
	return k.e.j.prune(ctx, keepDoneJobs)
}

func (k *keeper) run(ctx context.Context) {
	defer close(k.q.ended)
	defer k.conn.Close()
	k.life, k.due = ctx, time.NewTimer(0)
	defer k.due.Stop()
	k.look(ctx)
	poll := time.NewTicker(k.e.cfg.Poll)
	defer poll.Stop()
	sample := time.NewTicker(sampleEvery)
	defer sample.Stop()
	for {
		k.dispatch()
		var sampled <-chan time.Time
		if len(k.jobs) > 0 { // an idle program does not wake up for nothing
			sampled = sample.C
		}
		select {
		case event := <-k.e.events:
			event()
		case seen := <-k.q.poke:
			k.look(ctx)
			close(seen)
		case <-poll.C:
			k.poll(ctx)
			k.lookOut()
		case <-k.due.C:
			k.lookOut()
		case <-sampled:
			k.sample()
		case <-ctx.Done():
			k.shutdown(context.Cause(ctx))
			return
		}
	}
}

// activate starts jobs in order as long as there is room.
func (k *keeper) activate() (wrote bool) {
	for _, r := range k.q.rows {
		if !room(k.jobs, r.priority) {
			return wrote
		}
		ours := r.account == k.e.cfg.Account && r.want == wantNothing
		if broken := k.q.specs[r.id].broken; ours && broken != nil && (r.state == Queued || r.state == Running) {
			if err := k.e.j.unreadable(r.id, broken); err != nil {
				k.unreadable(err)
				return wrote
			}
			wrote = true
			continue
		}
		if !ours || k.q.specs[r.id].broken != nil || k.q.sleeps(r.id) || k.q.active[r.id] != nil || r.state != Queued && r.state != Running {
			continue
		}
		if err := k.e.j.settle(r.id, Running, wantNothing); err != nil {
			k.unreadable(err)
			return wrote
		}
		wrote = true
		a, err := k.load(r)
		if err != nil {
			k.unreadable(err)
			return wrote
		}
		k.start(a, r)
	}
	return wrote
}

// load makes a job of the journal an active one that does nothing yet.
func (k *keeper) load(r jobRow) (*active, error) {
	spec, err := k.e.j.spec(k.life, r.id)
	if err != nil {
		return nil, err
	}
	loaded, err := k.e.j.acked(k.life, r.id)
	if err != nil {
		return nil, err
	}
	a := &active{
		e: k.e, id: r.id, spec: spec, priority: r.priority, room: make(chan struct{}, 1), mayDrop: spec.disjoint(), chain: spec.chained(),
		counts: r.tally, tasks: map[int64]*task{}, loaded: loaded,
		began: k.e.now(), before: r.done + r.failed, answer: r.answer,
	}
	a.ctx, a.stop = context.WithCancelCause(k.life)
	a.moved.Store(r.bytesDone)
	for _, n := range loaded {
		a.moved.Add(n)
	}
	a.ended.Store(r.walked)
	for l := range a.grown {
		a.grown[l].Store(true)
	}
	k.jobs = append(k.jobs, a)
	k.line()
	k.q.mu.Lock()
	k.q.active[a.id] = a
	k.q.mu.Unlock()
	return a, nil
}

// line puts the running jobs into the order of the rows.
func (k *keeper) line() {
	at := make(map[ID]int, len(k.q.rows))
	for i, r := range k.q.rows {
		at[r.id] = i
		if a := k.q.active[r.id]; a != nil {
			a.priority = r.priority
		}
	}
	slices.SortStableFunc(k.jobs, func(x, y *active) int { return at[x.id] - at[y.id] })
}

func (k *keeper) start(a *active, r jobRow) {
	if r.walked {
		return
	}
	a.walking = true
	w := &walker{a: a, at: r.walk}
	go func() {
		err := w.run(a.ctx)
		k.e.events <- func() {
			a.walking = false
			if err != nil && a.ctx.Err() == nil {
				a.halt(err)
			}
		}
	}()
}

// dispatch starts what may start and ends jobs that are over.
func (k *keeper) dispatch() {
	for _, a := range k.jobs {
		a.lastCall()
	}
	for l := range lanes {
		for k.next(l) {
		}
	}
	for _, a := range slices.Clone(k.jobs) {
		if !a.settled && (a.over() || a.err() != nil && a.idle()) {
			k.end(a)
		}
	}
}

func (k *keeper) next(l lane) bool {
	running := 0
	loads := make([]load, len(k.jobs))
	for i, a := range k.jobs {
		running += a.inflight[l]
		loads[i] = load{priority: a.priority, running: a.inflight[l], waiting: a.ready(l)}
	}
	i := pick(loads)
	if i < 0 || running >= k.e.cfg.slots(l) {
		return false
	}
	a := k.jobs[i]
	if a.batched(l) {
		b := a.takeBatch(l)
		a.enlist(b.each...)
		go b.run()
		return true
	}
	t := &task{active: a, item: a.take(l), lane: l, since: a.answers, final: a.chain != nil && a.chain.final}
	a.enlist(t)
	go t.run()
	return true
}

// enlist lists tasks as running, with what earlier ones of the same items have
// achieved.
func (a *active) enlist(tasks ...*task) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, t := range tasks {
		a.tasks[t.item.n] = t
		t.sent.Store(a.loaded[t.item.n])
		delete(a.loaded, t.item.n)
	}
}

// end writes how a job that has come to rest stands.
func (k *keeper) end(a *active) {
	a.settled = true
	switch {
	case a.err() != nil:
		// Nothing can be written. It stays in the list with its reason, and
		// in the journal as it was.
		k.tellAll()
		return
	case errors.Is(a.stopping, errCancelled):
		a.cleaning = true
		go func() {
			err := a.cleanUp(k.life)
			k.e.events <- func() {
				a.cleaning = false
				k.over(a, err)
			}
		}()
	case errors.Is(a.stopping, errPaused):
		k.over(a, k.e.j.paused(a.id, a.rest()))
	default:
		k.over(a, k.e.j.finish(a.id))
	}
}

// over takes a job off the list of active ones.
func (k *keeper) over(a *active, err error) {
	if err != nil {
		a.halt(err)
		k.tellAll()
		return
	}
	k.remove(a)
	k.look(k.life)
}

func (k *keeper) remove(a *active) {
	a.release()
	a.stop(errClosing)
	k.jobs = slices.DeleteFunc(k.jobs, func(b *active) bool { return a == b })
	k.reloadThen(func() { delete(k.q.active, a.id) })
}

// reloadThen changes the active jobs together with the rows, so that no
// snapshot shows a job that ended as it was before.
func (k *keeper) reloadThen(change func()) {
	rows, err := k.e.j.jobs(context.WithoutCancel(k.life))
	k.q.mu.Lock()
	if err == nil {
		k.q.rows = rows
	}
	change()
	k.q.mu.Unlock()
	k.tellAll()
}

// rest returns the bytes that are safe of items that are not done.
func (a *active) rest() int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	return max(a.moved.Load()-a.counts.bytesDone, 0)
}

// shutdown waits for everything that runs. Nothing changes in the journal but
// what transfers still have to say: the next process goes on.
func (k *keeper) shutdown(why error) {
	for _, a := range k.jobs {
		a.stopping = why
		a.stop(why)
	}
	for k.round != nil || slices.ContainsFunc(k.jobs, func(a *active) bool { return !a.idle() || a.cleaning }) {
		event := <-k.e.events
		event()
	}
	if !errors.Is(why, errAbandoned) && k.q.runner.Load() {
		k.tell()
	}
	for _, a := range k.jobs {
		a.release()
	}
}
