package cos_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
)

func TestCheckNewBucket_SaysWhyANameCannotBe(t *testing.T) {
	t.Parallel()
	for name, says := range map[string]string{
		"":                                      "no name",
		"Photos-1250000000":                     "capital letters",
		"my_photos-1250000000":                  "only lower case letters, digits and hyphens",
		"照片-1250000000":                         "only lower case letters, digits and hyphens",
		"-photos-1250000000":                    "begins with a hyphen",
		"photos":                                "does not end in -APPID",
		"photos-":                               "does not end in -APPID",
		"photos-x1":                             "does not end in -APPID",
		"photos--1250000000":                    "a hyphen too many",
		strings.Repeat("p", 20) + "-1250000000": "61 characters, and 60 are allowed",
	} {
		err := cos.CheckNewBucket(name, "ap-guangzhou")
		require.ErrorIs(t, err, cos.ErrInvalidBucket, name)
		assert.ErrorContains(t, err, says, name)
	}
	for _, name := range []string{"photos-1250000000", "1-2", "a-b-c-1250000000", strings.Repeat("p", 19) + "-1250000000"} {
		assert.NoError(t, cos.CheckNewBucket(name, "ap-guangzhou"), name)
	}
	assert.ErrorIs(t, cos.CheckNewBucket("photos-1250000000", ""), cos.ErrNoRegion)
	assert.ErrorIs(t, cos.CheckNewBucket("photos-1250000000", "Guangzhou"), cos.ErrNoRegion)
}

func TestCreateBucketIn_AsksTheRegion(t *testing.T) {
	t.Parallel()
	b := answers(t, "PUT /", "", 200, "")
	require.NoError(t, b.Client().CreateBucketIn(t.Context(), "photos-1250000000", "ap-beijing"))
	err := b.Client().CreateBucketIn(t.Context(), "Photos-1250000000", "ap-beijing")
	assert.ErrorIs(t, err, cos.ErrInvalidBucket, "nothing is sent")
}
