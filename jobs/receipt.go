package jobs

import (
	"cmp"
	"context"
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"iter"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Receipt says what was done with one item, and what shows that it was.
type Receipt struct {
	Job ID
	N   int64 // of the item
	// Key names the object that ETag, CRC64 and VersionID are of: the one that
	// was written, read by a download, or deleted. What was deleted on this
	// machine has its path here.
	Key       string
	Source    string // path or cos:// address
	Dest      string // path or cos:// address; empty for a deletion
	Size      int64
	CRC64     uint64 // if HasCRC64
	HasCRC64  bool
	ETag      string
	VersionID string
	Verified  bool
	Skipped   bool      // it was there already; nothing was transferred
	Reason    string    // why it was skipped, where that was found out
	Finished  time.Time // zero if an earlier version of this program did not note it
}

// receiptPage receipts are read at once: no read of the journal lasts long,
// however many there are and however slowly they are taken.
const receiptPage = 500

// Receipts returns the receipts of a job's finished items, in the order in
// which the items were found, read page by page. Items that finish meanwhile
// may be among them or not. An error, [ErrNoJob] for instance, is the last
// thing that it returns.
func (q *Queue) Receipts(ctx context.Context, id ID) iter.Seq2[Receipt, error] {
	return func(yield func(Receipt, error) bool) {
		if _, err := q.j.job(ctx, id); err != nil {
			yield(Receipt{}, fmt.Errorf("job %d: %w", id, err))
			return
		}
		spec, err := q.j.spec(ctx, id)
		if err != nil {
			yield(Receipt{}, err)
			return
		}
		// An item has its row or, of a job with very many, only a receipt.
		for _, page := range []receiptReader{q.j.doneItems, q.j.receipts} {
			if !page.each(ctx, id, &spec, yield) {
				return
			}
		}
	}
}

type receiptReader func(ctx context.Context, id ID, s *Spec, after int64) ([]Receipt, error)

func (read receiptReader) each(ctx context.Context, id ID, s *Spec, yield func(Receipt, error) bool) bool {
	for after := int64(0); ; {
		page, err := read(ctx, id, s, after)
		if err != nil {
			return yield(Receipt{}, err) && false
		}
		if len(page) == 0 {
			return true
		}
		for _, r := range page {
			if !yield(r, nil) {
				return false
			}
			after = r.N
		}
	}
}

// ends are where an item is read and written: paths or keys, the path of a
// download below its destination. A deletion writes nothing.
type ends struct{ from, to string }

func (i *item) ends(s *Spec) ends {
	e := ends{from: i.key}
	if s.Sources[i.source].Local() {
		e.from = i.path
	}
	switch s.Kind {
	case Upload, Append:
		e.to = i.key
	case Download:
		e.to = i.path
	case Copy:
		e.to = cmp.Or(i.path, i.dest) // path, if it got another key than it was to
	case Delete, SetHeaders, SetClass, SetACL, SetTags, Restore, MakeFolder, Abort:
	}
	return e
}

// endsOf returns the ends that an item has by its name, unless something made
// it have others.
func (s *Spec) endsOf(source int, name string) ends {
	src := s.Sources[source]
	inside := name
	if !src.Contents {
		inside = strings.TrimPrefix(strings.TrimPrefix(name, src.ownName()), "/")
	}
	e := ends{from: src.Key + inside}
	switch {
	case src.Local() && src.Folder:
		e.from = filepath.Join(src.Path, inside)
	case src.Local():
		e.from = src.Path
	case !src.Folder:
		e.from = src.Key
	}
	switch s.Kind {
	case Upload, Copy, Append:
		e.to = s.Dest.Key + name
	case Download:
		e.to, _ = localName(name)
	case Delete, SetHeaders, SetClass, SetACL, SetTags, Restore, MakeFolder, Abort:
	}
	return e
}

// receipt makes one that only lacks what shows that the item was done.
func (s *Spec) receipt(id ID, n int64, source int, e ends) Receipt {
	from := s.Sources[source].Place
	r := Receipt{Job: id, N: n, Key: e.to}
	if s.Kind == Download || s.Kind.InPlace() {
		r.Key = e.from
	}
	r.Source = address(from.at(e.from))
	switch s.Kind {
	case Upload, Copy, Append:
		r.Dest = address(s.Dest.at(e.to))
	case Download:
		r.Dest = filepath.Join(s.Dest.Path, e.to)
	case Delete, SetHeaders, SetClass, SetACL, SetTags, Restore, MakeFolder, Abort:
	}
	return r
}

// at returns the place of a path or key on the same side.
func (p Place) at(name string) Place {
	if p.Local() {
		p.Path = name
	} else {
		p.Key = name
	}
	return p
}

// receipts reads those of items whose rows are gone.
func (j *journal) receipts(ctx context.Context, id ID, s *Spec, after int64) (list []Receipt, err error) {
	rows, err := j.read.QueryContext(ctx, `SELECT n, source, name, origin, dest, size, crc, has_crc, etag, version, skipped, verified,
		finished, reason FROM receipts WHERE job = ? AND n > ? ORDER BY n LIMIT ?`, id, after, receiptPage)
	if err != nil {
		return nil, fmt.Errorf("%w: read receipts: %w", errJournal, err)
	}
	defer rows.Close()
	for rows.Next() {
		var r, seen Receipt
		var source int
		var finished int64
		var name string
		var from, to []byte
		err := rows.Scan(&seen.N, &source, text{&name}, &from, &to, &seen.Size, bits{&seen.CRC64}, &seen.HasCRC64, packed{&seen.ETag},
			&seen.VersionID, &seen.Skipped, &seen.Verified, &finished, &seen.Reason)
		if err != nil {
			return nil, fmt.Errorf("%w: read receipts: %w", errJournal, err)
		}
		e := s.endsOf(source, name)
		if from != nil {
			e.from = string(from)
		}
		if to != nil {
			e.to = string(to)
		}
		r = s.receipt(id, seen.N, source, e)
		seen.Job, seen.Key, seen.Source, seen.Dest, seen.Finished = r.Job, r.Key, r.Source, r.Dest, moment(finished)
		list = append(list, seen)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("%w: read receipts: %w", errJournal, err)
	}
	return list, nil
}

// doneItems reads the receipts of items that have their rows. That a folder of
// a move is gone has none.
func (j *journal) doneItems(ctx context.Context, id ID, s *Spec, after int64) ([]Receipt, error) {
	items, shown, err := j.scan(ctx, `SELECT `+itemColumns+` FROM items WHERE job = ? AND n > ? AND state = 'done'
		AND substr(dest, 1, 1) <> x'00' ORDER BY n LIMIT ?`, id, after, receiptPage)
	if err != nil {
		return nil, err
	}
	list := make([]Receipt, len(items))
	for i, it := range items {
		r := s.receipt(id, it.n, it.source, it.ends(s))
		r.Size, r.CRC64, r.HasCRC64, r.ETag, r.VersionID = it.size, it.crc, it.hasCRC, it.etag, it.version
		r.Verified, r.Skipped, r.Finished = shown[i].Verified, shown[i].Skipped, shown[i].Finished
		r.Reason = it.reason
		list[i] = r
	}
	return list, nil
}

// receipt keeps of an item whose row goes what cannot be told by its name.
func (t *txn) receipt(it *item, o outcome, s *Spec, finished int64) error {
	if strings.HasPrefix(it.dest, "\x00") {
		return nil
	}
	var from, to any
	is, named := it.ends(s), s.endsOf(it.source, it.name)
	if is.from != named.from {
		from = []byte(is.from)
	}
	if is.to != named.to {
		to = []byte(is.to)
	}
	_, err := t.exec(`INSERT INTO receipts (job, n, source, name, origin, dest, size, crc, has_crc, etag, version, skipped, verified, finished, reason)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, it.job, it.n, it.source, []byte(it.name), from, to,
		o.size, int64(o.crc), o.hasCRC, pack(o.etag), o.version, o.skipped, o.verified, finished, o.reason)
	return err
}

// shedReceipts go in one transaction. A million of them take seconds, and
// another process that writes waits five at most.
const shedReceipts = 20_000

// shed removes the receipts of some jobs j that are about to go.
func (j *journal) shed(which string, args ...any) error {
	for {
		var n int64
		err := j.w.note(func(t *txn) (err error) {
			n, err = t.exec(`DELETE FROM receipts WHERE (job, n) IN (SELECT r.job, r.n FROM receipts r
				JOIN jobs j ON j.id = r.job WHERE `+which+" LIMIT ?)", append(slices.Clone(args), shedReceipts)...)
			return err
		})
		if err != nil || n < shedReceipts {
			return err
		}
	}
}

// pack halves an ETag that is the MD5 of its object, as most are.
func pack(etag string) any {
	sum, err := hex.DecodeString(etag)
	if err != nil || len(sum) != md5.Size || hex.EncodeToString(sum) != etag {
		return etag
	}
	return sum
}

// packed scans what pack made.
type packed struct{ etag *string }

// Scan implements [sql.Scanner].
func (p packed) Scan(v any) error {
	if sum, ok := v.([]byte); ok {
		*p.etag = hex.EncodeToString(sum)
		return nil
	}
	return text{p.etag}.Scan(v)
}

// moment reads a time of the journal, in milliseconds; 0 is none.
func moment(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms)
}
