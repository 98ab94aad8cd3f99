package jobs

import (
	"context"
	"errors"
	"fmt"
)

// poll takes over if the runner is gone, and looks at the journal if somebody
// wrote to it.
func (k *keeper) poll(ctx context.Context) {
	took, _ := k.takeOver() // it could be tried at the start
	news, err := k.news(ctx)
	if err != nil {
		k.unreadable(err)
		return
	}
	if took || news {
		k.look(ctx)
	}
}

func (k *keeper) news(ctx context.Context) (bool, error) {
	before := k.version
	err := k.conn.QueryRowContext(ctx, "PRAGMA data_version").Scan(&k.version)
	if err != nil {
		return false, fmt.Errorf("%w: %w", errJournal, err)
	}
	return k.version != before, nil
}

// takeOver tries to become the runner. It fails where nothing can be locked:
// then nobody would run the queue.
func (k *keeper) takeOver() (bool, error) {
	if k.e.cfg.Watch || k.q.runner.Load() {
		return false, nil
	}
	locked, err := k.q.lock.TryLock()
	if err != nil {
		return false, fmt.Errorf("lock the queue: %w", err)
	}
	if locked {
		k.q.runner.Store(true)
	}
	return locked, nil
}

// look reads the journal and does what it asks for.
func (k *keeper) look(ctx context.Context) {
	_, _ = k.takeOver() // it could be tried at the start
	if err := k.reload(ctx); err != nil {
		k.unreadable(err)
		return
	}
	if !k.q.runner.Load() {
		return
	}
	k.line()
	defer k.lookOut()
	for _, step := range []func() bool{k.obey, k.calm, k.activate} {
		if !step() {
			continue
		}
		if err := k.reload(ctx); err != nil {
			k.unreadable(err)
			return
		}
	}
}

// unreadable tells everybody that waits.
func (k *keeper) unreadable(err error) {
	if k.life.Err() != nil {
		return
	}
	k.q.mu.Lock()
	k.q.broken = err
	k.q.mu.Unlock()
	k.tellAll()
}

func (k *keeper) reload(ctx context.Context) error {
	rows, err := k.e.j.jobs(ctx)
	if err != nil {
		return err
	}
	specs := map[ID]specInfo{}
	for _, r := range rows {
		if s, ok := k.q.specs[r.id]; ok { // written by this goroutine alone
			specs[r.id] = s
			continue
		}
		s, err := k.e.j.spec(ctx, r.id)
		if errors.Is(err, errSpec) {
			specs[r.id] = specInfo{title: fmt.Sprintf("job %d", r.id), broken: err}
			continue
		}
		if err != nil {
			return err
		}
		specs[r.id] = specInfo{title: s.title(), from: s.from(), to: s.to(), move: s.Move}
	}
	k.q.mu.Lock()
	k.q.rows, k.q.specs, k.q.broken = rows, specs, nil
	k.q.mu.Unlock()
	k.tellAll()
	return nil
}

// tellAll wakes those who wait for a change.
func (k *keeper) tellAll() {
	k.q.mu.Lock()
	close(k.q.bump)
	k.q.bump = make(chan struct{})
	k.q.mu.Unlock()
	k.q.signal()
}
