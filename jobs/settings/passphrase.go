package settings

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/zalando/go-keyring"
)

// keyringService is the name under which the operating system's keyring holds
// what is ours.
const keyringService = "cosmander"

// FindPassphrase is the [Passphrase] of the program: the variable
// COSMANDER_PASSPHRASE_NAME of the environment, the key's name in capitals, else
// what StorePassphrase has stored.
func FindPassphrase(name string) ([]byte, error) {
	variable := "COSMANDER_PASSPHRASE_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
	if text, ok := os.LookupEnv(variable); ok {
		return []byte(text), nil
	}
	text, err := keyring.Get(keyringService, "key "+name)
	if errors.Is(err, keyring.ErrNotFound) {
		return nil, fmt.Errorf("its passphrase is neither in %s nor in the keyring: cosmander key passphrase %s stores it there", variable, name)
	}
	if err != nil {
		return nil, fmt.Errorf("its passphrase is not in %s, and the keyring cannot be asked: %w", variable, err)
	}
	return []byte(text), nil
}

// StorePassphrase puts the passphrase of a key into the operating system's
// keyring, in place of one that is there.
func StorePassphrase(name string, phrase []byte) error {
	if err := keyring.Set(keyringService, "key "+name, string(phrase)); err != nil {
		return fmt.Errorf("store it in the keyring: %w", err)
	}
	return nil
}
