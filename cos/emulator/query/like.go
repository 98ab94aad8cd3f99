package query

import "unicode/utf8"

// maxPattern bounds patterns, because a comparison takes up to as many steps
// as the lengths of the text and the pattern multiplied.
const maxPattern = 4 << 10 // bytes

func (l *like) eval(e *env) (value, error) {
	v, err := l.operand.eval(e)
	if err != nil {
		return v, err
	}
	p := l.constant
	if p == nil {
		by, err := evalAll(e, l.by...)
		if err != nil {
			return value{}, err
		}
		if a, ok := anyAbsent(append(by, v)...); ok {
			return a, nil
		}
		if p, err = l.compile(by); err != nil {
			return value{}, err
		}
	}
	if v.absent() {
		return v, nil
	}
	matched, err := p.matches(v.text(), e.check)
	return ofBool(matched != l.inverted), err
}

// prepare reads a pattern that is the same for all rows.
func (l *like) prepare() (err error) {
	var by []value
	for _, x := range l.by {
		constant, ok := x.(literal)
		if !ok || constant.value.absent() {
			return nil
		}
		by = append(by, constant.value)
	}
	l.constant, err = l.compile(by)
	return err
}

// compile reads a pattern and its escape, if there is one. Neither is absent.
func (l *like) compile(by []value) (pattern, error) {
	text, escape := by[0].text(), rune(-1)
	if len(text) > maxPattern {
		return nil, l.at.refuse("LikeInvalidInputs", "a pattern of more than %d bytes is not supported", maxPattern)
	}
	if len(by) > 1 {
		s := by[1].text()
		var size int
		if escape, size = utf8.DecodeRuneInString(s); size == 0 || size != len(s) {
			return nil, l.at.refuse("LikeInvalidInputs", "ESCAPE takes one character, not %s", quote(s))
		}
	}
	p, ok := parsePattern(text, escape)
	if !ok {
		return nil, l.at.refuse("LikeInvalidInputs", "the pattern %s has its escape character where nothing is to be escaped", quote(text))
	}
	return p, nil
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
	p = pattern{} // one without elements is one too
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
