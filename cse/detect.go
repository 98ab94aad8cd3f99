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
		e, err = readForeign(meta)
		return e, true, err
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

// Wrap algorithms of the Java SDK that are read.
var javaWraps = map[string]wrapping{
	"AESWrap":                               javaAES,
	"RSA/ECB/OAEPWithSHA-256AndMGF1Padding": javaOAEP,
}

// readForeign reads what the Java SDK writes in counter mode, and says of other
// objects of the Go and Java SDKs what they are.
func readForeign(meta map[string]string) (e Envelope, err error) {
	cek, wrap := meta[nameCEKAlg], meta[nameWrapAlg]
	if meta[nameKey] == "" || cek == "" || wrap == "" {
		return e, fmt.Errorf("%w: key or algorithms are missing", ErrDamaged)
	}
	form, known := javaWraps[wrap]
	switch {
	case strings.HasPrefix(wrap, "KMS/"):
		return e, &UnsupportedError{"encrypted with a key held in Tencent KMS; cosmander cannot unwrap it"}
	case strings.HasPrefix(cek, "AES/GCM/"):
		return e, &UnsupportedError{"encrypted by the Java SDK in AES-GCM mode; not supported, use the Java SDK"}
	case strings.HasPrefix(cek, "AES/CBC/"):
		return e, &UnsupportedError{"encrypted by the Java SDK in AES-CBC mode; not supported, use the Java SDK"}
	case cek != "AES/CTR/NoPadding" || !known || hasPrefix(meta, ourPrefix):
		return e, &UnsupportedError{"encrypted by another SDK in an unknown way; not supported"}
	}
	e = Envelope{Wrapped: Wrapped{form: form}, Size: -1}
	if e.Key, err = decode(nameKey, meta[nameKey]); err != nil {
		return Envelope{}, err
	}
	if e.IV, err = decode(nameStart, meta[nameStart]); err != nil {
		return Envelope{}, err
	}
	if form == javaAES && (len(e.Key) != dataKeySize+wrapExtra || len(e.IV) != ivSize+wrapExtra) {
		return Envelope{}, fmt.Errorf("%w: unknown wrapping of %d and %d bytes", ErrDamaged, len(e.Key), len(e.IV))
	}
	if form == javaOAEP && !e.byRSA() {
		return Envelope{}, fmt.Errorf("%w: unknown wrapping of %d and %d bytes", ErrDamaged, len(e.Key), len(e.IV))
	}
	return e, nil
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

// byAES and byRSA tell for what kind of master key it is.
func (w Wrapped) byAES() bool {
	return w.form == javaAES || len(w.Key) == dataKeySize && len(w.IV) == ivSize
}

func (w Wrapped) byRSA() bool {
	return len(w.Key) == len(w.IV) && len(w.Key) >= minModulus && len(w.Key) <= maxModulus
}
