package headless

import (
	"bufio"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"cosmander/jobs"
)

// Answer gives an answer (one of jobs.Answers) to the conflicts of a job: of
// the items with these numbers or, if there are none, of all, met and still to
// come.
func (e *Env) Answer(ctx context.Context, job, choice string, items []string, o JobsOptions) error {
	if !slices.Contains(jobs.Answers(), jobs.OnConflict(choice)) {
		return fmt.Errorf("%q answers no conflict: want %s", choice, oneOf(jobs.Answers()))
	}
	var numbers []int64
	for _, arg := range items {
		n, err := strconv.ParseInt(arg, 10, 64)
		if err != nil || n <= 0 {
			return fmt.Errorf("%q is not the number of an item; cosmander jobs show %s lists them", arg, job)
		}
		numbers = append(numbers, n)
	}
	ask := func(q *jobs.Queue, ctx context.Context, id jobs.ID) error {
		if len(numbers) == 0 {
			return q.Answer(ctx, id, 0, jobs.OnConflict(choice), true)
		}
		for _, n := range numbers {
			if err := q.Answer(ctx, id, n, jobs.OnConflict(choice), false); err != nil {
				return err
			}
		}
		return nil
	}
	return e.control(ctx, "answer", action{ask: ask, past: "answered"}, []string{job}, o)
}

func oneOf(choices []jobs.OnConflict) string {
	var names []string
	for _, c := range choices {
		names = append(names, string(c))
	}
	return strings.Join(names, ", ")
}

// letters are what is typed for an answer; a capital one means all.
var letters = map[string]jobs.OnConflict{
	"o": jobs.Overwrite, "s": jobs.Skip, "n": jobs.IfNewer, "z": jobs.IfSize, "c": jobs.IfChecksum, "k": jobs.KeepBoth,
}

const question = "o overwrite, s skip, n if newer, z if size differs, c if checksum differs, k keep both; a capital letter: all; q leave it: "

// inquire asks on the terminal about every conflict that a job has met. The
// error tells how to go on later if there is nobody to answer.
func (e *Env) inquire(ctx context.Context, q *jobs.Queue, id jobs.ID) error {
	const page = 100
	for first := true; ; first = false {
		asking, err := q.Items(ctx, id, 0, page, jobs.Asking)
		if err != nil {
			return fmt.Errorf("read the conflicts: %w", err)
		}
		if len(asking) == 0 && first {
			return q.Resume(ctx, id) // somebody else has answered
		}
		if len(asking) == 0 {
			return nil
		}
		for _, it := range asking {
			all, err := e.inquireOf(ctx, q, it)
			if err != nil {
				return err
			}
			if all {
				return nil
			}
		}
	}
}

func (e *Env) inquireOf(ctx context.Context, q *jobs.Queue, it jobs.Item) (all bool, err error) {
	if !e.Stderr.Terminal {
		return false, e.unanswered(it.Job)
	}
	for {
		fmt.Fprint(e.Stderr, e.described(it)+question)
		line, err := e.line(ctx)
		if err != nil {
			return false, err
		}
		choice, known := letters[strings.ToLower(line)]
		switch {
		case strings.EqualFold(line, "q"):
			return false, e.unanswered(it.Job)
		case known:
			all = line != strings.ToLower(line)
			return all, q.Answer(ctx, it.Job, it.N, choice, all)
		}
	}
}

func (e *Env) unanswered(id jobs.ID) error {
	return fmt.Errorf("what exists at the destination was left as it is: the same command asks again, and cosmander jobs answer %d CHOICE answers", id)
}

// described is an item that asks, as both sides are.
func (e *Env) described(it jobs.Item) string {
	c := it.Conflict
	side := func(name string, bytes int64, at, other time.Time) string {
		newer := ""
		if at.Truncate(time.Second).After(other.Truncate(time.Second)) {
			newer = "  newer"
		}
		return fmt.Sprintf("  %-6s %8s  %s%s\n", name, size(bytes), stamp(at), newer)
	}
	return e.name(e.Stderr, it.Name) + " exists\n" + side("new", c.Size, c.Modified, c.ThereModified) +
		side("there", c.ThereSize, c.ThereModified, c.Modified)
}

// asks is an item's conflict in a line.
func asks(it jobs.Item) string {
	c := it.Conflict
	return fmt.Sprintf("item %d, of %s; there are %s of %s", it.N, stamp(c.Modified), size(c.ThereSize), stamp(c.ThereModified))
}

func stamp(t time.Time) string { return t.Local().Format(time.DateTime) }

// line reads one from the standard input, which nobody can interrupt: what is
// typed after ctx has ended is lost.
func (e *Env) line(ctx context.Context) (string, error) {
	type answer struct {
		text string
		err  error
	}
	if e.typed == nil {
		e.typed = bufio.NewReader(e.Stdin)
	}
	read := make(chan answer, 1)
	go func() {
		text, err := e.typed.ReadString('\n')
		read <- answer{strings.TrimSpace(text), err}
	}()
	select {
	case a := <-read:
		if a.err != nil && a.text == "" {
			return "q", nil // there is nobody (any more)
		}
		return a.text, nil
	case <-ctx.Done():
		return "", interrupted(ctx, ctx.Err())
	}
}
