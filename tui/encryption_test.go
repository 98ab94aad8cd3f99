package tui

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestEncryption_ThePlanOfAnUploadOffersTheKeys(t *testing.T) {
	t.Parallel()
	d := scene(t, 80, 24)
	d.m.deps.Encryption = Encryption{Keys: []string{"mine", "old"}, Unasked: func(bucket, key string) string {
		assert.Equal(t, "b-1", bucket)
		return "old"
	}}
	d.press("tab", "j", "j", "c")
	assert.Contains(t, d.screen(), "Encrypted with  ‹ key old ›")
	d.golden("plan-encrypted-80x24")
	d.press("tab", "tab", "right")
	assert.Contains(t, d.screen(), "no key: it is stored as it is")
	d.press("right")
	assert.Contains(t, d.screen(), "key mine")
	d.press("enter")
	require.Len(t, d.queue.added, 1)
	assert.Equal(t, "mine", d.queue.added[0].Encrypt)

	d.press("tab", "j", "j", "c")
	assert.NotContains(t, d.screen(), "Encrypted with", "what comes here is decrypted")
}

func TestEncryption_NothingIsUploadedWhileTheKeysAreNotKnown(t *testing.T) {
	t.Parallel()
	d := scene(t, 80, 24)
	d.m.deps.Encryption.Broken = errors.New("config.toml, line 3: keys.a: want a table")
	d.press("tab", "j", "j", "c")
	assert.Contains(t, d.screen(), "what is to be encrypted is not known: config.toml, line 3")
	assert.Empty(t, d.queue.added)
}

func TestEncryption_WhatIsPlainHasNothingElseToShow(t *testing.T) {
	t.Parallel()
	d := scene(t, 80, 24)
	d.press("G", "f3", "S")
	assert.Contains(t, d.screen(), "it is not encrypted: the service sees what you see")
}
