package preview

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"

	// The formats that are known.
	_ "image/gif"
	_ "image/jpeg"
	_ "image/png"
)

// Limits of a picture, checked before it is decoded.
const (
	MaxPictureBytes = 32 << 20
	maxPixels       = 40_000_000
	keptSide        = 480 // pixels of the longer side that are kept
)

// ErrTooLarge is about a picture that is not decoded because of its size.
var ErrTooLarge = errors.New("too large to be shown")

// Image is a picture, made small.
type Image struct {
	Format        string
	Width, Height int // of the original
	small         *image.RGBA
}

// PictureSize reads how large a picture is from its beginning, and refuses one
// that is too large.
func PictureSize(head []byte) (width, height int, err error) {
	c, _, err := image.DecodeConfig(bytes.NewReader(head))
	if err != nil {
		return 0, 0, fmt.Errorf("read the picture: %w", err)
	}
	if c.Width <= 0 || c.Height <= 0 || int64(c.Width)*int64(c.Height) > maxPixels {
		return c.Width, c.Height, fmt.Errorf("%w: %d x %d pixels", ErrTooLarge, c.Width, c.Height)
	}
	return c.Width, c.Height, nil
}

// NewImage decodes a picture, the first one if it moves.
func NewImage(raw []byte) (*Image, error) {
	if _, _, err := PictureSize(raw); err != nil {
		return nil, err
	}
	full, format, err := image.Decode(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("read the picture: %w", err)
	}
	b := full.Bounds()
	p := &Image{Format: format, Width: b.Dx(), Height: b.Dy()}
	side := max(p.Width, p.Height)
	kept := min(side, keptSide)
	p.small = shrink(full, max(p.Width*kept/side, 1), max(p.Height*kept/side, 1))
	return p, nil
}

// Scale returns p in exactly width by height pixels.
func (p *Image) Scale(width, height int) *image.RGBA { return shrink(p.small, width, height) }

// shrink gives every pixel the mean of those that it stands for, of at most
// 64 of them: more would not be seen.
func shrink(src image.Image, width, height int) *image.RGBA {
	b := src.Bounds()
	out := image.NewRGBA(image.Rect(0, 0, width, height))
	if width == b.Dx() && height == b.Dy() {
		draw.Draw(out, out.Bounds(), src, b.Min, draw.Src)
		return out
	}
	for y := range height {
		y0, y1 := b.Min.Y+y*b.Dy()/height, b.Min.Y+(y+1)*b.Dy()/height
		for x := range width {
			x0, x1 := b.Min.X+x*b.Dx()/width, b.Min.X+(x+1)*b.Dx()/width
			out.SetRGBA(x, y, mean(src, x0, y0, max(x1, x0+1), max(y1, y0+1)))
		}
	}
	return out
}

func mean(src image.Image, x0, y0, x1, y1 int) color.RGBA {
	stepX, stepY := (x1-x0+7)/8, (y1-y0+7)/8
	var r, g, b, a, n uint64
	for y := y0; y < y1; y += stepY {
		for x := x0; x < x1; x += stepX {
			cr, cg, cb, ca := src.At(x, y).RGBA()
			r, g, b, a, n = r+uint64(cr), g+uint64(cg), b+uint64(cb), a+uint64(ca), n+1
		}
	}
	part := func(sum uint64) uint8 { return uint8(sum / n >> 8) } //nolint:gosec // a mean of 16-bit values
	return color.RGBA{part(r), part(g), part(b), part(a)}
}
