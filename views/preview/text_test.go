package preview

import (
	"bytes"
	"context"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	simplified  = "旅行计划：四月去桂林，五月去黄山，六月去西湖。我们坐火车，不坐飞机。\n请在一个月内交收据。\n"
	traditional = "旅行計畫：四月去桂林，五月去黃山，六月去西湖。我們坐火車，不坐飛機。\n請在一個月內交收據。\n"
	tokyo       = "旅行の計画：四月は京都、五月は奈良へ行きます。電車に乗って、飛行機には乗りません。\n領収書をください。\n"
)

func encoded(t *testing.T, e Encoding, text string) []byte {
	t.Helper()
	raw, ok := e.Encode(text)
	require.True(t, ok)
	return raw
}

func TestGuess(t *testing.T) {
	t.Parallel()
	noise := make([]byte, 4096)
	for i := range noise {
		noise[i] = byte(rand.New(rand.NewPCG(1, uint64(i))).Uint32())
	}
	for name, c := range map[string]struct {
		raw    []byte
		want   Encoding
		binary bool
	}{
		"nothing":             {nil, UTF8, false},
		"ASCII":               {[]byte("hello\tworld\r\n"), UTF8, false},
		"UTF-8":               {[]byte(simplified), UTF8, false},
		"UTF-8 that is cut":   {[]byte(simplified)[:20], UTF8, false},
		"UTF-8 with a mark":   {[]byte("\xef\xbb\xbfname"), UTF8, false},
		"GBK":                 {encoded(t, GBK, simplified), GBK, false},
		"GBK that is cut":     {encoded(t, GBK, simplified)[:41], GBK, false},
		"Big5":                {encoded(t, Big5, traditional), Big5, false},
		"Shift-JIS":           {encoded(t, ShiftJIS, tokyo), ShiftJIS, false},
		"UTF-16":              {append([]byte("\xff\xfe"), encoded(t, UTF16LE, tokyo)...), UTF16LE, false},
		"UTF-16 without mark": {encoded(t, UTF16BE, "plain text of letters"), UTF16BE, false},
		"Latin-1":             {[]byte("caf\xe9 au lait, tr\xe8s bien, merci beaucoup"), Latin1, false},
		"zeros":               {[]byte("ELF\x00\x01\x02"), UTF8, true},
		"noise":               {noise, UTF8, true},
		"escape sequences":    {[]byte("\x1b[31mred\x1b[m and \x1b]0;title\x07 of a terminal"), UTF8, false},
	} {
		got, ok := Guess(c.raw)
		assert.Equal(t, !c.binary, ok, name)
		assert.Equal(t, c.want, got, name)
	}
}

func TestEncoding_DecodesAndShowsWhatIsNone(t *testing.T) {
	t.Parallel()
	for e := UTF8; e < encodings; e++ {
		text := map[Encoding]string{Big5: traditional, ShiftJIS: tokyo, Latin1: "café\n"}[e]
		if text == "" {
			text = simplified
		}
		assert.Equal(t, text, e.Decode(encoded(t, e, text)), e)
	}
	assert.Equal(t, "a\xffb", UTF8.Decode([]byte("a\xffb")))
	assert.Equal(t, "a\ufffd", GBK.Decode([]byte("a\xff")))
	assert.Equal(t, UTF8, Latin1.Next(1))
	assert.Equal(t, Latin1, UTF8.Next(-1))
}

// lines reads w forwards from its beginning.
func lines(w Window, e Encoding) (starts []int64, text []string) {
	for at := w.Offset; ; {
		line, next, ok := w.Line(e, at)
		if !ok {
			return starts, text
		}
		starts, text = append(starts, at), append(text, line)
		at = next
	}
}

func whole(raw []byte) Window { return Window{Data: raw, Size: int64(len(raw))} }

func TestLines(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		raw  string
		want []string
	}{
		"nothing":          {"", nil},
		"no end":           {"a", []string{"a"}},
		"ends":             {"a\r\n\nb\n", []string{"a", "", "b"}},
		"a mark":           {"\xef\xbb\xbfa\n", []string{"a"}},
		"a carriage alone": {"a\rb\n", []string{"a\rb"}},
	} {
		_, text := lines(whole([]byte(c.raw)), UTF8)
		assert.Equal(t, c.want, text, name)
	}
	_, text := lines(whole(append([]byte("\xff\xfe"), encoded(t, UTF16LE, "一\n਀x\n")...)), UTF16LE)
	assert.Equal(t, []string{"一", "਀x"}, text, "0A00 across two characters is no line feed")
	_, _, ok := Window{Data: []byte("half a li"), Size: 100}.Line(UTF8, 0)
	assert.False(t, ok, "the end of the line is not in memory")
}

func TestLines_AreTheSameInBothDirectionsAndFromAnywhere(t *testing.T) {
	t.Parallel()
	endless := strings.Repeat("没有换行的一行", 10_000)
	for name, c := range map[string]struct {
		raw string
		e   Encoding
	}{
		"endless in UTF-8": {endless, UTF8},
		"endless in GBK":   {string(encoded(t, GBK, endless)), GBK},
		"endless in Big5":  {string(encoded(t, Big5, strings.Repeat("沒有換行的, ", 10_000))), Big5},
		"mixed":            {"x\n" + endless + "\n" + strings.Repeat("short\n", 2000) + endless, UTF8},
	} {
		w := whole([]byte(c.raw))
		starts, text := lines(w, c.e)
		assert.NotContains(t, strings.Join(text, ""), "\ufffd", name)
		for i, at := range starts {
			assert.LessOrEqual(t, len(text[i]), 3*LineBytes, name)
			if i > 0 {
				before, ok := w.Before(c.e, at)
				require.True(t, ok, name)
				require.Equal(t, starts[i-1], before, "%s: before %d", name, at)
			}
			require.Equal(t, at, w.LineAt(c.e, at+min(1, w.End()-at-1)), name)
		}
		part := Window{Offset: 3 * LineBytes, Data: w.Data[3*LineBytes:], Size: w.Size}
		later, _ := lines(part, c.e)
		assert.Subset(t, starts, later[1:], name)
	}
}

func TestWindow_IsBoundedAndNeverChangesWhatItHandedOut(t *testing.T) {
	t.Parallel()
	size := int64(100 << 20)
	piece := func(at int64) []byte { return bytes.Repeat([]byte{byte(at >> 18)}, PieceSize) }
	w := Window{}.With(0, piece(0), size)
	first := w.Data
	for at := int64(PieceSize); at < 40*PieceSize; at += PieceSize {
		w = w.With(at, piece(at), size)
		assert.LessOrEqual(t, len(w.Data), WindowSize)
		assert.Equal(t, at+PieceSize, w.End())
	}
	assert.Equal(t, piece(0), first)
	assert.Equal(t, byte(39), w.Data[len(w.Data)-1])
	back := w.Offset - PieceSize
	w = w.With(back, piece(back), size)
	assert.Equal(t, back, w.Offset)
	assert.Len(t, w.Data, WindowSize)
	w = w.With(size-PieceSize, piece(0), size)
	assert.Equal(t, size-PieceSize, w.Offset, "what does not touch takes the place")
	assert.True(t, w.AtEnd())
	assert.True(t, w.Holds(size-10, size+10))
	assert.False(t, w.Holds(0, 10))
}

func TestFind(t *testing.T) {
	t.Parallel()
	w := Window{Offset: 100, Data: []byte("one Two one two"), Size: 200}
	for _, c := range []struct {
		text string
		from int64
		back bool
		want int64
	}{
		{"one", 100, false, 100},
		{"one", 101, false, 108},
		{"two", 100, false, 104},
		{"Two", 105, false, -1},
		{"two", 112, true, 104},
		{"one", 0, false, 100},
		{"one", 900, false, -1},
		{"", 100, false, -1},
	} {
		assert.Equal(t, c.want, w.Find(UTF8, c.text, c.from, c.back), "%+v", c)
	}
	gbk := whole(encoded(t, GBK, simplified))
	assert.Equal(t, "黄山", GBK.Decode(gbk.bytes(gbk.Find(GBK, "黄山", 0, false), gbk.Find(GBK, "黄山", 0, false)+4)))
	assert.Equal(t, int64(-1), gbk.Find(Latin1, "黄山", 0, false), "it cannot be written there")
}

func TestHighlight_ColoursLinesByTheirOffset(t *testing.T) {
	t.Parallel()
	raw := []byte("package x\n\n// why\nvar s = \"旅行\" + 7\n")
	require.Equal(t, "Go", Language("a/b.go"))
	assert.Empty(t, Language("a.txt"))
	c := Highlight(t.Context(), "Go", whole(raw), UTF8, 0, int64(len(raw)))
	assert.Equal(t, Span{"package", Keyword}, c.Lines[0][0])
	assert.Equal(t, []Span{{"// why", Comment}}, c.Lines[11])
	assert.Contains(t, c.Lines[18], Span{"\"旅行\"", String})
	assert.Contains(t, c.Lines[18], Span{"7", Number})
	assert.Equal(t, int64(len(raw)), c.To)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	assert.Empty(t, Highlight(ended, "Go", whole(raw), UTF8, 0, 9).Lines)
}

func TestHighlight_LooksAtABoundedPart(t *testing.T) {
	t.Parallel()
	raw := []byte(strings.Repeat("/* ((((((( \"\n", 300_000))
	c := Highlight(t.Context(), "Go", whole(raw), UTF8, 1<<20, 1<<20)
	assert.Less(t, c.To-c.From, int64(2*highlightBytes))
}

func TestDetect(t *testing.T) {
	t.Parallel()
	tar := make([]byte, 512)
	copy(tar[257:], "ustar")
	for _, c := range []struct {
		name, head string
		want       Kind
	}{
		{"a.txt", "x", Text},
		{"a.txt", "\x00", Hex},
		{"A.CSV", "a,b", Table},
		{"a.csv", "\x00", Hex},
		{"a.json", "{", JSON},
		{"a.json", "PK\x03\x04", Contents},
		{"a.bin", "\x1f\x8b\x08", Contents},
		{"a", string(tar), Contents},
		{"a.txt", "\x89PNG\r\n\x1a\n", Picture},
		{"empty", "", Text},
	} {
		got, _ := Detect(c.name, []byte(c.head))
		assert.Equal(t, c.want, got, "%s %q", c.name, c.head)
	}
}

func FuzzLines(f *testing.F) {
	f.Add([]byte("a\nb"), uint8(0), uint16(0))
	f.Add([]byte("\xff\xfea\x00\n\x00"), uint8(4), uint16(1))
	f.Add(bytes.Repeat([]byte("\xb0\xa1"), 6000), uint8(1), uint16(5000))
	f.Fuzz(func(t *testing.T, raw []byte, enc uint8, at uint16) {
		e := Encoding(enc) % encodings
		Guess(raw)
		w := whole(raw)
		total := int64(0)
		for total < w.Size {
			_, next, ok := w.Line(e, total)
			require.True(t, ok)
			require.Greater(t, next, total)
			require.LessOrEqual(t, next-total, int64(2*LineBytes))
			total = next
		}
		start := w.LineAt(e, int64(at))
		require.LessOrEqual(t, start, max(int64(at), 0))
		if before, ok := w.Before(e, start); ok {
			require.Less(t, before, start)
		}
	})
}
