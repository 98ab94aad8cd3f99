// Package preview turns the bytes of a file into what a screen can show: lines
// of text in many encodings, hex, tables, folded JSON, tables of contents and
// pictures.
//
// Nothing in it does I/O or keeps a clock. Contents come from strangers, so
// that every result is bounded in size and every input has an answer; the text
// that is handed out is raw, and made safe by whoever draws it.
package preview

// Sizes of what is read and kept, in bytes.
const (
	PieceSize  = 256 << 10 // of one read
	WindowSize = 4 << 20   // of what is kept of one file
)

// Window is the part of a file that is in memory. It is a value: what was
// handed out never changes.
type Window struct {
	Offset int64  // of the first byte of Data in the file
	Data   []byte // never written to
	Size   int64  // of the whole file
}

// End is the offset behind the last byte that is in memory.
func (w Window) End() int64 { return w.Offset + int64(len(w.Data)) }

// AtEnd reports that the end of the file is in memory.
func (w Window) AtEnd() bool { return w.End() >= w.Size }

// Whole reports that all of the file is in memory.
func (w Window) Whole() bool { return w.Offset == 0 && w.AtEnd() }

// Holds reports that the bytes from..to are in memory, as far as the file has
// them.
func (w Window) Holds(from, to int64) bool {
	return max(from, 0) >= w.Offset && min(to, w.Size) <= w.End()
}

// With returns w with a piece of the file added. A piece that does not touch
// the window takes its place; where the window would grow beyond WindowSize,
// it loses what is farthest from the piece.
func (w Window) With(offset int64, data []byte, size int64) Window {
	end := offset + int64(len(data))
	if len(w.Data) == 0 || offset > w.End() || end < w.Offset || w.Size > size {
		return Window{offset, data, size}
	}
	from, to := min(w.Offset, offset), max(w.End(), end)
	all := make([]byte, to-from)
	copy(all[w.Offset-from:], w.Data)
	copy(all[offset-from:], data)
	if spare := len(all) - WindowSize; spare > 0 {
		spare = (spare + LineBytes - 1) / LineBytes * LineBytes
		if offset >= w.Offset {
			all, from = append([]byte{}, all[spare:]...), from+int64(spare)
		} else {
			all = append([]byte{}, all[:len(all)-spare]...)
		}
	}
	return Window{from, all, size}
}

// bytes returns what is in memory of the bytes from..to.
func (w Window) bytes(from, to int64) []byte {
	from = min(max(from, w.Offset), w.End())
	to = min(max(to, from), w.End())
	return w.Data[from-w.Offset : to-w.Offset]
}
