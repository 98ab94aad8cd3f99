package costest

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
)

func versioningPromises() []promise {
	return []promise{
		{"EveryWriteIsAVersion", versionsOfWrites},
		{"EveryVersionKeepsWhatIsItsOwn", versionsKeepTheirOwn},
		{"ListIsByKeyNewestFirst", versionsInOrder},
		{"ListShowsWhatWasPut", versionsShow},
		{"ListPagesOfOneShowEveryEntryOnce", versionsInPages},
		{"ListGroupsByTheDelimiter", versionsGrouped},
		{"ListStartsAfterItsMarkers", versionsMarkers},
		{"DeleteLeavesAMarker", versionsMarker},
		{"DeleteOfTheMarkerIsTheUndo", versionsUndo},
		{"DeleteOfAVersionIsForGood", versionsForGood},
		{"DeleteOfAVersionThatIsGoneIsASuccess", versionsGoneAlready},
		{"DeleteManySaysWhatItDid", versionsDeleteMany},
		{"CopyReadsAVersion", versionsCopied},
		{"PresignedURLNamesAVersion", versionsPresigned},
		{"RestoreIsOfAVersion", versionsRestored},
		{"AppendIsRefused", versionsNotAppended},
		{"OfAnyKeyPassThroughEveryOperation", versionsOfAnyKey},
	}
}

func trimFolder(key, folder string) string { return strings.TrimPrefix(key, folder) }

func of(versionID string) cos.GetOptions { return cos.GetOptions{VersionID: versionID} }

func versionsOfWrites(t *testing.T, p place) {
	key, from := p.key("k"), p.key("from")
	p.put(t, from, "copied")
	put, again := p.put(t, key, "put").VersionID, p.put(t, key, "put").VersionID
	copied := p.copy(t, key, cos.CopySource{Key: from}, cos.CopyOptions{}).VersionID
	id := p.initiate(t, key)
	completed := p.complete(t, key, id, p.part(t, key, id, 1, "completed")).VersionID
	names := ids(put, again, copied, completed)
	require.Len(t, names, 4, "ids differ, of the same content too")
	assert.NotContains(t, names, "")
	assert.NotContains(t, names, "null")
	p.assertHistory(t, names, "k 4 latest", "k 3", "k 2", "k 1")
	for version, want := range map[string]string{put: "put", again: "put", copied: "copied", completed: "completed", "": "completed"} {
		h, content := p.open(t, key, of(version))
		assert.Equal(t, want, content)
		if version == "" {
			version = completed
		}
		assert.Equal(t, version, h.VersionID)
		assert.Equal(t, version, p.head(t, key, of(version)).VersionID)
	}
	assert.Equal(t, completed, p.head(t, key).VersionID)
}

func versionsKeepTheirOwn(t *testing.T, p place) {
	key := p.key("k")
	first := p.put(t, key, "first", everyHeader()).VersionID
	second := p.put(t, key, "second", otherHeaders()).VersionID
	assertHeaders(t, everyHeader(), p.head(t, key, of(first)).Headers)
	assertHeaders(t, otherHeaders(), p.head(t, key, of(second)).Headers)
	part := cos.GetOptions{VersionID: first, Range: &cos.ByteRange{Offset: 1, Length: 2}}
	assert.Equal(t, "ir", p.get(t, key, part))
	part.IfMatch = etagOf("second")
	assert.ErrorIs(t, p.tryGet(t, key, part), cos.ErrPrecondition, "the ETag is of another version")

	p.setTags(t, key, first, cos.Tag{Key: "a", Value: "1"})
	assert.Len(t, p.tags(t, key, first), 1)
	assert.Empty(t, p.tags(t, key, ""))
	p.setCanned(t, key, first, "public-read")
	assert.Equal(t, "public-read", p.acl(t, key, first).Canned())
	assert.NotEqual(t, "public-read", p.acl(t, key, "").Canned())
	require.NoError(t, p.Bucket.DeleteObjectTags(t.Context(), key, first))
	assert.Empty(t, p.tags(t, key, first))
	p.assertHistory(t, ids(first, second), "k 2 latest", "k 1")
}

// scene writes versions and markers of several keys.
func (p place) scene(t testing.TB) map[string]string {
	t.Helper()
	b1 := p.put(t, p.key("b"), "").VersionID
	a1 := p.put(t, p.key("a"), "").VersionID
	a2 := p.put(t, p.key("a"), "").VersionID
	b2 := p.delete(t, p.key("b"), "").VersionID
	a3 := p.delete(t, p.key("a"), "").VersionID
	a4 := p.put(t, p.key("a"), "").VersionID
	c1, d1, d2 := p.put(t, p.key("c/1"), "").VersionID, p.put(t, p.key("d"), "").VersionID, p.delete(t, p.key("d"), "").VersionID
	return map[string]string{a1: "1", a2: "2", a3: "3", a4: "4", b1: "1", b2: "2", c1: "1", d1: "1", d2: "2"}
}

func sceneLines() []string {
	return []string{
		"a4 latest", "a3 marker", "a2", "a1", "b2 marker latest", "b1", "c/11 latest", "d2 marker latest", "d1",
	}
}

func versionsInOrder(t *testing.T, p place) {
	names := p.scene(t)
	require.Len(t, names, 9)
	assert.Equal(t, sceneLines(), p.history(t, cos.VersionsOptions{Prefix: p.folder}, names))
	assert.Equal(t, p.under("a", "c/1"), p.listed(t), "a plain listing shows no versions and nothing deleted")
	assert.Empty(t, p.history(t, cos.VersionsOptions{Prefix: p.key("none")}, names))
}

func versionsShow(t *testing.T, p place) {
	key := p.key("k")
	first := p.put(t, key, "content", cos.Headers{StorageClass: "STANDARD_IA"}).VersionID
	marker := p.delete(t, key, "").VersionID
	page, err := p.Bucket.ListVersions(t.Context(), cos.VersionsOptions{Prefix: p.folder})
	require.NoError(t, err)
	require.Len(t, page.Versions, 2)
	for i := range page.Versions {
		assert.WithinDuration(t, time.Now(), page.Versions[i].LastModified, 15*time.Minute)
		page.Versions[i].LastModified = time.Time{}
	}
	object := cos.ObjectInfo{Key: key, Size: 7, ETag: etagOf("content"), StorageClass: "STANDARD_IA"}
	assert.Equal(t, []cos.Version{
		{ObjectInfo: cos.ObjectInfo{Key: key}, VersionID: marker, DeleteMarker: true, Latest: true},
		{ObjectInfo: object, VersionID: first},
	}, page.Versions)
	assert.False(t, page.Truncated)
	assert.Empty(t, page.NextKeyMarker)
	assert.Empty(t, page.NextVersionMarker)
}

func versionsInPages(t *testing.T, p place) {
	names := p.scene(t)
	for _, size := range []int{1, 2, 3, 4} {
		o := cos.VersionsOptions{Prefix: p.folder, MaxKeys: size}
		assert.Equal(t, sceneLines(), p.history(t, o, names), "pages of %d", size)
	}
}

func versionsGrouped(t *testing.T, p place) {
	names := p.scene(t)
	names[p.put(t, p.key("c/2"), "").VersionID] = "1"
	names[p.delete(t, p.key("c/2"), "").VersionID] = "2"
	names[p.delete(t, p.key("e/f/g"), "").VersionID] = "1"
	want := []string{"a4 latest", "a3 marker", "a2", "a1", "b2 marker latest", "b1", "d2 marker latest", "d1"}
	for _, size := range []int{0, 1, 2, 3} {
		o := cos.VersionsOptions{Prefix: p.folder, Delimiter: "/", MaxKeys: size}
		lines, prefixes := p.versions(t, o, names)
		assert.Equal(t, want, lines, "pages of %d", size)
		assert.Equal(t, p.under("c/", "e/"), prefixes, "pages of %d: of markers too", size)
	}
}

func versionsMarkers(t *testing.T, p place) {
	names := p.scene(t)
	all := sceneLines()
	o := cos.VersionsOptions{Prefix: p.folder, KeyMarker: p.key("a")}
	assert.Equal(t, all[4:], p.history(t, o, names), "a key alone: after all its versions")
	page, err := p.Bucket.ListVersions(t.Context(), cos.VersionsOptions{Prefix: p.folder, MaxKeys: 2})
	require.NoError(t, err)
	require.True(t, page.Truncated)
	o.KeyMarker, o.VersionMarker = p.key("a"), page.Versions[1].VersionID
	assert.Equal(t, all[2:], p.history(t, o, names), "a key and a version: after that version")
	o.KeyMarker, o.VersionMarker = page.NextKeyMarker, page.NextVersionMarker
	assert.Equal(t, all[2:], p.history(t, o, names))
	o.KeyMarker, o.VersionMarker = p.key("bb"), ""
	assert.Equal(t, all[6:], p.history(t, o, names), "a key that is not there")
}

// assertMarked checks the answers to a key whose newest version is a marker.
func assertMarked(t testing.TB, err error) {
	t.Helper()
	assert.ErrorIs(t, err, cos.ErrNotFound)
	var api *cos.Error
	if assert.ErrorAs(t, err, &api) {
		assert.True(t, api.DeleteMarker, "there are versions: it is not as if it never was")
	}
}

func versionsMarker(t *testing.T, p place) {
	key := p.key("k")
	first := p.put(t, key, "content").VersionID
	r := p.delete(t, key, "")
	assert.True(t, r.DeleteMarker)
	assert.NotEmpty(t, r.VersionID)
	assertMarked(t, p.tryHead(t, key, cos.GetOptions{}))
	err := p.tryGet(t, key, cos.GetOptions{})
	assertMarked(t, err)
	assertCode(t, err, "NoSuchKey")
	assert.Equal(t, "content", p.get(t, key, of(first)))
	assert.Error(t, p.tryGet(t, key, of(r.VersionID)), "a marker has no content")
	again := p.delete(t, key, "")
	assert.True(t, again.DeleteMarker)
	p.assertHistory(t, ids(first, r.VersionID, again.VersionID), "k 3 marker latest", "k 2 marker", "k 1")
}

func versionsUndo(t *testing.T, p place) {
	key := p.key("k")
	first := p.put(t, key, "content").VersionID
	marker := p.delete(t, key, "").VersionID
	r := p.delete(t, key, marker)
	assert.True(t, r.DeleteMarker)
	assert.Equal(t, marker, r.VersionID)
	assert.Equal(t, "content", p.get(t, key))
	p.assertHistory(t, ids(first), "k 1 latest")
	assert.Equal(t, p.under("k"), p.listed(t))
}

func versionsForGood(t *testing.T, p place) {
	key := p.key("k")
	first, second := p.put(t, key, "first").VersionID, p.put(t, key, "second").VersionID
	r := p.delete(t, key, second)
	assert.False(t, r.DeleteMarker)
	assert.Equal(t, second, r.VersionID)
	assert.Equal(t, "first", p.get(t, key))
	p.assertHistory(t, ids(first), "k 1 latest")
	err := p.tryGet(t, key, of(second))
	assertCode(t, err, "NoSuchVersion")
	assert.ErrorIs(t, err, cos.ErrNotFound)
	assert.ErrorIs(t, p.tryHead(t, key, of(second)), cos.ErrNotFound)
	err = p.tryCopy(t, p.key("copy"), cos.CopySource{Key: key, VersionID: second}, cos.CopyOptions{})
	assert.ErrorIs(t, err, cos.ErrNotFound)
	p.delete(t, key, first)
	err = p.tryGet(t, key, cos.GetOptions{})
	assertCode(t, err, "NoSuchKey")
	assert.Empty(t, p.history(t, cos.VersionsOptions{Prefix: key}, nil))
}

func versionsGoneAlready(t *testing.T, p place) {
	key := p.key("k")
	first, second := p.put(t, key, "first").VersionID, p.put(t, key, "second").VersionID
	p.delete(t, key, second)
	p.delete(t, key, second)
	r, err := p.Bucket.DeleteMany(t.Context(), []cos.ObjectVersion{{Key: key, VersionID: second}}, false)
	require.NoError(t, err)
	assert.Empty(t, r.Failed)
	assert.Equal(t, []cos.DeletedObject{{Key: key, VersionID: second}}, r.Deleted)
	p.assertHistory(t, ids(first), "k 1 latest")
}

func versionsDeleteMany(t *testing.T, p place) {
	a, b, c, d := p.key("a"), p.key("b"), p.key("c"), p.key("d")
	a1 := p.put(t, a, "").VersionID
	b1, b2 := p.put(t, b, "first").VersionID, p.put(t, b, "second").VersionID
	c1 := p.put(t, c, "").VersionID
	c2 := p.delete(t, c, "").VersionID
	doomed := []cos.ObjectVersion{{Key: a}, {Key: b, VersionID: b2}, {Key: c, VersionID: c2}, {Key: d}}
	r, err := p.Bucket.DeleteMany(t.Context(), doomed, false)
	require.NoError(t, err)
	assert.Empty(t, r.Failed)
	did := map[string]cos.DeletedObject{}
	for _, done := range r.Deleted {
		did[done.Key] = done
	}
	require.Len(t, did, 4)
	for _, key := range []string{a, d} {
		assert.True(t, did[key].DeleteMarker, "a marker was made")
		assert.NotEmpty(t, did[key].DeleteMarkerVersionID, "the undo needs it")
		assert.Empty(t, did[key].VersionID)
	}
	assert.Equal(t, cos.DeletedObject{Key: b, VersionID: b2}, did[b])
	assert.Equal(t, cos.DeletedObject{Key: c, VersionID: c2, DeleteMarker: true, DeleteMarkerVersionID: c2}, did[c])
	names := map[string]string{a1: "1", did[a].DeleteMarkerVersionID: "2", b1: "1", c1: "1", did[d].DeleteMarkerVersionID: "1"}
	assert.Equal(t, []string{"a2 marker latest", "a1", "b1 latest", "c1 latest", "d1 marker latest"},
		p.history(t, cos.VersionsOptions{Prefix: p.folder}, names))
}

func versionsCopied(t *testing.T, p place) {
	key, to := p.key("k"), p.key("to")
	first := p.put(t, key, "first", everyHeader()).VersionID
	second := p.put(t, key, "second").VersionID
	r := p.copy(t, to, cos.CopySource{Key: key, VersionID: first}, cos.CopyOptions{})
	assert.Equal(t, first, r.SourceVersionID)
	assert.NotEmpty(t, r.VersionID)
	h, content := p.open(t, to, cos.GetOptions{})
	assert.Equal(t, "first", content)
	assert.Equal(t, r.VersionID, h.VersionID)
	assert.Equal(t, everyHeader().Meta, h.Headers.Meta)

	third := p.copy(t, key, cos.CopySource{Key: key, VersionID: first}, cos.CopyOptions{Replace: true}).VersionID
	assert.Equal(t, "first", p.get(t, key), "an old version is made the newest")
	p.assertHistory(t, ids(first, second, third), "k 3 latest", "k 2", "k 1")

	u := p.start(t, "parts")[0]
	part, err := p.Bucket.CopyPart(t.Context(), u.key, u.id, 1, cos.CopySource{Key: key, VersionID: second}, nil)
	require.NoError(t, err)
	assert.Equal(t, second, part.SourceVersionID)
	p.complete(t, u.key, u.id, cos.Part{Number: 1, ETag: part.ETag})
	assert.Equal(t, "second", p.get(t, u.key))

	p.delete(t, key, "")
	assert.ErrorIs(t, p.tryCopy(t, to, cos.CopySource{Key: key}, cos.CopyOptions{}), cos.ErrNotFound, "it is marked")
	p.copy(t, to, cos.CopySource{Key: key, VersionID: second}, cos.CopyOptions{})
	assert.Equal(t, "second", p.get(t, to))
}

func versionsPresigned(t *testing.T, p place) {
	key := p.key("k")
	first := p.put(t, key, "first").VersionID
	p.put(t, key, "second")
	url := p.presignGet(t, key, cos.PresignOptions{Lifetime: time.Hour, VersionID: first})
	status, _, content := p.fetch(t, http.MethodGet, url, "", nil)
	assert.Equal(t, http.StatusOK, status, content)
	assert.Equal(t, "first", content)
}

func versionsRestored(t *testing.T, p place) {
	p.needArchive(t)
	key := p.key("k")
	first := p.put(t, key, "first", cos.Headers{StorageClass: "ARCHIVE"}).VersionID
	second := p.put(t, key, "second", cos.Headers{StorageClass: "ARCHIVE"}).VersionID
	p.restore(t, key, cos.RestoreRequest{Days: 1, Tier: cos.Standard, VersionID: first})
	assert.NotNil(t, p.head(t, key, of(first)).Restore)
	assert.Nil(t, p.head(t, key, of(second)).Restore)
	assert.Nil(t, p.head(t, key).Restore)
}

// Appendable objects have no versions (API document 436/7741).
func versionsNotAppended(t *testing.T, p place) {
	var api *cos.Error
	assert.ErrorAs(t, p.tryAppend(t, p.key("k"), 0, text("content")), &api)
	assert.Empty(t, p.listed(t))
}

func versionsOfAnyKey(t *testing.T, p place) {
	for i, name := range oddNames() {
		folder := p.key(string(rune('A'+i/26)) + string(rune('a'+i%26)))
		passVersions(t, place{p.suite, p.Bucket, ""}, folder+"/"+name)
	}
}
