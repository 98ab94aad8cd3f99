package jobs

import (
	"fmt"
	"testing"

	"cosmander/cos"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// commits is at which commits every kind is killed: the first keeps the job
// itself, and none of them makes more.
const commits = 18

// TestCrash_WhatChangesObjectsGoesOnFromEveryCommit kills each kind of job that
// changes things where they are at every commit of the journal, and lets the
// next process go on.
func TestCrash_WhatChangesObjectsGoesOnFromEveryCommit(t *testing.T) {
	t.Parallel()
	for _, d := range deeds() {
		if !d.kind.InPlace() || d.kind == Delete && !d.versions || d.interrupt != wantNothing {
			continue
		}
		for n := int64(1); n <= commits; n++ {
			t.Run(fmt.Sprintf("%s %d", d.name, n), func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				w.cfg.Parts, w.cfg.Files = 1, 1
				inParts(&w.cfg)
				do := d.begin(w, nil, "x")
				ended := w.killed(do.spec(), 0, n)
				left := w.resume()
				if n == 1 {
					require.Empty(t, left, "the job was never on disk")
					assert.Empty(t, do.harm(t))
					return
				}
				require.Len(t, left, 1)
				assert.Equal(t, Done, left[0].State, left[0].Reason)
				assert.Zero(t, left[0].Unverified)
				assert.Zero(t, left[0].ItemsFailed)
				assert.Empty(t, do.wrongDone(t))
				// How often one that is restored is looked at, and noted, is a matter of time.
				assert.True(t, n < commits || ended || d.kind == Restore, "there are more commits to be killed at")
			})
		}
	}
}

// The same on condition of an ETag, which a copy in parts changes: what comes
// after the crash must not take its own object for somebody else's.
func TestCrash_AChangeOfOneObjectKnowsItsOwnWork(t *testing.T) {
	t.Parallel()
	for what, size := range map[string]int64{"small": 300, "large": partBytes + 1} {
		for _, by := range []string{"request", "commit"} {
			for n := int64(2); n <= 12; n++ {
				t.Run(fmt.Sprintf("%s, %s %d", what, by, n), func(t *testing.T) {
					t.Parallel()
					w := newWorld(t)
					w.cfg.Parts = 1
					inParts(&w.cfg)
					want := w.full("k", size)
					head, err := w.bucket.Head(t.Context(), "k", cos.GetOptions{})
					require.NoError(t, err)
					s := w.changing(SetHeaders, Change{SetMeta: map[string]string{"new": "1"}}, "k")
					s.Sources[0].ETag = head.ETag
					was := w.state("k", "")
					if by == "commit" {
						w.killed(s, 0, n)
					} else {
						w.killed(s, n, 0)
					}
					left := w.resume()
					require.Len(t, left, 1)
					assert.Equal(t, Done, left[0].State, left[0].Reason)
					was.headers.Meta["new"] = "1"
					assert.Equal(t, was, w.state("k", ""))
					same(t, want, w.stored("k"))
					assert.Zero(t, w.uploads())
				})
			}
		}
	}
}
