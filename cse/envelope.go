package cse

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
)

// Names of the metadata, without the prefix x-cos-meta-. They are part of the
// format and never change.
const (
	sdkPrefix = "client-side-encryption-"
	nameKey   = sdkPrefix + "key"
	nameIV    = sdkPrefix + "iv"

	ourPrefix   = "cosmander-cse"
	nameVersion = ourPrefix
	nameKID     = ourPrefix + "-kid"
	nameSize    = ourPrefix + "-size"
	nameMAC     = ourPrefix + "-mac"

	version = "1"
)

// Envelope is what an encrypted object's metadata says. Nothing in it is
// secret.
type Envelope struct {
	Wrapped
	// KID is the fingerprint of the master key; empty if the object does not
	// come from cosmander (or its extra headers were removed), and then
	// nothing of it can be authenticated.
	KID  string
	Size int64  // of the content, bytes; -1 if KID is empty
	MAC  []byte // nil if content and length cannot be checked
}

// Seal returns the envelope of an object of size bytes whose data key is d.
// The checksum may be nil; then the key is checked on reading and the content
// is not.
func Seal(k Key, d *DataKey, size int64, mac []byte) (Envelope, error) {
	if size < 0 || (mac != nil && len(mac) != macSize) {
		return Envelope{}, fmt.Errorf("seal an object of %d bytes with a checksum of %d bytes", size, len(mac))
	}
	w, err := k.Wrap(d)
	if err != nil {
		return Envelope{}, fmt.Errorf("wrap a data key with master key %s: %w", k.KID(), err)
	}
	return Envelope{Wrapped: w, KID: k.KID(), Size: size, MAC: mac}, nil
}

// Meta returns the metadata to store with the object: lower-case names
// without the prefix x-cos-meta-.
func (e Envelope) Meta() map[string]string {
	meta := map[string]string{
		nameKey: base64.StdEncoding.EncodeToString(e.Key),
		nameIV:  base64.StdEncoding.EncodeToString(e.IV),
	}
	if e.KID == "" {
		return meta
	}
	meta[nameVersion] = version
	meta[nameKID] = e.KID
	meta[nameSize] = strconv.FormatInt(e.Size, 10)
	if e.MAC != nil {
		meta[nameMAC] = base64.StdEncoding.EncodeToString(e.MAC)
	}
	return meta
}

// Carried reports whether the metadata called name (in any case, without the
// prefix x-cos-meta-) belongs to an envelope. A copy that loses it destroys
// the object.
func Carried(name string) bool {
	name = strings.ToLower(name)
	return strings.HasPrefix(name, sdkPrefix) || strings.HasPrefix(name, ourPrefix)
}

// Open checks the fingerprint and the length of the stored object (-1 skips
// that) and unwraps the data key. A [*WrongKeyError] names both fingerprints.
// Without a fingerprint in the envelope a wrong AES key cannot be noticed.
func (e Envelope) Open(k Key, stored int64) (*DataKey, error) {
	if e.KID != "" && e.KID != k.KID() {
		return nil, &WrongKeyError{Object: e.KID, Yours: k.KID()}
	}
	if e.KID != "" && stored >= 0 && e.Size != stored {
		return nil, fmt.Errorf("%w: %d bytes were encrypted and %d are stored", ErrTampered, e.Size, stored)
	}
	d, err := k.Unwrap(e.Wrapped)
	if err != nil {
		return nil, fmt.Errorf("unwrap the data key: %w", err)
	}
	return d, nil
}

// readOurs fills what the extra headers say.
func (e *Envelope) readOurs(meta map[string]string) error {
	e.Size = -1
	v, ok := meta[nameVersion]
	switch {
	case !ok && hasPrefix(meta, ourPrefix):
		return fmt.Errorf("%w: %s is missing", ErrDamaged, nameVersion)
	case !ok:
		return nil
	case v != version:
		return &UnsupportedError{"written by a newer cosmander"}
	}
	return e.readVersion1(meta)
}

func (e *Envelope) readVersion1(meta map[string]string) (err error) {
	e.KID = meta[nameKID]
	if b, err := hex.DecodeString(e.KID); err != nil || len(b) != kidSize || e.KID != strings.ToLower(e.KID) {
		return fmt.Errorf("%w: %s is no fingerprint", ErrDamaged, nameKID)
	}
	e.Size, err = strconv.ParseInt(meta[nameSize], 10, 64)
	if err != nil || strconv.FormatInt(e.Size, 10) != meta[nameSize] || e.Size < 0 {
		return fmt.Errorf("%w: %s is no length", ErrDamaged, nameSize)
	}
	text, ok := meta[nameMAC]
	if !ok {
		return nil
	}
	if e.MAC, err = decode(nameMAC, text); err != nil {
		return err
	}
	if len(e.MAC) != macSize {
		return fmt.Errorf("%w: %s has %d bytes", ErrDamaged, nameMAC, len(e.MAC))
	}
	return nil
}

func decode(name, text string) ([]byte, error) {
	b, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("%w: %s is not base64", ErrDamaged, name)
	}
	return b, nil
}
