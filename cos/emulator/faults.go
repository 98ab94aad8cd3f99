package emulator

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Faults holds the rules that make the server misbehave. Safe for concurrent
// use; rules may be added while requests run.
type Faults struct {
	mu    sync.Mutex
	rules []*rule
}

// rule is a fault and how many requests have met it.
type rule struct {
	Fault
	seen  int // that it matched
	acted int // that it acted on
}

// acts counts a request that matches and reports whether it is one to act on.
func (r *rule) acts() bool {
	r.seen++
	due := r.seen > r.After && (r.Every <= 1 || (r.seen-r.After)%r.Every == 0)
	if !due || (r.Times > 0 && r.acted >= r.Times) {
		return false
	}
	r.acted++
	return true
}

// Fault is one rule. Zero fields do not restrict or act. Several rules may
// act on one request: latencies add up, of the rest the first that is set
// counts.
type Fault struct {
	// Which requests:
	Op    string // one of [Operations]; "" is all
	Key   string // only this key; of DeleteMultipleObjects, only this entry, with Status and Code
	After int    // skip this many matching requests first
	Every int    // of what is left, only on each so-manieth; 0 and 1 are each
	Times int    // act on this many in all; 0 is no bound

	// What happens, in this order:
	Latency    time.Duration // before anything else
	Bandwidth  int64         // bytes per second of request and response body
	Status     int           // answer this instead (with Code)
	Code       string        // "SlowDown"
	RetryAfter int           // seconds, header of that answer
	Reset      bool          // close the connection before doing anything
	CutBody    int64         // answer with only this many bytes of the body, then close (-1: none)
	Corrupt    bool          // flip one byte of the answered body
	Stall      bool          // send nothing until the client leaves; of a GET the headers
	LoseAnswer bool          // do the work, then close the connection unanswered
	NoCRC      bool          // leave x-cos-hash-crc64ecma out
	ErrorIn200 bool          // complete, copy, part copy: spaces, then an Error document with status 200
	Spaces     time.Duration // of the same: stream spaces for this long before the document
	Skew       time.Duration // the server's clock is off by this
	HTML       bool          // answer an HTML page with status Status or 200
}

// Add adds a rule and returns a function that removes it.
func (f *Faults) Add(r Fault) (remove func()) {
	added := &rule{Fault: r}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rules = append(f.rules, added)
	return func() { f.remove(added) }
}

func (f *Faults) remove(gone *rule) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, r := range f.rules {
		if r == gone {
			f.rules = append(f.rules[:i:i], f.rules[i+1:]...)
			return
		}
	}
}

// match counts a request and returns the rules that act on it as one.
func (f *Faults) match(op, key string) Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	var all Fault
	for _, r := range f.rules {
		if (r.Op != "" && r.Op != op) || (r.Key != "" && r.Key != key) {
			continue
		}
		if r.acts() {
			all.merge(r.Fault)
		}
	}
	return all
}

// matchEntry is match for one entry of a request that names many keys: only
// rules with its key act.
func (f *Faults) matchEntry(op, key string) Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	var all Fault
	for _, r := range f.rules {
		if r.Key == key && key != "" && (r.Op == "" || r.Op == op) && r.acts() {
			all.merge(r.Fault)
		}
	}
	return all
}

func (f *Fault) merge(r Fault) {
	f.Latency += r.Latency
	f.Skew += r.Skew
	f.Bandwidth = first(f.Bandwidth, r.Bandwidth)
	f.Status = first(f.Status, r.Status)
	f.Code = first(f.Code, r.Code)
	f.RetryAfter = first(f.RetryAfter, r.RetryAfter)
	f.Reset = f.Reset || r.Reset
	f.CutBody = first(f.CutBody, r.CutBody)
	f.Corrupt = f.Corrupt || r.Corrupt
	f.Stall = f.Stall || r.Stall
	f.LoseAnswer = f.LoseAnswer || r.LoseAnswer
	f.NoCRC = f.NoCRC || r.NoCRC
	f.ErrorIn200 = f.ErrorIn200 || r.ErrorIn200
	f.Spaces = first(f.Spaces, r.Spaces)
	f.HTML = f.HTML || r.HTML
}

func first[T comparable](a, b T) T {
	var zero T
	if a != zero {
		return a
	}
	return b
}

// ParseFault reads the form of `serve --fault`: comma-separated
// "op=UploadPart,after=2,times=1,status=503,code=SlowDown" or "latency=150ms".
// Names are op, key, after, every, times, latency, bandwidth (bytes per second),
// status, code, retry-after (seconds), cut-body, spaces, skew, and without a
// value reset, corrupt, stall, lose-answer, no-crc, error-in-200, html. A key
// that holds a comma cannot be written this way.
func ParseFault(s string) (Fault, error) {
	var f Fault
	for field := range strings.SplitSeq(s, ",") {
		name, value, hasValue := strings.Cut(strings.TrimSpace(field), "=")
		if err := f.setField(name, value, hasValue); err != nil {
			return Fault{}, fmt.Errorf("fault %q: %w", s, err)
		}
	}
	if (f.ErrorIn200 || f.Spaces > 0) && f.Op != "" && !slowDocuments[f.Op] {
		return Fault{}, fmt.Errorf("fault %q: only of %s, %s and %s the answer can begin before the work is done",
			s, opComplete.name, opCopy.name, opPartCopy.name)
	}
	if !f.acts() {
		return Fault{}, fmt.Errorf("fault %q: it does nothing; add for instance status=503", s)
	}
	return f, nil
}

// slowDocuments are the operations whose answer may begin with spaces.
var slowDocuments = map[string]bool{opComplete.name: true, opCopy.name: true, opPartCopy.name: true}

// acts reports whether a rule does anything to the requests it matches.
func (f Fault) acts() bool {
	f.Op, f.Key, f.After, f.Every, f.Times = "", "", 0, 0, 0
	return f != Fault{}
}

func (f *Fault) setField(name, value string, hasValue bool) error {
	if flag := f.flagField(name); flag != nil {
		on := true
		var err error
		if hasValue {
			on, err = strconv.ParseBool(value)
		}
		*flag = on
		return fieldError(name, value, err)
	}
	if !hasValue {
		return fmt.Errorf("%q is not known, or needs a value", name)
	}
	return f.setValue(name, value)
}

func (f *Fault) flagField(name string) *bool {
	return map[string]*bool{
		"reset": &f.Reset, "corrupt": &f.Corrupt, "stall": &f.Stall, "lose-answer": &f.LoseAnswer,
		"no-crc": &f.NoCRC, "error-in-200": &f.ErrorIn200, "html": &f.HTML,
	}[name]
}

func (f *Fault) setValue(name, value string) (err error) {
	switch name {
	case "op":
		f.Op = value
		err = checkOp(value)
	case "key":
		f.Key = value
	case "code":
		f.Code = value
	case "after":
		f.After, err = strconv.Atoi(value)
	case "every":
		f.Every, err = strconv.Atoi(value)
	case "times":
		f.Times, err = strconv.Atoi(value)
	case "status":
		f.Status, err = parseStatus(value)
	case "retry-after":
		f.RetryAfter, err = strconv.Atoi(value)
	case "bandwidth":
		f.Bandwidth, err = strconv.ParseInt(value, 10, 64)
	case "cut-body":
		f.CutBody, err = strconv.ParseInt(value, 10, 64)
	case "latency":
		f.Latency, err = time.ParseDuration(value)
	case "spaces":
		f.Spaces, err = time.ParseDuration(value)
	case "skew":
		f.Skew, err = time.ParseDuration(value)
	default:
		return fmt.Errorf("%q is not known", name)
	}
	return fieldError(name, value, err)
}

func fieldError(name, value string, err error) error {
	if err != nil {
		return fmt.Errorf("%s=%s: %w", name, value, err)
	}
	return nil
}

func parseStatus(value string) (int, error) {
	n, err := strconv.Atoi(value)
	if err == nil && (n < 200 || n > 599) {
		return 0, fmt.Errorf("a status is 200 to 599")
	}
	return n, err
}

func checkOp(name string) error {
	for _, op := range routes {
		if op.name == name {
			return nil
		}
	}
	return fmt.Errorf("there is no such operation")
}
