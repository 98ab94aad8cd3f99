package headless

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	"cosmander/jobs"
)

// JobsOptions are the flags of jobs and its subcommands.
type JobsOptions struct {
	JSON   bool // one object a line
	CSV    bool // of receipts, and what they are without JSON
	Failed bool // of show: only items that failed
}

// Jobs lists every job of the journal, those of other accounts and those that
// have ended too. No job is run here, nor by the other methods of its file.
func (e *Env) Jobs(ctx context.Context, o JobsOptions) error {
	return e.withQueue(ctx, func(q *jobs.Queue) error {
		list := q.Snapshot().Jobs
		for i := range list {
			list[i] = truly(q, list[i])
		}
		out := bufio.NewWriter(e.Stdout)
		switch {
		case o.JSON:
			enc := lines(out)
			for _, j := range list {
				if err := enc.Encode(e.listed(j)); err != nil {
					return err
				}
			}
		case !e.Stdout.Terminal:
			for _, j := range list {
				fmt.Fprintln(out, fields(e.jobFields(j)))
			}
		case len(list) == 0:
			fmt.Fprintln(out, "no jobs")
		default:
			e.table(out, list)
		}
		return out.Flush()
	})
}

func (e *Env) withQueue(ctx context.Context, do func(*jobs.Queue) error) error {
	q, err := e.Open(ctx)
	if err != nil {
		return err
	}
	return errors.Join(do(q), q.Close())
}

// lines encodes one object a line, names as they are.
func lines(w io.Writer) *json.Encoder {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc
}

// truly shows a job that nobody runs as what it is: waiting, though its last
// process may have been killed while it ran.
func truly(q *jobs.Queue, j jobs.Job) jobs.Job {
	if j.State.Final() || j.State == jobs.Paused || j.State == jobs.Asking || q.Attended(j.Account) {
		return j
	}
	if j.State != jobs.Restoring { // which the service does without us
		j.State = jobs.Queued
	}
	j.Rate, j.Left, j.RetryAt = 0, -1, time.Time{}
	j.Reason = "no cosmander of its account runs now"
	return j
}

// listed is a job as --json prints it.
func (e *Env) listed(j jobs.Job) event {
	ev := jobEvent("job", j)
	ev.Title, ev.From, ev.To, ev.Account, ev.Foreign, ev.Pending = j.Title, j.From, j.To, j.Account, j.Account != e.Account, j.Pending
	if j.Priority != jobs.Normal && !j.State.Final() {
		ev.Priority = j.Priority.String()
	}
	ev.Created, ev.Finished = instant(j.Created), instant(j.Finished)
	return ev
}

func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}

// patience is how long a command waits for the process that runs a job to do
// what it was asked for.
const patience = 3 * time.Second

// action is something that can be asked of jobs.
type action struct {
	ask     func(q *jobs.Queue, ctx context.Context, id jobs.ID) error
	applies func(j jobs.Job) bool // to all; nil: it cannot be asked of all
	past    string
	place   bool // it is about the order of jobs
}

func actions() map[string]action {
	return map[string]action{
		"pause":  {(*jobs.Queue).Pause, func(j jobs.Job) bool { return !j.State.Final() && j.State != jobs.Paused }, "paused", false},
		"resume": {(*jobs.Queue).Resume, func(j jobs.Job) bool { return j.State == jobs.Paused }, "resumed", false},
		"cancel": {(*jobs.Queue).Cancel, func(j jobs.Job) bool { return !j.State.Final() }, "cancelled", false},
		"retry":  {(*jobs.Queue).Retry, func(j jobs.Job) bool { return j.State == jobs.Failed }, "retried", false},
		"clear": {
			(*jobs.Queue).Clear,
			func(j jobs.Job) bool { return !j.Pending && (j.State == jobs.Done || j.State == jobs.Cancelled) }, "cleared", false,
		},
		"next": {(*jobs.Queue).DoNext, nil, "moved", true},
		"up":   {(*jobs.Queue).MoveUp, nil, "moved", true},
		"down": {(*jobs.Queue).MoveDown, nil, "moved", true},
	}
}

// Control asks what verb (pause, resume, cancel, retry, clear, next, up or
// down) says of the jobs with these numbers, or of all that it applies to if
// args is "all", which the last three do not take. It
// is done by the process that runs the job or, if there is none, by the next
// one that does; which of the two is printed. If only some of several jobs can
// do it, the others are named on Stderr and the error is [ErrIncomplete].
func (e *Env) Control(ctx context.Context, verb string, args []string, o JobsOptions) error {
	act, ok := actions()[verb]
	if !ok {
		return fmt.Errorf("unknown verb: %q", verb)
	}
	return e.control(ctx, verb, act, args, o)
}

func (e *Env) control(ctx context.Context, verb string, act action, args []string, o JobsOptions) error {
	return e.withQueue(ctx, func(q *jobs.Queue) error {
		ids, err := chosen(q, verb, act, args)
		if err != nil {
			return err
		}
		if len(ids) == 0 && !o.JSON {
			fmt.Fprintln(e.Stdout, "no job to "+verb)
		}
		ids, failed := e.ask(ctx, q, ids, act)
		for _, id := range ids {
			if err := e.tell(ctx, q, id, act, o); err != nil {
				return err
			}
		}
		return failed
	})
}

// ask asks all of the jobs before any of them is waited for, and returns those
// that can do it.
func (e *Env) ask(ctx context.Context, q *jobs.Queue, ids []jobs.ID, act action) (able []jobs.ID, failed error) {
	for _, id := range ids {
		err := act.ask(q, ctx, id)
		switch {
		case err == nil:
			able = append(able, id)
		case len(ids) == 1:
			return nil, err
		default:
			fmt.Fprintln(e.Stderr, e.name(e.Stderr, err.Error()))
			failed = ErrIncomplete
		}
	}
	return able, failed
}

// chosen reads numbers of jobs, or all.
func chosen(q *jobs.Queue, verb string, act action, args []string) (ids []jobs.ID, err error) {
	if len(args) == 1 && args[0] == "all" {
		if act.applies == nil {
			return nil, fmt.Errorf("%s all: not all can be moved; say which jobs", verb)
		}
		for _, j := range q.Snapshot().Jobs {
			if act.applies(j) {
				ids = append(ids, j.ID)
			}
		}
		return ids, nil
	}
	for _, arg := range args {
		id, err := number(arg)
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	if verb == "next" {
		slices.Reverse(ids) // the one that was named first is to be the first
	}
	return ids, nil
}

func number(arg string) (jobs.ID, error) {
	n, err := strconv.ParseInt(arg, 10, 64)
	if err != nil || n <= 0 {
		return 0, fmt.Errorf("%q is not the number of a job; cosmander jobs lists them", arg)
	}
	return jobs.ID(n), nil
}

// tell prints what has become of a job that something was asked of.
func (e *Env) tell(ctx context.Context, q *jobs.Queue, id jobs.ID, act action, o JobsOptions) error {
	j, there := e.answered(ctx, q, id)
	if o.JSON {
		if !there {
			return nil
		}
		return lines(e.Stdout).Encode(e.listed(truly(q, j)))
	}
	what := string(j.State)
	switch {
	case !there:
		what = act.past
	case act.place:
		what = placeOf(q.Snapshot(), j)
	case j.Pending && q.Attended(j.Account):
		what = "to be " + act.past + "; the cosmander that runs it has not answered yet"
	case j.Pending:
		what = "to be " + act.past + " by the next cosmander of its account; none runs now"
	}
	_, err := fmt.Fprintf(e.Stdout, "job %d: %s\n", id, what)
	return err
}

// answered returns the job once what was asked of it is done, or cannot be
// soon. there is false if it is not in the list (any more).
func (e *Env) answered(ctx context.Context, q *jobs.Queue, id jobs.ID) (j jobs.Job, there bool) {
	timeout := time.NewTimer(patience)
	defer timeout.Stop()
	for {
		j, there = find(q.Snapshot(), id)
		if !there || !j.Pending || !q.Attended(j.Account) {
			return j, there
		}
		select {
		case <-q.Changed():
		case <-timeout.C:
			return j, there
		case <-ctx.Done():
			return j, there
		}
	}
}
