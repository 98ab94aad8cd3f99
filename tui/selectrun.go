package tui

import (
	"context"
	"errors"
	"regexp"
	"strconv"
	"sync"

	tea "charm.land/bubbletea/v2"

	"cosmander/cos"
	"cosmander/views"
	"cosmander/views/preview"
)

// What a table holds at most.
const (
	tableRows  = 100_000
	tableBytes = 64 << 20
)

const (
	batchBytes   = 256 << 10 // of rows that are kept together
	pendingBytes = 1 << 20   // that wait for the screen before reading rests
)

var errTableFull = errors.New("the table is full")

// selectRun is a query while it runs. One command reads, another one brings
// what was read to the screen.
type selectRun struct {
	id      uint64
	cancel  context.CancelFunc
	changed chan struct{} // of one; there is something to take
	taken   chan struct{} // of one

	mu  sync.Mutex // guards what follows
	got selectGot

	rows, bytes int // in all; only of the reader
}

// selectGot is what was read since the screen took the last.
type selectGot struct {
	batches []views.SelectBatch
	bytes   int
	counts  cos.SelectCounts // of the whole query so far
	failed  int              // objects
	key     string           // of the first that failed
	err     error
	full    bool
	done    bool
}

// selectedMsg brings what a query has given.
type selectedMsg struct {
	id  uint64
	got selectGot
}

// runSelect runs the query as it is written.
func (m *Model) runSelect(s *selecting) tea.Cmd {
	if s.run != nil {
		s.run.cancel()
	}
	ctx, cancel := context.WithCancel(s.ctx)
	m.surveys++
	r := &selectRun{id: m.surveys, cancel: cancel, changed: make(chan struct{}, 1), taken: make(chan struct{}, 1)}
	s.run, s.whole, s.asked = r, false, s.view.Query()
	s.view.Began(resultNames(s.asked, s.view.Columns()))
	m.status, m.sticky = "", false
	q, object, keys := s.asked, s.object, s.keys()
	read := guarded(func() tea.Msg {
		r.read(ctx, object, keys, q)
		return nil
	})
	return tea.Batch(read, r.watch(ctx, m.look.Low), m.keepQuery(q.Expression))
}

// keys are those of the objects in full.
func (s *selecting) keys() []string {
	keys := make([]string, len(s.from.rows))
	for i, id := range s.from.rows {
		keys[i] = s.from.at.Key + id
	}
	return keys
}

// watch waits until something was read, rests, and brings it.
func (r *selectRun) watch(ctx context.Context, low bool) tea.Cmd {
	pause := restBetween
	if low {
		pause = restLow
	}
	return guarded(func() tea.Msg {
		select {
		case <-ctx.Done():
			return nil
		case <-r.changed:
		}
		if !r.ended() && !rest(ctx, pause) {
			return nil
		}
		return selectedMsg{r.id, r.take()}
	})
}

func (r *selectRun) ended() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.got.done
}

func (r *selectRun) take() selectGot {
	r.mu.Lock()
	defer r.mu.Unlock()
	got := r.got
	r.got.batches, r.got.bytes = nil, 0
	nudge(r.taken)
	return got
}

func nudge(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// note changes what the screen will take.
func (r *selectRun) note(change func(*selectGot)) {
	r.mu.Lock()
	change(&r.got)
	r.mu.Unlock()
	nudge(r.changed)
}

// read asks one object after the other. One that fails does not keep the
// others from being asked, unless it is the query that is wrong.
func (r *selectRun) read(ctx context.Context, object Selector, keys []string, q cos.SelectQuery) {
	var before cos.SelectCounts
	for i, key := range keys {
		err := r.readOne(ctx, object, i, key, q, before)
		r.mu.Lock()
		before = r.got.counts
		r.mu.Unlock()
		if errors.Is(err, errTableFull) {
			r.note(func(g *selectGot) { g.full = true })
			break
		}
		if err == nil {
			continue
		}
		r.note(func(g *selectGot) {
			if g.failed++; g.failed == 1 {
				g.key, g.err = key, err
			}
		})
		if ctx.Err() != nil || faultColumn(err) > 0 {
			break
		}
	}
	r.note(func(g *selectGot) { g.done = true })
}

func (r *selectRun) readOne(ctx context.Context, object Selector, n int, key string, q cos.SelectQuery, before cos.SelectCounts) error {
	stream, err := object.Select(ctx, key, q)
	if err != nil {
		return err
	}
	rows := splitter(q)
	row := func(row []byte) error { return r.row(n, row) }
	received := int64(0)
	for event, err := range stream.Events() {
		if err != nil {
			return err
		}
		switch e := event.(type) {
		case cos.SelectRecords:
			received += int64(len(e))
			r.note(func(g *selectGot) { g.counts.Returned = max(g.counts.Returned, before.Returned+received) })
			err = rows.Cut(e, row)
		case cos.SelectProgress:
			r.counted(before, cos.SelectCounts(e))
		case cos.SelectStats:
			r.counted(before, cos.SelectCounts(e))
		}
		if err != nil {
			return err
		}
		r.rest(ctx)
	}
	return rows.End(row)
}

// splitter cuts the answer to q into rows.
func splitter(q cos.SelectQuery) preview.Splitter {
	if q.Output.CSV == nil {
		return preview.Splitter{Lines: true}
	}
	return preview.Splitter{Comma: q.Output.CSV.FieldDelimiter[0]}
}

func (r *selectRun) counted(before, now cos.SelectCounts) {
	r.note(func(g *selectGot) {
		g.counts = cos.SelectCounts{
			Scanned: before.Scanned + now.Scanned, Processed: before.Processed + now.Processed, Returned: before.Returned + now.Returned,
		}
	})
}

// row keeps one row, if there is room.
func (r *selectRun) row(object int, row []byte) error {
	const perRow = 4 // bytes beside its text
	if r.rows == tableRows || r.bytes+len(row)+perRow > tableBytes {
		return errTableFull
	}
	r.rows++
	r.bytes += len(row) + perRow
	r.note(func(g *selectGot) {
		last := len(g.batches) - 1
		if last < 0 || g.batches[last].Object != object || len(g.batches[last].Data)+len(row) > batchBytes {
			g.batches = append(g.batches, views.SelectBatch{Object: object})
			last++
		}
		b := &g.batches[last]
		b.Data = append(b.Data, row...)
		b.Ends = append(b.Ends, int32(len(b.Data)))
		g.bytes += len(row)
	})
	return nil
}

// rest waits while the screen has much to take.
func (r *selectRun) rest(ctx context.Context) {
	for {
		r.mu.Lock()
		much := r.got.bytes > pendingBytes
		r.mu.Unlock()
		if !much {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-r.taken:
		}
	}
}

// selected shows what a query has given.
func (m *Model) selected(msg selectedMsg) tea.Cmd {
	s := m.querying
	if s == nil || s.run == nil || s.run.id != msg.id {
		return nil
	}
	for _, b := range msg.got.batches {
		s.view.Add(b)
	}
	s.view.Counts, s.view.Full = msg.got.counts, msg.got.full
	if !msg.got.done {
		return s.run.watch(s.ctx, m.look.Low)
	}
	s.run.cancel()
	s.run, s.view.Running, s.whole = nil, false, !msg.got.full && (msg.got.failed == 0 || len(s.from.rows) > 1)
	if msg.got.full {
		s.view.State = s.view.SaveKey + " saves all"
	}
	if msg.got.err != nil {
		m.selectFailed(s, msg.got)
	}
	return nil
}

// selectFailed says why objects could not be queried: what the service says
// of the query first, for the code alone tells nothing.
func (m *Model) selectFailed(s *selecting, got selectGot) {
	text := m.explain(got.err)
	if text == "" {
		return
	}
	lines := []string{text}
	var api *cos.Error
	if errors.As(got.err, &api) && api.Message != "" {
		lines = []string{api.Message, text}
	}
	if all := len(s.from.rows); all > 1 {
		lines = append([]string{views.Count(int64(got.failed)) + " of " + views.Plural(int64(all), "object", "objects") + " failed, first " + got.key}, lines...)
	}
	s.view.FailedIn(lines, faultColumn(got.err))
}

var faultPlace = regexp.MustCompile(`(?i)\bline 1, column (\d{1,6})\b`)

// faultColumn is the column of the query that an error is about; 0 if it is
// about none.
func faultColumn(err error) int {
	var api *cos.Error
	if !errors.As(err, &api) {
		return 0
	}
	at := faultPlace.FindStringSubmatch(api.Message)
	if at == nil {
		return 0
	}
	n, _ := strconv.Atoi(at[1])
	return n
}
