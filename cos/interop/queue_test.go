package interop

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	sdk "github.com/tencentyun/cos-go-sdk-v5"

	"cosmander/cos"
	"cosmander/jobs"
)

// queue is our job queue on the lab's bucket.
func (l *lab) queue(t *testing.T) *jobs.Queue {
	t.Helper()
	client := l.client(t, directMode)
	q, err := jobs.Open(t.Context(), jobs.Config{
		Journal: filepath.Join(t.TempDir(), "jobs.db"), Account: "interop",
		Bucket: func(name, region string) (*cos.Bucket, error) { return client.Bucket(name, region), nil },
	})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, q.Close()) })
	return q
}

// done runs a job to its end, which has to be a good one.
func done(t *testing.T, q *jobs.Queue, s jobs.Spec) {
	t.Helper()
	ids, err := q.Add(t.Context(), s)
	require.NoError(t, err)
	require.NoError(t, q.Wait(t.Context(), ids...))
	for _, j := range q.Snapshot().Jobs {
		if j.ID == ids[0] {
			require.Equal(t, jobs.Done, j.State, j.Reason)
			assert.Zero(t, j.Unverified)
		}
	}
}

func inBucket(key string) jobs.Place {
	return jobs.Place{Bucket: bucketName, Region: region, Key: key}
}

// TestQueue_AppendsAreReadByTheGoSDK: an append of ours, one of theirs, and one
// of ours behind it.
func TestQueue_AppendsAreReadByTheGoSDK(t *testing.T) {
	l := newLab(t)
	q, c := l.queue(t), l.sdk(t, directMode)
	file := filepath.Join(t.TempDir(), "f")
	require.NoError(t, os.WriteFile(file, []byte("from a file\n"), 0o600))
	add := func(src jobs.Source) {
		src.Name = "旅行.log"
		done(t, q, jobs.Spec{Kind: jobs.Append, Sources: []jobs.Source{src}, Dest: inBucket("log/")})
	}
	add(jobs.Source{Text: "typed\n"})
	next, _, err := c.Object.Append(t.Context(), "log/旅行.log", 6, bytes.NewReader([]byte("theirs\n")), nil)
	require.NoError(t, err)
	assert.Equal(t, 13, next)
	add(jobs.Source{Place: jobs.Place{Path: file}})

	want := "typed\ntheirs\nfrom a file\n"
	answer, err := c.Object.Get(t.Context(), "log/旅行.log", nil)
	require.NoError(t, err)
	defer answer.Body.Close()
	got, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	assert.Equal(t, want, string(got))
	assert.Equal(t, "appendable", answer.Header.Get("x-cos-object-type"))
	assert.Equal(t, strconv.FormatUint(cos.CRC64(0, []byte(want)), 10), answer.Header.Get("x-cos-hash-crc64ecma"))
}

// TestQueue_GoesOnWithAnUploadOfTheGoSDK adopts one that the SDK began, aborts
// another one, and lets the SDK see what is left.
func TestQueue_GoesOnWithAnUploadOfTheGoSDK(t *testing.T) {
	l := newLab(t)
	q, c := l.queue(t), l.sdk(t, directMode)
	data := bytes.Repeat([]byte("0123456789abcdef"), 3<<16) // 3 MiB
	file := filepath.Join(t.TempDir(), "f.bin")
	require.NoError(t, os.WriteFile(file, data, 0o600))
	begin := func(key string) string {
		res, _, err := c.Object.InitiateMultipartUpload(t.Context(), key, nil)
		require.NoError(t, err)
		_, err = c.Object.UploadPart(t.Context(), key, res.UploadID, 1, bytes.NewReader(data[:1<<20]), nil)
		require.NoError(t, err)
		return res.UploadID
	}
	mine, other := begin("up/f.bin"), begin("up/other")
	done(t, q, jobs.Spec{Kind: jobs.Upload, Dest: inBucket("up/"), Sources: []jobs.Source{
		{Place: jobs.Place{Path: file}, Name: "f.bin", UploadID: mine},
	}})
	done(t, q, jobs.Spec{Kind: jobs.Abort, Sources: []jobs.Source{{Place: inBucket("up/other"), UploadID: other}}})

	answer, err := c.Object.Get(t.Context(), "up/f.bin", nil)
	require.NoError(t, err)
	defer answer.Body.Close()
	got, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	assert.True(t, bytes.Equal(data, got))
	assert.Regexp(t, `-3"$`, answer.Header.Get("ETag"), "the SDK's part and two of ours")
	list, _, err := c.Bucket.ListMultipartUploads(t.Context(), &sdk.ListMultipartUploadsOptions{})
	require.NoError(t, err)
	assert.Empty(t, list.Uploads)
}
