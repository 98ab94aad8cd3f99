package headless

import (
	"context"
	"errors"
	"fmt"
	"time"

	"cosmander/jobs"
)

// run queues spec, or goes on with the unfinished job that equals it, and
// reports until that job has ended.
func (e *Env) run(ctx context.Context, spec jobs.Spec, asJSON bool) (err error) {
	q, err := e.Open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, q.Close()) }()
	id, resumed, err := start(ctx, q, spec)
	if err != nil {
		return err
	}
	r := e.reporter(asJSON)
	if job, ok := find(q.Snapshot(), id); !ok {
		return jobs.ErrNoJob
	} else if err := r.start(job, resumed); err != nil {
		return err
	}
	job, err := e.watch(ctx, q, id, r)
	for err == nil && job.State == jobs.Asking {
		if err = e.inquire(ctx, q, id); err == nil {
			job, err = e.watch(ctx, q, id, r)
		}
	}
	if err != nil {
		return err
	}
	if err := items(ctx, q, job, r); err != nil {
		return err
	}
	if err := r.end(job); err != nil {
		return err
	}
	if job.State != jobs.Done || job.Unverified > 0 {
		return ErrIncomplete
	}
	return nil
}

// start returns the job to wait for, and whether it was there before.
func start(ctx context.Context, q *jobs.Queue, spec jobs.Spec) (jobs.ID, bool, error) {
	id, err := q.FindOpen(ctx, spec)
	if err != nil {
		return 0, false, err
	}
	if id != 0 {
		job, _ := find(q.Snapshot(), id)
		if job.State == jobs.Failed {
			return id, true, q.Restart(ctx, id)
		}
		err := q.Resume(ctx, id)
		if err != nil && job.Pending {
			// Its retry is asked for already: it is shown as queued and is failed
			// still, unless that has been done by now.
			if err = q.Restart(ctx, id); err != nil {
				err = q.Resume(ctx, id)
			}
		}
		return id, true, err
	}
	ids, err := q.Add(ctx, spec)
	if err != nil {
		return 0, false, err
	}
	return ids[0], false, nil
}

// settle is how long watch rests between two looks at the queue: a queue at
// work changes thousands of times a second.
const settle = 20 * time.Millisecond

// watch reports the job, at the reporter's pace, until it moves no more.
func (e *Env) watch(ctx context.Context, q *jobs.Queue, id jobs.ID, r reporter) (job jobs.Job, err error) {
	ended := make(chan error, 1)
	go func() { ended <- q.Wait(ctx, id) }()
	for shown := time.Now(); ; {
		if over, err := rest(ctx, q, ended); err != nil {
			return job, err
		} else if over {
			return last(q, id)
		}
		job, ok := find(q.Snapshot(), id)
		if ok && time.Since(shown) >= r.pace() {
			shown = time.Now()
			if err := r.progress(job); err != nil {
				return job, err
			}
		}
	}
}

// last returns the job as it came to rest.
func last(q *jobs.Queue, id jobs.ID) (jobs.Job, error) {
	job, ok := find(q.Snapshot(), id)
	switch {
	case !ok:
		return job, jobs.ErrNoJob // another process has cleared the list
	case job.State == jobs.Paused:
		return job, errors.New("the job was paused: the same command goes on with it")
	}
	return job, nil
}

// rest returns once the queue has changed, a moment later at the earliest, or
// the job is over.
func rest(ctx context.Context, q *jobs.Queue, ended <-chan error) (over bool, err error) {
	select {
	case err := <-ended:
		return true, interrupted(ctx, err)
	case <-q.Changed():
	}
	select {
	case err := <-ended:
		return true, interrupted(ctx, err)
	case <-time.After(settle):
		return false, nil
	}
}

func interrupted(ctx context.Context, err error) error {
	if ctx.Err() == nil {
		return err
	}
	return errors.New("interrupted: the same command goes on where this one stopped; cosmander jobs shows it and can cancel it")
}

func find(s jobs.Snapshot, id jobs.ID) (jobs.Job, bool) {
	for _, j := range s.Jobs {
		if j.ID == id {
			return j, true
		}
	}
	return jobs.Job{}, false
}

// items reports the items of a job that has ended.
func items(ctx context.Context, q *jobs.Queue, job jobs.Job, r reporter) error {
	return eachItem(ctx, q, job.ID, r.items(job), r.item)
}

// eachItem reads the items of a job page by page.
func eachItem(ctx context.Context, q *jobs.Queue, id jobs.ID, states []jobs.State, do func(jobs.Item) error) error {
	const page = 500
	for after := int64(0); ; {
		batch, err := q.Items(ctx, id, after, page, states...)
		if err != nil {
			return fmt.Errorf("read the results: %w", err)
		}
		for _, it := range batch {
			if err := do(it); err != nil {
				return err
			}
			after = it.N
		}
		if len(batch) < page {
			return nil
		}
	}
}
