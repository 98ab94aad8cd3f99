package emulator

import (
	"net/url"
	"strconv"
	"strings"
)

// param is one name[=value] of a query, decoded.
type param struct {
	name, value string
}

// params are parsed by hand: url.ParseQuery drops pairs with a literal ";",
// which presigned URLs hold when their client does not escape it.
type params []param

func parseQuery(raw string) (params, error) {
	var q params
	for pair := range strings.SplitSeq(raw, "&") {
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		name, err := url.QueryUnescape(name)
		if err != nil {
			return nil, refuse("InvalidURI", "The query cannot be decoded.")
		}
		value, err = url.QueryUnescape(value)
		if err != nil {
			return nil, refuse("InvalidURI", "The query cannot be decoded.")
		}
		q = append(q, param{name, value})
	}
	return q, nil
}

// get returns the first value of name, which is case sensitive.
func (q params) get(name string) string {
	for _, p := range q {
		if p.name == name {
			return p.value
		}
	}
	return ""
}

// rename gives every parameter called from the name to.
func (q params) rename(from, to string) {
	for i := range q {
		if q[i].name == from {
			q[i].name = to
		}
	}
}

// has reports whether name is there, with or without a value.
func (q params) has(name string) bool {
	for _, p := range q {
		if p.name == name {
			return true
		}
	}
	return false
}

// number returns the integer value of name within [low, high], or fallback if
// it is missing or empty.
func (q params) number(name string, low, high, fallback int) (int, error) {
	v := q.get(name)
	if v == "" {
		return fallback, nil
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < low || n > high {
		return 0, refuse("InvalidArgument", "The value of "+name+" is not valid: "+v)
	}
	return n, nil
}

// pageSize reads max-keys and its likes: 1 to 1000, where more means 1000.
func (q params) pageSize(name string) (int, error) {
	n, err := q.number(name, 1, 1<<31-1, maxPage)
	return min(n, maxPage), err
}

// urlEncoded reports whether names are to be answered percent-encoded.
func (q params) urlEncoded() (bool, error) {
	switch v := q.get("encoding-type"); v {
	case "":
		return false, nil
	case "url":
		return true, nil
	default:
		return false, refuse("InvalidArgument", "The value of encoding-type is not valid: "+v)
	}
}
