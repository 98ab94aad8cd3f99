package costest

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
)

func keysChapter() chapter {
	return chapter{"Keys", []promise{
		{"OfAnyKindPassThroughEveryOperation", keysOfAnyKind},
		{"OfOneByteToTheLimitAreKeys", keysOfAnyLength},
		{"AreNeverCleanedOrFolded", keysAreDistinct},
		{"ThatStandForTheBucketAreNotSent", keysOfTheBucket},
	}}
}

// oddNames are what breaks clients and servers, each in its own way.
func oddNames() []string {
	return []string{
		" lead", "trail ", "a  b", "a/", "a//b///", "./a/./b", "../a/../b", "a/..", "...", ".", "..",
		"%", "%2F%2f%00", "%zz100%", "a+b%20c", "a?b=c&d#e", "a;b=c,d:e@f", "[a]{b}|^`~*!$()", `a\b"c'd`, "<a>]]>", "&amp;&#1;",
		"\x00\x01\x02", "\tlead", "trail\n", "a\rb\r\nc\n\td", "a\x08\x0b\x0c\x0e\x17b\x1c\x1f\x7f", "\u0080\u009f\u00a0",
		"文件/文件.txt", "😀👩‍👩‍👧", "ée\u0301ßİ", "\u2028a\u2029", "\u202eabc\u200f", "\ufeff", "\ufffd\uffff\ufdd0\U0010ffff",
		"acl", "?uploads", "versions", "uploadId=1", "x-cos-meta-a", "null",
	}
}

func keysOfAnyKind(t *testing.T, p place) {
	for i, name := range oddNames() {
		t.Run(strconv.QuoteToASCII(name), func(t *testing.T) {
			t.Parallel()
			folder := p.key(strconv.Itoa(i))
			roundTrip(t, p, folder+"/"+name, folder+"-beside")
		})
	}
}

func keysOfAnyLength(t *testing.T, p place) {
	for name, unit := range map[string]string{"ASCII": "k", "CJK": "中", "to be encoded": " ", "slashes": "/"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			room := cos.MaxKeyBytes - len(p.key(""))
			long := strings.Repeat(unit, room/len(unit))
			long += strings.Repeat("x", room-len(long))
			require.Len(t, p.key(long), cos.MaxKeyBytes)
			roundTrip(t, p, p.key(long), p.key("beside "+name))
		})
	}
	t.Run("a byte", func(t *testing.T) {
		t.Parallel()
		p.needScratch(t) // all other keys begin with the folder
		here := p.in(p.create(t))
		for _, key := range []string{"k", " ", "%", "\x01", "?"} {
			roundTrip(t, here, key, "beside")
		}
	})
}

func keysAreDistinct(t *testing.T, p place) {
	names := []string{
		"a/b", "a//b", "a/./b", "a/../a/b", "a/b/", "A/b", "a/b ", "a%2Fb", "a\\b", "e\u0301", "é", "a+b", "a b", "a%20b", "中", "%E4%B8%AD",
	}
	for _, name := range names {
		p.put(t, p.key(name), name)
	}
	for _, name := range names {
		assert.Equal(t, name, p.get(t, p.key(name)))
	}
	assert.ElementsMatch(t, p.under(names...), p.listed(t))
}

// keysOfTheBucket would make of a request on an object one on the bucket,
// should the service clean paths.
func keysOfTheBucket(t *testing.T, p place) {
	ctx, b := t.Context(), p.Bucket
	part := []cos.Part{{Number: 1, ETag: etagOf("")}}
	for _, key := range []string{"", ".", "..", "/", "a/..", p.key("../../..")} {
		for name, try := range map[string]func() error{
			"get":          func() error { return p.tryGet(t, key, cos.GetOptions{}) },
			"head":         func() error { return p.tryHead(t, key, cos.GetOptions{}) },
			"put":          func() error { return p.tryPut(t, key, text(""), cos.Headers{}) },
			"append":       func() error { return p.tryAppend(t, key, 0, text("")) },
			"copy to":      func() error { return p.tryCopy(t, key, cos.CopySource{Key: p.key("k")}, cos.CopyOptions{}) },
			"copy from":    func() error { return p.tryCopy(t, p.key("k"), cos.CopySource{Key: key}, cos.CopyOptions{}) },
			"delete":       func() error { _, err := b.Delete(ctx, key, ""); return err },
			"delete many":  func() error { _, err := b.DeleteMany(ctx, []cos.ObjectVersion{{Key: key}}, true); return err },
			"restore":      func() error { return b.Restore(ctx, key, cos.RestoreRequest{Days: 1, Tier: cos.Bulk}) },
			"select":       func() error { _, _, err := p.tryQuery(t, key, csvQuery("SELECT * FROM COSObject")); return err },
			"initiate":     func() error { _, err := b.InitiateUpload(ctx, key, cos.Headers{}); return err },
			"part":         func() error { return p.tryPart(t, key, "id", 1, text("")) },
			"copy part to": func() error { return p.tryCopyPart(t, anUpload{key, "id"}, 1, cos.CopySource{Key: p.key("k")}, nil) },
			"list parts":   func() error { _, err := b.ListParts(ctx, key, "id", cos.PartsOptions{}); return err },
			"complete":     func() error { return p.tryComplete(t, key, "id", part...) },
			"abort":        func() error { return b.AbortUpload(ctx, key, "id") },
			"get ACL":      func() error { _, err := b.ObjectACL(ctx, key, ""); return err },
			"set ACL":      func() error { return b.SetObjectCannedACL(ctx, key, "", "private", "", "") },
			"get tags":     func() error { _, err := b.ObjectTags(ctx, key, ""); return err },
			"set tags":     func() error { return b.SetObjectTags(ctx, key, "", []cos.Tag{{Key: "a", Value: "1"}}) },
			"delete tags":  func() error { return b.DeleteObjectTags(ctx, key, "") },
			"presign get":  func() error { _, err := b.PresignGet(ctx, key, anHour()); return err },
			"presign put":  func() error { _, err := b.PresignPut(ctx, key, anHour()); return err },
		} {
			assert.ErrorIs(t, try(), cos.ErrInvalidKey, "%s %q", name, key)
		}
	}
}

// roundTrip takes key through every operation that has one. Nothing is at it
// before and after, nor at beside, which is of no interest.
func roundTrip(t *testing.T, p place, key, beside string) {
	t.Helper()
	if cos.CheckKey(key) != nil {
		assert.ErrorIs(t, p.tryPut(t, key, text("x"), cos.Headers{}), cos.ErrInvalidKey)
		return
	}
	passObject(t, p, key)
	passAttributes(t, p, key)
	passURLs(t, p, key)
	passCopies(t, p, key, beside)
	passParts(t, p, key, beside)
	p.delete(t, beside, "")
	passAppend(t, p, key)
}

func passObject(t *testing.T, p place, key string) {
	t.Helper()
	p.put(t, key, people)
	assert.Equal(t, people, p.get(t, key))
	assert.Equal(t, int64(len(people)), p.head(t, key).Size)
	keys, prefixes := p.collect(t, cos.ListOptions{Prefix: key})
	assert.Equal(t, []string{key}, keys)
	assert.Empty(t, prefixes)
	records, _ := p.query(t, key, csvQuery("SELECT name FROM COSObject LIMIT 1"))
	assert.Equal(t, "ann\n", records)
	err := p.Bucket.Restore(t.Context(), key, cos.RestoreRequest{Days: 1, Tier: cos.Standard})
	assertCode(t, err, "RestoreNonArchiveObject") // so it found the key
	p.delete(t, key, "")
	assert.ErrorIs(t, p.tryHead(t, key, cos.GetOptions{}), cos.ErrNotFound)
}

func passAttributes(t *testing.T, p place, key string) {
	t.Helper()
	p.put(t, key, "content")
	p.setCanned(t, key, "", "public-read")
	assert.Equal(t, "public-read", p.acl(t, key, "").Canned())
	p.setCanned(t, key, "", "private")
	tag := cos.Tag{Key: "a", Value: "1"}
	p.setTags(t, key, "", tag)
	assert.Equal(t, []cos.Tag{tag}, p.tags(t, key, ""))
	require.NoError(t, p.Bucket.DeleteObjectTags(t.Context(), key, ""))
	assert.Equal(t, []cos.DeletedObject{{Key: key}}, p.deleteMany(t, false, key).Deleted)
	assert.ErrorIs(t, p.tryHead(t, key, cos.GetOptions{}), cos.ErrNotFound)
}

func passURLs(t *testing.T, p place, key string) {
	t.Helper()
	status, _, answer := p.fetch(t, http.MethodPut, p.presignPut(t, key, anHour()), "content", nil)
	assert.Equal(t, http.StatusOK, status, answer)
	status, _, answer = p.fetch(t, http.MethodGet, p.presignGet(t, key, anHour()), "", nil)
	assert.Equal(t, http.StatusOK, status)
	assert.Equal(t, "content", answer)
	p.delete(t, key, "")
}

func passCopies(t *testing.T, p place, key, beside string) {
	t.Helper()
	p.put(t, key, "content")
	p.copy(t, beside, cos.CopySource{Key: key}, cos.CopyOptions{})
	assert.Equal(t, "content", p.get(t, beside))
	p.delete(t, key, "")
	p.copy(t, key, cos.CopySource{Key: beside}, cos.CopyOptions{})
	assert.Equal(t, "content", p.get(t, key))
}

// passParts finds content at key and beside, and leaves more at key.
func passParts(t *testing.T, p place, key, beside string) {
	t.Helper()
	u, lost := anUpload{key, p.initiate(t, key)}, anUpload{key, p.initiate(t, key)}
	listed, _ := p.uploads(t, cos.UploadsOptions{Prefix: key})
	assert.ElementsMatch(t, []anUpload{u, lost}, listed)
	listed, _ = p.uploads(t, cos.UploadsOptions{Prefix: key, MaxUploads: 1})
	assert.ElementsMatch(t, []anUpload{u, lost}, listed)
	require.NoError(t, p.Bucket.AbortUpload(t.Context(), key, lost.id))
	part := p.part(t, key, u.id, 1, "a part")
	assert.Equal(t, []cos.Part{part}, p.parts(t, key, u.id))
	p.complete(t, key, u.id, part)
	assert.Equal(t, "a part", p.get(t, key))

	at := anUpload{beside, p.initiate(t, beside)}
	p.complete(t, at.key, at.id, p.copyPart(t, at, 1, cos.CopySource{Key: key}, nil))
	assert.Equal(t, "a part", p.get(t, beside))
	u.id = p.initiate(t, key)
	p.complete(t, key, u.id, p.copyPart(t, u, 1, cos.CopySource{Key: beside}, &cos.ByteRange{Offset: 2, Length: 4}))
	assert.Equal(t, "part", p.get(t, key))
}

func passAppend(t *testing.T, p place, key string) {
	t.Helper()
	p.delete(t, key, "")
	p.append(t, key, 0, "one")
	p.append(t, key, 3, " two")
	assert.Equal(t, "one two", p.get(t, key))
	p.delete(t, key, "")
	keys, _ := p.collect(t, cos.ListOptions{Prefix: key})
	assert.Empty(t, keys)
}

// passVersions takes key through what only a bucket with versions does.
func passVersions(t *testing.T, p place, key string) {
	t.Helper()
	first, second := p.put(t, key, "first").VersionID, p.put(t, key, "second").VersionID
	marker := p.delete(t, key, "").VersionID
	o := cos.VersionsOptions{Prefix: key, MaxKeys: 1}
	names := map[string]string{first: " 1", second: " 2", marker: " 3"}
	assert.Equal(t, []string{key + " 3 marker latest", key + " 2", key + " 1"}, p.history(t, o, names))
	assert.Equal(t, "first", p.get(t, key, cos.GetOptions{VersionID: first}))
	p.copy(t, key, cos.CopySource{Key: key, VersionID: first}, cos.CopyOptions{Replace: true})
	assert.Equal(t, "first", p.get(t, key))
	p.setCanned(t, key, second, "public-read")
	p.setTags(t, key, second, cos.Tag{Key: "a", Value: "1"})
	assert.Equal(t, "public-read", p.acl(t, key, second).Canned())
	assert.Len(t, p.tags(t, key, second), 1)
	url := p.presignGet(t, key, cos.PresignOptions{Lifetime: anHour().Lifetime, VersionID: second})
	_, _, content := p.fetch(t, http.MethodGet, url, "", nil)
	assert.Equal(t, "second", content)
	p.delete(t, key, first)
	doomed := []cos.ObjectVersion{{Key: key, VersionID: second}, {Key: key, VersionID: marker}}
	r, err := p.Bucket.DeleteMany(t.Context(), doomed, false)
	require.NoError(t, err)
	assert.Empty(t, r.Failed)
	p.delete(t, key, p.head(t, key).VersionID)
	assert.Empty(t, p.history(t, cos.VersionsOptions{Prefix: key}, nil))
}
