package cos

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// The vectors were computed by two official SDKs that agree.
func TestAuthorization_MatchesTheOfficialSDKs(t *testing.T) {
	t.Parallel()
	const host = "examplebucket-1250000000.cos.ap-guangzhou.myqcloud.com"
	tests := map[string]struct {
		method, path string
		query        params
		header       http.Header
		headers      string
		params       string
		signature    string
	}{
		"put with odd key and metadata": {
			method: "PUT", path: "/a b/中文+~!*'().txt",
			header:    http.Header{"Content-Type": {"text/plain"}, "X-Cos-Meta-Owner": {"a b"}, "User-Agent": {"x"}},
			headers:   "content-type;host;x-cos-meta-owner",
			signature: "8ba85930843889c9f3f268820f494fe4648093a5",
		},
		"bare parameter": {
			method: "POST", path: "/dir/big.bin", query: params{{"uploads", ""}},
			headers: "host", params: "uploads",
			signature: "5a9eb75ad06f1affc9995abeb2a95bb259ab59c5",
		},
		"parameters are sorted and encoded": {
			method: "GET", path: "/",
			query:   params{{"prefix", "dir/"}, {"delimiter", "/"}, {"max-keys", "100"}, {"encoding-type", "url"}},
			headers: "host", params: "delimiter;encoding-type;max-keys;prefix",
			signature: "549e65cc90a6bd539fc06d8dbe18ff8ca599ae11",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			creds := Credentials{SecretID: "AKIDEXAMPLE", SecretKey: "examplesecretkey"}
			got := authorization(creds, tt.method, tt.path, tt.query, signedHeaders(tt.header, host, -1),
				time.Unix(1700000000, 0), time.Unix(1700003600, 0))
			assert.Equal(t, "q-sign-algorithm=sha1&q-ak=AKIDEXAMPLE"+
				"&q-sign-time=1700000000;1700003600&q-key-time=1700000000;1700003600"+
				"&q-header-list="+tt.headers+"&q-url-param-list="+tt.params+"&q-signature="+tt.signature, got)
		})
	}
}
