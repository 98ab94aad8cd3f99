package demo

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"math/rand/v2"
)

// noise is an endless stream of bytes that does not compress and is the same
// for the same seed.
type noise struct{ source *rand.PCG }

func newNoise(seed uint64) noise { return noise{rand.NewPCG(seed, 0)} }

func (n noise) Read(p []byte) (int, error) {
	whole := len(p) &^ 7
	for i := 0; i < whole; i += 8 {
		binary.LittleEndian.PutUint64(p[i:], n.source.Uint64())
	}
	if whole == 0 && len(p) > 0 {
		// Never a short read of nothing: the rest of a word is dropped.
		var word [8]byte
		binary.LittleEndian.PutUint64(word[:], n.source.Uint64())
		return copy(p, word[:]), nil
	}
	return whole, nil
}

func salesCSV() []byte {
	rnd := rand.New(rand.NewPCG(1, 1))
	products := []string{"tea", "coffee", "rice", "noodles", "soap", "lamp", "umbrella", "notebook"}
	regions := []string{"north", "south", "east", "west"}
	var b bytes.Buffer
	b.WriteString("order,date,region,product,quantity,price,comment\n")
	for i := range 6000 {
		comment := ""
		if rnd.IntN(40) == 0 {
			comment = `"urgent, call ""before"" delivery"`
		}
		fmt.Fprintf(&b, "%d,2026-%02d-%02d,%s,%s,%d,%.2f,%s\n", 100000+i, 1+i/600, 1+i%600/22,
			regions[rnd.IntN(len(regions))], products[rnd.IntN(len(products))], 1+rnd.IntN(20), 2+rnd.Float64()*90, comment)
	}
	return b.Bytes()
}

func eventLines() []byte {
	rnd := rand.New(rand.NewPCG(2, 2))
	kinds := []string{"login", "view", "purchase", "logout"}
	cities := []string{"深圳", "广州", "北京", "Berlin", "São Paulo"}
	var b bytes.Buffer
	for i := range 4000 {
		fmt.Fprintf(&b, "{\"n\": %d, \"time\": \"2026-11-%02dT%02d:%02d:00Z\", \"kind\": %q, \"user\": {\"id\": %d, \"city\": %q}, \"ms\": %d}\n",
			i, 1+i/200, i%24, i%60, kinds[rnd.IntN(len(kinds))], 1000+rnd.IntN(300), cities[rnd.IntN(len(cities))], rnd.IntN(900))
	}
	return b.Bytes()
}

func accessLog(month, day int) []byte {
	rnd := rand.New(rand.NewPCG(uint64(month), uint64(day)))
	pages := []string{"/", "/style.css", "/products", "/products/42", "/contact", "/missing"}
	var b bytes.Buffer
	for i := range 200 {
		page, status := pages[rnd.IntN(len(pages))], 200
		if page == "/missing" {
			status = 404
		}
		fmt.Fprintf(&b, "203.0.113.%d - - [%02d/%02d/2026:%02d:%02d:%02d +0000] \"GET %s HTTP/1.1\" %d %d\n",
			rnd.IntN(255), day, month, i*24/200, rnd.IntN(60), rnd.IntN(60), page, status, 200+rnd.IntN(9000))
	}
	return b.Bytes()
}

func gzipped(p []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write(p) // a Buffer does not fail
	_ = w.Close()
	return b.Bytes()
}

// landscape draws hills under a sky, other ones for each n.
func landscape(width, height, n int) []byte {
	img := image.NewPaletted(image.Rect(0, 0, width, height), palette(n))
	for x := range width {
		far := hill(x, width, float64(n), 0.45)
		near := hill(x, width, float64(n)+2.5, 0.7)
		for y := range height {
			level := float64(y) / float64(height)
			shade := uint8(level * 8)
			switch {
			case level > near:
				shade = 15
			case level > far:
				shade = 14
			}
			img.SetColorIndex(x, y, shade)
		}
	}
	var b bytes.Buffer
	_ = png.Encode(&b, img) // a Buffer does not fail
	return b.Bytes()
}

func hill(x, width int, phase, base float64) float64 {
	t := float64(x) / float64(width) * 2 * math.Pi
	return base + 0.08*math.Sin(t*1.5+phase) + 0.04*math.Sin(t*4+phase*3)
}

func palette(n int) color.Palette {
	p := make(color.Palette, 16)
	for i := range 14 {
		p[i] = color.RGBA{uint8(90 + i*11), uint8(140 + i*6), uint8(230 - n*6), 255}
	}
	p[14] = color.RGBA{uint8(60 + n*7), 110, 80, 255}
	p[15] = color.RGBA{40, uint8(70 + n*5), 50, 255}
	return p
}
