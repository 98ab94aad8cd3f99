package emulator

import (
	"bytes"
	"crypto/md5" // Content-MD5 is MD5
	"encoding/xml"
	"io"
	"strconv"
	"time"
)

// document builds an XML answer. A listing has thousands of elements, for
// which reflection would cost more than the query behind it.
type document struct {
	b       bytes.Buffer
	encoded bool // percent-encode names (encoding-type=url)
}

const prolog = "<?xml version='1.0' encoding='utf-8' ?>\n"

func newDocument() *document {
	d := &document{}
	d.b.WriteString(prolog)
	return d
}

func (d *document) bytes() []byte { return d.b.Bytes() }

func (d *document) open(name string) {
	d.b.WriteByte('<')
	d.b.WriteString(name)
	d.b.WriteByte('>')
}

func (d *document) close(name string) {
	d.b.WriteString("</")
	d.b.WriteString(name)
	d.b.WriteByte('>')
}

func (d *document) text(name, value string) {
	d.open(name)
	// EscapeText replaces what XML cannot carry by U+FFFD; a client that needs
	// such keys asks for encoding-type=url.
	_ = xml.EscapeText(&d.b, []byte(value)) // a Buffer does not fail
	d.close(name)
}

// name writes an element that encoding-type=url applies to.
func (d *document) name(element, value string) {
	if d.encoded {
		value = encodeName(value)
	}
	d.text(element, value)
}

func (d *document) number(name string, n int64) { d.text(name, strconv.FormatInt(n, 10)) }

func (d *document) flag(name string, v bool) { d.text(name, strconv.FormatBool(v)) }

func (d *document) etag(etag string) { d.text("ETag", `"`+etag+`"`) }

// time writes unix seconds.
func (d *document) time(name string, unix int64) { d.text(name, formatTime(unix)) }

func formatTime(unix int64) string {
	return time.Unix(unix, 0).UTC().Format("2006-01-02T15:04:05.000Z")
}

// owner writes the account that everything here belongs to, under the
// element's name.
func (d *document) owner(element, bucket string) {
	id := appID(bucket)
	d.open(element)
	d.text("ID", id)
	d.text("DisplayName", id)
	d.close(element)
}

// readXML reads the document of a request into v.
func (q *request) readXML(v any) error {
	doc, err := q.readDocument()
	if err != nil {
		return err
	}
	if err := xml.Unmarshal(doc, v); err != nil {
		return refuse("MalformedXML", "The XML you provided was not well-formed: "+err.Error())
	}
	return nil
}

// readDocument reads the document of a request. Content-MD5 is checked if it
// is there.
func (q *request) readDocument() ([]byte, error) {
	want, err := contentMD5(q.r.Header)
	if err != nil {
		return nil, err
	}
	doc, err := io.ReadAll(io.LimitReader(q.slowBody(0), maxXMLBytes+1))
	switch {
	case err != nil:
		return nil, incomplete(err)
	case len(doc) > maxXMLBytes:
		return nil, refuse("XMLSizeLimit", "The XML document is too large.")
	case want != nil && *want != md5.Sum(doc):
		return nil, badDigest()
	}
	return doc, nil
}
