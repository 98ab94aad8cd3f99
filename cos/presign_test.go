package cos_test

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // the service's signature is defined on SHA-1
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
)

var signedAt = time.Unix(1700000060, 0)

func presigner(t *testing.T, change ...func(*cos.Config)) *cos.Bucket {
	t.Helper()
	fixed := func(c *cos.Config) {
		c.Now = func() time.Time { return signedAt }
		c.Credentials = cos.Credentials{SecretID: "AKIDEXAMPLE", SecretKey: "examplesecretkey"}
	}
	return clientAt(t, cos.DefaultEndpoint, append([]func(*cos.Config){fixed}, change...)...).
		Bucket("examplebucket-1250000000", "ap-guangzhou")
}

// verifies checks a signed URL as the service does, for a request with the
// given headers. It shares nothing with the client but the recipe.
func verifies(t *testing.T, method, signed string, h http.Header) bool {
	t.Helper()
	u, err := url.Parse(signed)
	require.NoError(t, err)
	q, err := url.ParseQuery(u.RawQuery)
	require.NoError(t, err)
	escape := func(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }
	pairs := func(list string, value func(name string) string) string {
		var all []string
		for name := range strings.SplitSeq(list, ";") {
			if name != "" {
				all = append(all, name+"="+escape(value(name)))
			}
		}
		return strings.Join(all, "&")
	}
	mac := func(key, text string) string {
		m := hmac.New(sha1.New, []byte(key))
		m.Write([]byte(text))
		return hex.EncodeToString(m.Sum(nil))
	}
	params := pairs(q.Get("q-url-param-list"), func(name string) string {
		for have := range q {
			if strings.EqualFold(have, name) {
				return q.Get(have)
			}
		}
		return ""
	})
	headers := pairs(q.Get("q-header-list"), func(name string) string {
		if name == "host" {
			return u.Host
		}
		return h.Get(name)
	})
	sum := sha1.Sum([]byte(strings.ToLower(method) + "\n" + u.Path + "\n" + params + "\n" + headers + "\n")) //nolint:gosec // as above
	want := mac(mac("examplesecretkey", q.Get("q-key-time")), "sha1\n"+q.Get("q-sign-time")+"\n"+hex.EncodeToString(sum[:])+"\n")
	return q.Get("q-signature") == want
}

func TestPresignGet_IsTheSignatureOfTheDocuments(t *testing.T) {
	t.Parallel()
	got, err := presigner(t).PresignGet(t.Context(), "a b/中文+~!*'().txt", cos.PresignOptions{Lifetime: time.Hour})
	require.NoError(t, err)
	assert.True(t, strings.HasPrefix(got, "https://examplebucket-1250000000.cos.ap-guangzhou.myqcloud.com/"+
		"a%20b/%E4%B8%AD%E6%96%87%2B~%21%2A%27%28%29.txt?q-sign-algorithm=sha1&q-ak=AKIDEXAMPLE"+
		"&q-sign-time=1700000000%3B1700003660&q-key-time=1700000000%3B1700003660&q-header-list=host&q-url-param-list=&q-signature="), got)
	assert.True(t, verifies(t, http.MethodGet, got, nil), got)
	assert.False(t, verifies(t, http.MethodPut, got, nil))
	assert.False(t, verifies(t, http.MethodGet, strings.Replace(got, ".txt?", ".tx?", 1), nil))
}

func TestPresignGet_SignsVersionOverridesAndToken(t *testing.T) {
	t.Parallel()
	got, err := presigner(t, func(c *cos.Config) {
		c.Credentials = cos.Credentials{SecretID: "AKIDEXAMPLE", SecretKey: "examplesecretkey", Token: "to/ken="}
	}).PresignGet(t.Context(), "k", cos.PresignOptions{
		Lifetime: time.Second, VersionID: "MTg=", Response: cos.ResponseHeaders{ContentDisposition: `attachment; filename="a b"`},
	})
	require.NoError(t, err)
	assert.Contains(t, got, "/k?versionId=MTg%3D&response-content-disposition=attachment%3B%20filename%3D%22a%20b%22&x-cos-security-token=to%2Fken%3D&")
	assert.Contains(t, got, "&q-url-param-list=response-content-disposition%3Bversionid%3Bx-cos-security-token&")
	assert.True(t, verifies(t, http.MethodGet, got, nil))
	assert.False(t, verifies(t, http.MethodGet, strings.Replace(got, "MTg%3D", "MTk%3D", 1), nil), "the version is signed")
}

func TestPresignPut_SignsTheHeaders(t *testing.T) {
	t.Parallel()
	got, err := presigner(t).PresignPut(t.Context(), "k", cos.PresignOptions{Lifetime: time.Hour, Headers: cos.Headers{
		ContentType: "text/plain", StorageClass: "standard_ia", Meta: map[string]string{"owner": "a b"},
	}})
	require.NoError(t, err)
	assert.Contains(t, got, "&q-header-list=content-type%3Bhost%3Bx-cos-meta-owner%3Bx-cos-storage-class&")
	h := http.Header{}
	h.Set("Content-Type", "text/plain")
	h.Set("x-cos-storage-class", "STANDARD_IA")
	h.Set("x-cos-meta-owner", "a b")
	assert.True(t, verifies(t, http.MethodPut, got, h))
	h.Set("Content-Type", "text/html")
	assert.False(t, verifies(t, http.MethodPut, got, h))
}

func TestPresign_NamesTheHostThatIsConnectedTo(t *testing.T) {
	t.Parallel()
	for endpoint, want := range map[string]string{
		"http://127.0.0.1:9000":                      "http://127.0.0.1:9000/k?",
		"http://{bucket}.{region}.local:9000":        "http://b-1.ap-test.local:9000/k?",
		"http://{bucket}.cos.{region}.tencentcos.cn": "http://b-1.cos.ap-test.tencentcos.cn/k?",
	} {
		got, err := clientAt(t, endpoint, func(c *cos.Config) {
			c.Credentials = cos.Credentials{SecretID: "AKIDEXAMPLE", SecretKey: "examplesecretkey"}
		}).Bucket("b-1", "").PresignGet(t.Context(), "k", cos.PresignOptions{Lifetime: time.Hour})
		require.NoError(t, err)
		assert.True(t, strings.HasPrefix(got, want), got)
		assert.True(t, verifies(t, http.MethodGet, got, nil))
	}
}

func TestPresign_FollowsTheServicesClock(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", signedAt.Add(24*time.Hour).UTC().Format(http.TimeFormat))
		if strings.Contains(r.Header.Get("Authorization"), "q-sign-time=1700000000;") {
			answerXML(w, http.StatusForbidden, errorXML("RequestTimeTooSkewed", "too skewed"))
			return
		}
		stored(w)
	}))
	t.Cleanup(srv.Close)
	b := clientAt(t, srv.URL, func(c *cos.Config) { c.Now = func() time.Time { return signedAt } }).Bucket("b-1", "")
	_, err := b.Put(t.Context(), "k", cos.Body{}, cos.Headers{})
	require.NoError(t, err)
	got, err := b.PresignGet(t.Context(), "k", cos.PresignOptions{Lifetime: time.Minute})
	require.NoError(t, err)
	assert.Contains(t, got, "q-sign-time=1700086400%3B1700086520&")
}

func TestPresign_RefusesWhatItCannotPromise(t *testing.T) {
	t.Parallel()
	b := presigner(t)
	hour := cos.PresignOptions{Lifetime: time.Hour}
	for name, tt := range map[string]struct {
		key  string
		o    cos.PresignOptions
		put  bool
		want error
	}{
		"no lifetime":       {"k", cos.PresignOptions{}, false, cos.ErrInvalidInput},
		"negative lifetime": {"k", cos.PresignOptions{Lifetime: -time.Hour}, true, cos.ErrInvalidInput},
		"half a second":     {"k", cos.PresignOptions{Lifetime: 1500 * time.Millisecond}, false, cos.ErrInvalidInput},
		"headers of a GET":  {"k", cos.PresignOptions{Lifetime: time.Hour, Headers: cos.Headers{ACL: "private"}}, false, cos.ErrInvalidInput},
		"version of a PUT":  {"k", cos.PresignOptions{Lifetime: time.Hour, VersionID: "v"}, true, cos.ErrInvalidInput},
		"answer of a PUT":   {"k", cos.PresignOptions{Lifetime: time.Hour, Response: cos.ResponseHeaders{Expires: "0"}}, true, cos.ErrInvalidInput},
		"bad header":        {"k", cos.PresignOptions{Lifetime: time.Hour, Headers: cos.Headers{ACL: "a\nb"}}, true, cos.ErrInvalidInput},
		"no key":            {"", hour, false, cos.ErrInvalidKey},
		"the bucket":        {"a/..", hour, false, cos.ErrInvalidKey},
		"new bad key":       {"/abs", hour, true, cos.ErrInvalidKey},
	} {
		presign := b.PresignGet
		if tt.put {
			presign = b.PresignPut
		}
		got, err := presign(t.Context(), tt.key, tt.o)
		assert.ErrorIs(t, err, tt.want, name)
		assert.Empty(t, got)
	}
	for _, creds := range []cos.Credentials{{}, {SecretID: "i"}} {
		_, err := presigner(t, func(c *cos.Config) { c.Credentials = creds }).PresignGet(t.Context(), "k", hour)
		assert.ErrorIs(t, err, cos.ErrNoCredentials)
	}
}

func TestURL_IsWhereTheObjectIsWithoutASignature(t *testing.T) {
	t.Parallel()
	got, err := presigner(t).URL("a dir/旅+%.txt")
	require.NoError(t, err)
	assert.Equal(t, "https://examplebucket-1250000000.cos.ap-guangzhou.myqcloud.com/a%20dir/%E6%97%85%2B%25.txt", got)
	u, err := url.Parse(got)
	require.NoError(t, err)
	assert.Equal(t, "/a dir/旅+%.txt", u.Path)
	_, err = presigner(t).URL("")
	assert.ErrorIs(t, err, cos.ErrInvalidKey)
}
