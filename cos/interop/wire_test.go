package interop

import (
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	sdk "github.com/tencentyun/cos-go-sdk-v5"

	"cosmander/cos"
)

const wireKey = "wire/a b/中文+~!*'().txt"

// operation is one thing that both clients can ask for in one request.
type operation struct {
	sdk  func(ctx context.Context, c *sdk.Client, uploadID string) error
	ours func(ctx context.Context, c *cos.Client, uploadID string) error
	// differ lists every difference between the two requests and why it is
	// right. One that is missing here, or no longer there, fails the test.
	differ map[string]string
}

func bucketOf(c *cos.Client) *cos.Bucket { return c.Bucket(bucketName, "") }

var operations = map[string]operation{
	"ListBuckets": {
		sdk: func(ctx context.Context, c *sdk.Client, _ string) error {
			_, _, err := c.Service.Get(ctx)
			return err
		},
		ours: func(ctx context.Context, c *cos.Client, _ string) error {
			_, err := c.ListBuckets(ctx)
			return err
		},
	},
	"CreateBucket": {
		sdk: func(ctx context.Context, c *sdk.Client, _ string) error {
			c.BaseURL.BucketURL.Host = strings.Replace(bucketHost, "interop", "fresh", 1)
			_, err := c.Bucket.Put(ctx, nil)
			return err
		},
		ours: func(ctx context.Context, c *cos.Client, _ string) error {
			return c.CreateBucket(ctx, "fresh-1250000000")
		},
	},
	"ListObjects": {
		sdk: func(ctx context.Context, c *sdk.Client, _ string) error {
			_, _, err := c.Bucket.Get(ctx, &sdk.BucketGetOptions{
				Prefix: "wire/a b/", Delimiter: "/", Marker: "wire/a b/%+&=", MaxKeys: 7, EncodingType: "url",
			})
			return err
		},
		ours: func(ctx context.Context, c *cos.Client, _ string) error {
			_, err := bucketOf(c).List(ctx, cos.ListOptions{
				Prefix: "wire/a b/", Delimiter: "/", Marker: "wire/a b/%+&=", MaxKeys: 7,
			})
			return err
		},
	},
	"PutObject": {
		sdk: func(ctx context.Context, c *sdk.Client, _ string) error {
			_, err := c.Object.Put(ctx, wireKey, strings.NewReader("hello"), &sdk.ObjectPutOptions{
				ACLHeaderOptions: &sdk.ACLHeaderOptions{XCosACL: "private"},
				ObjectPutHeaderOptions: &sdk.ObjectPutHeaderOptions{
					ContentType: "text/plain; charset=utf-8", CacheControl: "no-cache", ContentDisposition: `inline; filename="a b"`,
					ContentEncoding: "identity", ContentLanguage: "zh-CN", Expires: "Wed, 21 Oct 2037 07:28:00 GMT",
					XCosStorageClass: "STANDARD_IA", XCosMetaXXX: &http.Header{"X-Cos-Meta-Who-Wrote": {"some body"}},
				},
			})
			return err
		},
		ours: func(ctx context.Context, c *cos.Client, _ string) error {
			_, err := bucketOf(c).Put(ctx, wireKey, body([]byte("hello")), cos.Headers{
				ContentType: "text/plain; charset=utf-8", CacheControl: "no-cache", ContentDisposition: `inline; filename="a b"`,
				ContentEncoding: "identity", ContentLanguage: "zh-CN", Expires: "Wed, 21 Oct 2037 07:28:00 GMT",
				StorageClass: "STANDARD_IA", ACL: "private", Meta: map[string]string{"who-wrote": "some body"},
			})
			return err
		},
	},
	"PutObject, empty": {
		sdk: func(ctx context.Context, c *sdk.Client, _ string) error {
			_, err := c.Object.Put(ctx, "empty", bytes.NewReader(nil), nil)
			return err
		},
		ours: func(ctx context.Context, c *cos.Client, _ string) error {
			_, err := bucketOf(c).Put(ctx, "empty", body(nil), cos.Headers{})
			return err
		},
	},
	"HeadObject": {
		sdk: func(ctx context.Context, c *sdk.Client, _ string) error {
			_, err := c.Object.Head(ctx, wireKey, nil)
			return err
		},
		ours: func(ctx context.Context, c *cos.Client, _ string) error {
			_, err := bucketOf(c).Head(ctx, wireKey, cos.GetOptions{})
			return err
		},
	},
	"GetObject": {
		sdk: func(ctx context.Context, c *sdk.Client, _ string) error {
			resp, err := c.Object.Get(ctx, wireKey, nil)
			if err != nil {
				return err
			}
			return resp.Body.Close()
		},
		ours: func(ctx context.Context, c *cos.Client, _ string) error {
			o, err := bucketOf(c).Get(ctx, wireKey, cos.GetOptions{})
			if err != nil {
				return err
			}
			return o.Body.Close()
		},
	},
	"GetObject, range if unchanged": {
		sdk: func(ctx context.Context, c *sdk.Client, _ string) error {
			resp, err := c.Object.Get(ctx, wireKey, &sdk.ObjectGetOptions{
				Range: "bytes=2-4", XOptionHeader: &http.Header{"If-Match": {`"` + wireETag + `"`}},
			})
			if err != nil {
				return err
			}
			return resp.Body.Close()
		},
		ours: func(ctx context.Context, c *cos.Client, _ string) error {
			o, err := bucketOf(c).Get(ctx, wireKey, cos.GetOptions{
				Range: &cos.ByteRange{Offset: 2, Length: 3}, Conditions: cos.Conditions{IfMatch: wireETag},
			})
			if err != nil {
				return err
			}
			return o.Body.Close()
		},
	},
	"DeleteObject": {
		sdk: func(ctx context.Context, c *sdk.Client, _ string) error {
			_, err := c.Object.Delete(ctx, "wire/other")
			return err
		},
		ours: func(ctx context.Context, c *cos.Client, _ string) error {
			_, err := bucketOf(c).Delete(ctx, "wire/other", "")
			return err
		},
	},
	"InitiateUpload": {
		sdk: func(ctx context.Context, c *sdk.Client, _ string) error {
			_, _, err := c.Object.InitiateMultipartUpload(ctx, wireKey, &sdk.InitiateMultipartUploadOptions{
				// Left out, the SDK sends a header called ACLHeaderOptions.
				ACLHeaderOptions: &sdk.ACLHeaderOptions{},
				ObjectPutHeaderOptions: &sdk.ObjectPutHeaderOptions{
					ContentType: "image/png", XCosMetaXXX: &http.Header{"X-Cos-Meta-Who": {"me"}},
				},
			})
			return err
		},
		ours: func(ctx context.Context, c *cos.Client, _ string) error {
			_, err := bucketOf(c).InitiateUpload(ctx, wireKey, cos.Headers{
				ContentType: "image/png", Meta: map[string]string{"who": "me"},
			})
			return err
		},
	},
	"UploadPart": {
		sdk: func(ctx context.Context, c *sdk.Client, id string) error {
			_, err := c.Object.UploadPart(ctx, wireKey, id, 2, strings.NewReader("part two"), nil)
			return err
		},
		ours: func(ctx context.Context, c *cos.Client, id string) error {
			_, err := bucketOf(c).UploadPart(ctx, wireKey, id, 2, body([]byte("part two")))
			return err
		},
	},
	"ListParts": {
		sdk: func(ctx context.Context, c *sdk.Client, id string) error {
			_, _, err := c.Object.ListParts(ctx, wireKey, id, &sdk.ObjectListPartsOptions{
				EncodingType: "url", MaxParts: "1000", PartNumberMarker: "3",
			})
			return err
		},
		ours: func(ctx context.Context, c *cos.Client, id string) error {
			_, err := bucketOf(c).ListParts(ctx, wireKey, id, 3)
			return err
		},
	},
	"CompleteUpload": {
		sdk: func(ctx context.Context, c *sdk.Client, id string) error {
			_, _, err := c.Object.CompleteMultipartUpload(ctx, wireKey, id, &sdk.CompleteMultipartUploadOptions{
				Parts: []sdk.Object{{PartNumber: 1, ETag: `"` + partETag + `"`}},
			})
			return err
		},
		ours: func(ctx context.Context, c *cos.Client, id string) error {
			_, err := bucketOf(c).CompleteUpload(ctx, wireKey, id, []cos.Part{{Number: 1, ETag: partETag}})
			return err
		},
		differ: map[string]string{
			`header content-length: ours "137", theirs "145"`: "the SDK writes quotes as character references",
			"header content-md5: only theirs":                 "the SDK sends one with every document; this operation does not ask for it",
			"header content-md5: signed only theirs":          "as above",
		},
	},
	"AbortUpload": {
		sdk: func(ctx context.Context, c *sdk.Client, id string) error {
			_, err := c.Object.AbortMultipartUpload(ctx, wireKey, id)
			return err
		},
		ours: func(ctx context.Context, c *cos.Client, id string) error {
			return bucketOf(c).AbortUpload(ctx, wireKey, id)
		},
	},
	"ListUploads": {
		sdk: func(ctx context.Context, c *sdk.Client, _ string) error {
			_, _, err := c.Object.ListUploads(ctx, &sdk.ObjectListUploadsOptions{
				Prefix: "wire/", Delimiter: "/", KeyMarker: "wire/中", UploadIdMarker: "1a2b", MaxUploads: 9, EncodingType: "url",
			})
			return err
		},
		ours: func(ctx context.Context, c *cos.Client, _ string) error {
			_, err := bucketOf(c).ListUploads(ctx, cos.UploadsOptions{
				Prefix: "wire/", Delimiter: "/", KeyMarker: "wire/中", UploadMarker: "1a2b", MaxUploads: 9,
			})
			return err
		},
	},
}

// The objects that every operation finds, and their MD5.
const (
	wireContent = "hello wire"
	wireETag    = "3eeebf6b04a9821afe3b68830b7038f9"
	partContent = "part one"
	partETag    = "3303e12af474ca11d85ed2966a932992"
)

func TestWire_OurRequestsAreTheSDKs(t *testing.T) {
	t.Parallel()
	for _, m := range []mode{proxyMode, directMode} {
		for name, op := range operations {
			if m == directMode && (name == "ListBuckets" || name == "CreateBucket") {
				continue // the SDK has one Host for all requests in this mode
			}
			t.Run(fmt.Sprintf("%s, %s mode", name, m), func(t *testing.T) {
				t.Parallel()
				theirs := record(t, m, func(l *lab, id string) error { return op.sdk(t.Context(), l.sdk(t, m), id) })
				ours := record(t, m, func(l *lab, id string) error { return op.ours(t.Context(), l.client(t, m), id) })
				assert.ElementsMatch(t, slices.Collect(maps.Keys(op.differ)), differences(ours, theirs))
			})
		}
	}
}

func TestWire_TokenOfTemporaryKeysIsSentAndSignedAlike(t *testing.T) {
	t.Parallel()
	head := func(do func(l *lab) error) exchange {
		return record(t, proxyMode, func(l *lab, _ string) error {
			l.token = "token+/=of a session"
			return do(l)
		})
	}
	theirs := head(func(l *lab) error { return operations["HeadObject"].sdk(t.Context(), l.sdk(t, proxyMode), "") })
	ours := head(func(l *lab) error { return operations["HeadObject"].ours(t.Context(), l.client(t, proxyMode), "") })
	assert.Empty(t, differences(ours, theirs))
	assert.Equal(t, "token+/=of a session", ours.header.Get("x-cos-security-token"))
	assert.Contains(t, ours.signed, "x-cos-security-token")
}

// record runs one operation on a server of its own, so that both clients find
// the same, and returns the request. That it was answered with success means
// that the server found its signature right.
func record(t *testing.T, m mode, do func(l *lab, uploadID string) error) exchange {
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

	l.seen.take()
	require.NoError(t, do(l, id))
	seen := l.seen.take()
	require.Len(t, seen, 1, "one operation is one request")
	e := seen[0]
	require.Less(t, e.status, http.StatusMultipleChoices, e.refusal)
	if e.query.Has("uploadId") {
		require.Equal(t, id, e.query.Get("uploadId"))
		e.query.Set("uploadId", "the upload")
	}
	return e
}

// differences says where two requests differ, one line each.
func differences(ours, theirs exchange) []string {
	var diff []string
	add := func(format string, args ...any) { diff = append(diff, fmt.Sprintf(format, args...)) }
	if ours.method != theirs.method {
		add("method: ours %s, theirs %s", ours.method, theirs.method)
	}
	if ours.host != theirs.host {
		add("host: ours %s, theirs %s", ours.host, theirs.host)
	}
	if ours.path != theirs.path {
		add("path: ours %q, theirs %q", ours.path, theirs.path)
	}
	if !sameBody(ours.body, theirs.body) {
		add("body: ours %q, theirs %q", ours.body, theirs.body)
	}
	diff = append(diff, compare("query %s: ", pairs(ours.query), pairs(theirs.query))...)
	diff = append(diff, compare("header %s: ", ours.meaningful(), theirs.meaningful())...)
	diff = append(diff, compare("query %s: signed ", set(ours.params), set(theirs.params))...)
	diff = append(diff, compare("header %s: signed ", set(ours.signed), set(theirs.signed))...)
	return diff
}

func TestDifferences_NoticesEachPart(t *testing.T) {
	t.Parallel()
	one := func() exchange {
		return exchange{
			method: http.MethodPut, host: "h", path: "/k", query: url.Values{"a": {"1"}}, header: http.Header{"X-Cos-Acl": {"private"}},
			length: 1, body: []byte("b"), signed: []string{"host"}, params: []string{"a"},
		}
	}
	require.Empty(t, differences(one(), one()))
	for want, change := range map[string]func(e *exchange){
		`method: ours POST, theirs PUT`:               func(e *exchange) { e.method = http.MethodPost },
		`host: ours x, theirs h`:                      func(e *exchange) { e.host = "x" },
		`path: ours "/K", theirs "/k"`:                func(e *exchange) { e.path = "/K" },
		`query a: ours "2", theirs "1"`:               func(e *exchange) { e.query.Set("a", "2") },
		`query a: only theirs`:                        func(e *exchange) { e.query.Del("a") },
		`query a: ours "1 and 1", theirs "1"`:         func(e *exchange) { e.query.Add("a", "1") },
		`header x-cos-acl: only theirs`:               func(e *exchange) { e.header.Del("X-Cos-Acl") },
		`header x-new: only ours`:                     func(e *exchange) { e.header.Set("X-New", "") },
		`header content-length: ours "2", theirs "1"`: func(e *exchange) { e.length = 2 },
		`body: ours "c", theirs "b"`:                  func(e *exchange) { e.body = []byte("c") },
		`header host: signed only theirs`:             func(e *exchange) { e.signed = nil },
		`query a: signed only theirs`:                 func(e *exchange) { e.params = nil },
	} {
		changed := one()
		change(&changed)
		assert.Equal(t, []string{want}, differences(changed, one()))
	}
}

func compare(format string, ours, theirs map[string]string) []string {
	var diff []string
	names := maps.Clone(ours)
	maps.Copy(names, theirs)
	for name := range names {
		mine, inOurs := ours[name]
		their, inTheirs := theirs[name]
		switch {
		case !inTheirs:
			diff = append(diff, fmt.Sprintf(format, name)+"only ours")
		case !inOurs:
			diff = append(diff, fmt.Sprintf(format, name)+"only theirs")
		case mine != their:
			diff = append(diff, fmt.Sprintf(format, name)+fmt.Sprintf("ours %q, theirs %q", mine, their))
		}
	}
	return diff
}

// pairs joins what is given more than once, which then differs from once.
func pairs(query url.Values) map[string]string {
	m := map[string]string{}
	for name, values := range query {
		m[name] = strings.Join(values, " and ")
	}
	return m
}

func set(names []string) map[string]string {
	m := map[string]string{}
	for _, name := range names {
		m[name] += "once "
	}
	return m
}

// meaningful returns the headers that say something to the service: those of
// the connection, of the program's name and the signature are left out.
func (e exchange) meaningful() map[string]string {
	m := map[string]string{}
	for name, values := range e.header {
		switch name {
		case "Accept-Encoding", "Authorization", "Connection", "Content-Length", "User-Agent":
		default:
			m[strings.ToLower(name)] = strings.Join(values, " and ")
		}
	}
	if e.length != 0 || e.method == http.MethodPut || e.method == http.MethodPost {
		m["content-length"] = strconv.FormatInt(e.length, 10)
	}
	return m
}

// sameBody compares a list of parts by what it says, anything else by bytes.
func sameBody(a, b []byte) bool {
	if bytes.Equal(a, b) {
		return true
	}
	type document struct {
		XMLName xml.Name `xml:"CompleteMultipartUpload"`
		Parts   []struct {
			PartNumber int
			ETag       string
		} `xml:"Part"`
	}
	var x, y document
	return xml.Unmarshal(a, &x) == nil && xml.Unmarshal(b, &y) == nil && slices.Equal(x.Parts, y.Parts)
}
