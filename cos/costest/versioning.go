package costest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
)

// versioning holds the service to what it promises about versions. The state
// of a bucket is one for all, so the states come one after the other; what is
// promised of buckets with versioning enabled is tried in parallel.
func (s *suite) versioning(t *testing.T) {
	p := s.place("Versioning", 0)
	p.need(t, s.Versioned != nil, "bucket whose versioning may be switched (Env.Versioned)")
	p = p.in(s.Versioned)
	found, err := p.Bucket.Versioning(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() {
		if found != cos.VersioningEnabled {
			p.switchTo(t, cos.VersioningSuspended)
		}
	})
	nullVersions(t, p)
	p.switchTo(t, cos.VersioningEnabled)
	for i, promise := range versioningPromises() {
		t.Run(promise.name, func(t *testing.T) {
			t.Parallel()
			promise.check(t, s.place("Versioning", i+1).in(s.Versioned))
		})
	}
}

// switchTo sets the state and waits until writes obey it.
func (p place) switchTo(t *testing.T, state cos.Versioning) {
	t.Helper()
	ctx, cancel := unending(t)
	defer cancel()
	require.NoError(t, p.Bucket.SetVersioning(ctx, state))
	obeyed := func() bool {
		r, err := p.Bucket.Put(ctx, p.key("probe"), text(""), cos.Headers{})
		return err == nil && (r.VersionID != "" && r.VersionID != "null") == (state == cos.VersioningEnabled)
	}
	require.Eventually(t, obeyed, time.Minute, 5*time.Millisecond, "versioning %s", state)
}

// history lists versions page by page, a line each: the key without the
// place's folder, the name that names gives the id, and what else it is.
func (p place) history(t testing.TB, o cos.VersionsOptions, names map[string]string) []string {
	t.Helper()
	lines, prefixes := p.versions(t, o, names)
	assert.Empty(t, prefixes)
	return lines
}

func (p place) versions(t testing.TB, o cos.VersionsOptions, names map[string]string) (lines, prefixes []string) {
	t.Helper()
	for page, err := range p.Bucket.VersionPages(t.Context(), o) {
		require.NoError(t, err)
		if o.MaxKeys > 0 {
			assert.LessOrEqual(t, len(page.Versions)+len(page.Prefixes), o.MaxKeys)
		}
		for _, v := range page.Versions {
			lines = append(lines, p.line(v, names))
		}
		prefixes = append(prefixes, page.Prefixes...)
	}
	return lines, prefixes
}

func (p place) line(v cos.Version, names map[string]string) string {
	name, known := names[v.VersionID]
	if !known {
		name = " unknown id " + v.VersionID
	}
	line := trimFolder(v.Key, p.folder) + name
	if v.DeleteMarker {
		line += " marker"
	}
	if v.Latest {
		line += " latest"
	}
	return line
}

// ids names the ids of versions by their number, from " 1".
func ids(all ...string) map[string]string {
	names := map[string]string{}
	for i, id := range all {
		names[id] = " " + string(rune('1'+i))
	}
	return names
}

// nullVersions follows one key through the states: before and while versioning
// is suspended its version is "null", and there is never more than one such.
func nullVersions(t *testing.T, p place) {
	t.Run("NullVersions", func(t *testing.T) {
		key := p.key("k")
		p.switchTo(t, cos.VersioningSuspended)
		p.put(t, key, "first")
		p.put(t, key, "second")
		names := map[string]string{"null": " null"}
		p.assertHistory(t, names, "k null latest")
		assert.Equal(t, "second", p.get(t, key, cos.GetOptions{VersionID: "null"}))

		p.switchTo(t, cos.VersioningEnabled)
		names[p.put(t, key, "third").VersionID] = " 3"
		p.assertHistory(t, names, "k 3 latest", "k null")
		assert.Equal(t, "second", p.get(t, key, cos.GetOptions{VersionID: "null"}))
		assert.Equal(t, "third", p.get(t, key))

		p.switchTo(t, cos.VersioningSuspended)
		p.put(t, key, "fourth")
		p.assertHistory(t, names, "k null latest", "k 3")
		assert.Equal(t, "fourth", p.get(t, key, cos.GetOptions{VersionID: "null"}), "only the null version was replaced")
		nullMarkers(t, p, key, names)
	})
}

// nullMarkers goes on while versioning is suspended.
func nullMarkers(t *testing.T, p place, key string, names map[string]string) {
	t.Helper()
	assert.True(t, p.delete(t, key, "").DeleteMarker)
	p.assertHistory(t, names, "k null marker latest", "k 3")
	assert.ErrorIs(t, p.tryGet(t, key, cos.GetOptions{}), cos.ErrNotFound)
	p.delete(t, key, "null")
	p.assertHistory(t, names, "k 3 latest")
	assert.Equal(t, "third", p.get(t, key), "the marker is gone, so the object is back")
	p.put(t, key, "fifth")
	p.delete(t, key, "null")
	p.assertHistory(t, names, "k 3 latest")
	names[p.delete(t, key, "").VersionID] = " null"
	p.put(t, key, "sixth")
	p.assertHistory(t, names, "k null latest", "k 3")
}

func (p place) assertHistory(t testing.TB, names map[string]string, want ...string) {
	t.Helper()
	assert.Equal(t, want, p.history(t, cos.VersionsOptions{Prefix: p.key("k")}, names))
}
