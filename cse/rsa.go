package cse

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"fmt"
)

// Sizes of RSA keys that are used for writing, in bits. Metadata is limited to
// 2 KB, and a longer key does not leave room for two wrapped values.
const (
	minWriteBits = 2048
	maxWriteBits = 4096
)

// RSAKey is a master key pair, or only the public half, which is enough to
// write. It prints as its fingerprint.
type RSAKey struct {
	public  *rsa.PublicKey
	private func() *rsa.PrivateKey // nil if only the public half is known
	kid     string
}

var _ Key = (*RSAKey)(nil)

// NewRSAKey returns the master key of a private key.
func NewRSAKey(private *rsa.PrivateKey) (*RSAKey, error) {
	k, err := NewRSAPublicKey(&private.PublicKey)
	if err != nil {
		return nil, err
	}
	k.private = func() *rsa.PrivateKey { return private }
	return k, nil
}

// NewRSAPublicKey returns a master key that can write and not read.
func NewRSAPublicKey(public *rsa.PublicKey) (*RSAKey, error) {
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		return nil, fmt.Errorf("encode an RSA public key: %w", err)
	}
	sum := sha256.Sum256(der)
	return &RSAKey{public: public, kid: hex.EncodeToString(sum[:kidSize])}, nil
}

// KID is the fingerprint: the start of the SHA-256 of the public key.
func (k *RSAKey) KID() string { return k.kid }

// Format prints the fingerprint for every verb.
func (k RSAKey) Format(f fmt.State, _ rune) { redact(f, "RSA key "+k.kid) }

// Wrap encrypts d with OAEP, SHA-1 and an empty label, as the Python SDK does
// for keys that it reads from files. (What SHA-1 is weak in, collisions, OAEP
// does not rely on.) Keys below 2048 or above 4096 bits are refused.
func (k *RSAKey) Wrap(d *DataKey) (Wrapped, error) {
	if bits := k.public.N.BitLen(); bits < minWriteBits || bits > maxWriteBits {
		return Wrapped{}, fmt.Errorf("an RSA key for writing has %d to %d bits, not %d", minWriteBits, maxWriteBits, bits)
	}
	s := d.reveal()
	key, err := rsa.EncryptOAEP(sha1.New(), rand.Reader, k.public, s.key[:], nil)
	if err != nil {
		return Wrapped{}, fmt.Errorf("encrypt with RSA: %w", err)
	}
	iv, err := rsa.EncryptOAEP(sha1.New(), rand.Reader, k.public, s.iv[:], nil)
	if err != nil {
		return Wrapped{}, fmt.Errorf("encrypt with RSA: %w", err)
	}
	return Wrapped{Key: key, IV: iv}, nil
}

// Unwrap decrypts w in either of the two paddings that the Python SDK writes, or
// those of the Java SDK. The object does not say which, so the same one must fit both values. If none
// does, the error is a [*WrongKeyError]; without the private half it is
// [ErrPublicOnly].
func (k *RSAKey) Unwrap(w Wrapped) (*DataKey, error) {
	switch {
	case k.private == nil:
		return nil, ErrPublicOnly
	case w.byAES():
		return nil, &UnsupportedError{"encrypted under an AES key; an RSA key cannot open it"}
	case len(w.Key) != k.public.Size() || len(w.IV) != k.public.Size():
		return nil, &WrongKeyError{Yours: k.kid}
	}
	for _, decrypt := range k.paddings(w.form) {
		if d, err := k.open(w, decrypt); err == nil {
			return d, nil
		}
	}
	// The reasons are dropped: they differ by padding and say nothing more.
	return nil, &WrongKeyError{Yours: k.kid}
}

// paddings are those that a writer may have used, in the order to try.
func (k *RSAKey) paddings(form wrapping) []func([]byte) ([]byte, error) {
	if form == javaOAEP {
		// Java's own provider masks with SHA-1, BouncyCastle with SHA-256.
		return []func([]byte) ([]byte, error){k.openOAEP256(crypto.SHA1), k.openOAEP256(crypto.SHA256)}
	}
	return []func([]byte) ([]byte, error){k.openOAEP, k.openPKCS1}
}

func (k *RSAKey) openOAEP256(mask crypto.Hash) func([]byte) ([]byte, error) {
	return func(b []byte) ([]byte, error) {
		return k.private().Decrypt(nil, b, &rsa.OAEPOptions{Hash: crypto.SHA256, MGFHash: mask})
	}
}

func (k *RSAKey) open(w Wrapped, decrypt func([]byte) ([]byte, error)) (*DataKey, error) {
	key, err := decrypt(w.Key)
	if err != nil {
		return nil, err
	}
	defer clear(key)
	iv, err := decrypt(w.IV)
	if err != nil {
		return nil, err
	}
	return newDataKey(key, iv)
}

func (k *RSAKey) openOAEP(b []byte) ([]byte, error) {
	return rsa.DecryptOAEP(sha1.New(), nil, k.private(), b, nil)
}

// openPKCS1 tells whether the padding was right, which a server must never do.
// Here the one who asks holds the private key.
func (k *RSAKey) openPKCS1(b []byte) ([]byte, error) {
	return k.private().Decrypt(nil, b, nil)
}
