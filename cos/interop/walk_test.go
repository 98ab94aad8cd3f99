package interop

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	sdk "github.com/tencentyun/cos-go-sdk-v5"

	"cosmander/cos/emulator"
)

// walk is the Go SDK on a server of its own, where it is alone.
type walk struct {
	*lab
	mode mode
	*sdk.Client
}

// walks are what the Go SDK does by itself, by theme.
var walks = map[string]func(t *testing.T, w walk){
	"objects":            walkObjects,
	"conditions":         walkConditions,
	"lists":              walkLists,
	"appending":          walkAppending,
	"archives":           walkArchives,
	"versions":           walkVersions,
	"version in capital": walkCapitalVersion,
	"copies":             walkCopies,
	"large copies":       walkLargeCopies,
	"parts":              walkParts,
	"select":             walkSelect,
	"ACLs":               walkACLs,
	"tags":               walkTags,
	"buckets":            walkBuckets,
	"signed URLs":        walkSignedURLs,
}

// onlyProxy are the walks that need the service's host or a second bucket,
// for which the SDK has no Host in direct mode.
var onlyProxy = map[string]bool{"buckets": true, "copies": true, "large copies": true, "signed URLs": true}

func testGoWalks(t *testing.T, book *ledger) {
	for _, m := range []mode{proxyMode, directMode} {
		for name, theme := range walks {
			if m == directMode && onlyProxy[name] {
				continue
			}
			t.Run(fmt.Sprintf("%s, %s mode", name, m), func(t *testing.T) {
				t.Parallel()
				l := newLab(t)
				l.seen.names = emulator.Operations()
				theme(t, walk{l, m, l.sdk(t, m)})
				book.walk(goWalk, l.seen.take())
			})
		}
	}
}

// at returns the SDK on another bucket; only in proxy mode.
func (w walk) at(t *testing.T, bucket string) *sdk.Client {
	t.Helper()
	c := w.sdk(t, w.mode)
	c.BaseURL.BucketURL.Host = strings.Replace(bucketHost, bucketName, bucket, 1)
	return c
}

// put puts an object and returns its version id.
func (w walk) put(t *testing.T, key, content string, opt *sdk.ObjectPutOptions) string {
	t.Helper()
	resp, err := w.Object.Put(t.Context(), key, strings.NewReader(content), opt)
	require.NoError(t, err)
	return resp.Header.Get("x-cos-version-id")
}

// holds asserts what a GET answers.
func (w walk) holds(t *testing.T, want, key string, version ...string) http.Header {
	t.Helper()
	got, header := w.get(t, key, nil, version...)
	assert.Equal(t, want, got)
	return header
}

func (w walk) get(t *testing.T, key string, opt *sdk.ObjectGetOptions, version ...string) (string, http.Header) {
	t.Helper()
	resp, err := w.Object.Get(t.Context(), key, opt, version...)
	require.NoError(t, err)
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return string(got), resp.Header
}

func (w walk) head(t *testing.T, key string, version ...string) http.Header {
	t.Helper()
	resp, err := w.Object.Head(t.Context(), key, nil, version...)
	require.NoError(t, err)
	return resp.Header
}

// assertAbsent asserts a refused HEAD, which has no body to say why.
func (w walk) assertAbsent(t *testing.T, key string, version ...string) http.Header {
	t.Helper()
	resp, err := w.Object.Head(t.Context(), key, nil, version...)
	require.Error(t, err)
	assert.Equal(t, http.StatusNotFound, resp.StatusCode)
	return resp.Header
}

func headersOf(h http.Header, names ...string) map[string]string {
	m := map[string]string{}
	for _, name := range names {
		m[name] = h.Get(name)
	}
	return m
}
