package costest

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
)

func bucketsChapter() chapter {
	return chapter{"Buckets", []promise{
		{"AreListed", bucketsAreListed},
		{"KnowTheirRegion", bucketsKnowTheirRegion},
		{"AreCreatedAndDeleted", bucketsCreated},
		{"AreNotDeletedFull", bucketsNotDeletedFull},
		{"AreNotVersionedAtFirst", bucketsVersioning},
		{"ThatAreNotThereAreSaidToBe", bucketsMissing},
	}}
}

// freeName returns a bucket name of the account that no bucket has.
func (p place) freeName() string {
	name := p.Bucket.Name()
	return "costest-" + random() + name[strings.LastIndex(name, "-"):]
}

// create makes a bucket for the length of the test.
func (p place) create(t testing.TB) *cos.Bucket {
	t.Helper()
	name := p.freeName()
	require.NoError(t, p.Scratch.CreateBucket(t.Context(), name))
	b := p.Scratch.Bucket(name, "")
	t.Cleanup(func() {
		ctx, cancel := unending(t)
		defer cancel()
		err := sweep(ctx, b, "")
		if err == nil {
			err = b.DeleteBucket(ctx)
		}
		assert.NoError(t, err, "clean up: bucket %s is not removed", name)
	})
	return b
}

func (p place) listedBucket(t testing.TB, name string) (cos.BucketInfo, bool) {
	t.Helper()
	all, err := p.Bucket.Client().ListBuckets(t.Context())
	require.NoError(t, err)
	i := slices.IndexFunc(all, func(b cos.BucketInfo) bool { return b.Name == name })
	if i < 0 {
		return cos.BucketInfo{}, false
	}
	return all[i], true
}

func bucketsAreListed(t *testing.T, p place) {
	got, found := p.listedBucket(t, p.Bucket.Name())
	require.True(t, found)
	assert.Equal(t, p.Bucket.Region(), got.Region)
	assert.False(t, got.Created.IsZero())
	some, err := p.Bucket.Client().ListBucketsIn(t.Context(), p.Bucket.Region())
	require.NoError(t, err)
	assert.Contains(t, some, got)
}

func bucketsKnowTheirRegion(t *testing.T, p place) {
	region, err := p.Bucket.FindRegion(t.Context())
	require.NoError(t, err)
	assert.Equal(t, p.Bucket.Region(), region)
}

func bucketsCreated(t *testing.T, p place) {
	p.needScratch(t)
	b := p.create(t)
	got, found := p.listedBucket(t, b.Name())
	assert.True(t, found, "the buckets of all regions are listed")
	assert.Equal(t, b.Region(), got.Region)
	region, err := b.FindRegion(t.Context())
	require.NoError(t, err)
	assert.Equal(t, b.Region(), region)
	// Asked in another region the service may not know it, but says no other.
	region, err = p.Bucket.Client().Bucket(b.Name(), "").FindRegion(t.Context())
	if err == nil {
		assert.Equal(t, b.Region(), region)
	} else {
		assert.ErrorIs(t, err, cos.ErrNoBucket)
	}
	err = p.Scratch.CreateBucket(t.Context(), b.Name())
	assertCode(t, err, "BucketAlreadyOwnedByYou", "BucketAlreadyExists")
	assert.ErrorIs(t, err, cos.ErrConflict)

	here := p.in(b)
	here.put(t, "k", "content")
	assert.Equal(t, "content", here.get(t, "k"))
	here.delete(t, "k", "")
	short := p.Scratch.Bucket(p.freeName(), "")
	require.NoError(t, p.Scratch.CreateBucket(t.Context(), short.Name()))
	require.NoError(t, short.DeleteBucket(t.Context()))
	_, found = p.listedBucket(t, short.Name())
	assert.False(t, found)
	assert.ErrorIs(t, short.DeleteBucket(t.Context()), cos.ErrNoBucket)
}

func bucketsNotDeletedFull(t *testing.T, p place) {
	p.needScratch(t)
	b := p.create(t)
	here := p.in(b)
	here.put(t, "k", "content")
	err := b.DeleteBucket(t.Context())
	assertCode(t, err, "BucketNotEmpty")
	assert.ErrorIs(t, err, cos.ErrConflict)
	assert.Equal(t, "content", here.get(t, "k"))
}

func bucketsVersioning(t *testing.T, p place) {
	p.needScratch(t)
	b := p.create(t)
	here := p.in(b)
	here.assertState(t, cos.Unversioned)
	here.put(t, "k", "old")
	assert.Equal(t, []string{"k latest"}, here.history(t, cos.VersionsOptions{}, map[string]string{"": "", "null": ""}))
	require.NoError(t, b.SetVersioning(t.Context(), cos.VersioningEnabled))
	here.assertState(t, cos.VersioningEnabled)
	id := here.put(t, "k", "new").VersionID
	assert.NotEmpty(t, id)
	names := map[string]string{id: " new", "null": " null"}
	assert.Equal(t, []string{"k new latest", "k null"}, here.history(t, cos.VersionsOptions{}, names))
	assert.Equal(t, "old", here.get(t, "k", cos.GetOptions{VersionID: "null"}), "what was there before is the null version")
	require.NoError(t, b.SetVersioning(t.Context(), cos.VersioningSuspended))
	here.assertState(t, cos.VersioningSuspended)
	assertRefused(t, b.SetVersioning(t.Context(), cos.Unversioned))
	here.assertState(t, cos.VersioningSuspended)
}

func (p place) assertState(t testing.TB, want cos.Versioning) {
	t.Helper()
	got, err := p.Bucket.Versioning(t.Context())
	require.NoError(t, err)
	assert.Equal(t, want, got)
}

func bucketsMissing(t *testing.T, p place) {
	gone := p.Bucket.Client().Bucket(p.freeName(), "")
	_, err := gone.List(t.Context(), cos.ListOptions{})
	assertCode(t, err, "NoSuchBucket")
	assert.ErrorIs(t, err, cos.ErrNoBucket)
	_, err = gone.FindRegion(t.Context())
	assert.ErrorIs(t, err, cos.ErrNoBucket)
	_, err = gone.Versioning(t.Context())
	assert.ErrorIs(t, err, cos.ErrNoBucket)
	_, err = gone.Put(t.Context(), "k", text("x"), cos.Headers{})
	assert.ErrorIs(t, err, cos.ErrNoBucket)
	assert.ErrorIs(t, gone.DeleteBucket(t.Context()), cos.ErrNoBucket)
}
