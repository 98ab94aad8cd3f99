package emulator_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const sse = "x-cos-server-side-encryption"

func TestEncryption_IsToldAndNotInheritedByACopy(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.put("k", "1", sse, "cos/kms", sse+"-cos-kms-key-id", "key-1")
	head := c.do("HEAD", "/k", "")
	assert.Equal(t, "cos/kms", head.header.Get(sse))
	assert.Equal(t, "key-1", head.header.Get(sse+"-cos-kms-key-id"))
	require.Equal(t, 200, c.do("PUT", "/plain", "", copySource, testHost+"/k").status)
	assert.Empty(t, c.do("HEAD", "/plain", "").header.Get(sse))
	require.Equal(t, 200, c.do("PUT", "/too", "", copySource, testHost+"/k", sse, "AES256").status)
	assert.Equal(t, "AES256", c.do("HEAD", "/too", "").header.Get(sse))
	assert.Equal(t, "InvalidArgument", c.do("PUT", "/x", "1", sse, "rot13").code())
	assert.Equal(t, "InvalidArgument", c.do("PUT", "/x", "1", sse+"-cos-kms-key-id", "key-1").code())
}

func TestACL_NamesTheCannedOneBesideTheList(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.put("none", "1")
	c.put("public", "1", "x-cos-acl", "public-read")
	c.put("grants", "1", "x-cos-grant-read", `id="a"`)
	for key, want := range map[string]string{"none": "default", "public": "public-read", "grants": ""} {
		assert.Equal(t, want, c.do("GET", "/"+key+"?acl", "").header.Get("x-cos-acl"), key)
	}
}
