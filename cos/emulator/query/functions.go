package query

import (
	"strings"
	"unicode/utf8"
)

// function computes a call; at is for its errors.
type function func(args []value, at position) (value, error)

// builtin is a function with the number of its arguments.
type builtin struct {
	run         function
	least, most int
}

// functions are those whose arguments are a plain list.
var functions = map[string]builtin{
	"NULLIF":           {nullIf, 2, 2},
	"CHAR_LENGTH":      {charLength, 1, 1},
	"CHARACTER_LENGTH": {charLength, 1, 1},
	"LOWER":            {onText(strings.ToLower), 1, 1},
	"UPPER":            {onText(strings.ToUpper), 1, 1},
}

func (c *call) eval(e *env) (value, error) {
	args, err := evalAll(e, c.args...)
	if err != nil {
		return value{}, err
	}
	v, err := c.run(args, c.at)
	if err != nil {
		return v, err
	}
	return e.make(v, args[0])
}

// eval looks at one argument after the other, so that it never holds all of
// them.
func (c *coalesce) eval(e *env) (value, error) {
	for _, x := range c.args {
		if v, err := x.eval(e); err != nil || !v.absent() {
			return v, err
		}
	}
	return value{kind: null}, nil
}

func nullIf(args []value, _ position) (value, error) {
	a, b := args[0], args[1]
	if a.absent() {
		return value{kind: null}, nil
	}
	if !b.absent() && equal(a, b) {
		return value{kind: null}, nil
	}
	return a, nil
}

func charLength(args []value, _ position) (value, error) {
	if args[0].absent() {
		return args[0], nil
	}
	return ofNumber(integer(int64(utf8.RuneCountInString(args[0].text())))), nil
}

func onText(f func(string) string) function {
	return func(args []value, _ position) (value, error) { return args[0].mapText(f), nil }
}

// mapText applies f to text. What is made from text of CSV may stand for a
// number as well as that did.
func (v value) mapText(f func(string) string) value {
	if v.absent() {
		return v
	}
	made := ofText(f(v.text()))
	if v.kind == loose {
		made.kind = loose
	}
	return made
}

// substring counts characters from 1. A start before the text takes from the
// length, as in the SQL standard.
func substring(args []value, at position) (value, error) {
	if a, ok := anyAbsent(args...); ok {
		return a, nil
	}
	start, err := at.whole(args[1])
	if err != nil {
		return value{}, err
	}
	end := int64(maxRecord) + 1
	if len(args) == 3 {
		length, err := at.whole(args[2])
		if err != nil {
			return value{}, err
		}
		if length < 0 {
			return value{}, at.refuse("IllegalSqlFunctionArgument", "the length %d of SUBSTRING is negative", length)
		}
		end = start + length
	}
	return args[0].mapText(func(s string) string { return cut(s, start-1, end-1) }), nil
}

// whole returns v as an integer; no text is as long as what it is held to.
func (p position) whole(v value) (int64, error) {
	n, err := p.number(v, "SUBSTRING")
	if err != nil {
		return 0, err
	}
	whole, ok := n.truncate()
	if !ok || whole.compare(n) != 0 {
		return 0, p.refuse("IllegalSqlFunctionArgument", "SUBSTRING takes whole numbers, not %s", quote(v.text()))
	}
	const beyond = 1 << 32
	return max(-beyond, min(whole.coef, beyond)), nil
}

// cut returns the characters of s from first up to end, counted from 0.
func cut(s string, first, end int64) string {
	var n int64
	from := len(s)
	for i := range s {
		if n >= end {
			return s[min(from, i):i]
		}
		if n >= first {
			from = min(from, i)
		}
		n++
	}
	return s[from:]
}

func (t *trim) eval(e *env) (value, error) {
	v, err := t.operand.eval(e)
	if err != nil {
		return v, err
	}
	set := ofText(" ")
	if t.set != nil {
		if set, err = t.set.eval(e); err != nil {
			return v, err
		}
	}
	if a, ok := anyAbsent(v, set); ok {
		return a, nil
	}
	// The set may be as long as a record.
	members := map[rune]bool{}
	for _, c := range set.text() {
		members[c] = true
	}
	within := func(c rune) bool { return members[c] }
	return e.make(v.mapText(func(s string) string {
		if t.leading {
			s = strings.TrimLeftFunc(s, within)
		}
		if t.trailing {
			s = strings.TrimRightFunc(s, within)
		}
		return s
	}), v)
}
