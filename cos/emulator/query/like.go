package query

import "unicode/utf8"

func (l *like) eval(e *env) (value, error) {
	list := []expr{l.operand, l.pattern}
	if l.escape != nil {
		list = append(list, l.escape)
	}
	v, err := evalAll(e, list...)
	if err != nil {
		return value{}, err
	}
	if a, ok := anyAbsent(v...); ok {
		return a, nil
	}
	escape := rune(-1)
	if l.escape != nil {
		var size int
		if escape, size = utf8.DecodeRuneInString(v[2].text()); size == 0 || size != len(v[2].text()) {
			return value{}, l.at.refuse("LikeInvalidInputs", "ESCAPE takes one character, not %s", quote(v[2].text()))
		}
	}
	pattern, ok := parsePattern(v[1].text(), escape)
	if !ok {
		return value{}, l.at.refuse("LikeInvalidInputs", "the pattern %s has its escape character where nothing is to be escaped", quote(v[1].text()))
	}
	matched, err := pattern.matches(v[0].text(), e.check)
	return ofBool(matched != l.inverted), err
}

// Elements of a pattern that are not characters.
const (
	anyText rune = -1 - iota // %
	anyCharacter
)

type pattern []rune

// parsePattern reads a LIKE pattern; escape is -1 if there is none. ok is false
// if it escapes anything but %, _ and itself.
func parsePattern(s string, escape rune) (p pattern, ok bool) {
	escaped := false
	for _, c := range s {
		switch {
		case escaped:
			if c != '%' && c != '_' && c != escape {
				return nil, false
			}
			p, escaped = append(p, c), false
		case c == escape:
			escaped = true
		case c == '%':
			p = append(p, anyText)
		case c == '_':
			p = append(p, anyCharacter)
		default:
			p = append(p, c)
		}
	}
	return p, !escaped
}

// matches compares from left to right and goes back to the last % only, which
// is enough. A hostile pattern can still take long, and check ends it.
func (p pattern) matches(s string, check func() error) (bool, error) {
	i, j := 0, 0 // in s and in p
	back, star := 0, -1
	for steps := 1; i < len(s); steps++ {
		if steps%(1<<20) == 0 {
			if err := check(); err != nil {
				return false, err
			}
		}
		c, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case j < len(p) && p[j] == anyText:
			star, back = j, i
			j++
		case j < len(p) && (p[j] == anyCharacter || p[j] == c):
			i += size
			j++
		case star >= 0:
			_, size := utf8.DecodeRuneInString(s[back:])
			back += size
			i, j = back, star+1
		default:
			return false, nil
		}
	}
	for j < len(p) && p[j] == anyText {
		j++
	}
	return j == len(p), nil
}
