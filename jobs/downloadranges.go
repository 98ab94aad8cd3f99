package jobs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"syscall"

	"cosmander/cos"
	"cosmander/cse"
)

// fetchRanges fetches a large object, several ranges at once. Each range that
// is in the file is in the journal with its checksum.
func (t *task) fetchRanges(ctx context.Context, b *cos.Bucket, root *os.Root) (out outcome, err error) {
	f, acks, err := t.openRanges(ctx, b, root)
	if err != nil {
		return outcome{}, err
	}
	if f == nil {
		return t.found(), nil
	}
	defer func() {
		_ = f.Close()
		switch {
		case errors.Is(err, errTempTaken):
			err = errors.Join(err, t.lose())
		case t.worthless(ctx, err):
			err = errors.Join(err, t.discard(root))
		}
	}()
	all := spans(t.item.size, t.item.partSize)
	if err := t.fetchAll(ctx, b, f, all, acks); err != nil {
		return outcome{}, changed(err)
	}
	if err := t.authentic(ctx, f, t.item.size); err != nil {
		return outcome{}, err
	}
	if err := t.e.j.verifying(t.item); err != nil {
		return outcome{}, err
	}
	t.item.state = Verifying
	return t.found(), t.place(ctx, root, f, t.tempPath())
}

// worthless reports that nothing of the temporary file helps a later try.
func (t *task) worthless(ctx context.Context, err error) bool {
	if err == nil || ctx.Err() != nil || errors.Is(err, errJournal) || errors.Is(err, errAbandoned) {
		return false
	}
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return false // room can be made
	}
	var local *localError
	return errors.As(err, &local) || errors.Is(err, ErrObjectChanged) || errors.Is(err, errDamaged) ||
		errors.Is(err, cos.ErrNotFound) || errors.Is(err, cse.ErrTampered)
}

// discard removes the temporary file and forgets what it held.
func (t *task) discard(root *os.Root) error {
	if err := root.Remove(t.tempPath()); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return t.lose()
}

// lose forgets the temporary file, and that there ever was one of its name.
func (t *task) lose() error {
	t.item.token = newToken()
	if err := t.e.j.forget(t.item); err != nil {
		return err
	}
	t.item.state, t.item.temp, t.item.envelope = Queued, "", ""
	t.advance(-t.sent.Load())
	return nil
}

// found is the outcome as the journal has it.
func (t *task) found() outcome {
	return outcome{
		size: t.item.size, etag: t.item.etag, crc: t.item.crc, hasCRC: t.item.hasCRC,
		version: t.item.version, verified: t.item.hasCRC,
	}
}

// openRanges opens the temporary file with the ranges it is known to hold. No
// file and no error: the destination is complete already.
func (t *task) openRanges(ctx context.Context, b *cos.Bucket, root *os.Root) (tempFile, map[int]ack, error) {
	if t.item.temp != "" {
		f, acks, err := t.reopenRanges(ctx, root)
		if f != nil || err != nil || t.placed(ctx, root) {
			return f, acks, err
		}
		if err := t.discard(root); err != nil {
			return nil, nil, err
		}
	}
	var head *cos.Head
	err := t.attempt(ctx, func(ctx context.Context) (err error) {
		head, err = b.Head(ctx, t.item.key, cos.GetOptions{VersionID: t.pinnedVersion()})
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	if t.spec.restores() && unreadable(head) {
		// Said before anything is put on disk for it that nobody may read for days.
		return nil, nil, fmt.Errorf("%s is %s: %w", t.item.key, head.StorageClass, cos.ErrArchived)
	}
	if err := t.discover(head); err != nil {
		return nil, nil, err
	}
	was := t.item.size
	t.item.size, t.item.etag, t.item.version = head.Size, head.ETag, cmp.Or(t.pinnedVersion(), head.VersionID)
	t.item.crc, t.item.hasCRC = head.CRC64, head.HasCRC64
	t.item.partSize = partSizeFor(head.Size, t.e.cfg.PartSize)
	t.item.temp = t.item.tempName()
	delta, err := t.e.j.begin(t.item, was)
	if err != nil {
		return nil, nil, err
	}
	t.count(delta)
	t.item.state = Running
	f, err := t.freshTemp(root, t.tempPath())
	if err != nil {
		return nil, nil, errors.Join(err, t.discard(root))
	}
	return f, map[int]ack{}, nil
}

// reopenRanges opens what an earlier process left and re-reads every range
// that the journal has: after a power loss the file may hold less. No file
// and no error: there is none.
func (t *task) reopenRanges(ctx context.Context, root *os.Root) (tempFile, map[int]ack, error) {
	info, err := root.Lstat(t.tempPath())
	if err != nil || !info.Mode().IsRegular() {
		return nil, nil, nil //nolint:nilerr // whatever it is, it is not usable
	}
	f, err := t.e.cfg.create(root, t.tempPath(), os.O_RDWR)
	if err != nil {
		return nil, nil, err
	}
	acks, err := t.reread(ctx, f)
	if err != nil {
		return nil, nil, errors.Join(err, f.Close())
	}
	return f, acks, nil
}

func (t *task) reread(ctx context.Context, f tempFile) (map[int]ack, error) {
	list, err := t.e.j.acks(ctx, t.item)
	if err != nil {
		return nil, err
	}
	all := spans(t.item.size, t.item.partSize)
	acks := map[int]ack{}
	var gone []int
	var kept int64
	for _, a := range list {
		if a.number < 1 || a.number > len(all) {
			continue
		}
		s := all[a.number-1]
		crc, err := t.sumFile(ctx, f, s.off, s.size)
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if err != nil || crc != a.crc || a.size != s.size {
			gone = append(gone, a.number)
			continue
		}
		acks[a.number] = a
		kept += s.size
	}
	t.advance(kept - t.sent.Load())
	return acks, t.e.j.dropAcks(t.item, gone...)
}

// placed reports that the file was renamed to its destination, but the
// process ended before that was in the journal.
func (t *task) placed(ctx context.Context, root *os.Root) bool {
	if t.item.state != Verifying {
		return false
	}
	list, err := t.e.j.acks(ctx, t.item)
	if err != nil {
		return false
	}
	acks := map[int]ack{}
	for _, a := range list {
		acks[a.number] = a
	}
	want, whole := joined(spans(t.item.size, t.item.partSize), acks)
	if !whole {
		return false
	}
	f, err := openFile(root, t.item.path)
	if err != nil {
		return false
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() || info.Size() != t.item.size {
		return false
	}
	crc, err := t.sumFile(ctx, f, 0, t.item.size)
	return err == nil && crc == want
}

// fetchAll fetches what acks lacks. If the whole then has the wrong checksum
// nobody knows which range is damaged: all are fetched again.
func (t *task) fetchAll(ctx context.Context, b *cos.Bucket, f tempFile, all []span, acks map[int]ack) error {
	for try := 1; ; try++ {
		if err := t.fetchMissing(ctx, b, f, all, acks); err != nil {
			return err
		}
		crc, _ := joined(all, acks)
		if !t.item.hasCRC {
			t.item.crc = crc
			return nil
		}
		if crc == t.item.crc {
			return nil
		}
		if try >= startsOver {
			return fmt.Errorf("%s, fetched %d times: %w", t.item.key, try, errDamaged)
		}
		var gone []int
		for n := range acks {
			gone = append(gone, n)
		}
		clear(acks)
		t.advance(-t.sent.Load())
		if err := t.e.j.dropAcks(t.item, gone...); err != nil {
			return err
		}
	}
}

func (t *task) fetchMissing(ctx context.Context, b *cos.Bucket, f tempFile, all []span, acks map[int]ack) error {
	var mu sync.Mutex // guards acks
	return t.each(ctx, missing(all, acks), func(ctx context.Context, s span) error {
		r := &run{t: t, b: b, f: f, off: s.off, size: s.size, etag: t.item.etag, c: &counter{t: t}}
		if err := t.attempt(ctx, r.fetch); err != nil {
			r.c.reset()
			return err
		}
		writeBack(f, s.off, s.size)
		a := ack{number: s.number, size: s.size, crc: r.crc}
		if err := t.e.j.keepAcks(t.item, a); err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		acks[s.number] = a
		return nil
	})
}

// sumFile sums what part of a fetched file was when it was stored.
func (t *task) sumFile(ctx context.Context, f tempFile, off, size int64) (uint64, error) {
	return sum(ctx, offset{t.sealed.through(f), off}, size)
}

// offset shifts what it reads.
type offset struct {
	f   io.ReaderAt
	off int64
}

func (o offset) ReadAt(p []byte, off int64) (int, error) { return o.f.ReadAt(p, o.off+off) }

// syncFolder makes a rename survive a power loss.
func syncFolder(root *os.Root, dir string) error {
	d, err := root.Open(filepath.Clean(dir))
	if err != nil {
		return &localError{err}
	}
	defer d.Close()
	if err := d.Sync(); err != nil && !syncUnsupported(err) {
		return &localError{err}
	}
	return nil
}
