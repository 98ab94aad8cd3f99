package query

import (
	"cmp"
	"math"
	"math/big"
	"math/bits"
	"strconv"
	"strings"
)

// number has one of SQL's three types, and nothing about it grows with the
// data: money adds up exactly, and what 64 bits cannot hold is a float64. Its
// value is always the decimal that String writes.
type number struct {
	class class
	coef  int64   // of INT and DECIMAL, which are coef / 10^scale
	scale int     // of DECIMAL, 0..maxScale
	float float64 // of FLOAT
	text  string  // of FLOAT: as it was written, "" if it was computed
}

// class is the type of a number. Of two, the greater is the type of what is
// calculated from them.
type class uint8

const (
	integral    class = iota // INT: whole, 64 bits
	fractional               // DECIMAL: digits that are 64 bits, with a point among or before them
	approximate              // FLOAT: an exponent, too many digits, or a result of /
)

const maxScale = 18

func integer(n int64) number    { return number{coef: n} }
func ofFloat(f float64) number  { return number{class: approximate, float: f} }
func (n number) isZero() bool   { return n.coef == 0 && n.float == 0 }
func (n number) isFinite() bool { return !math.IsInf(n.float, 0) && !math.IsNaN(n.float) }

// parseNumber reads what JSON and CSV call a number: sign, digits, fraction
// and exponent, without blanks around it, and neither hex nor infinity.
func parseNumber(s string) (number, bool) {
	d, ok := parseDecimal(s)
	if !ok {
		return number{}, false
	}
	if n, ok := d.exact(); ok {
		return n, true
	}
	// Out of range is an infinity, which compares by its text.
	f, _ := strconv.ParseFloat(s, 64)
	return number{class: approximate, float: f, text: s}, true
}

func pow10(scale int) int64 {
	p := int64(1)
	for range scale {
		p *= 10
	}
	return p
}

// float64 returns the nearest one.
func (n number) float64() float64 {
	if n.class == approximate {
		return n.float
	}
	f, _ := strconv.ParseFloat(n.String(), 64)
	return f
}

// String writes n as JSON takes it. A float64 of 19 digits and more gets an
// exponent, because its last digits say nothing.
func (n number) String() string {
	switch {
	case n.text != "":
		d, _ := parseDecimal(n.text)
		return d.String()
	case n.class == approximate:
		format := byte('f')
		if abs := math.Abs(n.float); abs != 0 && (abs < 1e-6 || abs >= 1e18) {
			format = 'e'
		}
		return strconv.FormatFloat(n.float, format, -1, 64)
	case n.scale == 0:
		return strconv.FormatInt(n.coef, 10)
	}
	s, sign := strconv.FormatUint(magnitude(n.coef), 10), ""
	if n.coef < 0 {
		sign = "-"
	}
	if short := n.scale + 1 - len(s); short > 0 {
		s = strings.Repeat("0", short) + s
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
	switch {
	case max(n.class, m.class) == approximate:
		a, _ := parseDecimal(n.String())
		b, _ := parseDecimal(m.String())
		return a.compare(b)
	case n.scale == m.scale, (n.coef < 0) != (m.coef < 0):
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

// calculate does an operation exactly if 64 bits take its result, perhaps
// without the zeros that end the fractions, and otherwise with float64.
func (n number) calculate(m number, exact func(n, m number) (coef int64, scale int, ok bool), float func(x, y float64) float64) number {
	if c := max(n.class, m.class); c != approximate {
		coef, scale, ok := exact(n, m)
		if !ok {
			coef, scale, ok = exact(n.trim(), m.trim())
		}
		if ok {
			return number{class: c, coef: coef, scale: scale}
		}
	}
	return ofFloat(float(n.float64(), m.float64()))
}

// trim drops the zeros that end a fraction.
func (n number) trim() number {
	for n.scale > 0 && n.coef%10 == 0 {
		n.coef, n.scale = n.coef/10, n.scale-1
	}
	return n
}

func (n number) add(m number) number {
	return n.calculate(m, func(n, m number) (int64, int, bool) {
		a, b, scale, ok := align(n, m)
		sum := a + b
		return sum, scale, ok && (sum > a) == (b > 0)
	}, func(x, y float64) float64 { return x + y })
}

func (n number) mul(m number) number {
	return n.calculate(m, func(n, m number) (int64, int, bool) {
		coef, ok := mulInt(n.coef, m.coef)
		return coef, n.scale + m.scale, ok && n.scale+m.scale <= maxScale
	}, func(x, y float64) float64 { return x * y })
}

// mod returns the remainder, with n's sign; m is not zero.
func (n number) mod(m number) number {
	return n.calculate(m, func(n, m number) (int64, int, bool) {
		a, b, scale, ok := align(n, m)
		if !ok {
			return 0, 0, false
		}
		return a % b, scale, true
	}, math.Mod)
}

// align brings the digits of both to one scale, if 64 bits take them.
func align(n, m number) (a, b int64, scale int, ok bool) {
	scale = max(n.scale, m.scale)
	a, aok := mulInt(n.coef, pow10(scale-n.scale))
	b, bok := mulInt(m.coef, pow10(scale-m.scale))
	return a, b, scale, aok && bok
}

func mulInt(a, b int64) (int64, bool) {
	high, low := bits.Mul64(magnitude(a), magnitude(b))
	if (a < 0) != (b < 0) {
		return -int64(low), high == 0 && low <= 1<<63
	}
	return int64(low), high == 0 && low <= math.MaxInt64
}

func (n number) negate() number {
	if n.text != "" || n.coef == math.MinInt64 {
		n, _ = parseNumber(strings.TrimPrefix("-"+n.String(), "--"))
		return n
	}
	n.coef, n.float = -n.coef, -n.float
	return n
}

// div divides by m, which is not zero. Two integers give an integer, cut
// towards zero.
func (n number) div(m number) number {
	if max(n.class, m.class) == integral && n.coef != math.MinInt64 {
		return integer(n.coef / m.coef)
	}
	return n.quotient(m)
}

// quotient divides by m, which is not zero, without cutting.
func (n number) quotient(m number) number {
	if max(n.class, m.class) == approximate {
		return ofFloat(n.float64() / m.float64())
	}
	// The nearest float64, which a division of two floats would miss.
	f, _ := new(big.Rat).Quo(n.rat(), m.rat()).Float64()
	return ofFloat(f)
}

func (n number) rat() *big.Rat { return big.NewRat(n.coef, pow10(n.scale)) }

// truncate returns the integer towards zero; ok is false beyond 64 bits.
func (n number) truncate() (_ number, ok bool) {
	switch {
	case n.class != approximate:
		return integer(n.coef / pow10(n.scale)), true
	case n.text != "" && !strings.ContainsAny(n.text, "eE"):
		whole, _, _ := strings.Cut(n.String(), ".")
		i, err := strconv.ParseInt(whole, 10, 64)
		return integer(i), err == nil
	}
	const limit = 1 << 63
	f := math.Trunc(n.float)
	return integer(int64(f)), f >= -limit && f < limit
}
