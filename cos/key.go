package cos

import (
	"fmt"
	"path"
	"strconv"
	"strings"
	"unicode/utf8"
)

// CheckKey reports whether the service takes key as the name of a new object;
// the error wraps [ErrInvalidKey] and says why not: 1 to 850 bytes of UTF-8, no
// "/" at the beginning and no control characters 24 to 27. Put, Copy,
// InitiateUpload, PresignPut and an Append at 0 ask it. Every other operation
// refuses only an empty key and one that cleans to
// "/" (".", "a/.."), because such a request could hit the bucket itself:
// objects that others wrote under odd names can still be read and deleted.
func CheckKey(key string) error {
	if err := checkExistingKey(key); err != nil {
		return err
	}
	reason := ""
	switch {
	case len(key) > MaxKeyBytes:
		reason = fmt.Sprintf("is %d bytes long, the limit is %d", len(key), MaxKeyBytes)
	case key[0] == '/':
		reason = "begins with /"
	case strings.ContainsFunc(key, func(r rune) bool { return r >= 24 && r <= 27 }):
		reason = "holds a control character (24-27)"
	case !utf8.ValidString(key):
		reason = "is not UTF-8"
	default:
		return nil
	}
	return fmt.Errorf("%w: %s %s", ErrInvalidKey, shortened(key), reason)
}

func checkExistingKey(key string) error {
	if key == "" {
		return fmt.Errorf("%w: it is empty", ErrInvalidKey)
	}
	if path.Clean("/"+key) == "/" {
		return fmt.Errorf("%w: %s stands for the bucket itself", ErrInvalidKey, shortened(key))
	}
	return nil
}

// checkBucket keeps anything out of a host name that does not belong there.
func checkBucket(name string) error {
	prefix, appid, ok := cutLast(name, "-")
	if !ok || prefix == "" || appid == "" || strings.Trim(appid, "0123456789") != "" ||
		strings.Trim(prefix, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" || prefix[0] == '-' {
		return fmt.Errorf("%w %s: want lower case letters, digits and hyphens, then -APPID, as in example-1250000000",
			ErrInvalidBucket, shortened(name))
	}
	return nil
}

func checkRegion(region string) error {
	if region == "" {
		return ErrNoRegion
	}
	if strings.Trim(region, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		return fmt.Errorf("%w: %s is not a region such as ap-guangzhou", ErrNoRegion, shortened(region))
	}
	return nil
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// encode is the percent-encoding of RFC 3986 that signatures are made of; path
// leaves "/" as it is.
func encode(s string, path bool) string {
	const upper = "0123456789ABCDEF"
	n := 0
	for i := range len(s) {
		if !bare(s[i], path) {
			n++
		}
	}
	if n == 0 {
		return s
	}
	b := make([]byte, 0, len(s)+2*n)
	for i := range len(s) {
		if c := s[i]; bare(c, path) {
			b = append(b, c)
		} else {
			b = append(b, '%', upper[c>>4], upper[c&15])
		}
	}
	return string(b)
}

func bare(c byte, path bool) bool {
	switch {
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		return true
	case c == '-', c == '_', c == '.', c == '~':
		return true
	}
	return path && c == '/'
}

// printable returns s fit for one line of a terminal: what is not printable is
// escaped, so that a name from the network cannot move the cursor.
func printable(s string) string {
	clean := utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return !strconv.IsPrint(r) })
	if clean {
		return s
	}
	q := strconv.Quote(s)
	return strings.ReplaceAll(q[1:len(q)-1], `\"`, `"`)
}

func shortened(s string) string {
	const most = 80
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	return printable(s)
}
