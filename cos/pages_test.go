package cos_test

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"strconv"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
)

// A pager is one of the four, with a server of endless pages for it.
type pager struct {
	page func(n int) string // page n of the answer
	walk func(ctx context.Context, b *cos.Bucket) iter.Seq2[int, error]
}

// counted forgets what a pager yields.
func counted[P any](all iter.Seq2[P, error]) iter.Seq2[int, error] {
	return func(yield func(int, error) bool) {
		n := 0
		for _, err := range all {
			n++
			if !yield(n, err) {
				return
			}
		}
	}
}

var pagers = map[string]pager{
	"objects": {
		func(n int) string {
			return fmt.Sprintf(`<ListBucketResult><IsTruncated>true</IsTruncated><NextMarker>%09d</NextMarker></ListBucketResult>`, n)
		},
		func(ctx context.Context, b *cos.Bucket) iter.Seq2[int, error] {
			return counted(b.Pages(ctx, cos.ListOptions{}))
		},
	},
	"versions": {
		func(n int) string {
			return fmt.Sprintf(`<ListVersionsResult><IsTruncated>true</IsTruncated><NextKeyMarker>k</NextKeyMarker>`+
				`<NextVersionIdMarker>%d</NextVersionIdMarker></ListVersionsResult>`, n)
		},
		func(ctx context.Context, b *cos.Bucket) iter.Seq2[int, error] {
			return counted(b.VersionPages(ctx, cos.VersionsOptions{}))
		},
	},
	"uploads": {
		func(n int) string {
			return fmt.Sprintf(`<ListMultipartUploadsResult><IsTruncated>true</IsTruncated><NextKeyMarker>k</NextKeyMarker>`+
				`<NextUploadIdMarker>%d</NextUploadIdMarker></ListMultipartUploadsResult>`, n)
		},
		func(ctx context.Context, b *cos.Bucket) iter.Seq2[int, error] {
			return counted(b.UploadPages(ctx, cos.UploadsOptions{}))
		},
	},
	"parts": {
		func(n int) string {
			return fmt.Sprintf(`<ListPartsResult><IsTruncated>true</IsTruncated><NextPartNumberMarker>%[1]d</NextPartNumberMarker>`+
				`<Part><PartNumber>%[1]d</PartNumber></Part></ListPartsResult>`, n)
		},
		func(ctx context.Context, b *cos.Bucket) iter.Seq2[int, error] {
			return counted(b.PartPages(ctx, "k", "u"))
		},
	},
}

// forEachPager runs test with a server that counts what it is asked for.
func forEachPager(t *testing.T, test func(t *testing.T, p pager, b *cos.Bucket, requests *atomic.Int64)) {
	t.Helper()
	for name, p := range pagers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var requests atomic.Int64
			b := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				answerXML(w, http.StatusOK, p.page(int(requests.Add(1))))
			})
			test(t, p, b, &requests)
		})
	}
}

func TestPages_AreAtMostOneRequestAhead(t *testing.T) {
	t.Parallel()
	forEachPager(t, func(t *testing.T, p pager, b *cos.Bucket, requests *atomic.Int64) {
		for n, err := range p.walk(t.Context(), b) {
			require.NoError(t, err)
			assert.LessOrEqual(t, requests.Load(), int64(n+1))
			if n == 5 {
				break
			}
		}
		sent := requests.Load()
		assert.LessOrEqual(t, sent, int64(6))
		// The loop waited for the request that it had under way: whatever is
		// sent now comes behind it.
		_, _ = b.List(t.Context(), cos.ListOptions{})
		assert.Equal(t, sent+1, requests.Load(), "a request was sent after the loop ended")
	})
}

func TestPages_AskForTheNextPageWhileTheLoopIsBusy(t *testing.T) {
	t.Parallel()
	for name, p := range pagers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			second := make(chan struct{})
			var requests atomic.Int64
			stall := stalls(t)
			b := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if requests.Add(1) == 2 {
					close(second)
					stall(w, r)
				}
				answerXML(w, http.StatusOK, p.page(1))
			})
			for _, err := range p.walk(t.Context(), b) {
				require.NoError(t, err)
				<-second
				break // and the request that stalls is given up
			}
			assert.Equal(t, int64(2), requests.Load())
		})
	}
}

func TestPages_EndWithTheContext(t *testing.T) {
	t.Parallel()
	forEachPager(t, func(t *testing.T, p pager, b *cos.Bucket, requests *atomic.Int64) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var errs []error
		for n, err := range p.walk(ctx, b) {
			errs = append(errs, err)
			if n == 3 {
				cancel()
			}
		}
		// The page that was under way may have come all the same.
		last := errs[len(errs)-1]
		require.ErrorIs(t, last, context.Canceled)
		assert.LessOrEqual(t, len(errs), 5)
		assert.LessOrEqual(t, requests.Load(), int64(5))
	})
}

func TestPages_BeginAgainWhenTheyAreRangedAgain(t *testing.T) {
	t.Parallel()
	var markers []string
	b := serve(t, func(w http.ResponseWriter, r *http.Request) {
		marker := r.URL.Query().Get("marker")
		markers = append(markers, marker)
		n, _ := strconv.Atoi(marker)
		answerXML(w, http.StatusOK, fmt.Sprintf(`<ListBucketResult><IsTruncated>%t</IsTruncated><NextMarker>%d</NextMarker>`+
			`</ListBucketResult>`, n < 2, n+1))
	})
	all := b.Pages(t.Context(), cos.ListOptions{})
	for range 2 {
		for _, err := range all {
			require.NoError(t, err)
		}
	}
	assert.Equal(t, []string{"", "1", "2", "", "1", "2"}, markers)
}

func TestPages_LoopThatPanicsLeavesNoRequestBehind(t *testing.T) {
	t.Parallel()
	forEachPager(t, func(t *testing.T, p pager, b *cos.Bucket, requests *atomic.Int64) {
		assert.PanicsWithValue(t, "the loop", func() {
			for _, err := range p.walk(t.Context(), b) {
				if assert.NoError(t, err) {
					panic("the loop")
				}
			}
		})
		assert.LessOrEqual(t, requests.Load(), int64(2))
	})
}

func TestPages_ThatStandStillAreAnError(t *testing.T) {
	t.Parallel()
	for name, p := range pagers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := serve(t, func(w http.ResponseWriter, _ *http.Request) { answerXML(w, http.StatusOK, p.page(1)) })
			var errs []error
			for _, err := range p.walk(t.Context(), b) {
				errs = append(errs, err)
			}
			require.Len(t, errs, 2)
			require.NoError(t, errs[0])
			require.ErrorIs(t, errs[1], cos.ErrMalformed)
			assert.Regexp(t, "does not advance|out of order", errs[1].Error())
		})
	}
}

func TestPages_ThatGoRoundInACircleAreAnError(t *testing.T) {
	t.Parallel()
	for name, p := range map[string]pager{"versions": pagers["versions"], "uploads": pagers["uploads"]} {
		for _, circle := range []int{2, 3, 100} {
			for _, before := range []int{0, 1, 50} {
				t.Run(fmt.Sprintf("%s, %d pages behind %d", name, circle, before), func(t *testing.T) {
					t.Parallel()
					var n int
					b := bucketAt(t, "http://h", func(c *cos.Config) {
						c.Transport = answering(func(*http.Request) string {
							page := n
							if n >= before {
								page = before + (n-before)%circle
							}
							n++
							return p.page(page)
						})
					})
					var yielded int
					var last error
					for _, err := range p.walk(t.Context(), b) {
						yielded++
						last = err
					}
					require.ErrorIs(t, last, cos.ErrMalformed)
					require.ErrorContains(t, last, "circle")
					assert.LessOrEqual(t, yielded, 3*(before+circle)+1)
				})
			}
		}
	}
}
