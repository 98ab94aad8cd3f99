package cse

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
)

// GenerateAESKey returns the text of a new key file for a key of 32 bytes.
func GenerateAESKey() []byte {
	master := make([]byte, 32)
	_, _ = rand.Read(master) // it never fails
	defer clear(master)
	return append(base64.StdEncoding.AppendEncode(nil, master), '\n')
}

// GenerateRSAKey returns the texts of a new pair of key files in PEM: PKCS#8 and
// SPKI. The size is 2048 to 4096 bits.
func GenerateRSAKey(bits int) (private, public []byte, err error) {
	if bits < minWriteBits || bits > maxWriteBits {
		return nil, nil, fmt.Errorf("an RSA key for writing has %d to %d bits, not %d", minWriteBits, maxWriteBits, bits)
	}
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		return nil, nil, fmt.Errorf("make an RSA key: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, nil, fmt.Errorf("encode an RSA key: %w", err)
	}
	defer clear(der)
	spki, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		return nil, nil, fmt.Errorf("encode an RSA key: %w", err)
	}
	private = pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	return private, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: spki}), nil
}
