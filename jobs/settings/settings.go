// Package settings reads what config.toml says about transfers.
package settings

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
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

// Read reads the configuration at path. Without the file or the table nothing
// is set. An error names the line and the key, says what is wanted, and quotes
// nothing from outside the table: elsewhere there are secrets. Nothing is set
// then either.
func Read(path string) (Transfers, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Transfers{}, nil
	}
	if err != nil {
		return Transfers{}, fmt.Errorf("read the configuration: %w", err)
	}
	t, err := parse(string(text))
	if err != nil {
		return Transfers{}, fmt.Errorf("%s, %w", path, err)
	}
	return t, nil
}

func parse(text string) (t Transfers, err error) {
	var doc struct{ Transfers toml.Primitive }
	meta, err := toml.Decode(text, &doc)
	if parse := (toml.ParseError{}); errors.As(err, &parse) {
		return t, fmt.Errorf("line %d is not TOML", parse.Position.Line)
	}
	if err != nil {
		return t, errors.New("it does not have the form of a configuration")
	}
	if !meta.IsDefined("transfers") {
		return t, nil
	}
	var keys map[string]toml.Primitive
	if err := decode(&meta, doc.Transfers, &table{}); err != nil {
		return t, err
	}
	if err := decode(&meta, doc.Transfers, &keys); err != nil {
		return t, err
	}
	into := map[string]toml.Unmarshaler{
		"files": (*count)(&t.Files), "parts": (*count)(&t.Parts),
		"part_size": (*size)(&t.PartSize), "threshold": (*size)(&t.Threshold), "bandwidth": (*bandwidth)(&t.Bandwidth),
	}
	for _, key := range meta.Keys() { // in the order of the file, so that the first mistake is told
		if len(key) != 2 || key[0] != "transfers" {
			continue
		}
		to, known := into[key[1]]
		if !known {
			to = unknown{}
		}
		if err := decode(&meta, keys[key[1]], to); err != nil {
			return Transfers{}, err
		}
	}
	return t, nil
}

// decode decodes p and words the error.
func decode(meta *toml.MetaData, p toml.Primitive, into any) error {
	err := meta.PrimitiveDecode(p, into)
	if parse := (toml.ParseError{}); errors.As(err, &parse) {
		return fmt.Errorf("line %d: %s: %s", parse.Position.Line, parse.LastKey, parse.Message)
	}
	return err //nolint:wrapcheck // the types above leave no other error
}

type table struct{}

func (*table) UnmarshalTOML(v any) error {
	if _, ok := v.(map[string]any); !ok {
		return errors.New("want a table: [transfers]")
	}
	return nil
}

type unknown struct{}

func (unknown) UnmarshalTOML(any) error {
	names := []string{"files", "parts", "part_size", "threshold", "bandwidth"}
	return errors.New("unknown key; there are " + strings.Join(names, ", "))
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
