package jobs

import (
	"bytes"
	"maps"
	"testing"

	"cosmander/cos"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// envelopeMeta is the envelope of an object that was encrypted before it was
// stored, as the SDKs write it: without any of it nobody reads the object again.
func envelopeMeta() map[string]string {
	return map[string]string{
		"client-side-encryption-key":     "bXlrZXk=",
		"client-side-encryption-start":   "bXlzdGFydA==",
		"client-side-encryption-cek-alg": "AES/CTR/NoPadding", "client-side-encryption-wrap-alg": "KMS/TencentCloud",
		"client-side-encryption-unencrypted-content-length": "1000", "client-side-encryption-data-size": "1048576",
	}
}

// restored puts an archived object and has it restored.
func (w *world) restored(key string, size int64) {
	w.t.Helper()
	b := content64(uint64(size), size)
	_, err := w.bucket.Put(w.t.Context(), key, cos.Body{ReaderAt: bytes.NewReader(b), Size: size}, cos.Headers{
		ContentType: "text/x-cold", StorageClass: "ARCHIVE", Meta: map[string]string{"who": "me"}, Tags: []cos.Tag{{Key: "k", Value: "v"}},
	})
	require.NoError(w.t, err)
	require.NoError(w.t, w.bucket.Restore(w.t.Context(), key, cos.RestoreRequest{Days: 1, Tier: cos.Expedited}))
	eventually(w.t, func() bool {
		head, err := w.bucket.Head(w.t.Context(), key, cos.GetOptions{})
		return err == nil && head.Restore != nil && !head.Restore.Ongoing
	}, "the restore")
}

// TestSetHeaders_RoundTrip edits one header of every kind of object, and finds
// all that was not edited as it was: headers, metadata, class, encryption,
// access, tags, and the bytes.
func TestSetHeaders_RoundTrip(t *testing.T) {
	t.Parallel()
	for name, begin := range map[string]func(w *world){
		"small":     func(w *world) { w.full("k", 1000) },
		"multipart": func(w *world) { w.full("k", 2*partBytes+7) },
		"empty":     func(w *world) { w.put("k", nil) },
		"encrypted": func(w *world) {
			_, err := w.bucket.Put(w.t.Context(), "k", cos.Body{ReaderAt: bytes.NewReader(someBytes()), Size: 1000}, cos.Headers{Meta: envelopeMeta()})
			require.NoError(w.t, err)
		},
		"encrypted, multipart": func(w *world) {
			b := content64(5, partBytes+5)
			_, err := w.bucket.Put(w.t.Context(), "k", cos.Body{ReaderAt: bytes.NewReader(b), Size: int64(len(b))}, cos.Headers{Meta: envelopeMeta()})
			require.NoError(w.t, err)
		},
		"tagged": func(w *world) {
			w.put("k", []byte("x"))
			tags := []cos.Tag{{Key: "team", Value: "red"}, {Key: "旅行", Value: "a b+c"}}
			require.NoError(w.t, w.bucket.SetObjectTags(w.t.Context(), "k", "", tags))
		},
		"archived, then restored": func(w *world) { w.restored("k", 1000) },
		"restored, multipart":     func(w *world) { w.restored("k", partBytes+5) },
		"versioned": func(w *world) {
			w.put("k", []byte("before there were versions"))
			require.NoError(w.t, w.bucket.SetVersioning(w.t.Context(), cos.VersioningEnabled))
			w.put("k", []byte("older"))
			w.full("k", 1000)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			begin(w)
			was, head := w.state("k", ""), w.head("k", "")
			before := w.contents("k")
			q := w.open(inParts)
			s := w.changing(SetHeaders, Change{Set: map[string]string{"Cache-Control": "max-age=60"}, SetMeta: map[string]string{"new": "1"}}, "k")
			s.Sources[0].ETag = head.ETag
			j := finish(t, q, start(t, q, s))
			require.Equal(t, Done, j.State, j.Reason)
			assert.Zero(t, j.Unverified)
			want := was
			want.headers.CacheControl = "max-age=60"
			want.headers.Meta = maps.Clone(was.headers.Meta)
			if want.headers.Meta == nil {
				want.headers.Meta = map[string]string{}
			}
			want.headers.Meta["new"] = "1"
			assert.Equal(t, want, w.state("k", ""))
			now := w.head("k", "")
			assert.Equal(t, head.Size, now.Size)
			assert.Equal(t, head.CRC64, now.CRC64)
			assert.Equal(t, head.StorageClass, now.StorageClass)
			after := w.contents("k")
			for version, text := range before {
				assert.Equal(t, text, after[version], "a version that was there is there, as it was")
			}
			assert.Zero(t, w.uploads())
		})
	}
}

func someBytes() []byte { return content64(3, 1000) }

func (w *world) head(key, version string) *cos.Head {
	w.t.Helper()
	head, err := w.bucket.Head(w.t.Context(), key, cos.GetOptions{VersionID: version})
	require.NoError(w.t, err)
	return head
}

// contents are the states and checksums of all versions of a key, by version;
// none where the bucket keeps no versions.
func (w *world) contents(key string) map[string]any {
	w.t.Helper()
	all := map[string]any{}
	state, err := w.bucket.Versioning(w.t.Context())
	require.NoError(w.t, err)
	if state == cos.Unversioned {
		return all
	}
	page, err := w.bucket.ListVersions(w.t.Context(), cos.VersionsOptions{Prefix: key})
	require.NoError(w.t, err)
	for _, v := range page.Versions {
		all[v.VersionID] = []any{w.state(v.Key, v.VersionID), w.head(v.Key, v.VersionID).CRC64}
	}
	return all
}
