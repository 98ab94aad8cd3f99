package jobs

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"cosmander/cos"
)

// maxSegment is the longest file name of the usual file systems, in bytes.
const maxSegment = 255

// localName turns the part of a key below the destination into a path below a
// local folder. A name is used exactly or refused, never mended: two keys
// must not end in one file. Names that a file system takes for one though they
// differ are told apart later, see sameness.
func localName(rel string) (string, error) {
	segments := strings.Split(strings.TrimSuffix(rel, "/"), "/")
	for _, s := range segments {
		if err := checkSegment(s); err != nil {
			return "", err
		}
	}
	path := filepath.Join(segments...)
	if !filepath.IsLocal(path) || strings.Join(segments, string(filepath.Separator)) != path {
		return "", errors.New("the name cannot be a local path")
	}
	return path, nil
}

func checkSegment(s string) error {
	switch {
	case s == "":
		return errors.New("the name has an empty segment, which a local path cannot hold")
	case s == "." || s == "..":
		return fmt.Errorf("the name has the segment %q, which means another folder here", s)
	case strings.ContainsRune(s, 0):
		return errors.New("the name has a NUL byte, which a local path cannot hold")
	case len(s) > maxSegment:
		return fmt.Errorf("the name has a segment of %d bytes; a local name holds %d", len(s), maxSegment)
	case filepath.Separator != '/' && strings.ContainsRune(s, filepath.Separator):
		return fmt.Errorf("the name has a %q, which separates folders here", filepath.Separator)
	case strings.HasPrefix(s, ".cosmander-") && strings.HasSuffix(s, ".part"):
		return errors.New("the name is reserved for temporary files")
	}
	return nil
}

// checkKey says why an object cannot have this key.
func checkKey(key string) error {
	switch {
	case !utf8.ValidString(key):
		return fmt.Errorf("the name %q is not UTF-8, which an object key must be", lastSegment(key))
	case len(key) > cos.MaxKeyBytes:
		return fmt.Errorf("the object key would have %d bytes; the service allows %d", len(key), cos.MaxKeyBytes)
	case strings.HasPrefix(key, "/"):
		return errors.New("an object key cannot begin with a slash")
	}
	return nil
}

// lastSegment returns the name a key or prefix has in its folder.
func lastSegment(key string) string {
	key = strings.TrimSuffix(key, "/")
	return key[strings.LastIndexByte(key, '/')+1:]
}
