package query

import (
	"cmp"
	"math"
	"math/big"
	"math/bits"
	"strconv"
)

// number is a decimal fraction as long as 18 digits suffice, else a float64.
// Sums of money stay exact, and nothing grows with the data.
type number struct {
	coef  int64 // coef / 10^scale, if exact
	scale int   // 0..maxScale
	exact bool
	float float64 // if not exact
}

const maxScale = 18

func integer(n int64) number { return number{coef: n, exact: true} }

// fromFloat returns f as the shortest decimal fraction that reads as f.
func fromFloat(f float64) number {
	if n, ok := parseNumber(strconv.FormatFloat(f, 'f', -1, 64)); ok && n.exact {
		return n
	}
	return number{float: f}
}

// parseNumber reads what JSON and CSV call a number: sign, digits, fraction
// and exponent, without blanks around it, and neither hex nor infinity.
func parseNumber(s string) (number, bool) {
	n, i := number{exact: true}, 0
	if i < len(s) && (s[i] == '-' || s[i] == '+') {
		i++
	}
	digits, point := 0, -1
	for ; i < len(s); i++ {
		switch c := s[i]; {
		case '0' <= c && c <= '9':
			digits++
			n.take(c-'0', point >= 0)
			continue
		case c == '.' && point < 0:
			point = i
			continue
		}
		break
	}
	if digits == 0 {
		return n, false
	}
	if i < len(s) {
		n.exact = false
		if !isExponent(s[i:]) {
			return n, false
		}
	}
	if !n.exact {
		// Out of range is an infinity, which compares as it should.
		n.float, _ = strconv.ParseFloat(s, 64)
		return n, true
	}
	if s[0] == '-' {
		n.coef = -n.coef
	}
	return n, true
}

// take appends a digit.
func (n *number) take(digit byte, fraction bool) {
	if n.coef > (math.MaxInt64-9)/10 || (fraction && n.scale == maxScale) {
		n.exact = false
		return
	}
	n.coef = n.coef*10 + int64(digit)
	if fraction {
		n.scale++
	}
}

func isExponent(s string) bool {
	if s[0] != 'e' && s[0] != 'E' {
		return false
	}
	s = s[1:]
	if s != "" && (s[0] == '-' || s[0] == '+') {
		s = s[1:]
	}
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return s != ""
}

func pow10(scale int) int64 {
	p := int64(1)
	for range scale {
		p *= 10
	}
	return p
}

func (n number) float64() float64 {
	if n.exact {
		return float64(n.coef) / float64(pow10(n.scale))
	}
	return n.float
}

func (n number) isInteger() bool { return n.exact && n.scale == 0 }

func (n number) isZero() bool { return n.exact && n.coef == 0 || !n.exact && n.float == 0 }

func (n number) rat() *big.Rat { return big.NewRat(n.coef, pow10(n.scale)) }

// String writes n as JSON takes it. A float64 of 19 digits and more gets an
// exponent, because its last digits say nothing.
func (n number) String() string {
	if !n.exact {
		format := byte('f')
		if abs := math.Abs(n.float); abs != 0 && (abs < 1e-6 || abs >= 1e18) {
			format = 'e'
		}
		return strconv.FormatFloat(n.float, format, -1, 64)
	}
	if n.scale == 0 {
		return strconv.FormatInt(n.coef, 10)
	}
	s, sign := strconv.FormatUint(magnitude(n.coef), 10), ""
	if n.coef < 0 {
		sign = "-"
	}
	for len(s) <= n.scale {
		s = "0" + s
	}
	return sign + s[:len(s)-n.scale] + "." + s[len(s)-n.scale:]
}

func magnitude(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}

// compare returns -1, 0 or 1.
func (n number) compare(m number) int {
	if !n.exact || !m.exact {
		return cmp.Compare(n.float64(), m.float64())
	}
	if n.scale == m.scale || (n.coef < 0) != (m.coef < 0) {
		return cmp.Compare(n.coef, m.coef)
	}
	nh, nl := bits.Mul64(magnitude(n.coef), uint64(pow10(m.scale)))
	mh, ml := bits.Mul64(magnitude(m.coef), uint64(pow10(n.scale)))
	c := cmp.Or(cmp.Compare(nh, mh), cmp.Compare(nl, ml))
	if n.coef < 0 {
		return -c
	}
	return c
}

// align brings both to one scale, if their digits allow it.
func align(n, m number) (number, number, bool) {
	if !n.exact || !m.exact {
		return n, m, false
	}
	scale := max(n.scale, m.scale)
	nc, nok := mulInt(n.coef, pow10(scale-n.scale))
	mc, mok := mulInt(m.coef, pow10(scale-m.scale))
	return number{coef: nc, scale: scale, exact: true}, number{coef: mc, scale: scale, exact: true}, nok && mok
}

func mulInt(a, b int64) (int64, bool) {
	high, low := bits.Mul64(magnitude(a), magnitude(b))
	// The least integer is left out: its negative is none.
	if high != 0 || low > math.MaxInt64 {
		return 0, false
	}
	if (a < 0) != (b < 0) {
		return -int64(low), true
	}
	return int64(low), true
}

func (n number) add(m number) number {
	if a, b, ok := align(n, m); ok {
		sum := a.coef + b.coef
		if (sum > a.coef) == (b.coef > 0) {
			return number{coef: sum, scale: a.scale, exact: true}
		}
	}
	return number{float: n.float64() + m.float64()}
}

func (n number) negate() number {
	if n.exact && n.coef != math.MinInt64 {
		n.coef = -n.coef
		return n
	}
	return number{float: -n.float64()}
}

func (n number) mul(m number) number {
	if n.exact && m.exact && n.scale+m.scale <= maxScale {
		if coef, ok := mulInt(n.coef, m.coef); ok {
			return number{coef: coef, scale: n.scale + m.scale, exact: true}
		}
	}
	return number{float: n.float64() * m.float64()}
}

// div divides by m, which is not zero. Two integers give an integer, cut
// towards zero.
func (n number) div(m number) number {
	switch {
	case n.isInteger() && m.isInteger() && n.coef != math.MinInt64:
		return integer(n.coef / m.coef)
	case n.exact && m.exact:
		return n.quotient(m)
	}
	return number{float: n.float64() / m.float64()}
}

// quotient divides by m, which is not zero, without cutting.
func (n number) quotient(m number) number {
	if !n.exact || !m.exact {
		return number{float: n.float64() / m.float64()}
	}
	// The nearest float64, which a division of two floats would miss.
	f, _ := new(big.Rat).Quo(n.rat(), m.rat()).Float64()
	return fromFloat(f)
}

// mod returns the remainder, with n's sign; m is not zero.
func (n number) mod(m number) number {
	if a, b, ok := align(n, m); ok {
		return number{coef: a.coef % b.coef, scale: a.scale, exact: true}
	}
	return number{float: math.Mod(n.float64(), m.float64())}
}

// truncate returns the integer towards zero; ok is false beyond 64 bits.
func (n number) truncate() (_ number, ok bool) {
	if n.exact {
		return integer(n.coef / pow10(n.scale)), true
	}
	const limit = 1 << 63
	f := math.Trunc(n.float)
	return integer(int64(f)), f >= -limit && f < limit
}
