package settings

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"cosmander/cse"
)

// keyName is what a name has to look like: it becomes a file's and a table's.
var keyName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// NewKey makes a key called name, an RSA pair of so many bits or, if bits is 0,
// an AES key: its files in a folder keys beside the configuration at path, for
// this user alone, and a table for it at the end of the configuration. It
// replaces nothing. It returns the files.
func NewKey(path, name string, bits int) (files []string, err error) {
	if !keyName.MatchString(name) {
		return nil, fmt.Errorf("%q is no name for a key: letters, digits, _ and -, at most 64", name)
	}
	keys, err := ReadKeys(path, nil)
	if err != nil {
		return nil, err
	}
	for _, known := range keys.Ring.Names() {
		if known == name {
			return nil, fmt.Errorf("there is a key %s already; what it has encrypted needs it", name)
		}
	}
	made, err := newFiles(name, bits)
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(filepath.Dir(path), "keys")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	table := fmt.Sprintf("\n[keys.%s]\n", name)
	for _, f := range made {
		file := filepath.Join(dir, f.name)
		err := writeNew(file, f.text)
		clear(f.text)
		if err != nil {
			return files, err
		}
		files = append(files, file)
		table += fmt.Sprintf("%s = %q\n", f.field, "keys/"+f.name)
	}
	return files, appendTo(path, table)
}

// newFile is a file of a new key, and the field that names it.
type newFile struct {
	field, name string
	text        []byte
}

func newFiles(name string, bits int) ([]newFile, error) {
	if bits == 0 {
		return []newFile{{"aes", name + ".aes", cse.GenerateAESKey()}}, nil
	}
	private, public, err := cse.GenerateRSAKey(bits)
	return []newFile{
		{"rsa_private", name + ".private.pem", private},
		{"rsa_public", name + ".public.pem", public},
	}, err
}

// writeNew writes a file for this user alone, which must not be there, and has it
// on disk before it returns: objects will need it.
func writeNew(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Sync(), f.Close())
}

// appendTo puts a table at the end of the configuration, if the whole is one
// still.
func appendTo(path, table string) error {
	before, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if len(before) > 0 && !strings.HasSuffix(string(before), "\n") {
		table = "\n" + table
	}
	if len(before) == 0 {
		table = strings.TrimPrefix(table, "\n")
	}
	if _, err := parse(string(before) + table); err != nil {
		return fmt.Errorf("%s cannot be added to (%w); write there yourself:\n%s", path, err, table)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(table)
	return errors.Join(err, f.Sync(), f.Close())
}
