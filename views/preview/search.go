package preview

import "bytes"

// Find returns the offset of the first place at or after from, or of the last
// one before it, that holds text; -1 if there is none in memory. Letters of
// ASCII match in either case if text has no capital.
func (w Window) Find(e Encoding, text string, from int64, back bool) int64 {
	want, ok := e.Encode(text)
	if !ok || len(want) == 0 {
		return -1
	}
	hay := w.bytes(from, w.End())
	if back {
		hay = w.bytes(w.Offset, from)
	}
	if bytes.Equal(want, lower(want)) {
		hay = lower(hay)
	}
	if back {
		at := bytes.LastIndex(hay, want)
		if at < 0 {
			return -1
		}
		return w.Offset + int64(at)
	}
	at := bytes.Index(hay, want)
	if at < 0 {
		return -1
	}
	return min(max(from, w.Offset), w.End()) + int64(at)
}

// lower returns p with the capitals of ASCII made small.
func lower(p []byte) []byte {
	out := make([]byte, len(p))
	for i, c := range p {
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		out[i] = c
	}
	return out
}
