package emulator

import (
	"net/http"
	"unicode/utf8"
)

func (s *Server) listObjects(q *request) error {
	b, err := s.bucketOf(q)
	if err != nil {
		return err
	}
	l, encoded, err := readListing(q.target.query, "marker", "max-keys")
	if err != nil {
		return err
	}
	page, truncated, err := s.index.list(q.r.Context(), b, l)
	if err != nil {
		return err
	}
	return q.document(http.StatusOK, listDocument(b, l, encoded, page, truncated))
}

// readListing reads what all lists have in common; the names of the marker and
// of the page's size differ.
func readListing(q params, marker, size string) (l listing, encoded bool, err error) {
	l = listing{prefix: q.get("prefix"), delimiter: q.get("delimiter"), marker: q.get(marker)}
	for name, value := range map[string]string{"prefix": l.prefix, "delimiter": l.delimiter, marker: l.marker} {
		if !utf8.ValidString(value) {
			return l, false, refuse("InvalidArgument", "The value of "+name+" is not valid UTF-8.")
		}
	}
	if l.max, err = q.pageSize(size); err != nil {
		return l, false, err
	}
	encoded, err = q.urlEncoded()
	return l, encoded, err
}

func listDocument(b bucket, l listing, encoded bool, page []entry, truncated bool) []byte {
	d := newDocument()
	d.encoded = encoded
	d.b.Grow(len(page) * 320)
	d.open("ListBucketResult")
	d.text("Name", b.name)
	d.encoding("EncodingType")
	d.name("Prefix", l.prefix)
	d.name("Marker", l.marker)
	d.number("MaxKeys", int64(l.max))
	if l.delimiter != "" {
		d.name("Delimiter", l.delimiter)
	}
	d.flag("IsTruncated", truncated)
	if truncated {
		d.name("NextMarker", page[len(page)-1].name)
	}
	for _, e := range page {
		if !e.isPrefix {
			d.contents(b, e)
		}
	}
	for _, e := range page {
		if e.isPrefix {
			d.commonPrefix(e.name)
		}
	}
	d.close("ListBucketResult")
	return d.bytes()
}

func (d *document) encoding(element string) {
	if d.encoded {
		d.text(element, "url")
	}
}

func (d *document) contents(b bucket, e entry) {
	d.open("Contents")
	d.name("Key", e.name)
	d.time("LastModified", e.modified)
	d.etag(e.etag)
	d.number("Size", e.size)
	d.owner("Owner", b.name)
	d.text("StorageClass", e.class)
	d.tier(e.class)
	d.close("Contents")
}

func (d *document) commonPrefix(prefix string) {
	d.open("CommonPrefixes")
	d.name("Prefix", prefix)
	d.close("CommonPrefixes")
}
