package jobs

import (
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"syscall"
	"testing"
	"time"

	"cosmander/cos"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPlan_NeverNeedsMoreThanTenThousandParts(t *testing.T) {
	t.Parallel()
	for _, size := range []int64{0, 1, mebibyte, 511 << 30, 312 << 30, 40 << 40, cos.MaxObjectSize} {
		part := partSizeFor(size, 8*mebibyte)
		assert.LessOrEqual(t, (size+part-1)/part, int64(cos.MaxParts), "size %d", size)
		assert.Zero(t, part%mebibyte, "whole MiB")
		assert.GreaterOrEqual(t, part, int64(cos.MinPartBytes))
		assert.LessOrEqual(t, part, int64(cos.MaxPartBytes))
	}
}

func TestPlan_SpansCoverTheWholeWithoutGaps(t *testing.T) {
	t.Parallel()
	for _, size := range []int64{0, 1, 9, 10, 11, 99, 100, 101} {
		var off int64
		for i, s := range spans(size, 10) {
			assert.Equal(t, i+1, s.number)
			assert.Equal(t, off, s.off)
			off += s.size
		}
		assert.Equal(t, size, off)
	}
}

func TestRetry_WaitIsBoundedAndHonoursTheService(t *testing.T) {
	t.Parallel()
	p := RetryPolicy{}.withDefaults()
	for n := 1; n < 100; n++ {
		w := p.Wait(n, 0, rand.Float64())
		assert.LessOrEqual(t, w, p.Cap)
		assert.GreaterOrEqual(t, w, time.Duration(0))
	}
	assert.LessOrEqual(t, p.Wait(1, 0, 0.999), p.Base)
	assert.Equal(t, time.Minute, p.Wait(1, time.Minute, 0.5))
}

func TestRetry_LocalTroubleIsNeverRepeated(t *testing.T) {
	t.Parallel()
	for _, err := range []error{&localError{syscall.ENOSPC}, &localError{syscall.ETIMEDOUT}, ErrSourceChanged} {
		assert.False(t, retryable(err), "%v", err)
	}
	assert.True(t, retryable(errDamaged))
	assert.True(t, retryable(cos.ErrCutBody))
	assert.False(t, lost(errors.New("x")))
	assert.False(t, lost(&cos.Error{Status: 503}), "an answer came")
}

func TestMeter_SmoothsAndForgets(t *testing.T) {
	t.Parallel()
	var m meter
	now := time.Unix(0, 0)
	var bytes int64
	step := func(n int64, d time.Duration) {
		bytes += n
		now = now.Add(d)
		m.look(bytes, now)
	}
	step(0, 0)
	assert.Zero(t, m.rate)
	for range 300 {
		step(100_000, 100*time.Millisecond)
	}
	assert.InDelta(t, 1e6, m.rate, 1e4)
	step(-50_000, 100*time.Millisecond)
	assert.GreaterOrEqual(t, m.rate, 0.0, "a repeated part is no negative rate")
	step(0, 0)
	assert.False(t, math.IsNaN(m.rate))
	for range 1000 {
		step(0, 100*time.Millisecond)
	}
	assert.Zero(t, m.rate)
}

func TestLeft_IsUnknownWithoutARate(t *testing.T) {
	t.Parallel()
	assert.Equal(t, time.Duration(-1), left(10, 0))
	assert.Equal(t, time.Duration(0), left(0, 0))
	assert.Equal(t, 10*time.Second, left(1000, 100))
	assert.Equal(t, time.Duration(-1), left(math.MaxInt64, 1e-9))
}

func TestJob_IsNotSaidToBeOverBeforeItIs(t *testing.T) {
	t.Parallel()
	base := Job{State: Running, Items: 100, ItemsDone: 50, Bytes: 1000, BytesDone: 900, Rate: 10, Left: -1}
	for name, c := range map[string]struct {
		change func(*Job)
		pace   float64
		left   time.Duration
		rate   float64
	}{
		"bytes take longer":         {func(*Job) {}, 50, 10 * time.Second, 10},
		"items take longer":         {func(*Job) {}, 1, 50 * time.Second, 10},
		"no item yet":               {func(*Job) {}, 0, 10 * time.Second, 10},
		"all bytes, no pace":        {func(j *Job) { j.BytesDone = 1000 }, 0, -1, 10},
		"all bytes, last item":      {func(j *Job) { j.BytesDone, j.ItemsDone = 1000, 99 }, 1000, time.Second, 10},
		"all bytes, being verified": {func(j *Job) { j.BytesDone, j.State = 1000, Verifying }, 0, 0, 10},
		"does not move":             {func(j *Job) { j.Rate = 0 }, 10, -1, 0},
		"counting":                  {func(j *Job) { j.Counting = true }, 1, -1, 10},
		"paused":                    {func(j *Job) { j.State = Paused }, 1, -1, 0},
		"queued":                    {func(j *Job) { j.State = Queued }, 1, -1, 0},
		"failed":                    {func(j *Job) { j.State = Failed }, 1, -1, 0},
		"done":                      {func(j *Job) { j.State = Done }, 1, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j := base
			c.change(&j)
			j.foretell(c.pace)
			assert.Equal(t, c.left, j.Left)
			assert.InDelta(t, c.rate, j.Rate, 0)
		})
	}
}

func TestPick_SharesALaneInOrder(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		jobs []load
		want int
	}{
		"none":              {nil, -1},
		"nothing waits":     {[]load{{0, 3, false}, {0, 0, false}}, -1},
		"first of equals":   {[]load{{0, 1, true}, {0, 1, true}}, 0},
		"the one with less": {[]load{{0, 5, true}, {0, 2, true}, {0, 3, true}}, 1},
		"only who waits":    {[]load{{0, 0, false}, {0, 9, true}}, 1},
		"a higher priority": {[]load{{0, 0, true}, {1, 9, true}, {-1, 0, true}}, 1},
		"what is left over": {[]load{{1, 9, false}, {-1, 3, true}}, 1},
	} {
		assert.Equal(t, c.want, pick(c.jobs), name)
	}
}

func TestState_FinalJobsOnlyMoveByRetry(t *testing.T) {
	t.Parallel()
	for _, to := range []State{Queued, Running, Paused, Failed, Cancelled} {
		assert.False(t, mayMove(jobMoves, Done, to))
		assert.False(t, mayMove(itemMoves, Done, to))
	}
	assert.True(t, mayMove(jobMoves, Failed, Queued))
	assert.False(t, mayMove(jobMoves, Failed, Running))
	assert.False(t, mayMove(jobMoves, Paused, Done))
	assert.Equal(t, "CASE state WHEN 'queued' THEN 1 WHEN 'running' THEN 1 WHEN 'verifying' THEN 1 END", stateBefore(Done))
}

func TestLocalName_IsExactOrRefused(t *testing.T) {
	t.Parallel()
	for _, ok := range []string{"a", "a/b", "大/+%.txt", "..a", "a..", " ", "-", strings.Repeat("x", 255), "a\\b", "folder/"} {
		path, err := localName(ok)
		require.NoError(t, err, "%q", ok)
		assert.Equal(t, strings.TrimSuffix(ok, "/"), path)
	}
	for _, bad := range []string{
		"", "/", "/abs", "a//b", "a/", ".", "..", "../x", "a/../b", "a/./b", "a/..", "a\x00b",
		strings.Repeat("x", 256), ".cosmander-1-2.part", "d/.cosmander-1-2.part",
	} {
		if bad == "a/" {
			continue // a folder's placeholder
		}
		_, err := localName(bad)
		assert.Error(t, err, "%q", bad)
	}
}

func TestSpec_CanonicalRefusesNonsense(t *testing.T) {
	t.Parallel()
	remote := Place{Bucket: "b-1", Key: "x/"}
	local := Place{Path: "/tmp/x"}
	src := func(p Place, folder bool) []Source { return []Source{{Place: p, Folder: folder}} }
	for name, s := range map[string]Spec{
		"no sources":          {Kind: Upload, Dest: remote},
		"unknown kind":        {Kind: "x", Sources: src(local, false)},
		"upload of an object": {Kind: Upload, Sources: src(remote, true), Dest: remote},
		"upload to a path":    {Kind: Upload, Sources: src(local, false), Dest: local},
		"download to bucket":  {Kind: Download, Sources: src(remote, true), Dest: remote},
		"relative source":     {Kind: Upload, Sources: src(Place{Path: "x"}, false), Dest: remote},
		"relative dest":       {Kind: Download, Sources: src(remote, true), Dest: Place{Path: "x"}},
		"dest without slash":  {Kind: Upload, Sources: src(local, false), Dest: Place{Bucket: "b-1", Key: "x"}},
		"prefix no slash":     {Kind: Delete, Sources: src(Place{Bucket: "b-1", Key: "x"}, true)},
		"no key":              {Kind: Delete, Sources: src(Place{Bucket: "b-1"}, false)},
		"conflict":            {Kind: Upload, Sources: src(local, false), Dest: remote, OnConflict: "perhaps"},
	} {
		_, err := s.canonical("a")
		assert.Error(t, err, name)
	}
}

func TestBehind_CutsTheNameBelowTheTop(t *testing.T) {
	t.Parallel()
	assert.Nil(t, behind("top", ""))
	assert.Equal(t, []string{"a", "b"}, behind("top", "top/a/b"))
	assert.Equal(t, []string{"a"}, behind("", "a"))
	assert.Equal(t, []string{}, behind("top", "top"))
}
