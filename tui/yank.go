package tui

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"cosmander/jobs"
	"cosmander/views"
)

// yanked are rows that wait to be put somewhere.
type yanked struct {
	chosen
	move bool
}

// clipboardRows addresses go to the terminal's clipboard at most: what a
// terminal takes at once is some ten thousand characters.
const clipboardRows = 200

// yank takes the chosen rows up, to be put where p is pressed, and sends their
// addresses to the terminal's clipboard.
func (m *Model) yank(move bool) tea.Cmd {
	from, _ := m.choice()
	if why := m.cannotTake(from); why != "" {
		m.say(why, plain)
		return nil
	}
	m.yanked = &yanked{from, move}
	what := "yanked"
	if move {
		what = "cut"
	}
	text := views.Plural(int64(len(from.rows)), "item", "items") + " " + what + m.sep() +
		hint(m.deps.Keys.Pane.Put, "").Key + " puts them where you go"
	if len(from.rows) > clipboardRows {
		m.say(text+m.sep()+"too many for the clipboard", plain)
		return nil
	}
	m.say(text, plain)
	return m.clip(strings.Join(addresses(from), "\n"))
}

// put opens the plan for what was yanked, with the focused pane's place as its
// destination.
func (m *Model) put() tea.Cmd {
	return m.planTo(m.yanked.chosen, m.panes[m.focus].at, m.yanked.move)
}

// addresses are rows as a user would write them.
func addresses(from chosen) []string {
	out := make([]string, 0, len(from.rows))
	for _, id := range from.rows {
		switch {
		case from.at.buckets:
			out = append(out, "cos://"+id)
		case from.at.Local():
			out = append(out, filepath.Join(from.at.Path, id))
		default:
			out = append(out, from.at.address()+nameOnly(id))
		}
	}
	return out
}

// clip sends text to the clipboard of the terminal, also of one around tmux or
// screen, which take the sequence only if it is wrapped.
func (m *Model) clip(text string) tea.Cmd {
	seq := ansi.SetSystemClipboard(text)
	switch {
	case m.env("TMUX") != "":
		seq += ansi.TmuxPassthrough(seq)
	case strings.HasPrefix(m.env("TERM"), "screen"):
		seq = ansi.ScreenPassthrough(seq, 0)
	}
	return tea.Raw(seq)
}

// env is a variable of the program's environment.
func (m *Model) env(name string) string {
	for _, v := range slices.Backward(m.deps.Environ) {
		if value, ok := strings.CutPrefix(v, name+"="); ok {
			return value
		}
	}
	return ""
}

// renamedMsg says that a local file was renamed, or why not.
type renamedMsg struct {
	at  place
	row string
	err error
}

// askRename asks for another name of the row under the cursor, or with copying
// for that of a second one beside it.
func (m *Model) askRename(copying bool) tea.Cmd {
	p := m.panes[m.focus]
	id, _ := p.current()
	at, id := p.at.locate(id) // what was found stays in its folder
	from, name := chosen{m.focus, at, []string{id}}, strings.TrimSuffix(id, "/")
	prompt := &views.Prompt{Title: "Rename", Where: m.tilde(at.address()), Does: "renames it"}
	if copying {
		prompt.Title, prompt.Does = "Copy", "copies it"
	}
	prompt.Check = func(text string) string {
		if text == name {
			return "it is called that already"
		}
		return wrongName(from.at, text)
	}
	prompt.Set(name)
	m.push(modal{view: prompt, act: func() tea.Cmd {
		m.pop()
		return m.rename(from, prompt.Text(), copying)
	}})
	return nil
}

// rename gives a row another name: by a job in a bucket, at once on this
// machine.
func (m *Model) rename(from chosen, name string, copying bool) tea.Cmd {
	if from.at.Local() {
		return renameLocal(from, name)
	}
	spec := jobs.Spec{
		Kind: jobs.Copy, Account: m.deps.AccountID, Sources: m.sources(from), Dest: from.at.Place,
		OnConflict: jobs.Ask, Move: !copying,
	}
	spec.Sources[0].Name = name
	return m.add(spec, from)
}

func renameLocal(from chosen, name string) tea.Cmd {
	id := from.rows[0]
	old := filepath.Join(from.at.Path, strings.TrimSuffix(id, "/"))
	target := filepath.Join(from.at.Path, name)
	row := name
	if strings.HasSuffix(id, "/") {
		row += "/"
	}
	return guarded(func() tea.Msg {
		// Where case is ignored, another case of its own name is itself.
		is, err := os.Lstat(target)
		if was, _ := os.Lstat(old); err == nil && !os.SameFile(was, is) {
			return renamedMsg{err: &os.LinkError{Op: "rename", Old: old, New: target, Err: os.ErrExist}}
		}
		return renamedMsg{from.at, row, os.Rename(old, target)}
	})
}

func (m *Model) renamed(msg renamedMsg) tea.Cmd {
	if msg.err != nil {
		m.sayError(msg.err)
		return nil
	}
	return m.again(msg.at, msg.row)
}

// again lists a place again in the panes that show it; the focused one puts
// the cursor on row.
func (m *Model) again(at place, row string) tea.Cmd {
	var cmds []tea.Cmd
	for i, p := range m.panes {
		if p.at.whole() != at && (p.at.find == "" || !within(at.address(), p.at.address())) {
			continue
		}
		cmds = append(cmds, m.renew(i))
		if i == m.focus && p.load != nil && p.at.find == "" {
			p.load.focus = row
		}
	}
	return tea.Batch(cmds...)
}
