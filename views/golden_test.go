package views

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
	"cosmander/jobs"
	"cosmander/theme"
)

var update = flag.Bool("update", false, "write the golden frames anew")

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func testLook() *Look {
	return &Look{Theme: theme.Dark(), Marks: UnicodeMarks(), Now: noon}
}

// golden compares lines, without their styles, with a file of testdata. Every
// line must fill the width exactly, unless width is 0.
func golden(t *testing.T, name string, lines []string, width int) {
	t.Helper()
	var b strings.Builder
	for _, l := range lines {
		if width > 0 {
			assert.Equal(t, width, ansi.StringWidthWc(l), "%q", ansi.Strip(l))
		}
		b.WriteString(strings.TrimRight(ansi.Strip(l), " ") + "\n")
	}
	path := filepath.Join("testdata", name+".txt")
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(path, []byte(b.String()), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, string(want), b.String())
}

func samplePane() Pane {
	at := func(days int) time.Time { return noon.AddDate(0, 0, -days) }
	return Pane{
		Account: "demo", Path: []string{"photos-1250000000", "2026/"}, Note: "ap-guangzhou", Focused: true, Classes: true, Cursor: 3,
		Foot: "2 of 9 marked · 1.4 GB", Order: "name ↑",
		Rows: []Row{
			{Parent: true, Size: -1},
			{Name: "raw", Folder: true, Size: -1},
			{Name: "旅行 1.jpg", Size: 3_200_000, Class: "STANDARD", Modified: at(3), Marked: true},
			{Name: "notes.txt", Size: 11, Class: "STANDARD_IA", Modified: at(0)},
			{Name: "backup-2025-very-long-name-that-goes-on.tar.gz", Size: 12_400_000_000, Class: "ARCHIVE", Modified: at(400)},
			{Name: "evil\x1b[31m\u202etxt.exe", Size: 999_999, Class: "DEEP_ARCHIVE", Modified: at(100)},
			{Name: "bad-\xff.bin", Size: 0, Class: "MAZ_INTELLIGENT_TIERING", Modified: at(1)},
			{Name: "한국어 파일 🎉.txt", Size: 88_000, Class: "STANDARD", Modified: at(2), Marked: true},
		},
	}
}

func TestPane_Frames(t *testing.T) {
	t.Parallel()
	for name, size := range map[string][2]int{
		"pane-100x12": {100, 12}, "pane-60x12": {60, 12}, "pane-40x12": {40, 12}, "pane-30x12": {30, 12},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			golden(t, name, testLook().Pane(samplePane(), size[0], size[1]), size[0])
		})
	}
}

func TestPane_FramesInASCII(t *testing.T) {
	t.Parallel()
	k := testLook()
	k.Marks = ASCIIMarks()
	p := samplePane()
	p.Foot, p.Order = "2 of 9 marked - 1.4 GB", "name ^" // as its owner says it with these marks
	golden(t, "pane-ascii-60x12", k.Pane(p, 60, 12), 60)
}

func TestPane_EmptySpeaks(t *testing.T) {
	t.Parallel()
	p := Pane{Path: []string{"~/x"}, Cursor: -1, Empty: []string{"an empty folder", "F7 makes a folder"}, Foot: "0 items"}
	golden(t, "pane-empty-40x8", testLook().Pane(p, 40, 8), 40)
}

func TestPane_TitleGivesUpWhatIsLeastNeeded(t *testing.T) {
	t.Parallel()
	p := Pane{Account: "work", Path: []string{"photos-1250000000", "2026/summer/raw/旅行/day-1/"}, Note: "ap-guangzhou", Cursor: -1}
	var lines []string
	for width := 90; width >= 20; width -= 7 {
		line := testLook().Pane(p, width, 3)[0]
		require.Equal(t, width, ansi.StringWidthWc(line))
		lines = append(lines, line)
	}
	golden(t, "pane-titles", lines, 0)
}

func TestPane_NoSizePanics(t *testing.T) {
	t.Parallel()
	k := testLook()
	for width := 8; width < 130; width++ {
		for _, line := range k.Pane(samplePane(), width, 11) {
			require.Equal(t, width, ansi.StringWidthWc(line), "width %d: %q", width, ansi.Strip(line))
		}
	}
	for _, width := range []int{0, 1, 2, 59} {
		assert.NotPanics(t, func() { k.TooSmall(width, 1, 60, 12) })
	}
}

func TestPane_NeverSendsANameRaw(t *testing.T) {
	t.Parallel()
	for _, line := range testLook().Pane(samplePane(), 100, 12) {
		plain := ansi.Strip(line)
		assert.NotContains(t, plain, "\u202e")
		assert.NotContains(t, line, "\x1b[31m")
	}
}

func TestPlan_Frames(t *testing.T) {
	t.Parallel()
	p := &Plan{
		Title: "Upload", From: "~/photos/2026", To: "cos://photos-1250000000/2026/", Policy: jobs.Overwrite,
		Tally: jobs.Tally{Files: 14, Folders: 3, Bytes: 1_400_000_000, Existing: 9, Names: []string{"cover.jpg", "旅行.csv"}, Done: true},
	}
	golden(t, "plan", p.Draw(testLook(), 76, 20), 72)
	p.Folder = func(name string) bool { return name == "cover.jpg" }
	golden(t, "plan-folders", p.Draw(testLook(), 76, 20), 72)
	p.Sources, p.Looked = 5000, 100
	golden(t, "plan-many", p.Draw(testLook(), 76, 20), 72)
	p.Looked = 0
	p.Tally.Existing, p.Tally.Names, p.Policy = 1, []string{"cover.jpg"}, jobs.Skip
	golden(t, "plan-folder", p.Draw(testLook(), 76, 20), 72)
	p.Tally, p.Failed = jobs.Tally{}, "cos://photos-1250000000/2026/: access denied · this key pair may not do that: "+
		"ask for the permission or use another profile · AccessDenied, request NjM3YzVkZmFfOTBmYTAx"
	golden(t, "plan-failed", p.Draw(testLook(), 76, 20), 72)
	golden(t, "plan-counting", (&Plan{Title: "Download", From: "cos://b-1/", To: "~"}).Draw(testLook(), 56, 10), 56)
}

// coldPlan is a plan of which some objects are archived.
func coldPlan(archived, deep int64) *Plan {
	return &Plan{
		Title: "Download", From: "cos://photos-1250000000/2026/", To: "~/photos", Policy: jobs.Overwrite,
		Tally: jobs.Tally{Files: 14, Bytes: 1_400_000_000, Archived: archived, Deep: deep, Done: true},
		Thaw: &Thaw{Tier: cos.Standard, Days: 7, Times: func(tier cos.Tier) (archive, deep string) {
			if tier == cos.Expedited {
				return "1 to 5 minutes", ""
			}
			return "3 to 5 hours", "12 to 24 hours"
		}},
	}
}

func TestPlan_OffersToRestoreWhatIsArchived(t *testing.T) {
	t.Parallel()
	p := coldPlan(3, 1)
	golden(t, "plan-archived", p.Draw(testLook(), 76, 20), 72)
	assert.Equal(t, Go, p.Do(Accept), "Enter starts what the button says")
	assert.Equal(t, Go, p.Click("Restore, then download"))
	p.Do(Next)
	p.Do(Next)
	p.Do(Right)
	assert.Equal(t, cos.Expedited, p.Thaw.Tier)
	golden(t, "plan-expedited", p.Draw(testLook(), 76, 20), 72)
	p.Do(Next)
	p.Do(Right)
	assert.Equal(t, 14, p.Thaw.Days)
	p.Do(Left)
	p.Do(Left)
	assert.Equal(t, 3, p.Thaw.Days)
	p.Do(Previous)
	p.Do(Left)
	p.Do(Left)
	assert.Empty(t, p.Thaw.Tier)
	golden(t, "plan-not-restored", p.Draw(testLook(), 76, 20), 72)
	p.Do(Next)
	assert.Equal(t, Close, p.Do(Accept), "there are no days to choose: it is the button that leaves")
	golden(t, "plan-archived-one", coldPlan(1, 1).Draw(testLook(), 76, 20), 72)

	p = coldPlan(0, 0)
	p.Do(Next)
	p.Do(Next)
	assert.Equal(t, Close, p.Do(Accept), "nothing is archived: only the policy is in between")
	assert.Equal(t, Go, p.Click("Download"))
}

func TestConfirm_Frame(t *testing.T) {
	t.Parallel()
	c := &Confirm{
		Title: "Delete", Verb: "Delete", What: "40 items in cos://b-1/x/", Names: []string{"a.txt", "旅行/", "evil\x1bname"}, More: 37,
		Counted: true, Tally: jobs.Tally{Files: 4212, Bytes: 41_000_000_000}, Warning: "cannot be undone", Harmful: true,
	}
	golden(t, "delete", c.Draw(testLook(), 76, 20), 66)
}

func TestPrompt_Frame(t *testing.T) {
	t.Parallel()
	p := &Prompt{Title: "New folder", Where: "~/photos", Check: func(string) string { return "no / in the name" }}
	p.Type("旅行/2026")
	require.Equal(t, None, p.Do(Accept))
	golden(t, "prompt", p.Draw(testLook(), 76, 20), 60)
}

func sampleJobs() jobs.Snapshot {
	return jobs.Snapshot{Runner: true, Rate: 12_300_000, Left: 42 * time.Second, Jobs: []jobs.Job{
		{ID: 1, Kind: jobs.Upload, State: jobs.Running, Title: "video.mp4", From: "~/photos/2026", To: "cos://p-1/2026/", Items: 1, Bytes: 1_400_000_000, BytesDone: 870_000_000, Rate: 12_300_000, Left: 42 * time.Second},
		{ID: 2, Kind: jobs.Upload, State: jobs.Queued, Title: "a.jpg and 5192 more", From: "~/photos/2026", To: "cos://p-1/2026/", Items: 5193, ItemsDone: 1203, Bytes: 1000, BytesDone: 90, Left: -1},
		{ID: 3, Kind: jobs.Download, State: jobs.Retrying, Title: "旅行.tar", From: "cos://p-1/", To: "~/in", Bytes: 100, BytesDone: 41, Left: -1, RetryAt: noon.Add(4 * time.Second), Reason: "503 SlowDown"},
		{ID: 4, Kind: jobs.Delete, State: jobs.Done, Title: "logs/", From: "cos://p-1/logs/", Items: 4212, ItemsDone: 4212, Left: -1},
		{ID: 5, Kind: jobs.Download, State: jobs.Failed, Title: "report.pdf", From: "cos://p-1/docs/", To: "~/in", Bytes: 100, BytesDone: 41, Left: -1, Reason: "PutObject cos://p-1/docs/report.pdf: AccessDenied: no (403, request 5f3a) · this key pair may not do that: ask for the permission or use another profile"},
		{ID: 6, Kind: jobs.Upload, State: jobs.Done, Title: "a.txt", From: "~", To: "cos://p-1/", Items: 1, ItemsDone: 1, Bytes: 5, BytesDone: 5, Left: -1},
	}}
}

func TestJobList_FramesOfWhatIsRestored(t *testing.T) {
	t.Parallel()
	v := &JobList{Hints: []Hint{{"Space", "pause"}, {"Enter", "items"}, {"x", "cancel"}, {"Esc", "back"}}}
	v.Show(jobs.Snapshot{Runner: true, Jobs: []jobs.Job{
		{ID: 1, Kind: jobs.Restore, State: jobs.Done, Title: "cold.csv", From: "cos://p-1/cold.csv", Items: 1, ItemsDone: 1, Bytes: 5, BytesDone: 5},
		{
			ID: 2, Kind: jobs.Download, State: jobs.Restoring, Title: "旅行/", From: "cos://p-1/旅行/", To: "~/in", Items: 1_200, ItemsDone: 3,
			Bytes: 1_000_000, BytesDone: 90, Left: -1, ItemsRestoring: 1_197, RestoringSince: noon.Add(-25 * time.Hour),
		},
		{
			ID: 3, Kind: jobs.Download, State: jobs.Restoring, Title: "backup-2025.tar", From: "cos://p-1/backup-2025.tar", To: "~/in", Items: 1,
			Bytes: 1_000_000, Left: -1, ItemsRestoring: 1, RestoringSince: noon.Add(-3 * time.Hour),
		},
		{
			ID: 4, Kind: jobs.Download, State: jobs.Running, Title: "a.jpg and 4 more", From: "cos://p-1/", To: "~/in", Items: 5, ItemsDone: 1,
			Bytes: 1_000_000, BytesDone: 90_000, Rate: 10_000, Left: -1, ItemsRestoring: 2, RestoringSince: noon.Add(-time.Minute),
		},
	}})
	for name, size := range map[string][2]int{"restoring-80x12": {80, 12}, "restoring-60x10": {60, 10}, "restoring-120x16": {120, 16}} {
		golden(t, name, v.Draw(testLook(), size[0], size[1]), size[0])
	}
}

func TestJobList_Frames(t *testing.T) {
	t.Parallel()
	for name, size := range map[string][2]int{"jobs-80x12": {80, 12}, "jobs-60x10": {60, 10}, "jobs-120x16": {120, 16}, "jobs-200x20": {200, 20}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := &JobList{Hints: []Hint{{"Space", "pause"}, {"Enter", "items"}, {"r", "retry failed"}, {"x", "cancel"}, {"c", "clear done"}, {"Esc", "back"}}}
			v.Show(sampleJobs())
			v.Do(Down)
			v.Do(Down)
			golden(t, name, v.Draw(testLook(), size[0], size[1]), size[0])
		})
	}
}

func TestJobList_SaysOfAFailureWhatHappenedAndWhatToDo(t *testing.T) {
	t.Parallel()
	v := &JobList{}
	v.Show(sampleJobs())
	v.Do(Bottom)
	v.Do(Up)
	golden(t, "jobs-failed-80x14", v.Draw(testLook(), 80, 14), 80)
}

func TestJobList_OpensOnWhatIsNotOver(t *testing.T) {
	t.Parallel()
	v := &JobList{}
	v.Show(jobs.Snapshot{Jobs: []jobs.Job{{ID: 1, State: jobs.Done}, {ID: 2, State: jobs.Failed}, {ID: 3, State: jobs.Paused, Rate: 5e6}}})
	j, _ := v.Current()
	assert.Equal(t, jobs.ID(3), j.ID)
	assert.NotContains(t, strings.Join(v.Draw(testLook(), 100, 20), "\n"), "MB/s", "a paused job has no rate")
	v.Do(Up)
	v.Show(v.Snapshot)
	j, _ = v.Current()
	assert.Equal(t, jobs.ID(2), j.ID, "only at first")
}

func TestTitle(t *testing.T) {
	t.Parallel()
	for title, want := range map[string]string{
		"a and 4212 more": "a and 4 212 more", "a": "a", "x and more": "x and more", "b and 5 and 12000 more": "b and 5 and 12 000 more",
	} {
		assert.Equal(t, want, Title(jobs.Job{Title: title, Items: 9}))
		assert.Equal(t, title, Title(jobs.Job{Title: title, Items: 1}), "a name")
	}
}

func TestStrip_Frames(t *testing.T) {
	t.Parallel()
	k := testLook()
	s := Strip{Kind: jobs.Upload, Title: "旅行 video.mp4", To: "cos://photos-1250000000/2026/", Done: 62, Total: 100, Rate: 12_300_000, Left: "0:42 left", Count: "3 jobs", Jobs: "w jobs"}
	many := s
	many.Title = "旅行 video.mp4 and 5 192 more"
	many.ItemsDone, many.Items = 1203, 5193
	ended := Strip{Result: "report.pdf: AccessDenied, request 5f3a", Failed: true, Jobs: "w jobs"}
	limited, asking := s, many
	limited.Limit, asking.Limit, asking.Asking = 20_000_000, 2_000_000, 28
	asks := Strip{Kind: jobs.Upload, Title: "旅行/", To: "cos://p-1/", Done: 6, Total: 100, ItemsDone: 2, Items: 30, Asking: 28, Left: "asks", Count: "1 job", Jobs: "w jobs"}
	restores, waits := many, Strip{Kind: jobs.Download, Title: "旅行/", To: "~/in", Restoring: 1197, Since: noon.Add(-2 * time.Hour), Still: true, Count: "1 job", Jobs: "w jobs"}
	restores.Restoring, restores.Since = 3, noon.Add(-time.Hour)
	for _, width := range []int{60, 80, 120} {
		var lines []string
		for _, s := range []Strip{s, many, ended, limited, asking, asks, restores, waits} {
			lines = append(lines, k.Strip(s, width))
		}
		golden(t, fmt.Sprintf("strip-%d", width), lines, width)
	}
}

func TestPlan_TurnsThroughEveryAnswerBothWays(t *testing.T) {
	t.Parallel()
	p := &Plan{Policy: jobs.Overwrite}
	p.Do(Next) // onto the policy
	for _, in := range []Input{Right, Left} {
		seen := map[jobs.OnConflict]bool{}
		for range jobs.Conflicts() {
			seen[p.Policy] = true
			assert.NotEmpty(t, answers[p.Policy].choice)
			assert.NotEmpty(t, answers[p.Policy].done)
			p.Do(in)
		}
		assert.Len(t, seen, len(jobs.Conflicts()))
		assert.Equal(t, jobs.Overwrite, p.Policy, "back at the first")
	}
}
