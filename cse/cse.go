// Package cse encrypts objects before they leave the machine and decrypts
// them on the way back, in the format of the official COS Python SDK.
//
// Every object has a [DataKey] of its own: a random AES-256 key and a random
// start value. The content is AES-256-CTR under it, so ciphertext and
// plaintext have the same length and any byte can be encrypted or decrypted
// by its offset alone. A master key ([AESKey] or [RSAKey]) wraps the data key
// into an [Envelope], which travels as metadata of the object. Beside the two
// headers that the Python SDK knows, an envelope written here carries a
// fingerprint of the master key, the length, and a keyed checksum ([MAC])
// that authenticates content and length.
//
// The package does no network or file I/O. No key appears in its errors or in
// what its types print.
package cse

// Sizes of the format, in bytes.
const (
	dataKeySize = 32
	ivSize      = 16
	macSize     = 32
	// LeafSize is how much ciphertext one leaf of a [MAC] covers; the last
	// leaf of an object may be shorter.
	LeafSize = 1 << 20
)

// Key is a master key: it wraps the data keys of many objects. Safe for
// concurrent use.
type Key interface {
	// KID is the key's fingerprint, 16 hexadecimal characters. It reveals
	// nothing about the key and may be shown and stored.
	KID() string
	// Wrap encrypts d for the holder of the key.
	Wrap(d *DataKey) (Wrapped, error)
	// Unwrap is the reverse. A key that visibly does not fit gives a
	// [*WrongKeyError]; a wrong AES key cannot be noticed, so call
	// [Envelope.Open], which compares fingerprints first.
	Unwrap(w Wrapped) (*DataKey, error)
}

// Wrapped is a data key encrypted under a master key.
type Wrapped struct {
	Key []byte
	IV  []byte

	form wrapping
}

// wrapping is how a data key is encrypted. Only the first is ever written.
type wrapping int

const (
	ours     wrapping = iota // as the Python SDK does, which the lengths tell apart
	javaAES                  // RFC 3394
	javaOAEP                 // RSA-OAEP with SHA-256
)
