package emulator_test

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// startAt starts a server and a client whose clock the test moves.
func startAt(t *testing.T, restoreTime time.Duration) (*client, *atomic.Int64) {
	t.Helper()
	offset := new(atomic.Int64)
	cfg := config(t.TempDir())
	cfg.Now = func() time.Time { return time.Now().Add(time.Duration(offset.Load())) }
	cfg.RestoreTime = restoreTime
	c := startWith(t, cfg)
	c.now = cfg.Now
	return c, offset
}

func restoreBody(days int, tier string) string {
	return fmt.Sprintf("<RestoreRequest><Days>%d</Days><CASJobParameters><Tier>%s</Tier></CASJobParameters></RestoreRequest>", days, tier)
}

func TestArchive_IsReadableOnlyWhileItIsRestored(t *testing.T) {
	t.Parallel()
	c, clock := startAt(t, time.Minute)
	const refused = "InvalidObjectState"
	c.put("k", "cold", "x-cos-storage-class", "ARCHIVE")
	read := func() string {
		a := c.get("k")
		if a.status == 200 {
			return string(a.body)
		}
		assert.Equal(t, "ARCHIVE", a.header.Get("X-Cos-Storage-Class"))
		return a.code()
	}
	state := func() string { return c.do("HEAD", "/k", "").header.Get("X-Cos-Restore") }
	assert.Equal(t, refused, read())
	assert.Empty(t, state())
	assert.Equal(t, refused, c.do("PUT", "/copy", "", copySource, testHost+"/k").code())

	require.Equal(t, 202, c.do("POST", "/k?restore", restoreBody(2, "Expedited")).status)
	assert.Equal(t, `ongoing-request="true"`, state())
	assert.Regexp(t, `^tier="expedited"; request-date="\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT"$`,
		c.do("HEAD", "/k", "").header.Get("X-Cos-Restore-Status"))
	assert.Equal(t, refused, read())
	again := c.do("POST", "/k?restore", restoreBody(2, "Bulk"))
	assert.Equal(t, 409, again.status)
	assert.Equal(t, "RestoreAlreadyInProgress", again.code())

	clock.Add(int64(time.Minute + 2*time.Second))
	assert.Regexp(t, `^ongoing-request="false", expiry-date="\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT"$`, state())
	assert.Equal(t, "cold", read())
	assert.Equal(t, 200, c.do("PUT", "/copy", "", copySource, testHost+"/k").status)
	assert.Equal(t, 200, c.do("POST", "/k?restore", restoreBody(5, "")).status, "kept for longer")

	clock.Add(int64(4 * 24 * time.Hour))
	assert.Equal(t, "cold", read())
	clock.Add(int64(2 * 24 * time.Hour))
	assert.Equal(t, refused, read())
	assert.Empty(t, state())
	assert.Equal(t, 202, c.do("POST", "/k?restore", restoreBody(1, "Standard")).status)
}

func TestArchive_RestoreRefusesWhatTheDocumentsDo(t *testing.T) {
	t.Parallel()
	c := start(t)
	for class, key := range map[string]string{"STANDARD": "/hot", "ARCHIVE": "/cold", "DEEP_ARCHIVE": "/deep", "MAZ_ARCHIVE": "/maz"} {
		c.put(key[1:], "1", "x-cos-storage-class", class)
	}
	for name, tt := range map[string]struct {
		target, body string
		status       int
		code         string
	}{
		"not archived":     {"/hot?restore", restoreBody(1, "Standard"), 405, "RestoreNonArchiveObject"},
		"missing":          {"/none?restore", restoreBody(1, "Standard"), 404, "NoSuchKey"},
		"no such version":  {"/cold?restore&versionId=MTg0", restoreBody(1, "Standard"), 404, "NoSuchVersion"},
		"no days":          {"/cold?restore", restoreBody(0, "Standard"), 400, "InvalidArgument"},
		"too many days":    {"/cold?restore", restoreBody(366, "Standard"), 400, "InvalidArgument"},
		"unknown tier":     {"/cold?restore", restoreBody(1, "Now"), 400, "InvalidArgument"},
		"fast and deep":    {"/deep?restore", restoreBody(1, "Expedited"), 400, "InvalidArgument"},
		"no document":      {"/cold?restore", "", 400, "MalformedXML"},
		"another document": {"/cold?restore", "<Delete/>", 400, "MalformedXML"},
		"deep":             {"/deep?restore", restoreBody(1, "Bulk"), 202, ""},
		"in more zones":    {"/maz?restore", restoreBody(1, "Expedited"), 202, ""},
	} {
		a := c.do("POST", tt.target, tt.body)
		assert.Equal(t, tt.status, a.status, name)
		assert.Equal(t, tt.code, a.code(), name)
	}
}

func TestArchive_RestoreIsOfOneVersion(t *testing.T) {
	t.Parallel()
	c, clock := startAt(t, time.Second)
	c.setVersioning("Enabled")
	old := escape(c.do("PUT", "/k", "old", "x-cos-storage-class", "ARCHIVE").header.Get("X-Cos-Version-Id"))
	c.put("k", "new", "x-cos-storage-class", "ARCHIVE")
	require.Equal(t, 202, c.do("POST", "/k?restore&versionId="+old, restoreBody(1, "Standard")).status)
	clock.Add(int64(3 * time.Second))
	assert.Equal(t, "old", string(c.do("GET", "/k?versionId="+old, "").body))
	assert.Equal(t, "InvalidObjectState", c.get("k").code())
	marker := escape(c.do("DELETE", "/k", "").header.Get("X-Cos-Version-Id"))
	assert.Equal(t, "MethodNotAllowed", c.do("POST", "/k?restore&versionId="+marker, restoreBody(1, "Standard")).code())
}

func TestClass_IntelligentObjectsHaveATier(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.put("k", "1", "x-cos-storage-class", "INTELLIGENT_TIERING")
	assert.Equal(t, "FREQUENT", c.do("HEAD", "/k", "").header.Get("X-Cos-Storage-Tier"))
	assert.Equal(t, "FREQUENT", c.do("GET", "/", "").find("StorageTier"))
}
