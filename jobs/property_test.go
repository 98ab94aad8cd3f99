package jobs

import (
	"bytes"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"cosmander/cos"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// draws is how many random cases each property gets. A failure names the seed.
const draws = 2000

func forAll(t *testing.T, property func(t *testing.T, dice *rand.Rand)) {
	t.Helper()
	start := rand.Uint64()
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("seed %d", start)
		}
	})
	for i := range uint64(draws) {
		property(t, rand.New(rand.NewPCG(start, i)))
	}
}

// anySize is as often tiny as it is huge.
func anySize(dice *rand.Rand, limit int64) int64 { return dice.Int64N(limit>>dice.IntN(48) + 1) }

func TestProperty_PickIsFairAndNeverStartsWhatDoesNotWait(t *testing.T) {
	t.Parallel()
	forAll(t, func(t *testing.T, dice *rand.Rand) {
		jobs := make([]load, dice.IntN(9))
		for i := range jobs {
			jobs[i] = load{priority: Priority(dice.IntN(3) - 1), running: dice.IntN(6), waiting: dice.IntN(3) > 0}
		}
		got := pick(jobs)
		anyWaits := slices.ContainsFunc(jobs, func(l load) bool { return l.waiting })
		require.Equal(t, anyWaits, got >= 0, "%v", jobs)
		for i, l := range jobs {
			if got < 0 || !l.waiting {
				continue
			}
			require.True(t, jobs[got].waiting, "%v", jobs)
			require.GreaterOrEqual(t, jobs[got].priority, l.priority, "%v", jobs)
			if jobs[got].priority > l.priority {
				continue
			}
			require.LessOrEqual(t, jobs[got].running, l.running, "%v", jobs)
			if jobs[got].running == l.running {
				require.LessOrEqual(t, got, i, "the earlier of equals: %v", jobs)
			}
		}
	})
}

// TestProperty_JobsThatWaitShareALaneEvenly plays the scheduler: whatever ends
// when, no two jobs that still wait are further apart than one item.
func TestProperty_JobsThatWaitShareALaneEvenly(t *testing.T) {
	t.Parallel()
	forAll(t, func(t *testing.T, dice *rand.Rand) {
		slots := 1 + dice.IntN(12)
		jobs := make([]load, 1+dice.IntN(5))
		for i := range jobs {
			jobs[i].waiting = true
		}
		for running := 0; running < slots; running++ {
			jobs[pick(jobs)].running++
		}
		least := slices.MinFunc(jobs, func(a, b load) int { return a.running - b.running })
		most := slices.MaxFunc(jobs, func(a, b load) int { return a.running - b.running })
		require.LessOrEqual(t, most.running-least.running, 1, "%v", jobs)
	})
}

func TestProperty_PartsCoverEverySizeWithinTheLimits(t *testing.T) {
	t.Parallel()
	forAll(t, func(t *testing.T, dice *rand.Rand) {
		size, wanted := anySize(dice, cos.MaxObjectSize), anySize(dice, cos.MaxPartBytes)
		part := partSizeFor(size, wanted)
		require.Zero(t, part%mebibyte)
		require.GreaterOrEqual(t, part, max(int64(cos.MinPartBytes), wanted), "size %d, wanted %d", size, wanted)
		require.LessOrEqual(t, part, int64(cos.MaxPartBytes))
		all := spans(size, part)
		require.LessOrEqual(t, len(all), cos.MaxParts, "size %d, wanted %d", size, wanted)
		var off int64
		for i, s := range all {
			if want := (span{i + 1, off, min(part, size-off)}); s != want || s.size <= 0 { // ten thousand of them: no assertion for each
				t.Fatalf("%+v, not %+v", s, want)
			}
			off += s.size
		}
		require.Equal(t, size, off)
	})
}

func TestProperty_JoinedIsTheChecksumOfTheWholeOrNothing(t *testing.T) {
	t.Parallel()
	forAll(t, func(t *testing.T, dice *rand.Rand) {
		whole := make([]byte, dice.IntN(500))
		for i := range whole {
			whole[i] = byte(dice.Uint32())
		}
		all := spans(int64(len(whole)), 1+dice.Int64N(100))
		acks := map[int]ack{}
		for _, s := range all {
			acks[s.number] = ack{number: s.number, size: s.size, crc: cos.CRC64(0, whole[s.off:s.off+s.size])}
		}
		crc, ok := joined(all, acks)
		require.True(t, ok)
		require.Equal(t, cos.CRC64(0, whole), crc)
		if len(all) > 0 {
			gone := all[dice.IntN(len(all))]
			delete(acks, gone.number)
			require.Equal(t, []span{gone}, missing(all, acks))
			_, ok = joined(all, acks)
			require.False(t, ok)
		}
	})
}

var (
	jobStates  = []State{Queued, Running, Paused, Asking, Restoring, Done, Failed, Cancelled}
	itemStates = []State{Queued, Running, Verifying, Asking, Restoring, Done, Failed}
)

func TestProperty_StateTablesAreClosedAndDoneIsForEver(t *testing.T) {
	t.Parallel()
	for _, table := range []struct {
		moves  map[State][]State
		states []State
	}{{jobMoves, jobStates}, {itemMoves, itemStates}} {
		assert.Len(t, table.moves, len(table.states), "a state without its line")
		for from, list := range table.moves {
			assert.Contains(t, table.states, from)
			assert.Subset(t, table.states, list)
		}
		assert.Empty(t, table.moves[Done])
		for _, from := range table.states {
			assert.True(t, reaches(table.moves, from, Done), "from %s it can still end well", from)
		}
	}
}

// reaches reports that states may lead from one to the other.
func reaches(moves map[State][]State, from, to State) bool {
	seen := map[State]bool{}
	next := []State{from}
	for len(next) > 0 {
		s := next[0]
		next = next[1:]
		if s == to {
			return true
		}
		if seen[s] {
			continue
		}
		seen[s] = true
		next = append(next, moves[s]...)
	}
	return false
}

// TestProperty_WishesLeadOnlyWhereTheTableAllows: what may be asked of a job
// can be carried out by allowed steps.
func TestProperty_WishesLeadOnlyWhereTheTableAllows(t *testing.T) {
	t.Parallel()
	ends := map[want]State{wantPause: Paused, wantRun: Queued, wantCancel: Cancelled, wantRetry: Queued, wantRestart: Queued, wantAnswer: Queued}
	for w, end := range ends {
		for _, s := range jobStates {
			if w.check(s, wantNothing) == nil && s != end {
				assert.True(t, reaches(jobMoves, s, end), "%s of a job that is %s", w, s)
			}
		}
		assert.Error(t, w.check(Done, wantNothing), "%s of a job that is done", w)
	}
}

// TestProperty_ProgressIsNeverAbsurd shows a job with whatever counters.
func TestProperty_ProgressIsNeverAbsurd(t *testing.T) {
	t.Parallel()
	rates := []float64{0, 1e-9, 1, 1e6, 1e12, math.MaxFloat64}
	forAll(t, func(t *testing.T, dice *rand.Rand) {
		c := tally{bytes: anySize(dice, cos.MaxObjectSize), bytesDone: anySize(dice, cos.MaxObjectSize)}
		c.items, c.done = anySize(dice, 1e6), anySize(dice, 1e6)
		j := Job{State: jobStates[dice.IntN(len(jobStates))], Left: -1, Counting: dice.IntN(2) == 0}
		fillCounts(&j, c)
		if j.State == Running {
			l := live{state: []State{Running, Retrying, Verifying}[dice.IntN(3)], bytes: anySize(dice, 1<<50), rate: rates[dice.IntN(len(rates))]}
			l.fill(&j, c.bytesDone)
		}
		j.foretell(rates[dice.IntN(len(rates))])
		require.LessOrEqual(t, j.BytesDone, j.Bytes)
		require.GreaterOrEqual(t, j.BytesDone, int64(0))
		require.GreaterOrEqual(t, j.Left, time.Duration(-1), "%+v", j)
		require.False(t, math.IsNaN(j.Rate) || math.IsInf(j.Rate, 0) || j.Rate < 0)
		s := Snapshot{Jobs: []Job{j, j, j}}
		s.sum()
		require.False(t, math.IsNaN(s.Rate))
		require.GreaterOrEqual(t, s.Left, time.Duration(-1), "%+v", s)
		if j.State == Done {
			require.Zero(t, j.Rate)
			require.Zero(t, j.Left)
		}
	})
}

// TestProperty_RateIsNeverNegativeNorNaN feeds the meter whatever a clock and
// repeated parts can bring.
func TestProperty_RateIsNeverNegativeNorNaN(t *testing.T) {
	t.Parallel()
	forAll(t, func(t *testing.T, dice *rand.Rand) {
		var m meter
		now, moved := time.Unix(0, 0), int64(0)
		for range 20 {
			passed := time.Duration(dice.Int64N(int64(time.Second))) - 100*time.Millisecond
			step := anySize(dice, 1<<40) - anySize(dice, 1<<30)
			now, moved = now.Add(passed), max(moved+step, 0)
			m.look(moved, now)
			require.False(t, math.IsNaN(m.rate) || math.IsInf(m.rate, 0))
			require.GreaterOrEqual(t, m.rate, 0.0)
		}
	})
}

// TestProperty_CounterTakesBackExactlyWhatItGave: parts that are repeated count
// once in the end.
func TestProperty_CounterTakesBackExactlyWhatItGave(t *testing.T) {
	t.Parallel()
	forAll(t, func(t *testing.T, dice *rand.Rand) {
		tk := &task{active: &active{}}
		var want int64
		for range 1 + dice.IntN(5) {
			size := dice.Int64N(1000)
			for range dice.IntN(4) { // attempts that fail
				c := &counter{t: tk}
				c.add(dice.IntN(int(size) + 1))
				c.reset()
				c.reset()
			}
			c := &counter{t: tk}
			c.add(dice.IntN(int(size) + 1))
			c.full(size)
			want += size
		}
		require.Equal(t, want, tk.sent.Load())
		require.Equal(t, want, tk.moved.Load())
	})
}

func TestProperty_RetryWaitsWithinItsBounds(t *testing.T) {
	t.Parallel()
	forAll(t, func(t *testing.T, dice *rand.Rand) {
		p := RetryPolicy{Base: time.Duration(dice.Int64N(int64(time.Minute))), Cap: time.Duration(dice.Int64N(int64(time.Hour)))}.withDefaults()
		asked := time.Duration(anySize(dice, int64(time.Hour)))
		got := p.Wait(1+dice.IntN(100), asked, dice.Float64())
		require.GreaterOrEqual(t, got, asked)
		require.LessOrEqual(t, got, max(p.Cap, asked))
	})
}

func FuzzLocalName(f *testing.F) {
	for _, name := range []string{
		"a", "a/b/", "", "/", "..", "../x", "a/../b", "a//b", ".", "a\x00b", "大/+%.txt", strings.Repeat("x", 256),
		".cosmander-1-2.part", `a\b`, "a/.", "\xff", "C:x", "a/..b/...",
	} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		path, err := localName(name)
		if err != nil {
			return
		}
		require.True(t, filepath.IsLocal(path), "%q leaves the folder as %q", name, path)
		require.Equal(t, strings.TrimSuffix(name, "/"), filepath.ToSlash(path), "a name is used exactly or refused")
		again, err := localName(filepath.ToSlash(path))
		require.NoError(t, err)
		require.Equal(t, path, again)
		for _, s := range strings.Split(filepath.ToSlash(path), "/") {
			require.NotEmpty(t, s)
			require.LessOrEqual(t, len(s), maxSegment)
			require.False(t, strings.HasPrefix(s, ".cosmander-") && strings.HasSuffix(s, ".part"), "it would be taken for ours")
		}
	})
}

func FuzzCheckKey(f *testing.F) {
	for _, key := range []string{"a", "", "/a", "a/", "\xff", "大", strings.Repeat("k", 850), strings.Repeat("k", 851), strings.Repeat("大", 284), "a\x00"} {
		f.Add(key)
	}
	f.Fuzz(func(t *testing.T, key string) {
		ok := utf8.ValidString(key) && len(key) <= cos.MaxKeyBytes && !strings.HasPrefix(key, "/")
		require.Equal(t, ok, checkKey(key) == nil, "%q", key)
	})
}

// FuzzSpans cuts any bytes into any parts, with parts missing.
func FuzzSpans(f *testing.F) {
	f.Add([]byte("123456789"), uint8(4), uint16(0))
	f.Add([]byte{}, uint8(1), uint16(1))
	f.Add(bytes.Repeat([]byte{0}, 300), uint8(7), uint16(5))
	f.Fuzz(func(t *testing.T, whole []byte, part uint8, gone uint16) {
		all := spans(int64(len(whole)), int64(part))
		if part == 0 {
			require.Empty(t, all)
			return
		}
		acks := map[int]ack{}
		for _, s := range all {
			if s.number != int(gone) {
				acks[s.number] = ack{number: s.number, crc: cos.CRC64(0, whole[s.off:s.off+s.size])}
			}
		}
		crc, ok := joined(all, acks)
		require.Equal(t, len(acks) == len(all), ok)
		if ok {
			require.Equal(t, cos.CRC64(0, whole), crc)
		}
	})
}
