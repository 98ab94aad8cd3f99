package views

import (
	"image/color"
	"strings"

	"cosmander/theme"
)

// shades are pixels where there are too few colours, from dark to light.
const shades = " .:-=+*#%@"

// picture draws the picture, two pixels a cell where there are half blocks.
func (v *Preview) picture(k *Look) []string {
	im := v.content.Image
	width, height := fitted(im.Width, im.Height, v.width, 2*(v.page-1))
	pixels := im.Scale(width, (height+1)/2*2)
	var body []string
	margin := strings.Repeat(" ", (v.width-width)/2)
	for y := 0; y < pixels.Bounds().Dy(); y += 2 {
		var b strings.Builder
		pen := theme.Style("")
		for x := range width {
			style, text := k.pixel(pixels.RGBAAt(x, y), pixels.RGBAAt(x, y+1))
			if style != pen {
				b.WriteString(theme.Reset + string(style)) // without the reset styles would pile up
				pen = style
			}
			b.WriteString(text)
		}
		if k.Colours >= 256 {
			b.WriteString(theme.Reset)
		}
		body = append(body, margin+b.String())
	}
	if k.Colours < 256 {
		body = append(body, k.Dim.On("shades stand for colours, which this terminal does not show"))
	}
	return body
}

// fitted is the largest size with the same sides that fits.
func fitted(width, height, maxWidth, maxHeight int) (w, h int) {
	scale := min(float64(maxWidth)/float64(width), float64(maxHeight)/float64(height), 8)
	return max(int(float64(width)*scale), 1), max(int(float64(height)*scale), 1)
}

// pixel is the cell that shows two pixels.
func (k *Look) pixel(upper, lower color.RGBA) (theme.Style, string) {
	switch {
	case k.Colours < 256:
		light := (luminance(upper) + luminance(lower)) / 2
		at := min(light*len(shades)/256, len(shades)-1)
		return "", shades[at : at+1]
	case k.Marks.Unicode:
		return theme.Pixels(cube(upper), cube(lower)), "▀"
	}
	return theme.Pixels(0, cube(upper)), " "
}

func luminance(c color.RGBA) int { return (299*int(c.R) + 587*int(c.G) + 114*int(c.B)) / 1000 }

// cube is the nearest of the 256 colours: of its cube of 6 levels a side, or
// of its 24 greys.
func cube(c color.RGBA) int {
	r, g, b := level(c.R), level(c.G), level(c.B)
	grey := max(min((luminance(c)-3)/10, 23), 0)
	inCube := color.RGBA{levels[r], levels[g], levels[b], 255}
	shade := uint8(8 + 10*grey) //nolint:gosec // at most 238
	if distance(c, color.RGBA{shade, shade, shade, 255}) < distance(c, inCube) {
		return 232 + grey
	}
	return 16 + 36*r + 6*g + b
}

var levels = [6]uint8{0, 95, 135, 175, 215, 255}

func level(x uint8) int {
	for i := range levels[1:] {
		if int(x) < (int(levels[i])+int(levels[i+1]))/2 {
			return i
		}
	}
	return 5
}

func distance(a, b color.RGBA) int {
	d := func(x, y uint8) int { return (int(x) - int(y)) * (int(x) - int(y)) }
	return d(a.R, b.R) + d(a.G, b.G) + d(a.B, b.B)
}
