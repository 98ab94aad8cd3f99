package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
	"cosmander/cos/emulator/demo"
)

// TestStory_QueriesACSVAndSavesTheResult opens a query on an object, changes
// it, runs it, scrolls and saves: the file is what the service gives.
func TestStory_QueriesACSVAndSavesTheResult(t *testing.T) {
	t.Parallel()
	svc := startService(t)
	client, local := svc.client(t), t.TempDir()
	var text strings.Builder
	text.WriteString("id,note,城市\n")
	for i := range 300 {
		fmt.Fprintf(&text, "%d,\"note, %d\",上海\n", i, i)
	}
	body := cos.Body{ReaderAt: strings.NewReader(text.String()), Size: int64(text.Len())}
	_, err := client.Put(t.Context(), "data/cities.csv", body, cos.Headers{})
	require.NoError(t, err)

	s := startTerminal(t, program(t.Context(), t.TempDir(), svc.env(), local, "cos://"+demo.Bucket+"/data/"), 100, 30)
	s.untilText("cities.csv")
	s.press(keyTab + keyDown)
	s.press("Q")
	s.untilText("SELECT * FROM COSObject LIMIT 100", "‹header›")
	s.press(strings.Repeat("\x7f", len("LIMIT 100")) + "WHERE id >= 100")
	s.untilText("COSObject WHERE id >= 100")
	s.press(keyEnter)
	s.untilText("note, 100", "上海", "200 rows", "arrows scroll")
	s.press(keyEnd)
	s.untilText("note, 299")
	s.press("s")
	s.untilText("Save the result", "all 200 rows, as they are in the table")
	s.press(keyEnter)
	s.untilText("Enter acts")
	s.press(keyEnter)
	s.untilText("saved: ", "cities-select.csv")

	got, err := os.ReadFile(filepath.Join(local, "cities-select.csv"))
	require.NoError(t, err)
	assert.Equal(t, string(selected(t, client, "data/cities.csv", "SELECT * FROM COSObject WHERE id >= 100")), string(got))
	assert.Equal(t, 200, bytes.Count(got, []byte("\n")))
	s.press(keyEsc)
	s.untilText("F5 copy", "cities-select")
	s.press("q")
	require.NoError(t, s.wait())
}

// selected is the whole result of a query on a CSV with a header.
func selected(t *testing.T, b *cos.Bucket, key, expression string) (all []byte) {
	t.Helper()
	stream, err := b.Select(t.Context(), key, cos.SelectQuery{
		Expression: expression,
		Input:      cos.SelectInput{CSV: &cos.CSVInput{FileHeaderInfo: "USE"}}, Output: cos.SelectOutput{CSV: &cos.CSVOutput{}},
	})
	require.NoError(t, err)
	for event, err := range stream.Events() {
		require.NoError(t, err)
		if records, ok := event.(cos.SelectRecords); ok {
			all = append(all, records...)
		}
	}
	return all
}
