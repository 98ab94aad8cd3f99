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
		if err := d.top(f.path); err != nil {
			return d.explain(err)
		}
	}
}

// window hands a decoder no more than a record beyond what it has decoded.
// It makes one of many blanks, which a decoder would hold like a value.
type window struct {
	r         io.Reader
	decoder   *json.Decoder
	delivered int64
	within    bool // a string
	escaped   bool // after a backslash
	blank     bool // after a blank
}

var errTooLong = errors.New("record is too long")

func (w *window) Read(b []byte) (n int, err error) {
	if w.delivered-w.decoder.InputOffset() > maxRecord {
		return 0, errTooLong
	}
	for n == 0 && err == nil {
		n, err = w.r.Read(b[:min(len(b), readAhead)])
		n = w.squeeze(b[:n])
	}
	w.delivered += int64(n)
	return n, err
}

// squeeze leaves out blanks behind a blank and returns how much is left.
func (w *window) squeeze(b []byte) int {
	n := 0
	for _, c := range b {
		blank := !w.within && (c == ' ' || c == '\n' || c == '\t' || c == '\r')
		if !blank || !w.blank {
			b[n] = c
			n++
		}
		w.blank = blank
		if c == '"' && !w.escaped {
			w.within = !w.within
		}
		w.escaped = w.within && c == '\\' && !w.escaped
	}
	return n
}

type walker struct {
	*json.Decoder
	number int64
	yield  func(value) error
}

func (d *walker) place() place { return place(d.number + 1) }

// explain turns errors of the decoder into answers.
func (d *walker) explain(err error) error {
	var syntax *json.SyntaxError
	switch {
	case errors.Is(err, errTooLong):
		return d.place().tooLong()
	case errors.As(err, &syntax):
		return d.place().refuse("JSONParsingError", "is not JSON: %v", syntax)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return refuse("JSONParsingError", "The object ends within record %d.", d.place())
	}
	return err
}

// top follows the path of FROM into a value that is in no other. A [*] stands
// for the value itself if that is no array.
func (d *walker) top(path []step) error {
	if len(path) > 0 && path[0].each && !d.array() {
		path = path[1:]
	}
	return d.walk(path)
}

// array reports whether the next value is one. [json.Decoder.More] has seen
// its first byte.
func (d *walker) array() bool {
	var first [1]byte
	_, err := d.Buffered().Read(first[:])
	return err == nil && first[0] == '['
}

// walk enters arrays and objects along the path and yields what is there, by
// the rules of value.expand.
func (d *walker) walk(path []step) error {
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
	first, rest := path[0], path[1:]
	switch {
	case t == json.Delim('[') && first.each:
		return d.elements(func(int) error { return d.walk(rest) })
	case t == json.Delim('[') && first.indexed:
		return d.element(first.index, rest)
	case t == json.Delim('{') && first.name != "":
		return d.member(first, rest)
	}
	if err := d.skip(t); err != nil {
		return err
	}
	return value{}.expand(rest, false, d.yield)
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
		return value{}, d.place().notUTF8()
	}
	return fromJSON(string(raw)), nil
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
		return d.walk(path)
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
			err = d.walk(path)
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
// arrays and objects that are not asked for may be longer than a record.
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
			return d.place().refuse("JSONParsingError", "nests deeper than %d levels", maxNesting)
		}
		var err error
		if t, err = d.Token(); err != nil {
			return err
		}
	}
}

// maxNesting is encoding/json's own limit, which it does not apply to tokens.
const maxNesting = 10_000
