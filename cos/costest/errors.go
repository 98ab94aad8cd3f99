package costest

import (
	"crypto/md5" //nolint:gosec // Content-MD5 is MD5
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
)

func errorsChapter() chapter {
	return chapter{"Errors", []promise{
		{"SayTheirCodeAndMatchTheirSentinel", errorsTable},
		{"NameWhatTheyAreAbout", errorsName},
		{"OfHeadHaveNoCode", errorsOfHead},
		{"OfAWrongKeyPairAreBadKey", errorsOfKeyPair},
		{"OfAWrongClockAreMended", errorsOfClock},
	}}
}

// A refusal is a request that cannot succeed, and how it fails.
type refusal struct {
	code      string
	sentinel  error
	retryable bool
	try       func(t testing.TB, p place, key string) error
}

// refusals holds what can be provoked from outside, of the error table. Each
// try gets a key that holds "content".
func refusals() []refusal {
	wrong := md5.Sum([]byte("wrong")) //nolint:gosec // as above
	return []refusal{
		{"NoSuchKey", cos.ErrNotFound, false, func(t testing.TB, p place, key string) error {
			return p.tryGet(t, key+"-none", cos.GetOptions{})
		}},
		{"NoSuchBucket", cos.ErrNoBucket, false, func(t testing.TB, p place, key string) error {
			return p.in(p.Bucket.Client().Bucket(p.freeName(), "")).tryGet(t, key, cos.GetOptions{})
		}},
		{"NoSuchUpload", cos.ErrNoUpload, false, func(t testing.TB, p place, key string) error {
			return p.Bucket.AbortUpload(t.Context(), key, "0123456789abcdef")
		}},
		{"InvalidRange", cos.ErrRange, false, func(t testing.TB, p place, key string) error {
			return p.tryGet(t, key, cos.GetOptions{Range: &cos.ByteRange{Offset: 7, Length: -1}})
		}},
		{"PreconditionFailed", cos.ErrPrecondition, false, func(t testing.TB, p place, key string) error {
			return p.tryGet(t, key, cos.GetOptions{Conditions: cos.Conditions{IfMatch: etagOf("other")}})
		}},
		{"BadDigest", cos.ErrDamaged, true, func(t testing.TB, p place, key string) error {
			body := text("content")
			body.MD5 = &wrong
			return p.tryPut(t, key, body, cos.Headers{})
		}},
		{"NotSupportedStorageClass", cos.ErrUnsupported, false, func(t testing.TB, p place, key string) error {
			return p.tryPut(t, key, text("x"), cos.Headers{StorageClass: "GOLD"})
		}},
		{"InvalidPart", cos.ErrInvalidInput, false, func(t testing.TB, p place, key string) error {
			part := cos.Part{Number: 1, ETag: etagOf("other")}
			return p.tryComplete(t, key, p.initiate(t, key), part)
		}},
		{"EntityTooSmall", cos.ErrInvalidInput, false, func(t testing.TB, p place, key string) error {
			id := p.initiate(t, key)
			return p.tryComplete(t, key, id, p.part(t, key, id, 1, "small"), p.part(t, key, id, 2, "last"))
		}},
		{"AppendPositionErr", cos.ErrPosition, false, func(t testing.TB, p place, key string) error {
			p.append(t, key+"-log", 0, "content")
			return p.tryAppend(t, key+"-log", 1, text("x"))
		}},
		{"ObjectNotAppendable", cos.ErrNotAppendable, false, func(t testing.TB, p place, key string) error {
			return p.tryAppend(t, key, 7, text("x"))
		}},
		{"RestoreNonArchiveObject", cos.ErrNotArchived, false, func(t testing.TB, p place, key string) error {
			return p.Bucket.Restore(t.Context(), key, cos.RestoreRequest{Days: 1, Tier: cos.Standard})
		}},
	}
}

func errorsTable(t *testing.T, p place) {
	for _, r := range refusals() {
		t.Run(r.code, func(t *testing.T) {
			t.Parallel()
			key := p.key(r.code)
			p.put(t, key, "content")
			err := r.try(t, p, key)
			assertCode(t, err, r.code)
			assert.ErrorIs(t, err, r.sentinel)
			assert.Equal(t, r.retryable, cos.Retryable(err))
			assert.Equal(t, "content", p.get(t, key), "a refusal does nothing")
		})
	}
}

func errorsName(t *testing.T, p place) {
	key := p.key("中文 +%2F")
	var api *cos.Error
	require.ErrorAs(t, p.tryGet(t, key, cos.GetOptions{}), &api)
	assert.Equal(t, p.Bucket.Name(), api.Bucket)
	assert.Equal(t, key, api.Key)
	assert.Equal(t, "GetObject", api.Op)
	assert.Equal(t, 404, api.Status)
	assert.NotEmpty(t, api.Message)
	assert.NotEmpty(t, api.RequestID)
	assert.Contains(t, api.Error(), api.RequestID)
	assert.False(t, api.Anonymous)
}

func errorsOfHead(t *testing.T, p place) {
	p.put(t, p.key("k"), "content")
	for name, c := range map[string]struct {
		key  string
		set  cos.Conditions
		want error
	}{
		"404": {p.key("none"), cos.Conditions{}, cos.ErrNotFound},
		"412": {p.key("k"), cos.Conditions{IfMatch: etagOf("other")}, cos.ErrPrecondition},
		"304": {p.key("k"), cos.Conditions{IfNoneMatch: etagOf("content")}, cos.ErrNotModified},
	} {
		err := p.tryHead(t, c.key, cos.GetOptions{Conditions: c.set})
		assert.ErrorIs(t, err, c.want, name)
		var api *cos.Error
		if assert.ErrorAs(t, err, &api, name) {
			assert.Empty(t, api.Code, name)
			assert.NotEmpty(t, api.RequestID, name)
		}
		assert.False(t, cos.Retryable(err), name)
	}
}

func errorsOfKeyPair(t *testing.T, p place) {
	p.needConnect(t)
	p.put(t, p.key("k"), "content")
	for code, spoil := range map[string]func(*cos.Credentials){
		"InvalidAccessKeyId":    func(c *cos.Credentials) { c.SecretID = "AKID" + random() + random() },
		"SignatureDoesNotMatch": func(c *cos.Credentials) { c.SecretKey = random() + random() },
	} {
		stranger := p.connect(t, func(c *cos.Config) {
			pair, err := c.Credentials.Credentials(t.Context())
			require.NoError(t, err)
			spoil(&pair)
			c.Credentials = pair
		})
		err := stranger.tryGet(t, p.key("k"), cos.GetOptions{})
		assertCode(t, err, code)
		assert.ErrorIs(t, err, cos.ErrBadKey)
		assert.False(t, cos.Retryable(err))
	}
	err := p.anonymous(t).tryGet(t, p.key("k"), cos.GetOptions{})
	assertCode(t, err, "AccessDenied")
	assert.ErrorIs(t, err, cos.ErrDenied)
	var api *cos.Error
	require.ErrorAs(t, err, &api)
	assert.True(t, api.Anonymous)
}

func errorsOfClock(t *testing.T, p place) {
	p.needConnect(t)
	p.put(t, p.key("k"), "content")
	for _, wrong := range []time.Duration{-30 * 24 * time.Hour, 3 * time.Hour} {
		late := p.connect(t, func(c *cos.Config) {
			c.Now = func() time.Time { return time.Now().Add(wrong) }
		})
		assert.Equal(t, "content", late.get(t, p.key("k")), "%s", wrong)
		assert.InDelta(t, -wrong, late.Bucket.Client().ClockSkew(), float64(15*time.Minute))
	}
}
