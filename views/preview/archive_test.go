package preview

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/png"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func zipped(t testing.TB, names ...string) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range names {
		f, err := w.CreateHeader(&zip.FileHeader{Name: name, Modified: time.Date(2026, 3, 2, 10, 20, 30, 0, time.UTC)})
		require.NoError(t, err)
		_, err = f.Write([]byte(name))
		if name[len(name)-1] != '/' {
			require.NoError(t, err)
		}
	}
	require.NoError(t, w.SetComment("a comment"))
	require.NoError(t, w.Close())
	return b.Bytes()
}

func TestZip_ListsFromTheTail(t *testing.T) {
	t.Parallel()
	raw := zipped(t, "a.txt", "旅行/", "旅行/x\x1b[m.txt")
	size := int64(len(raw)) + 5_000_000_000 // as if it began far before
	_, _, err := ZipDirectory(raw, size)
	require.NoError(t, err)
	offset, length, err := ZipDirectory(raw, int64(len(raw)))
	require.NoError(t, err)
	l := ZipEntries(raw[offset:offset+length], true)
	require.Len(t, l.Entries, 3)
	assert.Equal(t, "旅行/", l.Entries[1].Name)
	assert.True(t, l.Entries[1].Folder)
	assert.Equal(t, int64(5), l.Entries[0].Size)
	assert.Equal(t, 2026, l.Entries[0].Modified.Year())
	assert.Empty(t, l.Note)
	cut := ZipEntries(raw[offset:offset+length-3], true)
	assert.Len(t, cut.Entries, 2)
	assert.Equal(t, "the directory is damaged from here on", cut.Note)
	assert.Equal(t, "the rest is not shown", ZipEntries(raw[offset:offset+length-3], false).Note)
}

func TestZip_BadOnesAreRefused(t *testing.T) {
	t.Parallel()
	raw := zipped(t, "a")
	lying := bytes.Clone(raw)
	end := len(lying) - 22 - len("a comment")
	binary.LittleEndian.PutUint32(lying[end+12:], 0xfffffff0)
	wide := bytes.Clone(raw)
	binary.LittleEndian.PutUint32(wide[end+16:], 0xffffffff)
	for name, c := range map[string][]byte{"nothing": nil, "no archive": bytes.Repeat([]byte("PK"), 500), "a lie": lying, "half of a wide one": wide} {
		_, _, err := ZipDirectory(c, int64(len(c)))
		assert.ErrorIs(t, err, ErrBadArchive, name)
	}
}

func TestZip_OldNamesAreGuessed(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "旅行计划和合同", zipName(encoded(t, GBK, "旅行计划和合同"), false))
	assert.Equal(t, "\xff\x00", zipName([]byte("\xff\x00"), false))
}

func TestTar_ListsAndGoesOn(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for i := range 10 {
		require.NoError(t, w.WriteHeader(&tar.Header{Name: fmt.Sprintf("f%d", i), Size: 1, Mode: 0o600}))
		_, err := w.Write([]byte("x"))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	r := tar.NewReader(bytes.NewReader(b.Bytes()))
	l := TarEntries(r, 4, func() bool { return true })
	assert.Len(t, l.Entries, 4)
	assert.True(t, l.More)
	l = l.With(TarEntries(r, 100, func() bool { return false }))
	assert.Len(t, l.Entries, 5, "the budget ends it")
	l = l.With(TarEntries(r, 100, func() bool { return true }))
	assert.Len(t, l.Entries, 10)
	assert.False(t, l.More)
	cut := TarEntries(tar.NewReader(bytes.NewReader(b.Bytes()[:1100])), 100, func() bool { return true })
	assert.NotEmpty(t, cut.Note)
}

func pictured(t testing.TB, width, height int) []byte {
	p := image.NewRGBA(image.Rect(0, 0, width, height))
	for x := range width {
		for y := range height {
			p.SetRGBA(x, y, color.RGBA{uint8(x * 255 / width), uint8(y * 255 / height), 80, 255})
		}
	}
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, p))
	return b.Bytes()
}

func TestImage_IsMadeSmall(t *testing.T) {
	t.Parallel()
	p, err := NewImage(pictured(t, 1000, 500))
	require.NoError(t, err)
	assert.Equal(t, []int{1000, 500}, []int{p.Width, p.Height})
	assert.Equal(t, keptSide, p.small.Bounds().Dx())
	out := p.Scale(10, 4)
	left, right := out.RGBAAt(0, 0), out.RGBAAt(9, 0)
	assert.Less(t, left.R, right.R)
}

func TestImage_AHugeOneIsRefusedBeforeItIsDecoded(t *testing.T) {
	t.Parallel()
	raw := pictured(t, 2, 2)
	binary.BigEndian.PutUint32(raw[16:], 100_000)
	binary.BigEndian.PutUint32(raw[20:], 100_000)
	binary.BigEndian.PutUint32(raw[29:], crc32.ChecksumIEEE(raw[12:29]))
	_, err := NewImage(raw)
	require.ErrorIs(t, err, ErrTooLarge)
	_, err = NewImage([]byte("\x89PNG\r\n\x1a\nand then nothing"))
	require.Error(t, err)
	_, err = NewImage(pictured(t, 50, 50)[:100])
	assert.Error(t, err)
}

func FuzzZip(f *testing.F) {
	f.Add(zipped(f, "a.txt", "b/"))
	f.Add([]byte("PK\x05\x06"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if offset, length, err := ZipDirectory(raw, int64(len(raw))); err == nil {
			require.LessOrEqual(t, offset+length, int64(len(raw)))
			ZipEntries(raw[offset:offset+length], true)
		}
		ZipEntries(raw, false)
	})
}
