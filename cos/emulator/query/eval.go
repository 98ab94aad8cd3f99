package query

// env is what expressions are evaluated in.
type env struct {
	row     row
	results []value      // of the aggregates, once all rows are seen
	check   func() error // whether to go on; asked in long loops
	made    int          // bytes of text that were made for the record
}

// maxMade bounds the text that a query makes for one record, as a record and a
// query can be such that all of it is held at once.
const maxMade = 16 << 20 // bytes

// make counts the text of v, which is new unless it is that of from.
func (e *env) make(v, from value) (value, error) {
	if v.s != from.s {
		e.made += len(v.s)
	}
	if e.made > maxMade {
		return value{}, refuse("OverMaxRecordSize", "The query makes more than %d bytes of text.", maxMade)
	}
	return v, nil
}

// row is a record of the object.
type row interface {
	// column returns what c leads to, or MISSING.
	column(c *column) value
	// all yields what SELECT * selects until yield fails.
	all(yield func(name string, v value) error) error
}

// maxRecord bounds records, text and what is answered for one record.
const maxRecord = 1 << 20 // bytes

func (l literal) eval(*env) (value, error) { return l.value, nil }

// eval asks whether to go on, because a query may name thousands of columns
// of a large record.
func (c *column) eval(e *env) (value, error) {
	if err := e.check(); err != nil {
		return value{}, err
	}
	v := e.row.column(c)
	if v.own {
		return e.make(v, value{})
	}
	return v, nil
}

func (a *aggregate) eval(e *env) (value, error) { return e.results[a.slot], nil }

func (c *chain) eval(e *env) (value, error) {
	v, err := c.first.eval(e)
	if err != nil {
		return v, err
	}
	if c.links[0].op == "||" {
		return c.concat(v, e)
	}
	for _, l := range c.links {
		w, err := l.operand.eval(e)
		if err != nil {
			return v, err
		}
		if v, err = l.apply(v, w); err != nil {
			return v, err
		}
	}
	return v, nil
}

// concat builds the text once, however long the chain is.
func (c *chain) concat(v value, e *env) (value, error) {
	absent, found := anyAbsent(v)
	b := []byte(v.text())
	for _, l := range c.links {
		w, err := l.operand.eval(e)
		if err != nil {
			return v, err
		}
		if absent2, ok := anyAbsent(w); ok && (!found || absent2.kind < absent.kind) {
			absent, found = absent2, true
		}
		if b = append(b, w.text()...); len(b) > maxRecord {
			return v, l.at.refuse("OverMaxRecordSize", "text of more than %d bytes is not supported", maxRecord)
		}
	}
	if found {
		return absent, nil
	}
	return e.make(ofText(string(b)), value{})
}

// apply computes v op w.
func (l link) apply(v, w value) (value, error) {
	if a, ok := anyAbsent(v, w); ok {
		return a, nil
	}
	n, err := l.at.number(v, l.op)
	if err != nil {
		return v, err
	}
	m, err := l.at.number(w, l.op)
	if err != nil {
		return v, err
	}
	switch l.op {
	case "+":
		n = n.add(m)
	case "-":
		n = n.add(m.negate())
	case "*":
		n = n.mul(m)
	default:
		if m.isZero() {
			return v, l.at.refuse("InvalidArgument", "division by zero")
		}
		if l.op == "/" {
			n = n.div(m)
		} else {
			n = n.mod(m)
		}
	}
	return l.at.finite(n)
}

// number refuses what cannot be calculated with.
func (p position) number(v value, what string) (number, error) {
	n, ok := v.number()
	if !ok {
		return n, p.refuse("InvalidDataType", "%s takes numbers, and %s is none", what, quote(v.text()))
	}
	return n, nil
}

// finite refuses results that are no number.
func (p position) finite(n number) (value, error) {
	if !n.isFinite() {
		return value{}, p.refuse("IntegerOverflow", "the result is beyond all numbers")
	}
	return ofNumber(n), nil
}

func (n *negative) eval(e *env) (value, error) {
	v, err := n.operand.eval(e)
	if err != nil || v.absent() {
		return v, err
	}
	m, err := n.at.number(v, "-")
	if err != nil {
		return v, err
	}
	return n.at.finite(m.negate())
}

// condition evaluates what has to be TRUE, FALSE or unknown.
func condition(x expr, e *env, at position) (b, known bool, err error) {
	v, err := x.eval(e)
	if err != nil || v.absent() {
		return false, false, err
	}
	if b, known = v.truth(); !known {
		err = at.refuse("InvalidDataType", "%s is neither true nor false", quote(v.text()))
	}
	return b, known, err
}

func (l *logical) eval(e *env) (value, error) {
	unknown := false
	for _, x := range l.terms {
		b, known, err := condition(x, e, l.at)
		switch {
		case err != nil:
			return value{}, err
		case !known:
			unknown = true
		case b != l.and:
			return ofBool(b), nil // FALSE decides AND, TRUE decides OR
		}
	}
	if unknown {
		return value{kind: null}, nil
	}
	return ofBool(l.and), nil
}

func (n *not) eval(e *env) (value, error) {
	b, known, err := condition(n.operand, e, n.at)
	if err != nil || !known {
		return value{kind: null}, err
	}
	return ofBool(!b), nil
}

func (c *comparison) eval(e *env) (value, error) {
	a, err := c.a.eval(e)
	if err != nil {
		return a, err
	}
	b, err := c.b.eval(e)
	if err != nil {
		return b, err
	}
	return relate(a, c.op, b), nil
}

// relate is a op b: TRUE, FALSE or unknown.
func relate(a value, op string, b value) value {
	if v, ok := anyAbsent(a, b); ok {
		return v
	}
	order, ordered := compare(a, b)
	switch op {
	case "=":
		return ofBool(ordered && order == 0)
	case "<>", "!=":
		return ofBool(!ordered || order != 0)
	}
	if !ordered {
		return value{kind: null}
	}
	switch op {
	case "<":
		return ofBool(order < 0)
	case "<=":
		return ofBool(order <= 0)
	case ">":
		return ofBool(order > 0)
	}
	return ofBool(order >= 0)
}

// eval joins the two comparisons as AND does: one that is FALSE decides.
func (b *between) eval(e *env) (value, error) {
	v, err := evalAll(e, b.operand, b.low, b.high)
	if err != nil {
		return value{}, err
	}
	low, high := relate(v[0], ">=", v[1]), relate(v[0], "<=", v[2])
	for _, side := range []value{low, high} {
		if side.kind == boolean && !side.flag {
			return ofBool(b.inverted), nil
		}
	}
	if a, ok := anyAbsent(low, high); ok {
		return a, nil
	}
	return ofBool(!b.inverted), nil
}

func evalAll(e *env, list ...expr) ([]value, error) {
	vs := make([]value, len(list))
	for i, x := range list {
		var err error
		if vs[i], err = x.eval(e); err != nil {
			return nil, err
		}
	}
	return vs, nil
}

func (i *in) eval(e *env) (value, error) {
	v, err := i.operand.eval(e)
	if err != nil || v.absent() {
		return v, err
	}
	unknown := false
	for _, x := range i.list {
		w, err := x.eval(e)
		switch {
		case err != nil:
			return w, err
		case w.absent():
			unknown = true
		case equal(v, w):
			return ofBool(!i.inverted), nil
		}
	}
	if unknown {
		return value{kind: null}, nil
	}
	return ofBool(i.inverted), nil
}

func (i *is) eval(e *env) (value, error) {
	v, err := i.operand.eval(e)
	if err != nil {
		return v, err
	}
	// MISSING is NULL too, but NULL is not MISSING.
	yes := v.kind == missing || v.kind == null && !i.missing
	return ofBool(yes != i.inverted), nil
}

func (c *choice) eval(e *env) (value, error) {
	var operand value
	if c.operand != nil {
		var err error
		if operand, err = c.operand.eval(e); err != nil {
			return operand, err
		}
	}
	for _, w := range c.whens {
		chosen, err := c.chooses(w, operand, e)
		if err != nil {
			return value{}, err
		}
		if chosen {
			return w.result.eval(e)
		}
	}
	if c.other == nil {
		return value{kind: null}, nil
	}
	return c.other.eval(e)
}

func (c *choice) chooses(w when, operand value, e *env) (bool, error) {
	if c.operand == nil {
		b, _, err := condition(w.condition, e, c.at)
		return b, err
	}
	v, err := w.condition.eval(e)
	if err != nil || v.absent() || operand.absent() {
		return false, err
	}
	return equal(operand, v), nil
}
