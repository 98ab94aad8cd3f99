package query

import "strings"

// accumulator is what an aggregate knows of the rows so far.
type accumulator struct {
	count int64
	sum   number
	best  value // of MIN and MAX
}

// add takes a row in. NULL and MISSING do not count.
func (a *aggregate) add(acc *accumulator, e *env) error {
	if a.operand == nil {
		acc.count++
		return nil
	}
	v, err := a.operand.eval(e)
	if err != nil || v.absent() {
		return err
	}
	acc.count++
	switch a.name {
	case "SUM", "AVG":
		n, ok := v.number()
		if !ok {
			return a.at.refuse("InvalidDataType", "%s takes numbers, and %s is none (NULLIF(x, '') leaves out empty fields)", a.name, quote(v.text()))
		}
		acc.sum = acc.sum.add(n)
	case "MIN":
		if acc.count == 1 || order(v, acc.best) < 0 {
			acc.hold(v)
		}
	case "MAX":
		if acc.count == 1 || order(v, acc.best) > 0 {
			acc.hold(v)
		}
	}
	return nil
}

// hold keeps v without the record that it is a piece of.
func (acc *accumulator) hold(v value) {
	v.s, v.num.text = strings.Clone(v.s), strings.Clone(v.num.text)
	acc.best = v
}

// result is NULL for all but COUNT if nothing counted.
func (a *aggregate) result(acc accumulator) (value, error) {
	switch {
	case a.name == "COUNT":
		return ofNumber(integer(acc.count)), nil
	case acc.count == 0:
		return value{kind: null}, nil
	case a.name == "SUM":
		return a.at.finite(acc.sum)
	case a.name == "AVG":
		return a.at.finite(acc.sum.quotient(integer(acc.count)))
	}
	return acc.best, nil
}
