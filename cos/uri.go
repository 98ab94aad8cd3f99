package cos

import (
	"fmt"
	"strings"
)

const uriScheme = "cos://"

// URI is an address cos://BUCKET-APPID/KEY, the key not encoded.
type URI struct {
	Bucket string
	Key    string // may be empty, may end in "/"
}

// String returns the address as a user types it.
func (u URI) String() string { return uriScheme + u.Bucket + "/" + u.Key }

// IsURI reports whether s begins with "cos://".
func IsURI(s string) bool { return strings.HasPrefix(s, uriScheme) }

// ParseURI parses an address; the error says what is wrong with it. The key is
// everything after the first "/" behind the bucket, taken as it is: "%20" is
// three characters and "//" stays. Whether the service takes such a key is
// decided when it is used.
func ParseURI(s string) (URI, error) {
	if !IsURI(s) {
		return URI{}, fmt.Errorf("address %s does not begin with cos://", printable(s))
	}
	bucket, key, _ := strings.Cut(strings.TrimPrefix(s, uriScheme), "/")
	if bucket == "" {
		return URI{}, fmt.Errorf("address %s names no bucket: write cos://BUCKET-APPID/KEY", printable(s))
	}
	if err := checkBucket(bucket); err != nil {
		return URI{}, fmt.Errorf("address %s: %w", printable(s), err)
	}
	return URI{Bucket: bucket, Key: key}, nil
}
