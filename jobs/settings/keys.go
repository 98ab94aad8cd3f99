package settings

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"cosmander/cos"
	"cosmander/cse"
)

// Keys is what the tables [keys.NAME] and [encryption] say: the master keys, and
// which uploads are encrypted unasked.
type Keys struct {
	Ring     *cse.Keyring
	Warnings []string // for people, one line each
	rules    []rule
}

// rule says which key uploads below an address are encrypted with; none if it
// is empty.
type rule struct{ bucket, prefix, key string }

// For returns the name of the key that an upload to this place is encrypted
// with where nobody says otherwise, "" for none. The longest prefix decides.
func (k Keys) For(bucket, key string) string {
	longest, name := -1, ""
	for _, r := range k.rules {
		if r.bucket == bucket && strings.HasPrefix(key, r.prefix) && len(r.prefix) > longest {
			longest, name = len(r.prefix), r.key
		}
	}
	return name
}

// Passphrase finds the passphrase of a protected key file by the key's name.
type Passphrase func(name string) ([]byte, error)

// ReadKeys is [Read] for the keys. Their files are read when a key is first
// needed: one that is not mounted keeps nobody from the rest.
func ReadKeys(path string, passphrase Passphrase) (Keys, error) {
	keys := Keys{Ring: &cse.Keyring{}}
	err := readFile(path, func(d *document) error {
		if err := keys.readFiles(d, filepath.Dir(path), passphrase); err != nil {
			return err
		}
		return keys.readRules(d)
	})
	if err != nil {
		return Keys{}, err
	}
	return keys, nil
}

func (k *Keys) readFiles(d *document, dir string, passphrase Passphrase) error {
	if _, err := d.values([]string{"keys"}); err != nil {
		return err
	}
	for _, name := range d.names([]string{"keys"}) {
		f := keyFiles{name: name, passphrase: passphrase}
		known := []key{
			{"aes", &keyPath{dir, &f.aes}},
			{"rsa_public", &keyPath{dir, &f.public}},
			{"rsa_private", &keyPath{dir, &f.private}},
		}
		if err := d.table([]string{"keys", name}, known); err != nil {
			return err
		}
		if err := f.check(); err != nil {
			return fmt.Errorf("[keys.%s]: %w", name, err)
		}
		k.Ring.Add(name, f.load)
		k.Warnings = append(k.Warnings, f.warnings()...)
	}
	return nil
}

func (k *Keys) readRules(d *document) error {
	at := []string{"encryption"}
	values, err := d.values(at)
	if err != nil || values == nil {
		return err
	}
	for _, address := range d.names(at) {
		r := &ruleText{address: address, names: k.Ring.Names()}
		if err := decode(&d.meta, values[address], r); err != nil {
			return err
		}
		k.rules = append(k.rules, r.rule)
	}
	return nil
}

// ruleText is a rule as it is written: "cos://BUCKET/PREFIX" = "NAME".
type ruleText struct {
	rule
	address string
	names   []string
}

// UnmarshalTOML implements [toml.Unmarshaler].
func (r *ruleText) UnmarshalTOML(v any) error {
	u, err := cos.ParseURI(r.address)
	if err != nil {
		return fmt.Errorf("want an address such as \"cos://BUCKET-APPID/PREFIX\": %w", err)
	}
	name, ok := v.(string)
	if !ok {
		return errors.New("want the name of a key in quotes, or \"\" for none")
	}
	for _, known := range r.names {
		ok = ok && known != name
	}
	if ok && name != "" {
		return fmt.Errorf("%q is no key; there must be a table [keys.%s]", name, name)
	}
	r.rule = rule{u.Bucket, u.Key, name}
	return nil
}

// keyPath is the path of a file: absolute, from the home folder, or from the
// folder of the configuration.
type keyPath struct {
	dir  string
	into *string
}

// UnmarshalTOML implements [toml.Unmarshaler].
func (p *keyPath) UnmarshalTOML(v any) error {
	path, ok := v.(string)
	if !ok || path == "" {
		return errors.New("want the path of a file in quotes")
	}
	if rest, home := strings.CutPrefix(path, "~/"); home {
		dir, err := os.UserHomeDir()
		if err != nil {
			return fmt.Errorf("find the home folder: %w", err)
		}
		path = filepath.Join(dir, rest)
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(p.dir, path)
	}
	*p.into = path
	return nil
}

// keyFiles is one table [keys.NAME].
type keyFiles struct {
	name                 string
	aes, public, private string
	passphrase           Passphrase
}

func (f *keyFiles) check() error {
	switch pair := f.public != "" || f.private != ""; {
	case f.aes != "" && pair:
		return errors.New("it is either aes or an RSA pair, not both")
	case f.aes == "" && !pair:
		return errors.New("it names no file: aes, or rsa_public and rsa_private")
	}
	return nil
}

// warnings tells of secrets that others can read.
func (f *keyFiles) warnings() (list []string) {
	if runtime.GOOS == "windows" {
		return nil
	}
	for _, path := range []string{f.aes, f.private} {
		if path == "" {
			continue
		}
		if info, err := os.Stat(path); err == nil && info.Mode().Perm()&0o077 != 0 {
			list = append(list, fmt.Sprintf("others can read the key file %s; chmod 600 keeps it to you", path))
		}
	}
	return list
}

// load reads the files. What it has read of them is wiped.
func (f *keyFiles) load() (cse.Key, error) {
	switch {
	case f.aes != "":
		return readKey(f.aes, func(text []byte) (cse.Key, error) { return cse.ParseAESKey(text) })
	case f.private == "":
		return readKey(f.public, func(text []byte) (cse.Key, error) { return cse.ParseRSAPublicKey(text) })
	}
	private, err := readKey(f.private, f.parsePrivate)
	if err != nil || f.public == "" {
		return private, err
	}
	public, err := readKey(f.public, func(text []byte) (cse.Key, error) { return cse.ParseRSAPublicKey(text) })
	if err != nil {
		return nil, err
	}
	if public.KID() != private.KID() {
		return nil, fmt.Errorf("%s (%s) and %s (%s) are not a pair", f.public, public.KID(), f.private, private.KID())
	}
	return private, nil
}

// parsePrivate asks for the passphrase only where there is one.
func (f *keyFiles) parsePrivate(text []byte) (cse.Key, error) {
	key, err := cse.ParseRSAPrivateKey(text, nil)
	if !errors.Is(err, cse.ErrPassphrase) || f.passphrase == nil {
		return key, err
	}
	phrase, missing := f.passphrase(f.name)
	if missing != nil {
		return nil, errors.Join(err, missing)
	}
	defer clear(phrase)
	return cse.ParseRSAPrivateKey(text, phrase)
}

func readKey(path string, parse func([]byte) (cse.Key, error)) (cse.Key, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	defer clear(text)
	key, err := parse(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return key, nil
}
