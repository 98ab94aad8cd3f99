package cse

import (
	"maps"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func aesKey(t *testing.T, first byte) *AESKey {
	t.Helper()
	k, err := newAESKey(sequence(first, 32))
	require.NoError(t, err)
	return k
}

func sealedMeta(t *testing.T) map[string]string {
	t.Helper()
	e, err := Seal(aesKey(t, 0), NewDataKey(), 80, make([]byte, macSize))
	require.NoError(t, err)
	return e.Meta()
}

func TestDetect_ReadsBackWhatSealWrote(t *testing.T) {
	t.Parallel()
	for name, mac := range map[string][]byte{"with checksum": sequence(9, macSize), "without": nil} {
		want, err := Seal(aesKey(t, 0), NewDataKey(), 1<<40, mac)
		require.NoError(t, err, name)
		got, encrypted, err := Detect(want.Meta())
		require.NoError(t, err, name)
		assert.True(t, encrypted, name)
		assert.Equal(t, want, got, name)
	}
}

func TestDetect_PlainMetadataIsNotEncrypted(t *testing.T) {
	t.Parallel()
	for _, meta := range []map[string]string{nil, {"author": "somebody", "encryption": "none", "cosmander": "x"}} {
		_, encrypted, err := Detect(meta)
		require.NoError(t, err)
		assert.False(t, encrypted)
	}
}

func TestDetect_IgnoresCaseOfNames(t *testing.T) {
	t.Parallel()
	_, encrypted, err := Detect(map[string]string{"Client-Side-Encryption-Key": "AAAA"})
	assert.True(t, encrypted)
	require.ErrorIs(t, err, ErrDamaged)
}

func TestDetect_DamagedEnvelopeIsNeverPlain(t *testing.T) {
	t.Parallel()
	for name, damage := range map[string]func(meta map[string]string){
		"key gone":             func(m map[string]string) { delete(m, nameKey) },
		"iv gone":              func(m map[string]string) { delete(m, nameIV) },
		"both gone":            func(m map[string]string) { delete(m, nameKey); delete(m, nameIV) },
		"key empty":            func(m map[string]string) { m[nameKey] = "" },
		"key not base64":       func(m map[string]string) { m[nameKey] = "%%%" },
		"key cut":              func(m map[string]string) { m[nameKey] = m[nameKey][:40] },
		"iv of the wrong size": func(m map[string]string) { m[nameIV] = "AAAA" },
		"values exchanged":     func(m map[string]string) { m[nameKey], m[nameIV] = m[nameIV], m[nameKey] },
		"version gone":         func(m map[string]string) { delete(m, nameVersion) },
		"kid gone":             func(m map[string]string) { delete(m, nameKID) },
		"kid not hex":          func(m map[string]string) { m[nameKID] = "somebodys key is" },
		"kid too short":        func(m map[string]string) { m[nameKID] = "00ff" },
		"kid in capitals":      func(m map[string]string) { m[nameKID] = "ABCDEFABCDEFABCD" },
		"size gone":            func(m map[string]string) { delete(m, nameSize) },
		"size negative":        func(m map[string]string) { m[nameSize] = "-1" },
		"size with a sign":     func(m map[string]string) { m[nameSize] = "+80" },
		"size too large":       func(m map[string]string) { m[nameSize] = "99999999999999999999" },
		"mac not base64":       func(m map[string]string) { m[nameMAC] = "!" },
		"mac cut":              func(m map[string]string) { m[nameMAC] = "AAAA" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			meta := sealedMeta(t)
			damage(meta)
			e, encrypted, err := Detect(meta)
			require.ErrorIs(t, err, ErrDamaged)
			assert.True(t, encrypted)
			assert.Zero(t, e)
		})
	}
}

func TestDetect_NamesTheFormatsItDoesNotRead(t *testing.T) {
	t.Parallel()
	foreign := func(wrap, cek string) map[string]string {
		return map[string]string{nameKey: "QUFB", nameStart: "QUFB", nameWrapAlg: wrap, nameCEKAlg: cek}
	}
	newer := sealedMeta(t)
	newer[nameVersion] = "2"
	mixed := sealedMeta(t)
	mixed[nameCEKAlg] = "AES/CTR/NoPadding"
	for name, c := range map[string]struct {
		meta map[string]string
		want string
	}{
		"Go SDK":          {foreign("KMS/TencentCloud", "AES/CTR/NoPadding"), "encrypted with a key held in Tencent KMS; cosmander cannot unwrap it"},
		"Java GCM, KMS":   {foreign("KMS/TencentCloud", "AES/GCM/NoPadding"), "encrypted with a key held in Tencent KMS; cosmander cannot unwrap it"},
		"Java GCM":        {foreign("AESWrap", "AES/GCM/NoPadding"), "encrypted by the Java SDK in AES-GCM mode; not supported, use the Java SDK"},
		"Java CBC":        {foreign("RSA/ECB/OAEPWithSHA-256AndMGF1Padding", "AES/CBC/PKCS5Padding"), "encrypted by the Java SDK in AES-CBC mode; not supported, use the Java SDK"},
		"unknown wrap":    {foreign("RSA/ECB/PKCS1Padding", "AES/CTR/NoPadding"), "encrypted by another SDK in an unknown way; not supported"},
		"unknown content": {foreign("AESWrap", "ChaCha20"), "encrypted by another SDK in an unknown way; not supported"},
		"unknown pair":    {mixed, "encrypted by another SDK in an unknown way; not supported"},
		"legacy key":      {map[string]string{"x-cos-key-v2": "x"}, errLegacy.Reason},
		"legacy iv":       {map[string]string{"x-cos-iv": "x"}, errLegacy.Reason},
		"newer cosmander": {newer, "written by a newer cosmander"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, encrypted, err := Detect(c.meta)
			assert.True(t, encrypted)
			var unsupported *UnsupportedError
			require.ErrorAs(t, err, &unsupported)
			assert.EqualError(t, err, c.want)
		})
	}
	for what, meta := range map[string]map[string]string{
		"start without algorithms": {nameKey: "QUFB", nameStart: "QUFB"},
		"lengths, AES":             foreign("AESWrap", "AES/CTR/NoPadding"),
		"lengths, RSA":             foreign("RSA/ECB/OAEPWithSHA-256AndMGF1Padding", "AES/CTR/NoPadding"),
	} {
		_, encrypted, err := Detect(meta)
		require.ErrorIs(t, err, ErrDamaged, what)
		require.True(t, encrypted, what)
	}
}

func TestOpen_WrongKeyNamesBothFingerprints(t *testing.T) {
	t.Parallel()
	right, wrong := aesKey(t, 0), aesKey(t, 1)
	e, err := Seal(right, NewDataKey(), 80, nil)
	require.NoError(t, err)
	_, err = e.Open(wrong, 80)
	var wrongKey *WrongKeyError
	require.ErrorAs(t, err, &wrongKey)
	assert.Equal(t, WrongKeyError{Object: right.KID(), Yours: wrong.KID()}, *wrongKey)
	assert.ErrorContains(t, err, right.KID())
	assert.ErrorContains(t, err, wrong.KID())
}

func TestOpen_CutOrExtendedObjectIsTampered(t *testing.T) {
	t.Parallel()
	e, err := Seal(aesKey(t, 0), NewDataKey(), 80, nil)
	require.NoError(t, err)
	for _, stored := range []int64{0, 79, 81} {
		_, err = e.Open(aesKey(t, 0), stored)
		require.ErrorIs(t, err, ErrTampered)
	}
	_, err = e.Open(aesKey(t, 0), -1)
	require.NoError(t, err)
}

func TestSeal_RefusesImpossibleSizes(t *testing.T) {
	t.Parallel()
	_, err := Seal(aesKey(t, 0), NewDataKey(), -1, nil)
	require.Error(t, err)
	_, err = Seal(aesKey(t, 0), NewDataKey(), 1, []byte("short"))
	require.Error(t, err)
}

func TestCarried_CoversEveryNameOfEveryFormat(t *testing.T) {
	t.Parallel()
	for name := range maps.Keys(sealedMeta(t)) {
		assert.True(t, Carried(name), name)
	}
	assert.True(t, Carried("Client-Side-Encryption-Matdesc"))
	assert.False(t, Carried("author"))
}

func FuzzDetect_NeverTakesHalfAnEnvelopeForAWholeOne(f *testing.F) {
	f.Fuzz(func(t *testing.T, key, iv, version, kid, size, mac string) {
		meta := map[string]string{}
		for name, value := range map[string]string{
			nameKey: key, nameIV: iv, nameVersion: version, nameKID: kid, nameSize: size, nameMAC: mac,
		} {
			if value != "" {
				meta[name] = value
			}
		}
		e, encrypted, err := Detect(meta)
		require.Equal(t, len(meta) > 0, encrypted)
		if err != nil || !encrypted {
			require.Zero(t, e)
			return
		}
		require.True(t, e.byAES() || e.byRSA())
		require.Equal(t, meta, e.Meta(), "what was accepted is written back unchanged")
	})
}
