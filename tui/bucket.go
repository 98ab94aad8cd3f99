package tui

import (
	"context"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"cosmander/cos"
	"cosmander/jobs"
	"cosmander/views"
)

// BucketMaker makes buckets; *cos.Client is one.
type BucketMaker interface {
	CreateBucketIn(ctx context.Context, name, region string) error
}

// Contents is a bucket as a look at whether it is empty needs it; *cos.Bucket
// is one.
type Contents interface {
	ListVersions(ctx context.Context, o cos.VersionsOptions) (*cos.VersionsPage, error)
	ListUploads(ctx context.Context, o cos.UploadsOptions) (*cos.UploadsPage, error)
	FindRegion(ctx context.Context) (string, error)
}

var (
	_ BucketMaker = (*cos.Client)(nil)
	_ Contents    = (*cos.Bucket)(nil)
)

// chosenBucket is the one bucket that is chosen in a list of them, or why none
// is.
func (m *Model) chosenBucket() (place, string) {
	from, why := m.choice()
	switch {
	case why != "":
		return place{}, why
	case !from.at.buckets:
		return place{}, "that is done in the list of buckets"
	case len(from.rows) == 0:
		return place{}, "no bucket is chosen"
	case len(from.rows) > 1:
		return place{}, "one bucket at a time"
	}
	name := strings.TrimSuffix(from.rows[0], "/")
	return place{Place: jobs.Place{Bucket: name, Region: m.panes[from.pane].rows.regions[name]}}, ""
}

// noBucketChoice is why nothing is done about the chosen bucket, or "".
func (m *Model) noBucketChoice() string {
	_, why := m.chosenBucket()
	return why
}

// askBucketVersions is the versioning of the chosen bucket: what it is, what
// another would mean.
func (m *Model) askBucketVersions() tea.Cmd {
	at, _ := m.chosenBucket()
	return m.askKeeps(at, func(state cos.Versioning, err error) tea.Cmd {
		switch {
		case err != nil:
			m.sayError(err)
		case state == cos.VersioningEnabled:
			m.offerSuspension(at)
		default:
			m.offerVersions(at, state)
		}
		return nil
	})
}

// offerSuspension asks whether a bucket is to make no new versions.
func (m *Model) offerSuspension(at place) {
	m.push(modal{
		view: &views.Confirm{
			Title: "This bucket keeps versions", Verb: "Suspend", What: "suspend versioning for " + at.Bucket,
			Note: "From then on what is written replaces the version called null, and what that held is lost. Versions that exist stay, and " +
				"are billed, until they are deleted. It can be turned on again at any time.",
		},
		act: func() tea.Cmd {
			m.pop()
			return m.setKeeps(at, cos.VersioningSuspended)
		},
	})
}

// stillThere is what a look into a bucket found.
type stillThere struct {
	versions bool // objects, versions, delete markers
	uploads  int
	more     bool // uploads
}

func (s stillThere) empty() bool { return !s.versions && s.uploads == 0 }

// lookInto asks what is in a bucket, by a page of each.
func lookInto(ctx context.Context, b Contents) (s stillThere, err error) {
	versions, err := b.ListVersions(ctx, cos.VersionsOptions{MaxKeys: 1})
	if err != nil {
		return s, err
	}
	uploads, err := b.ListUploads(ctx, cos.UploadsOptions{})
	if err != nil {
		return s, err
	}
	return stillThere{len(versions.Versions) > 0, len(uploads.Uploads), uploads.Truncated}, nil
}

// String says it in words.
func (s stillThere) String() string {
	uploads := views.Plural(int64(s.uploads), "unfinished upload", "unfinished uploads")
	if s.more {
		uploads = "more than " + uploads
	}
	switch {
	case s.empty():
		return "empty: no objects, versions or unfinished uploads"
	case s.uploads == 0:
		return "objects or versions"
	case !s.versions:
		return "no objects, but " + uploads
	}
	return "objects or versions, and " + uploads
}

// bucketsChanged lists the buckets again where they are shown, and leads out of
// one that is gone.
func (m *Model) bucketsChanged(gone, made string) tea.Cmd {
	var cmds []tea.Cmd
	for i, p := range m.panes {
		switch {
		case p.at.buckets:
			cmds = append(cmds, m.refresh(i))
			if made != "" && i == m.focus && p.load != nil {
				p.load.focus = made + "/"
			}
		case gone != "" && p.at.Bucket == gone:
			cmds = append(cmds, m.open(i, place{buckets: m.deps.Buckets != nil}, ""))
		}
	}
	return tea.Batch(cmds...)
}

// bucketEnded follows the deletion of a bucket that is over.
func (m *Model) bucketEnded(j jobs.Job) tea.Cmd {
	spec := m.own[j.ID]
	if !spec.Whole {
		return nil
	}
	delete(m.keeps, spec.Sources[0].Bucket)
	if j.State != jobs.Done {
		return m.bucketsChanged("", "")
	}
	return m.bucketsChanged(spec.Sources[0].Bucket, "")
}

// receivedBucket takes what a command about buckets brought.
func (m *Model) receivedBucket(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case lookedIntoMsg:
		return m.askDeleteBucket(msg)
	case createdMsg:
		return m.created(msg)
	}
	return nil
}

// appIDs are the account's numbers at the ends of its buckets' names, the one
// of most buckets first.
func (m *Model) appIDs() (all []string) {
	count := map[string]int{}
	for _, p := range m.panes {
		for name := range p.rows.regions {
			if _, id, ok := cutAppID(name); ok {
				count[id]++
			}
		}
	}
	for id := range count {
		all = append(all, id)
	}
	slices.SortFunc(all, func(a, b string) int {
		if count[a] != count[b] {
			return count[b] - count[a]
		}
		return strings.Compare(a, b)
	})
	return all
}

func cutAppID(name string) (short, id string, ok bool) {
	i := strings.LastIndexByte(name, '-')
	if i < 0 || i == len(name)-1 || strings.Trim(name[i+1:], "0123456789") != "" {
		return name, "", false
	}
	return name[:i], name[i+1:], true
}
