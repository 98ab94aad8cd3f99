// Package headless is the program without a screen: ls, cp, mv, cat, rm and
// jobs, on the same client and the same job engine as the panes.
package headless

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/term"

	"cosmander/cos"
	"cosmander/cse"
	"cosmander/jobs"
)

// Env is what the commands work on.
type Env struct {
	Client  *cos.Client
	Account string // of the jobs that are queued, see jobs.Spec, and that are ours in a list
	Region  string // of buckets that the service does not tell it of
	// Keys decrypt what is read and encrypt what is uploaded; nil: none.
	Keys *cse.Keyring
	// Encrypts names the key that an upload to a place is encrypted with unless
	// something else is asked for; "" is none. It may be nil.
	Encrypts func(bucket, key string) string
	// Open opens the queue. It is called by the commands that change things,
	// which close what it returns.
	Open   func(ctx context.Context) (*jobs.Queue, error)
	Stdin  io.Reader
	Stdout Stream
	Stderr Stream
	// Show makes a name from outside safe to print on a terminal.
	Show func(string) string

	typed *bufio.Reader // Stdin, once somebody was asked
}

// Stream is where text goes.
type Stream struct {
	io.Writer
	Terminal bool // a person reads it: names are made safe, progress is drawn in place
	Columns  int  // of the terminal; 0 if not known
}

// StreamTo writes to f, which may be a terminal.
func StreamTo(f *os.File) Stream {
	columns, _, err := term.GetSize(int(f.Fd()))
	return Stream{Writer: f, Terminal: err == nil, Columns: columns}
}

// ErrIncomplete is returned when a command ran to its end but not everything
// it was asked for succeeded and was verified. What failed was printed.
var ErrIncomplete = errors.New("not everything succeeded")

// object parses an address that has to name something in a bucket.
func object(arg string) (cos.URI, error) {
	u, err := cos.ParseURI(arg)
	if err != nil {
		return cos.URI{}, err
	}
	if u.Key == "" {
		return cos.URI{}, fmt.Errorf("%s names a bucket, not an object", arg)
	}
	return u, nil
}

// name returns s as it may be printed on to: exact into files and pipes, safe
// on a terminal.
func (e *Env) name(to Stream, s string) string {
	if to.Terminal && e.Show != nil {
		return e.Show(s)
	}
	return s
}
