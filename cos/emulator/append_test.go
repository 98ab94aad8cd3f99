package emulator_test

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos/emulator"
)

func (c *client) append(key string, position int, body string, header ...string) answer {
	c.t.Helper()
	return c.do("POST", fmt.Sprintf("%s?append&position=%d", path(key), position), body, header...)
}

func TestAppend_AddsToTheEnd(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := startWith(t, config(dir))
	pieces := []string{"one,", strings.Repeat("large ", 2000), "", "three"}
	whole := ""
	etags := map[string]bool{}
	for i, piece := range pieces {
		a := c.append("log", len(whole), piece, "Content-Type", "text/x-log", "x-cos-storage-class", []string{"STANDARD_IA", ""}[min(i, 1)])
		require.Equal(t, 200, a.status, string(a.body))
		whole += piece
		assert.Equal(t, fmt.Sprint(len(whole)), a.header.Get("X-Cos-Next-Append-Position"))
		assert.Equal(t, crcOf(whole), a.header.Get(crcHeader), "of the whole object")
		etags[a.header.Get("ETag")] = true
	}
	assert.Len(t, etags, len(pieces), "each state has an ETag of its own")
	got := c.get("log")
	assert.Equal(t, whole, string(got.body))
	assert.Equal(t, "appendable", got.header.Get("X-Cos-Object-Type"))
	assert.Equal(t, "STANDARD_IA", got.header.Get("X-Cos-Storage-Class"), "the class of the first piece")
	assert.Equal(t, "text/x-log", got.header.Get("Content-Type"))
	assert.Equal(t, "large large ", string(c.get("log", "Range", "bytes=4-15").body))
	require.NoError(t, c.server.Close())

	c = startWith(t, config(dir))
	assert.Equal(t, whole, string(c.get("log").body))
	c.put("log", "put over it")
	assert.Equal(t, "normal", c.get("log").header.Get("X-Cos-Object-Type"))
	assert.Zero(t, c.files())
}

func TestAppend_OfManyPiecesBecomesFewBlobs(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := startWith(t, config(dir))
	var whole strings.Builder
	add := func(piece string) {
		a := c.append("log", whole.Len(), piece)
		require.Equal(t, 200, a.status, string(a.body))
		whole.WriteString(piece)
		require.Equal(t, crcOf(whole.String()), a.header.Get(crcHeader))
	}
	for i := range 700 {
		add(strings.Repeat(fmt.Sprintf("%04d", i), 1000)) // a little less than the index keeps
	}
	for i := range 300 {
		add(fmt.Sprintf("%07d\n", i))
	}
	assert.Equal(t, 2, c.files(), "each 256 pieces are a file")
	assert.LessOrEqual(t, c.blobs(), 2+256, "small pieces are joined")
	require.Equal(t, 200, c.do("PUT", "/copy", "", copySource, testHost+"/log").status)
	add("more") // joins a piece that the copy has too
	assert.Equal(t, whole.String(), string(c.get("log").body))
	assert.Equal(t, whole.String()[:whole.Len()-4], string(c.get("copy").body))
	require.NoError(t, c.server.Close())

	c = startWith(t, config(dir))
	assert.Equal(t, whole.String(), string(c.get("log").body))
	require.Equal(t, 204, c.do("DELETE", "/log", "").status)
	require.Equal(t, 204, c.do("DELETE", "/copy", "").status)
	assert.Zero(t, c.files())
	assert.Zero(t, c.blobs(), "nothing is counted wrong")
}

// blobs counts the rows of blobs in the index, read beside the server.
func (c *client) blobs() (n int) {
	c.t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(c.dir, "index.db")+"?mode=ro")
	require.NoError(c.t, err)
	defer db.Close()
	require.NoError(c.t, db.QueryRowContext(context.Background(), "SELECT count(*) FROM blobs").Scan(&n))
	return n
}

func TestAppend_RefusesWhatTheDocumentsDo(t *testing.T) {
	t.Parallel()
	cfg := config(t.TempDir())
	cfg.Buckets = append(cfg.Buckets, "versioned-1250000000")
	c := startWith(t, cfg)
	c.put("normal", "123")
	require.Equal(t, 200, c.append("log", 0, "123").status)
	for name, tt := range map[string]struct {
		target string
		header []string
		status int
		code   string
	}{
		"too low":          {"/log?append&position=0", nil, 409, "AppendPositionErr"},
		"too high":         {"/log?append&position=4", nil, 409, "AppendPositionErr"},
		"new, not at 0":    {"/new?append&position=1", nil, 409, "AppendPositionErr"},
		"normal object":    {"/normal?append&position=3", nil, 409, "ObjectNotAppendable"},
		"no position":      {"/log?append", nil, 400, "InvalidArgument"},
		"negative":         {"/log?append&position=-1", nil, 400, "InvalidArgument"},
		"no number":        {"/log?append&position=x", nil, 400, "InvalidArgument"},
		"intelligent":      {"/new?append&position=0", []string{"x-cos-storage-class", "INTELLIGENT_TIERING"}, 400, "InvalidArgument"},
		"multi-zone class": {"/new?append&position=0", []string{"x-cos-storage-class", "MAZ_STANDARD"}, 400, "InvalidArgument"},
		"wrong digest":     {"/log?append&position=3", []string{"Content-MD5", "gnzLDuqKcGxMNKFokfhOew=="}, 400, "BadDigest"},
		"low limit":        {"/log?append&position=3", []string{"x-cos-traffic-limit", "1"}, 400, "InvalidArgument"},
	} {
		a := c.do("POST", tt.target, "x", tt.header...)
		assert.Equal(t, tt.status, a.status, name)
		assert.Equal(t, tt.code, a.code(), name)
	}
	assert.Equal(t, "123", string(c.get("log").body))
	assert.Equal(t, []string{"log", "normal"}, c.list("").keys)

	c.host = strings.Replace(testHost, testBucket, "versioned-1250000000", 1)
	c.setVersioning("Enabled")
	assert.Equal(t, "InvalidBucketState", c.append("log", 0, "1").code())
}

func TestAppend_OfTwoAtOnePositionOneIsRefused(t *testing.T) {
	t.Parallel()
	c := start(t)
	whole := 0
	for range 20 {
		var wg sync.WaitGroup
		answers := make([]answer, 4)
		for i := range answers {
			wg.Go(func() { answers[i] = c.append("log", whole, strings.Repeat(fmt.Sprint(i), 10)) })
		}
		wg.Wait()
		good := 0
		for _, a := range answers {
			if a.status == 200 {
				good++
				continue
			}
			assert.Equal(t, "AppendPositionErr", a.code())
		}
		require.Equal(t, 1, good)
		whole += 10
	}
	body := string(c.get("log").body)
	require.Len(t, body, whole)
	for i := 0; i < whole; i += 10 {
		assert.Equal(t, strings.Repeat(body[i:i+1], 10), body[i:i+10], "no two pieces are mixed")
	}
}

func TestAppend_KeepsWhatWasReadWhenItGrows(t *testing.T) {
	t.Parallel()
	c := start(t)
	large := strings.Repeat("x", 300_000)
	require.Equal(t, 200, c.append("log", 0, large).status)
	c.server.Faults().Add(emulator.Fault{Op: "GetObject", Bandwidth: 3_000_000})
	var wg sync.WaitGroup
	wg.Go(func() { assert.Equal(t, large, string(c.get("log", "Range", "bytes=0-299999").body)) })
	for i := range 10 {
		require.Equal(t, 200, c.append("log", len(large)+i, "y").status)
	}
	wg.Wait()
}
