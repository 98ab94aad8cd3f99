package jobs

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"cosmander/cos/emulator"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write docs/faults.md anew; needs -matrix")

const faultsPage = "../docs/faults.md"

const faultsIntro = `# What a fault does to a job

Every operation that a job sends, times every fault that the [local server](local-server.md) can be told to have, times every kind of job that sends
it. This page is written by ` + "`make faults ARGS=-update`" + ` and held against what happens by ` + "`make faults`" + `; ` + "`make test`" + ` tries a part of it.

In each field the first sign is for a fault that goes away within the attempts of one request, the second for one that stays. Several signs stand
for several kinds of job.

| sign | end of the job | |
| --- | --- | --- |
| ✓ | done | and every byte was verified |
| u | done, not verified | every byte is right, but the service gave no checksum |
| ✗ | failed | with reason and code; nothing was lost, and a retry after the fault ended in ✓ |
| c | cancelled | and nothing was left |
| l | cancelled | parts were left, and the job says so |
| · | | the fault does nothing to this operation |

A 403 is final, so it fails also where it would go away; where only tags or an ACL cannot be read, the copy goes without, but a change
of headers or class, which would lose them, is not made. A move whose copy cannot be verified fails and keeps its source.

`

func place(op, fault string, stays bool) string { return fmt.Sprint(op, "|", fault, "|", stays) }

// signs are the outcomes of a field in the order of the legend.
func (m *matrix) signs(op, fault string, stays bool) string {
	var b strings.Builder
	for _, s := range []string{isVerified, isUnverified, isFailed, isCancelled, isUnclean} {
		if m.letters[place(op, fault, stays)][s] {
			b.WriteString(s)
		}
	}
	return b.String()
}

func (m *matrix) rows() [][]string {
	head, line := []string{"operation"}, []string{"---"}
	for _, f := range troubles() {
		head, line = append(head, f.name), append(line, "---")
	}
	rows := [][]string{head, line}
	for _, op := range append(emulator.Operations(), anyOp) {
		row := []string{op}
		if op == anyOp {
			row[0] = "each"
		}
		any := false
		for _, f := range troubles() {
			away, stays := m.signs(op, f.name, false), m.signs(op, f.name, true)
			if away+stays == "" {
				row = append(row, "·")
				continue
			}
			any = true
			row = append(row, away+" "+stays)
		}
		if any {
			rows = append(rows, row)
		}
	}
	return rows
}

func (m *matrix) page() string {
	var b strings.Builder
	b.WriteString(faultsIntro)
	for _, row := range m.rows() {
		b.WriteString("| " + strings.Join(row, " | ") + " |\n")
	}
	fmt.Fprintf(&b, "\n%d jobs met a fault: %d wrong done, %d wrong failed.\n\nThe jobs:\n\n", m.cells, m.wrongDone, m.wrongFailed)
	for _, d := range slices.Backward(deeds()) {
		b.WriteString("- " + d.name + "\n")
	}
	return b.String()
}

// compare holds the page against what happened: all of it, or what a part of
// the matrix can tell.
func (m *matrix) compare(t *testing.T) {
	t.Helper()
	if *wholeMatrix {
		fmt.Println(m.page())
	}
	if *update && *wholeMatrix && !t.Failed() {
		require.NoError(t, os.WriteFile(faultsPage, []byte(m.page()), 0o644)) //nolint:gosec // a page for everybody
	}
	page, err := os.ReadFile(faultsPage)
	require.NoError(t, err, "make faults ARGS=-update writes it")
	if *wholeMatrix {
		assert.Equal(t, string(page), m.page(), "make faults ARGS=-update writes it anew")
		return
	}
	known := fields(string(page))
	for i, row := range m.rows() {
		for j, field := range row {
			if i < 2 || j == 0 || field == "·" {
				continue
			}
			within(t, known[row[0]+"|"+troubles()[j-1].name], field, row[0]+", "+troubles()[j-1].name)
		}
	}
}

// within checks that the page has each sign of a field.
func within(t *testing.T, page, got, what string) {
	t.Helper()
	had, have := strings.Fields(page), strings.Fields(got)
	if !assert.Len(t, had, len(have), "docs/faults.md on %s: make faults ARGS=-update writes it anew", what) {
		return
	}
	for i := range have {
		for _, sign := range have[i] {
			assert.Contains(t, had[i], string(sign), "docs/faults.md on %s: make faults ARGS=-update writes it anew", what)
		}
	}
}

// fields reads the table of the page: by operation and fault.
func fields(page string) map[string]string {
	m := map[string]string{}
	var head []string
	for line := range strings.Lines(page) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		switch {
		case cells[0] == "operation":
			head = cells
		case len(head) > 0 && len(cells) == len(head):
			for i := 1; i < len(cells); i++ {
				m[cells[0]+"|"+head[i]] = cells[i]
			}
		}
	}
	return m
}
