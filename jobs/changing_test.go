package jobs

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"cosmander/cos"
	"cosmander/cos/emulator"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// changing is a job that gives c to keys and prefixes.
func (w *world) changing(k Kind, c Change, keys ...string) Spec {
	s := Spec{Kind: k, Change: &c}
	for _, key := range keys {
		s.Sources = append(s.Sources, w.source(key))
	}
	return s
}

// full puts an object that has everything an object can have, also what of an
// envelope must not be lost, though nobody could read it by that.
func (w *world) full(key string, size int64) []byte {
	w.t.Helper()
	return w.fullWith(key, size, map[string]string{"who": "me", "client-side-encryption-key": "wrapped"})
}

func (w *world) fullWith(key string, size int64, meta map[string]string) []byte {
	w.t.Helper()
	b := content64(uint64(size), size)
	_, err := w.bucket.Put(w.t.Context(), key, cos.Body{ReaderAt: bytes.NewReader(b), Size: size}, cos.Headers{
		ContentType: "text/x-odd", CacheControl: "no-cache", ContentDisposition: `attachment; filename="x"`,
		ContentLanguage: "zh", ContentEncoding: "br", Expires: "Wed, 28 Oct 2037 20:30:00 GMT",
		StorageClass: "STANDARD_IA", Meta: meta,
		Encryption: cos.Encryption{Algorithm: "cos/kms", KMSKeyID: "key-1"},
		Tags:       []cos.Tag{{Key: "k", Value: "v"}},
		GrantRead:  `id="100000000007"`, ACL: "public-read",
	})
	require.NoError(w.t, err)
	return b
}

// state is all that can be known of an object but the time.
type state struct {
	headers    cos.Headers
	encryption cos.Encryption
	rights     []right
	tags       []cos.Tag
}

func (w *world) state(key, version string) state {
	w.t.Helper()
	head, err := w.bucket.Head(w.t.Context(), key, cos.GetOptions{VersionID: version})
	require.NoError(w.t, err)
	acl, err := w.bucket.ObjectACL(w.t.Context(), key, version)
	require.NoError(w.t, err)
	tags, err := w.bucket.ObjectTags(w.t.Context(), key, version)
	require.NoError(w.t, err)
	return state{head.Headers, head.Encryption, rights(acl), tags}
}

func TestSetHeaders_EditsWhatIsNamedAndCarriesTheRestOver(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	small, big := w.full("d/small", 1000), w.full("d/big", 2*partBytes+7)
	was := w.state("d/small", "")
	require.Equal(t, was, w.state("d/big", ""))
	require.Len(t, was.rights, 2)
	q := w.open(inParts)
	j := finish(t, q, start(t, q, w.changing(SetHeaders, Change{
		Set: map[string]string{"cache-control": "max-age=60 "}, Remove: []string{"Content-Language"},
		SetMeta: map[string]string{"X-Cos-Meta-New": "1"}, RemoveMeta: []string{"who"},
	}, "d/")))
	require.Equal(t, Done, j.State, j.Reason)
	assert.EqualValues(t, 2, j.ItemsDone)
	assert.Zero(t, j.Unverified)
	assert.Zero(t, j.ItemsSkipped)
	want := was
	want.headers.CacheControl, want.headers.ContentLanguage = "max-age=60", ""
	want.headers.Meta = map[string]string{"new": "1", "client-side-encryption-key": "wrapped"}
	for key, b := range map[string][]byte{"d/small": small, "d/big": big} {
		assert.Equal(t, want, w.state(key, ""), key)
		same(t, b, w.stored(key))
	}
	assert.Equal(t, int64(1), w.server.Requests("CopyObject"))
	assert.Equal(t, int64(3), w.server.Requests("UploadPartCopy"))
	assert.Zero(t, w.server.Requests("PutObjectACL")+w.server.Requests("PutObjectTagging"), "all in one request")
	assert.Zero(t, w.uploads())
}

func TestSetClass_ChangesTheClassAndNothingElse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.full("small", 1000)
	w.full("big", 2*partBytes+7)
	want := w.state("small", "")
	want.headers.StorageClass = "INTELLIGENT_TIERING"
	q := w.open(inParts)
	j := finish(t, q, start(t, q, w.changing(SetClass, Change{Class: "intelligent_tiering"}, "small", "big")))
	require.Equal(t, Done, j.State, j.Reason)
	assert.Equal(t, want, w.state("small", ""))
	assert.Equal(t, want, w.state("big", ""))
	assert.EqualValues(t, 2*partBytes+1007, j.Bytes, "of single objects, too")
	assert.Equal(t, j.Bytes, j.BytesDone)
}

func TestSetHeaders_WhatIsSoAlreadyIsNotWritten(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.full("a", 10)
	w.put("b", nil)
	for name, s := range map[string]Spec{
		"headers": w.changing(SetHeaders, Change{Set: map[string]string{"Cache-Control": "no-cache"}, RemoveMeta: []string{"none"}}, "a"),
		"class":   w.changing(SetClass, Change{Class: "STANDARD_IA"}, "a"),
		"usual":   w.changing(SetClass, Change{Class: "STANDARD"}, "b"),
		"type":    w.changing(SetHeaders, Change{Remove: []string{"Content-Type"}}, "b"),
		"tags":    w.changing(SetTags, Change{Tags: []cos.Tag{{Key: "k", Value: "v"}}}, "a"),
		"no tags": w.changing(SetTags, Change{NoTags: true}, "b"),
		"acl":     w.changing(SetACL, Change{ACL: "public-read", GrantRead: `id="100000000007"`}, "a"),
		"default": w.changing(SetACL, Change{ACL: "default"}, "b"),
	} {
		q, j := w.run(s)
		assert.Equal(t, Done, j.State, "%s: %s", name, j.Reason)
		assert.EqualValues(t, 1, j.ItemsSkipped, name)
		items, err := q.Items(t.Context(), j.ID, 0, 1)
		require.NoError(t, err)
		assert.NotEmpty(t, items[0].Reason, name)
		assert.Equal(t, Done, items[0].State)
	}
	for _, op := range []string{"CopyObject", "PutObjectACL", "PutObjectTagging", "DeleteObjectTagging"} {
		assert.Zero(t, w.server.Requests(op), op)
	}
}

func TestSetProperties_OfObjectsAndOfOneVersion(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.NoError(t, w.bucket.SetVersioning(t.Context(), cos.VersioningEnabled))
	w.put("d/k", []byte("old"))
	head, err := w.bucket.Head(t.Context(), "d/k", cos.GetOptions{})
	require.NoError(t, err)
	w.put("d/k", []byte("new"))
	w.put("d/l", []byte("l"))
	tags := []cos.Tag{{Key: "b", Value: "2"}, {Key: "a", Value: ""}}
	_, j := w.run(w.changing(SetTags, Change{Tags: tags}, "d/"))
	require.Equal(t, Done, j.State, j.Reason)
	_, j = w.run(w.changing(SetACL, Change{ACL: "public-read"}, "d/"))
	require.Equal(t, Done, j.State, j.Reason)
	assert.EqualValues(t, 2, j.ItemsDone)
	for _, key := range []string{"d/k", "d/l"} {
		got := w.state(key, "")
		assert.ElementsMatch(t, tags, got.tags)
		assert.Equal(t, []right{{everyone, "READ"}}, got.rights)
	}
	assert.Empty(t, w.state("d/k", head.VersionID).tags, "the old version is another")

	old := w.changing(SetTags, Change{Tags: tags[:1]}, "d/k")
	old.Sources[0].VersionID = head.VersionID
	_, j = w.run(old)
	require.Equal(t, Done, j.State, j.Reason)
	old = w.changing(SetACL, Change{GrantFullControl: `id="qcs::cam::uin/7:uin/7"`}, "d/k")
	old.Sources[0].VersionID = head.VersionID
	_, j = w.run(old)
	require.Equal(t, Done, j.State, j.Reason)
	got := w.state("d/k", head.VersionID)
	assert.Equal(t, tags[:1], got.tags)
	assert.Equal(t, []right{{"7", "FULL_CONTROL"}}, got.rights)
	assert.Len(t, w.state("d/k", "").tags, 2)

	_, j = w.run(w.changing(SetTags, Change{NoTags: true}, "d/k"))
	require.Equal(t, Done, j.State, j.Reason)
	assert.Empty(t, w.state("d/k", "").tags)
	_, j = w.run(w.changing(SetACL, Change{ACL: "default"}, "d/k"))
	require.Equal(t, Done, j.State, j.Reason)
	assert.Zero(t, j.Unverified)
	assert.Empty(t, w.state("d/k", "").rights)
}

func TestChange_AnotherObjectThanTheOneMeantIsLeftAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, s := range []Spec{
		w.changing(SetHeaders, Change{SetMeta: map[string]string{"a": "1"}}, "k"),
		w.changing(SetClass, Change{Class: "ARCHIVE"}, "k"),
		w.changing(SetACL, Change{ACL: "public-read"}, "k"),
		w.changing(SetTags, Change{Tags: []cos.Tag{{Key: "k"}}}, "k"),
		w.changing(Restore, Change{Days: 1}, "k"),
	} {
		w.put("k", []byte("mine"))
		head, err := w.bucket.Head(t.Context(), "k", cos.GetOptions{})
		require.NoError(t, err)
		s.Sources[0].ETag = head.ETag
		w.put("k", []byte("somebody's"))
		was := w.state("k", "")
		_, j := w.run(s)
		assert.Equal(t, Failed, j.State, s.Kind)
		assert.Contains(t, j.Reason, ErrNotThatObject.Error(), s.Kind)
		assert.Equal(t, was, w.state("k", ""), s.Kind)
		same(t, []byte("somebody's"), w.stored("k"))

		s.Sources[0].ETag = `0d599f0ec05c3bda8c3b8a68c32a1b47` // and so if nothing were to be written
		_, j = w.run(s)
		assert.Equal(t, Failed, j.State, s.Kind)
	}
}

// Somebody writes between what the job reads and what it writes.
func TestSetHeaders_ANewerObjectIsNeverOverwritten(t *testing.T) {
	t.Parallel()
	for name, versioned := range map[string]bool{"plain": false, "versioned": true} {
		for size, op := range map[int64]string{100: "CopyObject", 2 * partBytes: "CompleteMultipartUpload"} {
			t.Run(name+" "+op, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				if versioned {
					require.NoError(t, w.bucket.SetVersioning(t.Context(), cos.VersioningEnabled))
				}
				w.full("k", size)
				w.cfg.Parts = 1
				q := w.open(inParts)
				// head, acl, copy; or head, lane, head, acl, tags, initiate, part 1
				at := w.seen.Load() + 3
				if size > 100 {
					at = w.seen.Load() + 6
				}
				w.whenSeen(at, func() {
					b := []byte("newer")
					assert.NoError(t, w.server.Store(bucketName, "k", bytes.NewReader(b), int64(len(b)), emulator.StoreOptions{}))
				})
				j := finish(t, q, start(t, q, w.changing(SetHeaders, Change{SetMeta: map[string]string{"a": "1"}}, "k")))
				assert.Equal(t, Failed, j.State)
				assert.Contains(t, j.Reason, ErrNotThatObject.Error())
				same(t, []byte("newer"), w.stored("k"))
				assert.Zero(t, w.uploads())
				require.NoError(t, q.Retry(t.Context(), j.ID))
				j = finish(t, q, j.ID)
				assert.Equal(t, Done, j.State, j.Reason)
				same(t, []byte("newer"), w.stored("k"))
				assert.Equal(t, "1", w.state("k", "").headers.Meta["a"])
			})
		}
	}
}

func TestSetHeaders_WhatWouldBeLostFails(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := w.bucket.Append(t.Context(), "log", 0, cos.Body{ReaderAt: strings.NewReader("1"), Size: 1}, cos.Headers{})
	require.NoError(t, err)
	w.put("odd", nil)
	acl, err := w.bucket.ObjectACL(t.Context(), "odd", "")
	require.NoError(t, err)
	acl.Grants = append(acl.Grants, cos.Grant{ID: "7", Permission: "WRITE_ACP"})
	require.NoError(t, w.bucket.SetObjectACL(t.Context(), "odd", "", *acl))
	w.put("fat", nil)
	_, err = w.bucket.Put(t.Context(), "fat", cos.Body{ReaderAt: strings.NewReader("")}, cos.Headers{Meta: map[string]string{"x": strings.Repeat("y", 2000)}})
	require.NoError(t, err)
	q, j := w.run(w.changing(SetHeaders, Change{SetMeta: map[string]string{"a": strings.Repeat("z", 100)}}, "log", "odd", "fat"))
	assert.Equal(t, Failed, j.State)
	why := reasons(t, q, j.ID)
	assert.Contains(t, why["log"], "appending")
	assert.Contains(t, why["odd"], "WRITE_ACP to 7")
	assert.Contains(t, why["fat"], "metadata")
	assert.Zero(t, w.server.Requests("CopyObject"))
}

func TestRestore_AsksOnceWaitsAndSaysWhyItSkips(t *testing.T) {
	t.Parallel()
	w := newArchive(t, hours)
	for key, class := range map[string]string{"d/hot": "STANDARD", "d/cold": "ARCHIVE", "d/deep": "DEEP_ARCHIVE", "d/asked": "ARCHIVE"} {
		require.NoError(t, w.server.Store(bucketName, key, strings.NewReader("1"), 1, emulator.StoreOptions{StorageClass: class}))
	}
	require.NoError(t, w.bucket.Restore(t.Context(), "d/asked", cos.RestoreRequest{Days: 1}))
	q := w.open()
	id := start(t, q, w.changing(Restore, Change{Days: 3, Tier: cos.Bulk}, "d/"))
	waits(t, q, id, 3)
	w.pass(hours + time.Minute)
	j := finish(t, q, id)
	require.Equal(t, Done, j.State, j.Reason)
	assert.EqualValues(t, 4, j.ItemsDone)
	assert.EqualValues(t, 1, j.ItemsSkipped)
	assert.Zero(t, j.Unverified)
	items, err := q.Items(t.Context(), j.ID, 0, 10)
	require.NoError(t, err)
	why := map[string]string{}
	for _, it := range items {
		why[it.Name] = it.Reason
	}
	assert.Equal(t, map[string]string{
		"d/hot": "STANDARD needs no restore", "d/asked": "", "d/cold": "", "d/deep": "",
	}, why)
	for _, key := range []string{"d/cold", "d/deep"} {
		head, err := w.bucket.Head(t.Context(), key, cos.GetOptions{})
		require.NoError(t, err)
		require.NotNil(t, head.Restore)
		assert.WithinDuration(t, w.now().Add(3*24*time.Hour), head.Restore.Expires, 2*time.Minute)
	}
	assert.EqualValues(t, 3, w.server.Requests("RestoreObject"))
}
