package jobs

import "path/filepath"

// slot names where an item is written, alike in all jobs of the journal.
func (t *task) slot() string {
	if t.spec.Kind == Download {
		return filepath.Join(t.spec.Dest.Path, t.sameness().key(t.item.path))
	}
	p := t.spec.Dest
	if t.spec.Kind.InPlace() {
		p = t.spec.Sources[t.item.source].Place
	}
	p.Key = t.target()
	return address(p)
}

// reserve keeps a name that was found for an item by [KeepBoth] from being
// found for another, as long as the item's job may write there.
func (t *txn) reserve(it *item, place string) (free bool, err error) {
	if _, err := t.exec("DELETE FROM reserved WHERE job = ? AND n = ?", it.job, it.n); err != nil {
		return false, err
	}
	n, err := t.exec(`INSERT INTO reserved (place, job, n) VALUES (?, ?, ?)
		ON CONFLICT (place) DO UPDATE SET job = excluded.job, n = excluded.n
		WHERE (SELECT i.state = 'done' OR j.state = 'cancelled' FROM items i JOIN jobs j ON j.id = i.job
			WHERE i.job = reserved.job AND i.n = reserved.n)`, []byte(place), it.job, it.n)
	return n == 1, err
}
