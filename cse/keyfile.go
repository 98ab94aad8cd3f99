package cse

import (
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"

	"golang.org/x/crypto/ssh"
)

// ParseRSAPrivateKey reads a private key file: PEM with PKCS#1 or PKCS#8, or
// OpenSSH. A protected file without a passphrase gives [ErrPassphrase];
// protected PKCS#8 is not read.
func ParseRSAPrivateKey(text, passphrase []byte) (*RSAKey, error) {
	if block, _ := pem.Decode(text); block != nil && block.Type == "ENCRYPTED PRIVATE KEY" {
		return nil, fmt.Errorf("%w in PKCS#8 form, which is not read; convert it to the OpenSSH form", ErrPassphrase)
	}
	private, err := parsePrivate(text, passphrase)
	var missing *ssh.PassphraseMissingError
	if errors.As(err, &missing) {
		return nil, ErrPassphrase
	}
	if err != nil {
		return nil, fmt.Errorf("parse an RSA private key: %w", err)
	}
	key, ok := private.(*rsa.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("the private key is not RSA but %T", private)
	}
	return NewRSAKey(key)
}

func parsePrivate(text, passphrase []byte) (any, error) {
	if len(passphrase) == 0 {
		return ssh.ParseRawPrivateKey(text)
	}
	key, err := ssh.ParseRawPrivateKeyWithPassphrase(text, passphrase)
	if err != nil {
		// A passphrase for a file that needs none does no harm.
		if plain, errPlain := ssh.ParseRawPrivateKey(text); errPlain == nil {
			return plain, nil
		}
	}
	return key, err
}

// ParseRSAPublicKey reads a public key file: PEM with SPKI or PKCS#1, or an
// OpenSSH line ("ssh-rsa …").
func ParseRSAPublicKey(text []byte) (*RSAKey, error) {
	public, err := parsePublic(text)
	if err != nil {
		return nil, fmt.Errorf("parse an RSA public key: %w", err)
	}
	key, ok := public.(*rsa.PublicKey)
	if !ok {
		return nil, fmt.Errorf("the public key is not RSA but %T", public)
	}
	return NewRSAPublicKey(key)
}

func parsePublic(text []byte) (crypto.PublicKey, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return parseSSHPublic(text)
	}
	switch block.Type {
	case "PUBLIC KEY":
		return x509.ParsePKIXPublicKey(block.Bytes)
	case "RSA PUBLIC KEY":
		return x509.ParsePKCS1PublicKey(block.Bytes)
	}
	return nil, fmt.Errorf("a PEM block called %q is no public key", block.Type)
}

func parseSSHPublic(text []byte) (crypto.PublicKey, error) {
	public, _, _, _, err := ssh.ParseAuthorizedKey(text)
	if err != nil {
		return nil, errors.New("neither PEM nor an OpenSSH public key")
	}
	c, ok := public.(ssh.CryptoPublicKey)
	if !ok {
		return nil, fmt.Errorf("a key of type %s", public.Type())
	}
	return c.CryptoPublicKey(), nil
}
