package jobs

import (
	"database/sql"
	"errors"
	"fmt"
)

const itemColumns = `job, n, state, lane, source, name, folder, path, key, dest, size, etag, crc, has_crc, version,
	mtime_ns, ctime_ns, inode, dev, upload_id, askings, part_size, temp, token, there, copied, attempts, code, request_id, reason, finished, answer, here_ms, there_ms, there_size, asked, envelope, skipped, verified`

func (i *item) fields(skipped, verified *bool) []any {
	return []any{
		&i.job, &i.n, &i.state, &i.lane, &i.source,
		text{&i.name},
		&i.folder,
		text{&i.path},
		text{&i.key},
		text{&i.dest},
		&i.size, &i.etag,
		bits{&i.crc},
		&i.hasCRC, &i.version, &i.id.mtimeNS, &i.id.ctimeNS,
		bits{&i.id.inode},
		bits{&i.id.dev},
		&i.uploadID, &i.askings, &i.partSize, &i.temp,
		bits{&i.token},
		&i.there,
		&i.copied, &i.attempts, &i.code, &i.request, &i.reason,
		&i.finished, &i.answer, &i.met.hereMS, &i.met.thereMS, &i.met.thereSize, &i.asked, &i.envelope, skipped, verified,
	}
}

// bits scans an unsigned number: SQLite's integers are signed.
type bits struct{ v *uint64 }

// Scan implements [sql.Scanner].
func (b bits) Scan(v any) error {
	n, ok := v.(int64)
	if !ok {
		return fmt.Errorf("jobs: column of type %T", v)
	}
	*b.v = uint64(n)
	return nil
}

// walked appends what a walker found and how far it is, and returns how the
// counters changed. Items whose destination is taken already fail, unless it
// is the same source found again by a walk that was repeated.
func (j *journal) walked(id ID, items []*item, at walkPos, end bool) (delta tally, err error) {
	err = j.w.note(func(t *txn) (err error) {
		if delta, err = t.found(id, items); err != nil {
			return err
		}
		_, err = t.exec("UPDATE jobs SET walk_source = ?, walk_after = ?, walked = ? WHERE id = ?",
			at.source, []byte(at.after), end, id)
		return err
	})
	return delta, err
}

// found adds items to a job, and tells how the counters changed.
func (t *txn) found(id ID, items []*item) (delta tally, err error) {
	var next int64
	if err := t.get("SELECT next_n FROM jobs WHERE id = ?", []any{id}, &next); err != nil {
		return delta, err
	}
	for len(items) > 0 {
		some := items[:min(len(items), insertedAtOnce)]
		items = items[len(some):]
		added, err := t.insertAll(id, next, some)
		if err != nil {
			return delta, err
		}
		for _, it := range added {
			next = it.n + 1
			delta.add(it.found())
		}
	}
	t.count(id).add(delta)
	_, err = t.exec("UPDATE jobs SET next_n = ? WHERE id = ?", next, id)
	return delta, err
}

// Why an item fails that would overwrite what another one of its job wrote.
var (
	errTaken       = errors.New("another source of this job has the same destination")
	errTakenAnyway = fmt.Errorf("%w, where the file system takes this name for another", errTaken)
)

// insert adds a row unless the same one is there.
func (t *txn) insert(it *item) (added bool, err error) {
	if it.dest == "" && it.walk == nil {
		it.dest = it.nowhere()
	}
	n, err := t.insertRow(it, it.dest)
	if err != nil || n > 0 {
		return n > 0, err
	}
	var source int
	var name string
	// Path and key may have become others since, see journal.renamed.
	err = t.get("SELECT source, name FROM items WHERE job = ? AND dest = ?", []any{it.job, []byte(it.dest)}, &source, text{&name})
	if err != nil && !errors.Is(err, sql.ErrNoRows) || source == it.source && name == it.name {
		return false, err
	}
	it.state, it.reason = Failed, errTaken.Error()
	if it.path != "" && it.key != "" && name != it.name {
		it.reason = errTakenAnyway.Error() + ": " + name
	}
	n, err = t.insertRow(it, it.nowhere())
	return n > 0, err
}

func (t *txn) insertRow(it *item, dest string) (int64, error) {
	var unique any
	if dest != "" {
		unique = []byte(dest)
	}
	var ws, wa any
	if it.walk != nil {
		ws, wa = it.walk.source, []byte(it.walk.after)
	}
	return t.exec(`INSERT INTO items (job, n, state, lane, source, name, folder, path, key, dest, size, etag, version,
		code, request_id, reason, skipped, finished, walk_source, walk_after, token)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT DO NOTHING`, it.job, it.n, it.state, it.lane, it.source, []byte(it.name), it.folder,
		[]byte(it.path), []byte(it.key), unique, it.size, it.etag, it.version, it.code, it.request, it.reason,
		it.state == Done, it.finished, ws, wa, int64(it.token))
}

// begin notes what a large transfer is about before anything of it exists,
// and forgets what an earlier try left. Without a temporary file it is on disk
// with asked, which comes before anything does.
func (j *journal) begin(it *item, oldSize int64) (tally, error) {
	delta, write := tally{bytes: it.size - max(oldSize, 0)}, j.w.do
	if it.temp == "" {
		write = j.w.note
	}
	return delta, write(func(t *txn) error {
		if err := t.moved(it, Running, `size = ?, mtime_ns = ?, ctime_ns = ?, inode = ?, dev = ?, upload_id = '', part_size = ?,
			temp = ?, there = ?, etag = ?, crc = ?, has_crc = ?, version = ?, envelope = ?`,
			it.size, it.id.mtimeNS, it.id.ctimeNS, int64(it.id.inode), int64(it.id.dev), it.partSize, it.temp,
			it.there, it.etag, int64(it.crc), it.hasCRC, it.version, it.envelope); err != nil {
			return err
		}
		t.count(it.job).add(delta)
		_, err := t.exec("DELETE FROM parts WHERE job = ? AND n = ?", it.job, it.n)
		return err
	})
}

// rewriting notes which object is about to be replaced by itself.
func (j *journal) rewriting(it *item, oldSize int64) (tally, error) {
	delta := tally{bytes: it.size - max(oldSize, 0)}
	return delta, j.w.note(func(t *txn) error {
		t.count(it.job).add(delta)
		return t.moved(it, Running, "size = ?, mtime_ns = ?, etag = ?, crc = ?, has_crc = ?",
			it.size, it.id.mtimeNS, it.etag, int64(it.crc), it.hasCRC)
	})
}

// asked notes when an upload id was asked for, before it is.
func (j *journal) asked(it *item) error {
	return j.w.do(func(t *txn) error {
		_, err := t.exec("UPDATE items SET askings = ? WHERE job = ? AND n = ?", it.askings.String(), it.job, it.n)
		return err
	})
}

// opened notes the upload id, before part 1 is sent.
func (j *journal) opened(it *item) error {
	return j.w.do(func(t *txn) error {
		return t.moved(it, Running, "upload_id = ?, askings = ?", it.uploadID, it.askings.String())
	})
}

// verifying notes that everything was sent, or fetched: that is on disk before
// the file is, because from then on the one in its place may be the item's.
func (j *journal) verifying(it *item) error {
	write := j.w.note
	if it.temp != "" {
		write = j.w.do
	}
	return write(func(t *txn) error { return t.moved(it, Verifying, "attempts = attempts") })
}

// seen notes what is in the destination's place of a transfer that has begun.
func (j *journal) seen(it *item) error {
	return j.w.do(func(t *txn) error {
		_, err := t.exec("UPDATE items SET there = ? WHERE job = ? AND n = ?", it.there, it.job, it.n)
		return err
	})
}

// renamed notes where an item goes instead of its destination, unless that is
// what another item is to become or an item of any job got for the same reason.
// dest stays, so that a repeated walk knows the item again.
func (j *journal) renamed(it *item, target, place string) (free bool, err error) {
	err = j.w.do(func(t *txn) (err error) {
		if free, err = t.reserve(it, place); err != nil || !free {
			return err
		}
		n, err := t.exec(`UPDATE items SET path = ?3, key = ?4, there = ?6 WHERE job = ?1 AND n = ?2
			AND NOT EXISTS (SELECT 1 FROM items WHERE job = ?1 AND dest = ?5)`,
			it.job, it.n, []byte(it.path), []byte(it.key), []byte(target), it.there)
		free = n == 1
		return err
	})
	return free, err
}

// copied notes that the copy of an item to be moved is verified, before its
// source is removed, and what tells the source. It is on disk: after a power
// loss the source may be gone, which must not look like a failure. Of a single source that was
// named the size is news.
func (j *journal) copied(it *item, oldSize int64) (tally, error) {
	delta := tally{bytes: it.size - max(oldSize, 0)}
	return delta, j.w.do(func(t *txn) error {
		t.count(it.job).add(delta)
		return t.moved(it, Verifying, `copied = 1, size = ?, etag = ?, crc = ?, has_crc = 1,
			mtime_ns = ?, ctime_ns = ?, inode = ?, dev = ?`, it.size, it.etag, int64(it.crc),
			it.id.mtimeNS, it.id.ctimeNS, int64(it.id.inode), int64(it.id.dev))
	})
}

// sized notes the size of an item of which it was not known.
func (j *journal) sized(it *item, size int64) (tally, error) {
	delta := tally{bytes: size}
	return delta, j.w.note(func(t *txn) error {
		n, err := t.exec("UPDATE items SET size = ? WHERE job = ? AND n = ? AND size < 0", size, it.job, it.n)
		if err == nil && n == 1 {
			t.count(it.job).add(delta)
		}
		return err
	})
}

// resized notes the true size of an item and the lane it belongs to.
func (j *journal) resized(it *item, size int64, l lane) (tally, func(*txn) error) {
	delta := tally{bytes: size - max(it.size, 0)}
	return delta, func(t *txn) error {
		t.count(it.job).add(delta)
		return t.moved(it, it.state, "size = ?, lane = ?", size, l)
	}
}

// forget drops what a broken-off transfer left, once it is gone from the
// service or the disk.
func (j *journal) forget(it *item) error {
	return j.w.do(func(t *txn) error {
		if err := t.moved(it, Queued, "upload_id = '', askings = ?, temp = '', etag = '', envelope = '', token = ?, there = ?",
			it.askings.String(), int64(it.token), it.there); err != nil {
			return err
		}
		_, err := t.exec("DELETE FROM parts WHERE job = ? AND n = ?", it.job, it.n)
		return err
	})
}

// keepAcks writes parts that are safe.
func (j *journal) keepAcks(it *item, acks ...ack) error {
	return j.w.note(func(t *txn) error {
		for _, a := range acks {
			_, err := t.exec("INSERT OR REPLACE INTO parts (job, n, number, size, etag, crc) VALUES (?, ?, ?, ?, ?, ?)",
				it.job, it.n, a.number, a.size, a.etag, int64(a.crc))
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// dropAcks forgets parts that turned out not to be there.
func (j *journal) dropAcks(it *item, numbers ...int) error {
	return j.w.do(func(t *txn) error {
		for _, n := range numbers {
			if _, err := t.exec("DELETE FROM parts WHERE job = ? AND n = ? AND number = ?", it.job, it.n, n); err != nil {
				return err
			}
		}
		return nil
	})
}

// moved changes an item and its state, if the table allows the step.
func (t *txn) moved(it *item, to State, set string, args ...any) error {
	args = append(args, to, it.job, it.n)
	n, err := t.exec("UPDATE items SET "+set+", state = ? WHERE job = ? AND n = ? AND "+comesBefore[to], args...)
	if err == nil && n != 1 {
		err = fmt.Errorf("jobs: item %d of job %d cannot become %s", it.n, it.job, to)
	}
	return err
}

// done ends an item well. Of a job with very many items the row itself goes:
// drop, if set, is the spec of such a job. Its counters and a receipt stay.
func (j *journal) done(it *item, o outcome, drop *Spec) (tally, func(*txn) error) {
	delta := tally{done: 1, bytes: o.size - max(it.size, 0), bytesDone: o.size}
	if o.skipped {
		delta.skipped = 1
	} else if !o.verified {
		delta.unverified = 1
	}
	now := j.now().UnixMilli()
	return delta, func(t *txn) error {
		t.count(it.job).add(delta)
		if drop != nil {
			n, err := t.exec("DELETE FROM items WHERE job = ? AND n = ? AND "+comesBefore[Done], it.job, it.n)
			if err == nil && n != 1 {
				err = fmt.Errorf("jobs: item %d of job %d cannot become %s", it.n, it.job, Done)
			}
			if err != nil {
				return err
			}
			return t.receipt(it, o, drop, now)
		}
		err := t.moved(it, Done, `size = ?, etag = ?, crc = ?, has_crc = ?, version = ?, skipped = ?, verified = ?,
			copied = 0, upload_id = '', envelope = '', askings = '', temp = '', attempts = ?, code = '', request_id = '', reason = ?,
			finished = ?`, o.size, o.etag, int64(o.crc), o.hasCRC, o.version, o.skipped, o.verified, it.attempts, o.reason, now)
		if err == nil && it.partSize > 0 {
			_, err = t.exec("DELETE FROM parts WHERE job = ? AND n = ?", it.job, it.n)
		}
		return err
	}
}

// fail ends an item badly. What it has achieved stays, for a retry.
func (j *journal) fail(it *item) (tally, func(*txn) error) {
	delta, now := tally{failed: 1}, j.now().UnixMilli()
	return delta, func(t *txn) error {
		t.count(it.job).add(delta)
		return t.moved(it, Failed, "attempts = ?, code = ?, request_id = ?, reason = ?, finished = ?",
			it.attempts, it.code, it.request, it.reason, now)
	}
}

// cleaned forgets what was removed from the service or the disk.
func (j *journal) cleaned(it *item) error {
	return j.w.do(func(t *txn) error {
		if _, err := t.exec("UPDATE items SET upload_id = '', askings = '', temp = '' WHERE job = ? AND n = ?", it.job, it.n); err != nil {
			return err
		}
		_, err := t.exec("DELETE FROM parts WHERE job = ? AND n = ?", it.job, it.n)
		return err
	})
}
