package interop

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	sdk "github.com/tencentyun/cos-go-sdk-v5"

	"cosmander/cos"
)

const urlLifetime = 10 * time.Minute

// urlHeader is wireHeaders as they are sent.
var urlHeader = http.Header{
	"Content-Type": {wireHeaders.ContentType}, "Cache-Control": {wireHeaders.CacheControl},
	"Content-Disposition": {wireHeaders.ContentDisposition}, "Content-Encoding": {wireHeaders.ContentEncoding},
	"Content-Language": {wireHeaders.ContentLanguage}, "Expires": {wireHeaders.Expires},
	"X-Cos-Storage-Class": {wireHeaders.StorageClass}, "X-Cos-Meta-Who-Wrote": {"some body"},
	"X-Cos-Grant-Read": {wireGrant}, "X-Cos-Grant-Full-Control": {wireGrant},
}

// signedURL is one URL that both clients can sign, and how it is then used by
// whoever has only the URL.
type signedURL struct {
	sdk     func(ctx context.Context, c *sdk.Client) (*url.URL, error)
	ours    func(ctx context.Context, b *cos.Bucket) (string, error)
	token   string
	method  string
	header  http.Header
	body    string
	prepare func(t *testing.T, l *lab) // as that of operation
}

var signedURLs = map[string]signedURL{
	"PresignGet": {
		sdk: func(ctx context.Context, c *sdk.Client) (*url.URL, error) {
			return c.Object.GetPresignedURL(ctx, http.MethodGet, wireKey, secretID, secretKey, urlLifetime, nil)
		},
		ours: func(ctx context.Context, b *cos.Bucket) (string, error) {
			return b.PresignGet(ctx, wireKey, cos.PresignOptions{Lifetime: urlLifetime})
		},
		method: http.MethodGet,
	},
	"PresignGet, version and overrides": {
		sdk: func(ctx context.Context, c *sdk.Client) (*url.URL, error) {
			return c.Object.GetPresignedURL(ctx, http.MethodGet, wireKey, secretID, secretKey, urlLifetime, &sdk.PresignedURLOptions{
				Query: &url.Values{
					"versionId": {"null"}, "response-content-type": {"text/x-wire; a=b"}, "response-content-language": {"zh-CN"},
					"response-expires": {wireExpires}, "response-cache-control": {"no-cache"},
					"response-content-disposition": {`attachment; filename="中 &+.txt"`}, "response-content-encoding": {"identity"},
				},
			})
		},
		ours: func(ctx context.Context, b *cos.Bucket) (string, error) {
			return b.PresignGet(ctx, wireKey, cos.PresignOptions{
				Lifetime: urlLifetime, VersionID: "null", Response: cos.ResponseHeaders{
					ContentType: "text/x-wire; a=b", ContentLanguage: "zh-CN", Expires: wireExpires,
					CacheControl: "no-cache", ContentDisposition: `attachment; filename="中 &+.txt"`, ContentEncoding: "identity",
				},
			})
		},
		method:  http.MethodGet,
		prepare: versioned,
	},
	"PresignGet, temporary keys": {
		sdk: func(ctx context.Context, c *sdk.Client) (*url.URL, error) {
			return c.Object.GetPresignedURL2(ctx, http.MethodGet, wireKey, urlLifetime, nil)
		},
		ours: func(ctx context.Context, b *cos.Bucket) (string, error) {
			return b.PresignGet(ctx, wireKey, cos.PresignOptions{Lifetime: urlLifetime})
		},
		token:  "token+/=of a session",
		method: http.MethodGet,
	},
	"PresignPut": {
		sdk: func(ctx context.Context, c *sdk.Client) (*url.URL, error) {
			return c.Object.GetPresignedURL(ctx, http.MethodPut, wireKey, secretID, secretKey, urlLifetime, &sdk.PresignedURLOptions{
				Header: &urlHeader,
			})
		},
		ours: func(ctx context.Context, b *cos.Bucket) (string, error) {
			return b.PresignPut(ctx, wireKey, cos.PresignOptions{
				Lifetime: urlLifetime, Headers: wireHeaders,
			})
		},
		method: http.MethodPut,
		header: urlHeader,
		body:   "a picture",
	},
}

// testSignedURLs is testWire for URLs: both have the same shape, and the server
// accepts both.
func testSignedURLs(t *testing.T, book *ledger) {
	for name, one := range signedURLs {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			use := func(make func(l *lab) (string, error)) exchange {
				e := record(t, proxyMode, one.prepare, func(l *lab, _ string) error {
					l.token = one.token
					address, err := make(l)
					require.NoError(t, err)
					_, err = fetch(t.Context(), l.transport(t, proxyMode), one.method, address, one.header, one.body)
					return err
				})
				return timeless(t, e)
			}
			theirs := use(func(l *lab) (string, error) {
				u, err := one.sdk(t.Context(), l.sdk(t, proxyMode))
				if err != nil {
					return "", err
				}
				return u.String(), nil
			})
			ours := use(func(l *lab) (string, error) { return one.ours(t.Context(), l.bucket(t, proxyMode)) })
			require.Empty(t, differences(ours, theirs))
			method, _, _ := strings.Cut(name, ",")
			book.sideBySide(method, ours)
		})
	}
}

// fetch is what a program does that knows nothing but the URL.
func fetch(ctx context.Context, via http.RoundTripper, method, address string, header http.Header, content string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(content))
	if err != nil {
		return "", err
	}
	for name, values := range header {
		req.Header[name] = values
	}
	resp, err := via.RoundTrip(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	return string(got), err
}

// timeless checks what of a signature depends on the time, and takes it out.
func timeless(t *testing.T, e exchange) exchange {
	t.Helper()
	span := e.query.Get("q-sign-time")
	assert.Equal(t, span, e.query.Get("q-key-time"))
	from, to, _ := strings.Cut(span, ";")
	begin, err := strconv.ParseInt(from, 10, 64)
	require.NoError(t, err, span)
	end, err := strconv.ParseInt(to, 10, 64)
	require.NoError(t, err, span)
	assert.False(t, time.Unix(begin, 0).After(time.Now()), "begins at once")
	assert.WithinDuration(t, time.Now().Add(urlLifetime), time.Unix(end, 0), time.Minute)
	assert.Regexp(t, "^[0-9a-f]{40}$", e.query.Get("q-signature"))
	for _, name := range []string{"q-sign-time", "q-key-time", "q-signature"} {
		e.query.Set(name, "of its time")
	}
	return e
}
