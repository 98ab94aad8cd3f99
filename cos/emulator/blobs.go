package emulator

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
)

// blobs are the content files. A file gets a number that is never used again
// while the server runs and is visible only once the index names it, so it
// needs no temporary name: one that the index does not name is rubbish.
type blobs struct {
	dir  string
	next atomic.Int64 // the last number given out

	mu      sync.Mutex // guards what is below
	epoch   uint64
	readers map[uint64]int // by the epoch in which they began
	dead    []deadBlob
}

// deadBlob is a file that the index no longer names. Readers that began
// before may still be about to open it.
type deadBlob struct {
	id    int64
	epoch uint64 // readers that began earlier may need it
}

// blobFolders is over how many folders the files are spread; a folder is made
// when it gets its first file.
const blobFolders = 256

func openBlobs(dir string) (*blobs, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("create content folder: %w", err)
	}
	return &blobs{dir: dir, readers: map[uint64]int{}}, nil
}

func (b *blobs) path(id int64) string {
	return filepath.Join(b.dir, fmt.Sprintf("%02x", id%blobFolders), strconv.FormatInt(id, 10))
}

// newID returns a number for a new blob, inline or in a file.
func (b *blobs) newID() int64 { return b.next.Add(1) }

func (b *blobs) create(id int64) (*os.File, error) {
	const flags = os.O_CREATE | os.O_EXCL | os.O_WRONLY
	f, err := os.OpenFile(b.path(id), flags, 0o600)
	if !errors.Is(err, fs.ErrNotExist) {
		return f, err
	}
	if err := os.MkdirAll(filepath.Dir(b.path(id)), 0o700); err != nil {
		return nil, err
	}
	return os.OpenFile(b.path(id), flags, 0o600)
}

func (b *blobs) open(id int64) (*os.File, error) { return os.Open(b.path(id)) }

func (b *blobs) remove(id int64) {
	_ = os.Remove(b.path(id)) // what stays is removed at the next Open
}

// begin is called before a reader looks into the index; the returned function
// when it has read all it wants. In between no file that the index named is
// removed.
func (b *blobs) begin() (end func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	epoch := b.epoch
	b.readers[epoch]++
	return func() { b.end(epoch) }
}

func (b *blobs) end(epoch uint64) {
	b.mu.Lock()
	if b.readers[epoch]--; b.readers[epoch] == 0 {
		delete(b.readers, epoch)
	}
	free := b.reap()
	b.mu.Unlock()
	for _, id := range free {
		b.remove(id)
	}
}

// bury is called after the commit of a transaction that dropped files.
func (b *blobs) bury(ids []int64) {
	if len(ids) == 0 {
		return
	}
	b.mu.Lock()
	b.epoch++
	for _, id := range ids {
		b.dead = append(b.dead, deadBlob{id, b.epoch})
	}
	free := b.reap()
	b.mu.Unlock()
	for _, id := range free {
		b.remove(id)
	}
}

// reap takes out the dead that no reader can want. b.mu is held.
func (b *blobs) reap() []int64 {
	oldest := b.epoch
	for epoch := range b.readers {
		oldest = min(oldest, epoch)
	}
	var free []int64
	for len(b.dead) > 0 && b.dead[0].epoch <= oldest {
		free = append(free, b.dead[0].id)
		b.dead = b.dead[1:]
	}
	return free
}

// removeUnless removes every file that is not known.
func (b *blobs) removeUnless(known map[int64]bool) error {
	err := filepath.WalkDir(b.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if id, err := strconv.ParseInt(d.Name(), 10, 64); err == nil && known[id] {
			return nil
		}
		return os.Remove(path)
	})
	if err != nil {
		return fmt.Errorf("remove orphans: %w", err)
	}
	return nil
}
