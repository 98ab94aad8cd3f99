// Package emulator is a local server that speaks the COS object API. It backs
// the demo, `cosmander serve`, the tests and the benchmarks, so it is strict:
// it checks signatures, enforces the documented limits and answers the
// documented errors. Objects are files, the index is SQLite; what was
// acknowledged is there again after a restart or a kill of the process. It is
// not made to survive a power cut: nothing is flushed to the disk for each
// request.
//
// [Operations] lists what it answers; all else is NotImplemented.
package emulator

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gofrs/flock"
)

// DefaultRegion is the region of buckets made for [Config.Buckets] when
// [Config.Region] is empty.
const DefaultRegion = "ap-guangzhou"

// Config says what a [Server] serves.
type Config struct {
	Dir       string // data folder; created 0700. Locked against a second server
	SecretID  string // the one key pair that is accepted
	SecretKey string
	Region    string   // of buckets made by Buckets; default ap-guangzhou
	Buckets   []string // created if missing; the first answers hosts that name none
	// RestoreTime is how long a restore of an archived object takes, whatever
	// its tier; 0 means [DefaultRestoreTime].
	RestoreTime time.Duration
	// AnyCaseVersionID takes ?VersionId= for ?versionId=. The Go SDK's Delete
	// sends the former, which is not known to work on the service; without
	// this it is refused.
	AnyCaseVersionID bool
	Now              func() time.Time // nil means time.Now
}

// DefaultRestoreTime is how long a restore takes if [Config.RestoreTime] is 0.
const DefaultRestoreTime = 5 * time.Second

// Server is the emulator as an http.Handler. Safe for concurrent use.
type Server struct {
	cfg    Config
	lock   *flock.Flock
	index  *index
	blobs  *blobs
	faults *Faults
	counts counters
	closed chan struct{} // ends stalled requests
	halt   sync.Once
	once   sync.Once
}

// ErrInUse is what [Open] returns if another server has the data folder open.
var ErrInUse = errors.New("another server has the data folder open")

// Open opens or creates the data folder, removes what a killed server left
// half written, and creates the missing ones of cfg.Buckets. It fails with
// [ErrInUse] if another server has the folder open.
func Open(cfg Config) (*Server, error) {
	if cfg.Dir == "" {
		return nil, errors.New("open emulator: no data folder")
	}
	if cfg.Region == "" {
		cfg.Region = DefaultRegion
	}
	if cfg.RestoreTime <= 0 {
		cfg.RestoreTime = DefaultRestoreTime
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	dir, err := filepath.Abs(cfg.Dir) // SQLite takes the start of another one for a host
	if err != nil {
		return nil, fmt.Errorf("open emulator: %w", err)
	}
	cfg.Dir = dir
	lock, err := lockFolder(cfg.Dir)
	if err != nil {
		return nil, err
	}
	s := &Server{cfg: cfg, lock: lock, faults: &Faults{}, closed: make(chan struct{})}
	if err := s.load(); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func lockFolder(dir string) (*flock.Flock, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("create data folder: %w", err)
	}
	lock := flock.New(filepath.Join(dir, "lock"), flock.SetPermissions(0o600))
	held, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock data folder %s: %w", dir, err)
	}
	if !held {
		return nil, fmt.Errorf("%w: %s", ErrInUse, dir)
	}
	return lock, nil
}

func (s *Server) load() error {
	var err error
	if s.blobs, err = openBlobs(filepath.Join(s.cfg.Dir, "blobs")); err != nil {
		return err
	}
	if s.index, err = openIndex(filepath.Join(s.cfg.Dir, "index.db"), s.blobs.bury); err != nil {
		return err
	}
	if err := s.removeOrphans(); err != nil {
		return err
	}
	for _, name := range s.cfg.Buckets {
		if !validBucketName(name) {
			return fmt.Errorf("bucket name %q: want lower-case letters, digits and dashes, ending in -APPID", name)
		}
		err := s.index.createBucket(name, s.cfg.Region, s.cfg.Now().Unix())
		if err != nil && !errors.Is(err, errBucketExists) {
			return fmt.Errorf("create bucket %s: %w", name, err)
		}
	}
	return nil
}

// removeOrphans drops content files that no object and no part names: a
// server was killed between writing a file and committing it, or between
// committing its removal and removing it.
func (s *Server) removeOrphans() error {
	known, last, err := s.index.fileBlobs()
	if err != nil {
		return err
	}
	s.blobs.next.Store(last)
	return s.blobs.removeUnless(known)
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q := s.newRequest(w, r)
	s.counts.add(q.op.name)
	if s.misbehave(q) {
		return
	}
	if err := s.answer(q); err != nil {
		q.fail(err)
	}
	q.finish()
}

func (s *Server) answer(q *request) error {
	if q.unreadable != nil {
		return q.unreadable
	}
	if err := s.authorize(q); err != nil {
		return err
	}
	if q.refusal != nil {
		return q.refusal
	}
	return q.op.handle(s, q)
}

// Close releases the data folder. Requests still running fail. It may be
// called twice.
func (s *Server) Close() error {
	var err error
	s.endWaits()
	s.once.Do(func() {
		if s.index != nil {
			err = s.index.close()
		}
		err = errors.Join(err, s.lock.Close())
	})
	return err
}

// endWaits breaks off the requests that faults keep waiting.
func (s *Server) endWaits() { s.halt.Do(func() { close(s.closed) }) }

// Faults is the switchboard of misbehaviour; never nil.
func (s *Server) Faults() *Faults { return s.faults }

// Requests returns how many requests of operation op were answered or
// refused so far; "" counts all.
func (s *Server) Requests(op string) int64 { return s.counts.get(op) }

// Note returns what was written under name by [Server.SetNote], or "". Notes
// are kept with the data and are not reachable over HTTP.
func (s *Server) Note(ctx context.Context, name string) (string, error) {
	return s.index.note(ctx, name)
}

// SetNote writes a note, replacing one of the same name.
func (s *Server) SetNote(name, text string) error { return s.index.setNote(name, text) }

// counters counts requests by operation.
type counters struct {
	mu    sync.Mutex
	total int64
	by    map[string]int64
}

func (c *counters) add(op string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.by == nil {
		c.by = map[string]int64{}
	}
	c.total++
	c.by[op]++
}

func (c *counters) get(op string) int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	if op == "" {
		return c.total
	}
	return c.by[op]
}
