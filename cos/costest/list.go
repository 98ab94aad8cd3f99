package costest

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
)

func listChapter() chapter {
	return chapter{"List", []promise{
		{"ShowsWhatWasPut", listShowsWhatWasPut},
		{"IsInTheOrderOfBytes", listOrder},
		{"GroupsByTheDelimiter", listGroups},
		{"StartsAfterTheMarker", listMarker},
		{"PagesOfOneShowEveryEntryOnce", listPagesOfOne},
		{"PagesStopWhenTheyAreNotWanted", listPagesStop},
	}}
}

// listed returns every key of the place, page by page.
func (p place) listed(t testing.TB) []string {
	t.Helper()
	keys, prefixes := p.collect(t, cos.ListOptions{Prefix: p.folder})
	assert.Empty(t, prefixes)
	return keys
}

func (p place) collect(t testing.TB, o cos.ListOptions) (keys, prefixes []string) {
	t.Helper()
	for page, err := range p.Bucket.Pages(t.Context(), o) {
		require.NoError(t, err)
		if o.MaxKeys > 0 {
			assert.LessOrEqual(t, len(page.Objects)+len(page.Prefixes), o.MaxKeys)
		}
		for _, object := range page.Objects {
			keys = append(keys, object.Key)
		}
		prefixes = append(prefixes, page.Prefixes...)
	}
	return keys, prefixes
}

func listShowsWhatWasPut(t *testing.T, p place) {
	key := p.key("k")
	p.put(t, key, "content", cos.Headers{StorageClass: "STANDARD_IA"})
	page, err := p.Bucket.List(t.Context(), cos.ListOptions{Prefix: p.folder})
	require.NoError(t, err)
	require.Len(t, page.Objects, 1)
	got, head := page.Objects[0], p.head(t, key)
	assert.WithinDuration(t, head.LastModified, got.LastModified, time.Second)
	got.LastModified = time.Time{}
	assert.Equal(t, cos.ObjectInfo{Key: key, Size: 7, ETag: etagOf("content"), StorageClass: "STANDARD_IA"}, got)
	assert.False(t, page.Truncated)
	assert.Empty(t, page.NextMarker)

	page, err = p.Bucket.List(t.Context(), cos.ListOptions{Prefix: p.key("none")})
	require.NoError(t, err)
	assert.Equal(t, &cos.ListPage{}, page)
}

// scattered are names whose order differs between bytes, letters and UTF-16.
func scattered() []string {
	return []string{
		"\x01", "!", "%2F", "+", "-", ".hidden", "//", "0", "10", "9", "A", "B", "a", "a b", "a+b", "a/b", "a//b", "a/", "b", "~",
		"é", "e\u0301", "中文", "文", "\ufffd", "😀", "\u2028",
	}
}

func listOrder(t *testing.T, p place) {
	var want []string
	for _, name := range scattered() {
		p.put(t, p.key(name), "")
		want = append(want, p.key(name))
	}
	slices.Sort(want)
	assert.Equal(t, want, p.listed(t))
}

// plant writes what the tables below list.
func (p place) plant(t testing.TB) {
	t.Helper()
	for _, name := range []string{"a", "b/", "b/1", "b/2/x", "b/2/y", "c", "d--e--f", "d--e--g", "d-f", "é/1"} {
		p.put(t, p.key(name), "")
	}
}

// under puts the folder of the place before names.
func (p place) under(names ...string) []string {
	var all []string
	for _, name := range names {
		all = append(all, p.key(name))
	}
	return all
}

func listGroups(t *testing.T, p place) {
	p.plant(t)
	for name, c := range map[string]struct {
		prefix, delimiter string
		keys, prefixes    []string
	}{
		"the folder":        {"", "/", []string{"a", "c", "d--e--f", "d--e--g", "d-f"}, []string{"b/", "é/"}},
		"a folder below":    {"b/", "/", []string{"b/", "b/1"}, []string{"b/2/"}},
		"no delimiter":      {"b/", "", []string{"b/", "b/1", "b/2/x", "b/2/y"}, nil},
		"half a name":       {"d-", "/", []string{"d--e--f", "d--e--g", "d-f"}, nil},
		"without the slash": {"b", "/", nil, []string{"b/"}},
		"a long delimiter":  {"", "--", []string{"a", "b/", "b/1", "b/2/x", "b/2/y", "c", "d-f", "é/1"}, []string{"d--"}},
		"behind the first":  {"d--", "--", nil, []string{"d--e--"}},
		"nothing":           {"x", "/", nil, nil},
	} {
		for _, size := range []int{0, 1, 2} {
			keys, prefixes := p.collect(t, cos.ListOptions{Prefix: p.key(c.prefix), Delimiter: c.delimiter, MaxKeys: size})
			assert.Equal(t, p.under(c.keys...), keys, "%s, pages of %d", name, size)
			assert.Equal(t, p.under(c.prefixes...), prefixes, "%s, pages of %d", name, size)
		}
	}
}

func listMarker(t *testing.T, p place) {
	p.plant(t)
	for name, c := range map[string]struct {
		marker, delimiter string
		keys, prefixes    []string
	}{
		"a key":            {"c", "", []string{"d--e--f", "d--e--g", "d-f", "é/1"}, nil},
		"between keys":     {"bzz", "", []string{"c", "d--e--f", "d--e--g", "d-f", "é/1"}, nil},
		"a prefix":         {"b/", "/", []string{"c", "d--e--f", "d--e--g", "d-f"}, []string{"é/"}},
		"the last":         {"é/1", "", nil, nil},
		"behind the last":  {"\U0010ffff", "", nil, nil},
		"before the first": {"", "/", []string{"a", "c", "d--e--f", "d--e--g", "d-f"}, []string{"b/", "é/"}},
	} {
		o := cos.ListOptions{Prefix: p.folder, Delimiter: c.delimiter, Marker: p.key(c.marker)}
		keys, prefixes := p.collect(t, o)
		assert.Equal(t, p.under(c.keys...), keys, name)
		assert.Equal(t, p.under(c.prefixes...), prefixes, name)
	}
}

func listPagesOfOne(t *testing.T, p place) {
	p.plant(t)
	o := cos.ListOptions{Prefix: p.folder, Delimiter: "/", MaxKeys: 1}
	var shown []string
	for {
		page, err := p.Bucket.List(t.Context(), o)
		require.NoError(t, err)
		for _, object := range page.Objects {
			shown = append(shown, object.Key)
		}
		shown = append(shown, page.Prefixes...)
		if !page.Truncated {
			assert.Empty(t, page.NextMarker)
			break
		}
		require.Len(t, append(page.Prefixes, keysOf(page.Objects)...), 1)
		o.Marker = page.NextMarker
	}
	assert.Equal(t, p.under("a", "b/", "c", "d--e--f", "d--e--g", "d-f", "é/"), shown)
}

func keysOf(objects []cos.ObjectInfo) []string {
	keys := make([]string, len(objects))
	for i, o := range objects {
		keys[i] = o.Key
	}
	return keys
}

func listPagesStop(t *testing.T, p place) {
	p.plant(t)
	pages := 0
	for _, err := range p.Bucket.Pages(t.Context(), cos.ListOptions{Prefix: p.folder, MaxKeys: 1}) {
		require.NoError(t, err)
		if pages++; pages == 2 {
			break
		}
	}
	assert.Equal(t, 2, pages)
}
