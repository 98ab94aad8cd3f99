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
)

// What is kept of the queries that were run.
const (
	queriesKept = 100
	queryKept   = 8 << 10 // bytes of one
)

// queries are what was asked, the latest first.
type queries struct {
	Queries []string `toml:"queries"`
}

// queriesMsg brings the queries of earlier runs.
type queriesMsg struct {
	queries []string
	err     error
}

// queriesFile lies beside the places.
func (m *Model) queriesFile() string {
	if m.deps.PlacesFile == "" {
		return ""
	}
	return filepath.Join(filepath.Dir(m.deps.PlacesFile), "queries.toml")
}

func readQueries(path string) (queries, error) {
	var q queries
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return q, nil
	}
	if err == nil {
		err = toml.Unmarshal(text, &q)
	}
	if err != nil {
		return queries{}, fmt.Errorf("read the queries of %s: %w", path, err)
	}
	return q, nil
}

// with puts a query first.
func (q queries) with(text string) queries {
	if len(text) > queryKept {
		return q
	}
	rest := slices.DeleteFunc(slices.Clone(q.Queries), func(old string) bool { return old == text })
	all := append([]string{text}, rest...)
	return queries{all[:min(len(all), queriesKept)]}
}

func (m *Model) loadQueries() tea.Cmd {
	path := m.queriesFile()
	if path == "" {
		return nil
	}
	return guarded(func() tea.Msg {
		q, err := readQueries(path)
		return queriesMsg{q.Queries, err}
	})
}

// keepQuery notes a query here and, as the file is now, in the file.
func (m *Model) keepQuery(text string) tea.Cmd {
	view := m.querying.view
	view.History = queries{view.History}.with(text).Queries
	path := m.queriesFile()
	if path == "" {
		return nil
	}
	return guarded(func() tea.Msg {
		q, err := readQueries(path)
		if err == nil {
			q = q.with(text)
			err = writeQueries(path, q)
		}
		return queriesMsg{q.Queries, err}
	})
}

func writeQueries(path string, q queries) error {
	text, err := toml.Marshal(q)
	if err == nil {
		err = os.MkdirAll(filepath.Dir(path), 0o700)
	}
	if err == nil {
		err = replaceFile(path, text)
	}
	if err != nil {
		return fmt.Errorf("keep the queries in %s: %w", path, err)
	}
	return nil
}

func (m *Model) tookQueries(msg queriesMsg) {
	switch {
	case msg.err != nil:
		m.sayError(msg.err)
	case m.querying != nil:
		m.querying.view.Remember(msg.queries)
	}
}
