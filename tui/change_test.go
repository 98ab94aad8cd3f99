package tui

import (
	"context"
	"net/http"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
	"cosmander/jobs"
)

// fakeInspector has one object, or fails.
type fakeInspector struct {
	head cos.Head
	acl  cos.ACL
	tags []cos.Tag
	err  error
}

func (f fakeInspector) Head(context.Context, string, cos.GetOptions) (*cos.Head, error) {
	return &f.head, f.err
}

func (f fakeInspector) ObjectACL(context.Context, string, string) (*cos.ACL, error) {
	return &f.acl, f.err
}

func (f fakeInspector) ObjectTags(context.Context, string, string) ([]cos.Tag, error) {
	return f.tags, f.err
}

// shelf is a bucket with objects of three classes; the cursor is on a.log.
func shelf(t *testing.T, o fakeInspector) *driver {
	t.Helper()
	d := start(t, "a.log", "b.tar", "deep.tar", "z/1")
	d.store.classes = map[string]string{"b.tar": "ARCHIVE", "deep.tar": "DEEP_ARCHIVE"}
	d.m.deps.Inspect = func(string, string) Inspector { return o }
	d.run(d.m.Init())
	d.m.focus = 1
	d.press("home", "j")
	require.Equal(t, "a.log", d.cursor())
	return d
}

// last is the only job that was queued.
func (d *driver) onlyJob() jobs.Spec {
	d.t.Helper()
	require.Len(d.t, d.queue.added, 1)
	return d.queue.added[0]
}

func TestClass_IsChangedByAJob(t *testing.T) {
	t.Parallel()
	d := shelf(t, fakeInspector{})
	d.press("C")
	assert.Contains(t, d.screen(), "cos://b-1/a.log")
	assert.Contains(t, d.screen(), "now: 1 STANDARD")
	d.press("right", "enter")
	assert.Empty(t, d.queue.added, "the first Enter only goes to the button")
	d.press("enter")
	spec := d.onlyJob()
	assert.Equal(t, jobs.SetClass, spec.Kind)
	assert.Equal(t, "STANDARD_IA", spec.Change.Class)
	assert.Equal(t, "a.log", spec.Sources[0].Key)
	assert.Empty(t, d.m.modals)
}

func TestClass_SaysWhatAChangeCosts(t *testing.T) {
	t.Parallel()
	d := shelf(t, fakeInspector{})
	d.press("space", "space", "space", "C")
	screen := d.screen()
	assert.Contains(t, screen, "3 items in cos://b-1/")
	assert.Contains(t, screen, "1 ARCHIVE")
	assert.Contains(t, screen, "restore what is archived first")
	assert.Contains(t, screen, "1 DEEP_ARCHIVE younger than 180 days: up to 180 more are billed")
}

func TestClass_TheSameIsRefused(t *testing.T) {
	t.Parallel()
	d := shelf(t, fakeInspector{})
	d.press("C", "enter", "enter")
	assert.Contains(t, d.screen(), "all of it is STANDARD already")
	assert.Empty(t, d.queue.added)
}

func TestRestore_AsksForArchivedObjectsAlone(t *testing.T) {
	t.Parallel()
	d := shelf(t, fakeInspector{})
	d.press("R")
	assert.Contains(t, d.screen(), "nothing to restore")
	d.press("j", "R")
	assert.Contains(t, d.screen(), "1 ARCHIVE: 3 to 5 hours")
	d.press("right")
	assert.Contains(t, d.screen(), "1 to 5 minutes")
	d.press("tab", "backspace", "0", "enter")
	assert.Contains(t, d.screen(), "1 to 365 days")
	d.press("backspace", "3", "0", "enter", "enter")
	spec := d.onlyJob()
	assert.Equal(t, jobs.Restore, spec.Kind)
	assert.Equal(t, jobs.Change{Tier: cos.Expedited, Days: 30}, *spec.Change)
}

func TestRestore_DeepArchiveHasNoExpeditedTier(t *testing.T) {
	t.Parallel()
	d := shelf(t, fakeInspector{})
	d.press("j", "j", "R", "right", "enter", "enter")
	assert.Contains(t, d.screen(), "DEEP_ARCHIVE cannot be restored as Expedited")
	assert.Empty(t, d.queue.added)
	d.press("home", "right", "right", "enter", "enter") // through Bulk, back to Standard
	assert.Empty(t, d.queue.added)
}

func TestTags_OfOneObjectAreThereToBeChanged(t *testing.T) {
	t.Parallel()
	d := shelf(t, fakeInspector{tags: []cos.Tag{{Key: "team", Value: "red"}, {Key: "year", Value: "2026"}}})
	d.press("T")
	assert.Contains(t, d.screen(), "team=red")
	assert.Contains(t, d.screen(), "2 of 10 tags")
	d.press("end", "d", "y", "down", "down", "x", "=", "1", "enter", "enter")
	assert.Equal(t, []cos.Tag{{Key: "team", Value: "reddy"}, {Key: "year", Value: "2026"}, {Key: "x", Value: "1"}}, d.onlyJob().Change.Tags)
}

func TestTags_WhatIsWrongIsSaidAndNothingSent(t *testing.T) {
	t.Parallel()
	d := shelf(t, fakeInspector{})
	d.press("T", "a", "=", "1", "down", "a", "=", "2", "enter", "enter")
	assert.Contains(t, d.screen(), "twice")
	assert.Empty(t, d.queue.added)
	d.press("esc")
	assert.Contains(t, d.screen(), "Esc again")
	d.press("esc")
	assert.Empty(t, d.m.modals)
}

func TestTags_NoneTakesThemAway(t *testing.T) {
	t.Parallel()
	d := shelf(t, fakeInspector{tags: []cos.Tag{{Key: "t"}}})
	d.press("T", "end", "backspace", "backspace", "enter", "enter")
	assert.Equal(t, jobs.Change{NoTags: true}, *d.onlyJob().Change)
}

func TestTags_ThatCannotBeReadAreSaidToBeUnknown(t *testing.T) {
	t.Parallel()
	d := shelf(t, fakeInspector{err: &cos.Error{Op: "GetObjectTagging", Status: 403, Code: "AccessDenied", RequestID: "r-1"}})
	d.press("T")
	assert.Contains(t, d.screen(), "what it has now is not known")
	assert.Contains(t, d.screen(), "AccessDenied")
}

// TestFill_NeverReplacesWhatWasTyped lets the answer come late.
func TestFill_NeverReplacesWhatWasTyped(t *testing.T) {
	t.Parallel()
	d := shelf(t, fakeInspector{tags: []cos.Tag{{Key: "theirs"}}})
	_, cmd := d.m.Update(press("T"))
	d.press("m", "i", "n", "e")
	d.run(cmd)
	assert.Contains(t, d.screen(), "mine")
	assert.NotContains(t, d.screen(), "theirs")
}

func TestAccess_IsGivenToAccountsAndEverybody(t *testing.T) {
	t.Parallel()
	owner := cos.Owner{ID: "qcs::cam::uin/1:uin/1"}
	d := shelf(t, fakeInspector{acl: cos.ACL{Owner: owner, Preset: "private", Grants: []cos.Grant{
		{ID: owner.ID, Permission: "FULL_CONTROL"}, {ID: "qcs::cam::uin/5:uin/5", Permission: "READ"},
	}}})
	d.press("a")
	assert.Contains(t, d.screen(), "private: the owner alone")
	d.press("right")
	assert.Contains(t, d.screen(), "everybody reads it")
	d.press("tab", "end", " ", "7", "x", "enter")
	assert.Contains(t, d.screen(), `"7x" is no account number`)
	d.press("backspace", "enter", "enter")
	assert.Equal(t, jobs.Change{ACL: "public-read", GrantRead: `id="5",id="7"`}, *d.onlyJob().Change)
}

func TestChange_IsRefusedWhereNothingCanBeChanged(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"C", "R", "T", "a"} {
		d := shelf(t, fakeInspector{})
		d.press("tab", "j", key)
		assert.Contains(t, d.screen(), "only objects in a bucket have that", key)
		assert.Empty(t, d.m.modals, key)
	}
}

func TestProperties_ShowWhatAnObjectHas(t *testing.T) {
	t.Parallel()
	d := shelf(t, fakeInspector{
		head: cos.Head{
			Size: 1_234_567, ETag: "abc-3", HasCRC64: true, CRC64: 255, StorageClass: "ARCHIVE", VersionID: "v1",
			Headers: cos.Headers{Meta: map[string]string{"who": "me\x1b[31m"}}, Raw: http.Header{"X-Cos-Request-Id": {"r-9"}},
		},
		acl:  cos.ACL{Owner: cos.Owner{ID: "o"}, Grants: []cos.Grant{{URI: "http://cam.qcloud.com/groups/global/AllUsers", Permission: "READ"}, {ID: "o", Permission: "FULL_CONTROL"}}},
		tags: []cos.Tag{{Key: "team", Value: "red"}},
	})
	d.send(tea.WindowSizeMsg{Width: 120, Height: 50})
	d.press("i")
	for _, text := range []string{
		"cos://b-1/a.log", "1.2 MB (1 234 567 bytes)", "abc-3", "parts", "255 (00000000000000ff)", "restore it before it is read",
		"me␛[31m", "public-read", "team", "red", "X-Cos-Request-Id", "r-9",
	} {
		assert.Contains(t, d.screen(), text)
	}
	assert.Equal(t, "cos://b-1/a.log", d.clipped("y"))
	d.press("T")
	assert.Contains(t, d.screen(), "team=red", "the keys of the forms act here")
}

func TestProperties_ThatCannotBeReadSayWhy(t *testing.T) {
	t.Parallel()
	d := shelf(t, fakeInspector{err: &cos.Error{Op: "HeadObject", Status: 403, Code: "AccessDenied", RequestID: "r-1"}})
	d.send(tea.WindowSizeMsg{Width: 120, Height: 50})
	d.press("i")
	assert.Equal(t, 5, strings.Count(d.screen(), "AccessDenied"), "each group has its own")
	assert.NotContains(t, d.screen(), "asking")
}

func TestProperties_SumUpWhatIsMarked(t *testing.T) {
	t.Parallel()
	d := shelf(t, fakeInspector{})
	d.press("ctrl+a", "i")
	for _, text := range []string{"Selection", "files", "3", "folders", "1: = counts what is below", "oldest", "newest", "DEEP_ARCHIVE"} {
		assert.Contains(t, d.screen(), text)
	}
}
