package tui

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
	"cosmander/theme"
	"cosmander/views"
)

// restBadge is the cursor's rest on a row.
func (d *driver) restBadge() { d.send(badgeMsg{d.m.badging.n}) }

// line is the line of the screen with a name.
func (d *driver) line(name string) string {
	d.t.Helper()
	for line := range strings.Lines(d.screen()) {
		if at := strings.LastIndex(line, "││"); at >= 0 && strings.Contains(line[at:], name) {
			return line[at+len("││"):]
		}
		if at := strings.LastIndex(line, "||"); at >= 0 && strings.Contains(line[at:], name) {
			return line[at+len("||"):]
		}
	}
	require.Fail(d.t, name+" is not there", d.screen())
	return ""
}

func TestBadges_TellWhatTheObjectUnderTheCursorIs(t *testing.T) {
	t.Parallel()
	objects := map[string]fakeObject{
		"a-archived":  {like: cos.Head{StorageClass: "ARCHIVE"}},
		"b-restoring": {like: cos.Head{StorageClass: "DEEP_ARCHIVE", Restore: &cos.RestoreState{Ongoing: true}}},
		"c-restored":  {like: cos.Head{StorageClass: "ARCHIVE", Restore: &cos.RestoreState{Expires: noon}}},
		"d-by-cos":    {like: cos.Head{Encryption: cos.Encryption{Algorithm: "AES256"}}},
		"e-by-us":     {meta: map[string]string{"client-side-encryption-key": "x"}},
		"f-grows":     {appendable: true},
		"g-plain":     {},
	}
	want := map[string]string{
		"a-archived": "#", "b-restoring": "~", "c-restored": "=", "d-by-cos": "&", "e-by-us": "&", "f-grows": "+", "g-plain": " ",
	}
	for _, ascii := range []bool{false, true} {
		d := start(t)
		if ascii {
			d.m.look.Marks, d.m.look.Theme = views.ASCIIMarks(), theme.Mono()
		}
		for key, o := range objects {
			d.store.keys = append(d.store.keys, key)
			*d.store.holds(key, "x") = o
		}
		d.store.keys = newFakeStore(d.store.keys...).keys
		d.run(d.m.Init())
		d.press("tab")
		for range objects {
			d.restBadge()
			d.press("j")
		}
		for key, badge := range want {
			assert.Equal(t, badge, string([]rune(d.line(key))[1]), key)
		}
	}
}

func TestBadges_CostOneRequestForARowThatIsRestedOn(t *testing.T) {
	t.Parallel()
	d := start(t, "a", "b", "c", "dir/x")
	var waits []tea.Msg
	d.m.after = func(_ time.Duration, msg tea.Msg) tea.Cmd {
		if _, ok := msg.(badgeMsg); ok {
			waits = append(waits, msg)
		}
		return nil
	}
	d.store.holds("a", "x").appendable = true
	d.run(d.m.Init())
	d.press("tab")
	require.Equal(t, "dir/", d.cursor())
	assert.Empty(t, waits, "a folder is nothing else")
	d.press("j", "j")
	assert.Len(t, waits, 2)
	d.send(waits[0])
	assert.Zero(t, d.store.heads, "it was left in time")
	d.send(waits[1])
	assert.Equal(t, 1, d.store.heads)
	d.press("k")
	d.restBadge()
	assert.Equal(t, 2, d.store.heads)
	assert.Contains(t, d.line("+a "), "STD")
	asked := len(waits)
	d.press("j", "k", "j")
	assert.Len(t, waits, asked, "what is known is not asked again")
	d.press("ctrl+r")
	require.Len(t, waits, asked+1, "but after the place was listed again")
	d.restBadge()
	assert.Equal(t, 3, d.store.heads)
	d.m.look.Low = true
	d.press("j")
	assert.Len(t, waits, asked+1, "nor over a slow line")
}
