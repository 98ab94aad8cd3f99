package cse

import (
	"crypto/rand"
	"crypto/rsa"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Keys are made once: 2048 bits take a while under the race detector.
var testRSA = sync.OnceValue(func() []*rsa.PrivateKey {
	keys := make([]*rsa.PrivateKey, 2)
	for i := range keys {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic(err)
		}
		keys[i] = key
	}
	return keys
})

func rsaKey(t *testing.T, i int) *RSAKey {
	t.Helper()
	k, err := NewRSAKey(testRSA()[i])
	require.NoError(t, err)
	return k
}

func TestRSAKey_PublicHalfWritesAndPrivateHalfReads(t *testing.T) {
	t.Parallel()
	private := rsaKey(t, 0)
	public, err := NewRSAPublicKey(&testRSA()[0].PublicKey)
	require.NoError(t, err)
	assert.Equal(t, private.KID(), public.KID())
	d := NewDataKey()
	e, err := Seal(public, d, 10, nil)
	require.NoError(t, err)
	_, err = e.Open(public, 10)
	require.ErrorIs(t, err, ErrPublicOnly)
	back, err := e.Open(private, 10)
	require.NoError(t, err)
	assert.Equal(t, d.reveal(), back.reveal())
}

func TestRSAKey_WrongKeyIsTypedWithAndWithoutFingerprint(t *testing.T) {
	t.Parallel()
	right, wrong := rsaKey(t, 0), rsaKey(t, 1)
	e, err := Seal(right, NewDataKey(), 10, nil)
	require.NoError(t, err)
	var wrongKey *WrongKeyError
	_, err = e.Open(wrong, 10)
	require.ErrorAs(t, err, &wrongKey)
	assert.Equal(t, WrongKeyError{Object: right.KID(), Yours: wrong.KID()}, *wrongKey)

	e.KID = ""
	_, err = e.Open(wrong, 10)
	require.ErrorAs(t, err, &wrongKey)
	assert.Equal(t, WrongKeyError{Yours: wrong.KID()}, *wrongKey)
	assert.ErrorContains(t, err, "this key does not open the object")
}

func TestRSAKey_PaddingsAreNeverMixed(t *testing.T) {
	t.Parallel()
	k := rsaKey(t, 0)
	d := NewDataKey()
	w, err := k.Wrap(d)
	require.NoError(t, err)
	//nolint:staticcheck // the old padding is what the Python SDK writes for keys given by value
	old, err := rsa.EncryptPKCS1v15(rand.Reader, k.public, d.reveal().iv[:])
	require.NoError(t, err)
	var wrongKey *WrongKeyError
	_, err = k.Unwrap(Wrapped{Key: w.Key, IV: old})
	require.ErrorAs(t, err, &wrongKey)

	_, err = k.Unwrap(Wrapped{Key: w.IV, IV: w.Key})
	require.ErrorAs(t, err, &wrongKey, "exchanged values have the wrong lengths inside")
	_, err = k.Unwrap(Wrapped{Key: w.Key, IV: flip(w.IV, 9)})
	require.ErrorAs(t, err, &wrongKey)
	_, err = k.Unwrap(Wrapped{Key: slices.Clip(w.Key[:128]), IV: w.IV[:128]})
	require.ErrorAs(t, err, &wrongKey, "another modulus length")
}

func TestKeys_RefuseEachOthersObjects(t *testing.T) {
	t.Parallel()
	var unsupported *UnsupportedError
	byAES, err := aesKey(t, 0).Wrap(NewDataKey())
	require.NoError(t, err)
	_, err = rsaKey(t, 0).Unwrap(byAES)
	require.ErrorAs(t, err, &unsupported)
	byRSA, err := rsaKey(t, 0).Wrap(NewDataKey())
	require.NoError(t, err)
	_, err = aesKey(t, 0).Unwrap(byRSA)
	require.ErrorAs(t, err, &unsupported)
	_, err = aesKey(t, 0).Unwrap(Wrapped{Key: make([]byte, 5), IV: make([]byte, 5)})
	require.ErrorIs(t, err, ErrDamaged)
}

func TestRSAKey_RefusesSizesThatMustNotBeWritten(t *testing.T) {
	t.Parallel()
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	require.NoError(t, err)
	k, err := NewRSAKey(small)
	require.NoError(t, err)
	_, err = k.Wrap(NewDataKey())
	require.ErrorContains(t, err, "not 1024")
}
