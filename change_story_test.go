package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
)

// TestChange_OfWhatAnObjectHas sets tags, access and class of one object in the
// panes, one after the other, and restores another; each is read back, and
// what was not named is as it was.
func TestChange_OfWhatAnObjectHas(t *testing.T) {
	t.Parallel()
	svc := startService(t)
	b := svc.client(t)
	const key, cold = "旅行.txt", "z.tar"
	put := func(key, class string) {
		_, err := b.Put(t.Context(), key, cos.Body{ReaderAt: strings.NewReader("text"), Size: 4}, cos.Headers{
			ContentType: "text/x-notes", StorageClass: class, Meta: map[string]string{"who": "me"},
		})
		require.NoError(t, err)
	}
	put(key, "STANDARD")
	put(cold, "ARCHIVE")
	s := startTerminal(t, program(t.Context(), t.TempDir(), svc.env(), t.TempDir(), bucketURI), 100, 30)
	s.untilText("旅行", "z.tar")
	s.press(keyTab)
	s.press(keyEnd)
	change := func(says string, keys ...string) {
		s.press(keys[0])
		s.untilText(says)
		for _, k := range keys[1:] {
			s.press(k)
		}
		s.press(keyEnter)
		s.untilText("Enter acts")
		s.press(keyEnter)
	}
	verified := func(n int) {
		s.press("w")
		s.until("the job's end", func(screen string) bool { return strings.Count(screen, "✓ ") >= n })
		s.press(keyEsc)
		s.untilText("F5 copy")
	}
	change("0 of 10 tags", "T", "team=red")
	verified(1)
	tags, err := b.ObjectTags(t.Context(), key, "")
	require.NoError(t, err)
	assert.Equal(t, []cos.Tag{{Key: "team", Value: "red"}}, tags)

	change("as the bucket has it", "a", keyRight, keyRight)
	verified(2)
	acl, err := b.ObjectACL(t.Context(), key, "")
	require.NoError(t, err)
	assert.Equal(t, "public-read", acl.Canned())

	change("now: 1 STANDARD", "C", keyRight)
	verified(3)
	head, err := b.Head(t.Context(), key, cos.GetOptions{})
	require.NoError(t, err)
	assert.Equal(t, "STANDARD_IA", head.StorageClass)
	assert.Equal(t, "text/x-notes", head.Headers.ContentType)
	assert.Equal(t, map[string]string{"who": "me"}, head.Headers.Meta)
	tags, err = b.ObjectTags(t.Context(), key, "")
	require.NoError(t, err)
	assert.Equal(t, []cos.Tag{{Key: "team", Value: "red"}}, tags, "a change of class keeps the tags")
	acl, err = b.ObjectACL(t.Context(), key, "")
	require.NoError(t, err)
	assert.Equal(t, "public-read", acl.Canned(), "and the ACL")

	s.press("k")
	change("1 ARCHIVE: 3 to 5 hours", "R")
	s.until("the restore", func(string) bool {
		head, err := b.Head(t.Context(), cold, cos.GetOptions{})
		return err == nil && head.Restore != nil
	})
	s.press("i")
	s.untilText("under way standard", "who")
}
