package views

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
	"github.com/stretchr/testify/assert"

	"cosmander/theme"
)

func TestSafe_SpellsOutWhatATerminalWouldObey(t *testing.T) {
	t.Parallel()
	cases := map[string]struct{ in, want string }{
		"ASCII stays":            {"a-b_c (1).txt", "a-b_c (1).txt"},
		"CJK stays":              {"旅行 한국어 テスト", "旅行 한국어 テスト"},
		"wide space stays":       {"a\u3000b", "a\u3000b"},
		"accents stay":           {"café", "café"},
		"combining accents stay": {"cafe\u0301", "cafe\u0301"},
		"emoji stay":             {"🎉❤️", "🎉❤️"},
		"escape":                 {"a\x1b[31mb", "a␛[31mb"},
		"newline, tab, delete":   {"a\nb\tc\x7f", "a␊b␉c␡"},
		"C1 control":             {"a\u009bb", `a\u009bb`},
		"bidi override":          {"a\u202efdp.exe", `a\u202efdp.exe`},
		"bidi isolate":           {"a\u2066b", `a\u2066b`},
		"zero width":             {"a\u200bb\u200dc\ufeff", `a\u200bb\u200dc\ufeff`},
		"no-break space":         {"a\u00a0b", `a\u00a0b`},
		"invalid UTF-8":          {"a\xff\xc3", `a\xff\xc3`},
		"lone mark at the start": {"\u0301a", `\u0301a`},
		"line separator":         {"a\u2028b", `a\u2028b`},
		"tag character":          {"a\U000e0041", `a\U000e0041`},
		"hangul filler":          {"\u3164", `\u3164`},
		"replacement character":  {"\ufffd", "\ufffd"},
		"mark hidden in cluster": {"a\u0301\u200db", "a\u0301\\u200db"},
	}
	for name, c := range cases {
		assert.Equal(t, c.want, Safe(c.in), name)
	}
}

func FuzzSafe(f *testing.F) {
	for _, s := range []string{"a", "旅行", "\x1b[31m", "e\u0301\u200d", "\xff", "👩‍👩‍👧", "\u202e", "🇩🇪"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		out := Safe(s)
		if !utf8.ValidString(out) {
			t.Errorf("%q became %q, which is not UTF-8", s, out)
		}
		for i, r := range out {
			if unsafeRune(r, utf8.RuneLen(r)) {
				t.Errorf("%q became %q, unsafe at %d", s, out, i)
			}
		}
		for _, m := range []ansi.Method{ansi.WcWidth, ansi.GraphemeWidth} {
			cells := 0
			var text strings.Builder
			for _, g := range glyphs(s, m) {
				cells += g.cells
				text.WriteString(g.text)
			}
			if got := m.StringWidth(text.String()); got != cells {
				t.Errorf("%q takes %d cells, counted %d", text.String(), got, cells)
			}
		}
	})
}

func text(gs []glyph) string {
	var b strings.Builder
	for _, g := range gs {
		b.WriteString(g.text)
	}
	return b.String()
}

func TestCutMiddle_KeepsTheExtension(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name  string
		width int
		want  string
	}{
		{"short.txt", 12, "short.txt"},
		{"backup-2025-very-long.tar.gz", 20, "backup-2025-….tar.gz"},
		{"no-extension-but-long", 12, "no-exten…ong"},
		{"旅行旅行旅行旅行.jpg", 11, "旅行旅….jpg"},
		{"旅行旅行旅行旅行.jpg", 12, "旅行旅….jpg"},
		{"abcdef", 1, "…"},
		{"abcdef", 0, ""},
		{"a.extension-longer-than-the-name", 12, "a.extens…ame"},
	}
	for _, c := range cases {
		got := text(cutMiddle(glyphs(c.name, ansi.WcWidth), c.width, "…"))
		assert.Equal(t, c.want, got, "%s in %d", c.name, c.width)
		assert.LessOrEqual(t, ansi.StringWidth(got), c.width)
	}
}

func FuzzCut(f *testing.F) {
	f.Add("旅行.tar.gz", 7)
	f.Fuzz(func(t *testing.T, s string, width int) {
		width = min(max(width, 0), 200)
		gs := glyphs(s, ansi.WcWidth)
		for _, cut := range [][]glyph{cutMiddle(gs, width, "…"), cutLeft(gs, width, "…"), cutEnd(gs, width, "…")} {
			cells := 0
			for _, g := range cut {
				cells += g.cells
			}
			if cells > width {
				t.Errorf("%q takes %d of %d cells", text(cut), cells, width)
			}
		}
	})
}

func TestSize_HasThreeDigitsAtMost(t *testing.T) {
	t.Parallel()
	for bytes, want := range map[int64]string{
		-1: "", 0: "0 B", 999: "999 B", 1000: "1.0 kB", 1049: "1.0 kB", 88_000: "88.0 kB", 99_940: "99.9 kB", 99_950: "100 kB",
		999_499: "999 kB", 999_500: "1.0 MB", 3_200_000: "3.2 MB", 12_400_000_000: "12.4 GB", 1 << 62: "4.6 EB",
	} {
		assert.Equal(t, want, Size(bytes))
		assert.LessOrEqual(t, len(Size(bytes)), sizeCells)
	}
}

func TestPercent_IsNeverFullBeforeTheEnd(t *testing.T) {
	t.Parallel()
	k := testLook()
	assert.Equal(t, " 99 %", percent(999_999, 1_000_000))
	assert.Equal(t, "100 %", percent(5, 5))
	assert.Equal(t, "     ", percent(0, 0))
	assert.NotContains(t, ansi.Strip(k.bar(999_999, 1_000_000, 4)), "████")
	assert.Equal(t, "████", ansi.Strip(k.bar(7, 7, 4)))
	assert.Equal(t, "    ", ansi.Strip(k.bar(0, 0, 4)))
}

func TestSplice_KeepsTheCellsAround(t *testing.T) {
	t.Parallel()
	k := testLook()
	under := theme.Style("\x1b[1m").On("旅行旅行") + "abcd"
	for left := range 8 {
		got := k.splice(under, "XX", left, 2, 12)
		assert.Equal(t, 12, ansi.StringWidth(got), "%d: %q", left, got)
		assert.Contains(t, ansi.Strip(got), "XX")
	}
	assert.Equal(t, "旅 XX 旅行abcd"[0:3], ansi.Strip(k.splice(under, "XX", 3, 2, 12))[0:3])
}

func TestCutMiddle_KeepsAWarning(t *testing.T) {
	t.Parallel()
	for width := 1; width < 40; width++ {
		gs := cutMiddle(glyphs("invoice-of-november-\u202efdp.and-so-on-for-long.exe", ansi.WcWidth), width, "…")
		assert.LessOrEqual(t, cellsOf(gs), width)
		assert.True(t, slices.ContainsFunc(gs, func(g glyph) bool { return g.odd }), "width %d: %v", width, gs)
	}
	text := ""
	for _, g := range cutMiddle(glyphs("invoice-of-november-\u202efdp.and-so-on.exe", ansi.WcWidth), 26, "…") {
		text += g.text
	}
	assert.Equal(t, `invoice-of-n…\u202e…on.exe`, text)
}

func TestPane_AFoundNameIsCutInItsWay(t *testing.T) {
	t.Parallel()
	k := &Look{Marks: UnicodeMarks()}
	for name, want := range map[string]string{
		"a/b.txt":                           "a/b.txt",
		"logs/2026/09/access-01.log":        "logs…9/access-01.log",
		"logs/2026/09/access-2026-09-01.gz": "…/access-2026…-01.gz",
		"logs/deep/旅行/x":                    "logs/deep/旅行/x",
		"very/long/way/to/a/photos":         "very/l…o/a/photos/",
	} {
		l := line{look: k}
		r := Row{Name: name, Way: true, Folder: strings.HasSuffix(name, "photos")}
		width := 20
		if r.Folder {
			width = 18
		}
		k.name(&l, r, width, rowStyles{})
		assert.Equal(t, want, ansi.Strip(l.String()), name)
	}
}
