package jobs

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// foundColumns are those in which the items of a job differ as the walk writes
// them.
var foundColumns = []string{"n", "state", "source", "name", "folder", "path", "key", "dest", "size", "etag", "version", "token"}

// allColumns are those of itemColumns, as [item.fields] has them.
var allColumns = strings.FieldsFunc(itemColumns, func(r rune) bool { return strings.ContainsRune(", \t\n", r) })

// todoRows has the condition of the index items_todo, word for word.
var todoRows = " FROM items WHERE job = ? AND lane = ? AND n > ? AND " + stateBefore(Done) + " ORDER BY n LIMIT ?"

// selectFound reads foundColumns, and whether all others are as they were when
// the row was inserted.
var selectFound = func() string {
	var skipped, verified bool
	var found, others []string
	for at, into := range new(item).fields(&skipped, &verified) {
		switch column := allColumns[at]; {
		case slices.Contains(foundColumns, column):
			found = append(found, column)
		case column == "job" || column == "lane": // whoever asks says which
		case isText(into):
			others = append(others, column+" = ''")
		default:
			others = append(others, column+" = 0")
		}
	}
	return "SELECT " + strings.Join(found, ", ") + ", " + strings.Join(others, " AND ")
}()

func isText(into any) bool {
	switch into.(type) {
	case text, *askings:
		return true
	}
	t := reflect.TypeOf(into)
	return t.Kind() == reflect.Pointer && t.Elem().Kind() == reflect.String
}

func (i *item) fieldsFound() (list []any) {
	var skipped, verified bool
	for at, into := range i.fields(&skipped, &verified) {
		if slices.Contains(foundColumns, allColumns[at]) {
			list = append(list, into)
		}
	}
	return list
}

// untouched is todo if all of the items are as the walk wrote them, as most are
// the one time that they are read: a third of the columns says all then.
func (j *journal) untouched(ctx context.Context, id ID, l lane, after int64, limit int) (list []*item, all bool, err error) {
	rows, err := j.found.QueryContext(ctx, id, l, after, limit)
	if err != nil {
		return nil, false, fmt.Errorf("%w: read items: %w", errJournal, err)
	}
	defer rows.Close()
	it := item{job: id, lane: l}
	into := append(it.fieldsFound(), &all)
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return nil, false, fmt.Errorf("%w: read items: %w", errJournal, err)
		}
		if !all {
			return nil, false, nil
		}
		one := it
		one.id.size = one.size
		list = append(list, &one)
	}
	if err := rows.Err(); err != nil {
		return nil, false, fmt.Errorf("%w: read items: %w", errJournal, err)
	}
	return list, true, nil
}
