package cse

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// vector is one object written by the official Python SDK; see
// testdata/README.md.
type vector struct {
	Name   string
	Master struct {
		Type        string
		KeyBase64   string `json:"key_base64"`
		KeyFileText string `json:"key_file_text"`
		PrivateDER  []byte `json:"private_key_der_base64"`
		PublicDER   []byte `json:"public_key_der_base64"`
	}
	Headers          map[string]string
	CiphertextSHA256 string `json:"ciphertext_sha256"`
	PlaintextLabel   string `json:"plaintext_label"`
	PlaintextSize    int64  `json:"plaintext_size"`
	PlaintextSHA256  string `json:"plaintext_sha256"`
	Ranges           []struct {
		First, Last int64
		SHA256      string
	}

	stored []byte
}

func readVectors(t *testing.T) []vector {
	t.Helper()
	files, err := filepath.Glob("testdata/vectors/*.json")
	require.NoError(t, err)
	require.Len(t, files, 9)
	vectors := make([]vector, len(files))
	for i, file := range files {
		v := &vectors[i]
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(text, v), file)
		v.stored, err = os.ReadFile(strings.TrimSuffix(file, ".json") + ".bin")
		require.NoError(t, err)
		require.Equal(t, v.CiphertextSHA256, digest(v.stored), "the copy of %s is damaged", file)
	}
	return vectors
}

// meta is the vector's metadata as a client hands it over.
func (v *vector) meta() map[string]string {
	meta := map[string]string{}
	for name, value := range v.Headers {
		if name, ok := strings.CutPrefix(name, "x-cos-meta-"); ok {
			meta[name] = value
		}
	}
	return meta
}

func (v *vector) key(t *testing.T) Key {
	t.Helper()
	if v.Master.Type == "rsa" {
		k, err := ParseRSAPrivateKey(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: v.Master.PrivateDER}), nil)
		require.NoError(t, err)
		return k
	}
	text := v.Master.KeyFileText
	if text == "" {
		text = v.Master.KeyBase64
	}
	k, err := ParseAESKey([]byte(text))
	require.NoError(t, err)
	return k
}

func (v *vector) plaintext() []byte {
	var b []byte
	for i := uint64(0); int64(len(b)) < v.PlaintextSize; i++ {
		sum := sha256.Sum256(binary.BigEndian.AppendUint64([]byte(v.PlaintextLabel), i))
		b = append(b, sum[:]...)
	}
	return b[:v.PlaintextSize]
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func TestVectors_ObjectsOfThePythonSDKDecryptWholeAndByRange(t *testing.T) {
	t.Parallel()
	for _, v := range readVectors(t) {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			e, encrypted, err := Detect(v.meta())
			require.NoError(t, err)
			require.Equal(t, v.Master.Type != "none", encrypted)
			if !encrypted {
				assert.Equal(t, v.PlaintextSHA256, digest(v.stored), "a plain object is given as it is")
				return
			}
			assert.Empty(t, e.KID)
			assert.EqualValues(t, -1, e.Size)
			d, err := e.Open(v.key(t), int64(len(v.stored)))
			require.NoError(t, err)
			s := d.Sealer()

			whole, err := io.ReadAll(s.Reader(bytes.NewReader(v.stored), 0))
			require.NoError(t, err)
			assert.Equal(t, v.PlaintextSHA256, digest(whole))
			assert.Equal(t, digest(v.plaintext()), digest(whole))
			for _, r := range v.Ranges {
				stored := v.stored[r.First : r.Last+1]
				part, err := io.ReadAll(s.Reader(bytes.NewReader(stored), r.First))
				require.NoError(t, err)
				assert.Equal(t, r.SHA256, digest(part), "bytes %d-%d", r.First, r.Last)

				_, err = s.ReaderAt(bytes.NewReader(v.stored)).ReadAt(part, r.First)
				require.NoError(t, err)
				assert.Equal(t, r.SHA256, digest(part), "view of bytes %d-%d", r.First, r.Last)
			}
			sealed, err := io.ReadAll(s.Reader(bytes.NewReader(v.plaintext()), 0))
			require.NoError(t, err)
			assert.Equal(t, v.CiphertextSHA256, digest(sealed), "the same key seals to the same bytes")
		})
	}
}

func TestVectors_DownloadResumedAtAnyByteIsWhole(t *testing.T) {
	t.Parallel()
	for _, v := range readVectors(t) {
		if v.Name != "aes256-small" {
			continue
		}
		e, _, err := Detect(v.meta())
		require.NoError(t, err)
		d, err := e.Open(v.key(t), int64(len(v.stored)))
		require.NoError(t, err)
		want := v.plaintext()
		for cut := range v.stored {
			rest, err := io.ReadAll(d.Sealer().Reader(bytes.NewReader(v.stored[cut:]), int64(cut)))
			require.NoError(t, err)
			require.Equal(t, want[cut:], rest, "resumed at %d", cut)
		}
	}
}

// The start value's low half overflows in the second block.
var (
	carryKey = sequence(0x40, dataKeySize)
	carryIV  = unhex("f0f1f2f3f4f5f6f7fffffffffffffffe")
	carryOut = unhex("4fc66644a89af5a1fb303f6af55ca98cd91e02b22e7af31866ea576f4776aac2" +
		"2e9facc3dafe8fdb0df0db4383625400acf465482479abc1693e387e39eee025" +
		"74bbb474a09b957a37edc4484325b8e9")
)

func sequence(from byte, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = from + byte(i)
	}
	return b
}

func unhex(s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return b
}

func carrySealer(t *testing.T) *Sealer {
	t.Helper()
	d, err := newDataKey(carryKey, carryIV)
	require.NoError(t, err)
	return d.Sealer()
}

func TestSealer_CarriesThroughAll128Bits(t *testing.T) {
	t.Parallel()
	s := carrySealer(t)
	out, err := io.ReadAll(s.Reader(bytes.NewReader(sequence(0, 80)), 0))
	require.NoError(t, err)
	assert.Equal(t, carryOut, out)

	assert.Equal(t, unhex("f0f1f2f3f4f5f6f80000000000000001"), bytesOf(s.iv.add(3)))
	tail := make([]byte, 32)
	_, err = s.ReaderAt(bytes.NewReader(sequence(0, 80))).ReadAt(tail, 48)
	require.NoError(t, err)
	assert.Equal(t, carryOut[48:], tail)

	all := counter{^uint64(0), ^uint64(0)}
	assert.Equal(t, make([]byte, ivSize), bytesOf(all.add(1)), "the counter wraps at 2^128")
}

func bytesOf(c counter) []byte {
	b := c.bytes()
	return b[:]
}

func TestAESKey_WrapsAsThePythonSDKDoes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		size         int
		key, iv, kid string
	}{
		{16, "huB5dMPKHcUnBssp7YWWNiMXQcbBleJJESLnuDmpc1U=", "uSd1oG1uUHscdoWXn35PYw==", "f9d6861fb3767471"},
		{24, "0SMTwVg242WL35xsdEzYSBkfagkfavngS7O281Q/OUg=", "K/LgeEO40tt8vb3ZCDXaOA==", "8871cc34ea33743d"},
		{32, "stFC9W4M2ZfhutAhkWM5z6AMJP0e7Mmy/q/BahSfaGI=", "/k1HLUHZdUr3V1bK59NuZw==", "bb751ab7d8d4a21e"},
	} {
		k, err := newAESKey(sequence(0, c.size))
		require.NoError(t, err)
		d, err := newDataKey(carryKey, carryIV)
		require.NoError(t, err)
		e, err := Seal(k, d, 80, nil)
		require.NoError(t, err)
		assert.Equal(t, map[string]string{
			"client-side-encryption-key": c.key,
			"client-side-encryption-iv":  c.iv,
			"cosmander-cse":              "1",
			"cosmander-cse-kid":          c.kid,
			"cosmander-cse-size":         "80",
		}, e.Meta())
		back, err := e.Open(k, 80)
		require.NoError(t, err)
		assert.Equal(t, d.reveal(), back.reveal())
	}
}

func TestMAC_MatchesTheWrittenDownConstruction(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		ciphertext []byte
		want       string
	}{
		{carryOut, "Q24mio6SjZVOPQ6qUOsKNMPuVYFlzZODGIEqow1mhek="},
		{nil, "mh7WgZrwXPh+Mo2MhCcge9G+YH/6oIyWmfmTSiA0sUY="},
	} {
		m := carrySealer(t).NewMAC(int64(len(c.ciphertext)))
		require.NoError(t, m.AddAll(t.Context(), bytes.NewReader(c.ciphertext)))
		sum, err := m.Sum()
		require.NoError(t, err)
		assert.Equal(t, c.want, base64.StdEncoding.EncodeToString(sum))
	}
}
