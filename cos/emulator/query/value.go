package query

import (
	"strconv"
	"strings"
	"time"
)

// kind says what a value is.
type kind uint8

const (
	missing kind = iota // there is nothing, not even null
	null
	boolean
	numeric
	text      // typed text: a literal, a JSON string, the result of a CAST
	loose     // text from CSV, which may stand for a number or a boolean
	timestamp // with its text
	composite // JSON array or object, as its text
)

// value is one result of an expression.
type value struct {
	kind kind
	flag bool
	s    string // text; of a number: as it was written, "" if it was computed
	num  number
	own  bool // s is a copy, and no piece of a record
	time time.Time
}

func ofBool(b bool) value     { return value{kind: boolean, flag: b} }
func ofNumber(n number) value { return value{kind: numeric, num: n} }
func ofText(s string) value   { return value{kind: text, s: s} }

// absent reports NULL and MISSING.
func (v value) absent() bool { return v.kind <= null }

// anyAbsent returns what an operation on vs gives if one of them is absent:
// MISSING goes before NULL.
func anyAbsent(vs ...value) (value, bool) {
	found := value{kind: boolean}
	for _, v := range vs {
		if v.absent() && v.kind < found.kind {
			found = v
		}
	}
	return found, found.absent()
}

// number returns v as a number, also if it is text from CSV that reads as one.
func (v value) number() (number, bool) {
	switch v.kind {
	case numeric:
		return v.num, true
	case loose:
		return parseNumber(v.s)
	default:
		return number{}, false
	}
}

// truth returns v as a boolean, also if it is text from CSV that reads as one.
func (v value) truth() (b, ok bool) {
	switch v.kind {
	case boolean:
		return v.flag, true
	case loose:
		return parseBool(v.s)
	default:
		return false, false
	}
}

func parseBool(s string) (b, ok bool) {
	switch {
	case strings.EqualFold(s, "true"):
		return true, true
	case strings.EqualFold(s, "false"):
		return false, true
	}
	return false, false
}

// when returns v as a point in time, also if it is text that reads as one.
func (v value) when() (time.Time, bool) {
	switch v.kind {
	case timestamp:
		return v.time, true
	case text, loose:
		return parseTime(v.s)
	default:
		return time.Time{}, false
	}
}

// parseTime reads ISO 8601, a year with at least its T; without an offset it is UTC.
func parseTime(s string) (time.Time, bool) {
	for _, layout := range []string{
		"2006T", "2006-01T", "2006-01-02", "2006-01-02T", "2006-01-02T15:04Z07:00", time.RFC3339Nano, "2006-01-02T15:04", "2006-01-02T15:04:05",
		"2006-01-02 15:04:05",
	} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// text returns v as it is written into CSV: nothing if it is absent.
func (v value) text() string {
	switch v.kind {
	case boolean:
		return strconv.FormatBool(v.flag)
	case numeric:
		if v.s == "" {
			return v.num.String()
		}
		return v.s
	case composite:
		return compact(v.s)
	default:
		return v.s
	}
}

// compare orders two values that are not absent: as numbers where both are
// numbers, as booleans or points in time where one is and the other reads as
// one, else as text. ordered is false where one is a number and the other
// reads as none: they differ, but neither comes first.
func compare(a, b value) (order int, ordered bool) {
	n, isNumber := a.number()
	m, isNumber2 := b.number()
	switch {
	case isNumber && isNumber2:
		return n.compare(m), true
	case a.kind == numeric, b.kind == numeric:
		return 0, false
	}
	if a.kind == boolean || b.kind == boolean {
		x, xok := a.truth()
		y, yok := b.truth()
		if xok && yok {
			return compareBools(x, y), true
		}
	}
	if a.kind == timestamp || b.kind == timestamp {
		x, xok := a.when()
		y, yok := b.when()
		if xok && yok {
			return x.Compare(y), true
		}
	}
	return strings.Compare(a.text(), b.text()), true
}

func equal(a, b value) bool {
	order, ordered := compare(a, b)
	return ordered && order == 0
}

func compareBools(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// order is compare for MIN and MAX, which need one order over all values:
// numbers come before the rest.
func order(a, b value) int {
	_, an := a.number()
	_, bn := b.number()
	if an != bn {
		return compareBools(bn, an)
	}
	c, _ := compare(a, b)
	return c
}
