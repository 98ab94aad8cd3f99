package query

import (
	"bytes"
	"encoding/json"
)

// jsonLines is a JSON object with one value a line.
type jsonLines struct{ path []step }

func (f jsonLines) each(s *source, yield func(number int64, r row) error) error {
	r, err := s.open()
	if err != nil {
		return err
	}
	l := lines{r: r, delimiter: "\n", skipping: true}
	for {
		if err := l.next(); err != nil {
			return endOfObject(err)
		}
		record := bytes.TrimSpace(l.record)
		if len(record) == 0 {
			continue
		}
		if !json.Valid(record) {
			return l.place().refuse("JSONParsingError", "is not one JSON value on one line")
		}
		l.number++
		v := fromJSON(string(record))
		if err := v.expand(f.path, true, func(v value) error { return yield(l.number, jsonRow{v}) }); err != nil {
			return err
		}
	}
}

// expand yields the values that a path leads to. A path that leads nowhere
// yields MISSING, a [*] as many values as there are. The first [*] of FROM
// also stands for a value that is no array.
func (v value) expand(path []step, top bool, yield func(value) error) error {
	if len(path) == 0 {
		return yield(v)
	}
	first, rest := path[0], path[1:]
	if !first.each {
		return v.follow(first).expand(rest, false, yield)
	}
	if v.kind != composite || isObject(v) {
		if !top {
			v = value{}
		}
		return v.expand(rest, false, yield)
	}
	for raw := range elements(v.s) {
		if err := fromJSON(raw).expand(rest, false, yield); err != nil {
			return err
		}
	}
	return nil
}
