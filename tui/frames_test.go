package tui

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/stretchr/testify/require"

	"cosmander/theme"
)

// frameSizes are the windows of the golden frames.
var frameSizes = [][2]int{{80, 24}, {120, 40}, {200, 50}, {40, 12}}

// themes are what a terminal can show.
func themes() []theme.Theme {
	return []theme.Theme{theme.Dark(), theme.Light(), theme.Basic(), theme.Mono()}
}

// TestScenes holds every screen of the program, in every size and with every
// kind of terminal, to what is promised of all of them; and its text, and at
// 80x24 its styles, to files.
func TestScenes(t *testing.T) {
	t.Parallel()
	for name, play := range scenes() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var text, plainText, styled strings.Builder
			for _, size := range frameSizes {
				for _, ascii := range []bool{false, true} {
					d := stage(t, size[0], size[1], ascii)
					play(d)
					for _, th := range themes() {
						d.m.look.Theme = th
						d.keepsPromises(ascii)
						if !ascii && size == frameSizes[0] {
							fmt.Fprintf(&styled, "== %s\n%s", th.Name, spelled(d.m.lines()))
						}
					}
					into := &text
					if ascii {
						into = &plainText
					}
					fmt.Fprintf(into, "== %dx%d\n%s", size[0], size[1], trimmed(d.m.lines()))
				}
			}
			same(t, "scenes/"+name, text.String())
			same(t, "scenes/"+name+"-ascii", plainText.String())
			same(t, "scenes/"+name+"-styles", styled.String())
		})
	}
}

// trimmed is a frame as text.
func trimmed(lines []string) string {
	var b strings.Builder
	for _, line := range lines {
		b.WriteString(strings.TrimRight(ansi.Strip(line), " ") + "\n")
	}
	return b.String()
}

// keepsPromises asserts what holds for each frame.
func (d *driver) keepsPromises(ascii bool) {
	d.t.Helper()
	lines := d.m.lines()
	at := fmt.Sprintf("%dx%d %s, ascii %v", d.m.width, d.m.height, d.m.look.Name, ascii)
	require.Len(d.t, lines, d.m.height, at)
	for i, line := range lines {
		text := ansi.Strip(line)
		require.Equal(d.t, d.m.width, ansi.StringWidthWc(line), "%s, line %d: %q", at, i, text)
		require.NotContains(d.t, text, "\n", at)
		if ascii {
			require.Regexp(d.t, `^[ -~]*$`, text, at)
		}
		for _, codes := range sgr.FindAllString(line, -1) {
			require.LessOrEqual(d.t, kind(codes), d.m.look.Colours, "%s: %q in %q", at, codes, text)
		}
	}
}

// kind says how many colours a terminal needs for a sequence: 0, 16 or 256.
func kind(seq string) int {
	most := 0
	for _, p := range strings.Split(strings.TrimSuffix(strings.TrimPrefix(seq, "\x1b["), "m"), ";") {
		n, _ := strconv.Atoi(p)
		switch {
		case n == 38 || n == 48:
			return 256
		case n >= 30 && n <= 37, n >= 40 && n <= 47, n >= 90 && n <= 97, n >= 100 && n <= 107:
			most = 16
		}
	}
	return most
}

// attributes are what the parameters of a style are called.
var attributes = map[string]string{
	"": "", "0": "", "1": "bold", "2": "faint", "4": "under", "7": "reverse", "27": "upright",
}

var colours = strings.Fields("black red green yellow blue magenta cyan white")

// spelled is a frame whose styles are written out: ⟨bold blue⟩name⟨⟩.
func spelled(lines []string) string {
	var b strings.Builder
	for _, line := range lines {
		style, last := []string{}, ""
		for len(line) > 0 {
			if seq := sgr.FindString(line); seq != "" && strings.HasPrefix(line, seq) {
				style = restyled(style, seq)
				line = line[len(seq):]
				continue
			}
			if now := strings.Join(style, " "); now != last {
				b.WriteString("⟨" + now + "⟩")
				last = now
			}
			cluster, _ := ansi.FirstGraphemeCluster(line, ansi.WcWidth)
			b.WriteString(cluster)
			line = line[len(cluster):]
		}
		if last != "" {
			b.WriteString("⟨⟩")
		}
		b.WriteString("\n")
	}
	return regexp.MustCompile(` +\n`).ReplaceAllString(b.String(), "\n")
}

// restyled is style after a sequence.
func restyled(style []string, seq string) []string {
	params := strings.Split(strings.TrimSuffix(strings.TrimPrefix(seq, "\x1b["), "m"), ";")
	for i := 0; i < len(params); i++ {
		n, _ := strconv.Atoi(params[i])
		switch {
		case params[i] == "" || n == 0:
			style = nil
		case n == 38:
			style, i = append(style, params[i+2]), i+2
		case n == 48:
			style, i = append(style, "on-"+params[i+2]), i+2
		case n >= 90 && n <= 97:
			style = append(style, "bright-"+colours[n-90])
		case n >= 40 && n <= 47:
			style = append(style, "on-"+colours[n-40])
		case n >= 30 && n <= 37:
			style = append(style, colours[n-30])
		default:
			style = append(style, attributes[params[i]])
		}
	}
	return slices.Clone(style)
}
