package jobs

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cse"
)

// pythonVector is an object that the official Python SDK has written.
type pythonVector struct {
	stored []byte
	meta   map[string]string
	sha256 string // of the content
	key    func() (cse.Key, error)
}

func pythonVectors(t *testing.T) map[string]pythonVector {
	t.Helper()
	files, err := filepath.Glob("../cse/testdata/vectors/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	vectors := map[string]pythonVector{}
	for _, file := range files {
		var doc struct {
			Name   string
			Master struct {
				KeyBase64   string `json:"key_base64"`
				KeyFileText string `json:"key_file_text"`
				PrivateDER  []byte `json:"private_key_der_base64"`
			}
			Headers         map[string]string
			PlaintextSHA256 string `json:"plaintext_sha256"`
		}
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(text, &doc))
		v := pythonVector{meta: map[string]string{}, sha256: doc.PlaintextSHA256}
		v.stored, err = os.ReadFile(strings.TrimSuffix(file, ".json") + ".bin")
		require.NoError(t, err)
		for name, value := range doc.Headers {
			if rest, ok := strings.CutPrefix(strings.ToLower(name), "x-cos-meta-"); ok {
				v.meta[rest] = value
			}
		}
		switch {
		case doc.Master.PrivateDER != nil:
			v.key = func() (cse.Key, error) { return cse.ParseRSAPrivateKey(asPEM(doc.Master.PrivateDER), nil) }
		case doc.Master.KeyBase64+doc.Master.KeyFileText != "":
			v.key = aesKey(cmp.Or(doc.Master.KeyFileText, doc.Master.KeyBase64))
		}
		vectors[doc.Name] = v
	}
	return vectors
}

func asPEM(pkcs8 []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8})
}

func hash256(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func TestEncrypt_RulesForConflictsCompareTheContentAndNotItsCipher(t *testing.T) {
	t.Parallel()
	w := secret(t)
	first := w.file("f", 1000)
	up := w.sealedUpload("aes", "f")
	up.OnConflict = IfChecksum
	_, j := w.run(up)
	require.Equal(t, Done, j.State, j.Reason)
	before := w.stored("up/f")

	_, j = w.run(up)
	assert.EqualValues(t, 1, j.ItemsSkipped, "the same content")
	same(t, before, w.stored("up/f"))

	plain := up
	plain.Encrypt = ""
	_, j = w.run(plain)
	assert.Zero(t, j.ItemsSkipped, "it is to be there in the clear")
	same(t, first, w.stored("up/f"))
	_, j = w.run(up)
	assert.Zero(t, j.ItemsSkipped, "it is to be encrypted")
	same(t, first, w.opened("up/f", masters[0]))
	other := up
	other.Encrypt = "rsa"
	_, j = w.run(other)
	assert.Zero(t, j.ItemsSkipped, "it is to be under another key")

	to := filepath.Join(w.dir, "to")
	down := w.download(to, "up/f")
	down.OnConflict = IfChecksum
	_, j = w.run(down)
	assert.Zero(t, j.ItemsSkipped)
	_, j = w.run(down)
	assert.EqualValues(t, 1, j.ItemsSkipped)
	second := content64(7, 1000)
	require.NoError(t, os.WriteFile(filepath.Join(to, "f"), second, 0o600))
	_, j = w.run(down)
	assert.Zero(t, j.ItemsSkipped)
	assert.Equal(t, string(first), tree(t, to)["f"])
}

func TestEncrypt_CopiesMovesAndChangesKeepTheEnvelope(t *testing.T) {
	t.Parallel()
	for _, size := range []int64{1000, 2*partBytes + 5} {
		w := secret(t)
		want := w.file("f", size)
		_, j := w.run(w.sealedUpload("aes", "f"))
		require.Equal(t, Done, j.State, j.Reason)
		q := w.open(inParts)
		move := w.copies("to/f")
		move.Move, move.Dest.Key = true, "moved/"
		for what, s := range map[string]Spec{
			"copy": w.copies("up/f"), "headers": w.changing(SetHeaders, Change{Set: map[string]string{"Cache-Control": "no-store"}, SetMeta: map[string]string{"who": "me"}}, "up/f"),
			"class": w.changing(SetClass, Change{Class: "STANDARD_IA"}, "up/f"),
		} {
			j = finish(t, q, start(t, q, s))
			require.Equal(t, Done, j.State, "%s: %s", what, j.Reason)
		}
		j = finish(t, q, start(t, q, move))
		require.Equal(t, Done, j.State, j.Reason)
		for _, key := range []string{"up/f", "moved/f"} {
			same(t, want, w.opened(key, masters[0]))
		}
		to := filepath.Join(w.dir, "to")
		j = finish(t, q, start(t, q, w.download(to, "moved/f")))
		require.Equal(t, Done, j.State, j.Reason)
		assert.Equal(t, string(want), tree(t, to)["f"])
	}
}

func TestEncrypt_AMovedFileGoesOnlyOnceItIsVerified(t *testing.T) {
	t.Parallel()
	w := secret(t)
	want := w.file("f", partBytes)
	s := w.sealedUpload("rsa", "f")
	s.Move = true
	_, j := w.run(s)
	require.Equal(t, Done, j.State, j.Reason)
	assert.NoFileExists(t, filepath.Join(w.dir, "f"))
	to := filepath.Join(w.dir, "to")
	back := w.download(to, "up/f")
	back.Move = true
	_, j = w.run(back)
	require.Equal(t, Done, j.State, j.Reason)
	assert.Equal(t, string(want), tree(t, to)["f"])
	assert.Empty(t, w.keys())
}
