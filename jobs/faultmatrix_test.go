package jobs

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"cosmander/cos"
	"cosmander/cos/emulator"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"
)

var wholeMatrix = flag.Bool("matrix", false, "try every cell of the fault matrix, not one field in twenty with one job")

// trouble is a fault of the matrix and what may be asked of a job that meets
// it.
type trouble struct {
	name string
	emulator.Fault
	times int      // how often it acts where it goes away
	ops   []string // that it acts on; none: all
	slow  bool     // it only takes time, so that no job may fail of it
	final bool     // no use to repeat the request: a job may fail at once
	// bytes: it is not tried on every request. No checksum covers a document, so
	// what was changed in one may be believed: that is what TLS is for.
	bytes bool
}

func troubles() []trouble {
	asked := []string{"CompleteMultipartUpload", "CopyObject", "UploadPartCopy"}
	sums := append([]string{"GetObject", "HeadObject", "PutObject", "UploadPart"}, asked...)
	bodies := append([]string{
		"GetObject", "ListObjects", "ListParts", "InitiateMultipartUpload", "DeleteMultipleObjects", "GetObjectACL",
		"ListObjectVersions",
	}, asked...)
	return []trouble{
		{name: "latency", Fault: emulator.Fault{Latency: 10 * time.Millisecond}, slow: true},
		{name: "bandwidth", Fault: emulator.Fault{Bandwidth: 20 << 20}, slow: true},
		{name: "503 SlowDown", Fault: emulator.Fault{Status: http.StatusServiceUnavailable, Code: "SlowDown", RetryAfter: 7}},
		{name: "500", Fault: emulator.Fault{Status: http.StatusInternalServerError, Code: "InternalError"}},
		{name: "403", Fault: emulator.Fault{Status: http.StatusForbidden, Code: "AccessDenied"}, final: true},
		{name: "reset", Fault: emulator.Fault{Reset: true}},
		{name: "lose-answer", Fault: emulator.Fault{LoseAnswer: true}},
		{name: "stall", Fault: emulator.Fault{Stall: true}, times: 1},
		{name: "cut-body", Fault: emulator.Fault{CutBody: 100}, ops: bodies},
		{name: "corrupt", Fault: emulator.Fault{Corrupt: true}, ops: []string{"GetObject"}, bytes: true},
		{name: "no-crc", Fault: emulator.Fault{NoCRC: true}, ops: sums},
		{name: "spaces", Fault: emulator.Fault{Spaces: 10 * time.Millisecond}, ops: asked, slow: true},
		{name: "error-in-200", Fault: emulator.Fault{ErrorIn200: true, Code: "InternalError"}, ops: asked},
		{name: "html", Fault: emulator.Fault{HTML: true}},
		{name: "skew", Fault: emulator.Fault{Skew: time.Hour}, slow: true},
	}
}

// anyOp is the row of faults that befall every request.
const anyOp = ""

func (f trouble) befalls(op string) bool {
	return op == anyOp && !f.bytes || len(f.ops) == 0 || slices.Contains(f.ops, op)
}

// cell is one job that meets one fault on one operation.
type cell struct {
	deed  deed
	op    string
	fault trouble
	stays bool
}

func (c cell) String() string {
	when := "goes away"
	if c.stays {
		when = "stays"
	}
	return fmt.Sprintf("%s, %s of %s %s", c.deed.name, c.fault.name, c.op, when)
}

// outcome letters of the table.
const (
	isVerified   = "✓"
	isUnverified = "u"
	isFailed     = "✗"
	isCancelled  = "c"
	isUnclean    = "l"
)

// TestFaultMatrix_NoWrongDoneAndNoWrongFailed does every kind of job while
// every fault befalls every operation that it sends.
func TestFaultMatrix_NoWrongDoneAndNoWrongFailed(t *testing.T) {
	t.Parallel()
	m := &matrix{letters: map[string]map[string]bool{}}
	began := time.Now()
	m.each(t, measured(t), func(t *testing.T, group []cell) { m.try(t, group) })
	t.Logf("%d cells in %v: %d wrong done, %d wrong failed", m.cells, time.Since(began).Round(time.Millisecond), m.wrongDone, m.wrongFailed)
	assert.Zero(t, m.wrongDone, "wrong done")
	assert.Zero(t, m.wrongFailed, "wrong failed")
	m.compare(t)
}

// matrix is what was found.
type matrix struct {
	mu          sync.Mutex // guards the rest
	cells       int
	wrongDone   int
	wrongFailed int
	letters     map[string]map[string]bool // outcomes by operation, fault and whether it stays
}

// Cells that share a server come one after the other, but those that stall
// only wait, so that few of them do.
const (
	groupSize = 40
	stallSize = 4
)

// each runs the cells in groups, more at once than there are processors: many
// of them wait.
func (m *matrix) each(t *testing.T, cells []cell, do func(*testing.T, []cell)) {
	t.Helper()
	var g errgroup.Group
	g.SetLimit(12)
	for n, group := range grouped(cells) {
		g.Go(func() error {
			t.Run(fmt.Sprintf("%02d %s", n, group[0].deed.name), func(t *testing.T) { do(t, group) })
			return nil
		})
	}
	_ = g.Wait()
}

// grouped keeps together what can share a world.
func grouped(cells []cell) [][]cell {
	var groups [][]cell
	kind := func(c cell) string { return c.deed.name + fmt.Sprint(c.fault.Stall) }
	open := map[string]int{}
	for _, c := range cells {
		i, ok := open[kind(c)]
		limit := groupSize
		if c.fault.Stall {
			limit = stallSize
		}
		if !ok || len(groups[i]) >= limit {
			i = len(groups)
			groups = append(groups, nil)
			open[kind(c)] = i
		}
		groups[i] = append(groups[i], c)
	}
	return groups
}

// measured does every deed once without a fault, to see which operations it
// sends, and returns the cells of those.
func measured(t *testing.T) []cell {
	t.Helper()
	sent := map[string][]string{}
	for _, d := range deeds() {
		sent[d.name] = d.operations(t)
	}
	var cells []cell
	for i, f := range troubles() {
		for k, op := range append(emulator.Operations(), anyOp) {
			var users []deed
			for _, d := range deeds() {
				if f.befalls(op) && (slices.Contains(sent[d.name], op) || op == anyOp && d.interrupt == wantNothing) {
					users = append(users, d)
				}
			}
			if !*wholeMatrix {
				users = sample(users, i+k)
			}
			for _, d := range users {
				cells = append(cells, cell{d, op, f, false}, cell{d, op, f, true})
			}
		}
	}
	return cells
}

// sampled is of how many fields make test tries one; make faults tries all.
const sampled = 20

// sample takes one of the users of a field that is sampled.
func sample(users []deed, field int) []deed {
	if len(users) == 0 || field%sampled != 0 {
		return nil
	}
	return users[field/sampled%len(users):][:1]
}

func (d deed) operations(t *testing.T) []string {
	t.Helper()
	w, q := d.world(t, 2*time.Second)
	do := d.begin(w, q, "x")
	before := map[string]int64{}
	for _, op := range emulator.Operations() {
		before[op] = w.server.Requests(op)
	}
	j, _ := do.until(t, func() func() { return func() {} })
	var list []string
	for _, op := range emulator.Operations() {
		if w.server.Requests(op) > before[op] && (len(d.only) == 0 || slices.Contains(d.only, op)) {
			list = append(list, op)
		}
	}
	if d.interrupt != wantCancel {
		require.Equal(t, Done, j.State, "%s: %s", d.name, j.Reason)
		require.Empty(t, do.wrongDone(t), d.name)
	}
	return list
}

func (d deed) world(t *testing.T, idle time.Duration) (*world, *Queue) {
	t.Helper()
	w := newWorld(t, func(c *cos.Config) { c.IdleTimeout = idle })
	patient, err := cos.New(cos.Config{Endpoint: w.endpoint, Region: region, Credentials: cos.Credentials{SecretID: "id", SecretKey: "key"}})
	require.NoError(t, err)
	t.Cleanup(patient.CloseIdleConnections)
	w.bucket = patient.Bucket(bucketName, region) // the test's own look must not stall
	w.cfg.Parts = 2
	if d.interrupt != wantNothing {
		w.cfg.Parts = 1 // the first is safe before the second begins
	}
	w.cfg.Retry.Attempts = 4
	w.cfg.Poll = time.Minute // nobody else writes to this journal
	return w, w.open(inParts, func(c *Config) {
		c.sleep = func(ctx context.Context, d time.Duration) error { return sleep(ctx, min(d, 4*time.Millisecond)) }
	})
}

// try does cells one after the other.
func (m *matrix) try(t *testing.T, group []cell) {
	idle := 5 * time.Second
	if group[0].fault.Stall {
		idle = time.Second
	}
	w, q := group[0].deed.world(t, idle)
	for i, c := range group {
		letter, done, failed := c.try(t, c.deed.begin(w, q, fmt.Sprintf("c%d", i)))
		if done != "" {
			t.Errorf("%s: wrong done: %s", c, done)
		}
		if failed != "" {
			t.Errorf("%s: wrong failed: %s", c, failed)
		}
		m.note(c, letter, done != "", failed != "")
	}
}

func (m *matrix) note(c cell, letter string, done, failed bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.cells++
	if done {
		m.wrongDone++
	}
	if failed {
		m.wrongFailed++
	}
	at := place(c.op, c.fault.name, c.stays)
	if m.letters[at] == nil {
		m.letters[at] = map[string]bool{}
	}
	m.letters[at][letter] = true
}

// try does the job with the fault, judges its end, and lets what failed be
// tried again without the fault.
func (c cell) try(t *testing.T, do *doing) (letter, wrongDone, wrongFailed string) {
	t.Helper()
	// Who may not see tags and ACL cannot copy them either.
	do.bare = c.fault.final && (c.op == "GetObjectTagging" || c.op == "GetObjectACL")
	j, remove := do.until(t, func() func() { return do.w.server.Faults().Add(c.rule()) })
	remove()
	switch {
	case j.State == Done && j.Unverified > 0 && do.move:
		return isUnverified, "it moved what was not verified", ""
	case j.State == Done && j.Unverified > 0:
		return isUnverified, do.wrongDone(t), ""
	case j.State == Done:
		return isVerified, do.wrongDone(t), ""
	case do.interrupt == wantCancel:
		letter, wrongFailed = c.cancelled(t, do, j)
	default:
		letter, wrongFailed = isFailed, c.failed(t, do, j)
	}
	wrongDone = do.harm(t)
	require.NoError(t, do.q.Retry(t.Context(), j.ID))
	if j = finish(t, do.q, j.ID); j.State != Done || j.Unverified > 0 {
		return letter, wrongDone, fmt.Sprintf("after the retry %s: %s %v", j.State, j.Reason, reasons(t, do.q, j.ID))
	}
	if why := do.wrongDone(t); why != "" {
		wrongDone = "after the retry: " + why
	}
	return letter, wrongDone, wrongFailed
}

func (c cell) rule() emulator.Fault {
	f := c.fault.Fault
	f.Op = c.op
	if !c.stays {
		f.Times = 2
		if c.fault.times > 0 {
			f.Times = c.fault.times
		}
	}
	return f
}

// failed says why a job should not have failed, or not like this.
func (c cell) failed(t *testing.T, do *doing, j Job) string {
	t.Helper()
	items, err := do.q.Items(t.Context(), j.ID, 0, 10, Failed)
	require.NoError(t, err)
	kept := c.fault.NoCRC && c.deed.move // what cannot be verified stays
	switch {
	case j.State != Failed:
		return "it is " + string(j.State)
	case j.Reason == "" || len(items) == 0 || items[0].Reason == "":
		return "no reason is given"
	case c.fault.slow:
		return "it was only slow: " + j.Reason
	case !c.stays && !c.fault.final && !kept:
		return "the fault went away: " + j.Reason
	case c.fault.Code != "" && c.op != anyOp && c.op != "HeadObject" && items[0].Code != c.fault.Code:
		return fmt.Sprintf("its code is %q: %s", items[0].Code, items[0].Reason)
	}
	return ""
}

// cancelled says what a cancelled job should not have left behind in silence.
func (c cell) cancelled(t *testing.T, do *doing, j Job) (letter, wrong string) {
	t.Helper()
	left := do.uploadsLeft(t)
	switch {
	case j.State != Cancelled:
		return isFailed, "it is " + string(j.State)
	case left == 0:
		return isCancelled, ""
	case j.Reason == "":
		return isUnclean, "an upload was left and nobody was told"
	case c.fault.slow || !c.stays && !c.fault.final:
		return isUnclean, "an upload was left: " + j.Reason
	}
	return isUnclean, ""
}
