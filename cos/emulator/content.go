package emulator

import (
	"crypto/md5" // the service's ETags and Content-MD5 are MD5
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc64"
	"io"
	"os"
)

// segment is a run of bytes of a blob. A body is a list of them, so that
// completing an upload and copying an object move no bytes.
type segment struct {
	blob   int64
	inline bool // the bytes are in the index, not in a file
	offset int64
	length int64
}

// content is what a body turned out to be.
type content struct {
	size int64
	md5  [md5.Size]byte
	crc  uint64
	body []segment
	data []byte // the bytes of an inline blob
}

func (c *content) etag() string { return hex.EncodeToString(c.md5[:]) }

// encodeBody packs segments for the index.
func encodeBody(body []segment) []byte {
	var b []byte
	for _, s := range body {
		kind := uint64(s.blob) << 1
		if s.inline {
			kind |= 1
		}
		b = binary.AppendUvarint(b, kind)
		b = binary.AppendUvarint(b, uint64(s.offset))
		b = binary.AppendUvarint(b, uint64(s.length))
	}
	return b
}

func decodeBody(b []byte) ([]segment, error) {
	var body []segment
	for len(b) > 0 {
		var v [3]uint64
		for i := range v {
			n := 0
			if v[i], n = binary.Uvarint(b); n <= 0 {
				return nil, errors.New("damaged index: body of an object")
			}
			b = b[n:]
		}
		body = append(body, segment{int64(v[0] >> 1), v[0]&1 == 1, int64(v[1]), int64(v[2])})
	}
	return body, nil
}

// cutBody returns the segments of length bytes from offset.
func cutBody(body []segment, offset, length int64) []segment {
	var cut []segment
	for _, s := range body {
		if offset >= s.length {
			offset -= s.length
			continue
		}
		if length <= 0 {
			break
		}
		n := min(s.length-offset, length)
		cut = append(cut, segment{s.blob, s.inline, s.offset + offset, n})
		offset, length = 0, length-n
	}
	return cut
}

// store reads body to its end and writes it as a blob that is not in the
// index yet. want is its length in bytes, or -1 if that is not known. On
// failure nothing is left behind.
func (b *blobs) store(body io.Reader, want int64) (*content, error) {
	head := make([]byte, inlineBytes+1)
	n, ended, err := fill(body, head)
	switch {
	case err != nil:
		return nil, incomplete(err)
	case !ended:
		return b.storeFile(head, body, want)
	case want >= 0 && int64(n) != want:
		return nil, incomplete(io.ErrUnexpectedEOF)
	}
	return b.inline(head[:n]), nil
}

// fill reads until p is full or r has ended. Unlike io.ReadFull it keeps an
// end that was meant (EOF) apart from one that was not.
func fill(r io.Reader, p []byte) (n int, ended bool, err error) {
	for n < len(p) {
		m, err := r.Read(p[n:])
		n += m
		if errors.Is(err, io.EOF) {
			return n, true, nil
		}
		if err != nil {
			return n, false, err
		}
	}
	return n, false, nil
}

func incomplete(err error) error {
	return refuse("IncompleteBody", "The body ended before the number of bytes given in Content-Length: "+err.Error())
}

func (b *blobs) inline(data []byte) *content {
	size := int64(len(data))
	c := &content{size: size, md5: md5.Sum(data), crc: crc64.Checksum(data, crcTable)}
	if size > 0 {
		c.body = []segment{{blob: b.newID(), inline: true, length: size}}
		c.data = data
	}
	return c
}

func (b *blobs) storeFile(head []byte, rest io.Reader, want int64) (*content, error) {
	id := b.newID()
	f, err := b.create(id)
	if err != nil {
		return nil, fmt.Errorf("create content file: %w", err)
	}
	c := &content{body: []segment{{blob: id}}}
	err = c.receive(f, head, rest)
	if err == nil && want >= 0 && c.size != want {
		err = incomplete(io.ErrUnexpectedEOF)
	}
	if err = errors.Join(err, f.Close()); err != nil {
		b.remove(id)
		return nil, err
	}
	c.body[0].length = c.size
	return c, nil
}

// receive writes head and rest to f. Of each buffer the MD5, which is the
// slowest of all, is taken beside the CRC, the write and the next read.
func (c *content) receive(f *os.File, head []byte, rest io.Reader) error {
	full, free := make(chan []byte), make(chan []byte, 2)
	sum := make(chan [md5.Size]byte)
	go func() {
		h := md5.New()
		for p := range full {
			h.Write(p)
			free <- p[:cap(p)]
		}
		sum <- [md5.Size]byte(h.Sum(nil))
	}()
	first, second := getBuffer(), getBuffer()
	free <- *first
	free <- *second
	err := c.pump(f, head, rest, full, free)
	close(full)
	c.md5 = <-sum
	putBuffer(first)
	putBuffer(second)
	return err
}

func (c *content) pump(f *os.File, head []byte, rest io.Reader, full chan<- []byte, free <-chan []byte) error {
	for {
		p := <-free
		n := copy(p, head)
		head = nil
		m, ended, err := fill(rest, p[n:])
		if err != nil {
			return incomplete(err)
		}
		if err := c.add(f, p[:n+m], full); err != nil || ended {
			return err
		}
	}
}

func (c *content) add(f *os.File, p []byte, full chan<- []byte) error {
	if c.size += int64(len(p)); c.size > maxBodyBytes {
		return refuse("EntityTooLarge", "The body is larger than 5 GB.")
	}
	full <- p
	c.crc = crc64.Update(c.crc, crcTable, p)
	if _, err := f.Write(p); err != nil {
		return fmt.Errorf("write content file: %w", err)
	}
	return nil
}

// discardContent removes what store wrote and no index will ever name.
func (b *blobs) discardContent(c *content) {
	for _, s := range c.body {
		if !s.inline {
			b.remove(s.blob)
		}
	}
}

// send writes a body to w. Files go to w as they are, so that the system can
// move them to the socket without a copy.
func (b *blobs) send(w io.Writer, body []segment, inline map[int64][]byte) error {
	for _, seg := range body {
		var err error
		if seg.inline {
			_, err = w.Write(inline[seg.blob][seg.offset : seg.offset+seg.length])
		} else {
			err = b.sendFile(w, seg)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (b *blobs) sendFile(w io.Writer, seg segment) error {
	f, err := b.open(seg.blob)
	if err != nil {
		return fmt.Errorf("open content: %w", err)
	}
	defer f.Close()
	if _, err := f.Seek(seg.offset, io.SeekStart); err != nil {
		return fmt.Errorf("read content: %w", err)
	}
	_, err = io.CopyN(w, f, seg.length)
	return err
}
