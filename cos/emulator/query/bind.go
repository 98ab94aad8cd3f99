package query

import (
	"strconv"
	"strings"
)

// bind tells columns from the rows' name, which stands behind them, and holds
// the columns of an aggregating SELECT inside of its aggregates.
func (p *parser) bind() error {
	s := &p.selection
	for _, c := range s.columns {
		if s.names(c.path[0]) {
			c.path = c.path[1:]
		}
		if c.outer && len(s.aggregates) > 0 {
			return c.at.refuse("UnsupportedSqlStructure", "a column beside aggregates is not supported, as there is no GROUP BY")
		}
	}
	if t := p.rows; t != nil && !s.names(step{name: t.text, exact: t.kind == quoted}) {
		return t.at.refuse("ParseUnexpectedToken", "%s is not the name of the rows", t)
	}
	return nil
}

// names reports whether a step is the name of the rows.
func (s *selection) names(first step) bool {
	return s.alias != "" && first.matches(s.alias) || first.matches(object)
}

// matches reports whether a step leads to the member of this name.
func (s step) matches(name string) bool {
	if s.indexed || s.each {
		return false
	}
	return s.name == name || !s.exact && strings.EqualFold(s.name, name)
}

// checkCSV holds the columns against what a CSV object can have: one name
// each, and only _N without a header. A CSV row is no value, so the bare name
// of the rows is a column of that name.
func (s *selection) checkCSV(header bool) error {
	if len(s.from) > 1 || len(s.from) == 1 && !s.from[0].each {
		return refuse("InvalidDataSource", "FROM %s takes a path only if the object is JSON.", object)
	}
	for _, c := range s.columns {
		if len(c.path) == 0 {
			c.path = []step{c.first}
		}
		name := c.path[0].name
		if len(c.path) > 1 || c.path[0].indexed {
			return c.at.refuse("ParseInvalidPathComponent", "a column of CSV has one name and no path below it")
		}
		if _, ok := columnNumber(name); ok || header {
			continue
		}
		if number, ok := strings.CutPrefix(name, "_"); ok && number == "0" {
			return c.at.refuse("InvalidColumnIndex", "columns are counted from _1")
		}
		return c.at.refuse("MissingHeaders", "there is no column %s, as FileHeaderInfo is not USE: columns are called _1, _2 and so on", quote(name))
	}
	return nil
}

// columnNumber reads _N, N from 1, and returns N-1.
func columnNumber(name string) (int, bool) {
	digits, ok := strings.CutPrefix(name, "_")
	n, err := strconv.Atoi(digits)
	return n - 1, ok && err == nil && n >= 1 && digits[0] != '0' && digits[0] != '+'
}
