package cos_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
)

func TestBucket_PutAndGet(t *testing.T) {
	t.Parallel()
	data := []byte("123456789")
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got, err := io.ReadAll(r.Body)
		assert.NoError(t, err)
		w.Header().Set("x-cos-request-id", "r1")
		w.Header().Set("ETag", `"e"`)
		w.Header().Set("x-cos-hash-crc64ecma", "11051210869376104954")
		if r.Method == http.MethodPut {
			assert.Equal(t, data, got)
			return
		}
		_, _ = w.Write(data)
	}))
	t.Cleanup(srv.Close)
	c, err := cos.New(cos.Config{Endpoint: srv.URL, Region: "r", Credentials: cos.Credentials{SecretID: "i", SecretKey: "k"}})
	require.NoError(t, err)
	b := c.Bucket("b-1", "")
	put, err := b.Put(t.Context(), "k", cos.Body{ReaderAt: bytes.NewReader(data), Size: 9}, cos.Headers{})
	require.NoError(t, err)
	assert.Equal(t, put.CRC64, put.SentCRC64)
	obj, err := b.Get(t.Context(), "k", cos.GetOptions{})
	require.NoError(t, err)
	got, err := io.ReadAll(obj.Body)
	require.NoError(t, err)
	assert.NoError(t, obj.Body.Close())
	assert.Equal(t, data, got)
}
