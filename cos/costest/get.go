package costest

import (
	"bytes"
	"compress/gzip"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
)

func getChapter() chapter {
	return chapter{"Get", []promise{
		{"SaysWhatHeadSays", getSaysWhatHeadSays},
		{"HeadIsOfTheWholeObject", headOfTheWhole},
		{"GivesTheRangeAskedFor", getRanges},
		{"RefusesARangeBeyondTheEnd", getBeyondTheEnd},
		{"ReplacesHeadersOfTheAnswer", getReplacesHeaders},
		{"LeavesEncodedContentEncoded", getLeavesEncoded},
		{"HoldsTheBoundsOfTheTrafficLimit", getTrafficLimit},
		{"OfAMissingKeyIsNotFound", getMissing},
	}}
}

func getSaysWhatHeadSays(t *testing.T, p place) {
	key, content := p.key("k"), "content"
	before := time.Now()
	put := p.put(t, key, content, everyHeader())
	head := p.head(t, key)
	got, _ := p.open(t, key, cos.GetOptions{})
	for name, h := range map[string]cos.Head{"HEAD": *head, "GET": got} {
		assert.Equal(t, int64(len(content)), h.Size, name)
		assert.Equal(t, put.ETag, h.ETag, name)
		assert.True(t, h.HasCRC64, name)
		assert.Equal(t, crcOf(content), h.CRC64, name)
		// Only that it is a time of this run: the clocks may differ.
		assert.WithinDuration(t, before, h.LastModified, 15*time.Minute, name)
		assert.Contains(t, []string{"", "normal"}, h.ObjectType, name)
		assert.Empty(t, h.VersionID, name)
		assert.Nil(t, h.Restore, name)
		assert.NotEmpty(t, h.Raw.Get("x-cos-request-id"), name)
	}
	assert.Equal(t, head.LastModified, got.LastModified)
}

func headOfTheWhole(t *testing.T, p place) {
	key := p.key("k")
	p.put(t, key, "content", everyHeader())
	h := p.head(t, key, cos.GetOptions{
		Range: &cos.ByteRange{Offset: 2, Length: 1}, Response: cos.ResponseHeaders{ContentType: "text/css"}, TrafficLimit: 819_200,
	})
	assert.Equal(t, int64(7), h.Size)
	assertHeaders(t, everyHeader(), h.Headers)
}

func getRanges(t *testing.T, p place) {
	key, content := p.key("k"), "0123456789"
	p.put(t, key, content)
	for want, r := range map[string]cos.ByteRange{
		"0": {Length: 1}, "9": {Offset: 9, Length: 1}, "345": {Offset: 3, Length: 3}, "56789": {Offset: 5, Length: -1},
		"789": {Offset: int64(len(content)) - 3, Length: -1}, "89": {Offset: 8, Length: 100}, content: {Length: -1},
		content[:9]: {Length: 9},
	} {
		h, got := p.open(t, key, cos.GetOptions{Range: &r})
		assert.Equal(t, want, got)
		assert.Equal(t, int64(len(content)), h.Size, "the size of the whole object, not of %q", want)
		assert.Equal(t, crcOf(content), h.CRC64, "the sum of the whole object, not of %q", want)
		assert.Equal(t, etagOf(content), h.ETag)
	}
}

func getBeyondTheEnd(t *testing.T, p place) {
	key := p.key("k")
	p.put(t, key, "0123456789")
	for _, r := range []cos.ByteRange{{Offset: 10, Length: -1}, {Offset: 10, Length: 1}, {Offset: 1 << 40, Length: 5}} {
		err := p.tryGet(t, key, cos.GetOptions{Range: &r})
		assertCode(t, err, "InvalidRange")
		assert.ErrorIs(t, err, cos.ErrRange)
	}
}

func getReplacesHeaders(t *testing.T, p place) {
	key := p.key("k")
	p.put(t, key, "content", everyHeader())
	want := otherHeaders()
	o := cos.GetOptions{Response: cos.ResponseHeaders{
		ContentType: want.ContentType, CacheControl: want.CacheControl, ContentDisposition: want.ContentDisposition,
		ContentEncoding: want.ContentEncoding, ContentLanguage: want.ContentLanguage, Expires: want.Expires,
	}}
	want.Meta, want.StorageClass = everyHeader().Meta, everyHeader().StorageClass
	h, content := p.open(t, key, o)
	assertHeaders(t, want, h.Headers)
	assert.Equal(t, "content", content)

	h, _ = p.open(t, key, cos.GetOptions{Response: cos.ResponseHeaders{ContentType: "text/css"}})
	want = everyHeader()
	want.ContentType = "text/css"
	assertHeaders(t, want, h.Headers)
	assertHeaders(t, everyHeader(), p.head(t, key).Headers)
}

func getLeavesEncoded(t *testing.T, p place) {
	packed := gzipped(t, "a text that is packed, packed, packed, packed")
	key := p.key("k")
	p.put(t, key, packed, cos.Headers{ContentEncoding: "gzip", ContentType: "text/plain"})
	h, got := p.open(t, key, cos.GetOptions{})
	assert.Equal(t, []byte(packed), []byte(got))
	assert.Equal(t, "gzip", h.Headers.ContentEncoding)
}

func gzipped(t testing.TB, content string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write([]byte(content))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.String()
}

func getTrafficLimit(t *testing.T, p place) {
	key := p.key("k")
	p.put(t, key, "content")
	for limit, fine := range trafficLimits() {
		err := p.tryGet(t, key, cos.GetOptions{TrafficLimit: limit})
		if fine {
			assert.NoError(t, err, "limit %d", limit)
		} else {
			assertRefused(t, err, "limit", limit)
		}
	}
}

func getMissing(t *testing.T, p place) {
	key := p.key("k")
	err := p.tryGet(t, key, cos.GetOptions{})
	assertCode(t, err, "NoSuchKey")
	assert.ErrorIs(t, err, cos.ErrNotFound)
	err = p.tryHead(t, key, cos.GetOptions{})
	require.ErrorIs(t, err, cos.ErrNotFound)
	var api *cos.Error
	require.ErrorAs(t, err, &api)
	assert.False(t, api.DeleteMarker, "there never was one")
}
