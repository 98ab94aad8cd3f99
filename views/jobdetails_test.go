package views

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/jobs"
)

// hill is a history of rates that rises, stands still for a moment and falls.
func hill(n int) []float64 {
	rates := make([]float64, n)
	for i := range rates {
		rates[i] = 12_300_000 * float64(min(i+1, n-i)) / float64(n/2)
	}
	rates[n/3] = 0
	return rates
}

const denied = "PutObject cos://p-1/docs/report.pdf: AccessDenied: Access Denied. (403, request NjM3YzVkZmFfOTBmYTAx)" +
	" · this key pair may not do that: ask for the permission or use another profile"

func sampleItems() []jobs.Item {
	return []jobs.Item{
		{
			N: 2, Name: "docs/report.pdf", From: "/home/me/docs/report.pdf", To: "cos://p-1/docs/report.pdf", State: jobs.Failed, Size: 1_400_000, Attempts: 1,
			Code: "AccessDenied", RequestID: "NjM3YzVkZmFfOTBmYTAx", Reason: denied, Finished: noon,
		},
		{
			N: 7, Name: "docs/旅行/行程 2026.pdf", From: "/home/me/docs/旅行/行程 2026.pdf", To: "cos://p-1/docs/旅行/行程 2026.pdf", State: jobs.Asking, Size: 88_000,
			Conflict: jobs.Conflict{Size: 88_000, Modified: noon, ThereSize: 91_000, ThereModified: noon.AddDate(0, 0, -3)},
		},
		{N: 4, Name: "docs/slow.bin", State: jobs.Retrying, Size: 5_000_000, Done: 1_000_000, Attempts: 3, Reason: "UploadPart: 503 SlowDown · the service is busy: try again in a while"},
		{N: 5, Name: "docs/big.iso", State: jobs.Running, Size: 4_000_000_000, Done: 1_640_000_000},
		{N: 6, Name: "docs/next.bin", State: jobs.Queued, Size: -1},
		{N: 1, Name: "docs/旅行.pdf", State: jobs.Done, Verified: true, Size: 88_000, ETag: `"5d41402abc4b2a76b9719d911017c592"`, CRC64: 0xb90956c775a41001, VersionID: "MTg0NDUxNTc1NjIzMTQ1MDAwODg", Finished: noon},
		{N: 3, Name: "docs/old.pdf", State: jobs.Done, Skipped: true, Size: 88_000},
		{N: 8, Name: "docs/cold.bin", State: jobs.Restoring, Size: 9_000_000, RestoringSince: noon.Add(-time.Hour)},
	}
}

// sampleDetails is a list that shows the items of a job.
func sampleDetails() *JobList {
	v := &JobList{
		ItemHints: []Hint{{"Enter", "all of it"}, {"r", "retry failed"}, {"Space", "pause"}, {"x", "cancel"}, {"Esc", "back"}},
		Answer:    Hint{"a", "answer"}, JobRates: hill(60),
	}
	v.Show(jobs.Snapshot{Runner: true, Jobs: []jobs.Job{{
		ID: 9, Kind: jobs.Upload, State: jobs.Running, Title: "docs/ and 4212 more", From: "/home/me", To: "cos://p-1/", Items: 5193, ItemsDone: 1203, ItemsFailed: 1,
		ItemsAsking: 1, ItemsSkipped: 1, Bytes: 7_400_000_000, BytesDone: 2_870_000_000, Rate: 12_300_000, Left: 6 * time.Minute, Created: noon.Add(-5 * time.Minute),
	}}})
	v.ShowDetails(9)
	v.SetItems(sampleItems())
	return v
}

func TestJobDetails_Frames(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{60, 11}, {80, 23}, {120, 39}, {200, 49}} {
		name := fmt.Sprintf("details-%dx%d", size[0], size[1])
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			golden(t, name, sampleDetails().Draw(testLook(), size[0], size[1]), size[0])
		})
	}
}

func TestJobDetails_FrameOfAJobThatIsOver(t *testing.T) {
	t.Parallel()
	v := &JobList{}
	v.Show(sampleJobs())
	v.ShowDetails(4)
	golden(t, "details-reading-80x23", v.Draw(testLook(), 80, 23), 80)
	v.SetItems(nil)
	golden(t, "details-empty-80x23", v.Draw(testLook(), 80, 23), 80)
}

func TestJobDetails_FitEveryWindow(t *testing.T) {
	t.Parallel()
	for width := 58; width < 220; width += 3 {
		for height := 11; height < 40; height += 2 {
			v := sampleDetails()
			v.Do(Down)
			for _, draw := range [][]string{v.Draw(testLook(), width, height), (&JobList{Snapshot: sampleJobs(), Rates: hill(60), Limit: 2e6}).Draw(testLook(), width, height)} {
				require.Len(t, draw, height)
				for _, l := range draw {
					require.Equal(t, width, ansi.StringWidthWc(l), "%dx%d: %q", width, height, ansi.Strip(l))
				}
			}
			info := &ItemInfo{Item: sampleItems()[0]}
			assert.LessOrEqual(t, len(info.Draw(testLook(), width, height)), height)
		}
	}
}

func TestJobDetails_CursorStaysOnItsItem(t *testing.T) {
	t.Parallel()
	v := sampleDetails()
	v.Draw(testLook(), 80, 23)
	failed := jobs.Item{N: 8, Name: "late", State: jobs.Failed}
	v.SetItems(append([]jobs.Item{failed}, v.Items...))
	it, _ := v.CurrentItem()
	assert.Equal(t, int64(8), it.N, "at the top it shows what failed last")
	v.Do(Down)
	v.Do(Down)
	it, _ = v.CurrentItem()
	require.Equal(t, int64(7), it.N)
	v.SetItems(append([]jobs.Item{{N: 9, State: jobs.Failed}}, v.Items...))
	it, _ = v.CurrentItem()
	assert.Equal(t, int64(7), it.N)
	v.SetItems(v.Items[:2])
	it, ok := v.CurrentItem()
	assert.True(t, ok, "the item is gone, the cursor is on another: %v", it)
	assert.Equal(t, Go, v.Do(Accept))
	v.SetItems(nil)
	_, ok = v.CurrentItem()
	assert.False(t, ok)
	assert.Equal(t, None, v.Do(Accept))
	assert.Equal(t, None, v.Do(Leave), "back to the list")
	assert.Equal(t, Close, v.Do(Leave))
}

func TestItemInfo_Frames(t *testing.T) {
	t.Parallel()
	job := jobs.Job{Kind: jobs.Upload}
	for name, i := range map[string]int{"item-failed": 0, "item-asking": 1, "item-retrying": 2, "item-verified": 5, "item-skipped": 6, "item-restoring": 7} {
		v := &ItemInfo{Job: job, Item: sampleItems()[i], Retry: "r", Answer: "a"}
		golden(t, name, v.Draw(testLook(), 76, 30), 76)
	}
}

func TestItemInfo_SaysWholeNamesAndWhatIsNotVerified(t *testing.T) {
	t.Parallel()
	name := strings.Repeat("长", 200) + "\x1b[31mend"
	v := &ItemInfo{Item: jobs.Item{N: 1, Name: name, State: jobs.Done, Size: 5}}
	lines := v.Draw(testLook(), 76, 40)
	text := ansi.Strip(strings.Join(lines, "\n"))
	assert.Equal(t, 200, strings.Count(text, "长"), "nothing is cut")
	assert.NotContains(t, strings.Join(lines, "\n"), "\x1b[31m")
	assert.Contains(t, text, "no: the service gave no checksum")
	v.Job.Kind = jobs.Delete
	assert.NotContains(t, strings.Join(v.Draw(testLook(), 76, 40), "\n"), "checksum", "a deletion has nothing to verify")
}

func TestItemInfo_Scrolls(t *testing.T) {
	t.Parallel()
	v := &ItemInfo{Item: sampleItems()[0]}
	first := v.Draw(testLook(), 76, 10)
	for _, in := range []Input{Down, PageDown, Bottom} {
		v.Do(in)
		assert.NotEqual(t, first[1], v.Draw(testLook(), 76, 10)[1])
		v.Do(Top)
		assert.Equal(t, first, v.Draw(testLook(), 76, 10))
	}
	v.Do(Up)
	assert.Equal(t, first, v.Draw(testLook(), 76, 10))
	assert.Equal(t, Close, v.Do(Leave))
}

func TestSparkline(t *testing.T) {
	t.Parallel()
	k := testLook()
	text, peak := k.sparkline([]float64{9, 0, 1, 4, 8}, 4)
	assert.Equal(t, " ▁▄█", text)
	assert.InDelta(t, 8, peak, 0, "of what is seen")
	k.Marks = ASCIIMarks()
	text, _ = k.sparkline([]float64{0, 1, 4, 8}, 9)
	assert.Equal(t, " .=@", text)
	for _, none := range [][]float64{nil, {}, {0, 0, 0}} {
		assert.Empty(t, k.rateHistory(none, 60), "an idle queue draws nothing")
	}
	assert.Empty(t, k.rateHistory(hill(60), 12), "no room")
	assert.LessOrEqual(t, len(k.rateHistory(hill(60), 40)), 40)
}

func TestJobList_FramesWithRatesAndLimit(t *testing.T) {
	t.Parallel()
	v := &JobList{Rates: hill(60), Limit: 2_000_000, Hints: []Hint{{"Space", "pause"}, {"Esc", "back"}}, Answer: Hint{"a", "answer"}}
	s := sampleJobs()
	s.Jobs[1].Priority, s.Jobs[2].Priority, s.Jobs[0].ItemsAsking = jobs.High, jobs.Low, 3
	v.Show(s)
	golden(t, "jobs-rates-80x12", v.Draw(testLook(), 80, 12), 80)
	golden(t, "jobs-rates-120x16", v.Draw(testLook(), 120, 16), 120)
	k := testLook()
	k.Marks = ASCIIMarks()
	golden(t, "jobs-rates-ascii-80x12", v.Draw(k, 80, 12), 80)
}

func TestBrief_LeavesOutTheRequestAndItsAddress(t *testing.T) {
	t.Parallel()
	for reason, want := range map[string]string{
		"PutObject cos://b-1/a.txt: AccessDenied: no":        "AccessDenied: no",
		"PutObject cos://b-1/旅行 1/a b.txt: AccessDenied: no": "AccessDenied: no",
		"open /home/PutObject: no such file":                 "open /home/PutObject: no such file",
		"2 of 30 failed: PutObject cos://b-1/a.txt: no":      "2 of 30 failed: no",
		"disk full": "disk full",
	} {
		assert.Equal(t, want, Brief(reason))
	}
}
