package interop

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	sdk "github.com/tencentyun/cos-go-sdk-v5"

	"cosmander/cos/emulator"
)

func walkVersions(t *testing.T, w walk) {
	state, _, err := w.Bucket.GetVersioning(t.Context())
	require.NoError(t, err)
	assert.Empty(t, state.Status)
	assert.Empty(t, w.put(t, walkKey, "zero", nil))
	_, err = w.Bucket.PutVersioning(t.Context(), &sdk.BucketPutVersionOptions{Status: "Enabled"})
	require.NoError(t, err)
	state, _, err = w.Bucket.GetVersioning(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "Enabled", state.Status)

	one, two := w.put(t, walkKey, "one", nil), w.put(t, walkKey, "two", nil)
	require.NotEmpty(t, one)
	require.NotEqual(t, one, two)
	w.holds(t, "zero", walkKey, "null")
	w.holds(t, "one", walkKey, one)
	w.holds(t, "two", walkKey)
	assert.Equal(t, two, w.head(t, walkKey).Get("x-cos-version-id"))

	gone, err := w.Object.Delete(t.Context(), walkKey)
	require.NoError(t, err)
	marker := gone.Header.Get("x-cos-version-id")
	assert.Equal(t, "true", gone.Header.Get("x-cos-delete-marker"))
	assert.Equal(t, "true", w.assertAbsent(t, walkKey).Get("x-cos-delete-marker"))
	_, err = w.Object.Get(t.Context(), walkKey, nil)
	assertRefusal(t, err, http.StatusNotFound, "NoSuchKey")
	w.put(t, "walk/other", "other", nil)
	w.assertHistory(t, []string{marker, two, one, "null"})

	undone, err := w.Object.Delete(t.Context(), walkKey, &sdk.ObjectDeleteOptions{XOptionQuery: &url.Values{"versionId": {marker}}})
	require.NoError(t, err)
	assert.Equal(t, "true", undone.Header.Get("x-cos-delete-marker"))
	w.holds(t, "two", walkKey)
	done, _, err := w.Object.DeleteMulti(t.Context(), &sdk.ObjectDeleteMultiOptions{
		Objects: []sdk.Object{{Key: walkKey, VersionId: two}, {Key: walkKey, VersionId: "null"}},
	})
	require.NoError(t, err)
	assert.Empty(t, done.Errors)
	assert.Len(t, done.DeletedObjects, 2)
	w.holds(t, "one", walkKey)
	w.assertAbsent(t, walkKey, two)
	_, err = w.Object.Get(t.Context(), walkKey, nil, two)
	assertRefusal(t, err, http.StatusNotFound, "NoSuchVersion")

	_, err = w.Bucket.PutVersioning(t.Context(), &sdk.BucketPutVersionOptions{Status: "Suspended"})
	require.NoError(t, err)
	assert.Empty(t, w.put(t, walkKey, "suspended", nil))
	w.holds(t, "suspended", walkKey, "null")
	w.holds(t, "one", walkKey, one)
}

// assertHistory lists the versions of walkKey, of which the first is a delete
// marker, whole and in pages of one.
func (w walk) assertHistory(t *testing.T, ids []string) {
	t.Helper()
	whole, _, err := w.Bucket.GetObjectVersions(t.Context(), &sdk.BucketGetObjectVersionsOptions{Prefix: "walk/a", EncodingType: "url"})
	require.NoError(t, err)
	require.Len(t, whole.DeleteMarker, 1)
	require.Len(t, whole.Version, len(ids)-1)
	assert.False(t, whole.IsTruncated)
	assert.Equal(t, ids[0], whole.DeleteMarker[0].VersionId)
	assert.True(t, whole.DeleteMarker[0].IsLatest)
	for i, v := range whole.Version {
		assert.Equal(t, ids[i+1], v.VersionId)
		assert.False(t, v.IsLatest)
		key, err := sdk.DecodeURIComponent(v.Key)
		require.NoError(t, err)
		assert.Equal(t, walkKey, key)
	}

	var seen []string
	opt := &sdk.BucketGetObjectVersionsOptions{MaxKeys: 1}
	for range len(ids) {
		page, _, err := w.Bucket.GetObjectVersions(t.Context(), opt)
		require.NoError(t, err)
		require.True(t, page.IsTruncated, "another key follows")
		for _, m := range page.DeleteMarker {
			seen = append(seen, m.VersionId)
		}
		for _, v := range page.Version {
			seen = append(seen, v.VersionId)
		}
		opt.KeyMarker, opt.VersionIdMarker = page.NextKeyMarker, page.NextVersionIdMarker
	}
	assert.Equal(t, ids, seen)
	grouped, _, err := w.Bucket.GetObjectVersions(t.Context(), &sdk.BucketGetObjectVersionsOptions{Prefix: "w", Delimiter: "/"})
	require.NoError(t, err)
	assert.Equal(t, []string{"walk/"}, grouped.CommonPrefixes)
	assert.Empty(t, grouped.Version)
}

// walkCapitalVersion deletes a version as the SDK's own option does: it sends
// VersionId=. What the service makes of it nobody knows; were it ignored, the
// newest version would get a delete marker. The local server refuses it, and
// takes it for versionId= only if told to.
func walkCapitalVersion(t *testing.T, w walk) {
	remove := func(w walk) (string, error) {
		_, err := w.Bucket.PutVersioning(t.Context(), &sdk.BucketPutVersionOptions{Status: "Enabled"})
		require.NoError(t, err)
		one := w.put(t, walkKey, "one", nil)
		w.put(t, walkKey, "two", nil)
		_, err = w.Object.Delete(t.Context(), walkKey, &sdk.ObjectDeleteOptions{VersionId: one})
		return one, err
	}
	one, err := remove(w)
	assertRefusal(t, err, http.StatusNotImplemented, "NotImplemented")
	w.holds(t, "one", walkKey, one)
	w.holds(t, "two", walkKey)

	l := newLab(t, func(cfg *emulator.Config) { cfg.AnyCaseVersionID = true })
	kind := walk{l, w.mode, l.sdk(t, w.mode)}
	one, err = remove(kind)
	require.NoError(t, err)
	kind.assertAbsent(t, walkKey, one)
	kind.holds(t, "two", walkKey)
}
