package emulator

import (
	"encoding/json"
	"fmt"
	"net/http"
)

// extra is what few objects have.
type extra struct {
	Appendable bool     `json:",omitempty"`
	ACL        *acl     `json:",omitempty"`
	Tags       []tag    `json:",omitempty"`
	Restore    *restore `json:",omitempty"`
	// Encrypted is the algorithm that the content is said to be encrypted by,
	// KMSKey the key: both are only remembered.
	Encrypted string `json:",omitempty"`
	KMSKey    string `json:",omitempty"`
}

func (e extra) empty() bool {
	return !e.Appendable && e.ACL == nil && len(e.Tags) == 0 && e.Restore == nil && e.Encrypted == ""
}

// pack writes an extra for the index.
func (e extra) pack() string {
	if e.empty() {
		return ""
	}
	b, err := json.Marshal(e)
	if err != nil {
		panic("emulator: marshal extra: " + err.Error()) // plain values always marshal
	}
	return string(b)
}

func unpackExtra(packed string) (e extra, err error) {
	if packed == "" {
		return e, nil
	}
	if err := json.Unmarshal([]byte(packed), &e); err != nil {
		return e, fmt.Errorf("damaged index: extra of an object: %w", err)
	}
	return e, nil
}

// readExtra takes what a put, initiate or copy sets beside content and
// headers.
func readExtra(in http.Header) (x extra, err error) {
	if x.ACL, err = readACL(in); err != nil {
		return x, err
	}
	if x.Tags, err = readTags(in); err != nil {
		return x, err
	}
	x.Encrypted, x.KMSKey = in.Get(encryptionHeader), in.Get(kmsKeyHeader)
	switch {
	case x.Encrypted == "" && x.KMSKey == "", x.Encrypted == "AES256" && x.KMSKey == "", x.Encrypted == "cos/kms":
		return x, nil
	}
	return x, refuse("InvalidArgument", encryptionHeader+" is AES256 or cos/kms.")
}

const (
	encryptionHeader = "x-cos-server-side-encryption"
	kmsKeyHeader     = "x-cos-server-side-encryption-cos-kms-key-id"
)
