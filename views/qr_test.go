package views

import (
	"image"
	"image/color"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	qr "github.com/piglig/go-qr"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/theme"
)

const aLink = "https://photos-1250000000.cos.ap-guangzhou.myqcloud.com/2026/%E6%97%85%E8%A1%8C%201.jpg?q-sign-algorithm=sha1&q-ak=AKIDEXAMPLEEXAMPLEEXAMPLEEXAMPLE" +
	"&q-sign-time=1700000000%3B1700003660&q-key-time=1700000000%3B1700003660&q-header-list=host&q-url-param-list=&q-signature=8ba85930843889c9f3f268820f494fe4648093a5"

// photograph is what a camera sees of lines: pixels by whether a half of a
// cell is light, on a dark screen.
func photograph(lines []string, ascii bool) image.Image {
	const scale, around = 4, 8
	width := ansi.StringWidth(lines[0])
	high := 2
	if ascii {
		high = 1
	}
	across := width
	if ascii {
		across = width / 2
	}
	im := image.NewGray(image.Rect(0, 0, (across+2*around)*scale, (len(lines)*high+2*around)*scale))
	light := func(x, y int) {
		for dy := range scale {
			for dx := range scale {
				im.SetGray((x+around)*scale+dx, (y+around)*scale+dy, color.Gray{Y: 255})
			}
		}
	}
	for row, text := range lines {
		for x, r := range []rune(ansi.Strip(text)) {
			switch {
			case ascii && r == '#':
				light(x/2, row)
			case r == '█':
				light(x, 2*row)
				light(x, 2*row+1)
			case r == '▀':
				light(x, 2*row)
			case r == '▄':
				light(x, 2*row+1)
			}
		}
	}
	return im
}

// TestQRCode_IsReadFromTheScreen decodes what is drawn, by an independent part
// of the library, for every way of drawing.
func TestQRCode_IsReadFromTheScreen(t *testing.T) {
	t.Parallel()
	for name, k := range map[string]*Look{
		"half blocks, 256": {Theme: theme.Dark(), Marks: UnicodeMarks()},
		"half blocks, 16":  {Theme: theme.Basic(), Marks: UnicodeMarks()},
		"half blocks, 0":   {Theme: theme.Mono(), Marks: UnicodeMarks()},
		"ascii":            {Theme: theme.Dark(), Marks: ASCIIMarks()},
		"ascii, 0":         {Theme: theme.Mono(), Marks: ASCIIMarks()},
	} {
		for _, text := range []string{"https://h/a", aLink} {
			code, err := newQRCode(text)
			require.NoError(t, err)
			lines, wants := code.draw(k, 200, 100)
			require.Empty(t, wants, name)
			got, err := qr.Decode(photograph(lines, !k.Marks.Unicode))
			require.NoError(t, err, "%s: %s", name, text)
			assert.Equal(t, text, got, name)
			for _, l := range lines {
				assert.Equal(t, ansi.StringWidth(lines[0]), ansi.StringWidth(l), name)
			}
		}
	}
}

func TestQRCode_SaysHowMuchRoomItNeeds(t *testing.T) {
	t.Parallel()
	k := &Look{Theme: theme.Dark(), Marks: UnicodeMarks()}
	code, err := newQRCode(aLink)
	require.NoError(t, err)
	lines, wants := code.draw(k, 80, 24)
	assert.Empty(t, lines)
	assert.Equal(t, "65 columns and 33 lines", wants)
	lines, wants = code.draw(k, 65, 33)
	assert.Empty(t, wants)
	assert.Len(t, lines, 33, "with the smaller margin")
	got, err := qr.Decode(photograph(lines, false))
	require.NoError(t, err)
	assert.Equal(t, aLink, got)
}

func TestQRCode_ThatCannotBeIsSaid(t *testing.T) {
	t.Parallel()
	_, err := newQRCode(strings.Repeat("x", 3000))
	assert.EqualError(t, err, "no QR code holds a link as long as this")
}
