package interop

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// A difference is what our requests of some operations do otherwise than the
// SDK's, and why ours are right.
type difference struct {
	parts      []string // as differences words them
	operations []string // in the wire_ files
	why        string
}

// onPurpose is every difference. One that is missing here, or no longer there,
// fails the test.
var onPurpose = []difference{
	{
		[]string{"header content-md5: only theirs", "header content-md5: signed only theirs"},
		[]string{
			"CompleteUpload", "Restore", "Restore, version", "Select", "Select, JSON", "Select, packed", "SetObjectACL",
			"SetObjectCannedACL", "SetObjectCannedACL, grants of a version", "SetVersioning",
		},
		"the SDK sends one with every document; these operations do not ask for it",
	},
	{
		[]string{"header content-type: only theirs", "header content-type: signed only theirs"},
		[]string{"SetObjectCannedACL", "SetObjectCannedACL, grants of a version"},
		"the SDK takes a document that is nil for one, and sends no body",
	},
	{
		[]string{"header x-cos-metadata-directive: only ours", "header x-cos-metadata-directive: signed only ours"},
		[]string{"Copy"},
		"ours says Copy, which the SDK leaves to be the default",
	},
}

// differ returns what is known to differ in an operation.
func differ(operation string) []string {
	var parts []string
	for _, d := range onPurpose {
		if slices.Contains(d.operations, operation) {
			parts = append(parts, d.parts...)
		}
	}
	return parts
}

func TestOnPurpose_NamesOperationsThatExist(t *testing.T) {
	t.Parallel()
	for _, d := range onPurpose {
		assert.Subset(t, keysOf(operations()), d.operations)
	}
}

// purposes is the table as docs/api.md shows it.
func purposes() string {
	var page strings.Builder
	page.WriteString("| Difference | Operations | Why ours is right |\n| --- | --- | --- |\n")
	for _, d := range onPurpose {
		fmt.Fprintf(&page, "| %s | %s | %s |\n", strings.Join(d.parts, "; "), strings.Join(d.operations, "; "), d.why)
	}
	return page.String()
}
