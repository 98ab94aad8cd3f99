package cos

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// StorageClasses returns the documented storage classes, the usual one first.
func StorageClasses() []string {
	return []string{
		"STANDARD", "STANDARD_IA", "INTELLIGENT_TIERING", "ARCHIVE", "DEEP_ARCHIVE",
		"MAZ_STANDARD", "MAZ_STANDARD_IA", "MAZ_INTELLIGENT_TIERING", "MAZ_ARCHIVE", "MAZ_DEEP_ARCHIVE",
	}
}

// CheckClass reports whether there is a storage class of that name, in any
// case; the error wraps [ErrInvalidInput].
func CheckClass(class string) error {
	if slices.Contains(StorageClasses(), strings.ToUpper(class)) {
		return nil
	}
	return fmt.Errorf("%w: there is no storage class %q", ErrInvalidInput, shortened(class))
}

// Check reports whether an object can have the headers; the error wraps
// [ErrInvalidInput] and says why not: control characters, names that are none,
// more than 2 KB of metadata, tags beyond their limits. A class or an ACL may be
// one that this package does not know yet.
func (h Headers) Check() error {
	size := 0
	for name, value := range h.Meta {
		if strings.Contains(name, "_") {
			return fmt.Errorf("%w: %q is no name for metadata: it holds an underscore", ErrInvalidInput, shortened(name))
		}
		// Whether names count is not documented; counting them is the stricter.
		size += len(name) + len(value)
	}
	if size > MaxMetaBytes {
		return fmt.Errorf("%w: %d bytes of metadata are more than %d", ErrInvalidInput, size, MaxMetaBytes)
	}
	return h.set(http.Header{})
}
