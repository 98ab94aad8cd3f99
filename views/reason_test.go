package views

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/stretchr/testify/assert"

	"cosmander/jobs"
)

// What a user reads first is what happened; which request it was is said apart.
func TestReason_WordsBeforeRequests(t *testing.T) {
	t.Parallel()
	for reason, want := range map[string][3]string{
		"PutObject: invalid object key: a\\x1b holds a control character (24-27)": {
			"invalid object key: a\\x1b holds a control character (24-27)", "invalid object key: a\\x1b holds a control character (24-27)", "PutObject",
		},
		"PutObject cos://b-1/k: AccessDenied: no (403, request r1)": {"cos://b-1/k: AccessDenied: no (403, request r1)", "AccessDenied: no (403, request r1)", "PutObject"},
		"2 of 9 failed: UploadPart: the connection was cut":         {"2 of 9 failed: the connection was cut", "2 of 9 failed: the connection was cut", "UploadPart"},
		"open /tmp/PutObject: no such file":                         {"open /tmp/PutObject: no such file", "open /tmp/PutObject: no such file", ""},
		"AccessDenied: no":                                          {"AccessDenied: no", "AccessDenied: no", ""},
	} {
		assert.Equal(t, want, [3]string{objectFirst(reason), Brief(reason), operation(reason)}, reason)
	}
}

func TestItemInfo_SaysTheRequestApart(t *testing.T) {
	t.Parallel()
	v := &ItemInfo{Retry: "r", Item: jobs.Item{N: 1, Name: "k", State: jobs.Failed, Reason: "PutObject: invalid object key: it is empty · rename it: the service takes no such name"}}
	text := ansi.Strip(strings.Join(v.Draw(testLook(), 100, 30), "\n"))
	assert.Contains(t, text, "why       invalid object key: it is empty")
	assert.Contains(t, text, "during    PutObject")
}
