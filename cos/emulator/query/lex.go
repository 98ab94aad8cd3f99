package query

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// tokenKind says what a token is.
type tokenKind uint8

const (
	end      tokenKind = iota
	word               // keyword or name, as written
	quoted             // name in double quotes, without them
	str                // text in single quotes, without them
	digits             // number
	operator           // also parentheses, commas and the like
)

type token struct {
	kind tokenKind
	text string
	at   position
}

// is reports whether t is the keyword or the operator given in upper case.
func (t token) is(s string) bool {
	return t.kind == operator && t.text == s || t.kind == word && strings.EqualFold(t.text, s)
}

// String shows t in a message.
func (t token) String() string {
	if t.kind == end {
		return "the end of the expression"
	}
	return quote(t.text)
}

// lexer cuts an expression into tokens.
type lexer struct {
	rest string
	at   position
}

// tokens returns all tokens of an expression; the last is an end.
func tokens(expression string) ([]token, error) {
	l := lexer{expression, position{1, 1}}
	var all []token
	for {
		t, err := l.next()
		if err != nil {
			return nil, err
		}
		all = append(all, t)
		if t.kind == end {
			return all, nil
		}
	}
}

func (l *lexer) next() (token, error) {
	l.skip(len(l.rest) - len(strings.TrimLeft(l.rest, " \t\r\n")))
	if l.rest == "" {
		return token{kind: end, at: l.at}, nil
	}
	c, size := utf8.DecodeRuneInString(l.rest)
	switch {
	case c == '\'':
		return l.enclosed(str, "text")
	case c == '"':
		return l.enclosed(quoted, "name")
	case isDigit(c), c == '.' && len(l.rest) > 1 && isDigit(rune(l.rest[1])):
		return l.number()
	case isLetter(c):
		return l.take(word, l.span(isName)), nil
	}
	for _, op := range []string{"<>", "!=", "<=", ">=", "||"} {
		if strings.HasPrefix(l.rest, op) {
			return l.take(operator, len(op)), nil
		}
	}
	switch {
	case strings.HasPrefix(l.rest, "--"), strings.HasPrefix(l.rest, "/*"):
		return token{}, l.at.refuse("UnsupportedSyntax", "comments are not supported (write a - (-b) for a sign after a minus)")
	case c == ';':
		return token{}, l.at.refuse("UnsupportedSyntax", "semicolons are not supported, the expression is one SELECT")
	case strings.ContainsRune("=<>+-*/%(),.[]", c):
		return l.take(operator, size), nil
	}
	return token{}, l.at.refuse("LexerInvalidChar", "the character %q is not expected", c)
}

func isDigit(c rune) bool  { return '0' <= c && c <= '9' }
func isLetter(c rune) bool { return c == '_' || unicode.IsLetter(c) }
func isName(c rune) bool {
	return c == '_' || c == '$' || unicode.IsLetter(c) || unicode.IsDigit(c) || unicode.IsMark(c)
}

// span counts the bytes at the front whose characters pass.
func (l *lexer) span(pass func(rune) bool) int {
	if i := strings.IndexFunc(l.rest, func(c rune) bool { return !pass(c) }); i >= 0 {
		return i
	}
	return len(l.rest)
}

func (l *lexer) take(k tokenKind, n int) token {
	t := token{k, l.rest[:n], l.at}
	l.skip(n)
	return t
}

// skip moves on by n bytes.
func (l *lexer) skip(n int) {
	for _, c := range l.rest[:n] {
		l.at.column++
		if c == '\n' {
			l.at = position{l.at.line + 1, 1}
		}
	}
	l.rest = l.rest[n:]
}

// enclosed reads up to the closing quote; a doubled quote stands for one.
func (l *lexer) enclosed(k tokenKind, what string) (token, error) {
	mark := l.rest[:1]
	for i := 1; i < len(l.rest); i++ {
		if l.rest[i] != mark[0] {
			continue
		}
		if i+1 < len(l.rest) && l.rest[i+1] == mark[0] {
			i++
			continue
		}
		t := l.take(k, i+1)
		t.text = strings.ReplaceAll(t.text[1:i], mark+mark, mark)
		return t, nil
	}
	return token{}, l.at.refuse("LexerInvalidLiteral", "the %s that begins here has no closing %s", what, mark)
}

func (l *lexer) number() (token, error) {
	digitsAt := func(from int) int { return from + (&lexer{rest: l.rest[from:]}).span(isDigit) }
	n := digitsAt(0)
	if n < len(l.rest) && l.rest[n] == '.' {
		n = digitsAt(n + 1)
	}
	if n < len(l.rest) && (l.rest[n] == 'e' || l.rest[n] == 'E') {
		n++
		if n < len(l.rest) && (l.rest[n] == '+' || l.rest[n] == '-') {
			n++
		}
		n = digitsAt(n)
	}
	at := l.at
	t := l.take(digits, n)
	if c, _ := utf8.DecodeRuneInString(l.rest); isName(c) {
		return t, at.refuse("LexerInvalidLiteral", "%s is not a number", quote(t.text+string(c)))
	}
	if n, ok := parseNumber(t.text); !ok || !n.isFinite() {
		return t, at.refuse("LexerInvalidLiteral", "%s is not a number", quote(t.text))
	}
	return t, nil
}
