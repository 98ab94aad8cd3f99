package headless

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/csv"
	"errors"
	"io"
	"strconv"
	"unicode/utf8"

	"cosmander/jobs"
)

// receipt is one as --json prints it.
type receipt struct {
	Key       string `json:"key"`
	Source    string `json:"source"`
	Dest      string `json:"destination,omitempty"`
	Size      int64  `json:"size"`
	CRC64     string `json:"crc64,omitempty"` // decimal, as in event
	ETag      string `json:"etag,omitempty"`
	VersionID string `json:"version_id,omitempty"`
	Verified  bool   `json:"verified"`
	Skipped   bool   `json:"skipped,omitempty"`
	Time      string `json:"time,omitempty"`
	Reason    string `json:"reason,omitempty"`
	// The bytes of what is no UTF-8, for which JSON has no form.
	SourceBase64 string `json:"source_base64,omitempty"`
	DestBase64   string `json:"destination_base64,omitempty"`
}

// Receipts prints what was done with each finished item of a job, as CSV or,
// with o.JSON, one object a line, while it is read from the journal.
func (e *Env) Receipts(ctx context.Context, arg string, o JobsOptions) error {
	id, err := number(arg)
	if err != nil {
		return err
	}
	return e.withQueue(ctx, func(q *jobs.Queue) error {
		out := bufio.NewWriter(e.Stdout)
		write, flush := e.receiptPrinter(out, o)
		for r, err := range q.Receipts(ctx, id) {
			if errors.Is(err, jobs.ErrNoJob) {
				return err
			}
			if err == nil {
				err = write(r)
			}
			if err != nil {
				return errors.Join(err, flush(), out.Flush())
			}
		}
		return errors.Join(flush(), out.Flush())
	})
}

func (e *Env) receiptPrinter(out io.Writer, o JobsOptions) (write func(jobs.Receipt) error, flush func() error) {
	if o.JSON {
		enc := lines(out)
		return func(r jobs.Receipt) error { return enc.Encode(e.receipt(r)) }, func() error { return nil }
	}
	w := csv.NewWriter(out)
	// What fails is told by the next write or by Error.
	_ = w.Write([]string{"key", "source", "destination", "size", "crc64", "etag", "version_id", "verified", "skipped", "time", "reason"})
	write = func(r jobs.Receipt) error {
		d := e.receipt(r)
		name := func(s string) string { return e.name(e.Stdout, s) }
		return w.Write([]string{
			name(r.Key), name(r.Source), name(r.Dest), strconv.FormatInt(d.Size, 10), d.CRC64, name(d.ETag), name(d.VersionID),
			strconv.FormatBool(d.Verified), strconv.FormatBool(d.Skipped), d.Time, d.Reason,
		})
	}
	return write, func() error { w.Flush(); return w.Error() }
}

func (e *Env) receipt(r jobs.Receipt) receipt {
	d := receipt{
		Key: r.Key, Source: r.Source, Dest: r.Dest, Size: r.Size, ETag: r.ETag, VersionID: r.VersionID,
		Verified: r.Verified, Skipped: r.Skipped, Time: instant(r.Finished), Reason: r.Reason,
		SourceBase64: inexact(r.Source), DestBase64: inexact(r.Dest),
	}
	if r.HasCRC64 {
		d.CRC64 = strconv.FormatUint(r.CRC64, 10)
	}
	return d
}

// inexact is the Base64 of what JSON cannot hold.
func inexact(s string) string {
	if utf8.ValidString(s) {
		return ""
	}
	return base64.StdEncoding.EncodeToString([]byte(s))
}
