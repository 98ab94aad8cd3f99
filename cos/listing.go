package cos

import (
	"fmt"
	"strings"
)

// A listing is what a page was asked for. Its entries are held against that
// while they are read: an answer of a million tiny ones, which would take a
// hundred times its length in memory, ends at the first too many, and nobody
// deletes or copies a name that was not asked for.
type listing struct {
	prefix, delimiter string
	most              int // entries of each kind
}

// pageOf is a listing of at most n entries; 0 and what is out of bounds mean
// 1000.
func pageOf(prefix, delimiter string, n int) listing {
	if n <= 0 || n > MaxPageKeys {
		n = MaxPageKeys
	}
	return listing{prefix, delimiter, n}
}

// entry checks the name of an entry that n others of its kind come before.
func (l listing) entry(n int, name string) error {
	switch {
	case n >= l.most:
		return fmt.Errorf("%w: it has more than %d entries", ErrMalformed, l.most)
	case name == "":
		return fmt.Errorf("%w: it has an entry without a name", ErrMalformed)
	case !strings.HasPrefix(name, l.prefix):
		return fmt.Errorf("%w: %s does not begin with %s", ErrMalformed, shortened(name), shortened(l.prefix))
	}
	return nil
}

// prefixes appends the common prefixes of an element.
func (l listing) prefixes(p *xmlParser, all []string) ([]string, error) {
	err := p.each(func(name string) error {
		if name != "Prefix" {
			return p.skip()
		}
		s, err := encodedName(p)
		if err == nil {
			err = l.entry(len(all), s)
		}
		// The prefix itself would let whoever goes down walk on the spot.
		if err == nil && (l.delimiter == "" || !strings.HasSuffix(s, l.delimiter) || s == l.prefix) {
			err = fmt.Errorf("%w: %s is no common prefix below %s", ErrMalformed, shortened(s), shortened(l.prefix))
		}
		all = append(all, s)
		return err
	})
	return all, err
}
