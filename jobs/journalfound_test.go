package jobs

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// found makes items as a walk does, from number from on.
func found(from, n int) []*item {
	list := make([]*item, n)
	for i := range list {
		name := fmt.Sprintf("f%04d\xff", from+i) // names need not be UTF-8
		list[i] = &item{
			state: Queued, source: 1, name: name, path: "/in/" + name, key: "k/" + name, dest: "d/" + name, size: int64(from + i),
			etag: "tag", version: "v", token: newToken(), folder: i%2 == 1,
		}
	}
	return list
}

func testJob(t testing.TB, j *journal) ID {
	t.Helper()
	place := Place{Path: "/in"}
	ids, err := j.add([]Spec{{Kind: Upload, Account: "a", Sources: []Source{{Place: place}, {Place: place, Folder: true}}}})
	require.NoError(t, err)
	return ids[0]
}

func TestTodo_ReadsAllThatARowSays(t *testing.T) {
	t.Parallel()
	j := openTestJournal(t)
	id := testJob(t, j)
	items := found(0, 3)
	_, err := j.walked(id, items, walkPos{}, true)
	require.NoError(t, err)
	whole := func() []*item {
		list, err := j.items(t.Context(), "SELECT "+itemColumns+todoRows, id, laneSmall, 0, 100)
		require.NoError(t, err)
		return list
	}
	list, short, err := j.untouched(t.Context(), id, laneSmall, 0, 100)
	require.NoError(t, err)
	require.True(t, short)
	require.Equal(t, whole(), list)
	for i := range items {
		items[i].id.size = items[i].size
	}
	require.Equal(t, items, list)

	for at, column := range allColumns {
		var skipped, verified bool
		value := any(7)
		switch into := new(item).fields(&skipped, &verified)[at]; {
		case column == "job" || column == "n" || column == "lane" || column == "state":
			continue
		case column == "folder" || column == "has_crc" || column == "copied" || column == "skipped" || column == "verified":
			value = true
		case column == "name" || column == "path" || column == "key" || column == "dest":
			value = []byte("new")
		case isText(into):
			value = "0" // which is not what is in the way of a number
		}
		t.Run(column, func(t *testing.T) {
			require.NoError(t, j.w.do(func(tx *txn) error {
				_, err := tx.exec("UPDATE items SET "+column+" = ? WHERE job = ? AND n = 2", value, id)
				return err
			}))
			list, err := j.todo(t.Context(), id, laneSmall, 0, 100)
			require.NoError(t, err)
			assert.Equal(t, whole(), list)
			assert.Len(t, list, 3)
		})
	}
}

func TestWalked_WhatIsThereAlreadyIsNotFoundTwice(t *testing.T) {
	t.Parallel()
	for name, again := range map[string]int{"all new": 300, "all there": 0, "the first ones there": 30, "one there": 49} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j := openTestJournal(t)
			id := testJob(t, j)
			first, err := j.walked(id, found(0, 50), walkPos{}, false)
			require.NoError(t, err)
			require.EqualValues(t, 50, first.items)
			other := found(again, 45)
			other[44].state, other[44].dest, other[44].reason = Failed, "", "gone" // which no group is for
			second, err := j.walked(id, other, walkPos{}, true)
			require.NoError(t, err)

			list, shown, err := j.list(t.Context(), id, 0, 1000, nil)
			require.NoError(t, err)
			seen := map[string]bool{}
			for i, it := range list {
				assert.EqualValues(t, i+1, it.n, "numbers have no gaps")
				assert.False(t, seen[it.dest], it.dest)
				seen[it.dest] = true
			}
			twice := max(0, min(44, 50-again))
			assert.Len(t, list, 50+45-twice)
			assert.EqualValues(t, 45-twice, second.items)
			assert.EqualValues(t, 1, second.failed)
			assert.Equal(t, Failed, shown[len(shown)-1].State)
			row, err := j.job(t.Context(), id)
			require.NoError(t, err)
			assert.EqualValues(t, len(list)+1, row.nextN)
			assert.EqualValues(t, len(list), row.items)
		})
	}
}
