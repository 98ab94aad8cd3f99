package tui

import (
	"regexp"
	"strconv"
	"strings"

	"cosmander/cos"
)

// resultNames names the columns of a result in CSV, which has no header, by
// the list of the query; known are those of the object. They are nil where it
// cannot be told: the columns are numbered then. JSON brings its own.
func resultNames(q cos.SelectQuery, known []string) []string {
	if q.Output.CSV == nil {
		return nil
	}
	rest := strings.TrimSpace(q.Expression)
	if len(rest) < 7 || !strings.EqualFold(rest[:6], "SELECT") {
		return nil
	}
	var names []string
	for i, item := range selectList(rest[6:]) {
		if item == "*" || strings.HasSuffix(item, ".*") {
			if known == nil {
				return nil
			}
			names = append(names, known...)
			continue
		}
		names = append(names, itemName(item, i+1))
	}
	return names
}

// selectList cuts what stands between SELECT and FROM at its commas.
func selectList(text string) (items []string) {
	depth, from, quote := 0, 0, byte(0)
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case c == '(' || c == '[':
			depth++
		case c == ')' || c == ']':
			depth--
		case c == ',' && depth == 0:
			items = append(items, strings.TrimSpace(text[from:i]))
			from = i + 1
		case depth == 0 && (c == ' ' || c == '\t') && len(text) > i+5 && strings.EqualFold(text[i+1:i+5], "FROM") && strings.ContainsRune(" \t", rune(text[i+5])):
			return append(items, strings.TrimSpace(text[from:i]))
		}
	}
	return append(items, strings.TrimSpace(text[from:]))
}

var (
	aliased = regexp.MustCompile(`(?is)\s(?:AS\s+)?("[^"]+"|[\pL_][\pL\pN_]*)$`)
	pathEnd = regexp.MustCompile(`(?s)^(?:[\pL\pN_]+\.)*("[^"]+"|[\pL_][\pL\pN_]*)$`)
)

func itemName(item string, n int) string {
	for _, shape := range []*regexp.Regexp{pathEnd, aliased} {
		if at := shape.FindStringSubmatch(item); at != nil && !strings.EqualFold(at[1], "END") {
			return strings.Trim(at[1], `"`)
		}
	}
	return "_" + strconv.Itoa(n)
}
