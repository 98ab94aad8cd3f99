package cse

import (
	"crypto/cipher"
	"crypto/subtle"
	"encoding/binary"
	"errors"
)

// wrapExtra is how many bytes RFC 3394 adds.
const wrapExtra = 8

// rfc3394Check is the RFC's initial value.
const rfc3394Check = 0xA6A6A6A6A6A6A6A6

var errKeyWrap = errors.New("the wrapped value does not verify")

// unwrapRFC3394 opens a value of 8 bytes or more, a multiple of 8, that was
// wrapped as RFC 3394 says in section 2.2.2.
func unwrapRFC3394(block cipher.Block, wrapped []byte) ([]byte, error) {
	n := len(wrapped)/8 - 1
	if n < 2 || len(wrapped)%8 != 0 {
		return nil, errKeyWrap
	}
	out := append([]byte(nil), wrapped[8:]...)
	var b [16]byte
	a := binary.BigEndian.Uint64(wrapped)
	for t := uint64(6 * n); t > 0; t-- {
		r := out[(t-1)%uint64(n)*8:][:8]
		binary.BigEndian.PutUint64(b[:], a^t)
		copy(b[8:], r)
		block.Decrypt(b[:], b[:])
		a = binary.BigEndian.Uint64(b[:])
		copy(r, b[8:])
	}
	clear(b[:])
	var got, want [8]byte
	binary.BigEndian.PutUint64(got[:], a)
	binary.BigEndian.PutUint64(want[:], rfc3394Check)
	if subtle.ConstantTimeCompare(got[:], want[:]) != 1 {
		clear(out)
		return nil, errKeyWrap
	}
	return out, nil
}

// openRFC3394 opens what the Java SDK has wrapped.
func (k *AESKey) openRFC3394(w Wrapped) (key, iv []byte, err error) {
	if key, err = unwrapRFC3394(k.block(), w.Key); err != nil {
		return nil, nil, &WrongKeyError{Yours: k.kid}
	}
	if iv, err = unwrapRFC3394(k.block(), w.IV); err != nil {
		clear(key)
		return nil, nil, &WrongKeyError{Yours: k.kid}
	}
	return key, iv, nil
}
