package cos

import (
	"bytes"
	"fmt"
	"strings"
)

var (
	errXML    = fmt.Errorf("%w: XML", ErrMalformed)
	errCutXML = fmt.Errorf("XML document: %w", ErrCutBody)
)

const maxXMLDepth = 64

// An xmlParser reads the subset of XML that the service speaks: elements,
// text, CDATA, the five entities and character references; comments and
// processing instructions are passed over and attributes ignored. Document
// types are refused, and so is an end tag that is not the open element's.
// encoding/xml decodes the same page several times slower.
//
// It is pulled: root enters the document, then each walks the children of the
// element just entered, and for every child exactly one of each, text and skip
// is called.
type xmlParser struct {
	data  []byte
	pos   int
	depth int
	names [maxXMLDepth][]byte // of the elements that are open, depth of them
	empty bool                // the element just entered was <a/>
}

// root enters the document's root element and returns its name.
func (p *xmlParser) root() (string, error) {
	if _, err := p.chars(false); err != nil {
		return "", err
	}
	name, end, err := p.tag()
	if err == nil && end {
		err = errXML
	}
	return string(name), err
}

// each calls fn with the name of every child of the element just entered.
func (p *xmlParser) each(fn func(name string) error) error {
	if p.left() {
		return nil
	}
	for {
		if _, err := p.chars(false); err != nil {
			return err
		}
		name, end, err := p.tag()
		if err != nil || end {
			return err
		}
		if err := fn(intern(name)); err != nil {
			return err
		}
	}
}

// text returns the text of the element just entered, without that of its
// children, and leaves it.
func (p *xmlParser) text() (string, error) {
	if p.left() {
		return "", nil
	}
	s, err := p.chars(true)
	if err != nil {
		return "", err
	}
	var pieces []byte // of text with children in between
	for {
		_, end, err := p.tag()
		switch {
		case err != nil:
			return "", err
		case end && pieces == nil:
			return s, nil
		case end:
			return string(pieces), nil
		case pieces == nil:
			pieces = []byte(s)
		}
		if err := p.skip(); err != nil {
			return "", err
		}
		more, err := p.chars(true)
		if err != nil {
			return "", err
		}
		pieces = append(pieces, more...)
	}
}

// skip leaves the element just entered without looking at it.
func (p *xmlParser) skip() error {
	outer := p.depth - 1
	if p.left() {
		return nil
	}
	for p.depth > outer {
		if _, err := p.chars(false); err != nil {
			return err
		}
		if _, _, err := p.tag(); err != nil {
			return err
		}
		p.left()
	}
	return nil
}

// left leaves an element that was <a/>.
func (p *xmlParser) left() bool {
	was := p.empty
	if was {
		p.empty = false
		p.depth--
	}
	return was
}

// chars moves to the next tag and returns the text before it, if it is wanted.
func (p *xmlParser) chars(want bool) (string, error) {
	s, more, err := p.run(want)
	if err != nil || !more {
		return s, err
	}
	pieces := []byte(s)
	for err == nil && more {
		s, more, err = p.run(want)
		pieces = append(pieces, s...)
	}
	return string(pieces), err
}

// run is chars up to the first thing that is passed over; more reports that
// there was one.
func (p *xmlParser) run(want bool) (s string, more bool, err error) {
	i := bytes.IndexByte(p.data[p.pos:], '<')
	if i < 0 {
		return "", false, errCutXML
	}
	run := p.data[p.pos : p.pos+i]
	p.pos += i
	data, more, err := p.passOver()
	if err != nil || !want {
		return "", more, err
	}
	if bytes.IndexByte(run, '&') >= 0 {
		if run, err = unescape(run); err != nil {
			return "", false, err
		}
	}
	return string(run) + string(data), more, nil
}

// passOver moves behind a comment, an instruction or a CDATA section, whose
// content it returns.
func (p *xmlParser) passOver() (data []byte, passed bool, err error) {
	rest := p.data[p.pos:]
	for _, k := range [...]struct {
		open, end string
		keep      bool
	}{{"<?", "?>", false}, {"<!--", "-->", false}, {"<![CDATA[", "]]>", true}} {
		if !bytes.HasPrefix(rest, []byte(k.open)) {
			continue
		}
		i := bytes.Index(rest[len(k.open):], []byte(k.end))
		if i < 0 {
			return nil, false, errCutXML
		}
		p.pos += len(k.open) + i + len(k.end)
		if k.keep {
			data = rest[len(k.open) : len(k.open)+i]
		}
		return data, true, nil
	}
	if bytes.HasPrefix(rest, []byte("<!")) {
		return nil, false, errXML
	}
	return nil, false, nil
}

// tag reads the tag at pos and enters or leaves its element.
func (p *xmlParser) tag() (name []byte, end bool, err error) {
	close := bytes.IndexByte(p.data[p.pos:], '>')
	if close < 0 {
		return nil, false, errCutXML
	}
	inner := p.data[p.pos+1 : p.pos+close]
	if bytes.IndexByte(inner, '"') >= 0 || bytes.IndexByte(inner, '\'') >= 0 {
		if inner, err = p.quotedTag(); err != nil {
			return nil, false, err
		}
		close = len(inner) + 1
	}
	p.pos += close + 1
	if len(inner) > 0 && inner[0] == '/' {
		p.depth--
		if p.depth < 0 || !bytes.Equal(bytes.TrimRight(inner[1:], " \t\r\n"), p.names[p.depth]) {
			return nil, false, errXML
		}
		return inner[1:], true, nil
	}
	if len(inner) > 0 && inner[len(inner)-1] == '/' {
		p.empty = true
		inner = inner[:len(inner)-1]
	}
	if i := bytes.IndexAny(inner, " \t\r\n"); i >= 0 {
		inner = inner[:i]
	}
	if len(inner) == 0 || p.depth == maxXMLDepth {
		return nil, false, errXML
	}
	p.names[p.depth] = inner
	p.depth++
	if i := bytes.IndexByte(inner, ':'); i >= 0 {
		inner = inner[i+1:]
	}
	return inner, false, nil
}

// quotedTag returns the inside of the tag at pos, whose attributes may hold ">".
func (p *xmlParser) quotedTag() ([]byte, error) {
	var quote byte
	for i := p.pos + 1; i < len(p.data); i++ {
		switch c := p.data[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"', c == '\'':
			quote = c
		case c == '>':
			return p.data[p.pos+1 : i], nil
		}
	}
	return nil, errCutXML
}

// intern returns the element names of listings without allocating.
func intern(name []byte) string {
	if s, ok := knownNames[string(name)]; ok {
		return s
	}
	return string(name)
}

var knownNames = func() map[string]string {
	m := map[string]string{}
	for _, s := range strings.Fields(`Contents Key LastModified ETag Size Owner ID DisplayName StorageClass
		StorageTier CommonPrefixes Prefix IsTruncated NextMarker Part PartNumber Upload UploadId Initiated Initiator
		Version DeleteMarker VersionId IsLatest Deleted DeleteMarkerVersionId`) {
		m[s] = s
	}
	return m
}()
