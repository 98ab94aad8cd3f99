package theme

import (
	"reflect"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
)

var sequences = regexp.MustCompile(`^(\x1b\[[0-9;]+m)*$`)

func TestThemes_HoldSGRSequencesOnly(t *testing.T) {
	t.Parallel()
	for _, th := range []Theme{Dark(), Light(), Basic(), Mono()} {
		v := reflect.ValueOf(th)
		for i := range v.NumField() {
			if style, ok := v.Field(i).Interface().(Style); ok {
				assert.Regexp(t, sequences, string(style), "%s of %s", v.Type().Field(i).Name, th.Name)
			}
		}
	}
}

// What stands out by colour must stand out without it, too.
func TestThemes_TellTheStatesApart(t *testing.T) {
	t.Parallel()
	for _, th := range []Theme{Dark(), Light(), Basic(), Mono()} {
		assert.NotEmpty(t, th.Name)
		for name, style := range map[string]Style{
			"cursor": th.Cursor, "cursor of the other pane": th.Rest, "marked": th.Marked,
			"danger": th.Danger, "button": th.Button, "alarm": th.Alarm, "odd": th.Odd,
		} {
			assert.NotEqual(t, th.Text, style, "%s of %s", name, th.Name)
		}
		assert.NotEqual(t, th.Cursor, th.CursorMark, th.Name)
		assert.NotEqual(t, th.Cursor, th.Rest, th.Name)
	}
}

func TestStyle_OnEndsWithAReset(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "\x1b[1mx\x1b[m", Style("\x1b[1m").On("x"))
	assert.Equal(t, "x", Style("").On("x"))
	assert.Empty(t, Style("\x1b[1m").On(""))
}
