package emulator_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos/emulator"
)

// vectors are requests whose signatures two official clients agree on.
var vectors = map[string]struct {
	method, target, signature, headers, params string
	header                                     []string
	status                                     int
}{
	"put with metadata": {
		method: "PUT", target: "/a%20b/%E4%B8%AD%E6%96%87%2B~%21%2A%27%28%29.txt",
		header:    []string{"Content-Type", "text/plain", "x-cos-meta-Owner", "a b"},
		headers:   "content-type;host;x-cos-meta-owner",
		signature: "8ba85930843889c9f3f268820f494fe4648093a5", status: 200,
	},
	"initiate": {
		method: "POST", target: "/dir/big.bin?uploads", headers: "host", params: "uploads",
		signature: "5a9eb75ad06f1affc9995abeb2a95bb259ab59c5", status: 200,
	},
	"list": {
		method: "GET", target: "/?prefix=dir/&delimiter=/&max-keys=100&encoding-type=url", headers: "host",
		params: "delimiter;encoding-type;max-keys;prefix", signature: "549e65cc90a6bd539fc06d8dbe18ff8ca599ae11", status: 200,
	},
}

func startForVectors(t *testing.T) *client {
	t.Helper()
	c := startWith(t, emulator.Config{
		Dir: t.TempDir(), SecretID: "AKIDEXAMPLE", SecretKey: "examplesecretkey", Buckets: []string{"examplebucket-1250000000"},
		Now: func() time.Time { return time.Unix(1_700_000_100, 0) },
	})
	c.host = "examplebucket-1250000000.cos.ap-guangzhou.myqcloud.com"
	return c
}

func authorization(headers, params, signature string) string {
	return "q-sign-algorithm=sha1&q-ak=AKIDEXAMPLE&q-sign-time=1700000000;1700003600&q-key-time=1700000000;1700003600" +
		"&q-header-list=" + headers + "&q-url-param-list=" + params + "&q-signature=" + signature
}

func TestAuth_AcceptsVectorsOfOfficialClients(t *testing.T) {
	t.Parallel()
	c := startForVectors(t)
	for name, v := range vectors {
		t.Run(name, func(t *testing.T) {
			req := c.request(v.method, v.target, "", v.header...)
			req.Header.Set("Authorization", authorization(v.headers, v.params, v.signature))
			a, err := send(req)
			require.NoError(t, err)
			assert.Equal(t, v.status, a.status, string(a.body))

			// The same values in the query: a presigned URL, its ";" escaped or not.
			for _, semicolon := range []string{";", "%3B"} {
				sep := "?"
				if strings.Contains(v.target, "?") {
					sep = "&"
				}
				signed := strings.ReplaceAll(authorization(v.headers, v.params, v.signature), ";", semicolon)
				a, err = send(c.request(v.method, v.target+sep+signed, "", v.header...))
				require.NoError(t, err)
				assert.Equal(t, v.status, a.status, string(a.body))
			}

			last := map[bool]string{true: "1", false: "0"}[strings.HasSuffix(v.signature, "0")]
			req = c.request(v.method, v.target, "", v.header...)
			req.Header.Set("Authorization", authorization(v.headers, v.params, v.signature[:39]+last))
			a, err = send(req)
			require.NoError(t, err)
			assert.Equal(t, http.StatusForbidden, a.status)
			assert.Equal(t, "SignatureDoesNotMatch", a.code())
		})
	}
}

func TestAuth_Refuses(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		code  string
		spoil func(*http.Request)
		id    string
		key   string
		shift time.Duration
	}{
		"no authorization":      {code: "AccessDenied", spoil: func(r *http.Request) { r.Header.Del("Authorization") }},
		"an empty one":          {code: "AccessDenied", spoil: func(r *http.Request) { r.Header.Set("Authorization", "") }},
		"garbage":               {code: "AccessDenied", spoil: func(r *http.Request) { r.Header.Set("Authorization", "Basic Zm9v") }},
		"an unknown id":         {code: "InvalidAccessKeyId", id: "nobody"},
		"a wrong key":           {code: "SignatureDoesNotMatch", key: "guess"},
		"a changed header":      {code: "SignatureDoesNotMatch", spoil: func(r *http.Request) { r.Header.Set("X-Cos-Meta-A", "2") }},
		"a changed path":        {code: "SignatureDoesNotMatch", spoil: func(r *http.Request) { r.URL.Path = "/other" }},
		"a changed parameter":   {code: "SignatureDoesNotMatch", spoil: func(r *http.Request) { r.URL.RawQuery = "versionId=null" }},
		"a changed method":      {code: "SignatureDoesNotMatch", spoil: func(r *http.Request) { r.Method = "DELETE" }},
		"a window gone by":      {code: "AccessDenied", shift: -2 * time.Hour},
		"a window far in front": {code: "RequestTimeTooSkewed", shift: 2 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := start(t)
			if tt.id != "" {
				c.id = tt.id
			}
			if tt.key != "" {
				c.key = tt.key
			}
			c.now = func() time.Time { return time.Now().Add(tt.shift) }
			req := c.request("GET", "/key?versionId=", "", "x-cos-meta-a", "1")
			c.sign(req)
			if tt.spoil != nil {
				tt.spoil(req)
			}
			a, err := send(req)
			require.NoError(t, err)
			assert.Equal(t, http.StatusForbidden, a.status)
			assert.Equal(t, tt.code, a.code())
			if tt.shift < 0 {
				assert.Equal(t, "Request has expired", a.find("Message"))
			}
		})
	}
}

func TestAuth_AcceptsClockALittleBehind(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.now = func() time.Time { return time.Now().Add(10 * time.Minute) }
	assert.Equal(t, 200, c.do("GET", "/", "").status)
}

func TestAuth_HostWithAndWithoutPort(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.host = testHost + ":9000"
	assert.Equal(t, 200, c.do("GET", "/", "").status, "signed with the port")
	req := c.request("GET", "/", "")
	req.Host = testHost
	c.sign(req)
	req.Host = testHost + ":9000"
	a, err := send(req)
	require.NoError(t, err)
	assert.Equal(t, 200, a.status, "signed without the port, as some clients do")
}

func TestAuth_SignsContentLengthAndToken(t *testing.T) {
	t.Parallel()
	c := start(t)
	req := c.request("PUT", "/k", "12345", "Content-Length", "5", "x-cos-security-token", "t", "Content-MD5", "gnzLDuqKcGxMNKFokfhOew==")
	c.sign(req)
	a, err := send(req)
	require.NoError(t, err)
	assert.Equal(t, 200, a.status, string(a.body))
}

func TestAuth_SortsByNameNotByPair(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.put("k", "1", "x-cos-meta-a", "1", "x-cos-meta-a-b", "2", "x-cos-meta-a0", "3")
}
