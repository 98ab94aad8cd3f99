package interop

import (
	"testing"
)

func TestReferees_SeeEveryOperation(t *testing.T) {
	t.Parallel()
	book := newLedger()
	t.Run("all", func(t *testing.T) {
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
}
