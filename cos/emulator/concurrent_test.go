package emulator_test

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos/emulator"
)

// whole reports that a body is one writer's and not a mix of two.
func whole(body string) bool { return body != "" && strings.Count(body, body[:1]) == len(body) }

// sizes are below and above what the index keeps itself.
var sizes = []int{1000, 100_000}

func TestConcurrent_TwoWritersOfOneKeyLeaveOneOfThem(t *testing.T) {
	t.Parallel()
	for _, versioning := range []string{"", "Enabled", "Suspended"} {
		for _, size := range sizes {
			t.Run(fmt.Sprint(versioning, size), func(t *testing.T) {
				t.Parallel()
				c := start(t)
				if versioning != "" {
					c.setVersioning(versioning)
				}
				for range 15 {
					var wg sync.WaitGroup
					for _, letter := range []string{"a", "b"} {
						wg.Go(func() { c.put("k", strings.Repeat(letter, size)) })
					}
					wg.Wait()
					a := c.get("k")
					require.Len(t, a.body, size)
					require.True(t, whole(string(a.body)))
					require.Equal(t, crcOf(string(a.body)), a.header.Get(crcHeader))
				}
				kept := map[string]int{"": 1, "Enabled": 30, "Suspended": 1}[versioning]
				assert.Len(t, c.listVersions("").versions, kept)
				if size > 4096 {
					assert.Equal(t, kept, c.files())
				}
			})
		}
	}
}

func TestConcurrent_ReaderSeesTheOldOrTheNewObject(t *testing.T) {
	t.Parallel()
	c := start(t)
	for _, size := range sizes {
		c.put("k", strings.Repeat("0", size))
		var ended atomic.Bool
		var readers sync.WaitGroup
		for range 4 {
			readers.Go(func() {
				for !ended.Load() {
					a := c.get("k")
					if !assert.Equal(t, 200, a.status) || !assert.True(t, whole(string(a.body))) ||
						!assert.Equal(t, crcOf(string(a.body)), a.header.Get(crcHeader), "headers and body are of one object") {
						return
					}
				}
			})
		}
		for i := range 40 {
			c.put("k", strings.Repeat(string(rune('a'+i%26)), size+i))
		}
		ended.Store(true)
		readers.Wait()
	}
}

func TestConcurrent_CopyTakesTheOldOrTheNewSource(t *testing.T) {
	t.Parallel()
	c := start(t)
	for _, size := range sizes {
		c.put("k", strings.Repeat("0", size))
		var ended atomic.Bool
		var writer sync.WaitGroup
		writer.Go(func() {
			for i := 0; !ended.Load(); i++ {
				c.put("k", strings.Repeat(string(rune('a'+i%26)), size+i%7))
			}
		})
		for range 60 {
			a := c.do("PUT", "/copy", "", copySource, testHost+"/k")
			require.Equal(t, 200, a.status, string(a.body))
			got := c.get("copy")
			require.True(t, whole(string(got.body)))
			require.Equal(t, a.find("CRC64"), crcOf(string(got.body)))
		}
		ended.Store(true)
		writer.Wait()
	}
	c.server.Faults().Add(emulator.Fault{Op: "CopyObject", Spaces: 100 * time.Millisecond})
	var copying sync.WaitGroup
	copying.Go(func() {
		a := c.do("PUT", "/copy", "", copySource, testHost+"/k")
		assert.Equal(t, "CopyObjectResult", rootOf(a.body))
	})
	for range 20 {
		c.put("k", "overwritten")
	}
	copying.Wait()
}

// rootOf returns the name of a document's root element.
func rootOf(doc []byte) string {
	name, _, _ := strings.Cut(strings.TrimSpace(string(doc)), ">")
	return strings.TrimPrefix(name, "<")
}

func TestConcurrent_BucketMadeBesideItsDeletionIsThere(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.host = "fresh-1250000000.cos.ap-guangzhou.myqcloud.com"
	for range 150 {
		var made, gone answer
		var wg sync.WaitGroup
		c.do("PUT", "/", "")
		wg.Go(func() { gone = c.do("DELETE", "/", "") })
		wg.Go(func() { made = c.do("PUT", "/", "") })
		wg.Wait()
		require.Equal(t, 204, gone.status)
		if made.status == 200 {
			require.Equal(t, 200, c.do("HEAD", "/", "").status)
		}
	}
}

func TestConcurrent_CompleteBesideAbortIsOneOfTheTwo(t *testing.T) {
	t.Parallel()
	c := start(t)
	for i := range 30 {
		key := fmt.Sprint("k", i)
		id := c.initiate(key)
		etag := c.part(key, id, 1, strings.Repeat("p", 10_000))
		var completed, aborted answer
		var wg sync.WaitGroup
		wg.Go(func() { completed = c.complete(key, id, 1, etag) })
		wg.Go(func() { aborted = c.do("DELETE", path(key)+"?uploadId="+id, "") })
		wg.Wait()
		if completed.status == 200 {
			assert.Equal(t, "NoSuchUpload", aborted.code())
			assert.Len(t, c.get(key).body, 10_000)
			continue
		}
		assert.Equal(t, "NoSuchUpload", completed.code())
		assert.Equal(t, 204, aborted.status)
		assert.Equal(t, 404, c.get(key).status)
	}
	assert.Equal(t, len(c.list("").keys), c.files(), "parts that were aborted are gone")
	assert.Empty(t, c.do("GET", "/?uploads", "").all("UploadId"))
}

func TestConcurrent_CompleteTwiceMakesOneObject(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.setVersioning("Enabled")
	id := c.initiate("k")
	etag := c.part("k", id, 1, "part")
	var wg sync.WaitGroup
	var good atomic.Int32
	for range 4 {
		wg.Go(func() {
			if a := c.complete("k", id, 1, etag); a.status == 200 {
				good.Add(1)
			} else {
				assert.Equal(t, "NoSuchUpload", a.code())
			}
		})
	}
	wg.Wait()
	assert.EqualValues(t, 1, good.Load())
	assert.Len(t, c.listVersions("").versions, 1)
}

func TestConcurrent_SwitchingVersioningLosesNoVersion(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.setVersioning("Enabled")
	var mu sync.Mutex
	written := map[string]string{} // body by version id
	var ended atomic.Bool
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := 0; !ended.Load(); i++ {
			c.setVersioning([]string{"Suspended", "Enabled"}[i%2])
		}
	})
	var writers sync.WaitGroup
	for w := range 3 {
		writers.Go(func() {
			for i := range 30 {
				body := fmt.Sprint(w, " ", i)
				a := c.do("PUT", "/k", body)
				if id := a.header.Get("X-Cos-Version-Id"); id != "" {
					mu.Lock()
					written[id] = body
					mu.Unlock()
				}
			}
		})
	}
	writers.Wait()
	ended.Store(true)
	wg.Wait()
	listed := 0
	for _, v := range c.listVersions("").versions {
		if v.id == "null" {
			continue
		}
		listed++
		assert.Equal(t, written[v.id], string(c.do("GET", "/k?versionId="+escape(v.id), "").body))
	}
	assert.Equal(t, len(written), listed)
}
