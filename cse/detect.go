package cse

import (
	"fmt"
	"strings"
)

// Names that other SDKs write.
const (
	nameStart   = sdkPrefix + "start"
	nameWrapAlg = sdkPrefix + "wrap-alg"
	nameCEKAlg  = sdkPrefix + "cek-alg"
)

// Lengths of a wrapped key that can be an RSA modulus, in bytes.
const (
	minModulus = 1024 / 8
	maxModulus = 8192 / 8
)

// Detect reads the envelope out of an object's metadata, whose names have no
// prefix x-cos-meta- and any case. For a plain object encrypted is false. An
// envelope that is not whole gives [ErrDamaged]; one of another format an
// [*UnsupportedError] that says which.
func Detect(meta map[string]string) (e Envelope, encrypted bool, err error) {
	meta = lowerCase(meta)
	if _, old := meta["x-cos-key-v2"]; old {
		return e, true, errLegacy
	}
	if _, old := meta["x-cos-iv"]; old {
		return e, true, errLegacy
	}
	if !hasPrefix(meta, sdkPrefix) && !hasPrefix(meta, ourPrefix) {
		return e, false, nil
	}
	if _, ok := meta[nameStart]; ok {
		return e, true, refuseForeign(meta)
	}
	if e.Wrapped, err = readWrapped(meta); err != nil {
		return Envelope{}, true, err
	}
	if err = e.readOurs(meta); err != nil {
		return Envelope{}, true, err
	}
	return e, true, nil
}

var errLegacy = &UnsupportedError{"encrypted by an old version of the Java SDK; not supported, use the Java SDK"}

func lowerCase(meta map[string]string) map[string]string {
	lower := make(map[string]string, len(meta))
	for name, value := range meta {
		lower[strings.ToLower(name)] = value
	}
	return lower
}

func hasPrefix(meta map[string]string, prefix string) bool {
	for name := range meta {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// refuseForeign says what an object of the Go or Java SDK is.
func refuseForeign(meta map[string]string) error {
	cek, wrap := meta[nameCEKAlg], meta[nameWrapAlg]
	if meta[nameKey] == "" || cek == "" || wrap == "" {
		return fmt.Errorf("%w: key or algorithms are missing", ErrDamaged)
	}
	switch {
	case strings.HasPrefix(wrap, "KMS/"):
		return &UnsupportedError{"encrypted with a key held in Tencent KMS; cosmander cannot unwrap it"}
	case strings.HasPrefix(cek, "AES/GCM/"):
		return &UnsupportedError{"encrypted by the Java SDK in AES-GCM mode; not supported, use the Java SDK"}
	case strings.HasPrefix(cek, "AES/CBC/"):
		return &UnsupportedError{"encrypted by the Java SDK in AES-CBC mode; not supported, use the Java SDK"}
	case strings.HasPrefix(cek, "AES/CTR/"):
		return &UnsupportedError{"encrypted by the Java SDK in AES-CTR mode; not supported yet, use the Java SDK"}
	}
	return &UnsupportedError{"encrypted by another SDK in an unknown way; not supported"}
}

// readWrapped reads the two headers that the Python SDK writes.
func readWrapped(meta map[string]string) (w Wrapped, err error) {
	key, iv := meta[nameKey], meta[nameIV]
	if key == "" || iv == "" {
		return w, fmt.Errorf("%w: %s or %s is missing", ErrDamaged, nameKey, nameIV)
	}
	if meta[nameCEKAlg] != "" || meta[nameWrapAlg] != "" {
		return w, &UnsupportedError{"encrypted by another SDK in an unknown way; not supported"}
	}
	if w.Key, err = decode(nameKey, key); err != nil {
		return Wrapped{}, err
	}
	if w.IV, err = decode(nameIV, iv); err != nil {
		return Wrapped{}, err
	}
	if !w.byAES() && !w.byRSA() {
		return Wrapped{}, fmt.Errorf("%w: unknown wrapping of %d and %d bytes", ErrDamaged, len(w.Key), len(w.IV))
	}
	return w, nil
}

func (w Wrapped) byAES() bool { return len(w.Key) == dataKeySize && len(w.IV) == ivSize }

func (w Wrapped) byRSA() bool {
	return len(w.Key) == len(w.IV) && len(w.Key) >= minModulus && len(w.Key) <= maxModulus
}
