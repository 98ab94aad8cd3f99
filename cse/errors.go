package cse

import (
	"errors"
	"fmt"
)

// Sentinels for errors.Is.
var (
	// ErrDamaged: there is an envelope, but not a whole one. The object is
	// never treated as plain.
	ErrDamaged = errors.New("encryption metadata is damaged; refusing to guess")
	// ErrTampered: content, length or start value is not what was sealed.
	ErrTampered = errors.New("the object is not what was encrypted: its checksum differs")
	// ErrPublicOnly: reading needs the private key.
	ErrPublicOnly = errors.New("only the public key is known; reading needs the private key")
	// ErrPassphrase: the key file is protected.
	ErrPassphrase = errors.New("the key file is protected by a passphrase")
)

// WrongKeyError says that an object was encrypted under another master key.
type WrongKeyError struct {
	Object string // fingerprint the object names; empty if it names none
	Yours  string // fingerprints of the keys that were tried; empty if there is none
}

// Error names both fingerprints, or the one that is known.
func (e *WrongKeyError) Error() string {
	switch {
	case e.Object == "" && e.Yours == "":
		return "encrypted, and there is no key of its kind"
	case e.Yours == "":
		return fmt.Sprintf("encrypted with the master key %s, and there is no key", e.Object)
	case e.Object == "":
		return fmt.Sprintf("this key does not open the object (yours %s)", e.Yours)
	}
	return fmt.Sprintf("encrypted with another master key (object %s, yours %s)", e.Object, e.Yours)
}

// UnsupportedError says that an object is encrypted in a form that is known,
// or at least seen, but not read here.
type UnsupportedError struct{ Reason string }

// Error is the reason.
func (e *UnsupportedError) Error() string { return e.Reason }
