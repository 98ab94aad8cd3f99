package theme

import (
	"math"
	"regexp"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The contrast that WCAG 2 asks for: of text, and of what is no text.
const (
	readable = 4.5
	seen     = 3.0
)

// Text whose colour and ground are both ours is readable, whatever the
// terminal's own colours are.
func TestThemes_TextIsReadableOnItsGround(t *testing.T) {
	t.Parallel()
	for _, th := range []Theme{Dark(), Light()} {
		pairs := map[string]Style{
			"Cursor": th.Cursor, "CursorMark": th.CursorMark, "CursorOdd": th.CursorOdd, "Button": th.Button, "Alarm": th.Alarm,
		}
		for name, style := range map[string]Style{
			"Dim": th.Dim, "Folder": th.Folder, "Marked": th.Marked, "Odd": th.Odd, "Accent": th.Accent, "Key": th.Key,
		} {
			pairs[name+" over Rest"] = th.Rest.With(style)
		}
		for name, style := range pairs {
			assert.GreaterOrEqual(t, contrast(colourOf(t, style, 38), colourOf(t, style, 48)), readable, "%s of %s", name, th.Name)
		}
		assert.GreaterOrEqual(t, contrast(colourOf(t, th.Bar, 38), colourOf(t, th.Bar, 48)), seen, "Bar of %s", th.Name)
	}
}

// What lies on the terminal's own ground is readable on the usual ones.
func TestThemes_TextIsReadableOnUsualGrounds(t *testing.T) {
	t.Parallel()
	usual := map[string][]rgb{
		"dark":  {{0, 0, 0}, {0x1e, 0x1e, 0x1e}},
		"light": {{0xff, 0xff, 0xff}, {0xfd, 0xf6, 0xe3}},
	}
	for _, th := range []Theme{Dark(), Light()} {
		for _, ground := range usual[th.Name] {
			for name, style := range map[string]Style{
				"Dim": th.Dim, "Accent": th.Accent, "Folder": th.Folder, "Marked": th.Marked, "Odd": th.Odd, "Good": th.Good,
				"Danger": th.Danger, "Key": th.Key, "CodeWord": th.CodeWord, "CodeName": th.CodeName, "CodeText": th.CodeText,
				"CodeNumber": th.CodeNumber,
			} {
				assert.GreaterOrEqual(t, contrast(colourOf(t, style, 38), ground), readable, "%s of %s on %v", name, th.Name, ground)
			}
		}
	}
}

type rgb [3]float64

// colourOf is the colour that a style sets by 38 or 48.
func colourOf(t *testing.T, s Style, what int) rgb {
	t.Helper()
	found := regexp.MustCompile(strconv.Itoa(what) + `;5;(\d+)`).FindStringSubmatch(string(s))
	require.NotNil(t, found, "%q sets no colour by %d", string(s), what)
	n, err := strconv.Atoi(found[1])
	require.NoError(t, err)
	require.GreaterOrEqual(t, n, 16, "the terminal says what the first 16 colours are")
	if n >= 232 {
		grey := float64(8 + 10*(n-232))
		return rgb{grey, grey, grey}
	}
	level := func(i int) float64 { return []float64{0, 95, 135, 175, 215, 255}[i%6] }
	return rgb{level((n - 16) / 36), level((n - 16) / 6), level(n - 16)}
}

// contrast is the ratio of the luminances, from 1 to 21.
func contrast(a, b rgb) float64 {
	x, y := luminance(a)+.05, luminance(b)+.05
	return max(x, y) / min(x, y)
}

func luminance(c rgb) float64 {
	linear := func(v float64) float64 {
		if v /= 255; v > .04045 {
			return math.Pow((v+.055)/1.055, 2.4)
		}
		return v / 12.92
	}
	return .2126*linear(c[0]) + .7152*linear(c[1]) + .0722*linear(c[2])
}
