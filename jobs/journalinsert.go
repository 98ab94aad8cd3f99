package jobs

import "strings"

// insertedAtOnce rows are written by one statement: it costs much beside what
// it does with each.
const insertedAtOnce = 20

// insertFound is for so many items that have nothing to say but what the walk
// has found.
var insertFound = "INSERT INTO items (job, n, state, lane, source, name, folder, path, key, dest, size, etag, version, token) VALUES" +
	strings.Repeat(", (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", insertedAtOnce)[1:] + " ON CONFLICT DO NOTHING"

// insertAll adds rows with numbers from next on, and returns the items of those
// that were not there.
func (t *txn) insertAll(id ID, next int64, items []*item) (added []*item, err error) {
	if done, err := t.insertPlain(id, next, items); done || err != nil {
		return items, err
	}
	for _, it := range items {
		it.job, it.n = id, next
		fresh, err := t.insert(it)
		if err != nil {
			return nil, err
		}
		if fresh {
			next++
			added = append(added, it)
		}
	}
	return added, nil
}

// insertPlain does it with one statement, or not at all.
func (t *txn) insertPlain(id ID, next int64, items []*item) (done bool, err error) {
	if len(items) != insertedAtOnce {
		return false, nil
	}
	args := make([]any, 0, 14*insertedAtOnce)
	for i, it := range items {
		if !it.plain() {
			return false, nil
		}
		it.job, it.n = id, next+int64(i)
		args = append(args, it.job, it.n, it.state, it.lane, it.source, []byte(it.name), it.folder, []byte(it.path),
			[]byte(it.key), []byte(it.dest), it.size, it.etag, it.version, int64(it.token))
	}
	n, err := t.exec(insertFound, args...)
	if err != nil || n == insertedAtOnce {
		return err == nil, err
	}
	// Some are there already, and have to be looked at.
	_, err = t.exec("DELETE FROM items WHERE job = ? AND n >= ?", id, next)
	return false, err
}

// plain reports that a new item is a row of insertFound.
func (i *item) plain() bool {
	return i.state == Queued && i.dest != "" && i.walk == nil && i.code == "" && i.request == "" && i.reason == "" && i.finished == 0
}
