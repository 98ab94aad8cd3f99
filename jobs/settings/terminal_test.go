package settings

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func readTerminal(t *testing.T, text string) (Terminal, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.toml")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return ReadTerminal(path)
}

func TestReadTerminal_LeavesTheMouseToTheTerminalOnlyIfToldTo(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"": false, "[transfers]\nfiles = \"wrong\"": false, "[terminal]": false,
		"[terminal]\nmouse = true": false, "[terminal]\nmouse = false": true, "terminal.mouse = false": true,
	} {
		got, err := readTerminal(t, text)
		require.NoError(t, err, text)
		assert.Equal(t, Terminal{NoMouse: want}, got, text)
	}
	got, err := ReadTerminal(filepath.Join(t.TempDir(), "none.toml"))
	require.NoError(t, err)
	assert.Zero(t, got)
}

func TestReadTerminal_SaysLineKeyAndWhatIsWanted(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"[terminal]\n\nmouse = \"no\"":                 "line 3: terminal.mouse: want true or false",
		"[terminal]\nmouse = 0":                        "line 2: terminal.mouse: want true or false",
		"[terminal]\nmouse = false\nmice = false":      "line 3: terminal.mice: unknown key; there is only mouse",
		"terminal = false":                             "line 1: terminal: want a table: [terminal]",
		"[profiles.a]\nsecret_key = \"s3cret\nmouse =": "line 2 is not TOML",
	} {
		got, err := readTerminal(t, text)
		require.ErrorContains(t, err, want, text)
		assert.ErrorContains(t, err, "config.toml, ")
		assert.NotContains(t, err.Error(), "s3cret")
		assert.Zero(t, got, "all or nothing")
	}
}
