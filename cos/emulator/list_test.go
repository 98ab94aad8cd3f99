package emulator_test

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// page is a listing as a client sees it.
type page struct {
	keys, prefixes []string
	truncated      bool
	next           string
}

func (c *client) list(query string) page {
	c.t.Helper()
	a := c.do("GET", "/?encoding-type=url&"+query, "")
	require.Equal(c.t, 200, a.status, string(a.body))
	p := page{truncated: a.find("IsTruncated") == "true", next: unescape(a.find("NextMarker"))}
	for _, k := range a.all("Key") {
		p.keys = append(p.keys, unescape(k))
	}
	// The first Prefix is the one that was asked for.
	for _, k := range a.all("Prefix")[1:] {
		p.prefixes = append(p.prefixes, unescape(k))
	}
	return p
}

func unescape(s string) string {
	u, err := url.PathUnescape(s)
	if err != nil {
		panic(err)
	}
	return u
}

// naiveList is the specification in the plainest words: of all keys after the
// marker, group, then cut.
func naiveList(keys []string, prefix, delimiter, marker string, maxKeys int) page {
	rollUp := func(key string) (string, bool) {
		rest := strings.TrimPrefix(key, prefix)
		if i := strings.Index(rest, delimiter); delimiter != "" && i >= 0 {
			return prefix + rest[:i+len(delimiter)], true
		}
		return key, false
	}
	var p page
	last := ""
	for _, key := range slices.Sorted(slices.Values(keys)) {
		if !strings.HasPrefix(key, prefix) || key <= marker {
			continue
		}
		name, isPrefix := rollUp(key)
		if isPrefix && (name == marker || slices.Contains(p.prefixes, name)) {
			continue
		}
		if len(p.keys)+len(p.prefixes) == maxKeys {
			p.truncated, p.next = true, last
			return p
		}
		if last = name; isPrefix {
			p.prefixes = append(p.prefixes, name)
		} else {
			p.keys = append(p.keys, name)
		}
	}
	return p
}

func TestList_EqualsNaiveReference(t *testing.T) {
	t.Parallel()
	c := start(t)
	rnd := rand.New(rand.NewPCG(1, 2))
	alphabet := []string{"a", "b", "/", "//", "中", "🚀", "\x01", "~", "a-b", " ", "é", "\U0010ffff"}
	word := func(most int) string {
		var b strings.Builder
		for range rnd.IntN(most + 1) {
			b.WriteString(alphabet[rnd.IntN(len(alphabet))])
		}
		return b.String()
	}
	var keys []string
	for len(keys) < 200 {
		key := word(6)
		if key != "" && !strings.HasPrefix(key, "/") && !slices.Contains(keys, key) {
			c.put(key, "")
			keys = append(keys, key)
		}
	}
	for range 400 {
		prefix, marker, delimiter := word(2), word(4), ""
		switch rnd.IntN(4) {
		case 0:
			delimiter = word(2)
		case 1, 2:
			delimiter = "/"
		}
		if rnd.IntN(2) == 0 {
			marker = keys[rnd.IntN(len(keys))]
		}
		maxKeys := 1 + rnd.IntN(20)
		query := url.Values{
			"prefix": {prefix}, "delimiter": {delimiter}, "marker": {marker}, "max-keys": {fmt.Sprint(maxKeys)},
		}.Encode()
		require.Equal(t, naiveList(keys, prefix, delimiter, marker, maxKeys), c.list(query),
			"prefix %q delimiter %q marker %q max %d", prefix, delimiter, marker, maxKeys)
	}
}

func TestList_PagesOfOneShowEveryEntryOnce(t *testing.T) {
	t.Parallel()
	c := start(t)
	for _, key := range oddKeys {
		c.put(key, "")
	}
	for _, delimiter := range []string{"", "/"} {
		whole := naiveList(oddKeys, "", delimiter, "", 1000)
		var keys, prefixes []string
		marker := ""
		for {
			p := c.list("max-keys=1&delimiter=" + escape(delimiter) + "&marker=" + escape(marker))
			require.Equal(t, 1, len(p.keys)+len(p.prefixes))
			keys, prefixes = append(keys, p.keys...), append(prefixes, p.prefixes...)
			if !p.truncated {
				break
			}
			require.Greater(t, p.next, marker)
			marker = p.next
		}
		assert.Equal(t, whole.keys, keys)
		assert.Equal(t, whole.prefixes, prefixes)
	}
}

func TestList_RefusesBadParameters(t *testing.T) {
	t.Parallel()
	c := start(t)
	for _, query := range []string{"max-keys=0", "max-keys=-1", "max-keys=x", "encoding-type=base64", "prefix=%FF", "delimiter=%C3"} {
		a := c.do("GET", "/?"+query, "")
		assert.Equal(t, 400, a.status, query)
		assert.Equal(t, "InvalidArgument", a.code(), query)
	}
	assert.Equal(t, "1000", c.do("GET", "/?max-keys=5000", "").find("MaxKeys"))
}

func TestList_WithoutEncodingEscapesForXML(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.put(`a<&>"b`, "12345", "x-cos-storage-class", "Standard_IA")
	a := c.do("GET", "/", "")
	assert.Equal(t, `a<&>"b`, a.find("Key"))
	assert.Empty(t, a.all("EncodingType"))
	assert.Equal(t, "5", a.find("Size"))
	assert.Equal(t, `"827ccb0eea8a706c4c34a16891f84e7b"`, a.find("ETag"))
	assert.Equal(t, "STANDARD_IA", a.find("StorageClass"))
	assert.Equal(t, "1250000000", a.find("DisplayName"))
	assert.Regexp(t, `^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$`, a.find("LastModified"))
	assert.Empty(t, a.all("NextMarker"))
}
