package preview

import (
	"archive/tar"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"
	"unicode/utf8"
)

// Entry is one thing in an archive.
type Entry struct {
	Name      string // as it is
	Size      int64
	Modified  time.Time
	Folder    bool
	Link      string // where it leads; empty if it is none
	Encrypted bool
}

// Listing is the table of contents of an archive, as far as it was read.
type Listing struct {
	Entries []Entry
	More    bool   // it can be read on
	Note    string // why the rest is not shown; may be empty
}

// Limits of a table of contents.
const (
	maxEntries   = 50_000
	maxEntryName = 1 << 10 // bytes
	// ZipTail is how much of the end of a zip file holds where its directory is.
	ZipTail = 22 + 1<<16 + 20
	// MaxDirectory is how much of a directory is read.
	MaxDirectory = 4 << 20
)

// ErrBadArchive is about bytes that are no archive, or no whole one.
var ErrBadArchive = errors.New("not a whole archive")

// ZipDirectory finds the directory of a zip file of size bytes in its tail.
func ZipDirectory(tail []byte, size int64) (offset, length int64, err error) {
	le := binary.LittleEndian
	for i := len(tail) - 22; i >= 0; i-- {
		if le.Uint32(tail[i:]) != 0x06054b50 || int(le.Uint16(tail[i+20:])) > len(tail)-i-22 {
			continue
		}
		length, offset = int64(le.Uint32(tail[i+12:])), int64(le.Uint32(tail[i+16:]))
		end := size - int64(len(tail)-i) // the directory ends here, or the 64-bit record stands between
		if offset == 0xffffffff || length == 0xffffffff {
			if offset, length, err = zip64(tail[:i], size-int64(len(tail))); err != nil {
				return 0, 0, err
			}
		}
		if offset < 0 || length < 0 || offset > end || length > end-offset {
			return 0, 0, fmt.Errorf("%w: the directory lies outside of it", ErrBadArchive)
		}
		return offset, length, nil
	}
	return 0, 0, fmt.Errorf("%w: there is no directory at the end", ErrBadArchive)
}

// zip64 reads the 64-bit record that the locator at the end of head names;
// head begins at an offset of the file.
func zip64(head []byte, begins int64) (offset, length int64, err error) {
	le := binary.LittleEndian
	wrong := fmt.Errorf("%w: its 64-bit directory cannot be found", ErrBadArchive)
	at := len(head) - 20
	if at < 0 || le.Uint32(head[at:]) != 0x07064b50 {
		return 0, 0, wrong
	}
	record := int64(le.Uint64(head[at+8:])) - begins //nolint:gosec // checked in the next line
	if record < 0 || record > int64(len(head)-56) || le.Uint32(head[record:]) != 0x06064b50 {
		return 0, 0, wrong
	}
	return int64(le.Uint64(head[record+48:])), int64(le.Uint64(head[record+40:])), nil //nolint:gosec // the caller checks them
}

// ZipEntries reads a directory, or the beginning of one that goes on.
func ZipEntries(dir []byte, whole bool) Listing {
	le := binary.LittleEndian
	l := Listing{}
	for len(dir) >= 46 && le.Uint32(dir) == 0x02014b50 {
		name, extra, comment := int(le.Uint16(dir[28:])), int(le.Uint16(dir[30:])), int(le.Uint16(dir[32:]))
		if len(l.Entries) == maxEntries || len(dir) < 46+name+extra+comment {
			break
		}
		flags := le.Uint16(dir[8:])
		e := Entry{
			Name: zipName(dir[46:46+name], flags&0x800 != 0), Size: zipSize(le.Uint32(dir[24:]), dir[46+name:46+name+extra]),
			Modified: dosTime(le.Uint16(dir[14:]), le.Uint16(dir[12:])), Encrypted: flags&1 != 0,
		}
		e.Folder = len(e.Name) > 0 && e.Name[len(e.Name)-1] == '/'
		l.Entries = append(l.Entries, e)
		dir = dir[46+name+extra+comment:]
	}
	switch {
	case len(dir) > 0 && len(l.Entries) == maxEntries, !whole:
		l.Note = "the rest is not shown"
	case len(dir) > 0:
		l.Note = "the directory is damaged from here on"
	}
	return l
}

// zipName is the name of an entry. Older programs of China and Japan wrote
// theirs in the encoding of the machine.
func zipName(raw []byte, marked bool) string {
	raw = raw[:min(len(raw), maxEntryName)]
	if marked || utf8.Valid(raw) {
		return string(raw)
	}
	e, ok := Guess(raw)
	if !ok {
		return string(raw)
	}
	return e.Decode(raw)
}

// zipSize finds a size of more than 32 bits in the extra fields.
func zipSize(size uint32, extra []byte) int64 {
	le := binary.LittleEndian
	for size == 0xffffffff && len(extra) >= 4 {
		id, n := le.Uint16(extra), int(le.Uint16(extra[2:]))
		if n > len(extra)-4 {
			break
		}
		if id == 1 && n >= 8 {
			return max(int64(le.Uint64(extra[4:])), 0) //nolint:gosec // a negative one is none
		}
		extra = extra[4+n:]
	}
	return int64(size)
}

func dosTime(date, clock uint16) time.Time {
	if date == 0 {
		return time.Time{}
	}
	return time.Date(int(date>>9)+1980, time.Month(date>>5&15), int(date&31),
		int(clock>>11), int(clock>>5&63), int(clock&31)*2, 0, time.Local)
}

// TarEntries reads the next entries of a tar file, at most most of them. It
// ends early, with More, when budget says that enough was read.
func TarEntries(r *tar.Reader, most int, budget func() bool) Listing {
	l := Listing{}
	for len(l.Entries) < most {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return l
		}
		if err != nil {
			l.Note = "the archive cannot be read on: " + err.Error()
			return l
		}
		l.Entries = append(l.Entries, Entry{
			Name: h.Name[:min(len(h.Name), maxEntryName)], Size: h.Size, Modified: h.ModTime,
			Folder: h.Typeflag == tar.TypeDir, Link: h.Linkname[:min(len(h.Linkname), maxEntryName)],
		})
		if !budget() {
			break
		}
	}
	l.More = true
	return l
}

// With returns l with what was read on.
func (l Listing) With(next Listing) Listing {
	l.Entries = append(l.Entries[:len(l.Entries):len(l.Entries)], next.Entries...)
	l.More, l.Note = next.More, next.Note
	if len(l.Entries) >= maxEntries && l.More {
		l.More, l.Note = false, "the rest is not shown"
	}
	return l
}
