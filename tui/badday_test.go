package tui

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
	"cosmander/cos/emulator"
)

// overServer is a driver whose bucket b-1 is at a server that it is told of,
// the bucket's pane focused and listed. Its clock is moved by hand.
func overServer(t *testing.T, url string) *driver {
	t.Helper()
	client, err := cos.New(cos.Config{
		Endpoint: url, Region: emulator.DefaultRegion, Credentials: cos.Credentials{SecretID: "id", SecretKey: "key"},
	})
	require.NoError(t, err)
	d := start(t)
	d.patience = 20 * time.Second
	d.m.deps.Queue = nil
	d.m.deps.Bucket = func(name, region string) Store { return client.Bucket(name, region) }
	d.run(d.m.Init())
	d.press("tab")
	return d
}

// threePages is a server whose bucket b-1 has 2500 keys.
func threePages(t *testing.T) (*emulator.Server, string) {
	t.Helper()
	server, err := emulator.Open(emulator.Config{Dir: t.TempDir(), SecretID: "id", SecretKey: "key", Buckets: []string{"b-1"}})
	require.NoError(t, err)
	require.NoError(t, server.Seed(t.Context(), "b-1", "", 2500))
	web := httptest.NewServer(server)
	t.Cleanup(func() {
		web.Close()
		assert.NoError(t, server.Close())
	})
	return server, web.URL
}

// each asserts that the pane has every key once, in order.
func (d *driver) each(n int) {
	d.t.Helper()
	rows := d.pane().rows
	require.Equal(d.t, n, rows.total())
	for i := range n {
		require.Equal(d.t, fmt.Sprintf("%07d", i), rows.id(i))
	}
}

// pass moves the clock and rings what waits.
func (d *driver) pass(by time.Duration) {
	now := d.m.deps.Now().Add(by)
	d.m.deps.Now = func() time.Time { return now }
	if l := d.pane().load; l != nil {
		d.send(retryMsg{d.m.focus, l.gen})
	}
}

func TestRetry_ABusyServiceIsAskedAgainForThePageThatFailed(t *testing.T) {
	t.Parallel()
	server, url := threePages(t)
	d := overServer(t, url)
	d.send(tea.WindowSizeMsg{Width: 120, Height: 24})
	d.press("space")
	server.Faults().Add(emulator.Fault{Op: "ListObjects", After: 1, Times: 2, Status: 503, Code: "SlowDown", RetryAfter: 3})
	d.press("G")
	assert.Contains(t, d.screen(), "1 of 2 000+ marked · retrying in 3 s: 503 SlowDown")
	asked := server.Requests("ListObjects")
	d.press("g", "g", "j", "space")
	assert.Contains(t, d.screen(), "2 of 2 000+ marked", "keys work on")
	d.pass(time.Second)
	assert.Contains(t, d.screen(), "retrying in 2 s")
	assert.Equal(t, asked, server.Requests("ListObjects"), "not before its time")
	d.pass(2 * time.Second)
	assert.Contains(t, d.screen(), "retrying in 3 s", "it failed again")
	d.pass(3 * time.Second)
	assert.NotContains(t, d.screen(), "retrying")
	assert.Contains(t, d.screen(), "2 of 2 500 marked")
	d.each(2500)
	assert.Equal(t, asked+2, server.Requests("ListObjects"))
}

func TestRetry_EscStopsIt(t *testing.T) {
	t.Parallel()
	server, url := threePages(t)
	server.Faults().Add(emulator.Fault{Op: "ListObjects", Times: 1, Status: 503, Code: "SlowDown", RetryAfter: 3})
	d := overServer(t, url)
	assert.Contains(t, unwrapped(d.screen()), "retryingin3s:503SlowDownEscstops")
	gen := d.pane().load.gen
	d.press("esc")
	assert.NotContains(t, d.screen(), "retrying")
	d.pass(time.Minute)
	d.send(retryMsg{1, gen})
	assert.EqualValues(t, 1, server.Requests("ListObjects"))
	d.press("ctrl+r", "G")
	d.each(2500)
}

func TestRetry_EndsAfterSomeTries(t *testing.T) {
	t.Parallel()
	server, url := threePages(t)
	server.Faults().Add(emulator.Fault{Op: "ListObjects", Status: 503, Code: "SlowDown"})
	d := overServer(t, url)
	for range 20 {
		d.pass(10 * time.Second)
	}
	assert.EqualValues(t, listTries, server.Requests("ListObjects"))
	assert.Contains(t, unwrapped(d.screen()), "theserviceisbusy")
}

func TestRetry_AWaitThatTheUserWouldNotSitThroughIsAnError(t *testing.T) {
	t.Parallel()
	server, url := threePages(t)
	server.Faults().Add(emulator.Fault{Op: "ListObjects", Times: 1, Status: 503, Code: "SlowDown", RetryAfter: 3600})
	d := overServer(t, url)
	assert.Nil(t, d.pane().load)
	assert.Contains(t, unwrapped(d.screen()), "theserviceisbusy")
}

// TestBadDay_HalfAListingIsKeptAndGoneOnWith breaks the second page for good,
// or the connection under it.
func TestBadDay_HalfAListingIsKeptAndGoneOnWith(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]emulator.Fault{
		"the key pair was revoked": {Status: 403, Code: "AccessDenied"},
		"no connection":            {Reset: true},
		"cut":                      {CutBody: 2000},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, url := threePages(t)
			d := overServer(t, url)
			d.each(1000)
			d.press("space", "space")
			fault.Op = "ListObjects"
			mend := server.Faults().Add(fault)
			d.press("G")
			for range listTries {
				d.pass(10 * time.Second)
			}
			d.each(1000)
			assert.NotEmpty(t, d.m.status, "it is said")
			assert.Equal(t, 2, d.pane().rows.marked)
			assert.Nil(t, d.pane().load, "nothing is asked for by itself")
			mend()
			asked := server.Requests("ListObjects")
			d.press("G")
			d.each(2500)
			assert.Equal(t, asked+2, server.Requests("ListObjects"), "only what was missing")
			assert.Contains(t, d.screen(), "2 of 2 500 marked")
		})
	}
}

func TestBadDay_AVanishedFolderIsEmptyAndLeadsUp(t *testing.T) {
	t.Parallel()
	d := drive(t, "a/b/1", "c")
	d.press("enter", "j", "enter")
	require.Equal(t, "a/b/", d.pane().at.Key)
	d.store.keys = []string{"c"}
	d.press("ctrl+r")
	assert.Contains(t, d.screen(), "no objects under a/b/")
	d.press("h")
	d.press("h")
	assert.Equal(t, "c", d.cursor())
}

func TestBadDay_ARevokedKeySaysSoAndTheRowsStay(t *testing.T) {
	t.Parallel()
	server, url := threePages(t)
	d := overServer(t, url)
	mend := server.Faults().Add(emulator.Fault{Status: 403, Code: "InvalidAccessKeyId"})
	d.press("ctrl+r")
	d.each(1000)
	assert.Contains(t, d.m.status, "check the secret id")
	d.press("j")
	assert.Equal(t, "0000001", d.cursor())
	mend()
	d.press("ctrl+r")
	assert.Empty(t, d.m.status, "it is over")
	d.each(1000)
}

func TestBadDay_ABucketThatMovedSaysWhere(t *testing.T) {
	t.Parallel()
	for code, status := range map[string]int{"PermanentRedirect": 301, "NoSuchBucket": 404} {
		for _, named := range []string{"ap-beijing", "", "no region at all\x1b[2J"} {
			web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("x-cos-request-id", "r1")
				w.Header().Set("Content-Type", "application/xml")
				if !strings.Contains(named, "\x1b") {
					w.Header().Set("x-cos-bucket-region", named)
				} else {
					w.Header().Set("x-cos-bucket-region", "no region at all")
				}
				w.WriteHeader(status)
				_, _ = fmt.Fprintf(w, "<Error><Code>%s</Code><Message>m</Message></Error>", code)
			}))
			d := overServer(t, web.URL)
			d.send(tea.WindowSizeMsg{Width: 120, Height: 24})
			seen := unwrapped(d.screen())
			if named == "ap-beijing" {
				assert.Contains(t, seen, "thebucketisinap-beijing:openitfromthelistofbuckets,orstartwith--regionap-beijing", code)
			} else {
				assert.Contains(t, seen, "region", code)
				assert.NotContains(t, seen, "thebucketisin", code)
			}
			assert.Nil(t, d.pane().load)
			d.press("tab", "j")
			assert.Equal(t, "sub/", d.cursor(), "the other pane works")
			web.Close()
		}
	}
}
