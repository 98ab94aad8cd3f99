package costest

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
)

func deleteChapter() chapter {
	return chapter{"Delete", []promise{
		{"RemovesTheObject", deleteRemoves},
		{"OfAMissingKeyIsASuccess", deleteMissing},
		{"ManyRemovesAllAndNamesThem", deleteMany},
		{"ManyQuietNamesNone", deleteManyQuietly},
		{"ManyTakesAThousandKeys", deleteAThousand},
		{"ManyRemovesNothingButWhatIsNamed", deleteManyExactly},
	}}
}

func deleteRemoves(t *testing.T, p place) {
	key := p.key("k")
	p.put(t, key, "content")
	p.put(t, key+"/below", "content")
	assert.Equal(t, &cos.DeleteResult{}, p.delete(t, key, ""), "the bucket has no versions")
	assert.ErrorIs(t, p.tryHead(t, key, cos.GetOptions{}), cos.ErrNotFound)
	assert.ErrorIs(t, p.tryGet(t, key, cos.GetOptions{}), cos.ErrNotFound)
	assert.Equal(t, []string{key + "/below"}, p.listed(t))
}

func deleteMissing(t *testing.T, p place) {
	p.delete(t, p.key("none"), "")
	p.put(t, p.key("k"), "content")
	p.delete(t, p.key("k"), "")
	p.delete(t, p.key("k"), "")
}

// deleteMany deletes objects without versions.
func (p place) deleteMany(t testing.TB, quiet bool, keys ...string) *cos.DeleteManyResult {
	t.Helper()
	objects := make([]cos.ObjectVersion, len(keys))
	for i, key := range keys {
		objects[i].Key = key
	}
	r, err := p.Bucket.DeleteMany(t.Context(), objects, quiet)
	require.NoError(t, err)
	assert.Empty(t, r.Failed)
	return r
}

func deleteMany(t *testing.T, p place) {
	keys := []string{p.key("a"), p.key("b/c"), p.key("d/")}
	for _, key := range keys {
		p.put(t, key, "content")
	}
	keys = append(keys, p.key("none"))
	var want []cos.DeletedObject
	for _, key := range keys {
		want = append(want, cos.DeletedObject{Key: key})
	}
	assert.ElementsMatch(t, want, p.deleteMany(t, false, keys...).Deleted, "a missing key is a success")
	assert.Empty(t, p.listed(t))
}

func deleteManyQuietly(t *testing.T, p place) {
	p.put(t, p.key("a"), "content")
	assert.Empty(t, p.deleteMany(t, true, p.key("a"), p.key("none")).Deleted)
	assert.Empty(t, p.listed(t))
}

func deleteAThousand(t *testing.T, p place) {
	keys := make([]string, cos.MaxPageKeys)
	for i := range keys {
		keys[i] = p.key(fmt.Sprintf("%04d", i))
	}
	for _, i := range []int{0, 1, 500, 998, 999} {
		p.put(t, keys[i], "content")
	}
	assert.Len(t, p.deleteMany(t, false, keys...).Deleted, len(keys))
	assert.Empty(t, p.listed(t))

	more := make([]cos.ObjectVersion, cos.MaxPageKeys+1)
	for i := range more {
		more[i].Key = p.key(fmt.Sprintf("%04d", i))
	}
	_, err := p.Bucket.DeleteMany(t.Context(), more, false)
	assertRefused(t, err)
}

func deleteManyExactly(t *testing.T, p place) {
	for _, name := range []string{"a", "a/", "a/b", "A", "a b"} {
		p.put(t, p.key(name), "content")
	}
	p.deleteMany(t, false, p.key("a"), p.key("a/c"), p.key("b"))
	assert.Equal(t, []string{p.key("A"), p.key("a b"), p.key("a/"), p.key("a/b")}, p.listed(t))
}
