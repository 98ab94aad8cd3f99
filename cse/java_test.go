package cse

import (
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/binary"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The vectors of RFC 3394, sections 4.1, 4.3 and 4.6.
func TestUnwrapRFC3394_Vectors(t *testing.T) {
	t.Parallel()
	for _, v := range [][3]string{
		{"000102030405060708090A0B0C0D0E0F", "00112233445566778899AABBCCDDEEFF", "1FA68B0A8112B447AEF34BD8FB5A7B829D3E862371D2CFE5"},
		{
			"000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F", "00112233445566778899AABBCCDDEEFF",
			"64E8C3F9CE0F5BA263E9777905818A2A93C8191E7D6E8AE7",
		},
		{
			"000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F",
			"00112233445566778899AABBCCDDEEFF000102030405060708090A0B0C0D0E0F",
			"28C9F404C4B810F4CBCCB35CFB87F8263F5786E2D80ED326CBC7F0E71A99F43BFB988B9B7A02DD21",
		},
	} {
		block, err := aes.NewCipher(unhex(v[0]))
		require.NoError(t, err)
		wrapped := unhex(v[2])
		got, err := unwrapRFC3394(block, wrapped)
		require.NoError(t, err)
		assert.Equal(t, unhex(v[1]), got)
		assert.Equal(t, wrapped, wrapRFC3394(block, unhex(v[1])), "what the tests below write with")
		for i := range wrapped {
			wrapped[i] ^= 1
			_, err = unwrapRFC3394(block, wrapped)
			require.ErrorIs(t, err, errKeyWrap, "byte %d", i)
			wrapped[i] ^= 1
		}
		for _, cut := range []int{0, 8, 16, len(wrapped) - 1} {
			_, err = unwrapRFC3394(block, wrapped[:cut])
			require.ErrorIs(t, err, errKeyWrap, "%d bytes", cut)
		}
	}
}

// wrapRFC3394 is section 2.2.1 of the RFC, in the form with shifting registers.
func wrapRFC3394(block cipher.Block, plain []byte) []byte {
	n := len(plain) / 8
	a := []byte{0xA6, 0xA6, 0xA6, 0xA6, 0xA6, 0xA6, 0xA6, 0xA6}
	r := append([]byte(nil), plain...)
	for j := range 6 {
		for i := 1; i <= n; i++ {
			b := append(append([]byte(nil), a...), r[(i-1)*8:i*8]...)
			block.Encrypt(b, b)
			copy(a, b)
			binary.BigEndian.PutUint64(a, binary.BigEndian.Uint64(a)^uint64(n*j+i))
			copy(r[(i-1)*8:], b[8:])
		}
	}
	return append(a, r...)
}

func javaMeta(wrap string, key, iv []byte) map[string]string {
	return map[string]string{
		"Client-Side-Encryption-Key":   base64.StdEncoding.EncodeToString(key),
		"Client-Side-Encryption-Start": base64.StdEncoding.EncodeToString(iv),
		nameWrapAlg:                    wrap, nameCEKAlg: "AES/CTR/NoPadding",
		sdkPrefix + "matdesc": "{}", sdkPrefix + "unencrypted-content-length": "10",
	}
}

func TestJava_CounterModeUnderAnAESKeyIsReadAndAWrongKeyIsNoticed(t *testing.T) {
	t.Parallel()
	master := make([]byte, 32)
	_, _ = rand.Read(master)
	block, err := aes.NewCipher(master)
	require.NoError(t, err)
	d := NewDataKey()
	s := d.reveal()
	e, encrypted, err := Detect(javaMeta("AESWrap", wrapRFC3394(block, s.key[:]), wrapRFC3394(block, s.iv[:])))
	require.NoError(t, err)
	require.True(t, encrypted)
	right, err := newAESKey(master)
	require.NoError(t, err)
	back, err := e.Open(right, 10)
	require.NoError(t, err)
	assert.Equal(t, s, back.reveal())

	var wrong *WrongKeyError
	_, err = e.Open(aesKey(t, 1), 10)
	require.ErrorAs(t, err, &wrong)
	e.IV[3] ^= 1
	_, err = e.Open(right, 10)
	require.ErrorAs(t, err, &wrong, "a damaged start value")
	var unsupported *UnsupportedError
	_, err = e.Open(rsaKey(t, 0), 10)
	require.ErrorAs(t, err, &unsupported)
}

func TestJava_CounterModeUnderAnRSAKeyIsReadWithEitherMask(t *testing.T) {
	t.Parallel()
	for _, mask := range []crypto.Hash{crypto.SHA1, crypto.SHA256} {
		d := NewDataKey()
		s := d.reveal()
		seal := func(b []byte) []byte {
			o := &rsa.OAEPOptions{Hash: crypto.SHA256, MGFHash: mask}
			c, err := rsa.EncryptOAEPWithOptions(rand.Reader, &testRSA()[0].PublicKey, b, o)
			require.NoError(t, err)
			return c
		}
		e, _, err := Detect(javaMeta("RSA/ECB/OAEPWithSHA-256AndMGF1Padding", seal(s.key[:]), seal(s.iv[:])))
		require.NoError(t, err)
		back, err := e.Open(rsaKey(t, 0), 10)
		require.NoError(t, err, mask)
		assert.Equal(t, s, back.reveal())
		var wrong *WrongKeyError
		_, err = e.Open(rsaKey(t, 1), 10)
		require.ErrorAs(t, err, &wrong)
		e.form = ours
		_, err = e.Open(rsaKey(t, 0), 10)
		require.ErrorAs(t, err, &wrong, "the paddings of one SDK are not tried for the other")
	}
}
