package jobs

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
	"cosmander/cse"
)

// masters are the texts of two AES key files.
var masters = [2]string{
	"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
	"ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=",
}

var rsaTexts = sync.OnceValue(func() (pair [2][]byte) {
	private, public, err := cse.GenerateRSAKey(2048)
	if err != nil {
		panic(err)
	}
	return [2][]byte{private, public}
})

func aesKey(text string) func() (cse.Key, error) {
	return func() (cse.Key, error) { return cse.ParseAESKey([]byte(text)) }
}

func rsaKey() (cse.Key, error)  { return cse.ParseRSAPrivateKey(rsaTexts()[0], nil) }
func rsaHalf() (cse.Key, error) { return cse.ParseRSAPublicKey(rsaTexts()[1]) }

// keyring has the keys "aes" and "rsa".
func keyring() *cse.Keyring {
	r := &cse.Keyring{}
	r.Add("aes", aesKey(masters[0]))
	r.Add("rsa", rsaKey)
	return r
}

// secret is a world with those keys.
func secret(t testing.TB) *world {
	w := newWorld(t)
	w.cfg.Keys = keyring()
	return w
}

func (w *world) sealedUpload(key string, names ...string) Spec {
	s := w.upload(names...)
	s.Encrypt = key
	return s
}

// with runs one job with these keys, in a process of its own.
func (w *world) with(keys *cse.Keyring, s Spec) (Job, map[string]string) {
	w.t.Helper()
	cfg := w.cfg
	cfg.Keys = keys
	q, err := Open(w.t.Context(), cfg)
	require.NoError(w.t, err)
	j := finish(w.t, q, start(w.t, q, s))
	why := reasons(w.t, q, j.ID)
	require.NoError(w.t, q.Close())
	return j, why
}

// opened decrypts an object as the format's description says, with nothing of
// the package that encrypted it.
func (w *world) opened(key, master string) []byte {
	w.t.Helper()
	d := w.dataKey(key, master)
	block, err := aes.NewCipher(d[:32])
	require.NoError(w.t, err)
	b := w.stored(key)
	cipher.NewCTR(block, d[32:]).XORKeyStream(b, b)
	return b
}

// dataKey is the content key and the start value of an object.
func (w *world) dataKey(key, master string) []byte {
	w.t.Helper()
	head, err := w.bucket.Head(w.t.Context(), key, cos.GetOptions{})
	require.NoError(w.t, err)
	both := make([]byte, 0, 48)
	for _, name := range []string{"client-side-encryption-key", "client-side-encryption-iv"} {
		part, err := base64.StdEncoding.DecodeString(head.Headers.Meta[name])
		require.NoError(w.t, err)
		both = append(both, part...)
	}
	require.Len(w.t, both, 48)
	text, err := base64.StdEncoding.DecodeString(master)
	require.NoError(w.t, err)
	block, err := aes.NewCipher(text)
	require.NoError(w.t, err)
	cipher.NewCTR(block, make([]byte, 16)).XORKeyStream(both, both)
	return both
}

func TestEncrypt_WhatIsStoredIsOpenedByTheFormatsDescriptionAndComesBack(t *testing.T) {
	t.Parallel()
	for _, size := range []int64{0, 1, 16, 4097, 511 * kib, partBytes + 1, 3*partBytes + 99} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			t.Parallel()
			w := secret(t)
			want := w.file("f", size)
			_, j := w.run(w.sealedUpload("aes", "f"))
			require.Equal(t, Done, j.State, j.Reason)
			assert.Zero(t, j.Unverified)
			same(t, want, w.opened("up/f", masters[0]))
			if size > 1 {
				assert.False(t, bytes.Equal(want, w.stored("up/f")))
			}
			head, err := w.bucket.Head(t.Context(), "up/f", cos.GetOptions{})
			require.NoError(t, err)
			assert.Equal(t, fmt.Sprint(size), head.Headers.Meta["cosmander-cse-size"])
			assert.NotEmpty(t, head.Headers.Meta["cosmander-cse-mac"])

			to := filepath.Join(w.dir, "to")
			_, j = w.run(w.download(to, "up/f"))
			require.Equal(t, Done, j.State, j.Reason)
			assert.Equal(t, map[string]string{"f": string(want)}, tree(t, to))
		})
	}
}

func TestEncrypt_EachObjectHasADataKeyOfItsOwn(t *testing.T) {
	t.Parallel()
	w := secret(t)
	want := w.file("d/a", 1000)
	require.NoError(t, os.WriteFile(filepath.Join(w.dir, "d/b"), want, 0o600))
	_, j := w.run(w.sealedUpload("aes", "d"))
	require.Equal(t, Done, j.State, j.Reason)
	assert.NotEqual(t, w.dataKey("up/d/a", masters[0]), w.dataKey("up/d/b", masters[0]))
	before := w.dataKey("up/d/a", masters[0])
	_, j = w.run(w.sealedUpload("aes", "d"))
	require.Equal(t, Done, j.State, j.Reason)
	assert.NotEqual(t, before, w.dataKey("up/d/a", masters[0]), "nor is one used again")
}

func TestEncrypt_WithARSAKeyTheKeyIsFoundByItsFingerprint(t *testing.T) {
	t.Parallel()
	w, half := newWorld(t), &cse.Keyring{}
	half.Add("half", rsaHalf)
	small, big := w.file("small", 1000), w.file("big", 2*partBytes+5)
	j, _ := w.with(half, w.sealedUpload("half", "small", "big"))
	require.Equal(t, Done, j.State, j.Reason)
	to := filepath.Join(w.dir, "to")
	j, why := w.with(half, w.download(to, "up/small", "up/big"))
	require.Equal(t, Failed, j.State)
	require.Len(t, why, 2)
	for name, reason := range why {
		assert.Contains(t, reason, "reading needs the private key", name)
	}
	assert.Empty(t, tree(t, to))
	j, _ = w.with(keyring(), w.download(to, "up/small", "up/big"))
	require.Equal(t, Done, j.State, j.Reason)
	assert.Equal(t, map[string]string{"small": string(small), "big": string(big)}, tree(t, to))
}

// Whatever is wrong with an object, there is a reason and no file.
func TestDecrypt_NothingWrongIsEverWritten(t *testing.T) {
	t.Parallel()
	key, err := aesKey(masters[0])()
	require.NoError(t, err)
	other := &cse.Keyring{}
	other.Add("other", aesKey(masters[1]))
	yours, err := other.Key("other")
	require.NoError(t, err)
	flip := func(_ map[string]string, b []byte) []byte { b[len(b)/2] ^= 1; return b }
	for what, c := range map[string]struct {
		keys  *cse.Keyring
		spoil func(meta map[string]string, b []byte) []byte
		says  []string
	}{
		"another key":         {keys: other, says: []string{"object " + key.KID(), "yours other " + yours.KID()}},
		"no key":              {keys: &cse.Keyring{}, says: []string{key.KID(), "there is no key"}},
		"changed content":     {spoil: flip, says: []string{"not what was encrypted"}},
		"cut":                 {spoil: func(_ map[string]string, b []byte) []byte { return b[:len(b)-1] }, says: []string{"not what was encrypted"}},
		"longer":              {spoil: func(_ map[string]string, b []byte) []byte { return append(b, 0) }, says: []string{"not what was encrypted"}},
		"changed start value": {spoil: spoilMeta("client-side-encryption-iv", "AAAAAAAAAAAAAAAAAAAAAA=="), says: []string{"not what was encrypted"}},
		"changed key":         {spoil: spoilMeta("client-side-encryption-key", masters[1]), says: []string{"not what was encrypted"}},
		"half an envelope":    {spoil: spoilMeta("client-side-encryption-iv", ""), says: []string{"refusing to guess"}},
		"of a newer version":  {spoil: spoilMeta("cosmander-cse", "2"), says: []string{"written by a newer cosmander"}},
		"of another SDK": {spoil: func(meta map[string]string, b []byte) []byte {
			meta["client-side-encryption-start"], meta["client-side-encryption-wrap-alg"] = "AA==", "AESWrap"
			meta["client-side-encryption-cek-alg"] = "AES/GCM/NoPadding"
			return b
		}, says: []string{"Java SDK in AES-GCM"}},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.file("small", 1000)
			w.file("big", 2*partBytes+5)
			j, _ := w.with(keyring(), w.sealedUpload("aes", "small", "big"))
			require.Equal(t, Done, j.State, j.Reason)
			if c.spoil != nil {
				w.spoil("up/small", c.spoil)
				w.spoil("up/big", c.spoil)
			}
			keys := c.keys
			if keys == nil {
				keys = keyring()
			}
			to := filepath.Join(w.dir, "to")
			j, why := w.with(keys, w.download(to, "up/small", "up/big"))
			require.Equal(t, Failed, j.State)
			require.Len(t, why, 2)
			for name, reason := range why {
				for _, text := range c.says {
					assert.Contains(t, reason, text, name)
				}
			}
			assert.Empty(t, tree(t, to), "neither a file nor a part of one")
		})
	}
}

func spoilMeta(name, value string) func(map[string]string, []byte) []byte {
	return func(meta map[string]string, b []byte) []byte {
		if meta[name] = value; value == "" {
			delete(meta, name)
		}
		return b
	}
}

// spoil puts an object again as somebody does who has no key.
func (w *world) spoil(key string, change func(meta map[string]string, b []byte) []byte) {
	w.t.Helper()
	head, err := w.bucket.Head(w.t.Context(), key, cos.GetOptions{})
	require.NoError(w.t, err)
	b := change(head.Headers.Meta, w.stored(key))
	_, err = w.bucket.Put(w.t.Context(), key, cos.Body{ReaderAt: bytes.NewReader(b), Size: int64(len(b))}, head.Headers)
	require.NoError(w.t, err)
}

func TestDecrypt_PlainObjectsAreGivenAsTheyAre(t *testing.T) {
	t.Parallel()
	w := secret(t)
	small, big := w.object("small", 1000), w.object("big", 2*partBytes)
	to := filepath.Join(w.dir, "to")
	_, j := w.run(w.download(to, "small", "big"))
	require.Equal(t, Done, j.State, j.Reason)
	assert.Equal(t, map[string]string{"small": string(small), "big": string(big)}, tree(t, to))
}

// What the official Python SDK has written has no checksum, and is read.
func TestDecrypt_ObjectsOfTheOfficialPythonSDK(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.cfg.Threshold = 16 * kib // the largest is fetched in ranges
	vectors := pythonVectors(t)
	to := filepath.Join(w.dir, "to")
	for name, v := range vectors {
		keys := &cse.Keyring{}
		if v.key != nil {
			keys.Add("k", v.key)
		}
		_, err := w.bucket.Put(t.Context(), name, cos.Body{ReaderAt: bytes.NewReader(v.stored), Size: int64(len(v.stored))}, cos.Headers{Meta: v.meta})
		require.NoError(t, err)
		j, _ := w.with(keys, w.download(to, name))
		require.Equal(t, Done, j.State, "%s: %s", name, j.Reason)
		assert.Equal(t, v.sha256, hash256(t, filepath.Join(to, name)), name)
	}
	assert.Len(t, tree(t, to), len(vectors))
}

func TestEncrypt_RefusesWhatItCannotDo(t *testing.T) {
	t.Parallel()
	w := secret(t)
	w.file("f", 10)
	q := w.open()
	_, err := q.Add(t.Context(), w.sealedUpload("nobody", "f"))
	require.ErrorIs(t, err, cse.ErrNoKey)
	s := w.download(w.dir, "x")
	s.Encrypt = "aes"
	_, err = q.Add(t.Context(), s)
	require.ErrorIs(t, err, errNoEncryption)
}

func TestEncrypt_TheKeyOfAJobIsTheOneItWasQueuedWith(t *testing.T) {
	t.Parallel()
	w := secret(t)
	w.file("f", 10)
	s := w.sealedUpload("aes", "f")
	s.KeyID = hex.EncodeToString(make([]byte, 8)) // as if the file under that name were another one now
	q, j := w.run(s)
	require.Equal(t, Failed, j.State)
	assert.Contains(t, reasons(t, q, j.ID)["f"], "key aes is another one by now")
	assert.Empty(t, w.keys())
}
