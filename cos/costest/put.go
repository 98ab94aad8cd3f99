package costest

import (
	"crypto/md5" //nolint:gosec // Content-MD5 is MD5
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
)

func putChapter() chapter {
	return chapter{"Put", []promise{
		{"StoresTheBytesAndSaysTheirSums", putStoresTheBytes},
		{"KeepsEveryHeader", putKeepsEveryHeader},
		{"KeepsTheStorageClass", putKeepsTheClass},
		{"ReplacesTheWholeObject", putReplaces},
		{"OfNothingIsAnObject", putOfNothing},
		{"ChecksTheContentMD5", putChecksMD5},
		{"HoldsTheBoundsOfTheTrafficLimit", putTrafficLimit},
		{"HoldsTheLimitOfMetadata", putMetadataLimit},
		{"RefusesKeysThatCannotBe", putRefusesKeys},
	}}
}

func putStoresTheBytes(t *testing.T, p place) {
	for name, content := range map[string]string{
		"a byte": "x", "a line": "hello\n", "all bytes": allBytes(), "more than a megabyte": filler(1<<20 + 7),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			key := p.key(name)
			r := p.put(t, key, content)
			assert.Equal(t, etagOf(content), r.ETag)
			assert.True(t, r.HasCRC64)
			assert.Equal(t, crcOf(content), r.CRC64)
			assert.Equal(t, crcOf(content), r.SentCRC64)
			assert.Empty(t, r.VersionID, "the bucket has no versions")
			h, got := p.open(t, key, cos.GetOptions{})
			assert.Equal(t, int64(len(content)), h.Size)
			assertSame(t, content, got)
		})
	}
}

func allBytes() string {
	var b strings.Builder
	for i := range 256 {
		b.WriteByte(byte(i))
	}
	return b.String()
}

// everyHeader sets all that a writer may set but what opens the object to
// others.
func everyHeader() cos.Headers {
	return cos.Headers{
		ContentType:        "text/x-costest; charset=utf-8",
		CacheControl:       "max-age=7, must-revalidate",
		ContentDisposition: `attachment; filename="a b.txt"`,
		ContentEncoding:    "identity",
		ContentLanguage:    "zh-cn, en",
		Expires:            "Wed, 28 Oct 2037 20:30:00 GMT",
		StorageClass:       "STANDARD_IA",
		Meta:               map[string]string{"color": "deep blue", "a-b-1": "x=1; y=2", "empty-not": "0"},
	}
}

// otherHeaders has another value for each.
func otherHeaders() cos.Headers {
	return cos.Headers{
		ContentType: "application/x-other", CacheControl: "no-cache", ContentDisposition: "inline", ContentEncoding: "x-none",
		ContentLanguage: "de", Expires: "Thu, 29 Oct 2037 20:30:00 GMT", StorageClass: "STANDARD",
		Meta: map[string]string{"other": "yes"},
	}
}

// assertHeaders compares all that HEAD and GET tell of a writer's headers.
func assertHeaders(t testing.TB, want cos.Headers, got cos.Headers) {
	t.Helper()
	want.ACL, want.GrantRead, want.GrantFullControl = "", "", "" // told by the ACL only
	assert.Equal(t, want, got)
}

func putKeepsEveryHeader(t *testing.T, p place) {
	key, want := p.key("k"), everyHeader()
	p.put(t, key, "content", want)
	assertHeaders(t, want, p.head(t, key).Headers)
	opened, _ := p.open(t, key, cos.GetOptions{})
	assertHeaders(t, want, opened.Headers)
}

func putKeepsTheClass(t *testing.T, p place) {
	for sent, want := range map[string]string{
		"": "STANDARD", "STANDARD": "STANDARD", "STANDARD_IA": "STANDARD_IA", "standard_ia": "STANDARD_IA",
		"INTELLIGENT_TIERING": "INTELLIGENT_TIERING",
	} {
		t.Run("class "+sent, func(t *testing.T) {
			t.Parallel()
			key := p.key("class-" + sent)
			p.put(t, key, "content", cos.Headers{StorageClass: sent})
			assert.Equal(t, want, p.head(t, key).StorageClass)
			page, err := p.Bucket.List(t.Context(), cos.ListOptions{Prefix: key, MaxKeys: 1})
			require.NoError(t, err)
			require.Len(t, page.Objects, 1)
			assert.Equal(t, want, page.Objects[0].StorageClass)
		})
	}
	err := p.tryPut(t, p.key("none"), text("x"), cos.Headers{StorageClass: "GOLD"})
	assertCode(t, err, "NotSupportedStorageClass")
}

func putReplaces(t *testing.T, p place) {
	key := p.key("k")
	p.put(t, key, "the first, longer content", everyHeader())
	p.put(t, key, "the second")
	h, content := p.open(t, key, cos.GetOptions{})
	assert.Equal(t, "the second", content)
	assert.Empty(t, h.Headers.Meta)
	assert.Empty(t, h.Headers.CacheControl)
	assert.Equal(t, "STANDARD", h.StorageClass)
}

func putOfNothing(t *testing.T, p place) {
	key := p.key("folder/")
	r := p.put(t, key, "")
	assert.Equal(t, etagOf(""), r.ETag)
	assert.True(t, r.HasCRC64)
	assert.Zero(t, r.CRC64)
	h, content := p.open(t, key, cos.GetOptions{})
	assert.Zero(t, h.Size)
	assert.Empty(t, content)
}

func putChecksMD5(t *testing.T, p place) {
	key := p.key("k")
	right, wrong := md5.Sum([]byte("right")), md5.Sum([]byte("wrong")) //nolint:gosec // as above
	body := text("right")
	body.MD5 = &right
	require.NoError(t, p.tryPut(t, key, body, cos.Headers{}))

	body.MD5 = &wrong
	// The documents disagree about the code.
	assertCode(t, p.tryPut(t, p.key("none"), body, cos.Headers{}), "BadDigest", "InvalidDigest")
	assert.ErrorIs(t, p.tryHead(t, p.key("none"), cos.GetOptions{}), cos.ErrNotFound, "nothing was stored")
	body = text("other")
	body.MD5 = &wrong
	assertCode(t, p.tryPut(t, key, body, cos.Headers{}), "BadDigest", "InvalidDigest")
	assert.Equal(t, "right", p.get(t, key), "what was there stays")
}

func putTrafficLimit(t *testing.T, p place) {
	for limit, fine := range trafficLimits() {
		body := text("content")
		body.TrafficLimit = limit
		err := p.tryPut(t, p.key("k"), body, cos.Headers{})
		if fine {
			assert.NoError(t, err, "limit %d", limit)
		} else {
			assertRefused(t, err, "limit", limit)
		}
	}
}

// trafficLimits are values in bit/s and whether they are within the bounds.
func trafficLimits() map[int64]bool {
	return map[int64]bool{819_199: false, 819_200: true, 838_860_800: true, 838_860_801: false, 1: false, -1: false}
}

func putMetadataLimit(t *testing.T, p place) {
	key := p.key("k")
	// Whether names count is not documented, so neither is the exact bound.
	meta := map[string]string{"a": strings.Repeat("x", 1000), "b": strings.Repeat("y", 1000)}
	p.put(t, key, "content", cos.Headers{Meta: meta})
	assert.Equal(t, meta, p.head(t, key).Headers.Meta)
	meta = map[string]string{"a": strings.Repeat("x", 1000), "b": strings.Repeat("y", 1049)}
	assertRefused(t, p.tryPut(t, key, text("content"), cos.Headers{Meta: meta}))
}

func putRefusesKeys(t *testing.T, p place) {
	for name, key := range map[string]string{
		"empty": "", "too long": p.key(strings.Repeat("k", cos.MaxKeyBytes+1-len(p.folder))), "slash first": "/" + p.key("k"),
		"control character 24": p.key("\x18"), "control character 27": p.key("\x1b"), "not UTF-8": p.key("\xff"),
		"the bucket itself": p.key("../../.."),
	} {
		assert.ErrorIs(t, p.tryPut(t, key, text("content"), cos.Headers{}), cos.ErrInvalidKey, name)
		_, err := p.Bucket.InitiateUpload(t.Context(), key, cos.Headers{})
		assert.ErrorIs(t, err, cos.ErrInvalidKey, name)
	}
}
