package jobs

import (
	"context"
	"os"
	"time"

	"cosmander/cos"
	"cosmander/cse"
)

// Config is what a [Queue] needs.
type Config struct {
	Journal string // path of jobs.db; its folder is created 0700, the file 0600
	// Account names the credentials and endpoint of this process. Only its
	// jobs are run here; jobs of other accounts wait for a process of theirs.
	Account string
	// Bucket opens a bucket of Account.
	Bucket func(bucket, region string) (*cos.Bucket, error)
	// Keys are what uploads encrypt with and downloads decrypt with; nil: none.
	Keys *cse.Keyring
	// Manual leaves alone the jobs that are in the journal already, until they
	// are resumed or retried. A command that was asked for one copy must not
	// carry out what another one left behind.
	Manual bool
	// Watch never runs a job: everything stays with the processes that do, and
	// what is asked for with whichever comes next if there is none. Bucket is
	// not used then.
	Watch bool

	// Files is how many small files are in flight, those counted whose end
	// is not in the journal yet; 0 means 40.
	Files     int
	Parts     int   // parts in flight, all files together; 0: default
	PartSize  int64 // bytes wanted; raised so that 10 000 parts suffice
	Threshold int64 // up to this many bytes one request; 0 means 20 MiB
	// CopyThreshold is up to how many bytes an object is copied inside the
	// service by one request; 0 means 5 GB, the most that it takes.
	CopyThreshold int64
	CopyPartSize  int64 // of larger ones, as PartSize; 0 means 64 MiB, as no byte comes this way
	// Bandwidth holds the transfers that run here together to so many bytes a
	// second, at least [MinBandwidth]; 0 is no limit. See [Queue.SetBandwidth].
	Bandwidth int64
	// Patient waits without end while the network is at fault, see [cos.Offline],
	// until the job is paused or cancelled; else that uses up the attempts too. A
	// command has to end some time. What the service answers is no reason to wait
	// for longer.
	Patient bool
	Retry   RetryPolicy   // zero means the default
	Poll    time.Duration // how often the journal is looked at for other processes' changes
	// KeepDone is how many finished items of a job stay in [Queue.Items]; of
	// the others only the counters stay. 0 means 10 000.
	KeepDone int64
	Now      func() time.Time

	// For tests.
	lookFirst time.Duration // until the first look whether a restore is done; doubles
	lookCap   time.Duration // the longest between two
	sleep     func(context.Context, time.Duration) error
	onCommit  func(commit int64) (die bool)
	create    func(root *os.Root, name string, flag int) (tempFile, error)
	sameness  func(root *os.Root, id ID) sameness
}

func (c Config) withDefaults() Config {
	if c.Files <= 0 {
		c.Files = 40
	}
	if c.Parts <= 0 {
		c.Parts = 16
	}
	if c.PartSize <= 0 {
		c.PartSize = 8 * mebibyte
	}
	if c.Threshold <= 0 {
		c.Threshold = 20 * mebibyte
	}
	if c.CopyThreshold <= 0 {
		c.CopyThreshold = cos.MaxPutBytes
	}
	if c.CopyPartSize <= 0 {
		c.CopyPartSize = 64 * mebibyte
	}
	if c.Poll <= 0 {
		c.Poll = 250 * time.Millisecond
	}
	if c.KeepDone <= 0 {
		c.KeepDone = 10_000
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.sleep == nil {
		c.sleep = sleep
	}
	if c.create == nil {
		c.create = createTemp
	}
	if c.sameness == nil {
		c.sameness = probeSameness
	}
	if c.lookFirst <= 0 {
		c.lookFirst, c.lookCap = lookFirst, lookCap
	}
	c.Retry = c.Retry.withDefaults()
	return c
}
