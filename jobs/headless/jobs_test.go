package headless

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/jobs"
)

// desk is an Env over a journal of its own that nobody runs.
type desk struct {
	*Env
	out, errs bytes.Buffer
	open      func(ctx context.Context) (*jobs.Queue, error)
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{}
	path := filepath.Join(t.TempDir(), "jobs.db")
	d.open = func(ctx context.Context) (*jobs.Queue, error) {
		return jobs.Open(ctx, jobs.Config{Journal: path, Account: "me", Watch: true, Poll: time.Millisecond})
	}
	d.Env = &Env{
		Account: "me", Open: d.open, Stdout: Stream{Writer: &d.out}, Stderr: Stream{Writer: &d.errs},
		Show: func(s string) string { return strings.NewReplacer("\x1b", "␛", "\t", "␉", "\n", "␊").Replace(s) },
	}
	return d
}

// add queues an upload of a path; its job is the next number from 1.
func (d *desk) add(t *testing.T, account, path string) {
	t.Helper()
	q, err := d.open(t.Context())
	require.NoError(t, err)
	_, err = q.Add(t.Context(), jobs.Spec{
		Kind: jobs.Upload, Account: account, Sources: []jobs.Source{{Place: jobs.Place{Path: path}}},
		Dest: jobs.Place{Bucket: "b-1", Key: "in/"},
	})
	require.NoError(t, err)
	require.NoError(t, q.Close())
}

func (d *desk) printed() string {
	defer d.out.Reset()
	return d.out.String()
}

func TestJobs_AreListedWithThoseOfOtherAccountsMarked(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	require.NoError(t, d.Jobs(t.Context(), JobsOptions{}))
	assert.Empty(t, d.printed())
	d.add(t, "me", "/d/mine.bin")
	d.add(t, "you", "/d/odd\tname\\\n.bin")

	require.NoError(t, d.Jobs(t.Context(), JobsOptions{}))
	got := strings.Split(strings.TrimSuffix(d.printed(), "\n"), "\n")
	require.Len(t, got, 2)
	first, second := strings.Split(got[0], "\t"), strings.Split(got[1], "\t")
	require.Len(t, first, 18)
	require.Len(t, second, 18, "a tab in a name makes no column")
	assert.Equal(t, []string{"1", "queued", "upload", "mine.bin", "/d/mine.bin", "cos://b-1/in/"}, first[:6])
	assert.Equal(t, `odd\tname\\\n.bin`, second[3])
	assert.Equal(t, []string{"", "you"}, []string{first[13], second[13]})

	require.NoError(t, d.Jobs(t.Context(), JobsOptions{JSON: true}))
	var list []map[string]any
	for line := range strings.Lines(d.printed()) {
		var j map[string]any
		require.NoError(t, json.Unmarshal([]byte(line), &j))
		list = append(list, j)
	}
	require.Len(t, list, 2)
	assert.NotContains(t, list[0], "other_account")
	assert.Equal(t, true, list[1]["other_account"])
	assert.Equal(t, "/d/odd\tname\\\n.bin", list[1]["from"])
}

func TestJobs_FitTheTerminalAndAlignByCells(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for _, path := range []string{"/d/a.txt", "/d/旅行的照片和很长很长的名字旅行的照片和很长很长的名字.jpg", "/d/\x1b[31mred\nline", "/e\u0301/" + strings.Repeat("x", 300)} {
		d.add(t, "me", path)
	}
	d.Stdout.Terminal = true
	for _, columns := range []int{200, 120, 80, 60, 40, 20, 0} {
		d.Stdout.Columns = columns
		require.NoError(t, d.Jobs(t.Context(), JobsOptions{}))
		text := d.printed()
		rows := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
		require.Len(t, rows, 1+2*4, "a head, and a line for each job and its reason")
		assert.NotContains(t, text, "\x1b")
		to := strings.Index(rows[0], "TO")
		for i, row := range rows {
			if columns >= 40 {
				assert.LessOrEqual(t, ansi.StringWidthWc(row), columns, row)
			}
			if before, _, shown := strings.Cut(row, "cos:"); i%2 == 1 && to > 0 {
				assert.True(t, shown, row)
				assert.Equal(t, to, ansi.StringWidthWc(before), "columns=%d: %s", columns, row)
			}
		}
	}
}

func TestShorten_KeepsBothEndsWithinTheCells(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "a", "abcdefgh", "旅行照片", "a旅b行c照d片", "e\u0301e\u0301e\u0301e\u0301", "👩‍👩‍👧‍👦 family"} {
		for cells := range 12 {
			got := shorten(text, cells)
			assert.LessOrEqual(t, ansi.StringWidthWc(got), cells, "%q in %d", text, cells)
			if ansi.StringWidthWc(text) <= cells {
				assert.Equal(t, text, got)
			}
		}
	}
	assert.Equal(t, "ab…gh", shorten("abcdefgh", 5))
	assert.Equal(t, "旅…片", shorten("旅行照片", 5))
}

func TestControl_SaysWhoWillDoItAndRefusesWhatMakesNoSense(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.add(t, "me", "/d/a")
	d.add(t, "you", "/d/b")
	ctx := t.Context()
	require.NoError(t, d.Control(ctx, "pause", []string{"1"}, JobsOptions{}))
	assert.Equal(t, "job 1: to be paused by the next cosmander of its account; none runs now\n", d.printed())
	require.NoError(t, d.Control(ctx, "pause", []string{"all"}, JobsOptions{}))
	assert.Equal(t, 1, strings.Count(d.printed(), "\n"), "the first is paused already")
	require.NoError(t, d.Control(ctx, "resume", []string{"2"}, JobsOptions{JSON: true}))
	assert.Contains(t, d.printed(), `"state":"queued","pending":true`)
	require.NoError(t, d.Control(ctx, "retry", []string{"all"}, JobsOptions{}))
	assert.Equal(t, "no job to retry\n", d.printed())

	for name, c := range map[string]struct {
		verb string
		args []string
		says string
	}{
		"no number":      {"pause", []string{"x"}, "not the number of a job"},
		"zero":           {"pause", []string{"0"}, "not the number of a job"},
		"all and more":   {"pause", []string{"all", "1"}, "not the number of a job"},
		"one of numbers": {"cancel", []string{"1", "-"}, "not the number of a job"},
		"unknown":        {"pause", []string{"99"}, "job 99: no such job"},
		"not over":       {"retry", []string{"1"}, "cannot retry a job that is"},
		"not cleared":    {"clear", []string{"1"}, "cannot clear"},
	} {
		t.Run(name, func(t *testing.T) {
			require.ErrorContains(t, d.Control(ctx, c.verb, c.args, JobsOptions{}), c.says)
			assert.Empty(t, d.printed())
		})
	}
	require.ErrorIs(t, d.Control(ctx, "cancel", []string{"1", "99", "2"}, JobsOptions{}), ErrIncomplete)
	assert.Equal(t, 2, strings.Count(d.printed(), "to be cancelled"))
	assert.Equal(t, "job 99: no such job\n", d.errs.String())
}

func TestReceipts_OfAJobWithoutAnyAreAHead(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.add(t, "me", "/d/a")
	require.NoError(t, d.Receipts(t.Context(), "1", JobsOptions{}))
	rows, err := csv.NewReader(strings.NewReader(d.printed())).ReadAll()
	require.NoError(t, err)
	assert.Len(t, rows, 1)
	require.NoError(t, d.Receipts(t.Context(), "1", JobsOptions{JSON: true}))
	assert.Empty(t, d.printed())
	require.ErrorIs(t, d.Receipts(t.Context(), "2", JobsOptions{}), jobs.ErrNoJob)
	require.ErrorIs(t, d.ShowJob(t.Context(), "2", JobsOptions{}), jobs.ErrNoJob)
	assert.Empty(t, d.printed())
}

func TestReceipt_KeepsTheBytesOfANameThatIsNoUTF8(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	b, err := json.Marshal(d.receipt(jobs.Receipt{Key: "in/x", Source: "/d/\xff\u202e", Dest: "cos://b-1/in/x", HasCRC64: true, CRC64: 1<<64 - 1}))
	require.NoError(t, err)
	var got receipt
	require.NoError(t, json.Unmarshal(b, &got))
	assert.Equal(t, "L2Qv/+KArg==", got.SourceBase64)
	assert.Empty(t, got.DestBase64)
	assert.Equal(t, "18446744073709551615", got.CRC64)
}

func TestJobs_AreMovedInTheQueue(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for _, path := range []string{"/d/a", "/d/b", "/d/c"} {
		d.add(t, "me", path)
	}
	require.NoError(t, d.Control(t.Context(), "next", []string{"3", "2"}, JobsOptions{}))
	assert.Equal(t, "job 2: place 2 of 3, high priority\njob 3: place 1 of 3, high priority\n", d.printed())
	require.NoError(t, d.Control(t.Context(), "down", []string{"3"}, JobsOptions{}))
	require.NoError(t, d.Control(t.Context(), "up", []string{"1"}, JobsOptions{}))
	require.NoError(t, d.Prioritise(t.Context(), "low", []string{"1"}, JobsOptions{}))
	d.printed()
	require.NoError(t, d.Jobs(t.Context(), JobsOptions{}))
	var got []string
	for line := range strings.Lines(d.printed()) {
		columns := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		got = append(got, columns[0]+" "+columns[15])
	}
	assert.Equal(t, []string{"2 high", "3 high", "1 low"}, got)
	require.NoError(t, d.Prioritise(t.Context(), "normal", []string{"all"}, JobsOptions{JSON: true}))
	assert.NotContains(t, d.printed(), `"priority"`)

	require.ErrorContains(t, d.Control(t.Context(), "next", []string{"all"}, JobsOptions{}), "say which jobs")
	require.ErrorContains(t, d.Prioritise(t.Context(), "urgent", []string{"1"}, JobsOptions{}), `"urgent"`)
	assert.ErrorIs(t, d.Control(t.Context(), "up", []string{"9"}, JobsOptions{}), jobs.ErrNoJob)
}

func TestAnswer_WhatMakesNoSenseIsRefused(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.add(t, "me", "/d/a")
	require.ErrorContains(t, d.Answer(t.Context(), "1", "ask", nil, JobsOptions{}), `"ask" answers no conflict`)
	require.ErrorContains(t, d.Answer(t.Context(), "1", "skip", []string{"x"}, JobsOptions{}), `"x" is not the number of an item`)
	require.ErrorContains(t, d.Answer(t.Context(), "x", "skip", nil, JobsOptions{}), `"x" is not the number of a job`)
	require.ErrorIs(t, d.Answer(t.Context(), "1", "skip", []string{"7"}, JobsOptions{}), jobs.ErrNotAsking)
	require.NoError(t, d.Answer(t.Context(), "1", "skip", nil, JobsOptions{}), "what is yet to come has its answer")
	assert.Equal(t, "job 1: to be answered by the next cosmander of its account; none runs now\n", d.printed())
}
