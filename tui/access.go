package tui

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"cosmander/cos"
	"cosmander/jobs"
	"cosmander/views"
)

// cannedACLs are those that an object can have, in words.
var cannedACLs = []struct{ acl, means string }{
	{"default", "as the bucket has it"},
	{"private", "the owner alone"},
	{"public-read", "everybody reads it, without a key"},
}

// askAccess opens the form that sets who may read the chosen objects.
func (m *Model) askAccess() tea.Cmd {
	from, why := m.changeable()
	if why != "" {
		m.say(why, plain)
		return nil
	}
	canned := &views.Field{Label: "Access"}
	for _, c := range cannedACLs {
		canned.Options = append(canned.Options, c.acl)
	}
	canned.Set("private")
	read := &views.Field{Label: "Read", Check: checkAccounts}
	full := &views.Field{Label: "All rights", Check: checkAccounts}
	form := &views.Form{Title: "Access", Verb: "Set", Fields: []*views.Field{canned, read, full}}
	form.Notes = func() []views.Note {
		notes := []views.Note{{Text: canned.Text() + ": " + cannedACLs[canned.Chosen()].means, Alarm: canned.Text() == "public-read"}}
		return append(notes,
			views.Note{Text: "account numbers, with commas, may read or do all besides"},
			views.Note{Text: "this replaces what each object has"})
	}
	build := func() jobs.Change {
		return jobs.Change{ACL: canned.Text(), GrantRead: grants(read.Text()), GrantFullControl: grants(full.Text())}
	}
	form.Check = func() string {
		c := build()
		return wording(cos.CheckCannedACL(c.ACL, c.GrantRead, c.GrantFullControl))
	}
	cmd := m.askChange(from, changing{form, jobs.SetACL, build})
	return tea.Batch(cmd, m.fill(from, form, func(ctx context.Context, o Inspector, key string) (func(), error) {
		acl, err := o.ObjectACL(ctx, key, "")
		if err != nil {
			return nil, err
		}
		return func() {
			canned.Set(cmp.Or(acl.Preset, acl.Canned(), "private"))
			read.Set(strings.Join(granted(acl, "READ"), ", "))
			full.Set(strings.Join(granted(acl, "FULL_CONTROL"), ", "))
		}, nil
	}))
}

// granted lists the accounts that have a right beside the owner.
func granted(acl *cos.ACL, right string) (out []string) {
	for _, g := range acl.Grants {
		account := g.ID[strings.LastIndexByte(g.ID, '/')+1:]
		if g.Permission == right && g.ID != acl.Owner.ID && uin.MatchString(account) {
			out = append(out, account)
		}
	}
	return out
}

var (
	between = regexp.MustCompile(`[\s,;]+`)
	uin     = regexp.MustCompile(`^[0-9]{1,20}$`)
)

// accounts takes apart what was typed.
func accounts(text string) []string {
	return slices.DeleteFunc(between.Split(text, -1), func(s string) bool { return s == "" })
}

func checkAccounts(text string) string {
	for _, a := range accounts(text) {
		if !uin.MatchString(a) {
			return fmt.Sprintf("%q is no account number", a)
		}
	}
	return ""
}

// grants writes accounts as the header has them.
func grants(text string) string {
	var out []string
	for _, a := range accounts(text) {
		out = append(out, `id="`+a+`"`)
	}
	return strings.Join(out, ",")
}

// askTags opens the form that gives tags to the chosen objects. Of a single one
// it first asks what it has.
func (m *Model) askTags() tea.Cmd {
	from, why := m.changeable()
	if why != "" {
		m.say(why, plain)
		return nil
	}
	fields := make([]*views.Field, cos.MaxTags)
	for i := range fields {
		fields[i] = &views.Field{Label: "Tag " + strconv.Itoa(i+1)}
	}
	form := &views.Form{Title: "Tags", Verb: "Set", Fields: fields}
	form.Notes = func() []views.Note {
		tags, _ := typedTags(fields)
		text := "NAME=VALUE" + m.sep() + strconv.Itoa(len(tags)) + " of " + strconv.Itoa(len(fields)) + " tags"
		return []views.Note{{Text: text}, {Text: "these replace all that each object has", Alarm: len(tags) == 0}}
	}
	form.Check = func() string {
		_, err := typedTags(fields)
		return wording(err)
	}
	cmd := m.askChange(from, changing{form, jobs.SetTags, func() jobs.Change {
		tags, _ := typedTags(fields) // checked above
		return jobs.Change{Tags: tags, NoTags: len(tags) == 0}
	}})
	return tea.Batch(cmd, m.fill(from, form, func(ctx context.Context, o Inspector, key string) (func(), error) {
		tags, err := o.ObjectTags(ctx, key, "")
		return func() {
			for i, t := range tags[:min(len(tags), len(fields))] {
				fields[i].Set(t.Key + "=" + t.Value)
			}
		}, err
	}))
}

// typedTags reads the fields that are not empty.
func typedTags(fields []*views.Field) (tags []cos.Tag, err error) {
	for _, f := range fields {
		text := strings.TrimSpace(f.Text())
		if text == "" {
			continue
		}
		name, value, _ := strings.Cut(text, "=")
		tags = append(tags, cos.Tag{Key: strings.TrimSpace(name), Value: strings.TrimSpace(value)})
	}
	return tags, cos.CheckTags(tags)
}
