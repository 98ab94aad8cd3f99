package jobs

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
)

// lane keeps items apart that must not wait for each other.
type lane int

const (
	laneSmall lane = iota // one request
	laneLarge             // parts
	laneLast              // after everything else: folders that must be empty
	lanes
)

// identity tells whether a file is still the one that was looked at.
type identity struct {
	size    int64
	mtimeNS int64
	ctimeNS int64  // moves on also if an edit puts mtime back; 0 where the system has none
	inode   uint64 // 0 where the system has none
	dev     uint64
}

// item is a row of the journal.
type item struct {
	job      ID
	n        int64
	state    State
	lane     lane
	source   int    // index into the spec's sources
	name     string // relative, for people
	folder   bool
	path     string // local path; for a download relative to the destination; for a copy its key
	key      string // of a copy the source's
	dest     string // what it was to become, unique within the job; empty: has none. Of a download see sameness.key
	size     int64  // -1: not known yet
	etag     string
	crc      uint64
	hasCRC   bool
	version  string   // of what was written or, from the walk on, the one that is meant
	id       identity // of the source when its upload began
	uploadID string
	askings  askings // for an upload id, whose answer has not arrived; the newest last
	partSize int64
	envelope string // of content that is encrypted, see task.keep; empty: it is not
	temp     string // of a download in ranges, once it has begun
	token    uint64 // random, see tempName
	there    string // what is in the destination's place, see task.meets; empty: nobody knows
	copied   bool   // of a move: the copy is verified, and the source is next
	attempts int
	code     string
	request  string
	reason   string
	finished int64 // ms; 0: not yet, or not noted
	answer   OnConflict
	met      metDoc
	asked    int64    // ms; when its restore was asked for; 0: it was not
	walk     *walkPos // set on the report of a walk that failed
}

// walkPos is where a walk goes on.
type walkPos struct {
	source int
	after  string // last name that was passed
}

// tempName is the name of the item's temporary file. It follows from the row,
// so that after a crash it is known which files are ours. The token keeps it
// apart from those that programs with other journals make in the same folder.
// What an earlier version began has another name.
func (i *item) tempName() string {
	if i.temp != "" {
		return i.temp
	}
	return fmt.Sprintf(".cosmander-%d-%d-%016x.part", i.job, i.n, i.token)
}

// newToken is not 0.
func newToken() uint64 {
	for {
		var b [8]byte
		_, _ = rand.Read(b[:]) // it never fails
		if n := binary.NativeEndian.Uint64(b[:]); n != 0 {
			return n
		}
	}
}

// found is what a new item adds to the counters.
func (i *item) found() tally {
	c := tally{items: 1, bytes: max(i.size, 0)}
	switch i.state {
	case Failed:
		c.failed = 1
	case Done: // only what is left alone is found at its end
		c.done, c.skipped = 1, 1
	default:
	}
	return c
}

// nowhere stands in for the destination of an item that has none, so that a
// repeated walk knows it again. No real destination begins with a NUL.
func (i *item) nowhere() string { return fmt.Sprintf("\x00%d\x00%s\x00%s", i.source, i.path, i.key) }

// ack is one part or range that is safe.
type ack struct {
	number int // from 1
	size   int64
	etag   string
	crc    uint64
}

// outcome is how an item ended.
type outcome struct {
	skipped  bool
	verified bool
	size     int64
	etag     string
	crc      uint64
	hasCRC   bool
	version  string
	reason   string // why it was skipped, where that is not plain
}
