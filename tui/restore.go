package tui

import (
	"strconv"

	tea "charm.land/bubbletea/v2"

	"cosmander/cos"
	"cosmander/jobs"
	"cosmander/views"
)

// restoreTimes is how long the service says that a restore takes.
var restoreTimes = map[cos.Tier]struct{ archive, deep string }{
	cos.Standard:  {"3 to 5 hours", "12 to 24 hours"},
	cos.Expedited: {"1 to 5 minutes", ""},
	cos.Bulk:      {"5 to 12 hours", "24 to 48 hours"},
}

// newThaw is what a plan offers at first for what is archived.
func newThaw() *views.Thaw {
	days, _ := strconv.Atoi(restoreDays) // it is a number
	return &views.Thaw{Tier: cos.Standard, Days: days, Times: func(tier cos.Tier) (archive, deep string) {
		return restoreTimes[tier].archive, restoreTimes[tier].deep
	}}
}

// restoreDays is how long a restored copy is kept unless something else is
// asked for.
const restoreDays = "7"

// askRestore opens the form that asks for readable copies of archived objects.
func (m *Model) askRestore() tea.Cmd {
	from, why := m.changeable()
	if why != "" {
		m.say(why, plain)
		return nil
	}
	mix, folders := m.classMix(from)
	var archived, deep, other int64
	for _, c := range mix {
		switch {
		case !cos.Archived(c.class):
			other += c.objects
		case isDeep(c.class):
			deep += c.objects
		default:
			archived += c.objects
		}
	}
	if archived+deep == 0 && folders == 0 {
		m.say("nothing to restore: only ARCHIVE and DEEP_ARCHIVE objects are archived", plain)
		return nil
	}
	tier := &views.Field{Label: "Tier", Options: []string{string(cos.Standard), string(cos.Expedited), string(cos.Bulk)}}
	days := &views.Field{Label: "Days", Check: func(text string) string {
		if n, err := strconv.Atoi(text); err != nil || n < 1 || n > cos.MaxRestoreDays {
			return "the copy is kept for 1 to " + strconv.Itoa(cos.MaxRestoreDays) + " days"
		}
		return ""
	}}
	days.Set(restoreDays)
	form := &views.Form{Title: "Restore", Fields: []*views.Field{tier, days}}
	form.Notes = func() []views.Note {
		return restoreNotes(cos.Tier(tier.Text()), archived, deep, other, folders)
	}
	form.Check = func() string {
		if deep > 0 && restoreTimes[cos.Tier(tier.Text())].deep == "" {
			return "DEEP_ARCHIVE cannot be restored as " + tier.Text() + ": choose Standard or Bulk"
		}
		return ""
	}
	return m.askChange(from, changing{form, jobs.Restore, func() jobs.Change {
		n, _ := strconv.Atoi(days.Text()) // checked above
		return jobs.Change{Tier: cos.Tier(tier.Text()), Days: n}
	}})
}

func isDeep(class string) bool {
	return class == "DEEP_ARCHIVE" || class == "MAZ_DEEP_ARCHIVE"
}

func restoreNotes(tier cos.Tier, archived, deep, other int64, folders int) []views.Note {
	times := restoreTimes[tier]
	var notes []views.Note
	if archived > 0 || folders > 0 {
		notes = append(notes, views.Note{Text: count(archived) + "ARCHIVE: " + times.archive})
	}
	switch {
	case deep > 0 && times.deep == "":
		notes = append(notes, views.Note{Text: count(deep) + "DEEP_ARCHIVE: not to be had as " + string(tier), Alarm: true})
	case times.deep != "" && (deep > 0 || folders > 0):
		notes = append(notes, views.Note{Text: count(deep) + "DEEP_ARCHIVE: " + times.deep})
	case folders > 0:
		notes = append(notes, views.Note{Text: "DEEP_ARCHIVE objects below cannot be had as " + string(tier) + ": they will fail", Alarm: true})
	}
	if other > 0 {
		notes = append(notes, views.Note{Text: count(other) + "not archived: left as they are"})
	}
	return append(notes,
		views.Note{Text: "a readable copy appears beside the archived object and goes after these days"},
		views.Note{Text: "the job waits until it is there, and says so"})
}

// count is a number in front of what it counts; nothing if it is not known.
func count(n int64) string {
	if n == 0 {
		return ""
	}
	return views.Count(n) + " "
}
