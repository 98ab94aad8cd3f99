package headless

import (
	"fmt"
	"io"

	"cosmander/jobs"
)

// Damage says that the journal of q was damaged and where it is now; "" if it
// was not. The queue may be nil.
func Damage(q *jobs.Queue) string {
	if q == nil || q.SetAside() == "" {
		return ""
	}
	return "the journal was damaged and is kept as " + q.SetAside() + "; a new one was begun. Unfinished uploads may be left in the bucket."
}

// WarnOfDamage writes what Damage says, if anything, made safe by show.
func WarnOfDamage(q *jobs.Queue, to io.Writer, show func(string) string) {
	if what := Damage(q); what != "" {
		fmt.Fprintln(to, "cosmander: "+show(what))
	}
}
