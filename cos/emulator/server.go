// Package emulator is a local server that speaks the COS object API. It backs
// the demo, `cosmander serve`, the tests and the benchmarks, so it is strict:
// it checks signatures, enforces the documented limits and answers the
// documented errors. Objects are files, the index is SQLite; what was
// acknowledged is there again after a restart.
package emulator

import (
	"context"
	"errors"
	"net/http"
	"time"
)

// Config says what a [Server] serves.
type Config struct {
	Dir       string // data folder; created 0700. Locked against a second server
	SecretID  string // the one key pair that is accepted
	SecretKey string
	Region    string           // of buckets made by Buckets; default ap-guangzhou
	Buckets   []string         // created if missing; the first answers hosts that name none
	Now       func() time.Time // nil means time.Now
}

// Server is the emulator as an http.Handler. Safe for concurrent use.
type Server struct{}

// Open opens or creates the data folder.
func Open(cfg Config) (*Server, error) { return nil, errors.New("skeleton") }

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {}

// Close releases the data folder. Requests still running fail.
func (s *Server) Close() error { return nil }

// Seed adds n empty objects under prefix of bucket, named 0000000.. in order.
func (s *Server) Seed(ctx context.Context, bucket, prefix string, n int) error { return nil }

// Faults is the switchboard of misbehaviour; never nil.
func (s *Server) Faults() *Faults { return nil }

// Requests returns how many requests of operation op were answered or
// refused so far; "" counts all.
func (s *Server) Requests(op string) int64 { return 0 }

// Faults holds the rules that make the server misbehave. Safe for concurrent
// use; rules may be added while requests run.
type Faults struct{}

// Fault is one rule. Zero fields do not restrict or act.
type Fault struct {
	// Which requests:
	Op    string // "UploadPart", "PutObject", "GetObject", ...; "" is all
	Key   string // only this key
	After int    // skip this many matching requests first
	Times int    // then act on this many; 0 is all

	// What happens, in this order:
	Latency    time.Duration // before anything else
	Bandwidth  int64         // bytes per second of request and response body
	Status     int           // answer this instead (with Code)
	Code       string        // "SlowDown"
	RetryAfter int           // seconds, header of that answer
	Reset      bool          // close the connection before doing anything
	CutBody    int64         // answer a GET with only this many bytes, then close (-1: none)
	Corrupt    bool          // flip one byte of the answered body of a GET
	Stall      bool          // send headers, then nothing until the client leaves
	LoseAnswer bool          // do the work, then close the connection unanswered
	NoCRC      bool          // leave x-cos-hash-crc64ecma out
	ErrorIn200 bool          // Complete: spaces, then an Error document with status 200
	Spaces     time.Duration // Complete: stream spaces for this long before the document
	Skew       time.Duration // the server's clock is off by this
	HTML       bool          // answer an HTML page with status Status or 200
}

// Add adds a rule and returns a function that removes it.
func (f *Faults) Add(r Fault) (remove func()) { return func() {} }

// ParseFault reads the form of `serve --fault`: comma-separated
// "op=UploadPart,after=2,times=1,status=503,code=SlowDown" or "latency=150ms".
func ParseFault(s string) (Fault, error) { return Fault{}, nil }
