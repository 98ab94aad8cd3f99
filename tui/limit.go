package tui

import (
	"strconv"

	tea "charm.land/bubbletea/v2"

	"cosmander/jobs"
	"cosmander/views"
)

// limits are those that the prompt steps through.
func limits() []string {
	return []string{"none", "500kB/s", "1MB/s", "2MB/s", "5MB/s", "10MB/s", "20MB/s", "50MB/s", "100MB/s"}
}

// askLimit opens the prompt for the bandwidth of all transfers together.
func (m *Model) askLimit() {
	prompt := &views.Prompt{
		Title: "Bandwidth", Label: "of", Where: "all together: 2MB/s, none",
		Does: "sets it", Steps: limits(),
	}
	prompt.Set(limitText(m.deps.Queue.Bandwidth()))
	prompt.Check = func(text string) string {
		if _, err := jobs.ParseBandwidth(text); err != nil {
			return err.Error()
		}
		return ""
	}
	m.push(modal{view: prompt, act: func() tea.Cmd {
		m.pop()
		m.limit(prompt.Text())
		return nil
	}})
}

// limit holds all transfers together to what text says, at once.
func (m *Model) limit(text string) {
	limit, err := jobs.ParseBandwidth(text)
	if err == nil {
		err = m.deps.Queue.SetBandwidth(limit)
	}
	if err != nil {
		m.sayError(err)
		return
	}
	said := "no limit"
	if limit > 0 {
		said = "limit " + views.Rate(float64(limit))
	}
	if !m.queue.Runner {
		said += m.sep() + "for what this cosmander runs; another one runs the queue now"
	}
	m.say(said, plain)
	if list := m.jobList(); list != nil {
		m.feed(list)
	}
}

// limitText is a limit as it is typed.
func limitText(limit int64) string {
	const kilo, mega = 1000, 1000 * 1000
	switch {
	case limit == 0:
		return "none"
	case limit%mega == 0:
		return strconv.FormatInt(limit/mega, 10) + "MB/s"
	case limit%kilo == 0:
		return strconv.FormatInt(limit/kilo, 10) + "kB/s"
	}
	return strconv.FormatInt(limit, 10) + "B/s"
}
