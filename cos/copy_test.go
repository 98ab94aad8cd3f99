package cos_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
)

const (
	copiedXML = `<CopyObjectResult><ETag>"e"</ETag><LastModified>2017-08-08T09:43:35.000Z</LastModified>` +
		`<CRC64>18446744073709551615</CRC64><VersionId>Mg==</VersionId></CopyObjectResult>`
	copiedPartXML = `<CopyPartResult><ETag>&quot;e&quot;</ETag><LastModified>2017-08-08T09:43:35.000Z</LastModified></CopyPartResult>`
)

// copies is a server of copies that hands over the headers of each.
func copies(t *testing.T, line, doc string, check func(h http.Header)) *cos.Bucket {
	t.Helper()
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, line, r.Method+" "+r.RequestURI)
		assert.Equal(t, int64(0), r.ContentLength)
		check(r.Header)
		w.Header().Set("x-cos-copy-source-version-id", "MQ==")
		answerXML(w, http.StatusOK, doc)
	})
}

func TestCopy_KeepsTheSourcesHeaders(t *testing.T) {
	t.Parallel()
	b := copies(t, "PUT /to%20k", copiedXML, func(h http.Header) {
		for name, want := range map[string]string{
			"x-cos-copy-source":                     "b-1250000000.cos.ap-test.myqcloud.com/a/%2B%20%E4%B8%AD%3F%25?versionId=MTg%3D",
			"x-cos-metadata-directive":              "Copy",
			"x-cos-storage-class":                   "STANDARD_IA",
			"x-cos-acl":                             "private",
			"x-cos-grant-read":                      `id="1"`,
			"x-cos-copy-source-If-Match":            `"a"`,
			"x-cos-copy-source-If-None-Match":       `"b"`,
			"x-cos-copy-source-If-Modified-Since":   "Tue, 08 Aug 2017 09:43:35 GMT",
			"x-cos-copy-source-If-Unmodified-Since": "Wed, 08 Aug 2018 09:43:35 GMT",
		} {
			assert.Equal(t, want, h.Get(name), name)
		}
		assert.Empty(t, h.Get("If-Match"))
	})
	got, err := b.Copy(t.Context(), "to k", cos.CopySource{Key: "a/+ 中?%", VersionID: "MTg=", Conditions: allConditions},
		cos.CopyOptions{Headers: cos.Headers{StorageClass: "standard_ia", ACL: "private", GrantRead: `id="1"`}})
	require.NoError(t, err)
	assert.Equal(t, &cos.CopyResult{
		ETag: "e", LastModified: someDay, CRC64: 1<<64 - 1, HasCRC64: true, VersionID: "Mg==", SourceVersionID: "MQ==",
	}, got)
}

func TestCopy_ReplacesHeadersOfTheSameObject(t *testing.T) {
	t.Parallel()
	b := copies(t, "PUT /k", copiedXML, func(h http.Header) {
		assert.Equal(t, "Replaced", h.Get("x-cos-metadata-directive"))
		assert.Equal(t, "text/plain", h.Get("Content-Type"))
		assert.Equal(t, "v", h.Get("x-cos-meta-m"))
	})
	_, err := b.Copy(t.Context(), "k", cos.CopySource{Key: "k"}, cos.CopyOptions{
		Replace: true, Headers: cos.Headers{ContentType: "text/plain", Meta: map[string]string{"m": "v"}},
	})
	require.NoError(t, err)
}

func TestCopy_OfAnOldVersionOntoItsObjectIsAllowed(t *testing.T) {
	t.Parallel()
	b := copies(t, "PUT /k", copiedXML, func(http.Header) {})
	_, err := b.Copy(t.Context(), "k", cos.CopySource{Key: "k", VersionID: "v"}, cos.CopyOptions{})
	require.NoError(t, err)
}

func TestCopy_RefusesBeforeSending(t *testing.T) {
	t.Parallel()
	b := bucketAt(t, "http://127.0.0.1:1")
	other := cos.CopySource{Key: "other"}
	for name, tt := range map[string]struct {
		key  string
		from cos.CopySource
		o    cos.CopyOptions
		want error
	}{
		"onto itself":       {"k", cos.CopySource{Key: "k"}, cos.CopyOptions{}, cos.ErrInvalidInput},
		"onto itself, long": {"k", cos.CopySource{Bucket: "b-1250000000", Region: "ap-test", Key: "k"}, cos.CopyOptions{}, cos.ErrInvalidInput},
		"lost metadata":     {"k", other, cos.CopyOptions{Headers: cos.Headers{Meta: map[string]string{"a": "b"}}}, cos.ErrInvalidInput},
		"lost type":         {"k", other, cos.CopyOptions{Headers: cos.Headers{ContentType: "a/b"}}, cos.ErrInvalidInput},
		"lost expiry":       {"k", other, cos.CopyOptions{Headers: cos.Headers{Expires: "0"}}, cos.ErrInvalidInput},
		"bad key":           {"/abs", other, cos.CopyOptions{}, cos.ErrInvalidKey},
		"empty source":      {"k", cos.CopySource{}, cos.CopyOptions{}, cos.ErrInvalidKey},
		"source of bucket":  {"k", cos.CopySource{Key: "a/.."}, cos.CopyOptions{}, cos.ErrInvalidKey},
		"bad bucket":        {"k", cos.CopySource{Key: "s", Bucket: "evil.com/"}, cos.CopyOptions{}, cos.ErrInvalidBucket},
		"bad region":        {"k", cos.CopySource{Key: "s", Region: "a/b"}, cos.CopyOptions{}, cos.ErrNoRegion},
	} {
		_, err := b.Copy(t.Context(), tt.key, tt.from, tt.o)
		assert.ErrorIs(t, err, tt.want, name)
	}
	for _, r := range []*cos.ByteRange{
		{Length: -1}, {}, {Offset: -1, Length: 1}, {Length: 5<<30 + 1}, {Offset: 1<<63 - 1, Length: 1},
	} {
		_, err := b.CopyPart(t.Context(), "k", "u", 1, other, r)
		assert.ErrorIs(t, err, cos.ErrInvalidInput, "%+v", r)
	}
	for _, n := range []int{0, -1, 10_001} {
		_, err := b.CopyPart(t.Context(), "k", "u", n, other, nil)
		assert.ErrorIs(t, err, cos.ErrInvalidInput, "part %d", n)
	}
	_, err := b.CopyPart(t.Context(), "k", "", 1, other, nil)
	assert.ErrorIs(t, err, cos.ErrInvalidInput, "no upload id")
}

func TestCopyPart_SendsRangeAndConditions(t *testing.T) {
	t.Parallel()
	from := cos.CopySource{Bucket: "c-1", Region: "ap-far", Key: "s", Conditions: cos.Conditions{IfMatch: "x"}}
	for want, r := range map[string]*cos.ByteRange{
		"": nil, "bytes=0-0": {Length: 1}, "bytes=5368709120-10737418239": {Offset: 5 << 30, Length: 5 << 30},
	} {
		b := copies(t, "PUT /k?partNumber=10000&uploadId=u", copiedPartXML, func(h http.Header) {
			assert.Equal(t, "c-1.cos.ap-far.myqcloud.com/s", h.Get("x-cos-copy-source"))
			assert.Equal(t, want, h.Get("x-cos-copy-source-range"))
			assert.Equal(t, `"x"`, h.Get("x-cos-copy-source-If-Match"))
			assert.Empty(t, h.Get("x-cos-metadata-directive"))
		})
		got, err := b.CopyPart(t.Context(), "k", "u", 10_000, from, r)
		require.NoError(t, err)
		assert.Equal(t, &cos.CopyResult{ETag: "e", LastModified: someDay, SourceVersionID: "MQ=="}, got)
	}
}

func TestCopy_CRCMayComeInTheHeader(t *testing.T) {
	t.Parallel()
	b := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("x-cos-hash-crc64ecma", "5")
		w.Header().Set("x-cos-version-id", "v")
		answerXML(w, 200, `<CopyObjectResult><ETag>e</ETag><CRC64/></CopyObjectResult>`)
	})
	got, err := b.Copy(t.Context(), "k", cos.CopySource{Key: "s"}, cos.CopyOptions{})
	require.NoError(t, err)
	assert.Equal(t, &cos.CopyResult{ETag: "e", CRC64: 5, HasCRC64: true, VersionID: "v"}, got)
}

func TestCopy_200IsNotYetASuccess(t *testing.T) {
	t.Parallel()
	for doc, retry := range map[string]bool{
		errorXML("InternalError", "sorry"):          true,
		"  \n" + errorXML("SlowDown", "sorry"):      true,
		errorXML("NoSuchKey", "sorry"):              false,
		`<CopyObjectResult/>`:                       false,
		copiedXML[:40]:                              true,
		`<CopyPartResult><ETag>e</ETag></CopyPart>`: false,
	} {
		b := serve(t, func(w http.ResponseWriter, _ *http.Request) { answerXML(w, 200, doc) })
		_, err := b.Copy(t.Context(), "k", cos.CopySource{Key: "s"}, cos.CopyOptions{})
		require.Error(t, err, doc)
		assert.Equal(t, retry, cos.Retryable(err), "%v", err)
	}
}

func TestCopy_SourceHostIsTheCanonicalOne(t *testing.T) {
	t.Parallel()
	var sources []string
	proxied := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sources = append(sources, r.Header.Get("x-cos-copy-source"))
		answerXML(w, http.StatusOK, copiedXML)
	}))
	t.Cleanup(proxied.Close)
	through := func(c *cos.Config) {
		c.Transport = &http.Transport{DialContext: dialTo(proxied.Listener.Addr().String()), DisableKeepAlives: true}
	}
	for endpoint, want := range map[string]string{
		"http://{bucket}.cos.{region}.myqcloud.com":           "c-1.cos.ap-far.myqcloud.com/s",
		"http://{bucket}.cos-internal.{region}.tencentcos.cn": "c-1.cos.ap-far.myqcloud.com/s",
		"http://{bucket}.cos.accelerate.myqcloud.com":         "c-1.cos.ap-far.myqcloud.com/s",
		"http://storage.local:9000":                           "c-1.cos.ap-far.myqcloud.com/s",
		"http://{bucket}.{region}.local:9000":                 "c-1.ap-far.local:9000/s",
		"http://{bucket}.local":                               "c-1.local/s",
	} {
		sources = nil
		_, err := clientAt(t, endpoint, through).Bucket("b-1", "").
			Copy(t.Context(), "k", cos.CopySource{Bucket: "c-1", Region: "ap-far", Key: "s"}, cos.CopyOptions{})
		require.NoError(t, err)
		assert.Equal(t, []string{want}, sources, endpoint)
	}
}
