package interop

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
)

// notSent are fields that say nothing to the service.
var notSent = map[string]bool{
	"Body.ReaderAt": true, "Body.Size": true, "Body.Progress": true, "Part.Size": true, "Part.LastModified": true,
	"ACL.Preset": true,
}

func TestWire_SetsEveryParameterOfOurs(t *testing.T) {
	t.Parallel()
	set := fieldsInLiterals(t)
	ours := parameters(reflect.TypeFor[*cos.Bucket](), reflect.TypeFor[*cos.Client]())
	for field := range ours {
		assert.True(t, set[field] || notSent[field], "%s has to be set in a case of the wire_ files", field)
	}
	assert.Subset(t, keysOf(ours), keysOf(notSent), "what is listed exists")
}

// parameters returns the fields, as Type.Field, of all that the methods of
// types take.
func parameters(types ...reflect.Type) map[string]bool {
	fields, seen := map[string]bool{}, map[reflect.Type]bool{}
	for _, receiver := range types {
		for i := range receiver.NumMethod() {
			m := receiver.Method(i).Type
			for j := 1; j < m.NumIn(); j++ {
				addFieldsOf(m.In(j), fields, seen)
			}
		}
	}
	return fields
}

// addFieldsOf enters the fields of a type of ours and of what it is made of.
func addFieldsOf(t reflect.Type, fields map[string]bool, seen map[reflect.Type]bool) {
	switch t.Kind() { //nolint:exhaustive // the others have no fields
	case reflect.Pointer, reflect.Slice, reflect.Array:
		addFieldsOf(t.Elem(), fields, seen)
	case reflect.Struct:
		if t.PkgPath() != reflect.TypeFor[cos.Bucket]().PkgPath() || seen[t] {
			return
		}
		seen[t] = true
		for i := range t.NumField() {
			if f := t.Field(i); f.IsExported() {
				fields[t.Name()+"."+f.Name] = true
				addFieldsOf(f.Type, fields, seen)
			}
		}
	}
}

// fieldsInLiterals returns the fields, as Type.Field, that literals of our
// types give in the files of the cases.
func fieldsInLiterals(t *testing.T) map[string]bool {
	t.Helper()
	paths, err := filepath.Glob("wire_*_test.go")
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	fields := map[string]bool{}
	for _, path := range paths {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		ast.Inspect(file, func(n ast.Node) bool {
			if lit, ok := n.(*ast.CompositeLit); ok {
				addFields(fields, lit, lit.Type)
			}
			return true
		})
	}
	return fields
}

// addFields enters the keys of a literal, whose type may be left out within a
// slice.
func addFields(fields map[string]bool, lit *ast.CompositeLit, kind ast.Expr) {
	if list, ok := kind.(*ast.ArrayType); ok {
		for _, e := range lit.Elts {
			if one, ok := e.(*ast.CompositeLit); ok && one.Type == nil {
				addFields(fields, one, list.Elt)
			}
		}
	}
	name, ok := kind.(*ast.SelectorExpr)
	if !ok || !isPackage(name.X, "cos") {
		return
	}
	for _, e := range lit.Elts {
		if pair, ok := e.(*ast.KeyValueExpr); ok {
			if key, ok := pair.Key.(*ast.Ident); ok {
				fields[name.Sel.Name+"."+key.Name] = true
			}
		}
	}
}

func isPackage(e ast.Expr, name string) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == name
}
