package tui

import (
	"context"
	"encoding/base64"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
)

type fakeLinker struct{ err error }

func (l fakeLinker) URL(key string) (string, error) { return "https://h/" + key, l.err }

func (l fakeLinker) PresignGet(_ context.Context, key string, o cos.PresignOptions) (string, error) {
	return "https://h/" + key + "?for=" + o.Lifetime.String(), l.err
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

func TestLinks_OfferAddressURLAndSignedURL(t *testing.T) {
	t.Parallel()
	d := drive(t, "a b.txt", "c/1", "d.txt")
	d.m.deps.Link = func(string, string) Linker { return fakeLinker{} }
	d.press("j", "space", "j", "space") // a b.txt and d.txt behind the folder
	d.press("k", "Y")
	assert.Equal(t, "cos://b-1/a b.txt\ncos://b-1/d.txt", d.clipped("enter"))
	d.press("Y", "down")
	assert.Equal(t, "https://h/a b.txt\nhttps://h/d.txt", d.clipped("enter"))
	d.press("Y", "down", "down", "down")
	assert.Equal(t, "https://h/a b.txt?for=24h0m0s\nhttps://h/d.txt?for=24h0m0s", d.clipped("enter"))
	assert.Contains(t, d.m.status, "good for 1 day")
	d.press("esc", "home", "Y", "down", "enter")
	assert.Contains(t, d.screen(), "a folder has no URL")
	d.press("esc", "tab", "G")
	assert.Contains(t, d.clipped("Y"), "b.txt", "what is here has its path alone")
}

func TestLinks_SayWhyThereAreNone(t *testing.T) {
	t.Parallel()
	d := drive(t, "a")
	d.m.deps.Link = func(string, string) Linker { return fakeLinker{cos.ErrNoCredentials} }
	d.press("Y", "down", "down", "enter")
	assert.Contains(t, d.m.status, "credentials")
}
