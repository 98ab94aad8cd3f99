package query

import (
	"encoding/json"
	"errors"
	"io"
	"unicode/utf8"
)

// jsonDocument is a JSON object whose values may span lines. It is walked
// token by token down to the values that the path of FROM leads to, so that
// one array of any length is read element by element.
type jsonDocument struct{ path []step }

func (f jsonDocument) each(s *source, yield func(number int64, r row) error) error {
	r, err := s.open()
	if err != nil {
		return err
	}
	w := &window{r: r}
	w.decoder = json.NewDecoder(w)
	w.decoder.UseNumber()
	d := &walker{Decoder: w.decoder}
	d.yield = func(v value) error {
		d.number++
		return yield(d.number, jsonRow{v})
	}
	for {
		// Only here the object may end.
		if !d.More() {
			if _, err := d.Token(); !errors.Is(err, io.EOF) {
				return d.explain(err)
			}
			return nil
		}
		if err := d.walk(f.path, true); err != nil {
			return d.explain(err)
		}
	}
}

// window hands a decoder no more than a record beyond what it has decoded.
type window struct {
	r         io.Reader
	decoder   *json.Decoder
	delivered int64
}

var errTooLong = errors.New("record is too long")

func (w *window) Read(b []byte) (int, error) {
	if w.delivered-w.decoder.InputOffset() > maxRecord {
		return 0, errTooLong
	}
	n, err := w.r.Read(b[:min(len(b), readAhead)])
	w.delivered += int64(n)
	return n, err
}

type walker struct {
	*json.Decoder
	number int64
	yield  func(value) error
}

// explain turns errors of the decoder into answers.
func (d *walker) explain(err error) error {
	var syntax *json.SyntaxError
	switch {
	case errors.Is(err, errTooLong):
		return tooLong(d.number + 1)
	case errors.As(err, &syntax):
		return refuse("JSONParsingError", "Record %d is not JSON: %v, near byte %d.", d.number+1, syntax, d.InputOffset()+1)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return refuse("JSONParsingError", "The object ends within record %d.", d.number+1)
	}
	return err
}

// walk follows path into the next value and yields what is there, by the
// rules of value.expand.
func (d *walker) walk(path []step, top bool) error {
	if len(path) == 0 {
		v, err := d.value()
		if err != nil {
			return err
		}
		return d.yield(v)
	}
	t, err := d.Token()
	if err != nil {
		return err
	}
	return d.follow(t, path, top)
}

// follow is walk with the first token taken.
func (d *walker) follow(t json.Token, path []step, top bool) error {
	first := path[0]
	switch {
	case t == json.Delim('[') && first.each:
		return d.elements(func(int) error { return d.walk(path[1:], false) })
	case t == json.Delim('[') && first.indexed:
		return d.element(first.index, path[1:])
	case t == json.Delim('{') && first.name != "":
		return d.member(first, path[1:])
	case first.each && top && len(path) > 1:
		return d.follow(t, path[1:], false)
	case first.each && top:
		v, err := d.rest(t)
		if err != nil {
			return err
		}
		return d.yield(v)
	}
	if err := d.skip(t); err != nil {
		return err
	}
	return value{}.expand(path[1:], false, d.yield)
}

// value reads a value as a whole.
func (d *walker) value() (value, error) {
	var raw json.RawMessage
	if err := d.Decode(&raw); err != nil {
		return value{}, err
	}
	if len(raw) > maxRecord {
		return value{}, errTooLong
	}
	if !utf8.Valid(raw) {
		return value{}, notUTF8(d.number + 1)
	}
	return fromJSON(string(raw)), nil
}

// rest reads the value that begins with t, which is not an array.
func (d *walker) rest(t json.Token) (value, error) {
	switch t := t.(type) {
	case json.Delim:
		return d.object()
	case json.Number:
		return fromJSON(t.String()), nil
	case string:
		return ofText(t), nil
	case bool:
		return ofBool(t), nil
	}
	return value{kind: null}, nil
}

// object reads an object whose brace is taken.
func (d *walker) object() (value, error) {
	b := []byte{'{'}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return value{}, err
		}
		v, err := d.value()
		if err != nil {
			return value{}, err
		}
		if len(b) > 1 {
			b = append(b, ',')
		}
		b = append(appendString(b, name.(string)), ':')
		if b = appendJSON(b, v); len(b) > maxRecord {
			return value{}, errTooLong
		}
	}
	_, err := d.Token()
	return value{kind: composite, s: string(append(b, '}'))}, err
}

// elements visits the elements of an array whose bracket is taken.
func (d *walker) elements(visit func(i int) error) error {
	for i := 0; d.More(); i++ {
		if err := visit(i); err != nil {
			return err
		}
	}
	_, err := d.Token()
	return err
}

func (d *walker) element(index int, path []step) error {
	found := false
	err := d.elements(func(i int) error {
		if i != index {
			return d.skipNext()
		}
		found = true
		return d.walk(path, false)
	})
	if err != nil || found {
		return err
	}
	return value{}.expand(path, false, d.yield)
}

func (d *walker) member(s step, path []step) error {
	found := false
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		if found || !s.matches(name.(string)) {
			err = d.skipNext()
		} else {
			found = true
			err = d.walk(path, false)
		}
		if err != nil {
			return err
		}
	}
	if _, err := d.Token(); err != nil || found {
		return err
	}
	return value{}.expand(path, false, d.yield)
}

func (d *walker) skipNext() error {
	t, err := d.Token()
	if err != nil {
		return err
	}
	return d.skip(t)
}

// skip passes over the value that begins with t. It goes by tokens, because
// what is not asked for may be longer than a record.
func (d *walker) skip(t json.Token) error {
	for depth := 0; ; {
		switch t {
		case json.Delim('['), json.Delim('{'):
			depth++
		case json.Delim(']'), json.Delim('}'):
			depth--
		}
		if depth == 0 {
			return nil
		}
		if depth > maxNesting {
			return refuse("JSONParsingError", "Record %d nests deeper than %d levels.", d.number+1, maxNesting)
		}
		var err error
		if t, err = d.Token(); err != nil {
			return err
		}
	}
}

// maxNesting is encoding/json's own limit, which it does not apply to tokens.
const maxNesting = 10_000
