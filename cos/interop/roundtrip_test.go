package interop

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	sdk "github.com/tencentyun/cos-go-sdk-v5"

	"cosmander/cos"
)

// oddKeys are names that encoders, signers and XML readers get wrong.
var oddKeys = []string{
	"plain.txt",
	"a b/中文+~!*'().txt",
	"100%/%2F%41.txt",
	"amp&eq=q?hash#semi;colon:at@comma,dollar$",
	"dir//double//slash",
	"folder/",
	"quote\"<tag>&amp;.xml",
	"back\\slash",
	"trailing space ",
	"emoji \U0001F468\u200d\U0001F469\u200d\U0001F467/e\u0301.png", // a joined family; e with a combining accent
	"tab\tand\nnewline",
	"dots/.hidden/..three...",
	strings.Repeat("long/", 169) + "12345", // 850 bytes, the limit
}

// content is a few bytes that differ from key to key.
func content(key string, size int) []byte {
	sum := sha256.Sum256([]byte(key))
	return bytes.Repeat(sum[:], size/len(sum)+1)[:size]
}

func body(b []byte) cos.Body { return cos.Body{ReaderAt: bytes.NewReader(b), Size: int64(len(b))} }

// client is the little that both clients can do.
type client struct {
	put    func(t *testing.T, key string, b []byte)
	get    func(t *testing.T, key string) []byte
	remove func(t *testing.T, key string)
	list   func(t *testing.T, prefix, delimiter string, page int) (keys, prefixes []string)
	head   func(t *testing.T, key string) (size int64, etag, crc string)
}

func oursClient(b *cos.Bucket) client {
	return client{
		put: func(t *testing.T, key string, content []byte) {
			_, err := b.Put(t.Context(), key, body(content), cos.Headers{})
			require.NoError(t, err, "%q", key)
		},
		get: func(t *testing.T, key string) []byte {
			o, err := b.Get(t.Context(), key, cos.GetOptions{})
			require.NoError(t, err, "%q", key)
			defer o.Body.Close()
			got, err := io.ReadAll(o.Body)
			require.NoError(t, err, "%q", key)
			return got
		},
		remove: func(t *testing.T, key string) {
			_, err := b.Delete(t.Context(), key, "")
			require.NoError(t, err, "%q", key)
		},
		list: func(t *testing.T, prefix, delimiter string, page int) (keys, prefixes []string) {
			for p, err := range b.Pages(t.Context(), cos.ListOptions{Prefix: prefix, Delimiter: delimiter, MaxKeys: page}) {
				require.NoError(t, err)
				for _, o := range p.Objects {
					keys = append(keys, o.Key)
				}
				prefixes = append(prefixes, p.Prefixes...)
			}
			return keys, prefixes
		},
		head: func(t *testing.T, key string) (int64, string, string) {
			h, err := b.Head(t.Context(), key, cos.GetOptions{})
			require.NoError(t, err, "%q", key)
			require.True(t, h.HasCRC64)
			return h.Size, h.ETag, fmt.Sprint(h.CRC64)
		},
	}
}

func sdkClient(c *sdk.Client) client {
	return client{
		put: func(t *testing.T, key string, content []byte) {
			_, err := c.Object.Put(t.Context(), key, bytes.NewReader(content), nil)
			require.NoError(t, err, "%q", key)
		},
		get: func(t *testing.T, key string) []byte {
			resp, err := c.Object.Get(t.Context(), key, nil)
			require.NoError(t, err, "%q", key)
			defer resp.Body.Close()
			got, err := io.ReadAll(resp.Body)
			require.NoError(t, err, "%q", key)
			return got
		},
		remove: func(t *testing.T, key string) {
			_, err := c.Object.Delete(t.Context(), key)
			require.NoError(t, err, "%q", key)
		},
		list: func(t *testing.T, prefix, delimiter string, page int) (keys, prefixes []string) {
			return sdkList(t, c, prefix, delimiter, page)
		},
		head: func(t *testing.T, key string) (int64, string, string) {
			resp, err := c.Object.Head(t.Context(), key, nil)
			require.NoError(t, err, "%q", key)
			return resp.ContentLength, strings.Trim(resp.Header.Get("ETag"), `"`), resp.Header.Get("x-cos-hash-crc64ecma")
		},
	}
}

func sdkList(t *testing.T, c *sdk.Client, prefix, delimiter string, page int) (keys, prefixes []string) {
	t.Helper()
	decode := func(s string) string {
		decoded, err := sdk.DecodeURIComponent(s)
		require.NoError(t, err)
		return decoded
	}
	marker := ""
	for {
		r, _, err := c.Bucket.Get(t.Context(), &sdk.BucketGetOptions{
			Prefix: prefix, Delimiter: delimiter, Marker: marker, MaxKeys: page, EncodingType: "url",
		})
		require.NoError(t, err)
		for _, o := range r.Contents {
			keys = append(keys, decode(o.Key))
		}
		for _, p := range r.CommonPrefixes {
			prefixes = append(prefixes, decode(p))
		}
		if !r.IsTruncated {
			return keys, prefixes
		}
		require.NotEqual(t, marker, r.NextMarker)
		marker = decode(r.NextMarker)
	}
}

// eachPair runs a test with the SDK and our client in both roles and modes.
func eachPair(t *testing.T, test func(t *testing.T, writer, reader client)) {
	t.Helper()
	for _, m := range []mode{proxyMode, directMode} {
		for _, sdkWrites := range []bool{true, false} {
			name := fmt.Sprintf("%s mode, SDK writes and ours reads", m)
			if !sdkWrites {
				name = fmt.Sprintf("%s mode, ours writes and the SDK reads", m)
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				l := newLab(t)
				writer, reader := sdkClient(l.sdk(t, m)), oursClient(l.bucket(t, m))
				if !sdkWrites {
					writer, reader = reader, writer
				}
				test(t, writer, reader)
			})
		}
	}
}

func TestOddKeys_SurviveTheTripBetweenClients(t *testing.T) {
	t.Parallel()
	eachPair(t, func(t *testing.T, writer, reader client) {
		for i, key := range oddKeys {
			want := content(key, 100*i) // the first is empty
			writer.put(t, key, want)
			assert.Equal(t, want, append([]byte{}, reader.get(t, key)...), "%q", key)
			size, etag, crc := reader.head(t, key)
			wantSize, wantETag, wantCRC := writer.head(t, key)
			assert.Equal(t, []any{wantSize, wantETag, wantCRC}, []any{size, etag, crc}, "%q", key)
			assert.EqualValues(t, len(want), size)
		}
		want := slices.Sorted(slices.Values(oddKeys))
		for _, page := range []int{1, 4, 1000} {
			keys, prefixes := reader.list(t, "", "", page)
			assert.Equal(t, want, keys, "pages of %d", page)
			assert.Empty(t, prefixes)
		}
		for i, key := range oddKeys {
			client := []client{writer, reader}[i%2]
			client.remove(t, key)
		}
		keys, _ := writer.list(t, "", "", 1000)
		assert.Empty(t, keys)
	})
}

func TestDelimiter_GroupsAlikeForBothClients(t *testing.T) {
	t.Parallel()
	eachPair(t, func(t *testing.T, writer, reader client) {
		for _, key := range oddKeys {
			writer.put(t, key, nil)
		}
		for _, page := range []int{1, 2, 1000} {
			for _, prefix := range []string{"", "dir/", "dir//", "a b/中", "100%/%", "folder/", "nothing/"} {
				keys, prefixes := reader.list(t, prefix, "/", page)
				wantKeys, wantPrefixes := writer.list(t, prefix, "/", page)
				assert.Equal(t, wantKeys, keys, "%q in pages of %d", prefix, page)
				assert.Equal(t, wantPrefixes, prefixes, "%q in pages of %d", prefix, page)
			}
		}
		keys, prefixes := reader.list(t, "", "/", 1000)
		assert.Contains(t, keys, "plain.txt")
		assert.Equal(t, []string{"100%/", "a b/", "dir/", "dots/", "emoji \U0001F468\u200d\U0001F469\u200d\U0001F467/", "folder/", "long/"}, prefixes)
	})
}

func TestBuckets_MadeByOneAreListedByTheOther(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	ours, theirs := l.client(t, proxyMode), l.sdk(t, proxyMode)
	require.NoError(t, ours.CreateBucket(t.Context(), "made-by-ours-1250000000"))
	require.NoError(t, ours.CreateBucketIn(t.Context(), "in-region-1250000000", region))
	// The SDK makes the bucket that its BucketURL names.
	url, err := sdk.NewBucketURL("made-by-sdk-1250000000", region, false)
	require.NoError(t, err)
	theirs.BaseURL.BucketURL = url
	_, err = theirs.Bucket.Put(t.Context(), nil)
	require.NoError(t, err)

	want := []string{bucketName, "in-region-1250000000", "made-by-ours-1250000000", "made-by-sdk-1250000000"}
	var names []string
	buckets, err := ours.ListBuckets(t.Context())
	require.NoError(t, err)
	for _, b := range buckets {
		names = append(names, b.Name)
		assert.Equal(t, region, b.Region)
		assert.False(t, b.Created.IsZero())
	}
	assert.ElementsMatch(t, want, names)
	listed, _, err := theirs.Service.Get(t.Context())
	require.NoError(t, err)
	names = nil
	for _, b := range listed.Buckets {
		names = append(names, b.Name)
		assert.Equal(t, region, b.Region)
	}
	assert.ElementsMatch(t, want, names)
}

func TestMultipart_UploadOfTheSDKIsReadByOurs(t *testing.T) {
	t.Parallel()
	for _, m := range []mode{proxyMode, directMode} {
		t.Run(string(m), func(t *testing.T) {
			t.Parallel()
			l := newLab(t)
			want := content("multipart", 5<<20+7)
			source := filepath.Join(t.TempDir(), "source")
			require.NoError(t, os.WriteFile(source, want, 0o600))
			const key = "multi part/中文+.bin"
			_, _, err := l.sdk(t, m).Object.Upload(t.Context(), key, source, &sdk.MultiUploadOptions{PartSize: 1, ThreadPoolSize: 3})
			require.NoError(t, err)

			ours := l.bucket(t, m)
			assert.Equal(t, digest(want), digest(oursClient(ours).get(t, key)))
			h, err := ours.Head(t.Context(), key, cos.GetOptions{})
			require.NoError(t, err)
			assert.True(t, strings.HasSuffix(h.ETag, "-6"), "six parts: %s", h.ETag)
			o, err := ours.Get(t.Context(), key, cos.GetOptions{Range: &cos.ByteRange{Offset: 1<<20 - 3, Length: 7}, Conditions: cos.Conditions{IfMatch: h.ETag}})
			require.NoError(t, err)
			defer o.Body.Close()
			part, err := io.ReadAll(o.Body)
			require.NoError(t, err)
			assert.Equal(t, want[1<<20-3:][:7], part)

			target := filepath.Join(t.TempDir(), "target")
			_, err = l.sdk(t, m).Object.Download(t.Context(), key, target, &sdk.MultiDownloadOptions{PartSize: 1, ThreadPoolSize: 3})
			require.NoError(t, err)
			got, err := os.ReadFile(target)
			require.NoError(t, err)
			assert.Equal(t, digest(want), digest(got))
		})
	}
}

func digest(b []byte) string { return fmt.Sprintf("%d bytes, %x", len(b), sha256.Sum256(b)) }

func TestMultipart_BegunByOneIsContinuedAndEndedByTheOther(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	ours, theirs := l.bucket(t, proxyMode), l.sdk(t, proxyMode)
	const key = "shared/~upload.bin"
	parts := [][]byte{content("1", 1<<20), content("2", 1<<20), content("3", 5)}
	id, err := ours.InitiateUpload(t.Context(), key, cos.Headers{ContentType: "text/x-interop", Meta: map[string]string{"who": "ours"}})
	require.NoError(t, err)
	_, err = theirs.Object.UploadPart(t.Context(), key, id, 1, bytes.NewReader(parts[0]), nil)
	require.NoError(t, err)
	_, err = ours.UploadPart(t.Context(), key, id, 2, body(parts[1]))
	require.NoError(t, err)
	_, err = theirs.Object.UploadPart(t.Context(), key, id, 3, bytes.NewReader(parts[2]), nil)
	require.NoError(t, err)

	mine, err := ours.AllParts(t.Context(), key, id)
	require.NoError(t, err)
	their, _, err := theirs.Object.ListParts(t.Context(), key, id, nil)
	require.NoError(t, err)
	require.Len(t, mine, 3)
	require.Len(t, their.Parts, 3)
	complete := &sdk.CompleteMultipartUploadOptions{}
	for i, p := range mine {
		assert.Equal(t, p.Number, their.Parts[i].PartNumber)
		assert.Equal(t, p.ETag, strings.Trim(their.Parts[i].ETag, `"`))
		assert.Equal(t, p.Size, their.Parts[i].Size)
		complete.Parts = append(complete.Parts, sdk.Object{PartNumber: p.Number, ETag: p.ETag})
	}
	open, _, err := theirs.Object.ListUploads(t.Context(), nil)
	require.NoError(t, err)
	require.Len(t, open.Upload, 1)
	assert.Equal(t, id, open.Upload[0].UploadID)
	assert.Equal(t, key, open.Upload[0].Key)

	_, _, err = theirs.Object.CompleteMultipartUpload(t.Context(), key, id, complete)
	require.NoError(t, err)
	assert.Equal(t, digest(bytes.Join(parts, nil)), digest(oursClient(ours).get(t, key)))
	resp, err := theirs.Object.Head(t.Context(), key, nil)
	require.NoError(t, err)
	assert.Equal(t, "ours", resp.Header.Get("x-cos-meta-who"))
	assert.Equal(t, "text/x-interop", resp.Header.Get("Content-Type"))
}

func TestMultipart_AbortedByOneIsGoneForTheOther(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	ours, theirs := l.bucket(t, proxyMode), l.sdk(t, proxyMode)
	begun, _, err := theirs.Object.InitiateMultipartUpload(t.Context(), "gone", nil)
	require.NoError(t, err)
	page, err := ours.ListUploads(t.Context(), cos.UploadsOptions{})
	require.NoError(t, err)
	require.Len(t, page.Uploads, 1)
	assert.Equal(t, begun.UploadID, page.Uploads[0].UploadID)
	require.NoError(t, ours.AbortUpload(t.Context(), "gone", begun.UploadID))
	_, _, err = theirs.Object.ListParts(t.Context(), "gone", begun.UploadID, nil)
	assertRefusal(t, err, http.StatusNotFound, "NoSuchUpload")
}

func TestErrors_ReachTheSDKInItsOwnTerms(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	theirs := l.sdk(t, proxyMode)
	_, err := theirs.Object.Get(t.Context(), "missing", nil)
	assertRefusal(t, err, http.StatusNotFound, "NoSuchKey")
	_, err = theirs.Object.Head(t.Context(), "missing", nil)
	assert.True(t, sdk.IsNotFoundError(err))

	wrong := l.sdk(t, proxyMode)
	wrong.BaseURL.BucketURL.Host = strings.Replace(bucketHost, "interop", "nobody", 1)
	_, _, err = wrong.Bucket.Get(t.Context(), nil)
	assertRefusal(t, err, http.StatusNotFound, "NoSuchBucket")

	l.secret = "another key"
	_, _, err = l.sdk(t, proxyMode).Bucket.Get(t.Context(), nil)
	assertRefusal(t, err, http.StatusForbidden, "SignatureDoesNotMatch")
}

func assertRefusal(t *testing.T, err error, status int, code string) {
	t.Helper()
	var refusal *sdk.ErrorResponse
	require.ErrorAs(t, err, &refusal)
	assert.Equal(t, status, refusal.Response.StatusCode)
	assert.Equal(t, code, refusal.Code)
	assert.NotEmpty(t, refusal.RequestID)
	assert.NotEmpty(t, refusal.TraceID)
}
