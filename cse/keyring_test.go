package cse

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func ring(keys map[string]Key, order ...string) *Keyring {
	r := &Keyring{}
	for _, name := range order {
		r.Add(name, func() (Key, error) { return keys[name], nil })
	}
	return r
}

func TestKeyring_OpensWithTheKeyThatTheObjectNames(t *testing.T) {
	t.Parallel()
	keys := map[string]Key{"a": aesKey(t, 0), "b": aesKey(t, 1), "r": rsaKey(t, 0)}
	r := ring(keys, "a", "b", "r")
	for name, key := range keys {
		e, err := Seal(key, NewDataKey(), 80, nil)
		require.NoError(t, err)
		_, got, err := r.Open(e, 80)
		require.NoError(t, err)
		assert.Equal(t, name, got)
		_, _, err = r.Open(e, 81)
		require.ErrorIs(t, err, ErrTampered)
	}
	assert.Equal(t, []string{"a", "b", "r"}, r.Names())
}

func TestKeyring_WithoutTheKeyNamesWhatIsWantedAndWhatThereIs(t *testing.T) {
	t.Parallel()
	e, err := Seal(aesKey(t, 0), NewDataKey(), 80, nil)
	require.NoError(t, err)
	other := aesKey(t, 1)
	r := ring(map[string]Key{"other": other}, "other")
	missing := errors.New("no such file")
	r.Add("gone", func() (Key, error) { return nil, missing })
	_, _, err = r.Open(e, 80)
	var wrong *WrongKeyError
	require.ErrorAs(t, err, &wrong)
	assert.Equal(t, e.KID, wrong.Object)
	assert.Equal(t, "other "+other.KID(), wrong.Yours)
	require.ErrorIs(t, err, missing, "the key may be in the file that could not be read")

	_, _, err = (*Keyring)(nil).Open(e, 80)
	require.ErrorContains(t, err, "encrypted with the master key "+e.KID+", and there is no key")
	e.KID = ""
	_, _, err = (*Keyring)(nil).Open(e, 80)
	require.ErrorContains(t, err, "encrypted, and there is no key of its kind")
}

func TestKeyring_NeverGuessesAmongAESKeys(t *testing.T) {
	t.Parallel()
	d := NewDataKey()
	e, err := Seal(aesKey(t, 1), d, 80, nil)
	require.NoError(t, err)
	e.KID = "" // as the Python SDK writes it
	keys := map[string]Key{"a": aesKey(t, 0), "b": aesKey(t, 1), "r": rsaKey(t, 0)}
	r := ring(keys, "a", "b", "r")
	_, _, err = r.Open(e, 80)
	require.ErrorIs(t, err, ErrWhichKey)
	assert.ErrorContains(t, err, "a, b")
	r.Prefer("b")
	back, name, err := r.Open(e, 80)
	require.NoError(t, err)
	assert.Equal(t, "b", name)
	assert.Equal(t, d.reveal(), back.reveal())

	_, name, err = ring(keys, "r", "b").Open(e, 80)
	require.NoError(t, err)
	assert.Equal(t, "b", name, "it is the only one of its kind")
}

func TestKeyring_TriesEachRSAKeyWhereNoneIsNamed(t *testing.T) {
	t.Parallel()
	public, err := NewRSAPublicKey(&testRSA()[1].PublicKey)
	require.NoError(t, err)
	e, err := Seal(public, NewDataKey(), 80, nil)
	require.NoError(t, err)
	keys := map[string]Key{"first": rsaKey(t, 0), "public": public, "second": rsaKey(t, 1)}
	_, name, err := ring(keys, "public", "second").Open(e, 80)
	require.NoError(t, err)
	assert.Equal(t, "second", name, "the half that can read goes first")
	_, _, err = ring(keys, "public").Open(e, 80)
	require.ErrorIs(t, err, ErrPublicOnly)
	e.KID = ""
	_, name, err = ring(keys, "first", "public", "second").Open(e, 80)
	require.NoError(t, err)
	assert.Equal(t, "second", name)
}

func TestKeyring_LoadsAKeyOnceAndTriesAgainWhatFailed(t *testing.T) {
	t.Parallel()
	r, asked := &Keyring{}, 0
	r.Add("a", func() (Key, error) {
		if asked++; asked == 1 {
			return nil, errors.New("not mounted yet")
		}
		return aesKey(t, 0), nil
	})
	_, err := r.Key("a")
	require.ErrorContains(t, err, "key a: not mounted yet")
	for range 2 {
		_, err = r.Key("a")
		require.NoError(t, err)
	}
	assert.Equal(t, 2, asked)
	_, err = r.Key("b")
	require.ErrorIs(t, err, ErrNoKey)
	assert.ErrorContains(t, err, "there are a")
	_, err = (*Keyring)(nil).Key("b")
	require.ErrorIs(t, err, ErrNoKey)
}

func TestGenerate_MakesFilesThatAreReadBack(t *testing.T) {
	t.Parallel()
	text := GenerateAESKey()
	a, err := ParseAESKey(text)
	require.NoError(t, err)
	b, err := ParseAESKey(GenerateAESKey())
	require.NoError(t, err)
	assert.NotEqual(t, a.KID(), b.KID())

	private, public, err := GenerateRSAKey(2048)
	require.NoError(t, err)
	key, err := ParseRSAPrivateKey(private, nil)
	require.NoError(t, err)
	half, err := ParseRSAPublicKey(public)
	require.NoError(t, err)
	assert.Equal(t, key.KID(), half.KID())
	_, _, err = GenerateRSAKey(1024)
	require.Error(t, err)
	_, _, err = GenerateRSAKey(8192)
	require.Error(t, err)
}
