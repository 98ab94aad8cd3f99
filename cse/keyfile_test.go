package cse

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"
)

func pemText(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

func TestParseRSA_EveryFormOfOneKeyHasOneFingerprint(t *testing.T) {
	t.Parallel()
	key := testRSA()[0]
	want := rsaKey(t, 0).KID()
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	openSSH, err := ssh.MarshalPrivateKey(key, "comment")
	require.NoError(t, err)
	for name, text := range map[string][]byte{
		"PKCS#1": pemText("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key)),
		"PKCS#8": pemText("PRIVATE KEY", pkcs8), "OpenSSH": pem.EncodeToMemory(openSSH),
	} {
		k, err := ParseRSAPrivateKey(text, nil)
		require.NoError(t, err, name)
		assert.Equal(t, want, k.KID(), name)
		_, err = ParseRSAPrivateKey(text, []byte("needless"))
		require.NoError(t, err, "%s with a passphrase it does not need", name)
	}

	spki, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	require.NoError(t, err)
	line, err := ssh.NewPublicKey(&key.PublicKey)
	require.NoError(t, err)
	for name, text := range map[string][]byte{
		"SPKI": pemText("PUBLIC KEY", spki), "OpenSSH": ssh.MarshalAuthorizedKey(line),
		"PKCS#1": pemText("RSA PUBLIC KEY", x509.MarshalPKCS1PublicKey(&key.PublicKey)),
	} {
		k, err := ParseRSAPublicKey(text)
		require.NoError(t, err, name)
		assert.Equal(t, want, k.KID(), name)
	}
}

func TestParseRSAPrivateKey_ProtectedFileAsksForItsPassphrase(t *testing.T) {
	t.Parallel()
	// The form the Python SDK writes. OpenSSH's own takes seconds to make.
	//nolint:staticcheck // deprecated for good reasons, but such files exist
	block, err := x509.EncryptPEMBlock(rand.Reader, "RSA PRIVATE KEY",
		x509.MarshalPKCS1PrivateKey(testRSA()[0]), []byte("open sesame"), x509.PEMCipher3DES)
	require.NoError(t, err)
	text := pem.EncodeToMemory(block)
	_, err = ParseRSAPrivateKey(text, nil)
	require.ErrorIs(t, err, ErrPassphrase)
	_, err = ParseRSAPrivateKey(text, []byte("open barley"))
	require.Error(t, err)
	k, err := ParseRSAPrivateKey(text, []byte("open sesame"))
	require.NoError(t, err)
	assert.Equal(t, rsaKey(t, 0).KID(), k.KID())

	_, err = ParseRSAPrivateKey(pemText("ENCRYPTED PRIVATE KEY", []byte("x")), nil)
	require.ErrorIs(t, err, ErrPassphrase)
}

func TestParseRSA_RefusesWhatIsNoRSAKey(t *testing.T) {
	t.Parallel()
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	edText, err := x509.MarshalPKCS8PrivateKey(ed)
	require.NoError(t, err)
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	ecText, err := x509.MarshalPKIXPublicKey(&ec.PublicKey)
	require.NoError(t, err)
	for _, text := range [][]byte{nil, []byte("hello"), pemText("PRIVATE KEY", edText), pemText("PRIVATE KEY", []byte("x"))} {
		_, err := ParseRSAPrivateKey(text, nil)
		assert.Error(t, err)
	}
	for _, text := range [][]byte{nil, []byte("hello"), pemText("PUBLIC KEY", ecText), pemText("CERTIFICATE", ecText)} {
		_, err := ParseRSAPublicKey(text)
		assert.Error(t, err)
	}
}

func TestParseAESKey_TakesOneLineOfBase64(t *testing.T) {
	t.Parallel()
	for _, size := range []int{16, 24, 32} {
		text := base64.StdEncoding.EncodeToString(sequence(0, size))
		for _, form := range []string{text, text + "\n", "  " + text + "\r\n\n"} {
			_, err := ParseAESKey([]byte(form))
			assert.NoError(t, err, "%q", form)
		}
	}
}

func TestParseAESKey_RefusalsDoNotQuoteTheKey(t *testing.T) {
	t.Parallel()
	good := base64.StdEncoding.EncodeToString(sequence(0, 32))
	for name, text := range map[string]string{
		"empty": "", "too short": good[:20], "not a length": base64.StdEncoding.EncodeToString(sequence(0, 20)),
		"stray character": good[:10] + "!" + good[10:], "line break inside": good[:10] + "\n" + good[10:],
		"two keys": good + "\n" + good, "URL alphabet": "-_" + good[2:],
	} {
		_, err := ParseAESKey([]byte(text))
		require.Error(t, err, name)
		assert.NotContains(t, err.Error(), good[:4], name)
	}
	_, err := ParseAESKey([]byte(base64.StdEncoding.EncodeToString(sequence(0, 20))))
	assert.EqualError(t, err, "an AES key has 16, 24 or 32 bytes, not 20")
}

func TestSecrets_AreNeverPrinted(t *testing.T) {
	t.Parallel()
	d, err := newDataKey(carryKey, carryIV)
	require.NoError(t, err)
	aesMaster, rsaMaster := aesKey(t, 0x40), rsaKey(t, 0)
	nested := struct {
		d *DataKey
		v DataKey
		a AESKey
		r *RSAKey
		s *Sealer
	}{d, *d, *aesMaster, rsaMaster, d.Sealer()}
	marks := []string{
		hex.EncodeToString(carryKey[:4]), "64 65 66 67", "0x40, 0x41", string(carryKey[:4]),
		rsaMaster.private().D.String()[:12], hex.EncodeToString(d.reveal().iv[:4]),
	}
	for _, v := range []any{
		d, *d, aesMaster, *aesMaster, rsaMaster, *rsaMaster, d.Sealer(), *d.Sealer(), d.Sealer().NewMAC(1), nested, &nested,
	} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			text := fmt.Sprintf(verb, v)
			for _, mark := range marks {
				assert.NotContains(t, text, mark, "%s of %T", verb, v)
			}
		}
	}
	assert.Equal(t, "[data key hidden]", fmt.Sprint(d))
	assert.NotContains(t, errors.Join(&WrongKeyError{Object: "o", Yours: aesMaster.KID()}, ErrTampered).Error(), marks[0])
}

func TestDataKey_WipeLeavesNothing(t *testing.T) {
	t.Parallel()
	d := NewDataKey()
	d.Wipe()
	assert.Zero(t, *d.reveal())
}

func TestNewDataKey_IsNeverTheSameTwice(t *testing.T) {
	t.Parallel()
	a, b := NewDataKey(), NewDataKey()
	assert.NotEqual(t, a.reveal().key, b.reveal().key)
	assert.NotEqual(t, a.reveal().iv, b.reveal().iv)
}

func FuzzParseKeys_NeverPanics(f *testing.F) {
	f.Fuzz(func(t *testing.T, text []byte) {
		if k, err := ParseAESKey(text); err == nil {
			require.Len(t, k.KID(), 2*kidSize)
		}
		if k, err := ParseRSAPublicKey(text); err == nil {
			require.Len(t, k.KID(), 2*kidSize)
		}
		_, _ = ParseRSAPrivateKey(text, nil)
	})
}
