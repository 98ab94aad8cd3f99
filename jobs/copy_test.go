package jobs

import (
	"bytes"
	"strings"
	"testing"

	"cosmander/cos"
	"cosmander/cos/emulator"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const otherBucket = "other-1250000000"

// copies is a job that copies keys and prefixes below "to/" of the same bucket.
func (w *world) copies(keys ...string) Spec {
	s := Spec{Kind: Copy, Dest: Place{Bucket: bucketName, Region: region, Key: "to/"}}
	for _, k := range keys {
		s.Sources = append(s.Sources, w.source(k))
	}
	return s
}

// inParts makes objects above 512 KiB be copied in parts of 1 MiB.
func inParts(c *Config) { c.CopyThreshold, c.CopyPartSize = 512*kib, partBytes }

// dressed puts an object that has everything an object can have.
func (w *world) dressed(key string, size int64) []byte {
	w.t.Helper()
	b := content64(uint64(size), size)
	_, err := w.bucket.Put(w.t.Context(), key, cos.Body{ReaderAt: bytes.NewReader(b), Size: size}, cos.Headers{
		ContentType: "text/x-odd", CacheControl: "no-cache", ContentDisposition: `attachment; filename="x"`,
		ContentLanguage: "zh", Expires: "Wed, 28 Oct 2037 20:30:00 GMT",
		StorageClass: "STANDARD_IA", Meta: map[string]string{"who": "me", "client-side-encryption-key": "wrapped"},
	})
	require.NoError(w.t, err)
	require.NoError(w.t, w.bucket.SetObjectTags(w.t.Context(), key, "", []cos.Tag{{Key: "k", Value: "v"}}))
	return b
}

// sameObject compares all that a copy takes over.
func (w *world) sameObject(from, to string) {
	w.t.Helper()
	a, err := w.bucket.Head(w.t.Context(), from, cos.GetOptions{})
	require.NoError(w.t, err)
	b, err := w.bucket.Head(w.t.Context(), to, cos.GetOptions{})
	require.NoError(w.t, err)
	assert.Equal(w.t, a.Headers, b.Headers)
	assert.Equal(w.t, a.CRC64, b.CRC64)
	tags, err := w.bucket.ObjectTags(w.t.Context(), to, "")
	require.NoError(w.t, err)
	assert.Equal(w.t, []cos.Tag{{Key: "k", Value: "v"}}, tags)
}

func TestCopy_CarriesHeadersMetadataClassAndTagsOver(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	small, big := w.dressed("small", 1000), w.dressed("big", 2*partBytes+7)
	q := w.open(inParts)
	j := finish(t, q, start(t, q, w.copies("small", "big")))
	require.Equal(t, Done, j.State, j.Reason)
	assert.Zero(t, j.Unverified)
	assert.Equal(t, int64(len(small)+len(big)), j.Bytes)
	assert.Equal(t, j.Bytes, j.BytesDone)
	same(t, small, w.stored("to/small"))
	same(t, big, w.stored("to/big"))
	w.sameObject("small", "to/small")
	w.sameObject("big", "to/big")
	assert.EqualValues(t, 1, w.server.Requests("CopyObject"), "one request up to the threshold")
	assert.EqualValues(t, 3, w.server.Requests("UploadPartCopy"))
	assert.Zero(t, w.server.Requests("GetObject")-2, "no byte came this way but the test's own look")
}

func TestCopy_OfAFolderIsOneJob(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	want := map[string][]byte{}
	for _, key := range []string{"d/a", "d/e/b", "d/e//c", "d/空/文", "d/big"} {
		size := int64(100)
		if key == "d/big" {
			size = partBytes + 1
		}
		want[key] = w.object(key, size)
	}
	w.put("d/empty/", nil)
	q := w.open(inParts)
	j := finish(t, q, start(t, q, w.copies("d/")))
	require.Equal(t, Done, j.State, j.Reason)
	assert.EqualValues(t, 6, j.ItemsDone)
	for key, b := range want {
		same(t, b, w.stored("to/"+key))
	}
	assert.NotNil(t, w.stored("to/d/empty/"))
}

func TestCopy_ToAnotherBucketAndRegion(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	other := w.bucket.Client().Bucket(otherBucket, "ap-beijing")
	w.createBucket("ap-beijing")
	want := w.object("k", 2*partBytes)
	q := w.open(inParts)
	s := w.copies("k")
	s.Dest = Place{Bucket: otherBucket, Region: "ap-beijing", Key: "x/"}
	s.Sources[0].Name = "renamed"
	j := finish(t, q, start(t, q, s))
	require.Equal(t, Done, j.State, j.Reason)
	head, err := other.Head(t.Context(), "x/renamed", cos.GetOptions{})
	require.NoError(t, err)
	assert.Equal(t, cos.CRC64(0, want), head.CRC64)
}

// createBucket makes the other bucket, in a region of its own.
func (w *world) createBucket(region string) {
	w.t.Helper()
	c, err := cos.New(cos.Config{Endpoint: w.endpoint, Region: region, Credentials: cos.Credentials{SecretID: "id", SecretKey: "key"}})
	require.NoError(w.t, err)
	defer c.CloseIdleConnections()
	require.NoError(w.t, c.CreateBucket(w.t.Context(), otherBucket))
}

func TestCopy_SkipsWhatIsThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.object("a", 10)
	w.object("b", 20)
	w.put("to/a", []byte("mine"))
	q := w.open()
	s := w.copies("a", "b")
	s.OnConflict = Skip
	j := finish(t, q, start(t, q, s))
	assert.Equal(t, Done, j.State)
	assert.EqualValues(t, 1, j.ItemsSkipped)
	assert.Equal(t, "mine", string(w.stored("to/a")))
	assert.Len(t, w.stored("to/b"), 20)
}

func TestCopy_RefusesItselfAndFoldersIntoThemselves(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	q := w.open()
	for name, change := range map[string]func(*Spec){
		"object onto itself":   func(s *Spec) { s.Sources, s.Dest.Key = []Source{w.source("to/k")}, "to/" },
		"renamed to itself":    func(s *Spec) { s.Sources = []Source{w.source("to/k")}; s.Sources[0].Name = "k" },
		"folder into itself":   func(s *Spec) { s.Sources = []Source{w.source("to/")} },
		"folder onto itself":   func(s *Spec) { s.Sources, s.Dest.Key = []Source{w.source("a/b/")}, "a/" },
		"contents into itself": func(s *Spec) { s.Sources = []Source{w.source("to/")}; s.Sources[0].Contents = true },
		"bucket into itself":   func(s *Spec) { s.Sources = []Source{w.source("")} },
		"from a path":          func(s *Spec) { s.Sources = []Source{{Place: Place{Path: "/x"}}} },
		"to a path":            func(s *Spec) { s.Dest = Place{Path: "/x"} },
		"to no folder":         func(s *Spec) { s.Dest.Key = "to" },
	} {
		s := w.copies("k")
		change(&s)
		_, err := q.Add(t.Context(), s)
		assert.Error(t, err, name)
	}
	assert.Empty(t, q.Snapshot().Jobs)
	s := w.copies("to/sub/")
	s.Dest.Key = "to/sub2/" // a prefix of the name, not of the folder
	_, err := q.Add(t.Context(), s)
	assert.NoError(t, err)
}

func TestCopy_NamesThatCannotBeKeysFailOneByOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	long := strings.Repeat("k", 849)
	w.object("d/ok", 10)
	w.put(long, []byte("1"))
	q := w.open()
	s := w.copies("d/", long)
	id := start(t, q, s)
	j := finish(t, q, id)
	assert.Equal(t, Failed, j.State)
	assert.EqualValues(t, 1, j.ItemsDone)
	assert.Contains(t, reasons(t, q, id)[long], "852 bytes")
}

func TestCopy_OfAnArchivedObjectSaysWhatToDo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := w.bucket.Put(t.Context(), "cold", cos.Body{}, cos.Headers{StorageClass: "ARCHIVE"})
	require.NoError(t, err)
	q := w.open()
	id := start(t, q, w.copies("cold"))
	assert.Equal(t, Failed, finish(t, q, id).State)
	assert.Contains(t, reasons(t, q, id)["cold"], "restore the object first")
}

func TestCopy_SourceThatChangesIsNotMixed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.cfg.Parts = 1
	w.object("big", 3*partBytes)
	once := newKiller()
	hook := func(int64) {
		if w.server.Requests("UploadPartCopy") == 1 {
			once.once.Do(func() { w.overwrite("big", 3*partBytes+1) })
		}
	}
	w.before.Store(&hook)
	q := w.open(inParts)
	id := start(t, q, w.copies("big"))
	j := finish(t, q, id)
	assert.Equal(t, Failed, j.State)
	assert.Contains(t, reasons(t, q, id)["big"], "changed while it was read")
	assert.Nil(t, w.stored("to/big"))
	assert.Zero(t, w.uploads(), "what had been copied is gone")
	require.NoError(t, q.Retry(t.Context(), id))
	assert.Equal(t, Done, finish(t, q, id).State)
	assert.Len(t, w.stored("to/big"), 3*partBytes+1)
}

// overwrite replaces an object without a request, from within one.
func (w *world) overwrite(key string, size int64) {
	b := content64(99, size)
	assert.NoError(w.t, w.server.Store(bucketName, key, bytes.NewReader(b), size, emulator.StoreOptions{}))
}

func TestCrash_CopyGoesOnFromEveryRequestAndCommit(t *testing.T) {
	t.Parallel()
	check := func(t *testing.T, request, commit int64) {
		w := newWorld(t)
		w.cfg.Parts = 1
		inParts(&w.cfg)
		big, small := w.dressed("d/big", 2*partBytes+7), w.dressed("d/small", 500)
		w.killed(w.copies("d/"), request, commit)
		jobs := w.resume()
		if commit == 1 {
			require.Empty(t, jobs, "the job was never on disk")
			return
		}
		for _, j := range jobs {
			assert.Equal(t, Done, j.State, j.Reason)
			assert.Zero(t, j.Unverified)
		}
		same(t, big, w.stored("to/d/big"))
		same(t, small, w.stored("to/d/small"))
		w.sameObject("d/big", "to/d/big")
		assert.Zero(t, w.uploads())
		assert.LessOrEqual(t, w.server.Requests("UploadPartCopy"), int64(4), "one part was in flight")
	}
	for n := int64(1); n <= 12; n++ {
		t.Run("request "+nth(int(n)), func(t *testing.T) { t.Parallel(); check(t, n, 0) })
		t.Run("commit "+nth(int(n)), func(t *testing.T) { t.Parallel(); check(t, 0, n) })
	}
}

func TestControl_CancelOfACopyAbortsItsUpload(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.cfg.Parts = 1
	w.object("big", 4*partBytes)
	w.server.Faults().Add(emulator.Fault{Op: "UploadPartCopy", After: 1, Stall: true})
	q := w.open(inParts)
	id := start(t, q, w.copies("big"))
	eventually(t, func() bool { return w.server.Requests("UploadPartCopy") >= 2 }, "the second part is asked for")
	require.NoError(t, q.Cancel(t.Context(), id))
	assert.Equal(t, Cancelled, job(t, q, id).State)
	assert.Zero(t, w.uploads())
	assert.Nil(t, w.stored("to/big"))
	assert.Equal(t, []string{"big"}, w.keys())
}
