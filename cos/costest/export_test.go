package costest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"cosmander/cos"
)

// RoundTrip takes a key of Bucket, and of Versioned, which has versioning
// enabled, through every operation that has a key.
func RoundTrip(t *testing.T, env Env, key string) {
	t.Helper()
	require.NotNil(t, env.Versioned)
	p := place{&suite{Env: env}, env.Bucket, ""}
	beside := "beside"
	if key == beside {
		beside = "another"
	}
	roundTrip(t, p, key, beside)
	if cos.CheckKey(key) != nil {
		return
	}
	passVersions(t, p.in(env.Versioned), key)
}
