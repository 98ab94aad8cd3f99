package views

import (
	"errors"
	"fmt"

	qr "github.com/piglig/go-qr"

	"cosmander/theme"
)

// The light margin that a QR code needs, in modules: the standard asks for
// four, and cameras find a code with two.
const (
	quietZone  = 4
	quietLeast = 2
)

// qrCode is a square of dark and light modules.
type qrCode struct{ code *qr.QrCode }

// newQRCode encodes text with the least redundancy, which makes the smallest
// code: a screen is not scratched as paper is.
func newQRCode(text string) (qrCode, error) {
	code, err := qr.EncodeText(text, qr.Low)
	if errors.Is(err, qr.ErrDataTooLong) {
		return qrCode{}, errors.New("no QR code holds a link as long as this")
	}
	return qrCode{code}, err
}

// dark reports a dark module; what is outside the code is light.
func (c qrCode) dark(x, y int) bool {
	return x >= 0 && y >= 0 && x < c.code.Size() && y < c.code.Size() && c.code.Module(x, y)
}

// cells is how much of a screen the code takes with a margin. A cell shows two
// modules, one above the other, or, without half blocks, half of one.
func (c qrCode) cells(k *Look, margin int) (width, height int) {
	side := c.code.Size() + 2*margin
	if k.Marks.Unicode {
		return side, (side + 1) / 2
	}
	return 2 * side, side
}

// draw returns the lines of the code; or, if it does not fit, how much room it
// needs.
func (c qrCode) draw(k *Look, width, height int) (lines []string, wants string) {
	for _, margin := range []int{quietZone, quietLeast} {
		w, h := c.cells(k, margin)
		switch {
		case w <= width && h <= height:
			return c.lines(k, margin), ""
		case margin == quietLeast:
			return nil, fmt.Sprintf("%d columns and %d lines", w, h)
		}
	}
	return nil, ""
}

// lines draws what is light, on dark: so a code is right side out also where
// the terminal shows no colours, for most are dark.
func (c qrCode) lines(k *Look, margin int) []string {
	end, step := c.code.Size()+margin, 1
	if k.Marks.Unicode {
		step = 2
	}
	var out []string
	for y := -margin; y < end; y += step {
		l, text := line{look: k}, ""
		for x := -margin; x < end; x++ {
			if k.Marks.Unicode {
				text += halves[c.dark(x, y)][c.dark(x, y+1)]
			} else {
				l.put(k.solid(c.dark(x, y)))
			}
		}
		l.put(k.contrast(), text)
		out = append(out, l.String())
	}
	return out
}

// halves are blocks by whether their upper and lower half is dark.
var halves = map[bool]map[bool]string{
	true:  {true: " ", false: "▄"},
	false: {true: "▀", false: "█"},
}

// contrast is the lightest on the darkest that the terminal has.
func (k *Look) contrast() theme.Style {
	switch {
	case k.Colours >= 256:
		return theme.Pixels(231, 16)
	case k.Colours > 0:
		return "\x1b[97;40m"
	}
	return ""
}

// solid is a module without half blocks: two cells, because a cell is twice as
// high as wide. What is light has its colour as its ground, too, so that it is
// even.
func (k *Look) solid(dark bool) (theme.Style, string) {
	switch {
	case dark:
		return k.contrast(), "  "
	case k.Colours >= 256:
		return theme.Pixels(231, 231), "##"
	case k.Colours > 0:
		return "\x1b[97;107m", "##"
	}
	return "", "##"
}
