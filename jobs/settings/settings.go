// Package settings reads what config.toml says about transfers and the
// terminal.
package settings

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"
	"github.com/dustin/go-humanize"

	"cosmander/cos"
	"cosmander/jobs"
)

// The bounds of what can be set. Sizes have those of the service's own parts
// and single requests. With more in flight than most it is the service's
// SlowDown that sets the pace, and a machine runs out of open files.
const (
	most      = 1000 // of files and of parts
	leastSize = cos.MinPartBytes
	mostSize  = cos.MaxPartBytes
)

// Transfers are the limits that the table [transfers] sets; 0 is the default.
type Transfers struct {
	Files     int   // small files in flight
	Parts     int   // parts in flight, all files together
	PartSize  int64 // bytes
	Threshold int64 // up to this many bytes a file is one request
	Bandwidth int64 // bytes a second of all transfers together
}

// Apply sets what t has in cfg.
func (t Transfers) Apply(cfg *jobs.Config) {
	cfg.Files, cfg.Parts, cfg.PartSize = t.Files, t.Parts, t.PartSize
	cfg.Threshold, cfg.Bandwidth = t.Threshold, t.Bandwidth
}

// Read reads the table [transfers] of the configuration at path. Without the
// file or the table nothing is set. An error names the line and the key, says
// what is wanted, and quotes nothing from outside the table: elsewhere there are
// secrets. Nothing is set then either.
func Read(path string) (Transfers, error) {
	var t Transfers
	err := readTable(path, "transfers", []key{
		{"files", (*count)(&t.Files)},
		{"parts", (*count)(&t.Parts)},
		{"part_size", (*size)(&t.PartSize)},
		{"threshold", (*size)(&t.Threshold)},
		{"bandwidth", (*bandwidth)(&t.Bandwidth)},
	})
	if err != nil {
		return Transfers{}, err
	}
	return t, nil
}

// Terminal is what the table [terminal] sets.
type Terminal struct {
	NoMouse bool // leave the mouse to the terminal
}

// ReadTerminal is [Read] for the table [terminal].
func ReadTerminal(path string) (Terminal, error) {
	mouse := onOff(true)
	err := readTable(path, "terminal", []key{{"mouse", &mouse}})
	return Terminal{NoMouse: err == nil && !bool(mouse)}, err
}

// key is one that a table may have, and where its value goes.
type key struct {
	name string
	into toml.Unmarshaler
}

func readTable(path, name string, known []key) error {
	return readFile(path, func(d *document) error { return d.table([]string{name}, known) })
}

// readFile opens the configuration at path, if there is one, and says of errors
// where they are.
func readFile(path string, do func(*document) error) error {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the configuration: %w", err)
	}
	d, err := parse(string(text))
	if err == nil {
		err = do(d)
	}
	if err != nil {
		return fmt.Errorf("%s, %w", path, err)
	}
	return nil
}

// document is a configuration of which nothing is decoded yet.
type document struct {
	meta toml.MetaData
	root map[string]toml.Primitive
}

func parse(text string) (*document, error) {
	d := &document{}
	var err error
	d.meta, err = toml.Decode(text, &d.root)
	if parse := (toml.ParseError{}); errors.As(err, &parse) {
		return nil, fmt.Errorf("line %d is not TOML", parse.Position.Line)
	}
	if err != nil {
		return nil, errors.New("it does not have the form of a configuration")
	}
	return d, nil
}

// values returns what the table at a path holds, nil if there is none.
func (d *document) values(at []string) (map[string]toml.Primitive, error) {
	values := d.root
	for i := range at {
		p, ok := values[at[i]]
		if !ok {
			return nil, nil
		}
		if err := decode(&d.meta, p, table(strings.Join(at[:i+1], "."))); err != nil {
			return nil, err
		}
		values = nil
		if err := decode(&d.meta, p, &values); err != nil {
			return nil, err
		}
	}
	return values, nil
}

// names returns what the table at a path has, in the order of the file, so that
// the first mistake is told.
func (d *document) names(at []string) (names []string) {
	for _, found := range d.meta.Keys() {
		if len(found) == len(at)+1 && slices.Equal(found[:len(at)], at) && !slices.Contains(names, found[len(at)]) {
			names = append(names, found[len(at)])
		}
	}
	return names
}

// table decodes the table at a path, which may have the keys that are known.
func (d *document) table(at []string, known []key) error {
	values, err := d.values(at)
	if err != nil || values == nil {
		return err
	}
	var names []string
	into := map[string]toml.Unmarshaler{}
	for _, k := range known {
		names, into[k.name] = append(names, k.name), k.into
	}
	for _, name := range d.names(at) {
		to, ok := into[name]
		if !ok {
			to = unknown(names)
		}
		if err := decode(&d.meta, values[name], to); err != nil {
			return err
		}
	}
	return nil
}

// decode decodes p and words the error.
func decode(meta *toml.MetaData, p toml.Primitive, into any) error {
	err := meta.PrimitiveDecode(p, into)
	if parse := (toml.ParseError{}); errors.As(err, &parse) {
		return fmt.Errorf("line %d: %s: %s", parse.Position.Line, parse.LastKey, parse.Message)
	}
	return err //nolint:wrapcheck // the types above leave no other error
}

// table wants the table that it names.
type table string

func (t table) UnmarshalTOML(v any) error {
	if _, ok := v.(map[string]any); !ok {
		return fmt.Errorf("want a table: [%s]", string(t))
	}
	return nil
}

// unknown takes no value: it names the keys that there are.
type unknown []string

func (u unknown) UnmarshalTOML(any) error {
	if len(u) == 1 {
		return errors.New("unknown key; there is only " + u[0])
	}
	return errors.New("unknown key; there are " + strings.Join(u, ", "))
}

type onOff bool

func (o *onOff) UnmarshalTOML(v any) error {
	on, ok := v.(bool)
	if !ok {
		return errors.New("want true or false")
	}
	*o = onOff(on)
	return nil
}

type count int

func (c *count) UnmarshalTOML(v any) error {
	n, ok := v.(int64)
	if !ok || n < 1 || n > most {
		return fmt.Errorf("want a number from 1 to %d", most)
	}
	*c = count(n)
	return nil
}

type size int64

func (s *size) UnmarshalTOML(v any) error {
	n, err := humanize.ParseBytes(written(v))
	if err != nil || n < leastSize || n > mostSize {
		return errors.New(`want a size from 1MiB to 5GiB in quotes, such as "8MiB"`)
	}
	*s = size(n)
	return nil
}

type bandwidth int64

func (b *bandwidth) UnmarshalTOML(v any) error {
	n, err := jobs.ParseBandwidth(written(v))
	if err != nil {
		return err //nolint:wrapcheck // decode says of which key
	}
	*b = bandwidth(n)
	return nil
}

// written is a size as text: one without a unit needs no quotes. What is no
// size at all stays none.
func written(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case int64:
		return strconv.FormatInt(v, 10)
	}
	return "not a size"
}
