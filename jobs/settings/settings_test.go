package settings

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/jobs"
)

// read reads a configuration that is text.
func read(t *testing.T, text string) (Transfers, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.toml")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return Read(path)
}

func TestRead_TakesWhatIsSetAndLeavesTheRestToItsDefault(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Transfers{
		"":                               {},
		"profile = \"x\"\n[keys.a]\nb=1": {},
		"[transfers]":                    {},
		"[transfers]\nfiles = 8\nparts = 1000\npart_size = \"8MiB\"\nthreshold = \"20MB\"\nbandwidth = \"2MB/s\"": {8, 1000, 8 << 20, 20_000_000, 2_000_000},
		"transfers.files = 1":                               {Files: 1},
		"[transfers]\npart_size = 1048576":                  {PartSize: 1 << 20},
		"[transfers]\nthreshold = \"5 GiB\"":                {Threshold: 5 << 30},
		"[transfers]\nbandwidth = 0":                        {},
		"[transfers]\nbandwidth = \"none\"":                 {},
		"[transfers]\nbandwidth = 40000\n[profiles.a]\nx=1": {Bandwidth: 40_000},
	} {
		got, err := read(t, text)
		require.NoError(t, err, text)
		assert.Equal(t, want, got, text)
	}
	got, err := Read(filepath.Join(t.TempDir(), "none.toml"))
	require.NoError(t, err)
	assert.Zero(t, got)
}

func TestRead_SaysLineKeyAndWhatIsWanted(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"[transfers]\n\nfiles = 0":                            "line 3: transfers.files: want a number from 1 to 1000",
		"[transfers]\nfiles = 1001":                           "line 2: transfers.files: want a number",
		"[transfers]\nparts = \"16\"":                         "line 2: transfers.parts: want a number",
		"[transfers]\nparts = 1.5":                            "line 2: transfers.parts: want a number",
		"[transfers]\npart_size = \"8MiC\"":                   `line 2: transfers.part_size: want a size from 1MiB to 5GiB in quotes, such as "8MiB"`,
		"[transfers]\npart_size = \"1MB\"":                    "transfers.part_size: want a size from 1MiB",
		"[transfers]\npart_size = \"6GiB\"":                   "transfers.part_size: want a size",
		"[transfers]\npart_size = -1":                         "transfers.part_size: want a size",
		"[transfers]\npart_size = true":                       "transfers.part_size: want a size",
		"[transfers]\nthreshold = \"0\"":                      "transfers.threshold: want a size",
		"[transfers]\nthreshold = []":                         "transfers.threshold: want a size",
		"[transfers]\nbandwidth = \"1kB\"":                    "line 2: transfers.bandwidth: 1kB is too little: the least is 32KiB/s",
		"[transfers]\nbandwidth = \"fast\"":                   `transfers.bandwidth: "fast" is no limit`,
		"[transfers]\nfiles = 3\n\nfilez = 3":                 "line 4: transfers.filez: unknown key; there are files, parts, part_size, threshold, bandwidth",
		"[transfers]\nfilez = 3\nfiles = 0":                   "line 2: transfers.filez", // the first mistake
		"[transfers.upload]\nfiles = 3":                       "line 1: transfers.upload: unknown key",
		"transfers = 3":                                       "line 1: transfers: want a table",
		"[[transfers]]\nfiles = 3":                            "line 1: transfers: want a table",
		"[transfers]\nfiles = 3\nfiles = 4":                   "line 3 is not TOML",
		"[profiles.a]\nsecret_key = \"s3cret\nx\n[transfers]": "line 2 is not TOML",
	} {
		got, err := read(t, text)
		require.ErrorContains(t, err, want, text)
		assert.ErrorContains(t, err, "config.toml, ")
		assert.NotContains(t, err.Error(), "s3cret")
		assert.NotContains(t, err.Error(), "\n")
		assert.Zero(t, got, "all or nothing")
	}
	_, err := Read(t.TempDir())
	require.ErrorContains(t, err, "read the configuration")
}

func TestApply_LeavesOtherFieldsAlone(t *testing.T) {
	t.Parallel()
	cfg := jobs.Config{Journal: "x", Manual: true}
	Transfers{1, 2, 3, 4, 5}.Apply(&cfg)
	assert.Equal(t, jobs.Config{Journal: "x", Manual: true, Files: 1, Parts: 2, PartSize: 3, Threshold: 4, Bandwidth: 5}, cfg)
}
