package query

// The grammar, from what binds least: OR, AND, NOT, comparisons and the like,
// ||, + and -, * and / and %, sign.

func (p *parser) expression() (expr, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	return p.logical("OR", func() (expr, error) { return p.logical("AND", p.negation) })
}

// enter is called wherever an expression can hold itself.
func (p *parser) enter() error {
	if p.depth++; p.depth > maxDepth {
		return p.peek().at.refuse("UnsupportedSyntax", "more than %d expressions within each other are not supported", maxDepth)
	}
	return nil
}

func (p *parser) leave() { p.depth-- }

func (p *parser) logical(word string, operand func() (expr, error)) (expr, error) {
	first, err := operand()
	if err != nil {
		return nil, err
	}
	l := &logical{and: word == "AND", terms: []expr{first}, at: p.peek().at}
	for p.accept(word) {
		x, err := operand()
		if err != nil {
			return nil, err
		}
		l.terms = append(l.terms, x)
	}
	if len(l.terms) == 1 {
		return first, nil
	}
	return l, nil
}

func (p *parser) negation() (expr, error) {
	t := p.peek()
	if !p.accept("NOT") {
		return p.predicate()
	}
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	x, err := p.negation()
	return &not{x, t.at}, err
}

// predicate reads an operand and at most one comparison or the like.
func (p *parser) predicate() (expr, error) {
	x, err := p.operand()
	if err != nil {
		return nil, err
	}
	t := p.peek()
	for _, op := range []string{"=", "<>", "!=", "<", "<=", ">", ">="} {
		if p.accept(op) {
			y, err := p.operand()
			return &comparison{op, x, y}, err
		}
	}
	if p.accept("IS") {
		return p.is(x)
	}
	inverted := t.is("NOT") && p.accept("NOT")
	switch {
	case p.accept("BETWEEN"):
		return p.between(x, inverted)
	case p.accept("IN"):
		return p.in(x, inverted)
	case p.accept("LIKE"):
		return p.like(x, inverted, t.at)
	case inverted:
		return nil, p.surprise("BETWEEN, IN or LIKE")
	}
	return x, nil
}

func (p *parser) is(x expr) (expr, error) {
	i := &is{operand: x, inverted: p.accept("NOT")}
	switch {
	case p.accept("NULL"):
	case p.accept("MISSING"):
		i.missing = true
	default:
		return nil, p.surprise("NULL or MISSING")
	}
	return i, nil
}

func (p *parser) between(x expr, inverted bool) (expr, error) {
	low, err := p.operand()
	if err != nil {
		return nil, err
	}
	if err := p.expect("AND"); err != nil {
		return nil, err
	}
	high, err := p.operand()
	return &between{x, low, high, inverted}, err
}

func (p *parser) in(x expr, inverted bool) (expr, error) {
	if err := p.expect("("); err != nil {
		return nil, err
	}
	list, err := p.arguments()
	return &in{x, list, inverted}, err
}

func (p *parser) like(x expr, inverted bool, at position) (expr, error) {
	pattern, err := p.operand()
	if err != nil {
		return nil, err
	}
	l := &like{operand: x, by: []expr{pattern}, inverted: inverted, at: at}
	if p.accept("ESCAPE") {
		escape, err := p.operand()
		if err != nil {
			return nil, err
		}
		l.by = append(l.by, escape)
	}
	return l, l.prepare()
}

// operand reads what can be compared.
func (p *parser) operand() (expr, error) {
	return p.chain([]string{"||"}, func() (expr, error) {
		return p.chain([]string{"+", "-"}, func() (expr, error) {
			return p.chain([]string{"*", "/", "%"}, p.signed)
		})
	})
}

func (p *parser) chain(ops []string, operand func() (expr, error)) (expr, error) {
	first, err := operand()
	if err != nil {
		return nil, err
	}
	c := &chain{first: first}
	for {
		t := p.peek()
		if !isAny(t, ops) {
			break
		}
		p.next()
		x, err := operand()
		if err != nil {
			return nil, err
		}
		c.links = append(c.links, link{t.text, t.at, x})
	}
	if len(c.links) == 0 {
		return first, nil
	}
	return c, nil
}

func isAny(t token, ops []string) bool {
	for _, op := range ops {
		if t.is(op) {
			return true
		}
	}
	return false
}

func (p *parser) signed() (expr, error) {
	t := p.peek()
	minus := p.accept("-")
	if !minus && !p.accept("+") {
		return p.primary()
	}
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	x, err := p.signed()
	if !minus {
		return x, err
	}
	return &negative{x, t.at}, err
}

func (p *parser) primary() (expr, error) {
	t := p.peek()
	switch {
	case t.kind == str:
		p.next()
		return literal{ofText(t.text)}, nil
	case t.kind == digits:
		p.next()
		n, _ := parseNumber(t.text)
		return literal{ofNumber(n)}, nil
	case p.accept("("):
		return p.parenthesis()
	case t.kind == quoted:
		return p.column()
	case t.kind == word:
		return p.word()
	}
	return nil, p.surprise("a column or a value")
}

func (p *parser) parenthesis() (expr, error) {
	x, err := p.expression()
	if err != nil {
		return nil, err
	}
	return x, p.expect(")")
}

// word reads a constant, CASE, CAST, a function or a column.
func (p *parser) word() (expr, error) {
	switch t := p.peek(); {
	case p.accept("NULL"):
		return literal{value{kind: null}}, nil
	case p.accept("MISSING"):
		return literal{value{}}, nil
	case p.accept("TRUE"):
		return literal{ofBool(true)}, nil
	case p.accept("FALSE"):
		return literal{ofBool(false)}, nil
	case p.accept("CASE"):
		return p.choice(t.at)
	case p.after().is("("):
		return p.function()
	case reserved(t), unsupported(t) == "a SELECT inside of another":
		return nil, p.surprise("a column or a value")
	}
	return p.column()
}

func (p *parser) column() (expr, error) {
	t := p.next()
	first := step{name: t.text, exact: t.kind == quoted}
	path, err := p.path(false)
	if err != nil {
		return nil, err
	}
	c := &column{
		at: t.at, first: first, path: append([]step{first}, path...),
		slot: len(p.selection.columns), outer: !p.inAggregate && !p.inWhere,
	}
	p.selection.columns = append(p.selection.columns, c)
	return c, nil
}

// choice reads CASE, whose word is taken.
func (p *parser) choice(at position) (expr, error) {
	c := &choice{at: at}
	var err error
	if !p.peek().is("WHEN") {
		if c.operand, err = p.expression(); err != nil {
			return nil, err
		}
	}
	for p.accept("WHEN") {
		var w when
		if w.condition, err = p.expression(); err != nil {
			return nil, err
		}
		if err := p.expect("THEN"); err != nil {
			return nil, err
		}
		if w.result, err = p.expression(); err != nil {
			return nil, err
		}
		c.whens = append(c.whens, w)
	}
	if len(c.whens) == 0 {
		return nil, p.surprise("WHEN")
	}
	if p.accept("ELSE") {
		if c.other, err = p.expression(); err != nil {
			return nil, err
		}
	}
	return c, p.expect("END")
}
