package tui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"cosmander/cos"
	"cosmander/views"
)

// createdMsg says what became of a new bucket.
type createdMsg struct {
	name string
	// keeps is set if it keeps versions; unversioned is why it does not although
	// it was to.
	keeps       bool
	unversioned error
	err         error
}

// bucketForm asks what a new bucket is to be.
type bucketForm struct {
	name, region, keeps *views.Field
	appIDs              []string
}

// askNewBucket opens the form for a new bucket.
func (m *Model) askNewBucket() tea.Cmd {
	f := &bucketForm{
		name: &views.Field{Label: "Name"}, region: &views.Field{Label: "Region"},
		keeps:  &views.Field{Label: "Versions", Options: []string{"none are kept", "kept from the start"}},
		appIDs: m.appIDs(),
	}
	f.region.Set(m.deps.Region)
	regions := m.knownRegions()
	f.region.Suggest = func(text string) string {
		for _, r := range regions {
			if strings.HasPrefix(r, text) {
				return r
			}
		}
		return ""
	}
	view := &views.Form{Title: "New bucket", Verb: "Create", What: "in this account", Fields: []*views.Field{f.name, f.region, f.keeps}}
	view.Notes = f.notes
	view.Check = func() string { return wording(f.wrong()) }
	m.push(modal{view: view, act: func() tea.Cmd {
		m.pop()
		return m.create(f)
	}})
	return nil
}

// knownRegions are those of the account's buckets and the usual ones.
func (m *Model) knownRegions() []string {
	var all []string
	for _, p := range m.panes {
		for _, r := range p.rows.regions {
			all = append(all, r)
		}
	}
	return append(all, usualRegions...)
}

var usualRegions = []string{
	"ap-beijing", "ap-nanjing", "ap-shanghai", "ap-guangzhou", "ap-chengdu", "ap-chongqing", "ap-hongkong", "ap-singapore", "ap-jakarta",
	"ap-seoul", "ap-bangkok", "ap-tokyo", "na-siliconvalley", "na-ashburn", "sa-saopaulo", "eu-frankfurt",
}

// whole is the bucket's name with the APPID, which need not be typed where it
// is known. What looks like one and is none of the account's is a part of the
// name: photos-2026.
func (f *bucketForm) whole() string {
	name := strings.TrimSpace(f.name.Text())
	_, id, _ := cutAppID(name)
	if slices.Contains(f.appIDs, id) || name == "" || len(f.appIDs) == 0 {
		return name
	}
	return name + "-" + f.appIDs[0]
}

func (f *bucketForm) wrong() error {
	return cos.CheckNewBucket(f.whole(), strings.TrimSpace(f.region.Text()))
}

// notes says, while it is typed, why the name cannot be, or what comes of it.
func (f *bucketForm) notes() []views.Note {
	if err := f.wrong(); err != nil && f.name.Text() != "" {
		return []views.Note{{Text: err.Error(), Alarm: true}}
	}
	if f.name.Text() == "" {
		text := "lower case letters, digits and hyphens"
		if len(f.appIDs) == 0 {
			text += ", and -APPID at the end, the account's number"
		}
		return []views.Note{{Text: text}}
	}
	notes := []views.Note{
		{Text: "It will be " + f.whole() + ", and neither its name nor its region can be changed."},
		{Text: "It is private: nobody but the account reads it or writes to it, until somebody is given access."},
	}
	if f.keeps.Chosen() == 1 {
		notes = append(notes, views.Note{Text: "What is overwritten or deleted is kept, and every version kept is billed."})
	}
	return notes
}

// create returns the command that makes the bucket.
func (m *Model) create(f *bucketForm) tea.Cmd {
	name, region, keeps := f.whole(), strings.TrimSpace(f.region.Text()), f.keeps.Chosen() == 1
	ctx, maker, versions := m.ctx, m.deps.MakeBucket, m.deps.Versions
	return guarded(func() tea.Msg {
		if err := maker.CreateBucketIn(ctx, name, region); err != nil {
			return createdMsg{name: name, err: err}
		}
		msg := createdMsg{name: name, keeps: keeps}
		if keeps {
			msg.unversioned = versions(name, region).SetVersioning(ctx, cos.VersioningEnabled)
		}
		return msg
	})
}

func (m *Model) created(msg createdMsg) tea.Cmd {
	if msg.err != nil {
		m.sayError(msg.err)
		return nil
	}
	switch {
	case msg.unversioned != nil:
		m.say("created "+msg.name+", but it keeps no versions: "+m.explain(msg.unversioned), failure)
	case msg.keeps:
		m.learn(msg.name, cos.VersioningEnabled)
		m.say("created "+msg.name+", which keeps versions", plain)
	default:
		m.learn(msg.name, cos.Unversioned)
		m.say("created "+msg.name, plain)
	}
	return m.bucketsChanged("", msg.name)
}

// noNewBucket is why a bucket cannot be made now, or "".
func (m *Model) noNewBucket() string {
	return when(m.deps.MakeBucket == nil, "buckets are not made here")
}
