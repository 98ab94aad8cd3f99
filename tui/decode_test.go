package tui

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
	"cosmander/theme"
	"cosmander/views"
	"cosmander/views/preview"
)

func sales(n int) string {
	var b strings.Builder
	b.WriteString("id,region,product,amount,note\n")
	for i := range n {
		fmt.Fprintf(&b, "%d,%s,\"tea, %s\",%.2f,%s\n", i+1, []string{"north", "south"}[i%2], []string{"green", "乌龙茶"}[i%2], float64(i)*17.5, strings.Repeat("x", i%7))
	}
	return b.String()
}

const document = `{"name":"旅行","days":12,"paid":true,"stops":[{"city":"桂林","nights":3},{"city":"黄山","nights":4}],"tags":[],"note":"a \"quoted\" text"}`

// tarred is a tar of n files of size bytes.
func tarred(t *testing.T, n, size int) []byte {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	require.NoError(t, w.WriteHeader(&tar.Header{Name: "logs/", Typeflag: tar.TypeDir, Mode: 0o700, ModTime: noon}))
	require.NoError(t, w.WriteHeader(&tar.Header{Name: "now", Typeflag: tar.TypeSymlink, Linkname: "logs/0001.log", ModTime: noon}))
	for i := range n {
		require.NoError(t, w.WriteHeader(&tar.Header{Name: fmt.Sprintf("logs/%04d.log", i), Size: int64(size), Mode: 0o600, ModTime: noon}))
		_, err := w.Write(make([]byte, size))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return b.Bytes()
}

func zipOf(t *testing.T, names ...string) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range names {
		f, err := w.CreateHeader(&zip.FileHeader{Name: name, Modified: noon, Method: zip.Store})
		require.NoError(t, err)
		if !strings.HasSuffix(name, "/") {
			_, err = f.Write(make([]byte, 100_000))
			require.NoError(t, err)
		}
	}
	require.NoError(t, w.Close())
	return b.Bytes()
}

func gzipOf(t *testing.T, raw []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write(raw)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.Bytes()
}

func sunset(t *testing.T) []byte {
	p := image.NewRGBA(image.Rect(0, 0, 320, 200))
	for x := range 320 {
		for y := range 200 {
			p.SetRGBA(x, y, color.RGBA{uint8(255 - y), uint8(x * 200 / 320), uint8(y), 255})
		}
	}
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, p))
	return b.Bytes()
}

func TestPreview_FramesOfDocuments(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		file string
		data []byte
		keys []string
	}{
		"view-csv":     {"sales.csv", []byte(sales(100)), nil},
		"view-json":    {"trip.json", []byte(document), []string{"j", "j", "j", "j", "space"}},
		"view-zip":     {"photos.zip", zipOf(t, "旅行/", "旅行/桂林.jpg", "evil\x1b[31m.txt", "a/very/long/"+strings.Repeat("path/", 30)+"name.txt"), nil},
		"view-tar":     {"logs.tar.gz", gzipOf(t, tarred(t, 50, 300)), nil},
		"view-picture": {"sunset.png", sunset(t), nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, size := range [][2]int{{80, 24}, {120, 40}} {
				d := looking(t, c.file, string(c.data))
				d.press(c.keys...)
				d.shownAs(t, name, size[0], size[1])
			}
			d := looking(t, c.file, string(c.data))
			d.m.look.Marks, d.m.look.Theme = views.ASCIIMarks(), theme.Mono()
			d.press(c.keys...)
			d.shownAs(t, name+"-ascii", 80, 24)
		})
	}
}

func TestPreview_TableReadsOnAndKeepsItsColumns(t *testing.T) {
	t.Parallel()
	d := looking(t, "sales.csv", sales(60_000))
	assert.Len(t, d.store.reads, 1)
	for range 40 {
		d.press("pgdown")
	}
	assert.Len(t, d.store.reads, 1)
	d.press("end")
	assert.Contains(t, d.screen(), "60 000 of 60 000")
	assert.Contains(t, d.screen(), "59999")
	assert.Equal(t, []string{"│", "id", "region", "product", "amount", "note", "│"}, strings.Fields(strings.Split(d.screen(), "\n")[1]), "the header stays")
	d.press("right", "right")
	assert.Contains(t, strings.Split(d.screen(), "\n")[1], "│ product")
	d.press("t", "home")
	assert.Contains(t, d.screen(), "id,region,product", "as text")
	d.press("t", "x", "x")
	assert.Equal(t, preview.Table, d.m.preview.view.Mode())
}

func TestPreview_TableIsBounded(t *testing.T) {
	t.Parallel()
	d := lookAt(t, "big.csv")
	d.store.holds("big.csv", sales(1000)).size = 1 << 40
	d.press("enter", "end")
	assert.LessOrEqual(t, len(d.m.preview.view.Window().Data), preview.WindowSize)
	assert.Contains(t, d.screen(), "the table shows the first 4.2 MB")
}

func TestPreview_JSONFolds(t *testing.T) {
	t.Parallel()
	d := looking(t, "trip.json", document)
	d.press("z")
	assert.Contains(t, d.screen(), "\"stops\": […],  2")
	assert.NotContains(t, d.screen(), "nights")
	d.press("z")
	assert.Contains(t, d.screen(), "nights")
	d.press("j", "j", "j", "j", "j", "j", "space") // in the first stop: its brackets fold
	assert.NotContains(t, d.screen(), "桂林")
	assert.Contains(t, d.screen(), "黄山")
	d.press("space", "/", "黄", "enter")
	assert.Contains(t, d.screen(), "桂林")
	d.press("home", "space")
	assert.Contains(t, d.screen(), "1 of 1")
	d = looking(t, "no.json", "this is no JSON at all")
	assert.Contains(t, d.screen(), "this is no JSON at all")
	assert.Contains(t, d.screen(), "no JSON ·")
}

func TestPreview_ZipReadsTheTailOnly(t *testing.T) {
	t.Parallel()
	var names []string
	for i := range 60 {
		names = append(names, fmt.Sprintf("f%02d.bin", i))
	}
	raw := zipOf(t, names...)
	d := looking(t, "big.zip", string(raw))
	assert.Contains(t, d.screen(), "f00.bin")
	require.Len(t, d.store.reads, 2, "the first piece and the tail")
	assert.Equal(t, int64(len(raw))-preview.ZipTail, d.store.reads[1].Offset)
	d.press("end")
	assert.Contains(t, d.screen(), "f59.bin")
	assert.Contains(t, d.screen(), "60 of 60")
	assert.Len(t, d.store.reads, 2)
}

func TestPreview_TarSkipsWhatIsInIt(t *testing.T) {
	t.Parallel()
	d := looking(t, "big.tar", string(tarred(t, 4, 2<<20)))
	assert.Contains(t, d.screen(), "logs/0003.log")
	read := int64(0)
	for _, r := range d.store.reads {
		read += r.Length
	}
	assert.LessOrEqual(t, read, int64(7*preview.PieceSize), "of 8 MiB")
	d = looking(t, "many.tar", string(tarred(t, 2000, 10)))
	assert.Contains(t, d.screen(), "of 500+")
	d.press("end")
	assert.Contains(t, d.screen(), "2 002 of 2 002")
}

func TestPreview_CompressedFiles(t *testing.T) {
	t.Parallel()
	d := looking(t, "trip.json.gz", string(gzipOf(t, []byte(document))))
	assert.Contains(t, d.screen(), "trip.json · JSON")
	assert.Contains(t, d.screen(), "\"city\": \"桂林\"")
	d = looking(t, "x.gz", string(gzipOf(t, []byte(document))[:20]))
	assert.Contains(t, d.screen(), "hex", "it is cut")
	d = looking(t, "inner.gz", string(gzipOf(t, sunset(t))))
	assert.Contains(t, d.screen(), "unpacked")
}

// A bomb of a few hundred kilobytes that becomes hundreds of megabytes is
// looked into no further than the limits.
func TestPreview_BombsAreNotUnpacked(t *testing.T) {
	t.Parallel()
	bomb := gzipOf(t, make([]byte, 200<<20))
	d := looking(t, "bomb.gz", string(bomb))
	assert.Contains(t, d.screen(), "unpacked, the first 1.0 MB")
	assert.Len(t, d.m.preview.view.Window().Data, unpackedText)
	d = looking(t, "bomb.tar.gz", string(gzipOf(t, tarred(t, 1, 150<<20))))
	assert.Contains(t, d.screen(), "it becomes more than is read at once")
}

func TestPreview_PictureThatIsNone(t *testing.T) {
	t.Parallel()
	d := looking(t, "x.png", "\x89PNG\r\n\x1a\nnothing")
	assert.Contains(t, d.screen(), "hex")
	assert.Contains(t, d.screen(), "89 50 4e 47")
	d = lookAt(t, "huge.png")
	d.store.holds("huge.png", string(sunset(t))).size = 1 << 30
	d.press("enter")
	assert.Contains(t, d.screen(), "too large to be shown")
	assert.Equal(t, []cos.ByteRange{{Offset: 0, Length: preview.PieceSize}}, d.store.reads)
}

func TestPreview_PictureHasItsColours(t *testing.T) {
	t.Parallel()
	d := looking(t, "sunset.png", string(sunset(t)))
	p := painter{}
	p.diff(frame{lines: d.m.lines(), width: 80})
	assert.Greater(t, len(p.styles), 50)
	for params := range p.styles {
		assert.Less(t, len(params), 30, "styles do not pile up")
	}
}
