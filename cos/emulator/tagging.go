package emulator

import (
	"encoding/xml"
	"net/http"
	"unicode/utf8"
)

// tag is a label of an object.
type tag struct{ Key, Value string }

// checkTags applies the limits of a tag set.
func checkTags(tags []tag) error {
	if len(tags) > maxTags {
		return refuse("InvalidTag", "An object has at most 10 tags.")
	}
	seen := map[string]bool{}
	for _, t := range tags {
		switch {
		case t.Key == "" || utf8.RuneCountInString(t.Key) > maxTagKey:
			return refuse("InvalidTag", "The key of a tag has 1 to 128 characters.")
		case utf8.RuneCountInString(t.Value) > maxTagValue:
			return refuse("InvalidTag", "The value of a tag has at most 256 characters.")
		case seen[t.Key]:
			return refuse("InvalidTag", "A tag is given twice: "+t.Key)
		}
		seen[t.Key] = true
	}
	return nil
}

// readTags takes the tags of a put, initiate or copy: a query string.
func readTags(in http.Header) ([]tag, error) {
	q, err := parseQuery(in.Get("X-Cos-Tagging"))
	if err != nil {
		return nil, refuse("InvalidTag", "x-cos-tagging is KEY=VALUE&KEY=VALUE, percent-encoded.")
	}
	var tags []tag
	for _, p := range q {
		tags = append(tags, tag{p.name, p.value})
	}
	return tags, checkTags(tags)
}

// tagging is the body of PUT ?tagging.
type tagging struct {
	XMLName xml.Name `xml:"Tagging"`
	Tags    []tag    `xml:"TagSet>Tag"`
}

func (s *Server) getTags(q *request) error {
	b, err := s.bucketOf(q)
	if err != nil {
		return err
	}
	o, err := described(q, b, s.index.describe)
	if err != nil {
		return err
	}
	if len(o.extra.Tags) == 0 {
		return refuse("NoSuchTagSet", "The object has no tags.")
	}
	d := newDocument()
	d.open("Tagging")
	d.open("TagSet")
	for _, t := range o.extra.Tags {
		d.open("Tag")
		d.text("Key", t.Key)
		d.text("Value", t.Value)
		d.close("Tag")
	}
	d.close("TagSet")
	d.close("Tagging")
	return q.document(http.StatusOK, d.bytes())
}

func (s *Server) putTags(q *request) error {
	var t tagging
	if err := q.readXML(&t); err != nil {
		return err
	}
	if err := checkTags(t.Tags); err != nil {
		return err
	}
	if err := s.setExtra(q, func(x *extra) { x.Tags = t.Tags }); err != nil {
		return err
	}
	return q.empty(http.StatusOK)
}

func (s *Server) deleteTags(q *request) error {
	if err := s.setExtra(q, func(x *extra) { x.Tags = nil }); err != nil {
		return err
	}
	return q.empty(http.StatusNoContent)
}
