package jobs

import (
	"context"
	"errors"
	"time"

	"cosmander/cos"
)

// Config is what a [Queue] needs.
type Config struct {
	Journal string // path of jobs.db; its folder is created 0700, the file 0600
	// Account names the credentials and endpoint of this process. Only its
	// jobs are run here; jobs of other accounts wait for a process of theirs.
	Account string
	// Bucket opens a bucket of Account.
	Bucket func(bucket, region string) (*cos.Bucket, error)

	Files     int           // files in flight; 0 means the default
	Parts     int           // parts in flight, all files together; 0: default
	PartSize  int64         // bytes wanted; raised so that 10 000 parts suffice
	Threshold int64         // up to this many bytes one request; 0 means 20 MB
	Retry     RetryPolicy   // zero means the default
	Poll      time.Duration // how often the journal is looked at for other processes' changes
	Now       func() time.Time
}

// RetryPolicy bounds the one retry layer.
type RetryPolicy struct {
	Attempts int           // at most this many tries of one request
	Base     time.Duration // first wait before jitter; doubles
	Cap      time.Duration // longest wait
}

// Queue is the handle of one process on the journal. Safe for concurrent use.
type Queue struct{}

// Open opens the journal and begins to run the jobs of cfg.Account as soon as
// no other process does. Jobs that a killed process left go on.
func Open(ctx context.Context, cfg Config) (*Queue, error) { return nil, errors.New("skeleton") }

// Close stops the transfers, keeps what they have achieved in the journal and
// waits for them.
func (q *Queue) Close() error { return nil }

// Add queues specs, each one job, and returns when they are on disk.
func (q *Queue) Add(ctx context.Context, specs ...Spec) ([]ID, error) { return nil, nil }

// FindOpen returns the unfinished (or failed) job that equals spec, so that
// the same command started again goes on with it; 0 if there is none.
func (q *Queue) FindOpen(ctx context.Context, spec Spec) (ID, error) { return 0, nil }

// Pause stops a job and keeps what it has; Resume lets it go on.
func (q *Queue) Pause(ctx context.Context, id ID) error { return nil }

// Resume continues a paused job.
func (q *Queue) Resume(ctx context.Context, id ID) error { return nil }

// Cancel ends a job, aborts its uploads and removes its temporary files.
func (q *Queue) Cancel(ctx context.Context, id ID) error { return nil }

// Retry queues the failed items of a failed or cancelled job again.
func (q *Queue) Retry(ctx context.Context, id ID) error { return nil }

// ClearDone removes finished jobs that have no failed item from the list.
func (q *Queue) ClearDone(ctx context.Context) error { return nil }

// Snapshot returns the queue as it is now. It does no I/O.
func (q *Queue) Snapshot() Snapshot { return Snapshot{} }

// Changed carries one token (capacity 1) when the snapshot may have changed.
// It is meant for one reader.
func (q *Queue) Changed() <-chan struct{} { return nil }

// Items returns up to limit items of a job, those in one of states (none:
// all), in order, after item number after.
func (q *Queue) Items(ctx context.Context, id ID, after int64, limit int, states ...State) ([]Item, error) {
	return nil, nil
}

// Tally is what a survey has counted so far.
type Tally struct {
	Files    int64
	Folders  int64
	Bytes    int64
	Existing int64    // top-level sources whose destination exists
	Names    []string // the first few of those that exist
	Done     bool
}

// Survey counts what spec would move, calling report now and then and once at
// the end with Done set. It changes nothing; ctx stops it.
func (q *Queue) Survey(ctx context.Context, spec Spec, report func(Tally)) error { return nil }
