package tui

import (
	"context"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
)

type fakeLinker struct {
	err  error
	keys cos.SigningKeys
}

func (l fakeLinker) URL(key string) (string, error) { return "https://h/" + key, l.err }

func (l fakeLinker) PresignGet(_ context.Context, key string, o cos.PresignOptions) (string, error) {
	url := "https://h/" + key + "?for=" + o.Lifetime.String()
	if o.VersionID != "" {
		url += "&versionId=" + o.VersionID
	}
	return url, l.err
}

func (l fakeLinker) PresignPut(_ context.Context, key string, o cos.PresignOptions) (string, error) {
	return "https://h/" + key + "?put=" + o.Lifetime.String(), l.err
}

func (l fakeLinker) SigningKeys(context.Context) (cos.SigningKeys, error) { return l.keys, l.err }

// linked is a bucket whose links are made by l.
func linked(t *testing.T, l fakeLinker, keys ...string) *driver {
	t.Helper()
	d := drive(t, keys...)
	d.m.deps.Link = func(string, string) Linker { return l }
	return d
}

// clipped is what the last of the messages that come of a key sends to the
// clipboard.
func (d *driver) clipped(key string) string {
	d.t.Helper()
	_, cmd := d.m.Update(press(key))
	for range 3 {
		require.NotNil(d.t, cmd)
		msg := cmd()
		if raw, ok := msg.(tea.RawMsg); ok {
			text, ok := strings.CutPrefix(raw.Msg.(string), "\x1b]52;c;")
			require.True(d.t, ok)
			plain, err := base64.StdEncoding.DecodeString(strings.TrimSuffix(text, "\x07"))
			require.NoError(d.t, err)
			return string(plain)
		}
		_, cmd = d.m.Update(msg)
	}
	require.Fail(d.t, "nothing for the clipboard")
	return ""
}

// flat is the screen as one line of words, without frames.
func (d *driver) flat() string {
	return strings.Join(strings.Fields(strings.NewReplacer("│", " ", "─", " ").Replace(d.screen())), " ")
}

func TestLinks_OfferAddressAndURL(t *testing.T) {
	t.Parallel()
	d := linked(t, fakeLinker{}, "a b.txt", "c/1", "d.txt")
	d.press("j", "space", "j", "space") // a b.txt and d.txt behind the folder
	d.press("k", "Y")
	assert.Equal(t, "cos://b-1/a b.txt\ncos://b-1/d.txt", d.clipped("enter"))
	d.press("Y", "down")
	assert.Equal(t, "https://h/a b.txt\nhttps://h/d.txt", d.clipped("enter"))
	d.press("esc", "home", "Y", "down", "enter")
	assert.Contains(t, d.screen(), "a folder has no URL")
	d.press("esc", "tab", "G")
	assert.Contains(t, d.clipped("Y"), "b.txt", "what is here has its path alone")
}

func TestLinks_ToDownloadAreMadeForManyAndCopiedTogether(t *testing.T) {
	t.Parallel()
	d := linked(t, fakeLinker{}, "a b.txt", "c/1", "d.txt")
	d.press("j", "space", "j", "space", "Y", "down", "down", "enter")
	assert.Contains(t, d.flat(), "Whoever has the link can read these 2 objects until 2026-11-22 13:00 +0000, in 1 hour, without an account.")
	assert.Contains(t, d.flat(), "The service sets no longest time")
	d.press("right", "right", "right", "enter")
	assert.Contains(t, d.flat(), "until 2026-11-23 12:00 +0000, in 1 day")
	const both = "https://h/a b.txt?for=24h0m0s\nhttps://h/d.txt?for=24h0m0s"
	assert.Equal(t, both, d.clipped("enter"))
	assert.Contains(t, d.m.status, "in the clipboard: 2 links")
	assert.Contains(t, d.flat(), "can read these 2 objects until 2026-11-23 12:00 +0000")
	assert.Contains(t, d.screen(), "\nhttps://h/a b.txt?for=24h0m0s", "nothing stands before a link, so that a mouse can take it")
	d.press("down")
	assert.Contains(t, d.screen(), "\nhttps://h/d.txt?for=24h0m0s")
	assert.Equal(t, "https://h/d.txt?for=24h0m0s", d.clipped("Y"))
	assert.Equal(t, both, d.clipped("y"))
	d.press("esc")
	assert.Empty(t, d.m.modals)
}

func TestLinks_LastAsLongAsIsTyped(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"90m": "1h30m0s", "36h": "36h0m0s", "10d": "240h0m0s", "2w": "336h0m0s"} {
		d := linked(t, fakeLinker{}, "a")
		d.press("j", "Y", "down", "down", "enter", "tab")
		d.write(text)
		d.press("enter")
		assert.Equal(t, "https://h/a?for="+want, d.clipped("enter"), text)
	}
	for text, says := range map[string]string{"soon": "90m, 36h, 10d, 2w", "0h": "90m, 36h, 10d, 2w", "4000d": "longer than 3650 days"} {
		d := linked(t, fakeLinker{}, "a")
		d.press("j", "Y", "down", "down", "enter", "tab")
		d.write(text)
		d.press("enter")
		assert.Contains(t, d.flat(), says, text)
		assert.Len(t, d.m.modals, 1, text)
	}
}

func TestLinks_SayWhenTemporaryKeysEndThemBefore(t *testing.T) {
	t.Parallel()
	d := linked(t, fakeLinker{keys: cos.SigningKeys{Temporary: true, Until: noon.Add(30 * time.Minute)}}, "a")
	d.press("j", "Y", "down", "down", "enter")
	assert.Contains(t, d.flat(), "until 2026-11-22 12:30 +0000, in 30 minutes")
	assert.Contains(t, d.flat(), "The key pair is temporary and ends 2026-11-22 12:30 +0000")
	d.press("right") // a quarter of an hour
	assert.Contains(t, d.flat(), "until 2026-11-22 12:15 +0000")
	d.m.deps.Link = func(string, string) Linker { return fakeLinker{keys: cos.SigningKeys{Temporary: true}} }
	d.press("esc", "esc", "Y", "down", "down", "enter")
	assert.Contains(t, d.flat(), "The key pair is temporary: the link ends with it")
}

func TestLinks_ToUploadNameANewObject(t *testing.T) {
	t.Parallel()
	d := linked(t, fakeLinker{}, "in/a")
	d.press("enter", "home", "Y")
	assert.Equal(t, "cos://b-1/in/", d.clipped("enter"), "the place, where nothing is chosen")
	d.press("Y", "down", "down", "down", "enter", "enter")
	assert.Contains(t, d.flat(), "a name is needed")
	d.write("from them.zip")
	assert.Contains(t, d.flat(), "can store one object of at most 5 GB as cos://b- 1/in/from them.zip until 2026-11-22 13:00")
	assert.Contains(t, d.flat(), "An object that has the name by then is replaced.")
	d.press("enter")
	assert.Equal(t, "https://h/in/from them.zip?put=1h0m0s", d.clipped("enter"))
	assert.Contains(t, d.flat(), "curl --upload-file FILE 'LINK'")
}

// TestLinks_SayWhatTheyCannotGive looks at what is linked.
func TestLinks_SayWhatTheyCannotGive(t *testing.T) {
	t.Parallel()
	sealed := cos.Head{Headers: cos.Headers{Meta: map[string]string{"client-side-encryption-key": "k"}}}
	for says, o := range map[string]fakeInspector{
		"The object was encrypted before it was stored": {head: sealed},
		"The object is archived":                        {head: cos.Head{StorageClass: "ARCHIVE"}},
		"The object is not there":                       {err: &cos.Error{Op: "HeadObject", Status: 404, Code: "NoSuchKey"}},
		"The object could not be looked at":             {err: &cos.Error{Op: "HeadObject", Status: 403, Code: "AccessDenied"}},
	} {
		d := linked(t, fakeLinker{}, "a")
		d.m.deps.Inspect = func(string, string) Inspector { return o }
		d.press("j", "Y", "down", "down", "enter", "enter", "enter")
		assert.Contains(t, d.flat(), says)
	}
	d := linked(t, fakeLinker{}, "a", "b")
	d.m.deps.Inspect = func(string, string) Inspector { return fakeInspector{head: sealed} }
	d.press("ctrl+a", "Y", "down", "down", "enter", "enter", "enter")
	assert.Contains(t, d.flat(), "2 of them were encrypted before they were stored")
}

func TestLinks_AreSavedToAFileThatIsNew(t *testing.T) {
	t.Parallel()
	d := linked(t, fakeLinker{}, "a", "b")
	d.press("ctrl+a", "Y", "down", "down", "enter", "enter", "enter", "s")
	d.press("enter")
	path := filepath.Join(d.dir, "links.txt")
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, "https://h/a?for=1h0m0s\nhttps://h/b?for=1h0m0s\n", string(text))
	info, err := os.Stat(path)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	require.NoError(t, os.WriteFile(path, []byte("mine"), 0o600))
	d.press("s", "enter")
	assert.Contains(t, d.m.status, "exists")
	text, err = os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, "mine", string(text))
}

func TestLinks_AreShownAsACodeWhereThereIsRoom(t *testing.T) {
	t.Parallel()
	d := linked(t, fakeLinker{}, "a")
	d.send(tea.WindowSizeMsg{Width: 80, Height: 24})
	d.press("j", "Y", "down", "down", "enter", "enter", "enter", "c")
	assert.Contains(t, d.screen(), "█ ▄▄▄▄▄ █")
	d.press("c")
	assert.Contains(t, d.screen(), "https://h/a?for")
	d.press("c")
	d.send(tea.WindowSizeMsg{Width: 40, Height: 12})
	assert.Contains(t, d.flat(), "the QR code needs 29 columns and 15 lines; the window has 40 and 11")
	d.press("esc")
	assert.Contains(t, d.screen(), "https://h/a?for", "Esc leads back to the text")
	d.press("esc")
	assert.Empty(t, d.m.modals)
}

func TestLinks_TooManyForTheClipboardAreShownAndSaved(t *testing.T) {
	t.Parallel()
	var keys []string
	for i := range clipboardRows + 1 {
		keys = append(keys, "k"+string(rune('a'+i/26))+string(rune('a'+i%26)))
	}
	d := linked(t, fakeLinker{}, keys...)
	d.m.deps.Inspect = func(string, string) Inspector { return fakeInspector{} }
	d.press("ctrl+a", "Y", "down", "down", "enter", "enter", "enter")
	assert.Contains(t, d.m.status, "201 are too many for the clipboard")
	assert.Contains(t, d.flat(), "was not asked")
	d.press("s", "enter")
	text, err := os.ReadFile(filepath.Join(d.dir, "links.txt"))
	require.NoError(t, err)
	assert.Equal(t, clipboardRows+1, strings.Count(string(text), "\n"))
}

func TestLinks_SayWhyThereAreNone(t *testing.T) {
	t.Parallel()
	d := linked(t, fakeLinker{err: cos.ErrNoCredentials}, "a")
	d.press("j", "Y", "down", "down", "enter")
	assert.Contains(t, d.flat(), "nothing can sign it")
	d.press("enter", "enter")
	assert.Contains(t, d.m.status, "credentials")
}

// linkedHistory is a bucket with versions whose links are signed for real.
func linkedHistory(t *testing.T) *keeper {
	t.Helper()
	k := pastBucket(t)
	k.m.deps.Link = func(string, string) Linker { return fakeLinker{} }
	return k
}

func TestLinks_ToAVersionFromItsHistory(t *testing.T) {
	t.Parallel()
	k := linkedHistory(t)
	old := k.history("notes.txt")[1].VersionID
	k.press("end", "V", "j", "Y")
	assert.Contains(t, k.flat(), "only a signed link names a version")
	k.press("down", "down", "enter")
	assert.Contains(t, k.flat(), "can read this version until")
	k.press("enter")
	assert.Equal(t, "https://h/notes.txt?for=1h0m0s&versionId="+old, k.clipped("enter"))
}

func TestLinks_ToAVersionFromThePast(t *testing.T) {
	t.Parallel()
	k := linkedHistory(t)
	old := k.history("notes.txt")[1].VersionID
	k.press("alt+t")
	k.write2d()
	k.press("end", "Y", "down", "down", "enter", "enter")
	assert.Equal(t, "https://h/notes.txt?for=1h0m0s&versionId="+old, k.clipped("enter"))
	k.press("esc", "Y", "down", "down", "down", "enter")
	assert.Contains(t, k.flat(), "the past is read-only", "nothing is stored there")
	k.press("esc", "alt+t", "esc", "alt+v", "home", "j", "j")
	for k.cursor() != ".." && !strings.HasPrefix(k.cursor(), "gone\x00") {
		k.press("k")
	}
	require.Equal(t, "gone", nameOnly(k.cursor()))
	k.press("Y", "down", "down", "enter")
	assert.Contains(t, k.flat(), "a delete marker has no content")
}

// write2d shows the bucket as it was two days ago.
func (k *keeper) write2d() {
	for _, text := range []string{"2", "d"} {
		k.press(text)
	}
	k.press("enter")
}
