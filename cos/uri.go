package cos

// URI is an address cos://BUCKET-APPID/KEY, the key not encoded.
type URI struct {
	Bucket string
	Key    string // may be empty, may end in "/"
}

// String returns the address as a user types it.
func (u URI) String() string { return "cos://" + u.Bucket + "/" + u.Key }

// IsURI reports whether s begins with "cos://".
func IsURI(s string) bool { return len(s) >= 6 && s[:6] == "cos://" }

// ParseURI parses an address; the error says what is wrong with it.
func ParseURI(s string) (URI, error) { return URI{}, errSkeleton }
