package jobs

import (
	"bytes"
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
	"cosmander/cse"
)

func (w *world) revealed() Revealed { return Revealed{w.bucket, keyring()} }

// sealedObject puts an encrypted object and returns what was encrypted.
func (w *world) sealedObject(name string, size int64) []byte {
	w.t.Helper()
	b := w.file(name, size)
	j, _ := w.with(keyring(), w.sealedUpload("aes", name))
	require.Equal(w.t, Done, j.State, j.Reason)
	return b
}

func TestRevealed_ReadsAnyRangeAndTheWhole(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	want := w.sealedObject("f", 2*partBytes+77)
	obj, err := w.revealed().Get(t.Context(), "up/f", cos.GetOptions{})
	require.NoError(t, err)
	got, err := io.ReadAll(obj.Body)
	require.NoError(t, err)
	require.NoError(t, obj.Body.Close())
	same(t, want, got)
	assert.False(t, obj.HasCRC64, "that of the service is of something else")
	for _, r := range [][2]int64{{0, 1}, {1, 15}, {15, 2}, {16, 16}, {partBytes - 3, 9}, {2 * partBytes, 77}, {5, -1}} {
		obj, err := w.revealed().Get(t.Context(), "up/f", cos.GetOptions{Range: &cos.ByteRange{Offset: r[0], Length: r[1]}})
		require.NoError(t, err)
		got, err := io.ReadAll(obj.Body)
		require.NoError(t, err)
		require.NoError(t, obj.Body.Close())
		end := r[0] + r[1]
		if r[1] < 0 {
			end = int64(len(want))
		}
		same(t, want[r[0]:end], got)
	}
	plain := w.object("plain", 100)
	obj, err = w.revealed().Get(t.Context(), "plain", cos.GetOptions{})
	require.NoError(t, err)
	got, err = io.ReadAll(obj.Body)
	require.NoError(t, err)
	require.NoError(t, obj.Body.Close())
	assert.Equal(t, plain, got)
	assert.True(t, obj.HasCRC64)
}

func TestRevealed_TheWholeOfWhatWasTamperedWithEndsInAnError(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.sealedObject("f", partBytes+5)
	w.spoil("up/f", func(_ map[string]string, b []byte) []byte { b[partBytes] ^= 1; return b })
	obj, err := w.revealed().Get(t.Context(), "up/f", cos.GetOptions{})
	require.NoError(t, err)
	_, err = io.ReadAll(obj.Body)
	require.ErrorIs(t, err, cse.ErrTampered)
	require.NoError(t, obj.Body.Close())
	_, err = Revealed{w.bucket, nil}.Get(t.Context(), "up/f", cos.GetOptions{})
	var wrong *cse.WrongKeyError
	require.ErrorAs(t, err, &wrong)
}

func TestRevealed_WhatIsWrittenAgainIsEncryptedUnderTheSameKeyAndAnother(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.sealedObject("f", 1000)
	before := w.dataKey("up/f", masters[0])
	head, err := w.bucket.Head(t.Context(), "up/f", cos.GetOptions{})
	require.NoError(t, err)
	h := head.Headers
	h.Meta["who"] = "me"
	text := []byte("what the editor left")
	_, err = w.revealed().Put(t.Context(), "up/f", cos.Body{ReaderAt: bytes.NewReader(text), Size: int64(len(text))}, h)
	require.NoError(t, err)
	assert.Equal(t, text, w.opened("up/f", masters[0]))
	assert.NotEqual(t, before, w.dataKey("up/f", masters[0]))
	head, err = w.bucket.Head(t.Context(), "up/f", cos.GetOptions{})
	require.NoError(t, err)
	assert.Equal(t, "me", head.Headers.Meta["who"])
	assert.Equal(t, "20", head.Headers.Meta["cosmander-cse-size"])

	_, err = Revealed{w.bucket, nil}.Put(t.Context(), "up/f", cos.Body{ReaderAt: bytes.NewReader(text), Size: int64(len(text))}, h)
	var wrong *cse.WrongKeyError
	require.ErrorAs(t, err, &wrong, "without the key nothing is written in the clear")
	assert.Equal(t, text, w.opened("up/f", masters[0]))
}

func TestWhole_VerifiesWhatWasWrittenToItInAnyPieces(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	want := w.sealedObject("f", 2*cse.LeafSize+3)
	head, err := w.bucket.Head(t.Context(), "up/f", cos.GetOptions{})
	require.NoError(t, err)
	secret, err := Unseal(keyring(), head)
	require.NoError(t, err)
	assert.Equal(t, "aes", secret.Key)
	assert.True(t, secret.Checked)
	stored := w.stored("up/f")
	for _, piece := range []int{777, cse.LeafSize, len(stored)} {
		var out bytes.Buffer
		whole := secret.Whole(head.Size, &out)
		for rest := stored; len(rest) > 0; rest = rest[min(piece, len(rest)):] {
			_, err := whole.Write(rest[:min(piece, len(rest))])
			require.NoError(t, err)
		}
		require.NoError(t, whole.Verify())
		same(t, want, out.Bytes())
	}
	whole := secret.Whole(head.Size, io.Discard)
	_, err = whole.Write(stored[:len(stored)-1])
	require.NoError(t, err)
	require.Error(t, whole.Verify(), "the last byte is missing")
	kid, yes := Encrypted(head)
	assert.True(t, yes)
	assert.Equal(t, secret.KID(), kid)
}
