package cos_test

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
)

func TestHead_ReadsAllThatTheServiceSays(t *testing.T) {
	t.Parallel()
	b := serve(t, func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, `"abc"`, r.Header.Get("If-Match"))
		assert.Equal(t, "versionId=MTg%3D", r.URL.RawQuery)
		for name, value := range map[string]string{
			"x-cos-request-id": "r", "ETag": `"abc"`, "Content-Length": "42", "Content-Type": "text/html",
			"Cache-Control": "no-cache", "Content-Disposition": "inline", "Content-Encoding": "gzip",
			"Content-Language": "zh", "Expires": "never", "Last-Modified": "Tue, 08 Aug 2017 09:43:35 GMT",
			"x-cos-hash-crc64ecma": "18446744073709551615", "x-cos-version-id": "MTg=",
			"x-cos-storage-class": "Standard_IA", "x-cos-object-type": "normal", "x-cos-meta-Owner": "a b",
		} {
			w.Header().Set(name, value)
		}
	})
	got, err := b.Head(t.Context(), "k", cos.GetOptions{Conditions: cos.Conditions{IfMatch: "abc"}, VersionID: "MTg="})
	require.NoError(t, err)
	assert.Equal(t, "r", got.Raw.Get("x-cos-request-id"))
	got.Raw = nil
	assert.Equal(t, &cos.Head{
		Size: 42, ETag: "abc", LastModified: time.Date(2017, 8, 8, 9, 43, 35, 0, time.UTC),
		CRC64: 1<<64 - 1, HasCRC64: true, VersionID: "MTg=", StorageClass: "STANDARD_IA", ObjectType: "normal",
		Headers: cos.Headers{
			ContentType: "text/html", CacheControl: "no-cache", ContentDisposition: "inline", ContentEncoding: "gzip",
			ContentLanguage: "zh", Expires: "never", StorageClass: "STANDARD_IA", Meta: map[string]string{"owner": "a b"},
		},
	}, got)
}

func TestHead_MissingClassIsStandardAndMissingCRCIsNone(t *testing.T) {
	t.Parallel()
	b := serve(t, func(w http.ResponseWriter, _ *http.Request) { empty(w) })
	got, err := b.Head(t.Context(), "k", cos.GetOptions{})
	require.NoError(t, err)
	assert.Equal(t, "STANDARD", got.StorageClass)
	assert.False(t, got.HasCRC64)
}

func TestHeadAndGet_WithoutASizeAreMalformed(t *testing.T) {
	t.Parallel()
	b := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		stored(w)
		assert.NoError(t, http.NewResponseController(w).Flush()) // no Content-Length from here on
		_, _ = io.WriteString(w, "content")
	})
	_, err := b.Head(t.Context(), "k", cos.GetOptions{})
	require.ErrorIs(t, err, cos.ErrMalformed)
	_, err = b.Get(t.Context(), "k", cos.GetOptions{})
	require.ErrorIs(t, err, cos.ErrMalformed)
	_, err = b.Get(t.Context(), "k", cos.GetOptions{Range: &cos.ByteRange{Length: 3}})
	require.ErrorIs(t, err, cos.ErrMalformed)
}

func TestGet_CompressedObjectsArriveAsTheyAreStored(t *testing.T) {
	t.Parallel()
	stored60 := bytes.Repeat([]byte{0x1f, 0x8b, 8}, 20)
	b := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		stored(w)
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(stored60)
	})
	obj, err := b.Get(t.Context(), "k", cos.GetOptions{})
	require.NoError(t, err)
	got, err := io.ReadAll(obj.Body)
	require.NoError(t, err)
	require.NoError(t, obj.Body.Close())
	assert.Equal(t, stored60, got)
	assert.Equal(t, int64(60), obj.Size)
}

func TestGet_Ranges(t *testing.T) {
	t.Parallel()
	object := []byte("0123456789")
	b := serve(t, func(w http.ResponseWriter, r *http.Request) {
		stored(w)
		http.ServeContent(w, r, "k", time.Time{}, bytes.NewReader(object))
	})
	for _, tt := range []struct {
		r    cos.ByteRange
		want string
	}{
		{cos.ByteRange{Offset: 0, Length: 4}, "0123"},
		{cos.ByteRange{Offset: 3, Length: 4}, "3456"},
		{cos.ByteRange{Offset: 9, Length: 1}, "9"},
		{cos.ByteRange{Offset: 3, Length: -1}, "3456789"},
		{cos.ByteRange{Offset: 8, Length: 100}, "89"},
		{cos.ByteRange{Offset: 0, Length: -1}, "0123456789"},
	} {
		obj, err := b.Get(t.Context(), "k", cos.GetOptions{Range: &tt.r})
		require.NoError(t, err)
		got, err := io.ReadAll(obj.Body)
		require.NoError(t, err)
		require.NoError(t, obj.Body.Close())
		assert.Equal(t, tt.want, string(got), "%+v", tt.r)
		assert.Equal(t, int64(10), obj.Size, "the size is of the whole object")
	}
	for _, r := range []cos.ByteRange{{Offset: 0, Length: 0}, {Offset: -1, Length: 1}, {Offset: 0, Length: -2}} {
		_, err := b.Get(t.Context(), "k", cos.GetOptions{Range: &r})
		assert.ErrorIs(t, err, cos.ErrRange)
	}
}

func TestGet_WholeObjectForARange(t *testing.T) {
	t.Parallel()
	b := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		stored(w)
		_, _ = w.Write([]byte("0123456789"))
	})
	obj, err := b.Get(t.Context(), "k", cos.GetOptions{Range: &cos.ByteRange{Offset: 0, Length: 4}})
	require.NoError(t, err)
	got, err := io.ReadAll(obj.Body)
	require.NoError(t, err)
	require.NoError(t, obj.Body.Close())
	assert.Equal(t, "0123", string(got))
	_, err = b.Get(t.Context(), "k", cos.GetOptions{Range: &cos.ByteRange{Offset: 1, Length: 4}})
	require.ErrorIs(t, err, cos.ErrRange)
	assert.False(t, cos.Retryable(err))
}

func TestGet_PartThatWasNotAskedFor(t *testing.T) {
	t.Parallel()
	for _, header := range []string{
		"", "bytes 0-3/10", "bytes 2-6/10", "bytes 2-4/10", "bytes 2-5/*", "bytes 2-5/4", "bytes 2-/10", "2-5/10",
		"bytes 9223372036854775807-9223372036854775807/10", "bytes -2-5/10",
	} {
		b := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			stored(w)
			w.Header().Set("Content-Range", header)
			w.WriteHeader(http.StatusPartialContent)
			_, _ = w.Write([]byte("2345"))
		})
		_, err := b.Get(t.Context(), "k", cos.GetOptions{Range: &cos.ByteRange{Offset: 2, Length: 4}})
		assert.ErrorIs(t, err, cos.ErrRange, "Content-Range: %s", header)
	}
}

func TestGet_CutBodyIsAnError(t *testing.T) {
	t.Parallel()
	for _, sent := range []int{0, 1, 999} {
		t.Run(strconv.Itoa(sent), func(t *testing.T) {
			t.Parallel()
			b := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				conn, buf, err := http.NewResponseController(w).Hijack()
				if !assert.NoError(t, err) {
					return
				}
				_, _ = buf.WriteString("HTTP/1.1 200 OK\r\nx-cos-request-id: r\r\nETag: \"e\"\r\nContent-Length: 1000\r\n\r\n")
				_, _ = buf.Write(make([]byte, sent))
				_ = buf.Flush()
				_ = conn.Close()
			})
			obj, err := b.Get(t.Context(), "k", cos.GetOptions{})
			require.NoError(t, err)
			got, err := io.ReadAll(obj.Body)
			require.NoError(t, obj.Body.Close())
			assert.Len(t, got, sent)
			require.ErrorIs(t, err, cos.ErrCutBody)
			assert.True(t, cos.Retryable(err))
			assert.ErrorContains(t, err, "cos://b-1250000000/k")
		})
	}
}
