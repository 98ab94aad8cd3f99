package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
)

// TestBucket_StoryOfALifeOfOne makes a bucket in the list of buckets, lets it
// keep versions, fills it, looks at it, and deletes it with all that is in it.
func TestBucket_StoryOfALifeOfOne(t *testing.T) {
	t.Parallel()
	svc := startService(t)
	s := startTerminal(t, program(t.Context(), t.TempDir(), svc.env(), t.TempDir()), 120, 36)
	s.untilText("demo-1250000000/")
	s.press(keyTab + "n")
	s.untilText("New bucket", "ap-guangzhou")
	s.press("Photos")
	s.untilText("capital letters are not allowed")
	s.press("\x7f\x7f\x7f\x7f\x7f\x7fphotos")
	s.untilText("It will be photos-1250000000", "It is private")
	s.press(keyEnter + keyEnter)
	s.untilText("created photos-1250000000")
	s.press("V")
	s.untilText("This bucket keeps no versions")
	s.press(keyTab + keyEnter)
	s.untilText("keeps versions from now on", "versioned")

	b := svc.client(t).Client().Bucket("photos-1250000000", "ap-guangzhou")
	state, err := b.Versioning(t.Context())
	require.NoError(t, err)
	assert.Equal(t, cos.VersioningEnabled, state)
	for range 2 {
		_, err = b.Put(t.Context(), "a/旅行", cos.Body{}, cos.Headers{})
		require.NoError(t, err)
	}
	_, err = b.Delete(t.Context(), "a/旅行", "")
	require.NoError(t, err)
	_, err = b.InitiateUpload(t.Context(), "big", cos.Headers{})
	require.NoError(t, err)

	s.press("i")
	s.untilText("Properties of cos://photos-1250000000/", "objects or versions, and 1 unfinished upload", "kept: what is overwritten")
	s.press(keyEsc)
	s.untilText("F5 copy")
	s.press("d")
	s.untilText("This bucket is not empty", "3 files", "type photos-1250000000 to go on")
	s.press("photos-1250000000" + keyTab + keyEnter)
	s.untilText("the bucket photos-1250000000: deleted")
	s.until("the list without it", func(string) bool {
		all, err := svc.client(t).Client().ListBuckets(t.Context())
		return err == nil && len(all) == 1
	})
}
