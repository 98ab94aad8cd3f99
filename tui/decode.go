package tui

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"cosmander/views"
	"cosmander/views/preview"
)

// What is read of an archive before a key has to ask for more.
const (
	entriesAtOnce = 500
	packedAtOnce  = 4 << 20  // bytes that are read
	loadedAtOnce  = 64 << 20 // bytes that they become: a bomb is not waited for
	unpackedText  = 1 << 20  // bytes of a compressed file that are shown
)

// archive is an open table of contents. It belongs to one request at a time.
type archive struct {
	raw     *rangeReader
	loaded  *meter // nil if it is not compressed
	entries *tar.Reader
}

// rangeReader reads a file in pieces and can skip.
type rangeReader struct {
	ctx    context.Context // of the request that reads
	file   file
	seen   *seen
	at     int64
	piece  piece
	read   int64 // bytes of pieces that were asked for
	length int64 // of a piece
}

func (r *rangeReader) Read(p []byte) (int, error) {
	if r.at >= r.seen.size {
		return 0, io.EOF
	}
	if end := r.piece.offset + int64(len(r.piece.data)); r.at < r.piece.offset || r.at >= end {
		got, err := r.file.read(r.ctx, r.seen, r.at, r.length)
		if err != nil {
			return 0, err
		}
		if len(got.data) == 0 {
			return 0, io.ErrUnexpectedEOF
		}
		r.piece = got
		r.read += int64(len(got.data))
	}
	n := copy(p, r.piece.data[r.at-r.piece.offset:])
	r.at += int64(n)
	return n, nil
}

// Seek lets a reader of archives skip what it does not need.
func (r *rangeReader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += r.at
	case io.SeekEnd:
		offset += r.seen.size
	}
	if offset < 0 {
		return r.at, errors.New("seek before the beginning")
	}
	r.at = offset
	return offset, nil
}

// meter counts what a compressed file becomes and stops at a limit.
type meter struct {
	io.Reader
	left int64
}

var errEnough = errors.New("it becomes more than is read at once")

func (m *meter) Read(p []byte) (int, error) {
	if m.left <= 0 {
		return 0, errEnough
	}
	n, err := m.Reader.Read(p[:min(int64(len(p)), m.left)])
	m.left -= int64(n)
	return n, err
}

// decode makes of the bytes what is wanted of them. What it cannot make is
// said in the content; an error is one of reading.
func (pv *decoding) decode(ctx context.Context, c views.Content, kind preview.Kind) (views.Content, error) {
	var err error
	switch kind {
	case preview.Table:
		c.Records = preview.NewRecords(c.Window, pv.name)
	case preview.JSON:
		c.Outline = preview.NewOutline(c.Window)
		if c.Outline.Len() == 0 && c.Outline.Trouble() != "" {
			c.Trouble = "no JSON"
		}
	case preview.Contents:
		c, err = pv.contents(ctx, c)
	case preview.Picture:
		c, err = pv.picture(ctx, c)
	default: // text and hex are the bytes themselves
	}
	return c, err
}

// decoding is what a request needs to decode a file.
type decoding struct {
	name string
	file file
	seen *seen
	open *archive // nil until it was opened
}

func (pv *decoding) contents(ctx context.Context, c views.Content) (views.Content, error) {
	head := c.Window.Data
	if c.Window.Offset > 0 {
		got, err := pv.file.read(ctx, pv.seen, 0, preview.PieceSize)
		if err != nil {
			return c, err
		}
		head = got.data
	}
	if pv.open == nil {
		c.Listing = nil // where it ended is not known any more: from the beginning
	}
	switch preview.ArchiveOf(head) {
	case preview.Zip:
		return pv.zip(ctx, c)
	case preview.Gzip:
		return pv.gzip(ctx, c)
	default:
	}
	if pv.open == nil {
		raw := pv.reader(ctx)
		pv.open = &archive{raw: raw, entries: tar.NewReader(raw)}
	}
	return pv.goOn(ctx, c)
}

func (pv *decoding) reader(ctx context.Context) *rangeReader {
	return &rangeReader{ctx: ctx, file: pv.file, seen: pv.seen, length: preview.PieceSize}
}

// goOn reads the next entries of a tar.
func (pv *decoding) goOn(ctx context.Context, c views.Content) (views.Content, error) {
	a := pv.open
	a.raw.ctx, a.raw.read = ctx, 0
	if a.loaded != nil {
		a.loaded.left = loadedAtOnce
	}
	list := preview.TarEntries(a.entries, entriesAtOnce, func() bool {
		return a.raw.read < packedAtOnce && (a.loaded == nil || a.loaded.left > loadedAtOnce/2)
	})
	if ctx.Err() != nil {
		return c, ctx.Err()
	}
	if c.Listing != nil {
		list = c.Listing.With(list)
	}
	c.Listing = &list
	return c, nil
}

// zip reads the directory at the end of a zip file.
func (pv *decoding) zip(ctx context.Context, c views.Content) (views.Content, error) {
	size := pv.seen.size
	from := max(size-preview.ZipTail, 0)
	tail, err := pv.file.read(ctx, pv.seen, from, size-from)
	if err != nil {
		return c, err
	}
	offset, length, err := preview.ZipDirectory(tail.data, size)
	if err != nil {
		c.Trouble = err.Error()
		return c, nil
	}
	dir, whole := []byte{}, length <= preview.MaxDirectory
	switch {
	case offset >= from:
		dir = tail.data[offset-from:][:length]
	case length > 0:
		got, err := pv.file.read(ctx, pv.seen, offset, min(length, preview.MaxDirectory))
		if err != nil {
			return c, err
		}
		dir = got.data
	}
	list := preview.ZipEntries(dir, whole)
	c.Listing = &list
	return c, nil
}

// gzip looks into a compressed file: a tar shows its contents, anything else
// the beginning of what it becomes.
func (pv *decoding) gzip(ctx context.Context, c views.Content) (views.Content, error) {
	if pv.open != nil {
		return pv.goOn(ctx, c)
	}
	raw := pv.reader(ctx)
	z, err := gzip.NewReader(raw)
	if err != nil {
		return gzipTrouble(ctx, c, err)
	}
	head := make([]byte, 512)
	n, err := io.ReadFull(z, head)
	head = head[:n]
	if preview.ArchiveOf(head) == preview.Tar {
		m := &meter{io.MultiReader(bytes.NewReader(head), z), loadedAtOnce}
		pv.open = &archive{raw: raw, loaded: m, entries: tar.NewReader(m)}
		return pv.goOn(ctx, c)
	}
	if err == nil {
		var rest []byte
		rest, err = io.ReadAll(io.LimitReader(z, unpackedText-int64(n)))
		head = append(head, rest...)
	}
	if len(head) == 0 && err != nil && !errors.Is(err, io.EOF) || ctx.Err() != nil {
		return gzipTrouble(ctx, c, err)
	}
	c.Inside = strings.TrimSuffix(pv.name, ".gz")
	if c.Inside == pv.name {
		c.Inside += " (unpacked)"
	}
	c.InsideLimit = unpackedText
	c.Window = preview.Window{Data: head, Size: int64(len(head))}
	return c, nil
}

func gzipTrouble(ctx context.Context, c views.Content, err error) (views.Content, error) {
	if ctx.Err() != nil {
		return c, ctx.Err()
	}
	c.Trouble = fmt.Sprintf("cannot be unpacked: %v", err)
	return c, nil
}

// picture reads all of a picture, if its beginning says that it is not too
// large.
func (pv *decoding) picture(ctx context.Context, c views.Content) (views.Content, error) {
	size, raw := pv.seen.size, c.Window.Data
	if c.Window.Offset == 0 {
		if _, _, err := preview.PictureSize(raw); errors.Is(err, preview.ErrTooLarge) || err != nil && c.Window.Whole() {
			c.Trouble = err.Error()
			return c, nil
		}
	}
	if size > preview.MaxPictureBytes {
		c.Trouble = preview.ErrTooLarge.Error()
		return c, nil
	}
	if !c.Window.Whole() {
		got, err := pv.file.read(ctx, pv.seen, 0, size)
		if err != nil {
			return c, err
		}
		raw = got.data
	}
	im, err := preview.NewImage(raw)
	if err != nil {
		c.Trouble = err.Error()
		return c, nil
	}
	c.Image = im
	return c, nil
}
