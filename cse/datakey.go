package cse

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"hash"
)

// DataKey is the secret of one object: its content key and its start value.
// It must never encrypt two different contents. It prints as a placeholder.
type DataKey struct {
	// A function, because fmt does not look into one: a struct elsewhere that
	// holds a DataKey in an unexported field shows no key either, though fmt
	// does not call Format there.
	reveal func() *secret
}

type secret struct {
	key [dataKeySize]byte
	iv  [ivSize]byte
}

func hide(s *secret) *DataKey { return &DataKey{func() *secret { return s }} }

// NewDataKey returns a fresh random data key.
func NewDataKey() *DataKey {
	s := new(secret)
	// crypto/rand.Read ends the program rather than return an error.
	_, _ = rand.Read(s.key[:])
	_, _ = rand.Read(s.iv[:])
	return hide(s)
}

// newDataKey copies what an unwrapping found; the lengths are its witness that
// the right thing was unwrapped.
func newDataKey(key, iv []byte) (*DataKey, error) {
	if len(key) != dataKeySize || len(iv) != ivSize {
		return nil, fmt.Errorf("%w: a data key of %d and a start value of %d bytes", ErrDamaged, len(key), len(iv))
	}
	s := new(secret)
	copy(s.key[:], key)
	copy(s.iv[:], iv)
	return hide(s), nil
}

// Wipe overwrites the key. Sealers made from it before go on working, because
// the cipher keeps a schedule of its own.
func (d *DataKey) Wipe() { *d.reveal() = secret{} }

// Sealer returns the cipher of the object that d belongs to.
func (d *DataKey) Sealer() *Sealer {
	s := d.reveal()
	h := hmac.New(sha256.New, s.key[:])
	h.Write([]byte("cosmander/cse/mac/v1"))
	macKey := h.Sum(nil)
	return &Sealer{
		ctr: newCTR(s.key[:]),
		iv:  newCounter(s.iv[:]),
		mac: func() hash.Hash { return hmac.New(sha256.New, macKey) },
	}
}

// newCTR returns a maker of keystreams under key, whose length was checked
// before.
func newCTR(key []byte) func(iv []byte) cipher.Stream {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic("cse: " + err.Error())
	}
	return func(iv []byte) cipher.Stream { return cipher.NewCTR(block, iv) }
}

// Format prints a placeholder for every verb.
func (d DataKey) Format(f fmt.State, _ rune) { redact(f, "data key") }

func redact(f fmt.State, what string) { _, _ = fmt.Fprintf(f, "[%s hidden]", what) }
