package query

import (
	"cmp"
	"math"
	"strconv"
	"strings"
)

// decimal is the text of a number, taken apart.
type decimal struct {
	negative, point           bool
	whole, fraction, exponent string // digits, the exponent with its sign
}

// parseDecimal copies nothing; ok is false for what is no number.
func parseDecimal(s string) (d decimal, ok bool) {
	if s != "" && (s[0] == '-' || s[0] == '+') {
		d.negative, s = s[0] == '-', s[1:]
	}
	d.whole, s = leadingDigits(s)
	if s != "" && s[0] == '.' {
		d.point = true
		d.fraction, s = leadingDigits(s[1:])
	}
	if d.whole == "" && d.fraction == "" {
		return d, false
	}
	if s == "" {
		return d, true
	}
	if s[0] != 'e' && s[0] != 'E' {
		return d, false
	}
	d.exponent = s[1:]
	digits := d.exponent
	if digits != "" && (digits[0] == '-' || digits[0] == '+') {
		digits = digits[1:]
	}
	some, rest := leadingDigits(digits)
	return d, some != "" && rest == ""
}

func leadingDigits(s string) (digits, rest string) {
	i := 0
	for i < len(s) && '0' <= s[i] && s[i] <= '9' {
		i++
	}
	return s[:i], s[i:]
}

// exact returns d as INT or DECIMAL, if it is one.
func (d decimal) exact() (number, bool) {
	if d.exponent != "" {
		return number{}, false
	}
	coef, ok := d.coefficient()
	if !ok && d.point {
		d.fraction = strings.TrimRight(d.fraction, "0")
		coef, ok = d.coefficient()
	}
	n := number{coef: coef, scale: len(d.fraction)}
	if d.point {
		n.class = fractional
	}
	return n, ok
}

// coefficient returns all digits as one number, if they are not too many.
func (d decimal) coefficient() (int64, bool) {
	if len(d.fraction) > maxScale {
		return 0, false
	}
	const most = 1 << 63
	var n uint64
	for _, digits := range [...]string{d.whole, d.fraction} {
		for _, c := range []byte(digits) {
			if n > most/10 {
				return 0, false
			}
			n = n*10 + uint64(c-'0')
		}
	}
	if d.negative {
		return -int64(n), n <= most
	}
	return int64(n), n <= math.MaxInt64
}

// String writes d as JSON takes it.
func (d decimal) String() string {
	var b strings.Builder
	if d.negative {
		b.WriteByte('-')
	}
	whole := strings.TrimLeft(d.whole, "0")
	if whole == "" {
		whole = "0"
	}
	b.WriteString(whole)
	if d.fraction != "" {
		b.WriteString("." + d.fraction)
	}
	if d.exponent != "" {
		b.WriteString("e" + d.exponent)
	}
	return b.String()
}

// compare goes by the digits, however many: identifiers of twenty digits are
// not to be taken for one another.
func (d decimal) compare(e decimal) int {
	a, aPlace := d.significant()
	b, bPlace := e.significant()
	if c := cmp.Compare(d.sign(a), e.sign(b)); c != 0 {
		return c
	}
	return d.sign(a) * cmp.Or(cmp.Compare(aPlace, bPlace), strings.Compare(a, b))
}

func (d decimal) sign(digits string) int {
	switch {
	case digits == "":
		return 0
	case d.negative:
		return -1
	}
	return 1
}

// significant returns digits and place so that d is 0.digits * 10^place, with
// no zeros around the digits.
func (d decimal) significant() (digits string, place int) {
	const beyond = 1 << 40                  // more than a record has digits
	exponent, _ := strconv.Atoi(d.exponent) // beyond 64 bits it is the greatest
	digits = strings.TrimLeft(d.whole+d.fraction, "0")
	place = len(digits) - len(d.fraction) + max(-beyond, min(exponent, beyond))
	return strings.TrimRight(digits, "0"), place
}
