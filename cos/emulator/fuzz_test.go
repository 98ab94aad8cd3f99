package emulator

import (
	"bytes"
	"encoding/xml"
	"math"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func FuzzSignature_OnlyTheRightOneMatches(f *testing.F) {
	const good = "q-sign-algorithm=sha1&q-ak=id&q-sign-time=1700000000;1700003600&q-key-time=1700000000;1700003600" +
		"&q-header-list=host&q-url-param-list=uploads&q-signature="
	for _, seed := range []string{
		good + "5a9eb75ad06f1affc9995abeb2a95bb259ab59c5", "", "q-ak", "&&&", "q-ak=&q-sign-time=;&q-signature=x",
		strings.ReplaceAll(good, "1700000000", "9223372036854775808"), strings.ReplaceAll(good, ";", "%3B"), good + strings.Repeat("a;", 1000),
	} {
		f.Add(seed, "uploads", "secret")
	}
	now := time.Unix(1_700_000_100, 0)
	f.Fuzz(func(t *testing.T, header, rawQuery, secret string) {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "http://b-1.cos.r.myqcloud.com/k", nil)
		r.Header.Set("Authorization", header)
		q, err := parseQuery(rawQuery)
		if err != nil {
			return
		}
		sig, err := findSignature(r, q)
		if err != nil || sig == nil {
			return
		}
		_ = sig.checkTime(now)
		at := &target{path: "/k", query: q}
		// What matches is what the recipe gives, and one bit more is not.
		right := sig.compute(secret, r, at, r.Host)
		assert.Equal(t, right == sig.value, sig.matches(secret, r, at))
		sig.value = right
		assert.True(t, sig.matches(secret, r, at))
		sig.value += "0"
		assert.False(t, sig.matches(secret, r, at))
	})
}

func FuzzTarget_KeyIsTheDecodedPath(f *testing.F) {
	for _, seed := range []string{
		"/", "/a%2Fb", "/../x?versionId=", "/%FF", "/k?a=%zz", "http://h/k?x", "http://h", "http://h?q", "*", "/k?a;b=c", "//", "/%25",
	} {
		f.Add(seed, "b-1.cos.r.myqcloud.com")
	}
	f.Add("/k", "[::1]:80")
	f.Add("/k", ".cos..myqcloud.com")
	f.Fuzz(func(t *testing.T, uri, host string) {
		r := &http.Request{Method: http.MethodGet, Host: host, RequestURI: uri, Header: http.Header{}}
		if uri == "" {
			return // net/http never leaves it out
		}
		at, err := parseTarget(r, "default-1")
		if err != nil {
			var e *apiError
			require.ErrorAs(t, err, &e)
			return
		}
		assert.True(t, utf8.ValidString(at.key))
		assert.Equal(t, strings.TrimPrefix(at.path, "/"), at.key)
		again, err := parseTarget(&http.Request{Method: http.MethodGet, Host: host, RequestURI: "/" + encodeName(at.key)}, "default-1")
		require.NoError(t, err)
		assert.Equal(t, at.key, again.key)
		_, _ = route(r, &at)
	})
}

func FuzzRange_LiesWithinTheObject(f *testing.F) {
	for _, seed := range []string{
		"bytes=0-0", "bytes=-1", "bytes=5-", "bytes=9223372036854775807-", "bytes=0-18446744073709551615", "bytes=--1", "bytes=1-0", "lines=0-1", "bytes= 0 - 1 ",
	} {
		f.Add(seed, int64(10))
	}
	f.Add("bytes=-9223372036854775808", int64(0))
	f.Add("bytes=0-", int64(math.MaxInt64))
	f.Fuzz(func(t *testing.T, header string, size int64) {
		if size < 0 {
			return
		}
		for _, parse := range []func() (byteRange, error){
			func() (byteRange, error) {
				r, ok, err := parseRange(header, size)
				if err == nil && !ok {
					r = byteRange{0, size}
				}
				return r, err
			},
			func() (byteRange, error) { return copyRange(header, size) },
		} {
			if r, err := parse(); err == nil {
				assert.GreaterOrEqual(t, r.first, int64(0))
				assert.GreaterOrEqual(t, r.length, int64(0))
				assert.LessOrEqual(t, r.length, size-r.first)
				assert.True(t, r.length > 0 || size == 0, "an empty range of %d bytes", size)
			}
		}
	})
}

func FuzzCopySource_NamesABucketAndAKey(f *testing.F) {
	for _, seed := range []string{
		"b-1.cos.r.myqcloud.com/k", "/b-1.cos.r.myqcloud.com/a%2Fb?versionId=x", "b-1.cos.r.myqcloud.com/", "cos.r.myqcloud.com/k", "b-1/k",
		"b-1.cos.r.myqcloud.com/%", "b-1.cos.r.myqcloud.com/%FF", "http://b-1.cos.r.myqcloud.com/k", "?", "b-1.cos.r.myqcloud.com/k?versionId=%zz",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		at, err := parseCopySource(header)
		if err != nil {
			return
		}
		assert.NotEmpty(t, at.bucket)
		assert.NotEmpty(t, at.key)
		assert.True(t, utf8.ValidString(at.key))
		again, err := parseCopySource(at.bucket + ".cos.r.myqcloud.com/" + encodeAll(at.key))
		require.NoError(t, err)
		assert.Equal(t, at.key, again.key)
	})
}

func FuzzListMarkers_StartBehindTheMarkerAndWithinThePrefix(f *testing.F) {
	f.Add("a/", "/", "a/b/", "a/c")
	f.Add("", "", "k", "k\x00")
	f.Add("p", "", "", "p")
	f.Add("\U0010ffff", "\U0010ffff", "\U0010ffff\U0010ffff", "\U0010ffff")
	f.Fuzz(func(t *testing.T, prefix, delimiter, marker, key string) {
		l := listing{prefix: prefix, delimiter: delimiter, marker: marker, max: 1}
		if !utf8.ValidString(prefix+delimiter+marker+key) || !utf8.ValidString(prefix) || !utf8.ValidString(key) || key == "" {
			return
		}
		start, end := l.bounds()
		inside := bytes.Compare([]byte(key), start) >= 0 && bytes.Compare([]byte(key), end) < 0
		// What the page may hold, in the words of the specification.
		rolled := l.rolledUp(key)
		wanted := strings.HasPrefix(key, prefix) && key > marker && (rolled == "" || rolled != marker)
		assert.Equal(t, wanted, inside, "%q in %+v", key, l)
	})
}

func FuzzVersionID_IsReadAsItWasWritten(f *testing.F) {
	f.Add("MTg0NDUxODMzMTMwMDM2Njc1ODA=", int64(1))
	f.Add("null", int64(math.MaxInt64))
	f.Add("MDAxODQ0NTE4MzMxMzAwMzY2NzU4MA==", int64(0)) // leading zeros
	f.Fuzz(func(t *testing.T, id string, seq int64) {
		if got, ok := parseVersionID(id); ok {
			assert.Equal(t, id, (&object{seq: got}).versionID(), "one version has one id")
		}
		if seq > 0 {
			got, ok := parseVersionID((&object{seq: seq}).versionID())
			assert.True(t, ok)
			assert.Equal(t, seq, got)
		}
	})
}

// FuzzDocuments_AreRefusedOrRead goes through every request document.
func FuzzDocuments_AreRefusedOrRead(f *testing.F) {
	for _, seed := range []string{
		"<Delete><Quiet>true</Quiet><Object><Key>k</Key><VersionId>v</VersionId></Object></Delete>",
		"<Tagging><TagSet><Tag><Key>k</Key><Value>v</Value></Tag></TagSet></Tagging>",
		"<RestoreRequest><Days>1</Days><CASJobParameters><Tier>Bulk</Tier></CASJobParameters></RestoreRequest>",
		"<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>e</ETag></Part></CompleteMultipartUpload>",
		"<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>",
		"<AccessControlPolicy><AccessControlList><Grant><Grantee><ID>a</ID></Grantee><Permission>READ</Permission></Grant></AccessControlList></AccessControlPolicy>",
		"<a><b></a></b>", "", "<Delete", strings.Repeat("<a>", 10_000),
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		for _, v := range []any{
			&deleteRequest{}, &tagging{}, &restoreRequest{}, &completeRequest{}, &versioningConfiguration{}, &aclPolicy{},
		} {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", bytes.NewReader(doc))
			q := &request{r: r}
			if err := q.readXML(v); err != nil {
				var e *apiError
				require.ErrorAs(t, err, &e)
				continue
			}
			_, err := xml.Marshal(v)
			assert.NoError(t, err)
		}
	})
}

func FuzzParseFault_SaysWhatItDoes(f *testing.F) {
	for _, seed := range []string{"latency=150ms", "op=UploadPart,after=2,times=1,status=503,code=SlowDown", "reset", "", "status=99", "latency=", "key=a=b,stall"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		fault, err := ParseFault(s)
		if err != nil {
			assert.Contains(t, err.Error(), strconv.Quote(s))
			return
		}
		assert.True(t, fault.acts())
	})
}
