package tui

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// grid is a terminal as far as the painter uses one: it fails the test on
// anything else.
type grid struct {
	t             *testing.T
	width, height int
	cells         [][]gridCell
	x, y          int
	pen           string
}

type gridCell struct{ text, pen string }

func newGrid(t *testing.T, width, height int) *grid {
	g := &grid{t: t, width: width, height: height, cells: make([][]gridCell, height)}
	for y := range g.cells {
		g.cells[y] = slices.Repeat([]gridCell{{" ", ""}}, width)
	}
	return g
}

// erase blanks n cells; the background of the pen stays.
func (g *grid) erase(x, y, n int) {
	for i := range n {
		g.put(y+(x+i)/g.width, (x+i)%g.width, 1, gridCell{" ", ground(g.pen)})
	}
}

// put writes a glyph of n cells; what is left of wide characters that it cuts
// becomes blank.
func (g *grid) put(y, x, n int, c gridCell) {
	row := g.cells[y]
	if row[x].text == "" && x > 0 {
		row[x-1].text = " "
	}
	if x+n < g.width && row[x+n].text == "" {
		row[x+n].text = " "
	}
	row[x] = c
	for i := 1; i < n; i++ {
		row[x+i] = gridCell{"", c.pen}
	}
}

func ground(pen string) string {
	if i := strings.Index(pen, "48;5;"); i >= 0 {
		return strings.Split(pen[i:], ";")[2] + " on"
	}
	return ""
}

func (g *grid) write(s string) {
	for len(s) > 0 {
		if s[0] == '\x1b' {
			end := 2 + strings.IndexFunc(s[2:], func(r rune) bool { return r >= '@' && r <= '~' })
			g.control(s[2:end], s[end])
			s = s[end+1:]
			continue
		}
		text, n := ansi.FirstGraphemeCluster(s, ansi.WcWidth)
		s = s[len(text):]
		require.LessOrEqual(g.t, g.x+n, g.width, "wrote past the edge")
		pen := g.pen
		if text == " " {
			pen = ground(pen)
		}
		g.put(g.y, g.x, n, gridCell{text, pen})
		g.x += n
	}
}

func (g *grid) control(params string, final byte) {
	first, second, _ := strings.Cut(params, ";")
	n, _ := strconv.Atoi(first)
	m, _ := strconv.Atoi(second)
	switch final {
	case 'H':
		g.y, g.x = max(n-1, 0), max(m-1, 0)
	case 'G':
		g.x = n - 1
	case 'C':
		g.x += max(n, 1)
	case 'X':
		g.erase(g.x, g.y, n)
	case 'K':
		g.erase(g.x, g.y, g.width-g.x)
	case 'J':
		require.Equal(g.t, 2, n)
		g.erase(0, 0, g.width*g.height)
	case 'm':
		g.sgr(params)
	default:
		require.Fail(g.t, "unexpected control", "%q %c", params, final)
	}
}

func (g *grid) sgr(params string) {
	if params == "" || params[0] == ';' {
		g.pen, params = "", strings.TrimPrefix(params, ";")
	}
	if params != "" {
		g.pen = strings.TrimPrefix(g.pen+";"+params, ";")
	}
}

// pieces are what random lines are made of.
var pieces = []string{
	"abc", " ", "          ", "              ", "旅行", "é", "e\u0301", "❤️", "👩", "한국", "│", "x",
	"\x1b[38;5;245m", "\x1b[48;5;24m", "\x1b[m", "\x1b[m", "\x1b[1m",
}

func randomLine(r *rand.Rand, width int) string {
	var b strings.Builder
	for cells := 0; cells < width && r.IntN(30) > 0; {
		piece := pieces[r.IntN(len(pieces))]
		b.WriteString(piece)
		cells += ansi.WcWidth.StringWidth(piece)
	}
	return b.String()
}

func TestPainter_ShowsTheSameAsAFullPaint(t *testing.T) {
	t.Parallel()
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 1)) // a test wants repeatable numbers
		width, height := 20+r.IntN(60), 3
		diffed := newGrid(t, width, height)
		lines := make([]string, height)
		var p painter
		p.bce = true
		for range 60 {
			for i := range lines {
				if r.IntN(3) == 0 {
					lines[i] = randomLine(r, width)
				}
			}
			f := frame{lines: append([]string{}, lines...), width: width}
			diffed.write(string(p.diff(f)))
			fresh := newGrid(t, width, height)
			fresh.write(string((&painter{bce: true}).diff(f)))
			require.Equal(t, fresh.cells, diffed.cells, "seed %d", seed)
		}
	}
}

func TestPainter_SendsNothingForTheSameFrame(t *testing.T) {
	t.Parallel()
	f := frame{lines: []string{"旅行 👩", "\x1b[1mx\x1b[m"}, width: 20}
	var p painter
	require.NotEmpty(t, p.diff(f))
	assert.Empty(t, p.diff(f))
}

func TestPainter_ForgetsWhenTheSizeChanges(t *testing.T) {
	t.Parallel()
	var p painter
	p.diff(frame{lines: []string{"one"}, width: 20})
	out := string(p.diff(frame{lines: []string{"one"}, width: 21}))
	assert.Contains(t, out, "\x1b[2J")
	assert.Contains(t, out, "one")
}

func TestPainter_NeverErasesInColourWithoutBCE(t *testing.T) {
	t.Parallel()
	p := painter{}
	out := string(p.diff(frame{lines: []string{"\x1b[48;5;24m" + strings.Repeat(" ", 30) + "\x1b[m"}, width: 30}))
	assert.NotContains(t, out, "X")
	assert.Equal(t, 30, strings.Count(out, " "))
}

func TestPainter_HoldsAFrameBackWhereTheTerminalCan(t *testing.T) {
	t.Parallel()
	var p painter
	out := string(p.diff(frame{lines: []string{"x"}, width: 5, sync: true}))
	assert.True(t, strings.HasPrefix(out, ansi.SetModeSynchronizedOutput))
	assert.True(t, strings.HasSuffix(out, ansi.ResetModeSynchronizedOutput))
}

func FuzzPainter(f *testing.F) {
	f.Add("abc", "\x1b[1m旅行\x1b[m")
	f.Add("\x1b[48;5;24m          ", "❤️ e\u0301")
	f.Fuzz(func(t *testing.T, a, b string) {
		if !utf8.ValidString(a) || !utf8.ValidString(b) {
			t.Skip("lines are made of valid UTF-8")
		}
		p := painter{bce: true}
		p.diff(frame{lines: []string{a}, width: 40})
		p.diff(frame{lines: []string{b}, width: 40})
		assert.Nil(t, p.diff(frame{lines: []string{b}, width: 40}))
	})
}
