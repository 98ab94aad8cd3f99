package cos_test

import (
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
)

// appends is a server that answers an append with the given next position.
func appends(t *testing.T, line, next string) *cos.Bucket {
	t.Helper()
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		got, err := io.ReadAll(r.Body)
		assert.NoError(t, err)
		assert.Equal(t, "12345", string(got))
		assert.Equal(t, line, r.Method+" "+r.RequestURI)
		assert.Equal(t, "text/plain", r.Header.Get("Content-Type"))
		stored(w)
		w.Header().Set("x-cos-hash-crc64ecma", "17")
		w.Header().Set("x-cos-content-sha1", "nobody knows")
		w.Header().Set("x-cos-next-append-position", next)
	})
}

func TestAppend_SendsThePositionAlsoWhenItIsZero(t *testing.T) {
	t.Parallel()
	data := []byte("12345")
	h := cos.Headers{ContentType: "text/plain"}
	for _, tt := range []struct {
		position int64
		line     string
		next     string
	}{{0, "POST /k?append&position=0", "5"}, {10, "POST /k?append&position=10", "15"}} {
		got, err := appends(t, tt.line, tt.next).Append(t.Context(), "k", tt.position, bytesBody(data), h)
		require.NoError(t, err)
		assert.Equal(t, &cos.AppendResult{
			ETag: "e", NextPosition: tt.position + 5, CRC64: 17, HasCRC64: true, SentCRC64: cos.CRC64(0, data),
		}, got)
	}
}

func TestAppend_NextPositionThatIsNotBelievedIsAnError(t *testing.T) {
	t.Parallel()
	for _, next := range []string{"", "14", "16", "x", "-15"} {
		_, err := appends(t, "POST /k?append&position=10", next).
			Append(t.Context(), "k", 10, bytesBody([]byte("12345")), cos.Headers{ContentType: "text/plain"})
		require.ErrorIs(t, err, cos.ErrMalformed, "next %q", next)
		assert.False(t, cos.Retryable(err), "it must not be repeated")
	}
}

func TestAppend_RefusesBeforeSending(t *testing.T) {
	t.Parallel()
	b := bucketAt(t, "http://127.0.0.1:1")
	for _, tt := range []struct{ position, size int64 }{{-1, 1}, {0, -1}, {0, 5<<30 + 1}, {5 << 30, 1}, {1<<63 - 1, 1}} {
		_, err := b.Append(t.Context(), "k", tt.position, cos.Body{ReaderAt: zeros{}, Size: tt.size}, cos.Headers{})
		require.ErrorIs(t, err, cos.ErrInvalidInput, "%+v", tt)
	}
	_, err := b.Append(t.Context(), "/abs", 0, cos.Body{}, cos.Headers{})
	require.ErrorIs(t, err, cos.ErrInvalidKey)
}

func TestAppend_RefusalsAreTheirSentinels(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]error{"AppendPositionErr": cos.ErrPosition, "ObjectNotAppendable": cos.ErrNotAppendable} {
		for _, status := range []int{400, 409} {
			b := serve(t, func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body)
				answerXML(w, status, errorXML(code, "no"))
			})
			_, err := b.Append(t.Context(), "k", 3, bytesBody([]byte("x")), cos.Headers{})
			require.ErrorIs(t, err, want)
			assert.NotEmpty(t, cos.Hint(err))
		}
	}
}
