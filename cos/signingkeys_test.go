package cos_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
)

func TestSigningKeys_SayWhetherAndWhenTheyEnd(t *testing.T) {
	t.Parallel()
	at := signedAt.Add(time.Hour)
	for name, c := range map[string]struct {
		creds cos.Credentials
		want  cos.SigningKeys
	}{
		"permanent":         {cos.Credentials{SecretID: "a", SecretKey: "b"}, cos.SigningKeys{}},
		"a token":           {cos.Credentials{SecretID: "a", SecretKey: "b", Token: "t"}, cos.SigningKeys{Temporary: true}},
		"a token until":     {cos.Credentials{SecretID: "a", SecretKey: "b", Token: "t", Expires: at}, cos.SigningKeys{Temporary: true, Until: at}},
		"without a session": {cos.Credentials{SecretID: "a", SecretKey: "b", Expires: at}, cos.SigningKeys{Temporary: true, Until: at}},
	} {
		got, err := presigner(t, func(cfg *cos.Config) { cfg.Credentials = c.creds }).SigningKeys(t.Context())
		require.NoError(t, err, name)
		assert.Equal(t, c.want, got, name)
	}
	_, err := presigner(t, func(cfg *cos.Config) { cfg.Credentials = cos.Credentials{} }).SigningKeys(t.Context())
	assert.ErrorIs(t, err, cos.ErrNoCredentials)
}
