package interop

import (
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
)

// A promise is a line of testdata/objects-api.txt.
type promise struct {
	method, kind, name string
	where              string // in the client; empty if it is left out
	why                string // it is left out
}

// beside are the operations that are no part of that specification, or say
// nothing but what another says.
var beside = []string{
	"CreateBucket", "DeleteBucket", "DeleteObjectTags", "FindRegion", "ObjectACL", "ObjectTags", "PresignGet", "PresignPut",
	"SetObjectACL", "SetObjectCannedACL", "SetObjectTags", "SetVersioning", "Versioning",
}

func specification(t *testing.T) []promise {
	t.Helper()
	text, err := os.ReadFile("testdata/objects-api.txt")
	require.NoError(t, err)
	var all []promise
	method := ""
	for line := range strings.Lines(string(text)) {
		words := strings.Fields(line)
		switch {
		case len(words) == 0 || words[0] == "#":
			continue
		case len(words) == 1:
			method = words[0]
			continue
		}
		p := promise{method: method, kind: words[0]}
		_, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		var where, left bool
		p.name, p.where, where = strings.Cut(rest, " = ")
		if !where {
			p.name, p.why, left = strings.Cut(rest, " - ")
		}
		require.True(t, where != left && (p.kind == "ask" || p.kind == "get"), line)
		require.NotEmpty(t, p.where+p.why, line)
		all = append(all, p)
	}
	return all
}

// testSpecification holds what our methods sent and can answer against what the
// specification knows. What they sent beyond it is marked there with a plus.
func testSpecification(t *testing.T, book *ledger) {
	known := map[string]map[string]bool{}
	for _, p := range specification(t) {
		row := book.rows[p.method]
		if !assert.NotNil(t, row, p.method) {
			continue
		}
		if known[p.method] == nil {
			known[p.method] = map[string]bool{}
		}
		switch {
		case p.where == "":
		case p.kind == "ask":
			known[p.method][p.where] = true
			assert.Contains(t, row.asked(), p.where, "%s does not send %s", p.method, p.name)
		default:
			assert.Contains(t, answered(t, p.method), p.where, "%s does not tell %s", p.method, p.name)
		}
	}
	for _, method := range beside {
		assert.Nil(t, known[method], "%s is in the specification", method)
		known[method] = book.rows[method].asked()
	}
	assert.Equal(t, keysOf(documents), keysOf(known), "every method is in the specification or beside it")
	for method, row := range book.rows {
		assert.Subset(t, keysOf(known[method]), keysOf(row.asked()), "%s sends what the specification does not know", method)
	}
}

// asked are the parameters of a row as the specification words them.
func (r *row) asked() map[string]bool {
	all := map[string]bool{}
	for name := range r.query {
		if !r.subresource[name] {
			all["query "+name] = true
		}
	}
	for name := range r.header {
		all["header "+name] = true
	}
	for path := range r.body {
		_, below, _ := strings.Cut(ordinal.ReplaceAllString(path, ""), "/")
		all["body "+below] = true
	}
	return all
}

// answered returns the fields, as Type.Field, and methods, as Type.Method(), of
// what a method of ours returns; of what is no type of ours its kind.
func answered(t *testing.T, method string) map[string]bool {
	t.Helper()
	m, ok := reflect.TypeFor[*cos.Bucket]().MethodByName(method)
	if !ok {
		m, ok = reflect.TypeFor[*cos.Client]().MethodByName(method)
	}
	require.True(t, ok, method)
	all, seen := map[string]bool{}, map[reflect.Type]bool{}
	for i := range m.Type.NumOut() {
		out := m.Type.Out(i)
		all[out.Kind().String()] = true
		addFieldsOf(out, all, seen)
		if out.Kind() == reflect.Pointer {
			for j := range out.NumMethod() {
				all[out.Elem().Name()+"."+out.Method(j).Name+"()"] = true
			}
		}
	}
	return all
}

// omissions is what is left out, as docs/api.md shows it.
func omissions(t *testing.T) string {
	t.Helper()
	var page strings.Builder
	page.WriteString("| Method | Left out | Why |\n| --- | --- | --- |\n")
	for _, p := range specification(t) {
		if p.why != "" && !strings.Contains(p.why, "echo") {
			what := map[string]string{"ask": "parameter", "get": "of the answer"}[p.kind]
			fmt.Fprintf(&page, "| `%s` | %s: %s | %s |\n", p.method, what, p.name, p.why)
		}
	}
	return page.String()
}
