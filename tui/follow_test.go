package tui

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
	"cosmander/views/preview"
)

// followed opens an appendable object and follows it. The delays that are
// asked of the clock go into waits.
func followed(t *testing.T, data string) (d *driver, o *fakeObject, waits *[]time.Duration) {
	d = lookAt(t, "app.log")
	o = d.store.holds("app.log", data)
	o.appendable = true
	waits = &[]time.Duration{}
	d.m.after = func(wait time.Duration, msg tea.Msg) tea.Cmd {
		if _, ok := msg.(followMsg); ok {
			*waits = append(*waits, wait)
		}
		return nil
	}
	d.press("enter", "F")
	return d, o, waits
}

// tick lets the time of the follower come.
func (d *driver) tick() { d.send(followMsg{d.m.preview.follow.n}) }

func TestFollow_ShowsWhatIsAppendedAndReadsNoMore(t *testing.T) {
	t.Parallel()
	d, o, waits := followed(t, numbered(1000))
	assert.Contains(t, d.screen(), "line 999 of the file")
	assert.Contains(t, d.screen(), "following the end")
	n := len(d.store.reads)
	before := d.m.lines()
	d.tick()
	d.tick()
	assert.Equal(t, before, d.m.lines(), "nothing came, nothing is drawn")
	assert.Len(t, d.store.reads, n)
	assert.Equal(t, []time.Duration{time.Second, 2 * time.Second, 4 * time.Second}, *waits)
	size := int64(len(o.data))
	o.data, o.etag = append(o.data, "one more line\n"...), "v2"
	d.tick()
	assert.Contains(t, d.screen(), "one more line")
	assert.Equal(t, cos.ByteRange{Offset: size, Length: 14}, d.store.reads[n], "what came and nothing else")
	assert.Equal(t, time.Second, (*waits)[3])
	for range 6 {
		d.tick()
	}
	assert.Equal(t, followLast, (*waits)[len(*waits)-1])
	d.press("k")
	assert.False(t, d.m.preview.view.Following, "who looks back stays there")
	assert.NotContains(t, d.screen(), "following")
}

func TestFollow_StopsAtAnotherObject(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(o *fakeObject){
		"shorter":           func(o *fakeObject) { o.data, o.etag = []byte("x"), "v2" },
		"not appendable":    func(o *fakeObject) { o.appendable, o.etag = false, "v2" },
		"as long as before": func(o *fakeObject) { o.etag = "v2" },
	} {
		d, o, waits := followed(t, numbered(100))
		change(o)
		d.tick()
		assert.Contains(t, d.m.status, "changed since it was opened", name)
		assert.Nil(t, d.m.preview.follow, name)
		assert.Len(t, *waits, 1, name)
		assert.Contains(t, d.screen(), "line 99", name)
	}
}

func TestFollow_AFailureIsSaidAndTriedAgain(t *testing.T) {
	t.Parallel()
	d, _, waits := followed(t, "x\n")
	d.send(followedMsg{n: d.m.preview.follow.n, err: errors.New("no route")})
	assert.Contains(t, d.m.status, "no route")
	assert.Equal(t, 2*time.Second, (*waits)[1])
	n := d.m.preview.follow.n
	d.press("esc")
	d.send(followMsg{n})
	d.send(followedMsg{n: n})
	assert.Nil(t, d.m.preview)
}

func TestFollow_OnlyWhatCanGrow(t *testing.T) {
	t.Parallel()
	d := looking(t, "x.txt", "x\n")
	d.press("F")
	assert.Contains(t, d.m.status, "it cannot grow")
	d.press("esc", "tab", "j", "j", "j")
	path := filepath.Join(d.dir, "a.txt")
	require.NoError(t, os.WriteFile(path, []byte(numbered(50)), 0o600))
	d.press("enter", "F")
	require.NotNil(t, d.m.preview.follow)
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = f.WriteString("appended here\n")
	require.NoError(t, err)
	require.NoError(t, f.Close())
	d.tick()
	assert.Contains(t, d.screen(), "appended here")
	assert.Equal(t, preview.Text, d.m.preview.view.Mode())
}
