package interop

import (
	"flag"
	"fmt"
	"strings"
	"testing"
)

// TestReferees_SeeEveryOperation runs what the table in docs/api.md is made of,
// and then holds the table against it.
func TestReferees_SeeEveryOperation(t *testing.T) {
	t.Parallel()
	book := newLedger()
	whole := t.Run("all", func(t *testing.T) {
		for name, test := range map[string]func(*testing.T, *ledger){
			"our requests are the Go SDK's": testWire,
			"our URLs are the Go SDK's":     testSignedURLs,
			"the Go SDK walks by itself":    testGoWalks,
			"the Node SDK walks by itself":  testNodeWalks,
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				test(t, book)
			})
		}
	})
	if strings.Contains(flag.Lookup("test.run").Value.String(), "/") {
		t.Skip("the table is only compared when all was run")
	}
	if !whole {
		return // what failed says why
	}
	// Shown by go test because it is run in this folder, without naming it.
	fmt.Println(book.summary())
	t.Run("the client has what the specification has", func(t *testing.T) { testSpecification(t, book) })
	t.Run("docs/api.md says so", func(t *testing.T) { testTable(t, book) })
}
