package tui

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"cosmander/cos"
)

// countedFile is a file that is being written.
type countedFile struct {
	*bufio.Writer
	file *os.File
}

// write makes the file appear once all of it is written; before that, or if
// fill fails, there is nothing. One that exists is fs.ErrExist unless it may
// be overwritten.
func (into saveInto) write(ctx context.Context, fill func(*countedFile) error) (err error) {
	root, err := os.OpenRoot(into.folder)
	if err != nil {
		return err
	}
	defer root.Close()
	if err := into.free(root); err != nil {
		return err // before the query is paid for
	}
	temp := ".cosmander-" + rand.Text()[:12]
	file, err := root.OpenFile(temp, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o666)
	if err != nil {
		return err
	}
	out := &countedFile{bufio.NewWriterSize(file, 256<<10), file}
	err = fill(out)
	if err == nil {
		err = errors.Join(out.Flush(), file.Sync())
	}
	if err = errors.Join(err, file.Close()); err == nil {
		err = ctx.Err()
	}
	if err == nil {
		err = into.place(root, temp)
	}
	if err != nil {
		_ = root.Remove(temp)
	}
	return err
}

func (into saveInto) free(root *os.Root) error {
	if into.overwrite {
		return nil
	}
	_, err := root.Lstat(into.name)
	switch {
	case err == nil:
		return fmt.Errorf("%s: %w", into.name, fs.ErrExist)
	case errors.Is(err, fs.ErrNotExist):
		return nil
	}
	return err
}

// place gives a finished file its name. A link fails where something has the
// name by now; file systems without links are looked at once more.
func (into saveInto) place(root *os.Root, temp string) error {
	if into.overwrite {
		return root.Rename(temp, into.name)
	}
	err := root.Link(temp, into.name)
	switch {
	case err == nil:
		return root.Remove(temp)
	case errors.Is(err, fs.ErrExist):
		return err
	}
	if err := into.free(root); err != nil {
		return err
	}
	return root.Rename(temp, into.name)
}

// all writes the rows of the table, or asks for them once more.
func (w *resultWriter) all(out *countedFile, fromTable bool) error {
	if fromTable {
		for _, b := range w.batches {
			from := int32(0)
			for _, end := range b.Ends {
				if err := w.row(out, b.Object, b.Data[from:end]); err != nil {
					return err
				}
				from = end
			}
		}
		return w.ctx.Err()
	}
	for i, key := range w.keys {
		if err := w.ask(out, i, key); err != nil {
			return err
		}
	}
	return nil
}

// ask streams what one object gives into the file.
func (w *resultWriter) ask(out *countedFile, n int, key string) error {
	stream, err := w.object.Select(w.ctx, key, w.asked)
	if err != nil {
		return err
	}
	rows := splitter(w.asked)
	row := func(row []byte) error { return w.row(out, n, row) }
	for event, err := range stream.Events() {
		if records, ok := event.(cos.SelectRecords); ok && err == nil {
			err = rows.Cut(records, row)
		}
		if err != nil {
			return err
		}
	}
	return rows.End(row)
}

// row writes one row, which has its line feed.
func (w *resultWriter) row(out *countedFile, n int, row []byte) error {
	var before []byte
	if len(w.keys) > 1 {
		before, row = w.keyed(w.rows[n], row)
	}
	_, err := out.Write(before)
	if err == nil {
		_, err = out.Write(row)
	}
	w.saving.written.Add(int64(len(before) + len(row)))
	nudge(w.saving.changed)
	return err
}

// keyed puts the key before a row: a field of its own, or the member _key.
func (w *resultWriter) keyed(key string, row []byte) (before, rest []byte) {
	if w.asked.Output.CSV != nil {
		return []byte(`"` + strings.ReplaceAll(key, `"`, `""`) + `"` + w.asked.Output.CSV.FieldDelimiter), row
	}
	text, _ := json.Marshal(key) // a string always can be
	before = append([]byte(`{"_key":`), text...)
	inside := bytes.TrimLeft(row, " \t")
	if len(inside) == 0 || inside[0] != '{' {
		return append(before, `,"_1":`...), append(bytes.Clone(bytes.TrimRight(row, "\r\n")), "}\n"...)
	}
	if inside = inside[1:]; bytes.HasPrefix(inside, []byte("}")) {
		return before, inside
	}
	return append(before, ','), inside
}
