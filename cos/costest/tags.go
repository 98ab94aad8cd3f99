package costest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
)

func tagsChapter() chapter {
	return chapter{"Tags", []promise{
		{"AreReadAsTheyWereSet", tagsSet},
		{"AreReplacedAsAWhole", tagsReplaced},
		{"AreDeleted", tagsDeleted},
		{"HoldTheirLimits", tagsLimits},
		{"LeaveTheObjectAsItIs", tagsLeaveObject},
		{"OfAMissingKeyAreNotFound", tagsMissing},
	}}
}

func (p place) tags(t testing.TB, key, versionID string) []cos.Tag {
	t.Helper()
	tags, err := p.Bucket.ObjectTags(t.Context(), key, versionID)
	require.NoError(t, err)
	return tags
}

func (p place) setTags(t testing.TB, key, versionID string, tags ...cos.Tag) {
	t.Helper()
	require.NoError(t, p.Bucket.SetObjectTags(t.Context(), key, versionID, tags))
}

func (p place) trySetTags(t testing.TB, key string, tags ...cos.Tag) error {
	t.Helper()
	return p.Bucket.SetObjectTags(t.Context(), key, "", tags)
}

func tagsSet(t *testing.T, p place) {
	key := p.key("k")
	p.put(t, key, "content")
	assert.Empty(t, p.tags(t, key, ""))
	want := []cos.Tag{{Key: "color", Value: "blue"}, {Key: "a b+c-d=e.f_g:h/i", Value: "1 2+3-4=5.6_7:8/9"}, {Key: "Color", Value: "red"}}
	p.setTags(t, key, "", want...)
	assert.ElementsMatch(t, want, p.tags(t, key, ""))
}

func tagsReplaced(t *testing.T, p place) {
	key := p.key("k")
	p.put(t, key, "content")
	p.setTags(t, key, "", cos.Tag{Key: "a", Value: "1"}, cos.Tag{Key: "b", Value: "2"})
	want := []cos.Tag{{Key: "b", Value: "3"}}
	p.setTags(t, key, "", want...)
	assert.Equal(t, want, p.tags(t, key, ""))
}

func tagsDeleted(t *testing.T, p place) {
	key := p.key("k")
	p.put(t, key, "content")
	p.setTags(t, key, "", cos.Tag{Key: "a", Value: "1"})
	require.NoError(t, p.Bucket.DeleteObjectTags(t.Context(), key, ""))
	assert.Empty(t, p.tags(t, key, ""))
	assert.NoError(t, p.Bucket.DeleteObjectTags(t.Context(), key, ""), "there are none any more")
}

// The limits of a tag set: ten tags, keys of 127 and values of 255 characters.
func tagsLimits(t *testing.T, p place) {
	key := p.key("k")
	p.put(t, key, "content")
	var ten []cos.Tag
	for i := range 10 {
		ten = append(ten, cos.Tag{Key: fmt.Sprintf("key%d", i), Value: "v"})
	}
	ten[9] = cos.Tag{Key: strings.Repeat("k", 127), Value: strings.Repeat("v", 255)}
	p.setTags(t, key, "", ten...)
	for name, tags := range map[string][]cos.Tag{
		"eleven":       append(ten[:10:10], cos.Tag{Key: "more", Value: "v"}),
		"a long key":   {{Key: strings.Repeat("k", 129), Value: "v"}},
		"a long value": {{Key: "k", Value: strings.Repeat("v", 257)}},
		"no key":       {{Key: "", Value: "v"}},
		"a key twice":  {{Key: "k", Value: "1"}, {Key: "k", Value: "2"}},
	} {
		assertRefused(t, p.trySetTags(t, key, tags...), name)
	}
	assert.ElementsMatch(t, ten, p.tags(t, key, ""))
}

func tagsLeaveObject(t *testing.T, p place) {
	key := p.key("k")
	p.put(t, key, "content", everyHeader())
	before := p.head(t, key)
	p.setTags(t, key, "", cos.Tag{Key: "a", Value: "1"})
	after, content := p.open(t, key, cos.GetOptions{})
	assert.Equal(t, "content", content)
	assertHeaders(t, everyHeader(), after.Headers)
	assert.Equal(t, before.ETag, after.ETag)
	assert.Equal(t, before.LastModified, after.LastModified)
}

func tagsMissing(t *testing.T, p place) {
	key := p.key("none")
	_, err := p.Bucket.ObjectTags(t.Context(), key, "")
	assert.ErrorIs(t, err, cos.ErrNotFound)
	assert.ErrorIs(t, p.trySetTags(t, key, cos.Tag{Key: "a", Value: "1"}), cos.ErrNotFound)
	assert.ErrorIs(t, p.Bucket.DeleteObjectTags(t.Context(), key, ""), cos.ErrNotFound)
}
