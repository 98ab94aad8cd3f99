package cos

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestHeaders_CheckRefusesWhatNoObjectCanHave(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("v", MaxMetaBytes)
	for name, c := range map[string]struct {
		h    Headers
		says string
	}{
		"nothing":           {Headers{}, ""},
		"metadata":          {Headers{Meta: map[string]string{"a": long[1:]}}, ""},
		"too much metadata": {Headers{Meta: map[string]string{"a": long}}, "2049 bytes of metadata"},
		"underscore":        {Headers{Meta: map[string]string{"a_b": "1"}}, "underscore"},
		"no name":           {Headers{Meta: map[string]string{"": "1"}}, "no name for metadata"},
		"line break":        {Headers{CacheControl: "a\nb"}, "control character"},
		"empty tag":         {Headers{Tags: []Tag{{Value: "v"}}}, "tag"},
		"eleven tags":       {Headers{Tags: make([]Tag, MaxTags+1)}, "11 tags"},
	} {
		err := c.h.Check()
		if c.says == "" {
			assert.NoError(t, err, name)
			continue
		}
		require.ErrorIs(t, err, ErrInvalidInput, name)
		assert.ErrorContains(t, err, c.says, name)
	}
}

func TestHeaders_TagsAndEncryptionAreSent(t *testing.T) {
	t.Parallel()
	to := http.Header{}
	h := Headers{Tags: []Tag{{"a b", "c&d"}, {"e", ""}}, Encryption: Encryption{"cos/kms", "id"}}
	require.NoError(t, h.set(to))
	assert.Equal(t, "a%20b=c%26d&e=", to.Get("x-cos-tagging"))
	assert.Equal(t, "cos/kms", to.Get("x-cos-server-side-encryption"))
	assert.Equal(t, "id", to.Get("x-cos-server-side-encryption-cos-kms-key-id"))
}

func TestChecks_KnowWhatTheServiceTakes(t *testing.T) {
	t.Parallel()
	for _, class := range append(StorageClasses(), "standard_ia") {
		assert.NoError(t, CheckClass(class), class)
	}
	for _, class := range []string{"", "GLACIER", "ARCHIVE "} {
		assert.ErrorIs(t, CheckClass(class), ErrInvalidInput, class)
	}
	assert.True(t, Archived("MAZ_ARCHIVE"))
	assert.True(t, Archived("deep_archive"))
	assert.False(t, Archived("STANDARD_IA"))
	assert.NoError(t, CheckCannedACL("", `id="1"`, ""))
	assert.NoError(t, CheckCannedACL("default", "", ""))
	assert.ErrorIs(t, CheckCannedACL("", "", ""), ErrInvalidInput)
	assert.ErrorIs(t, CheckCannedACL("public-read-write", "", ""), ErrInvalidInput)
	assert.NoError(t, RestoreRequest{Days: 365}.Check())
	assert.ErrorIs(t, RestoreRequest{Days: 366}.Check(), ErrInvalidInput)
	assert.ErrorIs(t, RestoreRequest{Days: 1, Tier: "Now"}.Check(), ErrInvalidInput)
}
