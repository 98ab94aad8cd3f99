package tui

import (
	"slices"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"cosmander/cos"
	"cosmander/jobs"
	"cosmander/views"
)

// classes is what a storage class means for who pays: how long an object is
// billed at least.
var classes = map[string]struct {
	days int
	does string
}{
	"STANDARD":            {0, "read at once, no minimum"},
	"STANDARD_IA":         {30, "cheaper to keep, reading costs"},
	"INTELLIGENT_TIERING": {0, "the service moves it between tiers by its use"},
	"ARCHIVE":             {90, "has to be restored before it is read: minutes to hours"},
	"DEEP_ARCHIVE":        {180, "has to be restored before it is read: half a day to two"},
}

// minimumDays is how long an object of a class is billed at least.
func minimumDays(class string) int { return classes[strings.TrimPrefix(class, "MAZ_")].days }

// askClass opens the form that changes the storage class of the chosen rows.
func (m *Model) askClass() tea.Cmd {
	from, why := m.changeable()
	if why != "" {
		m.say(why, plain)
		return nil
	}
	mix, folders := m.classMix(from)
	field := &views.Field{Label: "Class", Options: cos.StorageClasses()}
	field.Set("STANDARD_IA")
	if len(mix) == 1 && folders == 0 {
		field.Set(mix[0].class)
	}
	form := &views.Form{Title: "Storage class", Verb: "Change", Fields: []*views.Field{field}}
	form.Notes = func() []views.Note { return m.classNotes(field.Text(), mix, folders) }
	form.Check = func() string {
		if folders == 0 && !slices.ContainsFunc(mix, func(c classCount) bool { return c.class != field.Text() }) {
			return "all of it is " + field.Text() + " already"
		}
		return ""
	}
	return m.askChange(from, changing{form, jobs.SetClass, func() jobs.Change { return jobs.Change{Class: field.Text()} }})
}

// classNotes says what changing to a class means for what is chosen.
func (m *Model) classNotes(class string, mix []classCount, folders int) []views.Note {
	var notes []views.Note
	if len(mix) > 0 {
		var now []string
		for _, c := range mix {
			now = append(now, c.String())
		}
		notes = append(notes, views.Note{Text: "now: " + strings.Join(now, m.sep())})
	}
	if folders > 0 {
		notes = append(notes, views.Note{Text: views.Plural(int64(folders), "folder", "folders") + ": every object below, of whatever class"})
	}
	does := classes[strings.TrimPrefix(class, "MAZ_")]
	about := class + ": " + does.does
	if strings.HasPrefix(class, "MAZ_") {
		about += "; kept in several zones, where the bucket is"
	}
	if does.days > 0 {
		about += "; billed for " + views.Count(int64(does.days)) + " days at least"
	}
	notes = append(notes, views.Note{Text: about})
	notes = append(notes, m.classAlarms(class, mix)...)
	return append(notes, views.Note{Text: "each object is copied onto itself; metadata, ACL and tags stay"})
}

// classAlarms says what stands against changing to a class, or makes it dear.
func (m *Model) classAlarms(class string, mix []classCount) (notes []views.Note) {
	if slices.ContainsFunc(mix, func(c classCount) bool { return c.class != class && cos.Archived(c.class) }) {
		notes = append(notes, views.Note{Text: "restore what is archived first: the service cannot copy it before", Alarm: true})
	}
	for _, c := range mix {
		if young, left := m.young(c); young > 0 && c.class != class {
			notes = append(notes, views.Note{Alarm: true, Text: views.Count(young) + " " + c.class + " younger than " +
				strconv.Itoa(minimumDays(c.class)) + " days: up to " + strconv.Itoa(left) + " more are billed"})
		}
	}
	return notes
}

// young counts the objects that have not been kept as long as they are billed
// for, and the most days that are left of that.
func (m *Model) young(c classCount) (n int64, daysLeft int) {
	days := minimumDays(c.class)
	for _, at := range c.modified {
		if at == noTime || days == 0 {
			continue
		}
		const day = 24 * time.Hour
		left := days - int(m.deps.Now().Sub(time.Unix(at, 0))/day)
		if left > 0 {
			n++
			daysLeft = max(daysLeft, left)
		}
	}
	return n, daysLeft
}
