package query

import "strings"

// function reads a name with its arguments in parentheses.
func (p *parser) function() (expr, error) {
	t := p.next()
	p.next() // the parenthesis
	switch name := strings.ToUpper(t.text); name {
	case "COUNT", "SUM", "AVG", "MIN", "MAX":
		return p.aggregate(name, t.at)
	case "COALESCE":
		args, err := p.arguments()
		return &coalesce{args}, err
	case "CAST":
		return p.cast(t.at)
	case "TRIM":
		return p.trim()
	case "SUBSTRING":
		return p.substring(t.at)
	default:
		if f, ok := functions[name]; ok {
			return p.call(f, t)
		}
		if what := unsupported(t); what != "" {
			return nil, t.at.refuse("UnsupportedSyntax", "%s is not supported", what)
		}
		if reserved(t) {
			return nil, t.at.refuse("ParseUnexpectedToken", "%s is not expected here, but a column or a value", t)
		}
		return nil, t.at.refuse("UnsupportedFunction", "the function %s is not supported", quote(name))
	}
}

// arguments reads expressions up to the closing parenthesis.
func (p *parser) arguments() ([]expr, error) {
	var list []expr
	for {
		x, err := p.expression()
		if err != nil {
			return nil, err
		}
		list = append(list, x)
		if !p.accept(",") {
			return list, p.expect(")")
		}
	}
}

func (p *parser) call(f builtin, t token) (expr, error) {
	args, err := p.arguments()
	if err != nil {
		return nil, err
	}
	if len(args) < f.least || len(args) > f.most {
		return nil, t.at.refuse("IllegalSqlFunctionArgument", "%s does not take %d arguments", strings.ToUpper(t.text), len(args))
	}
	return &call{f.run, args, t.at}, nil
}

func (p *parser) aggregate(name string, at position) (expr, error) {
	switch {
	case p.inWhere:
		return nil, at.refuse("UnsupportedSqlStructure", "%s in WHERE is not supported", name)
	case p.inAggregate:
		return nil, at.refuse("UnsupportedSqlStructure", "%s inside of another aggregate is not supported", name)
	case p.peek().is("DISTINCT"), p.peek().is("ALL"):
		return nil, at.refuse("UnsupportedSyntax", "%s with %s is not supported", name, strings.ToUpper(p.peek().text))
	}
	a := &aggregate{name: name, slot: len(p.selection.aggregates), at: at}
	p.selection.aggregates = append(p.selection.aggregates, a)
	if name == "COUNT" && p.accept("*") {
		return a, p.expect(")")
	}
	p.inAggregate = true
	defer func() { p.inAggregate = false }()
	var err error
	a.operand, err = p.parenthesis()
	return a, err
}

func (p *parser) cast(at position) (expr, error) {
	x, err := p.expression()
	if err != nil {
		return nil, err
	}
	if err := p.expect("AS"); err != nil {
		return nil, err
	}
	t := p.peek()
	to, ok := castTypes[strings.ToUpper(t.text)]
	if t.kind != word || !ok {
		return nil, t.at.refuse("InvalidCast", "%s is not a type: they are INT, FLOAT, DECIMAL, STRING, BOOL and TIMESTAMP", t)
	}
	p.next()
	return &cast{x, to, at}, p.expect(")")
}

// trim reads TRIM([LEADING|TRAILING|BOTH] [set FROM] text).
func (p *parser) trim() (expr, error) {
	t := &trim{leading: true, trailing: true}
	sided := true
	switch {
	case p.accept("LEADING"):
		t.trailing = false
	case p.accept("TRAILING"):
		t.leading = false
	case p.accept("BOTH"):
	default:
		sided = false
	}
	var err error
	if !p.peek().is("FROM") {
		if t.operand, err = p.expression(); err != nil {
			return nil, err
		}
	}
	if sided && !p.peek().is("FROM") {
		return nil, p.surprise("FROM")
	}
	if t.operand != nil || sided {
		if p.accept("FROM") {
			t.set = t.operand
			if t.operand, err = p.expression(); err != nil {
				return nil, err
			}
		}
		return t, p.expect(")")
	}
	return nil, p.surprise("a column or a value")
}

// substring reads SUBSTRING(text FROM start [FOR length]) and
// SUBSTRING(text, start [, length]).
func (p *parser) substring(at position) (expr, error) {
	x, err := p.expression()
	if err != nil {
		return nil, err
	}
	args := []expr{x}
	comma := p.peek().is(",")
	if !comma && !p.peek().is("FROM") {
		return nil, p.surprise("FROM or a comma")
	}
	for _, separator := range []string{"FROM", "FOR"} {
		if comma {
			separator = ","
		}
		if !p.accept(separator) {
			break
		}
		if x, err = p.expression(); err != nil {
			return nil, err
		}
		args = append(args, x)
	}
	return &call{substring, args, at}, p.expect(")")
}
