package costest_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
	"cosmander/cos/costest"
	"cosmander/cos/credentials"
	"cosmander/cos/emulator"
)

const (
	aBucket   = "costest-1250000000"
	other     = "costest-other-1250000000"
	versioned = "costest-versioned-1250000000"

	// restoreTime goes by at the suite's word. Requests may be 15 minutes off.
	restoreTime = 5 * time.Minute
)

func TestEmulator(t *testing.T) {
	t.Parallel()
	env := startEmulator(t)
	t.Run("Suite", func(t *testing.T) { costest.Run(t, env) })
	buckets := []*cos.Bucket{env.Bucket, env.Other, env.Versioned}
	for _, b := range buckets {
		page, err := b.ListVersions(t.Context(), cos.VersionsOptions{})
		require.NoError(t, err)
		assert.Empty(t, page.Versions, "the suite leaves %s as it was found", b.Name())
		uploads, err := b.ListUploads(t.Context(), cos.UploadsOptions{})
		require.NoError(t, err)
		assert.Empty(t, uploads.Uploads, "the suite leaves %s as it was found", b.Name())
	}
	left, err := env.Scratch.ListBuckets(t.Context())
	require.NoError(t, err)
	assert.Len(t, left, len(buckets))
}

// TestRealBucket needs COS_TEST_BUCKET and, for the account that owns it, what
// the program itself needs: a key pair and a region in the environment, say
// COS_SECRET_ID, COS_SECRET_KEY and COS_REGION. All that it writes is below
// one prefix and removed again. COS_TEST_OTHER_BUCKET and
// COS_TEST_VERSIONED_BUCKET, of the same region, let it try copies between
// buckets and versions; COS_TEST_GRANTEE is an account to open objects to;
// COS_TEST_ARCHIVE and COS_TEST_SCRATCH, set to anything, allow archived
// objects, which are billed for months, and new buckets; COS_TEST_RESTORE_WAIT,
// say 8m, is how long to wait until one is restored.
func TestRealBucket(t *testing.T) {
	t.Parallel()
	name := os.Getenv("COS_TEST_BUCKET")
	if name == "" {
		t.Skip("COS_TEST_BUCKET names no bucket to write to: only the local server was tried")
	}
	found, err := credentials.Find(os.Getenv, "", "")
	require.NoError(t, err)
	connect := connector(cos.Config{Endpoint: found.Endpoint, Region: found.Region, Credentials: found.Credentials})
	client, err := connect(func(*cos.Config) {})
	require.NoError(t, err)
	env := costest.Env{
		Bucket: client.Bucket(name, ""), Connect: connect,
		Grantee: os.Getenv("COS_TEST_GRANTEE"), Archive: os.Getenv("COS_TEST_ARCHIVE") != "",
	}
	if name := os.Getenv("COS_TEST_OTHER_BUCKET"); name != "" {
		env.Other = client.Bucket(name, "")
	}
	if name := os.Getenv("COS_TEST_VERSIONED_BUCKET"); name != "" {
		env.Versioned = client.Bucket(name, "")
	}
	if os.Getenv("COS_TEST_SCRATCH") != "" {
		env.Scratch = client
	}
	if wait := os.Getenv("COS_TEST_RESTORE_WAIT"); wait != "" {
		env.RestoreWait, err = time.ParseDuration(wait)
		require.NoError(t, err, "COS_TEST_RESTORE_WAIT")
	}
	costest.Run(t, env)
}

func FuzzKey_RoundTripsThroughEveryOperation(f *testing.F) {
	for _, key := range []string{
		"k", "a b/中文+~!*'().txt", "a//b/./c/../d/", " %2F+%zz ", "\x00\x01\t\r\n\x7f", "👩‍👩‍👧e\u0301\u2028\u202e\ufeff", "<&\"'>]]>", "/", "..", "\x1b", "\xff",
	} {
		f.Add(key)
	}
	env := startEmulator(f)
	require.NoError(f, env.Versioned.SetVersioning(f.Context(), cos.VersioningEnabled))
	f.Fuzz(func(t *testing.T, key string) {
		costest.RoundTrip(t, env, key)
		// Most of what is made of bytes is no key.
		if mended := strings.ToValidUTF8(key, "\ufffd"); mended != key {
			costest.RoundTrip(t, env, mended)
		}
	})
}

// startEmulator returns the local server with all abilities, and with its
// clock in the suite's hands.
func startEmulator(t testing.TB) costest.Env {
	t.Helper()
	var ahead atomic.Int64 // nanoseconds
	server, err := emulator.Open(emulator.Config{
		Dir: t.TempDir(), SecretID: "costest-id", SecretKey: "costest-key",
		Buckets: []string{aBucket, other, versioned}, RestoreTime: restoreTime,
		Now: func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) },
	})
	require.NoError(t, err)
	web := httptest.NewUnstartedServer(server)
	web.Config = emulator.NewHTTPServer(server)
	web.Start()
	transport := dialOnly(web.Listener.Addr().String())
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		assert.NoError(t, server.Close())
		web.Close()
	})
	connect := connector(cos.Config{
		Endpoint: "http://{bucket}.cos.{region}.myqcloud.com", Region: emulator.DefaultRegion, Transport: transport,
		Credentials: cos.Credentials{SecretID: "costest-id", SecretKey: "costest-key", Source: "test"},
	})
	client, err := connect(func(*cos.Config) {})
	require.NoError(t, err)
	elsewhere, err := connect(func(c *cos.Config) { c.Region = "ap-shanghai" })
	require.NoError(t, err)
	return costest.Env{
		Bucket: client.Bucket(aBucket, ""), Other: client.Bucket(other, ""), Versioned: client.Bucket(versioned, ""),
		Connect: connect, Scratch: elsewhere, HTTP: &http.Client{Transport: transport}, Grantee: "100000000002",
		Archive: true, RestoreWait: restoreTime,
		Advance: func(d time.Duration) { ahead.Add(int64(d)) },
	}
}

// connector makes clients of one configuration.
func connector(cfg cos.Config) func(func(*cos.Config)) (*cos.Client, error) {
	return func(change func(*cos.Config)) (*cos.Client, error) {
		changed := cfg
		change(&changed)
		return cos.New(changed)
	}
}

// dialOnly lets clients believe in the real host names.
func dialOnly(addr string) *http.Transport {
	var d net.Dialer
	return &http.Transport{
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return d.DialContext(ctx, network, addr)
		},
		DisableCompression:  true,
		MaxIdleConnsPerHost: 64,
	}
}
