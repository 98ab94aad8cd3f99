package preview

import (
	"bytes"
	"path"
	"strings"
)

// Kind is how a file is shown.
type Kind int

// The kinds.
const (
	Text Kind = iota
	Hex
	Table    // CSV and TSV
	JSON     // one document or one a line
	Contents // the table of contents of an archive
	Picture
)

// String names k for people.
func (k Kind) String() string {
	return [...]string{"text", "hex", "table", "JSON", "contents", "picture"}[k]
}

// Archive is a format that has a table of contents.
type Archive int

// The formats of archives.
const (
	NoArchive Archive = iota
	Zip
	Tar
	Gzip // of a tar or of one file
)

// ArchiveOf says which archive begins with head.
func ArchiveOf(head []byte) Archive {
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return Zip
	case bytes.HasPrefix(head, []byte("\x1f\x8b\x08")):
		return Gzip
	case len(head) >= 512 && bytes.HasPrefix(head[257:], []byte("ustar")):
		return Tar
	}
	return NoArchive
}

// IsPicture reports that head begins a picture that can be shown.
func IsPicture(head []byte) bool {
	for _, magic := range []string{"\x89PNG\r\n\x1a\n", "\xff\xd8\xff", "GIF87a", "GIF89a"} {
		if bytes.HasPrefix(head, []byte(magic)) {
			return true
		}
	}
	return false
}

// Detect says how the file called name that begins with head is shown at
// first, and how it is text. What the bytes say counts for more than the name.
func Detect(name string, head []byte) (Kind, Encoding) {
	e, isText := Guess(head)
	ext := strings.ToLower(path.Ext(name))
	switch {
	case IsPicture(head):
		return Picture, e
	case ArchiveOf(head) != NoArchive:
		return Contents, e
	case !isText:
		return Hex, e
	case ext == ".csv", ext == ".tsv":
		return Table, e
	case e == UTF8 && (ext == ".json" || ext == ".jsonl" || ext == ".ndjson" || ext == ".geojson"):
		return JSON, e
	}
	return Text, e
}
