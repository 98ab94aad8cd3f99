package tui

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/jobs"
	"cosmander/views"
)

func (d *driver) click(x, y int, mods ...tea.KeyMod) {
	d.button(tea.MouseLeft, x, y, mods...)
}

func (d *driver) button(b tea.MouseButton, x, y int, mods ...tea.KeyMod) {
	var mod tea.KeyMod
	for _, m := range mods {
		mod |= m
	}
	d.send(tea.MouseClickMsg{X: x, Y: y, Button: b, Mod: mod})
}

func (d *driver) pull(x, y int) { d.send(tea.MouseMotionMsg{X: x, Y: y, Button: tea.MouseLeft}) }

func (d *driver) drop(x, y int, mods ...tea.KeyMod) {
	var mod tea.KeyMod
	for _, m := range mods {
		mod |= m
	}
	d.send(tea.MouseReleaseMsg{X: x, Y: y, Button: tea.MouseLeft, Mod: mod})
}

// plan returns the open plan, or nil.
func (d *driver) plan() *views.Plan {
	if top := d.m.top(); top != nil {
		plan, _ := top.view.(*views.Plan)
		return plan
	}
	return nil
}

func TestMouse_ClicksChooseMarkAndOpen(t *testing.T) {
	t.Parallel()
	now := noon
	d := drive(t, "a/1", "b.txt", "c.txt", "d.txt")
	d.m.deps.Now = func() time.Time { return now }
	d.click(45, 2)
	assert.Equal(t, "b.txt", d.cursor())
	d.click(5, 3)
	assert.Equal(t, 0, d.m.focus)
	assert.Equal(t, ".dot", d.cursor())
	d.click(45, 3, tea.ModCtrl)
	assert.Equal(t, []string{"c.txt"}, d.pane().rows.markedIDs())
	d.button(tea.MouseRight, 45, 2)
	assert.Equal(t, []string{"b.txt", "c.txt"}, d.pane().rows.markedIDs())
	d.press("esc")
	d.click(45, 2)
	d.click(45, 4, tea.ModAlt)
	assert.Equal(t, []string{"b.txt", "c.txt", "d.txt"}, d.pane().rows.markedIDs())
	d.click(45, 1)
	now = now.Add(time.Second)
	d.click(45, 1)
	assert.Empty(t, d.pane().at.Key, "two slow clicks are two clicks")
	now = now.Add(100 * time.Millisecond)
	d.click(45, 1)
	assert.Equal(t, "a/", d.pane().at.Key)
	d.click(45, 20)
	assert.Equal(t, "..", d.cursor(), "below the rows there is nothing")
	d.click(200, 200)
	d.click(-1, -1)
}

func TestMouse_WheelScrollsThePaneUnderThePointer(t *testing.T) {
	t.Parallel()
	d := drive(t, manyKeys(100)...)
	d.press("tab")
	d.send(tea.MouseWheelMsg{X: 60, Y: 5, Button: tea.MouseWheelDown})
	p := d.m.panes[1]
	assert.Equal(t, 3, p.top)
	assert.Equal(t, 3, p.cursor, "it stays in sight")
	assert.Equal(t, 0, d.m.focus)
	d.send(tea.MouseWheelMsg{X: 60, Y: 5, Button: tea.MouseWheelUp})
	d.send(tea.MouseWheelMsg{X: 60, Y: 5, Button: tea.MouseWheelUp})
	assert.Zero(t, p.top)
	d.send(tea.MouseWheelMsg{X: 60, Y: 5, Button: tea.MouseWheelLeft})
	assert.Zero(t, p.top)
}

func TestMouse_PartOfAPathLeadsThere(t *testing.T) {
	t.Parallel()
	d := drive(t, "aa/bb/cc/1")
	d.press("enter", "j", "enter", "j", "enter")
	require.Equal(t, "aa/bb/cc/", d.pane().at.Key)
	top := strings.Split(d.screen(), "\n")[0]
	column := func(text string) int {
		i := strings.Index(top, text)
		require.GreaterOrEqual(t, i, 0, top)
		return len([]rune(top[:i]))
	}
	d.click(column("bb/"), 0)
	assert.Equal(t, "aa/bb/", d.pane().at.Key)
	top = strings.Split(d.screen(), "\n")[0]
	d.click(column("b-1"), 0)
	assert.Empty(t, d.pane().at.Key)
	d.click(column("ap-guangzhou"), 0)
	assert.Empty(t, d.pane().at.Key, "the region leads nowhere")
}

func TestDrag_OntoTheOtherPaneOpensThePlan(t *testing.T) {
	t.Parallel()
	d := drive(t, "a/1", "b.txt")
	d.click(5, 4) // a.txt
	d.pull(6, 4)
	assert.NotContains(t, d.screen(), "a.txt →", "a shaking hand drags nothing")
	d.pull(50, 10)
	screen := d.screen()
	assert.Contains(t, screen, "a.txt → cos://b-1/")
	d.drop(50, 10)
	require.NotNil(t, d.plan())
	assert.Equal(t, "Upload", d.plan().Title)
	d.press("enter")
	require.Len(t, d.queue.added, 1)
	assert.Equal(t, jobs.Place{Bucket: "b-1", Region: "ap-guangzhou"}, d.queue.added[0].Dest)
	assert.Len(t, d.queue.added[0].Sources, 1)
	assert.NotContains(t, d.screen(), "a.txt →")
}

func TestDrag_OntoAFolderTakesItAsTheDestination(t *testing.T) {
	t.Parallel()
	d := drive(t, "a/1", "b.txt", "c.txt")
	d.click(45, 2, tea.ModCtrl)
	d.click(45, 3, tea.ModCtrl)
	d.click(45, 3)
	d.pull(45, 2)
	d.pull(45, 1)
	assert.Contains(t, d.screen(), "2 items → cos://b-1/a/")
	d.drop(45, 1, tea.ModCtrl)
	require.NotNil(t, d.plan())
	assert.Equal(t, "Move", d.plan().Title, "with Ctrl it is moved")
	d.press("enter")
	require.Len(t, d.queue.added, 1)
	spec := d.queue.added[0]
	assert.Equal(t, jobs.Copy, spec.Kind)
	assert.True(t, spec.Move)
	assert.Equal(t, "a/", spec.Dest.Key)
	assert.Len(t, spec.Sources, 2, "a marked row takes all that are marked along")
}

func TestDrag_EscAndSenselessPlacesDropNothing(t *testing.T) {
	t.Parallel()
	d := drive(t, "a/1", "b.txt")
	for name, drop := range map[string]func(){
		"on itself":        func() { d.drop(45, 1) },
		"in its own pane":  func() { d.drop(45, 15) },
		"below the panes":  func() { d.drop(45, 23) },
		"on its own place": func() { d.drop(44, 0) },
	} {
		d.click(45, 1)
		d.pull(45, 5)
		d.pull(45, 8)
		drop()
		assert.Nil(t, d.plan(), name)
		assert.Contains(t, d.m.status, "not copied", name)
	}
	d.click(45, 1)
	d.pull(5, 5)
	require.NotNil(t, d.m.drag)
	d.press("esc")
	d.drop(5, 5)
	assert.Nil(t, d.plan())
	d.press("home")
	d.press("enter", "home") // in a/, the parent row
	d.click(45, 1)
	d.pull(5, 5)
	assert.Nil(t, d.m.drag, "the parent row is nothing to drag")
}

func TestDrag_OntoAPathPartAndTheLineOfTheQueue(t *testing.T) {
	t.Parallel()
	d := drive(t, "aa/bb/1")
	d.press("enter", "j", "enter")
	top := strings.Split(d.screen(), "\n")[0]
	x := len([]rune(top[:strings.Index(top, "aa/")]))
	d.click(5, 4)
	d.pull(x, 0)
	d.drop(x, 0)
	require.NotNil(t, d.plan())
	d.press("enter")
	assert.Equal(t, "aa/", d.queue.added[0].Dest.Key)

	d.send(queueMsg{jobs.Snapshot{Jobs: []jobs.Job{{ID: 9, Kind: jobs.Upload, State: jobs.Running, Items: 1}}}})
	d.click(5, 4)
	d.pull(30, 22)
	d.drop(30, 22)
	require.NotNil(t, d.plan())
	d.press("enter")
	assert.Equal(t, "aa/bb/", d.queue.added[1].Dest.Key)
	d.click(30, 22)
	assert.NotNil(t, d.m.jobList(), "a click on it opens the jobs")
}

func TestMouse_ButtonsOfDialogsAreClicked(t *testing.T) {
	t.Parallel()
	d := drive(t, "a/1", "[ Delete ]")
	find := func(text string) (x, y int) {
		for y, line := range strings.Split(d.screen(), "\n") {
			if i := strings.LastIndex(line, text); i >= 0 && y > 12 {
				return len([]rune(line[:i])) + 2, y
			}
		}
		require.Fail(t, "not on the screen", text)
		return 0, 0
	}
	d.press("j", "d")
	for y, line := range strings.Split(d.screen(), "\n") {
		if i := strings.Index(line, "[ Delete ]"); i >= 0 && y < 13 {
			d.click(len([]rune(line[:i]))+2, y)
		}
	}
	assert.Empty(t, d.queue.added, "a name that looks like a button is none")
	x, y := find("[ Cancel ]")
	d.click(x, y)
	assert.Nil(t, d.m.top())
	d.press("d")
	x, y = find("[ Delete ]")
	d.click(x, y)
	assert.Len(t, d.queue.added, 1)
}

func TestMouse_TheThirdPaneIsNoneOfTheTwo(t *testing.T) {
	t.Parallel()
	d := drive(t, "a/1", "b.txt")
	d.m.aside.on = true
	for _, c := range []struct{ width, focus, x, pane int }{
		{150, 0, 10, 0},
		{150, 0, 70, 1},
		{150, 0, 140, -1},
		{80, 0, 10, 0},
		{80, 0, 60, -1},
		{80, 1, 10, -1},
		{80, 1, 60, 1},
	} {
		d.m.width, d.m.focus = c.width, c.focus
		pane, _, ok := d.m.paneAt(c.x)
		if !ok {
			pane = -1
		}
		assert.Equal(t, c.pane, pane, "%+v", c)
	}
	d.m.width, d.m.focus = 80, 0
	d.click(60, 2)
	assert.Equal(t, 0, d.m.focus, "what is shown there is no row")
}
