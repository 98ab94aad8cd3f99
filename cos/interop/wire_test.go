package interop

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	sdk "github.com/tencentyun/cos-go-sdk-v5"

	"cosmander/cos"
	"cosmander/cos/emulator"
)

const wireKey = "wire/a b/中文+~!*'().txt"

// operation is one thing that both clients can ask for in one request. It is
// known by the name of our method, after which a comma and the variation may
// follow.
type operation struct {
	sdk  func(ctx context.Context, c *sdk.Client, uploadID string) error
	ours func(ctx context.Context, b *cos.Bucket, uploadID string) error
	// prepare, if set, adds to what the operation finds.
	prepare func(t *testing.T, l *lab)
	// The SDK has one Host for all requests in direct mode.
	proxyOnly bool
}

// operations is the whole of what is held side by side.
func operations() map[string]operation {
	all := map[string]operation{}
	for _, some := range []map[string]operation{
		wireBuckets, wireObjects, wireReads, wireCopies, wireSelects, wireParts, wireProperties,
	} {
		maps.Copy(all, some)
	}
	return all
}

// The objects that every operation finds, and their MD5.
const (
	wireContent = "hello wire"
	wireETag    = "3eeebf6b04a9821afe3b68830b7038f9"
	partContent = "part one"
	partETag    = "3303e12af474ca11d85ed2966a932992"
)

// onlyError drops what else a call returned.
func onlyError[T any](_ T, err error) error { return err }

func onlyError2[T, U any](_ T, _ U, err error) error { return err }

// closed closes the body of a success.
func closed(resp *sdk.Response, err error) error {
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

func oursClosed(o *cos.Object, err error) error {
	if err != nil {
		return err
	}
	return o.Body.Close()
}

// testWire holds our requests against the SDK's, and tells the ledger what
// was asked with which parameters.
func testWire(t *testing.T, book *ledger) {
	for name, op := range operations() {
		for _, m := range []mode{proxyMode, directMode} {
			if m == directMode && op.proxyOnly {
				continue
			}
			t.Run(fmt.Sprintf("%s, %s mode", name, m), func(t *testing.T) {
				t.Parallel()
				theirs := record(t, m, op.prepare, func(l *lab, id string) error { return op.sdk(t.Context(), l.sdk(t, m), id) })
				ours := record(t, m, op.prepare, func(l *lab, id string) error { return op.ours(t.Context(), l.bucket(t, m), id) })
				require.ElementsMatch(t, differ(name), differences(ours, theirs))
				assert.Equal(t, theirs.op, ours.op)
				method, _, _ := strings.Cut(name, ",")
				book.sideBySide(method, ours)
			})
		}
	}
}

func TestWire_TokenOfTemporaryKeysIsSentAndSignedAlike(t *testing.T) {
	t.Parallel()
	head := func(do func(l *lab) error) exchange {
		return record(t, proxyMode, nil, func(l *lab, _ string) error {
			l.token = "token+/=of a session"
			return do(l)
		})
	}
	theirs := head(func(l *lab) error { return wireReads["Head"].sdk(t.Context(), l.sdk(t, proxyMode), "") })
	ours := head(func(l *lab) error { return wireReads["Head"].ours(t.Context(), l.bucket(t, proxyMode), "") })
	assert.Empty(t, differences(ours, theirs))
	assert.Equal(t, "token+/=of a session", ours.header.Get("x-cos-security-token"))
	assert.Contains(t, ours.signed, "x-cos-security-token")
}

// record runs one operation on a server of its own, so that both clients find
// the same, and returns the request. That it was answered with success means
// that the server found its signature right.
func record(t *testing.T, m mode, prepare func(*testing.T, *lab), do func(l *lab, uploadID string) error) exchange {
	t.Helper()
	l := newLab(t)
	b := l.bucket(t, m)
	put, err := b.Put(t.Context(), wireKey, body([]byte(wireContent)), cos.Headers{})
	require.NoError(t, err)
	require.Equal(t, wireETag, put.ETag)
	id, err := b.InitiateUpload(t.Context(), wireKey, cos.Headers{})
	require.NoError(t, err)
	part, err := b.UploadPart(t.Context(), wireKey, id, 1, body([]byte(partContent)))
	require.NoError(t, err)
	require.Equal(t, partETag, part.ETag)
	if prepare != nil {
		prepare(t, l)
	}

	l.seen.take()
	l.seen.names = emulator.Operations()
	require.NoError(t, do(l, id))
	seen := l.seen.take()
	require.Len(t, seen, 1, "one operation is one request")
	e := seen[0]
	require.True(t, e.succeeded(), e.refusal)
	require.NotEmpty(t, e.op)
	if e.query.Has("uploadId") {
		require.Equal(t, id, e.query.Get("uploadId"))
		e.query.Set("uploadId", "the upload")
	}
	return e
}

// putWire puts what an operation needs beside the usual objects.
func putWire(key, content string, h cos.Headers) func(*testing.T, *lab) {
	return func(t *testing.T, l *lab) {
		_, err := l.bucket(t, proxyMode).Put(t.Context(), key, body([]byte(content)), h)
		require.NoError(t, err)
	}
}

// versioned makes the usual object the null version of a bucket with versions.
func versioned(t *testing.T, l *lab) {
	require.NoError(t, l.bucket(t, proxyMode).SetVersioning(t.Context(), cos.VersioningEnabled))
}
