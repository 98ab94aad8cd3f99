package query

import (
	"strconv"
	"strings"
)

// Limits of an expression. The length is the service's, the depth keeps a
// hostile expression from exhausting the stack.
const (
	maxExpression = 256 << 10 // bytes
	maxDepth      = 200       // expressions within each other
)

// parser reads a SELECT by recursive descent.
type parser struct {
	tokens      []token // what is left; the last is an end
	selection   selection
	rows        *token // s of s.*
	depth       int
	inAggregate bool
	inWhere     bool
}

// parseSelect reads and checks an expression, all but what depends on the
// format of the object.
func parseSelect(expression string) (*selection, error) {
	if len(expression) > maxExpression {
		return nil, refuse("ExpressionTooLong", "The expression has %d bytes, the limit is %d.", len(expression), maxExpression)
	}
	all, err := tokens(expression)
	if err != nil {
		return nil, err
	}
	p := &parser{tokens: all, selection: selection{limit: -1}}
	if err := p.statement(); err != nil {
		return nil, err
	}
	return &p.selection, nil
}

func (p *parser) statement() error {
	if err := p.expect("SELECT"); err != nil {
		return err
	}
	for _, clause := range []func() error{p.list, p.from, p.where, p.limit} {
		if err := clause(); err != nil {
			return err
		}
	}
	if t := p.peek(); t.kind != end {
		return p.surprise("the end of the expression")
	}
	return p.bind()
}

func (p *parser) peek() token { return p.tokens[0] }

// after returns the token after the next one.
func (p *parser) after() token { return p.tokens[min(1, len(p.tokens)-1)] }

func (p *parser) next() token {
	t := p.tokens[0]
	if t.kind != end {
		p.tokens = p.tokens[1:]
	}
	return t
}

// accept takes the next token if it is s.
func (p *parser) accept(s string) bool {
	if !p.peek().is(s) {
		return false
	}
	p.next()
	return true
}

func (p *parser) expect(s string) error {
	if !p.accept(s) {
		return p.surprise(s)
	}
	return nil
}

// surprise refuses the next token, where wanted should be.
func (p *parser) surprise(wanted string) error {
	t := p.peek()
	if what := unsupported(t); what != "" {
		return t.at.refuse("UnsupportedSyntax", "%s is not supported", what)
	}
	return t.at.refuse("ParseUnexpectedToken", "%s is not expected here, but %s", t, wanted)
}

// unsupported names the part of SQL that begins with t, which nobody has here.
func unsupported(t token) string {
	if t.kind != word {
		return ""
	}
	switch w := strings.ToUpper(t.text); w {
	case "ORDER", "GROUP":
		return w + " BY"
	case "SELECT":
		return "a SELECT inside of another"
	case "JOIN", "INNER", "LEFT", "RIGHT", "FULL", "CROSS", "NATURAL", "ON", "USING":
		return "JOIN"
	case "HAVING", "UNION", "INTERSECT", "EXCEPT", "OFFSET", "DISTINCT", "WITH", "WINDOW", "FETCH",
		"INSERT", "UPDATE", "DELETE", "CREATE", "DROP", "ALTER", "EXISTS", "PIVOT", "UNPIVOT":
		return w
	}
	return ""
}

// reserved reports a word that names nothing unless it is quoted.
func reserved(t token) bool {
	switch strings.ToUpper(t.text) {
	case "SELECT", "FROM", "WHERE", "LIMIT", "AND", "OR", "NOT", "IS", "IN", "LIKE", "ESCAPE", "BETWEEN", "NULL", "MISSING",
		"TRUE", "FALSE", "CASE", "WHEN", "THEN", "ELSE", "END", "AS", "CAST", "DISTINCT":
		return true
	}
	return false
}

// list reads what is selected.
func (p *parser) list() error {
	if err := p.listed(); err != nil {
		return err
	}
	written := make([]string, len(p.selection.items))
	for i, item := range p.selection.items {
		written[i] = item.name
	}
	called := newNames(written)
	for i := range p.selection.items {
		p.selection.items[i].name = called.at(i)
	}
	return nil
}

func (p *parser) listed() error {
	if t := p.peek(); t.is("DISTINCT") || t.is("ALL") && p.after().kind == word && !p.after().is("FROM") {
		return t.at.refuse("UnsupportedSyntax", "SELECT %s is not supported", strings.ToUpper(t.text))
	}
	for {
		star, err := p.star()
		if err != nil {
			return err
		}
		if !star {
			if err := p.item(); err != nil {
				return err
			}
		}
		at := p.peek().at
		if !p.accept(",") {
			return nil
		}
		if star || p.peek().is("*") {
			return at.refuse("UnsupportedSyntax", "* stands alone, not beside other columns")
		}
	}
}

// star takes * and s.*; whether s is the alias is known later.
func (p *parser) star() (bool, error) {
	if p.accept("*") {
		p.selection.star = true
		return true, nil
	}
	if t := p.peek(); t.kind == word || t.kind == quoted {
		if len(p.tokens) > 2 && p.after().is(".") && p.tokens[2].is("*") {
			if len(p.selection.items) > 0 {
				return false, p.tokens[2].at.refuse("UnsupportedSyntax", "* stands alone, not beside other columns")
			}
			p.rows = &t
			p.tokens = p.tokens[3:]
			p.selection.star = true
			return true, nil
		}
	}
	return false, nil
}

func (p *parser) item() error {
	x, err := p.expression()
	if err != nil {
		return err
	}
	i := item{expr: x}
	if c, ok := x.(*column); ok {
		if last := c.path[len(c.path)-1]; !last.indexed {
			i.name = last.name
		}
	}
	if i.name, err = p.alias(i.name); err != nil {
		return err
	}
	p.selection.items = append(p.selection.items, i)
	return nil
}

// alias takes [AS] name, or returns the fallback.
func (p *parser) alias(fallback string) (string, error) {
	as := p.accept("AS")
	t := p.peek()
	if t.kind == quoted || t.kind == word && !reserved(t) && (as || unsupported(t) == "") {
		return p.next().text, nil
	}
	if as {
		return "", p.surprise("a name")
	}
	return fallback, nil
}

// from reads FROM COSObject, a path below it and the rows' name.
func (p *parser) from() error {
	if err := p.expect("FROM"); err != nil {
		return err
	}
	if p.peek().is("(") {
		return p.peek().at.refuse("UnsupportedSyntax", "a SELECT inside of another is not supported")
	}
	if t := p.peek(); !t.is(object) {
		return t.at.refuse("InvalidDataSource", "%s is not expected here, but %s", t, object)
	}
	p.next()
	path, err := p.path(true)
	if err != nil {
		return err
	}
	p.selection.from = path
	fallback := ""
	if n := len(path); n > 0 && path[n-1].name != "" {
		fallback = path[n-1].name
	}
	if p.selection.alias, err = p.alias(fallback); err != nil {
		return err
	}
	if t := p.peek(); t.is(",") {
		return t.at.refuse("UnsupportedSyntax", "JOIN is not supported")
	}
	return nil
}

// object is the only table.
const object = "COSObject"

func (p *parser) where() (err error) {
	if !p.accept("WHERE") {
		return nil
	}
	p.inWhere = true
	p.selection.whereAt = p.peek().at
	p.selection.where, err = p.expression()
	return err
}

func (p *parser) limit() error {
	if !p.accept("LIMIT") {
		return nil
	}
	t := p.peek()
	n, err := strconv.ParseInt(t.text, 10, 64)
	if t.kind != digits || err != nil {
		return p.surprise("a whole number of rows")
	}
	p.next()
	p.selection.limit = n
	return nil
}

// path reads the steps after a name.
func (p *parser) path(wildcards bool) ([]step, error) {
	var path []step
	for {
		if len(path) > maxDepth {
			return nil, p.peek().at.refuse("UnsupportedSyntax", "a path of more than %d steps is not supported", maxDepth)
		}
		switch {
		case p.accept("."):
			t := p.next()
			if t.kind != word && t.kind != quoted {
				return nil, t.at.refuse("ParseInvalidPathComponent", "%s is not expected here, but a name", t)
			}
			path = append(path, step{name: t.text, exact: t.kind == quoted})
		case p.accept("["):
			s, err := p.subscript(wildcards)
			if err != nil {
				return nil, err
			}
			path = append(path, s)
		default:
			return path, nil
		}
	}
}

// subscript reads what is within brackets, and the closing one.
func (p *parser) subscript(wildcards bool) (s step, err error) {
	t := p.next()
	switch {
	case t.is("*") && wildcards:
		s.each = true
	case t.kind == str:
		s.name, s.exact = t.text, true
	case t.kind == digits:
		s.indexed = true
		if s.index, err = strconv.Atoi(t.text); err == nil {
			break
		}
		fallthrough
	default:
		return s, t.at.refuse("ParseInvalidPathComponent", "%s is not expected here, but an index from 0 or a name in single quotes", t)
	}
	return s, p.expect("]")
}
