package cse

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
)

const kidSize = 8 // bytes

// AESKey is a master key of 16, 24 or 32 bytes. It prints as its fingerprint.
//
// The format wraps every data key with one and the same keystream, so one data
// key that leaks reveals every data key of its master. Prefer [RSAKey].
type AESKey struct {
	ctr   func(iv []byte) cipher.Stream
	block func() cipher.Block
	bits  int
	kid   string
}

var _ Key = (*AESKey)(nil)

// ParseAESKey reads the text of a key file: standard base64, with white space
// around it allowed and nothing else beside it.
func ParseAESKey(text []byte) (*AESKey, error) {
	// The decoder skips line breaks in the middle; a key has none.
	line := bytes.TrimSpace(text)
	if bytes.ContainsAny(line, "\r\n") {
		return nil, errors.New("an AES key file holds one line of base64")
	}
	master := make([]byte, base64.StdEncoding.DecodedLen(len(line)))
	defer clear(master)
	n, err := base64.StdEncoding.Strict().Decode(master, line)
	if err != nil {
		// The decoder's error is not wrapped: it quotes bytes of the key.
		return nil, errors.New("an AES key file holds one line of base64")
	}
	return newAESKey(master[:n])
}

func newAESKey(master []byte) (*AESKey, error) {
	switch len(master) {
	case 16, 24, 32:
	default:
		return nil, fmt.Errorf("an AES key has 16, 24 or 32 bytes, not %d", len(master))
	}
	h := hmac.New(sha256.New, master)
	h.Write([]byte("cosmander/cse/kid/v1"))
	block, err := aes.NewCipher(master)
	if err != nil {
		return nil, fmt.Errorf("an AES key of %d bytes: %w", len(master), err)
	}
	return &AESKey{
		ctr:   newCTR(master),
		block: func() cipher.Block { return block },
		bits:  8 * len(master),
		kid:   hex.EncodeToString(h.Sum(nil)[:kidSize]),
	}, nil
}

// KID is the fingerprint: the start of an HMAC keyed with the key.
func (k *AESKey) KID() string { return k.kid }

// Format prints the fingerprint for every verb.
func (k AESKey) Format(f fmt.State, _ rune) { redact(f, "AES key "+k.kid) }

// Wrap encrypts d as the Python SDK does.
func (k *AESKey) Wrap(d *DataKey) (Wrapped, error) {
	s := d.reveal()
	key, iv := k.xor(s.key[:], s.iv[:])
	return Wrapped{Key: key, IV: iv}, nil
}

// Unwrap decrypts w. It cannot notice that k is the wrong key, except where the
// Java SDK has wrapped.
func (k *AESKey) Unwrap(w Wrapped) (*DataKey, error) {
	if w.byRSA() {
		return nil, &UnsupportedError{"encrypted for an RSA key; an AES key cannot open it"}
	}
	if !w.byAES() {
		return nil, fmt.Errorf("%w: unknown wrapping of %d and %d bytes", ErrDamaged, len(w.Key), len(w.IV))
	}
	key, iv := k.xor(w.Key, w.IV)
	if w.form == javaAES {
		var err error
		if key, iv, err = k.openRFC3394(w); err != nil {
			return nil, err
		}
	}
	defer clear(key)
	return newDataKey(key, iv)
}

// xor runs both values through one keystream that starts at counter 0: the
// format has no other start value to offer.
func (k *AESKey) xor(key, iv []byte) (key2, iv2 []byte) {
	stream := k.ctr(make([]byte, ivSize))
	key2, iv2 = make([]byte, len(key)), make([]byte, len(iv))
	stream.XORKeyStream(key2, key)
	stream.XORKeyStream(iv2, iv)
	return key2, iv2
}
