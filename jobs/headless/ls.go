package headless

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"cosmander/cos"
)

// LsOptions are the flags of ls.
type LsOptions struct {
	Long      bool
	Recursive bool
	JSON      bool
}

// row is one line of a listing, as --json prints it.
type row struct {
	Key      string     `json:"key,omitempty"`
	Prefix   string     `json:"prefix,omitempty"` // a folder; no other field is set
	Size     *int64     `json:"size,omitempty"`
	Class    string     `json:"class,omitempty"`
	ETag     string     `json:"etag,omitempty"`
	Modified *time.Time `json:"modified,omitempty"`
}

// Ls prints what begins with the address, page by page as it arrives: folders
// and objects of one level, or every object if o.Recursive. As with coscli the
// key is a prefix: cos://b/lo finds logs/ and lost.txt. Nothing found below a
// prefix that does not end in "/" is an error.
func (e *Env) Ls(ctx context.Context, arg string, o LsOptions) error {
	u, err := cos.ParseURI(arg)
	if err != nil {
		return err
	}
	list := cos.ListOptions{Prefix: u.Key, Delimiter: "/"}
	if o.Recursive {
		list.Delimiter = ""
	}
	out := bufio.NewWriter(e.Stdout)
	printRow := e.rowPrinter(out, o)
	found := false
	err = e.wherever(ctx, u.Bucket, func(b *cos.Bucket) error {
		for page, err := range b.Pages(ctx, list) {
			if err != nil {
				return err
			}
			for _, r := range merge(page) {
				found = true
				if err := printRow(r); err != nil {
					return err
				}
			}
			if err := out.Flush(); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if !found && u.Key != "" && !strings.HasSuffix(u.Key, "/") {
		return fmt.Errorf("%s: nothing begins with that", u)
	}
	return nil
}

// merge returns the folders and objects of a page in key order, which is how
// the service counts them.
func merge(p *cos.ListPage) []row {
	rows := make([]row, 0, len(p.Prefixes)+len(p.Objects))
	prefixes := p.Prefixes
	for _, o := range p.Objects {
		for len(prefixes) > 0 && prefixes[0] < o.Key {
			rows = append(rows, row{Prefix: prefixes[0]})
			prefixes = prefixes[1:]
		}
		rows = append(rows, row{Key: o.Key, Size: &o.Size, Class: o.StorageClass, ETag: o.ETag, Modified: &o.LastModified})
	}
	for _, p := range prefixes {
		rows = append(rows, row{Prefix: p})
	}
	return rows
}

func (e *Env) rowPrinter(w io.Writer, o LsOptions) func(row) error {
	if o.JSON {
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		return func(r row) error { return enc.Encode(r) }
	}
	return func(r row) error {
		name := e.name(e.Stdout, r.Key+r.Prefix)
		var err error
		switch {
		case !o.Long:
			_, err = fmt.Fprintln(w, name)
		case r.Prefix != "":
			_, err = fmt.Fprintf(w, "%15s  %-12s  %-20s  %s\n", "-", "-", "-", name)
		default:
			_, err = fmt.Fprintf(w, "%15d  %-12s  %-20s  %s\n", *r.Size, r.Class, r.Modified.UTC().Format(time.RFC3339), name)
		}
		return err
	}
}
