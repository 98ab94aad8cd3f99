package headless

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
	"cosmander/jobs"
)

func TestJobs_ThatChangeObjectsSayWhatTheyDo(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	q, err := d.open(t.Context())
	require.NoError(t, err)
	for _, s := range []jobs.Spec{
		{Kind: jobs.SetHeaders, Change: &jobs.Change{SetMeta: map[string]string{"a": "1"}}},
		{Kind: jobs.SetClass, Change: &jobs.Change{Class: "ARCHIVE"}},
		{Kind: jobs.SetACL, Change: &jobs.Change{ACL: "private"}},
		{Kind: jobs.SetTags, Change: &jobs.Change{Tags: []cos.Tag{{Key: "a"}}}},
		{Kind: jobs.Restore, Change: &jobs.Change{Days: 1}},
		{Kind: jobs.MakeFolder},
		{Kind: jobs.Delete, Versions: true},
	} {
		s.Account = "me"
		s.Sources = []jobs.Source{{Place: jobs.Place{Bucket: "b-1", Key: "p/"}, Folder: true}}
		_, err := q.Add(t.Context(), s)
		require.NoError(t, err)
	}
	require.NoError(t, q.Close())
	require.NoError(t, d.Jobs(t.Context(), JobsOptions{}))
	var verbs, titles []string
	for line := range strings.Lines(d.printed()) {
		columns := strings.Split(line, "\t")
		verbs, titles = append(verbs, columns[2]), append(titles, columns[3])
		assert.Equal(t, []string{"cos://b-1/p/", ""}, columns[4:6])
	}
	assert.Equal(t, []string{"set headers", "set class", "set ACL", "set tags", "restore", "make folder", "delete"}, verbs)
	assert.Equal(t, "p/, every version", titles[6])
	d.Stdout.Terminal = true
	require.NoError(t, d.ShowJob(t.Context(), "2", JobsOptions{}))
	assert.Contains(t, d.printed(), "job 2: set class p/, queued")
}

func TestReport_OfAChangeCountsItemsAndNoBytes(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	r := &textReport{env: &Env{}, out: Stream{Writer: &out}}
	require.NoError(t, r.end(jobs.Job{Kind: jobs.SetClass, State: jobs.Done, Items: 3, ItemsDone: 3, ItemsSkipped: 1, Bytes: 5, BytesDone: 5}))
	assert.Equal(t, "set class done: 3 of 3, 1 skipped, verified\n", out.String())
	out.Reset()
	require.NoError(t, r.end(jobs.Job{Kind: jobs.SetACL, State: jobs.Done, Items: 3, ItemsDone: 3, Unverified: 3}))
	assert.Equal(t, "set ACL done: 3 of 3, 3 not verified\n", out.String())
}
