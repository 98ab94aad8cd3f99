package settings

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"

	"cosmander/cse"
)

var pair = sync.OnceValue(func() (texts [2][]byte) {
	private, public, err := cse.GenerateRSAKey(2048)
	if err != nil {
		panic(err)
	}
	return [2][]byte{private, public}
})

// keyFolder is a configuration with files beside it.
func keyFolder(t *testing.T, config string) (path string) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"a.aes": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n", "private.pem": string(pair()[0]), "public.pem": string(pair()[1]), "config.toml": config,
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	return filepath.Join(dir, "config.toml")
}

func TestReadKeys_LoadsWhatTheTablesName(t *testing.T) {
	t.Parallel()
	path := keyFolder(t, "[keys.a]\naes = \"a.aes\"\n[keys.r]\nrsa_private = \"private.pem\"\nrsa_public = \"public.pem\"\n"+
		"[keys.half]\nrsa_public = \"public.pem\"\n[keys.gone]\naes = \"/nowhere/key\"\n"+
		"[encryption]\n\"cos://b-1\" = \"r\"\n\"cos://b-1/open/\" = \"\"\n\"cos://b-1/open/not/\" = \"a\"\n")
	keys, err := ReadKeys(path, nil)
	require.NoError(t, err)
	assert.Equal(t, []string{"a", "r", "half", "gone"}, keys.Ring.Names())
	assert.Empty(t, keys.Warnings)
	r, err := keys.Ring.Key("r")
	require.NoError(t, err)
	half, err := keys.Ring.Key("half")
	require.NoError(t, err)
	assert.Equal(t, r.KID(), half.KID())
	_, err = keys.Ring.Key("gone")
	require.ErrorIs(t, err, os.ErrNotExist, "it is said when it is needed")

	for place, want := range map[[2]string]string{
		{"b-1", ""}: "r", {"b-1", "x/"}: "r", {"b-1", "open/x"}: "", {"b-1", "open/not/x"}: "a", {"b-1", "open"}: "r", {"other-1", ""}: "",
	} {
		assert.Equal(t, want, keys.For(place[0], place[1]), "%v", place)
	}
	none, err := ReadKeys(filepath.Join(t.TempDir(), "none.toml"), nil)
	require.NoError(t, err)
	assert.Empty(t, none.Ring.Names())
	assert.Empty(t, none.For("b-1", ""))
}

func TestReadKeys_SaysWhereTheMistakeIs(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"keys = 1":              "line 1: keys: want a table: [keys]",
		"[keys]\na = \"x\"":     "line 2: keys.a: want a table: [keys.a]",
		"[keys.a]":              "[keys.a]: it names no file",
		"[keys.a]\naes = 5":     "line 2: keys.a.aes: want the path of a file in quotes",
		"[keys.a]\nase = \"x\"": "line 2: keys.a.ase: unknown key; there are aes, rsa_public, rsa_private",
		"[keys.a]\naes = \"x\"\nrsa_public = \"y\"":                  "[keys.a]: it is either aes or an RSA pair, not both",
		"[encryption]\n\"b-1\" = \"a\"":                              "want an address such as",
		"[encryption]\n\"cos://b-1\" = 5":                            "want the name of a key in quotes",
		"[encryption]\n\"cos://b-1\" = \"a\"":                        "line 2: encryption.\"cos://b-1\": \"a\" is no key; there must be a table [keys.a]",
		"[keys.a]\naes = \"x\"\n[encryption]\n\"cos://b-1\" = \"b\"": "\"b\" is no key",
	} {
		keys, err := ReadKeys(keyFolder(t, text), nil)
		require.ErrorContains(t, err, want, text)
		assert.Nil(t, keys.Ring, "nothing of it counts")
	}
}

func TestReadKeys_WarnsOfSecretsThatOthersCanRead(t *testing.T) {
	t.Parallel()
	path := keyFolder(t, "[keys.a]\naes = \"a.aes\"\n[keys.r]\nrsa_private = \"private.pem\"\nrsa_public = \"public.pem\"\n")
	for _, name := range []string{"a.aes", "public.pem"} {
		require.NoError(t, os.Chmod(filepath.Join(filepath.Dir(path), name), 0o644)) //nolint:gosec // that is the point
	}
	keys, err := ReadKeys(path, nil)
	require.NoError(t, err)
	require.Len(t, keys.Warnings, 1, "a public key is nobody's secret")
	assert.Contains(t, keys.Warnings[0], "a.aes")
	assert.Contains(t, keys.Warnings[0], "chmod 600")
}

func TestReadKeys_APairMustFit(t *testing.T) {
	t.Parallel()
	path := keyFolder(t, "[keys.r]\nrsa_private = \"other.pem\"\nrsa_public = \"public.pem\"\n")
	other, _, err := cse.GenerateRSAKey(2048)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(filepath.Dir(path), "other.pem"), other, 0o600))
	keys, err := ReadKeys(path, nil)
	require.NoError(t, err)
	_, err = keys.Ring.Key("r")
	require.ErrorContains(t, err, "are not a pair")
}

func TestReadKeys_AsksForThePassphraseOfAProtectedKeyAlone(t *testing.T) {
	t.Parallel()
	path := keyFolder(t, "[keys.p]\nrsa_private = \"protected\"\n[keys.r]\nrsa_private = \"private.pem\"\n")
	block, _ := pem.Decode(pair()[0])
	private, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	require.NoError(t, err)
	protected, err := ssh.MarshalPrivateKeyWithPassphrase(private, "", []byte("sesame"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(filepath.Dir(path), "protected"), pem.EncodeToMemory(protected), 0o600))
	var asked []string
	phrase, missing := []byte("sesame"), error(nil)
	keys, err := ReadKeys(path, func(name string) ([]byte, error) {
		asked = append(asked, name)
		return append([]byte(nil), phrase...), missing
	})
	require.NoError(t, err)
	_, err = keys.Ring.Key("r")
	require.NoError(t, err)
	assert.Empty(t, asked)
	missing = errors.New("there is none")
	_, err = keys.Ring.Key("p")
	require.ErrorIs(t, err, missing)
	require.ErrorIs(t, err, cse.ErrPassphrase)
	phrase, missing = []byte("wrong"), nil
	_, err = keys.Ring.Key("p")
	require.Error(t, err)
	assert.NotContains(t, err.Error(), "wrong")
	phrase = []byte("sesame")
	_, err = keys.Ring.Key("p")
	require.NoError(t, err)
	assert.Equal(t, []string{"p", "p", "p"}, asked)
}

func TestNewKey_MakesFilesForThisUserAndATable(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "cosmander", "config.toml")
	files, err := NewKey(path, "first", 2048)
	require.NoError(t, err)
	require.Len(t, files, 2)
	for _, f := range append(files, path) {
		info, err := os.Stat(f)
		require.NoError(t, err)
		assert.EqualValues(t, 0o600, info.Mode().Perm(), f)
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = f.WriteString("[transfers]\nfiles = 3") // without a line's end
	require.NoError(t, err)
	require.NoError(t, f.Close())
	_, err = NewKey(path, "second", 0)
	require.NoError(t, err)
	keys, err := ReadKeys(path, nil)
	require.NoError(t, err)
	assert.Equal(t, []string{"first", "second"}, keys.Ring.Names())
	for _, name := range keys.Ring.Names() {
		_, err := keys.Ring.Key(name)
		require.NoError(t, err)
	}
	transfers, err := Read(path)
	require.NoError(t, err)
	assert.Equal(t, 3, transfers.Files, "what was there stays")
}

func TestNewKey_ReplacesNothing(t *testing.T) {
	t.Parallel()
	path := keyFolder(t, "[keys.a]\naes = \"a.aes\"\n")
	_, err := NewKey(path, "a", 0)
	require.ErrorContains(t, err, "there is a key a already")
	_, err = NewKey(path, "../a", 0)
	require.ErrorContains(t, err, "no name for a key")
	dir := filepath.Join(filepath.Dir(path), "keys")
	require.NoError(t, os.MkdirAll(dir, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "b.aes"), []byte("the only copy"), 0o600))
	_, err = NewKey(path, "b", 0)
	require.ErrorIs(t, err, os.ErrExist)
	text, err := os.ReadFile(filepath.Join(dir, "b.aes"))
	require.NoError(t, err)
	assert.Equal(t, "the only copy", string(text))

	broken := keyFolder(t, "[transfers")
	require.ErrorContains(t, appendTo(broken, "\n[keys.c]\n"), "write there yourself:")
	text, err = os.ReadFile(broken)
	require.NoError(t, err)
	assert.Equal(t, "[transfers", string(text))
}
