package tui

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
	"cosmander/cos/emulator"
	"cosmander/jobs"
)

// accounting is the panes over the list of buckets of an account that has b-1.
func accounting(t *testing.T, versioned bool) *keeper {
	t.Helper()
	k := keeping(t, versioned)
	client := k.bucket.Client()
	deps := &k.m.deps
	deps.Buckets, deps.MakeBucket = client, client
	deps.Contents = func(bucket, region string) Contents { return client.Bucket(bucket, region) }
	deps.Link = func(bucket, region string) Linker { return client.Bucket(bucket, region) }
	k.m.panes[1] = newPane(place{buckets: true})
	k.send(tea.WindowSizeMsg{Width: 120, Height: 36})
	return k
}

// buckets are those of the account.
func (k *keeper) buckets() (names []string) {
	k.t.Helper()
	all, err := k.bucket.Client().ListBuckets(k.t.Context())
	require.NoError(k.t, err)
	for _, b := range all {
		names = append(names, b.Name+" "+b.Region)
	}
	return names
}

func TestBucket_IsCreatedWithItsAPPID(t *testing.T) {
	t.Parallel()
	k := accounting(t, false)
	k.open()
	k.press("f7")
	for text, says := range map[string]string{
		"Photos":                "capital letters are not allowed",
		"my_photos":             "only lower case letters, digits and hyphens",
		"-x":                    "it begins with a hyphen",
		strings.Repeat("p", 40): "characters, and 60 are allowed",
	} {
		k.write1(text)
		assert.Contains(t, k.flat(), says, "while it is typed")
		k.press("enter", "enter")
		assert.Len(t, k.m.modals, 1, "nothing is asked for")
		k.press("tab") // from the button to the first field again
		for range text {
			k.press("backspace")
		}
	}
	k.write1("photos-20")
	assert.Contains(t, k.flat(), "It will be photos-20-1, and", "20 is no APPID of this account")
	k.press("backspace", "backspace", "backspace")
	assert.Contains(t, k.flat(), "It will be photos-1, and neither its name nor its region can be changed.")
	assert.Contains(t, k.flat(), "It is private")
	k.press("tab", "tab", "right", "enter", "enter")
	assert.Empty(t, k.m.modals)
	assert.Equal(t, []string{"b-1 " + emulator.DefaultRegion, "photos-1 " + emulator.DefaultRegion}, k.buckets())
	assert.Equal(t, "photos-1/", k.cursor())
	assert.Regexp(t, `photos-1/ +ap-\w+ +versioned`, k.screen())
	state, err := k.bucket.Client().Bucket("photos-1", emulator.DefaultRegion).Versioning(t.Context())
	require.NoError(t, err)
	assert.Equal(t, cos.VersioningEnabled, state)
}

// write1 types text.
func (k *keeper) write1(text string) {
	for _, r := range text {
		k.press(string(r))
	}
}

func TestBucket_ThatIsTakenIsSaid(t *testing.T) {
	t.Parallel()
	k := accounting(t, false)
	k.open()
	k.press("f7")
	k.write1("b-1")
	k.press("enter", "enter")
	assert.Contains(t, k.m.status, "b-1")
	assert.Equal(t, failure, k.m.tone)
}

func TestBucket_ThatIsEmptyIsDeletedOnceItsNameIsTyped(t *testing.T) {
	t.Parallel()
	k := accounting(t, false)
	k.open()
	k.press("f8")
	assert.Contains(t, k.flat(), "It is empty: no objects, versions or unfinished uploads.")
	k.press("tab", "enter")
	assert.Contains(t, k.flat(), "type b-1 first")
	k.write1("b-2")
	k.press("enter")
	assert.Contains(t, k.flat(), "type b-1 first")
	k.press("backspace", "1", "enter")
	k.done()
	assert.Empty(t, k.buckets())
	assert.Contains(t, k.screen(), "no buckets in this account")
}

// TestBucket_ThatIsEmptyWhenLookedAtIsNotEmptiedLater writes into it while the
// dialog is open.
func TestBucket_ThatIsEmptyWhenLookedAtIsNotEmptiedLater(t *testing.T) {
	t.Parallel()
	k := accounting(t, false)
	k.open()
	k.press("f8", "tab")
	k.write1("b-1")
	k.write("late.txt", "just in time", 0)
	k.press("enter")
	require.Eventually(t, func() bool { return k.jobs.Snapshot().Jobs[0].State.Final() }, 20*time.Second, 5*time.Millisecond)
	assert.Equal(t, jobs.Failed, k.jobs.Snapshot().Jobs[0].State)
	assert.Equal(t, "just in time", k.text("late.txt"))
}

func TestBucket_IsEmptiedAndDeletedAndLeft(t *testing.T) {
	t.Parallel()
	k := accounting(t, true)
	k.write("a/旅行.txt", "one", 3)
	k.write("a/旅行.txt", "two", 2)
	k.write("gone", "x", 2)
	require.NoError(t, k.server.Remove("b-1", "gone"))
	_, err := k.bucket.InitiateUpload(t.Context(), "big", cos.Headers{})
	require.NoError(t, err)
	k.open()
	k.run(k.m.open(0, place{Place: jobs.Place{Bucket: "b-1", Region: emulator.DefaultRegion, Key: "a/"}}, ""))
	k.press("f8")
	assert.Contains(t, k.flat(), "in it: objects or versions, and 1 unfinished upload")
	assert.Contains(t, k.flat(), "4 files", "versions and markers are counted")
	assert.Contains(t, k.flat(), "every unfinished upload goes for good, and then the bucket")
	k.press("tab")
	k.write1("b-1")
	k.press("enter")
	k.done()
	assert.Empty(t, k.buckets())
	assert.True(t, k.m.panes[0].at.buckets, "nobody stays in a bucket that is gone")
	assert.Contains(t, k.screen(), "the bucket b-1: deleted")
}

func TestBucket_VersioningIsTurnedOnAndSuspended(t *testing.T) {
	t.Parallel()
	k := accounting(t, false)
	k.open()
	says := func(want cos.Versioning) {
		t.Helper()
		state, err := k.bucket.Versioning(t.Context())
		require.NoError(t, err)
		assert.Equal(t, want, state)
	}
	assert.Regexp(t, `b-1/ +ap-\w+ +- `, k.screen())
	k.press("V")
	assert.Contains(t, k.flat(), "This bucket keeps no versions")
	k.press("enter")
	says(cos.Unversioned)
	k.press("V", "tab", "enter")
	says(cos.VersioningEnabled)
	assert.Regexp(t, `b-1/ +ap-\w+ +versioned`, k.screen(), "the list knows at once")
	k.press("V")
	assert.Contains(t, k.flat(), "what is written replaces the version called null")
	k.press("tab", "enter")
	says(cos.VersioningSuspended)
	assert.Regexp(t, `b-1/ +ap-\w+ +suspended`, k.screen())
	assert.Contains(t, k.m.status, "makes no new versions from now on")
	k.press("V")
	assert.Contains(t, k.flat(), "Versioning is suspended")
}

func TestBucket_PropertiesAreWhatIsKnownOfIt(t *testing.T) {
	t.Parallel()
	k := accounting(t, true)
	k.write("x", "one", 3)
	k.open()
	k.press("i")
	for _, text := range []string{
		"Properties of cos://b-1/", "APPID 1", "region " + emulator.DefaultRegion, "created", "endpoint http://127.0.0.1",
		"versioning kept: what is overwritten", "content objects or versions", "answers in " + emulator.DefaultRegion,
	} {
		assert.Contains(t, k.flat(), text)
	}
	assert.Equal(t, "cos://b-1/", k.clipped("y"))
	k.press("V")
	assert.Contains(t, k.flat(), "This bucket keeps versions", "the keys of the list act here")
}

func TestBucket_OneAtATimeAndOnlyInTheList(t *testing.T) {
	t.Parallel()
	k := accounting(t, false)
	require.NoError(t, k.bucket.Client().CreateBucketIn(t.Context(), "c-1", emulator.DefaultRegion))
	k.open()
	k.press("ctrl+a")
	for _, key := range []string{"f8", "V"} {
		k.press(key)
		assert.Contains(t, k.m.status, "one bucket at a time", key)
		assert.Empty(t, k.m.modals, key)
	}
	k.m.deps.Contents, k.m.deps.MakeBucket = nil, nil
	assert.Equal(t, "buckets are not deleted here", k.why("f8"))
	assert.Equal(t, "buckets are not made here", k.why("f7"))
}

func TestBucket_ThatCannotBeLookedIntoIsNotDeleted(t *testing.T) {
	t.Parallel()
	k := accounting(t, false)
	k.open()
	k.server.Faults().Add(emulator.Fault{Op: "ListMultipartUploads", Status: 403, Code: "AccessDenied"})
	k.press("f8")
	assert.Contains(t, k.m.status, "AccessDenied")
	assert.Empty(t, k.m.modals)
}

func TestBucket_ThatKeepsNoVersionsAfterAllIsSaid(t *testing.T) {
	t.Parallel()
	d := drive(t, "a")
	d.send(createdMsg{name: "c-1", keeps: true, unversioned: errors.New("not allowed")})
	assert.Contains(t, d.m.status, "created c-1, but it keeps no versions: not allowed")
	assert.Equal(t, failure, d.m.tone)
}

// fakeContents is a bucket that has something, or nothing.
type fakeContents struct{ objects, uploads int }

func (f fakeContents) ListVersions(context.Context, cos.VersionsOptions) (*cos.VersionsPage, error) {
	return &cos.VersionsPage{Versions: make([]cos.Version, f.objects)}, nil
}

func (f fakeContents) ListUploads(context.Context, cos.UploadsOptions) (*cos.UploadsPage, error) {
	return &cos.UploadsPage{Uploads: make([]cos.Upload, f.uploads)}, nil
}

func (f fakeContents) FindRegion(context.Context) (string, error) { return "ap-guangzhou", nil }

func (f fakeContents) CreateBucketIn(context.Context, string, string) error { return nil }

// atBuckets plays keys in the list of buckets.
func atBuckets(f fakeContents, keys ...string) func(d *driver) {
	return func(d *driver) {
		d.m.deps.MakeBucket = f
		d.m.deps.Contents = func(string, string) Contents { return f }
		d.press("h", "h", "home")
		d.press(keys...)
	}
}
