package tui

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/BurntSushi/toml"

	tea "charm.land/bubbletea/v2"

	"cosmander/jobs"
	"cosmander/views"
)

// recentKept places are remembered.
const recentKept = 30

// Places are where one comes back to.
type Places struct {
	Bookmarks []Bookmark `toml:"bookmark"`
	Recent    []Bookmark `toml:"recent"` // the latest first
}

// Bookmark is a path on this machine, or a bucket with a prefix.
type Bookmark struct {
	Path   string `toml:"path,omitempty"`
	Bucket string `toml:"bucket,omitempty"`
	Region string `toml:"region,omitempty"`
	Key    string `toml:"key,omitempty"`
}

func (b Bookmark) place() place {
	return place{Place: jobs.Place{Path: b.Path, Bucket: b.Bucket, Region: b.Region, Key: b.Key}}
}

func (p place) bookmark() Bookmark { return Bookmark{p.Path, p.Bucket, p.Region, p.Key} }

// readPlaces reads the file of places; one that is not there has none.
func readPlaces(path string) (Places, error) {
	var p Places
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return p, nil
	}
	if err == nil {
		err = toml.Unmarshal(text, &p)
	}
	if err != nil {
		return Places{}, fmt.Errorf("read the places of %s: %w", path, err)
	}
	return p, nil
}

// changePlaces changes the file of places as it is now: another cosmander may
// have written it. It is replaced in one step.
func changePlaces(path string, change func(*Places)) (Places, error) {
	p, err := readPlaces(path)
	if err != nil {
		return p, err
	}
	change(&p)
	text, err := toml.Marshal(p)
	if err == nil {
		err = os.MkdirAll(filepath.Dir(path), 0o700)
	}
	if err == nil {
		err = replaceFile(path, text)
	}
	if err != nil {
		return p, fmt.Errorf("keep the places in %s: %w", path, err)
	}
	return p, nil
}

func replaceFile(path string, text []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".places-*") // 0600
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}

// placesMsg brings the places, or why they cannot be read or written.
type placesMsg struct {
	places Places
	err    error
	show   bool
	said   string
}

// showPlaces opens the list of bookmarks and recent places.
func (m *Model) showPlaces() tea.Cmd {
	path := m.deps.PlacesFile
	return guarded(func() tea.Msg {
		p, err := readPlaces(path)
		return placesMsg{places: p, err: err, show: true}
	})
}

// toggleBookmark keeps the place of the focused pane among the bookmarks, or
// takes it out.
func (m *Model) toggleBookmark() tea.Cmd {
	at := m.panes[m.focus].at.whole()
	path, b, name := m.deps.PlacesFile, at.bookmark(), m.tilde(at.address())
	return guarded(func() tea.Msg {
		said := name + " is a bookmark"
		p, err := changePlaces(path, func(p *Places) {
			if i := slices.Index(p.Bookmarks, b); i >= 0 {
				p.Bookmarks = slices.Delete(p.Bookmarks, i, i+1)
				said = name + " is no bookmark any more"
				return
			}
			p.Bookmarks = append(p.Bookmarks, b)
		})
		return placesMsg{places: p, err: err, said: said}
	})
}

func (m *Model) tookPlaces(msg placesMsg) {
	switch {
	case msg.err != nil:
		m.sayError(msg.err)
	case msg.show:
		m.pushPlaces(msg.places)
	default:
		m.say(msg.said+m.sep()+hint(m.deps.Keys.Pane.Places, "").Key+" lists them", plain)
	}
}

func (m *Model) pushPlaces(all Places) {
	menu := &views.Menu{
		Title: "Places", Hint: "Enter goes there" + m.sep() + "Esc leaves",
		Empty: "no bookmarks yet" + m.sep() + hint(m.deps.Keys.Pane.Bookmark, "").Key + " in a pane makes one",
	}
	var list []Bookmark
	add := func(places []Bookmark, kind string) {
		for _, b := range places {
			if slices.Contains(list, b) {
				continue
			}
			list = append(list, b)
			menu.Items = append(menu.Items, views.MenuItem{Name: m.tilde(b.place().address()), Key: kind})
		}
	}
	add(all.Bookmarks, "bookmark")
	for _, v := range m.visits() {
		add([]Bookmark{v.bookmark()}, "here before")
	}
	add(all.Recent, "recent")
	m.push(modal{view: menu, act: func() tea.Cmd {
		i, _ := menu.Chosen()
		m.pop()
		return m.open(m.focus, list[i].place(), "")
	}})
}

// visits are the places that were shown in this run, the latest first.
func (m *Model) visits() (all []place) {
	for _, p := range []*pane{m.panes[m.focus], m.panes[1-m.focus]} {
		for _, v := range append(slices.Clone(p.back), visit{at: p.at}) {
			if !v.at.buckets && p.shown {
				all = append(all, v.at)
			}
		}
	}
	slices.Reverse(all)
	return all
}

// keepRecent writes where the panes have been, for the next run.
func (m *Model) keepRecent() error {
	if m.deps.PlacesFile == "" {
		return nil
	}
	visits := m.visits()
	if len(visits) == 0 {
		return nil
	}
	_, err := changePlaces(m.deps.PlacesFile, func(p *Places) {
		var recent []Bookmark
		for _, v := range visits {
			recent = append(recent, v.bookmark())
		}
		all := append(recent, p.Recent...)
		p.Recent = nil
		for _, b := range all {
			if len(p.Recent) < recentKept && !slices.Contains(p.Recent, b) {
				p.Recent = append(p.Recent, b)
			}
		}
	})
	return err
}
