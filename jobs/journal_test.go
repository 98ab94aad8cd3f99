package jobs

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/gofrs/flock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestJournal_IsPrivate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.open()
	info, err := os.Stat(w.cfg.Journal)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	info, err = os.Stat(filepath.Dir(w.cfg.Journal))
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o700), info.Mode().Perm())
}

func TestJournal_OfANewerVersionIsRefusedAndLeft(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "jobs.db")
	db, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	_, err = db.ExecContext(t.Context(), "PRAGMA user_version = 999")
	require.NoError(t, err)
	require.NoError(t, db.Close())
	_, err = Open(t.Context(), Config{Journal: path})
	require.ErrorIs(t, err, ErrNewerJournal)
	assert.FileExists(t, path)
}

func TestJournal_ThatIsDamagedIsKeptAsideAndANewOneBegun(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "odd name%20?#.db")
	junk := content64(1, 8192)
	require.NoError(t, os.WriteFile(path, junk, 0o600))
	q, err := Open(t.Context(), Config{Journal: path})
	require.NoError(t, err)
	defer q.Close()
	require.Contains(t, q.SetAside(), path+".damaged-")
	left, err := os.ReadFile(q.SetAside())
	require.NoError(t, err)
	same(t, junk, left)
	assert.Empty(t, q.Snapshot().Jobs)
}

func TestJournal_DamagedBehindItsHeaderIsNoticedUnlessInUse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i := range 200 {
		w.file(fmt.Sprintf("d/a-rather-long-name-for-a-file-%03d", i), 1)
	}
	q, j := w.run(w.upload("d"))
	require.Equal(t, Done, j.State)
	require.NoError(t, q.Close())
	f, err := os.OpenFile(w.cfg.Journal, os.O_RDWR, 0)
	require.NoError(t, err)
	_, err = f.WriteAt(content64(2, 20_000), 8192)
	require.NoError(t, err)
	require.NoError(t, f.Close())
	other := flock.New(w.cfg.Journal + ".users.lock")
	require.NoError(t, other.RLock())
	_, err = Open(t.Context(), w.cfg)
	require.ErrorIs(t, err, ErrDamagedJournal)
	assert.FileExists(t, w.cfg.Journal)
	require.NoError(t, other.Close())
	q = w.open()
	assert.FileExists(t, q.SetAside())
	assert.Equal(t, Done, finish(t, q, start(t, q, w.upload("d"))).State)
}

func TestJournal_AJobThatCannotBeReadFailsAloneAndCanBeCancelled(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.file("a", 1)
	q := w.open(func(c *Config) { c.Account = "later" })
	s := w.upload("a")
	s.Account = "test"
	bad := start(t, q, s)
	require.NoError(t, q.j.w.do(func(t *txn) error {
		_, err := t.exec("UPDATE jobs SET spec = '{' WHERE id = ?", bad)
		return err
	}))
	q = w.open()
	j := job(t, q, bad)
	assert.Equal(t, Failed, j.State)
	assert.Contains(t, j.Reason, "cannot be read")
	assert.Equal(t, Done, finish(t, q, start(t, q, w.upload("a"))).State)
	row, err := q.j.job(t.Context(), bad)
	require.NoError(t, err)
	assert.Equal(t, Failed, row.state, "in the journal too")
	assert.Contains(t, row.reason, "cannot be read")
	require.NoError(t, q.Cancel(t.Context(), bad))
	assert.Equal(t, Cancelled, job(t, q, bad).State)
	require.NoError(t, q.Clear(t.Context(), bad))
}

func openTestJournal(t testing.TB) *journal {
	t.Helper()
	cfg := Config{Journal: filepath.Join(t.TempDir(), "j", "jobs.db")}.withDefaults()
	j, err := newJournal(context.Background(), cfg)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, j.close()) })
	return j
}

func TestWriter_OneFailureDoesNotTakeTheOthersWithIt(t *testing.T) {
	t.Parallel()
	j := openTestJournal(t)
	bad := errors.New("bad")
	var wg sync.WaitGroup
	for i := range 60 {
		wg.Go(func() {
			err := j.w.do(func(t *txn) error {
				if _, err := t.exec("INSERT INTO jobs (kind, account, state, spec, created) VALUES ('upload', ?, 'queued', '{}', 0)",
					fmt.Sprint(i)); err != nil {
					return err
				}
				if i%3 == 0 {
					return bad
				}
				return nil
			})
			if i%3 == 0 {
				assert.ErrorIs(t, err, bad)
				return
			}
			assert.NoError(t, err)
		})
	}
	wg.Wait()
	rows, err := j.jobs(t.Context())
	require.NoError(t, err)
	assert.Len(t, rows, 40)
	for _, r := range rows {
		var i int
		_, err := fmt.Sscan(r.account, &i)
		require.NoError(t, err)
		assert.NotZero(t, i%3, "a share that failed was committed")
	}
}

func TestJournal_AnItemEndsOnce(t *testing.T) {
	t.Parallel()
	j := openTestJournal(t)
	ids, err := j.add([]Spec{{Kind: Upload, Account: "a", Sources: []Source{{Place: Place{Path: "/x"}}}}})
	require.NoError(t, err)
	it := &item{name: "x", dest: "x", size: 5, state: Queued}
	delta, err := j.walked(ids[0], []*item{it}, walkPos{}, true)
	require.NoError(t, err)
	assert.Equal(t, tally{items: 1, bytes: 5}, delta)
	again := &item{name: "x", dest: "x", size: 5, state: Queued}
	delta, err = j.walked(ids[0], []*item{again}, walkPos{}, true)
	require.NoError(t, err)
	assert.Zero(t, delta, "the same source found again is no second item")
	require.Error(t, j.finish(ids[0]), "a job with something to do is not done")
	require.NoError(t, j.settle(ids[0], Running, wantNothing))
	_, end := j.done(it, outcome{size: 5, verified: true}, nil)
	require.NoError(t, j.w.do(end))
	require.Error(t, j.w.do(end))
	_, fail := j.fail(it)
	require.Error(t, j.w.do(fail))
	r, err := j.job(t.Context(), ids[0])
	require.NoError(t, err)
	assert.Equal(t, tally{items: 1, done: 1, bytes: 5, bytesDone: 5}, r.tally)
	require.NoError(t, j.finish(ids[0]))
}

func TestJob_TwoSourcesWithOneDestinationAreNotBothStored(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.file("x/same", 3)
	w.file("y/same", 4)
	q, j := w.run(w.upload("x/same", "y/same"))
	assert.Equal(t, Failed, j.State)
	assert.EqualValues(t, 1, j.ItemsDone)
	assert.Contains(t, reasons(t, q, j.ID)["same"], "same destination")
	assert.Len(t, w.stored("up/same"), 3)
}

func TestKeepDone_DropsRowsButNotCounters(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i := range 30 {
		w.file(fmt.Sprintf("d/%02d", i), 10)
	}
	q := w.open(func(c *Config) { c.KeepDone = 5 })
	j := finish(t, q, start(t, q, w.upload("d")))
	assert.Equal(t, Done, j.State, j.Reason)
	assert.EqualValues(t, 30, j.ItemsDone)
	assert.EqualValues(t, 300, j.BytesDone)
	items, err := q.Items(t.Context(), j.ID, 0, 100)
	require.NoError(t, err)
	assert.Len(t, items, 5)
	assert.Len(t, w.keys(), 30)
}

func TestUpload_AFolderThatCannotBeReadIsWalkedAgainOnRetry(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.put("p/a", []byte("A"))
	remove := w.server.Faults().Add(faultDenied("ListObjects"))
	to := filepath.Join(w.dir, "to")
	q, j := w.run(w.download(to, "p/"))
	assert.Equal(t, Failed, j.State)
	assert.Contains(t, j.Reason, "AccessDenied")
	remove()
	require.NoError(t, q.Retry(t.Context(), j.ID))
	j = finish(t, q, j.ID)
	assert.Equal(t, Done, j.State, j.Reason)
	assert.Equal(t, "A", tree(t, to)["p/a"])
}
