package cos

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// makeFrame writes a frame of header pairs and a payload, right in every CRC.
func makeFrame(payload string, pairs ...string) []byte {
	var headers []byte
	for i := 0; i < len(pairs); i += 2 {
		headers = append(append(headers, byte(len(pairs[i]))), pairs[i]...)
		headers = binary.BigEndian.AppendUint16(append(headers, 7), uint16(len(pairs[i+1])))
		headers = append(headers, pairs[i+1]...)
	}
	return sealFrame(uint32(16+len(headers)+len(payload)), uint32(len(headers)), append(headers, payload...))
}

// sealFrame writes a frame that says it has the given lengths.
func sealFrame(total, headers uint32, body []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, total)
	b = binary.BigEndian.AppendUint32(b, headers)
	b = binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b))
	b = append(b, body...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b))
}

func recordFrame(payload string) []byte {
	return makeFrame(payload, ":message-type", "event", ":event-type", "Records", ":content-type", "application/octet-stream")
}

func TestFrames_LayoutIsTheDocumented(t *testing.T) {
	t.Parallel()
	// Computed by hand from the documented layout.
	raw := []byte("\x00\x00\x00\x1f\x00\x00\x00\x0c\x0c\x64\x81\x27" + "\x02:m\x07\x00\x06abcdef" + "xyz")
	binary.BigEndian.PutUint32(raw[8:], crc32.ChecksumIEEE(raw[:8]))
	raw = binary.BigEndian.AppendUint32(raw, crc32.ChecksumIEEE(raw))
	assert.Equal(t, raw, makeFrame("xyz", ":m", "abcdef"))
	f, err := (&frameReader{r: bytes.NewReader(raw)}).next()
	require.NoError(t, err)
	assert.Equal(t, "xyz", string(f.payload))
}

func TestFrames_ReadOneAfterTheOther(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 1<<20)
	value := strings.Repeat("v", 40_000) // beyond a signed 16 bit length
	name := strings.Repeat("n", 255)
	stream := append(recordFrame("a"), makeFrame(long, ":message-type", "error", ":error-code", "C", ":error-message", value, name, "v")...)
	r := &frameReader{r: io.MultiReader(bytes.NewReader(stream[:20]), bytes.NewReader(stream[20:]))}
	f, err := r.next()
	require.NoError(t, err)
	assert.Equal(t, "event Records a", f.message+" "+f.event+" "+string(f.payload))
	f, err = r.next()
	require.NoError(t, err)
	assert.Equal(t, "error C", f.message+" "+f.errorCode)
	assert.Equal(t, value, f.errorMessage)
	assert.Equal(t, long, string(f.payload))
	_, err = r.next()
	assert.ErrorIs(t, err, io.EOF)
}

func TestFrames_BelieveNothingThatTheirCRCDoesNotCover(t *testing.T) {
	t.Parallel()
	good := recordFrame("payload")
	for i := range good {
		bad := bytes.Clone(good)
		bad[i] ^= 0x10
		_, err := (&frameReader{r: bytes.NewReader(bad)}).next()
		assert.ErrorIs(t, err, ErrMalformed, "byte %d", i)
	}
	for n := range good {
		_, err := (&frameReader{r: bytes.NewReader(good[:n])}).next()
		want := io.ErrUnexpectedEOF
		if n == 0 {
			want = io.EOF
		}
		assert.ErrorIs(t, err, want, "%d bytes", n)
	}
}

func TestFrames_LengthsOutOfBoundsAllocateNothing(t *testing.T) {
	t.Parallel()
	for name, frame := range map[string][]byte{
		"4 GB":                       sealFrame(1<<32-1, 0, nil),
		"a byte too long":            sealFrame(maxFrameBytes+1, 0, nil),
		"too short":                  sealFrame(15, 0, nil),
		"empty":                      sealFrame(0, 0, nil),
		"headers beyond the frame":   sealFrame(20, 5, make([]byte, 4)),
		"headers beyond everything":  sealFrame(20, 1<<32-1, make([]byte, 4)),
		"too many headers":           sealFrame(1<<20, maxFrameHeaders+1, nil),
		"header name is cut":         sealFrame(18, 2, []byte("\x05a")),
		"header without a type":      sealFrame(18, 2, []byte("\x01a")),
		"header of another type":     sealFrame(21, 5, []byte("\x01a\x04\x00\x00")),
		"header value is cut":        sealFrame(21, 5, []byte("\x01a\x07\xff\xff")),
		"header length is cut":       sealFrame(20, 4, []byte("\x01a\x07\x00")),
		"header of the highest sort": sealFrame(17, 1, []byte("\xff")),
	} {
		r := &frameReader{r: io.MultiReader(bytes.NewReader(frame), zeroReader{})}
		_, err := r.next()
		assert.ErrorIs(t, err, ErrMalformed, name)
		assert.Less(t, cap(r.buf), 1<<10, name)
	}
}

type zeroReader struct{}

func (zeroReader) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestFrames_ReuseTheirMemory(t *testing.T) {
	t.Parallel()
	stream := bytes.Repeat(recordFrame(strings.Repeat("x", 1<<10)), 100)
	r := &frameReader{r: bytes.NewReader(stream)}
	first, err := r.next()
	require.NoError(t, err)
	for range 99 {
		f, err := r.next()
		require.NoError(t, err)
		require.Same(t, &first.payload[0], &f.payload[0])
	}
}

func FuzzFrames(f *testing.F) {
	for _, seed := range [][]byte{
		nil, recordFrame("a"), recordFrame("")[:20], append(recordFrame("a"), recordFrame("b")...),
		makeFrame("", ":message-type", "error", ":error-code", "C"), sealFrame(16, 0, nil), sealFrame(1<<31, 0, nil),
		makeFrame("<Stats><BytesScanned>1</BytesScanned></Stats>", ":message-type", "event", ":event-type", "Stats"), []byte("<Error/>"),
	} {
		f.Add(seed, false)
		f.Add(seed, true)
	}
	f.Fuzz(func(t *testing.T, stream []byte, seal bool) {
		if seal { // so that the fuzzer gets behind the CRCs
			headers := uint32(0)
			if len(stream) > 0 {
				headers = uint32(stream[0])
			}
			stream = sealFrame(uint32(16+len(stream)), headers, stream)
		}
		r := &frameReader{r: bytes.NewReader(stream)}
		read := 0
		for {
			fr, err := r.next()
			if err != nil {
				if !errors.Is(err, ErrMalformed) && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
					t.Errorf("unexpected %v", err)
				}
				return
			}
			if read += minFrameBytes + len(fr.payload); read > len(stream) {
				t.Fatalf("%d bytes of %d", read, len(stream))
			}
			if fr.message == "event" {
				_, _ = fr.selectEvent()
			}
		}
	})
}
