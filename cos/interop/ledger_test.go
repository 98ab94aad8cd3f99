package interop

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// referee is one of the strangers who say whether we are right.
type referee string

const (
	goWalk   referee = "Go SDK"
	nodeWalk referee = "Node SDK"
)

// ledger is what really was on the wire in a run. Safe for concurrent use.
type ledger struct {
	mu     sync.Mutex                  // guards the rest
	rows   map[string]*row             // by our method
	walked map[referee]map[string]bool // what was answered with success, by exchange.label
}

// row is one of our operations as it was sent.
type row struct {
	label       string
	level       level
	request     string
	subresource map[string]bool
	query       map[string]bool
	header      map[string]bool
	body        map[string]bool
}

func newLedger() *ledger {
	return &ledger{rows: map[string]*row{}, walked: map[referee]map[string]bool{goWalk: {}, nodeWalk: {}}}
}

// label tells requests apart that the server counts as one operation.
func (e exchange) label() string {
	switch {
	case e.presigned():
		return e.op + " by URL"
	case e.op == "PutObjectACL" && len(e.body) == 0:
		return e.op + " by header"
	}
	return e.op
}

// sideBySide enters a request of ours that was found to be the SDK's.
func (l *ledger) sideBySide(method string, e exchange) {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := l.rows[method]
	if r == nil {
		r = &row{subresource: map[string]bool{}, query: map[string]bool{}, header: map[string]bool{}, body: map[string]bool{}}
		l.rows[method] = r
	}
	r.label, r.level, r.request = e.label(), e.level(), e.request()
	for name, values := range e.query {
		r.query[name] = true
		r.subresource[name] = isSubresource(name, values)
	}
	for name := range e.meaningful() {
		if strings.HasPrefix(name, "x-cos-meta-") {
			name = "x-cos-meta-*"
		}
		r.header[name] = true
	}
	if elements, isXML := flattened(e.body); isXML {
		for path := range elements {
			r.body[path] = true
		}
	}
}

// walk enters what a client did by itself and was answered with success. That
// the test looked into each answer is not known here.
func (l *ledger) walk(who referee, seen []exchange) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range seen {
		if e.op != "" && e.succeeded() {
			l.walked[who][e.label()] = true
		}
	}
}

// level is what an operation is on.
type level int

const (
	onService level = iota
	onBucket
	onObject
)

func (e exchange) level() level {
	switch {
	case strings.HasPrefix(e.host, "service."):
		return onService
	case e.path == "/":
		return onBucket
	}
	return onObject
}

// request is the method with what names the operation.
func (e exchange) request() string {
	at := []string{"service /", "/", "/key"}[e.level()]
	var subs []string
	for name, values := range e.query {
		if isSubresource(name, values) {
			subs = append(subs, name)
		}
	}
	if len(subs) > 0 {
		slices.Sort(subs)
		at += "?" + strings.Join(subs, "&")
	}
	return e.method + " " + at
}

// isSubresource tells what is asked for from how: it has no value.
func isSubresource(name string, values []string) bool {
	return values[0] == "" && !strings.HasPrefix(name, "q-")
}

func keysOf[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// clientOperations are the methods that send something: those that are told by
// a context when to stop.
func clientOperations(t *testing.T) []string {
	t.Helper()
	var names []string
	for _, file := range clientSources(t) {
		for _, decl := range file.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if ok && f.Name.IsExported() && isReceiver(f, "Bucket", "Client") && takesContext(f) {
				names = append(names, f.Name.Name)
			}
		}
	}
	require.NotEmpty(t, names)
	return names
}

func isReceiver(f *ast.FuncDecl, names ...string) bool {
	if f.Recv == nil {
		return false
	}
	star, ok := f.Recv.List[0].Type.(*ast.StarExpr)
	if !ok {
		return false
	}
	name, ok := star.X.(*ast.Ident)
	return ok && slices.Contains(names, name.Name)
}

func takesContext(f *ast.FuncDecl) bool {
	if len(f.Type.Params.List) == 0 {
		return false
	}
	kind, ok := f.Type.Params.List[0].Type.(*ast.SelectorExpr)
	return ok && kind.Sel.Name == "Context"
}

// clientSources parses the client, without its tests.
func clientSources(t *testing.T) []*ast.File {
	t.Helper()
	paths, err := filepath.Glob("../*.go")
	require.NoError(t, err)
	var files []*ast.File
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		files = append(files, file)
	}
	return files
}
