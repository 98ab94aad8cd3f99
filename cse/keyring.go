package cse

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
)

var (
	// ErrNoKey says that no key of that name is configured.
	ErrNoKey = errors.New("no such key is configured")
	// ErrWhichKey says that an object does not tell which AES key it needs, that there are
	// several, and a wrong one would give noise that nobody can tell from
	// content.
	ErrWhichKey = errors.New("the object does not say which AES key it needs")
)

// Keyring is the master keys of a configuration, by name. They are loaded when
// they are first needed. A nil Keyring is an empty one. Safe for concurrent use
// once it is filled.
type Keyring struct {
	keys   []*namedKey
	prefer string
}

type namedKey struct {
	name string
	load func() (Key, error)

	mu  sync.Mutex // guards key
	key Key
}

// get loads the key unless that has been done. What failed is tried again: a
// file can be put right meanwhile.
func (n *namedKey) get() (Key, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.key != nil {
		return n.key, nil
	}
	key, err := n.load()
	if err != nil {
		return nil, fmt.Errorf("key %s: %w", n.name, err)
	}
	n.key = key
	return key, nil
}

// Add adds a key.
func (r *Keyring) Add(name string, load func() (Key, error)) {
	r.keys = append(r.keys, &namedKey{name: name, load: load})
}

// Prefer says which key to read with where an object leaves it open.
func (r *Keyring) Prefer(name string) { r.prefer = name }

// Names returns the names in the order in which they were added.
func (r *Keyring) Names() []string {
	if r == nil {
		return nil
	}
	names := make([]string, len(r.keys))
	for i, n := range r.keys {
		names[i] = n.name
	}
	return names
}

// Key returns the key called name, or an error that is [ErrNoKey].
func (r *Keyring) Key(name string) (Key, error) {
	if r != nil {
		for _, n := range r.keys {
			if n.name == name {
				return n.get()
			}
		}
	}
	if names := r.Names(); len(names) > 0 {
		return nil, fmt.Errorf("%q: %w; there are %s", name, ErrNoKey, strings.Join(names, ", "))
	}
	return nil, fmt.Errorf("%q: %w", name, ErrNoKey)
}

// Open finds the key of an envelope and unwraps its data key, see
// [Envelope.Open]. It returns the name of the key too. Where the envelope
// names no key each one that could be it is tried. A [*WrongKeyError] names
// the fingerprints of what was wanted and of what there is.
func (r *Keyring) Open(e Envelope, stored int64) (d *DataKey, name string, err error) {
	loaded, broken := r.load(e)
	if e.KID == "" && e.byAES() && e.form == ours && len(loaded) > 1 {
		return nil, "", fmt.Errorf("%w: %s", ErrWhichKey, strings.Join(namesOf(loaded), ", "))
	}
	var kids []string
	var half error
	for _, l := range loaded {
		d, err = e.Open(l.key, stored)
		wrong := (*WrongKeyError)(nil)
		switch {
		case err == nil:
			return d, l.name, nil
		case errors.Is(err, ErrPublicOnly):
			half = fmt.Errorf("key %s: %w", l.name, err)
		case !errors.As(err, &wrong):
			return nil, l.name, err
		}
		kids = append(kids, l.name+" "+l.key.KID())
	}
	if half != nil {
		return nil, "", half
	}
	return nil, "", errors.Join(append([]error{&WrongKeyError{Object: e.KID, Yours: strings.Join(kids, ", ")}}, broken...)...)
}

type loadedKey struct {
	name string
	key  Key
}

func namesOf(keys []loadedKey) []string {
	names := make([]string, len(keys))
	for i, k := range keys {
		names[i] = k.name
	}
	return names
}

// load returns the keys that can be that of e: those it names, if there are
// any, else all of its kind. broken tells which could not be loaded.
func (r *Keyring) load(e Envelope) (keys []loadedKey, broken []error) {
	if r == nil {
		return nil, nil
	}
	var named []loadedKey
	for _, n := range r.keys {
		key, err := n.get()
		if err != nil {
			broken = append(broken, err)
			continue
		}
		switch _, aes := key.(*AESKey); {
		case e.KID != "" && key.KID() == e.KID, e.KID == "" && n.name == r.prefer && aes == e.byAES():
			named = append(named, loadedKey{n.name, key})
		case e.KID != "" || aes == e.byAES():
			keys = append(keys, loadedKey{n.name, key})
		}
	}
	if named != nil {
		keys, broken = named, nil
	}
	slices.SortStableFunc(keys, func(a, b loadedKey) int { return canRead(b.key) - canRead(a.key) })
	return keys, broken
}

// canRead is 1 for a key that can read, 0 for the public half of one.
func canRead(k Key) int {
	if rsa, ok := k.(*RSAKey); ok && rsa.private == nil {
		return 0
	}
	return 1
}

// Describe says what kind of key k is.
func Describe(k Key) string {
	switch k := k.(type) {
	case *AESKey:
		return fmt.Sprintf("AES, %d bits", k.bits)
	case *RSAKey:
		text := fmt.Sprintf("RSA, %d bits", k.public.N.BitLen())
		if k.private == nil {
			text += ", public half: it writes and cannot read"
		}
		return text
	}
	return "unknown"
}
