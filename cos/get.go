package cos

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// Get opens an object or a range of it (GET Object). Reading the body to its
// end gives exactly the announced bytes or an error that wraps [ErrCutBody].
// An archived object that is not restored is [ErrArchived], a range behind the
// end [ErrRange], a condition that does not hold [ErrPrecondition] or
// [ErrNotModified]. It may be repeated, from any offset; with the ETag in
// IfMatch all pieces are of one object.
// A service that ignores the range and answers the whole object is read only
// if the range begins at 0, and then no further than asked; else it is an
// error, because skipping could mean reading terabytes.
func (b *Bucket) Get(ctx context.Context, key string, o GetOptions) (*Object, error) {
	call := b.onKey("GetObject", http.MethodGet, key)
	if err := o.set(call); err != nil {
		return nil, err
	}
	a, err := b.client.do(ctx, call)
	if err != nil {
		return nil, err
	}
	obj, err := a.object(o.Range)
	if err != nil {
		_ = a.Body.Close()
		return nil, err
	}
	return obj, nil
}

// object checks that the answer is what was asked for.
func (a *answer) object(want *ByteRange) (*Object, error) {
	head, err := a.head()
	if err != nil {
		return nil, err
	}
	length := a.ContentLength
	switch {
	case a.StatusCode == http.StatusPartialContent:
		if length, err = a.partial(want, head); err != nil {
			return nil, err
		}
	case length < 0:
		return nil, a.sizeless()
	case want != nil && want.Offset > 0:
		return nil, fmt.Errorf("%s: %w: the whole object was answered", a.call.what(), ErrRange)
	case want != nil && want.Length > 0 && length > want.Length:
		length = want.Length
	}
	return &Object{Head: *head, Body: &exactBody{body: a.Body, what: a.call.what(), left: length}}, nil
}

// partial checks the Content-Range of a 206 and returns the body's length.
func (a *answer) partial(want *ByteRange, head *Head) (int64, error) {
	first, last, total, ok := contentRange(a.Header.Get("Content-Range"))
	if want == nil || !ok || first != want.Offset {
		return 0, fmt.Errorf("%s: %w: the answer holds %q", a.call.what(), ErrRange,
			shortened(a.Header.Get("Content-Range")))
	}
	end := total // behind the last byte that should have come
	if want.Length > 0 && want.Length < total-want.Offset {
		end = want.Offset + want.Length
	}
	length := last - first + 1
	if last+1 != end || a.ContentLength >= 0 && a.ContentLength != length {
		return 0, fmt.Errorf("%s: %w: the answer holds bytes %d to %d of %d", a.call.what(), ErrRange, first, last, total)
	}
	head.Size = total
	return length, nil
}

// contentRange parses "bytes 0-99/1234".
func contentRange(s string) (first, last, total int64, ok bool) {
	s, ok = strings.CutPrefix(s, "bytes ")
	span, size, found := strings.Cut(s, "/")
	from, to, dashed := strings.Cut(span, "-")
	if !ok || !found || !dashed {
		return 0, 0, 0, false
	}
	var errs [3]error
	first, errs[0] = strconv.ParseInt(from, 10, 64)
	last, errs[1] = strconv.ParseInt(to, 10, 64)
	total, errs[2] = strconv.ParseInt(size, 10, 64)
	good := errs == [3]error{} && first >= 0 && first <= last && last < total
	return first, last, total, good
}

// An exactBody gives the announced number of bytes or an error.
type exactBody struct {
	body io.ReadCloser
	what string
	left int64
}

func (b *exactBody) Read(p []byte) (int, error) {
	if b.left == 0 {
		return 0, io.EOF
	}
	if int64(len(p)) > b.left {
		p = p[:b.left]
	}
	n, err := b.body.Read(p)
	b.left -= int64(n)
	if err == io.EOF && b.left > 0 { //nolint:errorlint // an EOF is never wrapped by a Reader
		err = fmt.Errorf("%s: %w with %d bytes missing", b.what, ErrCutBody, b.left)
	}
	return n, err
}

func (b *exactBody) Close() error { return b.body.Close() }
