package tui

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
	"cosmander/cos/emulator"
	"cosmander/jobs"
)

// queryDriver is a driver over a bucket of the local server, which counts the
// queries that it is asked.
type queryDriver struct {
	*driver
	bucket  *cos.Bucket
	queries *atomic.Int64
}

const cities = "id,city,people\n1,Bern,134591\n2,上海,24870895\n3,\"Ulm, \x1b[31mDonau\u202e\",126405\n"

// asking starts a model whose bucket holds objects, the bucket pane focused.
func asking(t *testing.T, objects map[string]string) *queryDriver {
	t.Helper()
	srv, err := emulator.Open(emulator.Config{Dir: t.TempDir(), SecretID: "id", SecretKey: "key", Buckets: []string{"b-1250000000"}})
	require.NoError(t, err)
	count := &atomic.Int64{}
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Has("select") {
			count.Add(1)
		}
		srv.ServeHTTP(w, r)
	}))
	t.Cleanup(func() {
		web.Close()
		assert.NoError(t, srv.Close())
	})
	client, err := cos.New(cos.Config{Endpoint: web.URL, Region: emulator.DefaultRegion, Credentials: cos.Credentials{SecretID: "id", SecretKey: "key"}})
	require.NoError(t, err)
	bucket := client.Bucket("b-1250000000", emulator.DefaultRegion)
	for key, text := range objects {
		h := cos.Headers{}
		if strings.HasPrefix(key, "cold") {
			h.StorageClass = "ARCHIVE"
		}
		_, err := bucket.Put(t.Context(), key, cos.Body{ReaderAt: strings.NewReader(text), Size: int64(len(text))}, h)
		require.NoError(t, err)
	}
	d := start(t)
	d.m.deps.Region = emulator.DefaultRegion
	d.m.deps.Home = d.dir
	d.m.deps.PlacesFile = filepath.Join(t.TempDir(), "places.toml")
	d.m.deps.Bucket = func(string, string) Store { return bucket }
	d.m.deps.Select = func(string, string) Selector { return bucket }
	d.m.panes[1].at.Place = jobs.Place{Bucket: "b-1250000000", Region: emulator.DefaultRegion}
	d.patience = 5 * time.Second
	d.run(d.m.open(0, d.m.panes[0].at, ""))
	d.run(d.m.open(1, d.m.panes[1].at, ""))
	d.press("tab")
	return &queryDriver{d, bucket, count}
}

// types types a text letter by letter.
func (d *queryDriver) types(text string) {
	for _, r := range text {
		if r == ' ' {
			d.press("space")
			continue
		}
		d.press(string(r))
	}
}

// clear empties the query line.
func (d *queryDriver) clear() {
	d.press("end")
	for d.m.querying.view.Text() != "" {
		d.press("backspace")
	}
}

func TestSelect_OpensWithAQueryAndTheLayoutAndAsksNothingYet(t *testing.T) {
	t.Parallel()
	d := asking(t, map[string]string{"a.csv": strings.ReplaceAll(cities, ",", ";"), "b.json": `[{"a":1},{"a":2}]`})
	d.press("Q")
	assert.Equal(t, firstQuery, d.m.querying.view.Text())
	q := d.m.querying.view.Query()
	assert.Equal(t, ";", q.Input.CSV.FieldDelimiter)
	assert.Equal(t, "USE", q.Input.CSV.FileHeaderInfo)
	d.press("esc", "j", "Q")
	assert.Equal(t, "SELECT * FROM COSObject[*] LIMIT 100", d.m.querying.view.Text())
	assert.Equal(t, "DOCUMENT", d.m.querying.view.Query().Input.JSON.Type)
	assert.Zero(t, d.queries.Load())
}

func TestSelect_SaysWhyNotBeforeARequest(t *testing.T) {
	t.Parallel()
	d := asking(t, map[string]string{"cold.csv": cities, "dir/a.csv": cities})
	d.press("g g", "home", "Q")
	assert.Contains(t, d.screen(), "dir/ is a folder")
	d.press("j", "Q")
	assert.Contains(t, d.screen(), "cold.csv is archived: it has not been restored")
	d.press("tab", "G", "Q")
	assert.Contains(t, d.screen(), "the service queries objects, not files of this machine")
	assert.Zero(t, d.queries.Load())
	assert.Nil(t, d.m.querying)
}

func TestSelect_ShowsTheResultSafelyUnderItsNames(t *testing.T) {
	t.Parallel()
	d := asking(t, map[string]string{"a.csv": cities})
	d.press("Q", "enter")
	for _, text := range []string{"id  city", "people", "上海", `Ulm, ␛[31mDonau\u202e`, "scanned 77 B · processed 77 B · returned 62 B", "3 rows", "arrows scroll · s saves"} {
		assert.Contains(t, d.screen(), text)
	}
	for _, line := range d.m.lines() {
		assert.NotContains(t, line, "\x1b[31mDonau")
	}
}

func TestSelect_AnErrorPutsTheCaretUnderItsPlace(t *testing.T) {
	t.Parallel()
	d := asking(t, map[string]string{"a.csv": cities})
	d.press("Q")
	d.clear()
	d.types("SELECT id FRUM COSObject")
	d.press("enter")
	lines := strings.Split(d.screen(), "\n")
	at := strings.Index(lines[1], "COSObject") // FRUM is taken for a name of the column
	require.Positive(t, at, lines[1])
	column := utf8.RuneCountInString(lines[1][:at])
	assert.Equal(t, column, utf8.RuneCountInString(lines[2][:max(strings.Index(lines[2], "^"), 0)]), "%s\n%s", lines[1], lines[2])
	assert.Contains(t, d.screen(), "request ")
	assert.True(t, d.m.querying.view.Typing(), "it is to be mended")
}

func TestSelect_KeepsTheHistoryInAFile(t *testing.T) {
	t.Parallel()
	d := asking(t, map[string]string{"a.csv": cities})
	d.press("Q", "enter", "enter")
	d.clear()
	d.types("SELECT id FROM COSObject")
	d.press("enter", "esc", "Q", "up")
	assert.Equal(t, "SELECT id FROM COSObject", d.m.querying.view.Text())
	d.types(" x")
	d.press("up")
	assert.Equal(t, firstQuery, d.m.querying.view.Text())
	d.press("down")
	assert.Equal(t, "SELECT id FROM COSObject x", d.m.querying.view.Text(), "what was typed is still there")
	d.press("esc")
	assert.Contains(t, d.screen(), "Esc again leaves and loses the query that was not run")
	d.press("esc")
	assert.Nil(t, d.m.querying)

	kept, err := readQueries(d.m.queriesFile())
	require.NoError(t, err)
	assert.Equal(t, []string{"SELECT id FROM COSObject", firstQuery}, kept.Queries)
	info, err := os.Stat(d.m.queriesFile())
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}

func TestQueries_AreBounded(t *testing.T) {
	t.Parallel()
	var q queries
	for i := range 3 * queriesKept {
		q = q.with(fmt.Sprint("SELECT ", i))
	}
	q = q.with(strings.Repeat("x", queryKept+1)).with("SELECT 299")
	assert.Len(t, q.Queries, queriesKept)
	assert.Equal(t, "SELECT 299", q.Queries[0])
}

func TestSelect_SavesWhatTheServiceGives(t *testing.T) {
	t.Parallel()
	d := asking(t, map[string]string{"a.csv": cities})
	d.press("Q", "enter", "s")
	assert.Contains(t, d.screen(), "all 3 rows, as they are in the table")
	d.press("enter", "enter")
	got, err := os.ReadFile(filepath.Join(d.dir, "a-select.csv"))
	require.NoError(t, err)
	assert.Equal(t, strings.TrimPrefix(cities, "id,city,people\n"), string(got))
	assert.Contains(t, d.screen(), "saved: ~/a-select.csv · 62 B")
	assert.EqualValues(t, 1, d.queries.Load())

	d.press("s", "enter", "enter")
	assert.Contains(t, d.screen(), "It exists")
	require.NoError(t, os.WriteFile(filepath.Join(d.dir, "a-select.csv"), []byte("mine"), 0o600))
	d.press("enter")
	got, _ = os.ReadFile(filepath.Join(d.dir, "a-select.csv"))
	assert.Equal(t, "mine", string(got), "the safe button is the default")
	d.press("s", "enter", "enter", "tab", "enter")
	got, _ = os.ReadFile(filepath.Join(d.dir, "a-select.csv"))
	assert.Len(t, got, 62)
	entries, err := filepath.Glob(filepath.Join(d.dir, ".cosmander*"))
	require.NoError(t, err)
	assert.Empty(t, entries)
}

func TestSelect_SavesBesideTheSourceByAJob(t *testing.T) {
	t.Parallel()
	d := asking(t, map[string]string{"in/a.csv": cities})
	d.press("enter", "j", "Q", "enter", "s", "tab", "right")
	assert.Contains(t, d.screen(), "a job uploads the file to cos://b-1250000000/in/")
	d.press("enter", "enter")
	require.Len(t, d.queue.added, 1)
	spec := d.queue.added[0]
	assert.Equal(t, jobs.Upload, spec.Kind)
	assert.Equal(t, jobs.Ask, spec.OnConflict)
	assert.Equal(t, "in/", spec.Dest.Key)
	assert.Equal(t, filepath.Join(d.dir, "a-select.csv"), spec.Sources[0].Path)
}

func TestSelect_AsksAllThatIsMarked(t *testing.T) {
	t.Parallel()
	d := asking(t, map[string]string{"a.csv": cities, "b.csv": "id,city,people\n4,Genf,203856\n", "c.csv": "x\ny\n"})
	d.press("ctrl+a", "Q")
	d.clear()
	d.types("SELECT city FROM COSObject")
	d.press("enter")
	screen := d.screen()
	for _, text := range []string{"key    city", "a.csv  Bern", "b.csv  Genf", "1 of 3 objects failed, first c.csv", "4 rows"} {
		assert.Contains(t, screen, text)
	}
	assert.EqualValues(t, 3, d.queries.Load())
	d.press("s", "enter", "enter")
	got, err := os.ReadFile(filepath.Join(d.dir, "objects-select.csv"))
	require.NoError(t, err)
	assert.Equal(t, "\"a.csv\",Bern\n\"a.csv\",上海\n\"a.csv\",\"Ulm, \x1b[31mDonau\u202e\"\n\"b.csv\",Genf\n", string(got))
}

func TestSelect_KeepsTheFirstRowsAndSavesAll(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	for i := range tableRows + 500 {
		fmt.Fprintf(&text, "%d\n", i)
	}
	d := asking(t, map[string]string{"a.csv": text.String()})
	d.press("Q")
	d.clear()
	d.types("SELECT * FROM COSObject")
	d.press("enter")
	assert.Equal(t, tableRows, d.m.querying.view.Rows())
	assert.Contains(t, d.screen(), "first 100 000 rows · s saves all")
	d.press("end")
	assert.Contains(t, d.screen(), " 99999")
	d.press("s")
	assert.Contains(t, d.screen(), "the query runs once more")
	d.press("enter", "enter")
	got, err := os.ReadFile(filepath.Join(d.dir, "a-select.csv"))
	require.NoError(t, err)
	assert.Equal(t, text.String(), string(got))
}

func TestResultNames(t *testing.T) {
	t.Parallel()
	known := []string{"id", "city"}
	for expression, want := range map[string][]string{
		"SELECT * FROM COSObject":                        known,
		"select s.* from COSObject s":                    known,
		"SELECT city, s.id FROM COSObject s":             {"city", "id"},
		"SELECT COUNT(*) FROM COSObject":                 {"_1"},
		"SELECT COUNT(*) AS n, MAX(a, b) FROM COSObject": {"n", "_2"},
		`SELECT s."a b", 'x, from y' t FROM COSObject s`: {"a b", "t"},
		"SELECT CASE WHEN a THEN 1 END FROM COSObject":   {"_1"},
		"nonsense": nil,
	} {
		q := cos.SelectQuery{Expression: expression, Output: cos.SelectOutput{CSV: &cos.CSVOutput{}}}
		assert.Equal(t, want, resultNames(q, known), expression)
	}
}

func TestFrames_OfAQuery(t *testing.T) {
	t.Parallel()
	d := asking(t, map[string]string{"a.csv": cities, "b.csv": "id,city,people\n4,Genf,203856\n"})
	golden := func(name string) {
		for _, size := range [][2]int{{80, 24}, {120, 40}} {
			d.send(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
			d.golden(fmt.Sprintf("select-%s-%dx%d", name, size[0], size[1]))
		}
	}
	d.press("Q")
	golden("new")
	d.press("enter")
	golden("rows")
	d.press("s")
	golden("save")
	d.press("esc", "enter")
	d.clear()
	d.types("SELECT city, people / FROM COSObject")
	d.press("tab", "tab")
	golden("option")
	d.press("esc", "esc", "ctrl+a", "Q", "enter")
	golden("marked")
}
