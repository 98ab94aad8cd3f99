package interop

import (
	"flag"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos/emulator"
)

var update = flag.Bool("update", false, "write docs/api.md anew")

const apiTable = "../../docs/api.md"

// documents says under which name the API documents describe what a method of
// ours sends.
var documents = map[string]string{
	"ListBuckets":        "GET Service",
	"ListBucketsIn":      "GET Service",
	"CreateBucket":       "PUT Bucket",
	"DeleteBucket":       "DELETE Bucket",
	"FindRegion":         "HEAD Bucket",
	"Versioning":         "GET Bucket versioning",
	"SetVersioning":      "PUT Bucket versioning",
	"List":               "GET Bucket",
	"ListVersions":       "GET Bucket Object versions",
	"ListUploads":        "List Multipart Uploads",
	"Put":                "PUT Object",
	"Head":               "HEAD Object",
	"Get":                "GET Object",
	"Copy":               "PUT Object - Copy",
	"Append":             "APPEND Object",
	"Delete":             "DELETE Object",
	"DeleteMany":         "DELETE Multiple Objects",
	"Restore":            "POST Object restore",
	"Select":             "SELECT Object Content",
	"InitiateUpload":     "Initiate Multipart Upload",
	"UploadPart":         "Upload Part",
	"CopyPart":           "Upload Part - Copy",
	"ListParts":          "List Parts",
	"CompleteUpload":     "Complete Multipart Upload",
	"AbortUpload":        "Abort Multipart Upload",
	"ObjectACL":          "GET Object acl",
	"SetObjectACL":       "PUT Object acl",
	"SetObjectCannedACL": "PUT Object acl",
	"ObjectTags":         "GET Object tagging",
	"SetObjectTags":      "PUT Object tagging",
	"DeleteObjectTags":   "DELETE Object tagging",
	"PresignGet":         "GET Object, signed in the URL",
	"PresignPut":         "PUT Object, signed in the URL",
}

// composed are the methods that need no referee, and why.
var composed = map[string]string{
	"Pages":        "one List after the other",
	"VersionPages": "one ListVersions after the other",
	"UploadPages":  "one ListUploads after the other",
	"PartPages":    "one ListParts after the other",
	"AllParts":     "one ListParts after the other",

	"CreateBucketIn": "CreateBucket of a region, once the name was checked",
	"SigningKeys":    "nothing is sent",
	"Locate":         "FindRegion, and ListBuckets where that finds none",
}

// unseen are the operations of the server that no referee asks for, and why.
var unseen = map[string]string{}

// testTable holds docs/api.md against the run, or writes it.
func testTable(t *testing.T, book *ledger) {
	methods := clientOperations(t)
	for _, method := range methods {
		_, isComposed := composed[method]
		assert.NotEqual(t, book.rows[method] != nil, isComposed,
			"%s has to be held side by side with the SDK, or to be listed with the reason why not", method)
	}
	assert.Subset(t, methods, keysOf(composed), "what is listed exists")
	assert.Equal(t, keysOf(documents), keysOf(book.rows))
	for _, op := range emulator.Operations() {
		_, isUnseen := unseen[op]
		assert.NotEqual(t, book.saw(op), isUnseen, "%s of the server has to be asked for by a referee, or listed with the reason why not", op)
	}
	assert.Subset(t, emulator.Operations(), keysOf(unseen), "what is listed exists")

	made := book.table() + "\n## Where our requests differ from the Go SDK's on purpose\n\n" + purposes() +
		"\n## What the client leaves out of the specification on purpose\n\nBeside what only repeats what was asked for.\n\n" + omissions(t)
	_, noNode := findNode()
	if *update {
		require.NoError(t, noNode, "the table says what the Node SDK saw")
		require.NoError(t, os.WriteFile(apiTable, []byte(made), 0o644)) //nolint:gosec // a file of the repository
	}
	written, err := os.ReadFile(apiTable)
	require.NoError(t, err)
	kept := string(written)
	if noNode != nil {
		fmt.Println("interop: the column of the Node SDK in docs/api.md was not compared, because it is not installed")
		made, kept = withoutLastColumn(made), withoutLastColumn(kept)
	}
	assert.Equal(t, made, kept, "docs/api.md is out of date: make interop ARGS='-run Referees -update'")
}

// saw reports that a referee had an operation of the server answered.
func (l *ledger) saw(op string) bool {
	for _, r := range l.rows {
		if r.label == op {
			return true
		}
	}
	return l.walked[goWalk][op] || l.walked[nodeWalk][op]
}

// summary counts operations as the server does, signed URLs apart.
func (l *ledger) summary() string {
	side := map[string]bool{}
	for _, r := range l.rows {
		side[r.label] = true
	}
	s := fmt.Sprintf("interop: %d operations side by side with the Go SDK, %d walked by the Go SDK, %d by the Node SDK",
		len(side), len(l.walked[goWalk]), len(l.walked[nodeWalk]))
	if _, err := findNode(); err != nil {
		s += ", which is not installed"
	}
	return s
}

const apiHead = `# The object API

Which operations there are, with which parameters, and who says that they are right. This page is made by the tests in
` + "`cos/interop`" + ` out of what was on the wire, and they fail if it is out of date; ` +
	"`make interop ARGS='-run Referees -update'`" + ` writes it.

- **Side by side**: our request is the one that the official Go SDK sends, part by part, apart from the differences
  below. Each row holds every parameter that was sent so, and the local server answered each of these requests with
  success, so these are the parameters that it was seen to take.
- **Walk**: the SDK alone, on a local server of its own, asked for the operation at least once and was answered with
  success, in a test that checks what its steps come to. Requests that only prepare for others count too.
- The local server names operations as ` + "`serve --fault`" + ` does; one that can be asked for in two ways has two
  lines.

| Method in ` + "`cos`" + ` | API document | Request | Parameters | Local server | Go SDK, side by side | Go SDK, walk | Node SDK, walk |
| --- | --- | --- | --- | --- | --- | --- | --- |
`

func (l *ledger) table() string {
	var page strings.Builder
	page.WriteString(apiHead)
	methods := keysOf(l.rows)
	slices.SortStableFunc(methods, func(a, b string) int { return int(l.rows[a].level - l.rows[b].level) })
	for _, method := range methods {
		r := l.rows[method]
		fmt.Fprintf(&page, "| `%s` | %s | `%s` | %s | %s | yes | %s | %s |\n", method, documents[method], r.request,
			r.parameters(), r.label, yes(l.walked[goWalk][r.label]), yes(l.walked[nodeWalk][r.label]))
	}
	page.WriteString("\nMade of these: ")
	var made []string
	for _, method := range keysOf(composed) {
		made = append(made, fmt.Sprintf("`%s` (%s)", method, composed[method]))
	}
	page.WriteString(strings.Join(made, ", ") + ".\n")
	return page.String()
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// parameters are the names that say something beyond the request itself.
func (r *row) parameters() string {
	var query, header, body []string
	for _, name := range keysOf(r.query) {
		if !strings.HasPrefix(name, "q-") && !r.subresource[name] {
			query = append(query, name)
		}
	}
	for _, name := range keysOf(r.header) {
		switch {
		case name == "content-length", name == "content-type" && len(r.body) > 0:
		case name == "content-md5":
			header = append(header, "Content-MD5")
		case strings.HasPrefix(name, "x-cos-"):
			header = append(header, name)
		default:
			header = append(header, http.CanonicalHeaderKey(name))
		}
	}
	for _, path := range keysOf(r.body) {
		_, below, _ := strings.Cut(ordinal.ReplaceAllString(path, ""), "/")
		body = append(body, below)
	}
	slices.Sort(body)
	body = slices.Compact(body)
	var groups []string
	for _, g := range []struct {
		what  string
		names []string
	}{{"query", query}, {"header", header}, {"body", body}} {
		if len(g.names) > 0 {
			groups = append(groups, g.what+": "+strings.Join(g.names, ", "))
		}
	}
	return strings.Join(groups, "; ")
}

// ordinal is what flattened numbers like elements with.
var ordinal = regexp.MustCompile(`\[\d+\]`)

func withoutLastColumn(page string) string {
	lines := strings.Split(page, "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, "| ") {
			line = strings.TrimSuffix(line, " |")
			lines[i] = line[:strings.LastIndex(line, "|")]
		}
	}
	return strings.Join(lines, "\n")
}
