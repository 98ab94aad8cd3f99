package cos

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"
)

// seedKeys are names that encodings get wrong.
var seedKeys = []string{
	"a", "a b", "a+b", "100%", "%2F", "a//b/", "../x", "中文", "😀", "tab\tnew\nline", "a&b<c>", `"quoted"`, "a?versionId=b#c", "\x01", "\xff",
}

// documents is a transport that answers with whatever it is told.
type documents func(r *http.Request) string

func (f documents) RoundTrip(r *http.Request) (*http.Response, error) {
	doc := f(r)
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"X-Cos-Request-Id": {"r"}}, Request: r,
		Body: io.NopCloser(strings.NewReader(doc)), ContentLength: int64(len(doc)),
	}, nil
}

func (f documents) bucket(tb testing.TB) *Bucket {
	tb.Helper()
	c, err := New(Config{Endpoint: "http://h", Transport: f})
	if err != nil {
		tb.Fatal(err)
	}
	return c.Bucket("b-1", "")
}

// A marker goes out as it came in, and a name comes back as it was sent.
func FuzzListNamesAndMarkers(f *testing.F) {
	for _, key := range seedKeys {
		f.Add(key, "v")
	}
	f.Add("a", "MTg0NDU+/=")
	f.Fuzz(func(t *testing.T, key, version string) {
		version = strings.TrimSpace(version)
		if key == "" || !utf8.ValidString(version) || strings.ContainsFunc(version, func(r rune) bool { return r < ' ' }) {
			return
		}
		row := "<Key>" + encode(key, false) + "</Key><VersionId>" + string(appendText(nil, version)) + "</VersionId>"
		var asked url.Values
		b := documents(func(r *http.Request) string {
			asked, _ = url.ParseQuery(r.URL.RawQuery)
			return "<ListVersionsResult><IsTruncated>true</IsTruncated><NextKeyMarker>" + encode(key, true) + "</NextKeyMarker>" +
				"<Version>" + row + "</Version><DeleteMarker>" + row + "</DeleteMarker>" +
				"<CommonPrefixes><Prefix>" + encode(key+"/", false) + "</Prefix></CommonPrefixes></ListVersionsResult>"
		}).bucket(t)
		page, err := b.ListVersions(context.Background(), VersionsOptions{Delimiter: "/"})
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range page.Versions {
			if v.Key != key || v.VersionID != version {
				t.Errorf("%q %q came back as %q %q", key, version, v.Key, v.VersionID)
			}
		}
		if page.Prefixes[0] != key+"/" || page.NextKeyMarker != key {
			t.Errorf("%q came back as prefix %q, marker %q", key, page.Prefixes[0], page.NextKeyMarker)
		}
		_, _ = b.ListVersions(context.Background(), VersionsOptions{KeyMarker: page.NextKeyMarker, VersionMarker: version, Prefix: key})
		if asked.Get("key-marker") != key || asked.Get("version-id-marker") != version || asked.Get("prefix") != key {
			t.Errorf("%q %q was asked for as %v", key, version, asked)
		}
	})
}

// What the service decodes from a copy source is the key and the version.
func FuzzCopySource(f *testing.F) {
	for _, key := range seedKeys {
		f.Add(key, "")
		f.Add(key, "MTg0+/=&")
	}
	e, err := parseEndpoint("http://h")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, key, version string) {
		source, err := e.copySource(CopySource{Bucket: "b-1", Region: "r", Key: key, VersionID: version})
		if err != nil {
			if checkExistingKey(key) == nil {
				t.Errorf("%q: %v", key, err)
			}
			return
		}
		path, query, asked := strings.Cut(source, "?")
		host, encodedKey, _ := strings.Cut(path, "/")
		got, err := url.PathUnescape(encodedKey)
		values, bad := url.ParseQuery(query)
		if host != "b-1.cos.r.myqcloud.com" || err != nil || got != key || bad != nil {
			t.Errorf("%q went out as %s", key, source)
		}
		if asked != (version != "") || values.Get("versionId") != version {
			t.Errorf("version %q went out as %s", version, source)
		}
		if strings.ContainsFunc(source, func(r rune) bool { return r <= ' ' || r > '~' }) {
			t.Errorf("%q is no header", source)
		}
	})
}

func FuzzContentRange(f *testing.F) {
	for _, s := range []string{"bytes 0-0/1", "bytes 2-5/10", "bytes */10", "bytes 5-2/10", "bytes -1-2/10", "bytes 0-9223372036854775807/1", "bytes"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		first, last, total, ok := contentRange(s)
		if ok && (first < 0 || last < first || total <= last || last-first+1 <= 0) {
			t.Errorf("%q: %d to %d of %d", s, first, last, total)
		}
	})
}

func FuzzParseRestore(f *testing.F) {
	for _, s := range []string{
		"", `ongoing-request="true"`, `ongoing-request="false", expiry-date="Fri, 21 Dec 2012 00:00:00 GMT"`,
		`tier="expedited"; request-date="Fri, 21 Dec 2012 00:00:00 GMT"`, "=,=;", `a="b`, strings.Repeat("a,", 2000),
	} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, restore, status string) {
		got := parseRestore(restore, status)
		if (got == nil) != (strings.TrimSpace(restore+status) == "") {
			t.Errorf("%q %q: %+v", restore, status, got)
		}
		if got != nil && (got.Ongoing && !got.Expires.IsZero() || got.Tier != ParseTier(string(got.Tier))) {
			t.Errorf("%q %q: %+v", restore, status, got)
		}
	})
}

// What appendText writes is read back as it was, by a parser that trims too.
func FuzzText_SurvivesTheWay(f *testing.F) {
	for _, s := range append([]string{" a ", "\r\n", "\t", "]]>", " ", "  "}, seedKeys...) {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if s == "" || checkText("text", s) != nil {
			return
		}
		doc := string(appendElement(nil, "a", s))
		inner := strings.TrimSuffix(strings.TrimPrefix(doc, "<a>"), "</a>")
		if strings.TrimSpace(inner) != inner && strings.Trim(inner, " \t\r\n") != inner {
			t.Errorf("%q can be trimmed", doc)
		}
		p := &xmlParser{data: []byte(doc)}
		if _, err := p.root(); err != nil {
			t.Fatal(err)
		}
		if got, err := p.text(); err != nil || got != s {
			t.Errorf("%q came back as %q, %v", s, got, err)
		}
	})
}
