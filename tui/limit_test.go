package tui

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"cosmander/jobs"
)

// typeText presses the keys of a text.
func (d *driver) typeText(text string) {
	for _, r := range text {
		d.press(string(r))
	}
}

func TestLimit_IsSetAtOnceAndShown(t *testing.T) {
	t.Parallel()
	d := drive(t, "x")
	d.m.Update(queueMsg{jobs.Snapshot{Runner: true, Rate: 1_900_000, Jobs: []jobs.Job{{ID: 7, State: jobs.Running, Title: "video", Rate: 1_900_000, Left: -1}}}})
	d.press("w", "b", "end")
	for range len("none") {
		d.press("backspace")
	}
	d.typeText("2MB/s")
	d.press("enter")
	assert.Equal(t, int64(2_000_000), d.queue.limit)
	assert.Contains(t, d.screen(), "· limit 2.0 MB/s")
	d.press("esc")
	assert.Contains(t, d.screen(), "1.9 MB/s of 2.0 MB/s", "on the strip")
	d.press("w", "b")
	assert.Contains(t, d.screen(), "2MB/s", "opens on what is set")
	d.press("esc")
	assert.Equal(t, int64(2_000_000), d.queue.limit, "leaving changes nothing")
}

func TestLimit_StepsThroughCommonOnesAndBackToNone(t *testing.T) {
	t.Parallel()
	d := drive(t, "x")
	d.press("w", "b", "tab", "tab", "enter")
	assert.Equal(t, int64(1_000_000), d.queue.limit)
	d.press("b", "up", "up", "enter")
	assert.Zero(t, d.queue.limit)
	assert.NotContains(t, d.screen(), "limit 0")
}

func TestLimit_SaysWhatIsWrongAndKeepsTheText(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"1kB", "fast", "-3MB"} {
		d := drive(t, "x")
		d.queue.limit = 5_000_000
		d.press("w", "b")
		for range len("5MB/s") {
			d.press("backspace")
		}
		d.typeText(text)
		d.press("enter")
		assert.Equal(t, int64(5_000_000), d.queue.limit)
		assert.Contains(t, d.screen(), "› "+text, "the text is kept")
		assert.Regexp(t, "the least is|no limit: want", d.screen())
		d.press("esc", "esc")
		assert.Empty(t, d.m.modals)
	}
}

func TestLimitText_IsReadBackAsItWas(t *testing.T) {
	t.Parallel()
	for _, limit := range []int64{0, 40_000, 32 << 10, 1_500_000, 2_000_000, 1_234_567} {
		got, err := jobs.ParseBandwidth(limitText(limit))
		assert.NoError(t, err)
		assert.Equal(t, limit, got)
	}
	for _, step := range limits() {
		_, err := jobs.ParseBandwidth(step)
		assert.NoError(t, err, step)
	}
}
