package emulator_test

import (
	"encoding/xml"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func (c *client) setVersioning(status string) {
	c.t.Helper()
	a := c.do("PUT", "/?versioning", "<VersioningConfiguration><Status>"+status+"</Status></VersioningConfiguration>")
	require.Equal(c.t, 200, a.status, string(a.body))
}

// version is a line of a list of versions as a client sees it.
type version struct {
	key, id        string
	marker, latest bool
	etag           string
}

type versionsPage struct {
	versions  []version
	prefixes  []string
	truncated bool
	nextKey   string
	nextID    string
}

func (c *client) listVersions(query string) versionsPage {
	c.t.Helper()
	a := c.do("GET", "/?versions&encoding-type=url&"+query, "")
	require.Equal(c.t, 200, a.status, string(a.body))
	var doc struct {
		IsTruncated         bool
		NextKeyMarker       string
		NextVersionIdMarker string
		CommonPrefixes      []struct{ Prefix string }
		Lines               []struct {
			XMLName   xml.Name
			Key       string
			VersionId string
			IsLatest  bool
			ETag      string
		} `xml:",any"`
	}
	require.NoError(c.t, xml.Unmarshal(a.body, &doc))
	p := versionsPage{truncated: doc.IsTruncated, nextKey: unescape(doc.NextKeyMarker), nextID: doc.NextVersionIdMarker}
	for _, l := range doc.Lines {
		if l.XMLName.Local == "Version" || l.XMLName.Local == "DeleteMarker" {
			p.versions = append(p.versions, version{unescape(l.Key), l.VersionId, l.XMLName.Local == "DeleteMarker", l.IsLatest, l.ETag})
		}
	}
	for _, l := range doc.CommonPrefixes {
		p.prefixes = append(p.prefixes, unescape(l.Prefix))
	}
	return p
}

// history is the specification in the plainest words: of each key all
// versions, the newest first.
type history struct {
	state string
	keys  map[string][]version
}

func (h *history) put(key string, v version) {
	v.key = key
	if h.state != "Enabled" {
		v.id = "null"
		h.keys[key] = slices.DeleteFunc(h.keys[key], func(old version) bool { return old.id == "null" })
	}
	h.keys[key] = append([]version{v}, h.keys[key]...)
}

func (h *history) remove(key, id string) {
	h.keys[key] = slices.DeleteFunc(h.keys[key], func(old version) bool { return old.id == id })
}

// list groups and cuts, as naiveList does for objects.
func (h *history) list(prefix, delimiter, keyMarker, idMarker string, most int) versionsPage {
	var p versionsPage
	last := version{}
	passed := idMarker == ""
	var names []string
	for key := range h.keys {
		names = append(names, key)
	}
	slices.Sort(names)
	for _, key := range names {
		rest, ok := strings.CutPrefix(key, prefix)
		if !ok || key < keyMarker || (key == keyMarker && idMarker == "" && keyMarker != "") {
			continue
		}
		group := ""
		if i := strings.Index(rest, delimiter); delimiter != "" && i >= 0 {
			group = prefix + rest[:i+len(delimiter)]
		}
		for i, v := range h.keys[key] {
			v.latest = i == 0
			if key == keyMarker && !passed {
				passed = v.id == idMarker
				continue
			}
			if group != "" && (group == keyMarker || slices.Contains(p.prefixes, group)) {
				continue
			}
			if len(p.versions)+len(p.prefixes) == most {
				p.truncated, p.nextKey, p.nextID = true, last.key, last.id
				return p
			}
			if group != "" {
				p.prefixes = append(p.prefixes, group)
				last = version{key: group}
				continue
			}
			p.versions = append(p.versions, v)
			last = v
		}
	}
	return p
}

func TestVersions_EqualNaiveReference(t *testing.T) {
	t.Parallel()
	c := start(t)
	rnd := rand.New(rand.NewPCG(3, 4))
	h := &history{keys: map[string][]version{}}
	keys := []string{"a", "a/b", "a/c", "a/c/d", "b", "b/", "中/文", "中/文/x", "z"}
	states := []string{"", "Enabled", "Suspended", "Enabled"}
	for round, state := range states {
		if h.state = state; state != "" {
			c.setVersioning(state)
		}
		for i := range 60 {
			c.changeAtRandom(t, rnd, h, keys[rnd.IntN(len(keys))], fmt.Sprint(round, " ", i))
		}
		if state == "" {
			continue // ids are not shown there
		}
		require.Equal(t, h.list("", "", "", "", 1000), c.listVersions(""))
		for range 60 {
			c.compareAPage(t, rnd, h, keys)
		}
	}
	c.emptyOfVersions(t)
	assert.Equal(t, 204, c.do("DELETE", "/", "").status, "nothing is left")
}

// changeAtRandom does one thing to the server and to the model.
func (c *client) changeAtRandom(t *testing.T, rnd *rand.Rand, h *history, key, body string) {
	switch old := h.keys[key]; {
	case rnd.IntN(5) < 3:
		a := c.do("PUT", path(key), body)
		require.Equal(t, 200, a.status)
		id := a.header.Get("X-Cos-Version-Id")
		assert.Equal(t, h.state == "Enabled", id != "", "only versions have an id")
		h.put(key, version{id: id, etag: a.header.Get("ETag")})
	case rnd.IntN(3) == 0 && len(old) > 0 && h.state != "":
		v := old[rnd.IntN(len(old))]
		a := c.do("DELETE", path(key)+"?versionId="+escape(v.id), "")
		require.Equal(t, 204, a.status, string(a.body))
		assert.Equal(t, v.marker, a.header.Get("X-Cos-Delete-Marker") == "true")
		assert.Equal(t, v.id, a.header.Get("X-Cos-Version-Id"))
		h.remove(key, v.id)
	default:
		a := c.do("DELETE", path(key), "")
		require.Equal(t, 204, a.status)
		if h.state == "" {
			h.remove(key, "null")
			return
		}
		require.Equal(t, "true", a.header.Get("X-Cos-Delete-Marker"))
		h.put(key, version{id: a.header.Get("X-Cos-Version-Id"), marker: true})
	}
	c.compareNewest(t, h, key)
}

// compareNewest checks what the key itself names.
func (c *client) compareNewest(t *testing.T, h *history, key string) {
	a := c.do("HEAD", path(key), "")
	switch all := h.keys[key]; {
	case len(all) == 0:
		assert.Equal(t, 404, a.status)
		assert.Empty(t, a.header.Get("X-Cos-Delete-Marker"))
	case all[0].marker:
		assert.Equal(t, 404, a.status)
		assert.Equal(t, "true", a.header.Get("X-Cos-Delete-Marker"))
	default:
		assert.Equal(t, 200, a.status)
		assert.Equal(t, all[0].etag, a.header.Get("ETag"))
		if h.state != "" {
			assert.Equal(t, all[0].id, a.header.Get("X-Cos-Version-Id"))
		}
	}
}

func (c *client) compareAPage(t *testing.T, rnd *rand.Rand, h *history, keys []string) {
	prefix := []string{"", "", "a", "a/", "中/"}[rnd.IntN(5)]
	delimiter := []string{"", "/", "/c"}[rnd.IntN(3)]
	most := 1 + rnd.IntN(12)
	keyMarker, idMarker := "", ""
	if rnd.IntN(3) > 0 {
		keyMarker = keys[rnd.IntN(len(keys))]
		if all := h.keys[keyMarker]; len(all) > 0 && rnd.IntN(2) == 0 {
			idMarker = all[rnd.IntN(len(all))].id
		}
	}
	query := url.Values{
		"prefix": {prefix}, "delimiter": {delimiter}, "key-marker": {keyMarker}, "version-id-marker": {idMarker},
		"max-keys": {fmt.Sprint(most)},
	}.Encode()
	require.Equal(t, h.list(prefix, delimiter, keyMarker, idMarker, most), c.listVersions(query), query)
}

// emptyOfVersions removes all versions in pages of three.
func (c *client) emptyOfVersions(t *testing.T) {
	keyMarker, idMarker := "", ""
	for {
		p := c.listVersions("max-keys=3&key-marker=" + escape(keyMarker) + "&version-id-marker=" + escape(idMarker))
		for _, v := range p.versions {
			require.Equal(t, 204, c.do("DELETE", path(v.key)+"?versionId="+escape(v.id), "").status)
		}
		if !p.truncated {
			return
		}
		keyMarker, idMarker = p.nextKey, p.nextID
	}
}

func TestVersions_EachIsReadByItsID(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.put("k", "before")
	c.setVersioning("Enabled")
	first := c.do("PUT", "/k", strings.Repeat("1", 10_000), "x-cos-meta-n", "1").header.Get("X-Cos-Version-Id")
	second := c.do("PUT", "/k", "second", "x-cos-meta-n", "2").header.Get("X-Cos-Version-Id")
	marker := c.do("DELETE", "/k", "").header.Get("X-Cos-Version-Id")

	a := c.get("k")
	assert.Equal(t, "NoSuchKey", a.code())
	assert.Equal(t, "true", a.header.Get("X-Cos-Delete-Marker"))
	for id, want := range map[string]string{"null": "before", first: strings.Repeat("1", 10_000), second: "second"} {
		a := c.do("GET", "/k?versionId="+escape(id), "")
		assert.Equal(t, want, string(a.body))
		assert.Equal(t, id, a.header.Get("X-Cos-Version-Id"))
	}
	assert.Equal(t, "1", c.do("HEAD", "/k?versionId="+escape(first), "").header.Get("X-Cos-Meta-N"))

	a = c.do("GET", "/k?versionId="+escape(marker), "")
	assert.Equal(t, "MethodNotAllowed", a.code())
	assert.Equal(t, "true", a.header.Get("X-Cos-Delete-Marker"))
	assert.Equal(t, "NoSuchVersion", c.do("GET", "/other?versionId="+escape(first), "").code())

	copied := c.do("PUT", "/copy", "", copySource, testHost+"/k?versionId="+escape(first))
	require.Equal(t, 200, copied.status, string(copied.body))
	assert.Equal(t, first, copied.header.Get("X-Cos-Copy-Source-Version-Id"))
	assert.Equal(t, copied.header.Get("X-Cos-Version-Id"), copied.find("VersionId"))
	assert.Equal(t, strings.Repeat("1", 10_000), string(c.get("copy").body))
	// An old version copied onto its own key makes it the newest again.
	assert.Equal(t, 200, c.do("PUT", "/k", "", copySource, testHost+"/k?versionId="+escape(first)).status)
	assert.Equal(t, "1", c.get("k").header.Get("X-Cos-Meta-N"))
}

func TestVersions_ASecondDeletionIsNoError(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.setVersioning("Enabled")
	id := c.do("PUT", "/k", "1").header.Get("X-Cos-Version-Id")
	for range 2 {
		a := c.do("DELETE", "/k?versionId="+escape(id), "")
		assert.Equal(t, 204, a.status)
		assert.Equal(t, id, a.header.Get("X-Cos-Version-Id"))
		assert.Empty(t, a.header.Get("X-Cos-Delete-Marker"))
	}
	assert.Empty(t, c.listVersions("").versions)
}

func TestSeed_LeavesKeysWithVersionsAlone(t *testing.T) {
	t.Parallel()
	c := start(t)
	require.NoError(t, c.server.Seed(t.Context(), testBucket, "many/", 10))
	c.setVersioning("Enabled")
	c.do("DELETE", "/many/0000000", "")
	require.NoError(t, c.server.Seed(t.Context(), testBucket, "many/", 10))
	assert.Len(t, c.list("").keys, 9)
	c.put("many/0000000", "can be written")
	assert.Equal(t, 204, c.do("DELETE", "/many/0000000", "").status)
}

func TestVersions_OfACompletedUploadAreKept(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.setVersioning("Enabled")
	c.put("k", "old")
	id := c.initiate("k")
	a := c.complete("k", id, 1, c.part("k", id, 1, "new"))
	require.Equal(t, 200, a.status)
	got := c.listVersions("").versions
	require.Len(t, got, 2)
	assert.Equal(t, a.header.Get("X-Cos-Version-Id"), got[0].id)
	assert.Equal(t, "old", string(c.do("GET", "/k?versionId="+escape(got[1].id), "").body))
}

func TestVersions_BucketWithHistoryIsNotEmpty(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.setVersioning("Enabled")
	marker := c.do("DELETE", "/k", "").header.Get("X-Cos-Version-Id")
	assert.Empty(t, c.list("").keys)
	assert.Equal(t, "BucketNotEmpty", c.do("DELETE", "/", "").code())
	assert.Equal(t, 204, c.do("DELETE", "/k?versionId="+escape(marker), "").status)
	assert.Equal(t, 204, c.do("DELETE", "/", "").status)
}

func TestVersions_StateIsShownAndCheckedAndKept(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := startWith(t, config(dir))
	assert.Empty(t, c.do("GET", "/?versioning", "").all("Status"))
	for _, status := range []string{"", "enabled", "Off"} {
		a := c.do("PUT", "/?versioning", "<VersioningConfiguration><Status>"+status+"</Status></VersioningConfiguration>")
		assert.Equal(t, "MalformedXML", a.code(), status)
	}
	c.put("k", "1")
	assert.Empty(t, c.get("k").header.Get("X-Cos-Version-Id"))
	assert.Equal(t, []version{{"k", "", false, true, `"c4ca4238a0b923820dcc509a6f75849b"`}}, c.listVersions("").versions)
	c.setVersioning("Enabled")
	c.put("k", "2")
	require.NoError(t, c.server.Close())

	c = startWith(t, config(dir))
	assert.Equal(t, "Enabled", c.do("GET", "/?versioning", "").find("Status"))
	c.put("k", "3")
	assert.Len(t, c.listVersions("").versions, 3)
	c.setVersioning("Suspended")
	assert.Equal(t, "Suspended", c.do("GET", "/?versioning", "").find("Status"))
}

func TestVersions_RefuseMarkersThatNameNone(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.setVersioning("Enabled")
	c.put("k", "1")
	id := escape(c.listVersions("").versions[0].id)
	for _, query := range []string{"version-id-marker=" + id, "key-marker=k&version-id-marker=MTg0", "key-marker=k&version-id-marker=x", "max-keys=0", "prefix=%FF"} {
		assert.Equal(t, "InvalidArgument", c.do("GET", "/?versions&"+query, "").code(), query)
	}
	assert.Empty(t, c.listVersions("key-marker=k&version-id-marker="+id).versions)
}

func TestVersions_ContentLivesAsLongAsAVersionNamesIt(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.setVersioning("Enabled")
	large := strings.Repeat("v", 10_000)
	id := c.do("PUT", "/k", large).header.Get("X-Cos-Version-Id")
	c.put("k", "small")
	c.do("DELETE", "/k", "")
	assert.Equal(t, 1, c.files())
	require.Equal(t, 204, c.do("DELETE", "/k?versionId="+escape(id), "").status)
	assert.Zero(t, c.files())
}
