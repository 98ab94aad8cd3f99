package jobs

import (
	"fmt"
	"strings"
)

// jobMoves says which state of a job may follow which. Retrying and verifying
// are what a running job shows, not states of the journal.
var jobMoves = map[State][]State{
	Queued:    {Running, Paused, Cancelled},
	Running:   {Queued, Paused, Asking, Restoring, Done, Failed, Cancelled},
	Paused:    {Queued, Cancelled},
	Asking:    {Queued, Paused, Cancelled},
	Restoring: {Queued, Paused, Cancelled},
	Failed:    {Queued, Cancelled},
	Cancelled: {Queued},
	Done:      {},
}

// itemMoves is the same for items. A small file goes from queued to its end
// in one step: what was not acknowledged is simply sent again. One that is
// moved stops at verifying before its source goes. One that asks has not begun,
// or somebody wrote to its destination before it was through. What waits for a
// restored copy has to begin before it can end, for nobody holds a slot for it.
var itemMoves = map[State][]State{
	Queued:    {Queued, Running, Verifying, Asking, Restoring, Done, Failed},
	Asking:    {Queued},
	Restoring: {Queued, Running},
	Running:   {Running, Verifying, Asking, Restoring, Queued, Done, Failed},
	Verifying: {Running, Verifying, Queued, Asking, Done, Failed},
	Failed:    {Queued, Running}, // running if it left something to go on with
	Done:      {},
}

func mayMove(moves map[State][]State, from, to State) bool {
	for _, s := range moves[from] {
		if s == to {
			return true
		}
	}
	return false
}

// stateBefore is the SQL condition that an item may come from its state to
// state to, so that the statement that moves it checks the table. It is a CASE
// because for an IN SQLite builds a table of the states each time, which was
// half of what moving an item cost.
func stateBefore(to State) string {
	var from strings.Builder
	for _, s := range []State{Queued, Running, Verifying, Asking, Restoring, Failed, Done} {
		if mayMove(itemMoves, s, to) {
			from.WriteString(" WHEN '" + string(s) + "' THEN 1")
		}
	}
	return "CASE state" + from.String() + " END"
}

// comesBefore has stateBefore for every state: it is part of most statements.
var comesBefore = func() map[State]string {
	of := map[State]string{}
	for from, next := range itemMoves {
		for _, to := range append(next, from) {
			of[to] = stateBefore(to)
		}
	}
	return of
}()

// want is what somebody asked of a job, kept in the journal until the runner
// has done it.
type want string

const (
	wantNothing want = ""
	wantPause   want = "pause"
	wantRun     want = "run"
	wantCancel  want = "cancel"
	wantRetry   want = "retry"
	wantRestart want = "restart"
	wantAnswer  want = "answer" // what asked has its answer
)

// check says whether w can be asked of a job in state s that w0 is already
// asked of.
func (w want) check(s State, w0 want) error {
	ok := false
	switch w {
	case wantPause:
		ok = !s.Final()
	case wantRun:
		ok = !s.Final() || w0 == wantPause
	case wantCancel:
		ok = s != Done
	case wantRetry, wantRestart:
		ok = s == Failed || s == Cancelled
	case wantAnswer:
		ok = !s.Final() && w0 != wantCancel
	case wantNothing:
	}
	if !ok {
		return fmt.Errorf("cannot %s a job that is %s", w.verb(), s)
	}
	return nil
}

func (w want) verb() string {
	if w == wantRun {
		return "resume"
	}
	return string(w)
}
