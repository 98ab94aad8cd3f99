package tui

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestQuery_FindsByNameSizeAgeAndClass(t *testing.T) {
	t.Parallel()
	file := deepEntry{name: "2026/Raw/IMG_1.jpg", size: 10_000_000, mtime: noon.Add(-10 * 24 * time.Hour).Unix(), class: "STANDARD_IA"}
	folder := deepEntry{name: "2026/Raw", folder: true, size: -1, mtime: noTime}
	link := deepEntry{name: "link", size: -1, mtime: noTime}
	for _, c := range []struct {
		text  string
		entry deepEntry
		want  bool
	}{
		{"img", file, true},
		{"IMG jpg", file, true},
		{"img png", file, false},
		{"raw", file, false}, // that is its folder
		{"raw", folder, true},
		{"raw/img", file, true},
		{"*.jpg", file, true},
		{"*.JPG", file, false},
		{"2026/*/*.jpg", file, true},
		{"*/*.jpg", file, false},
		{"IMG_[0-9].jp?", file, true},
		{"2026/*", folder, true},
		{"size>9.9MB", file, true},
		{"size>10MB", file, false},
		{"size>=10M", file, true},
		{"size=10000000", file, true},
		{"size<10MiB size>1kB", file, true},
		{"size<1kB", folder, false},
		{"size<1kB", link, false},
		{"age>9d", file, true},
		{"age>10d", file, false},
		{"age>=10d", file, true},
		{"age<1w", file, false},
		{"age<1.5w", file, true},
		{"age<1y", link, false},
		{"AGE>1h", folder, false},
		{"class=standard_ia", file, true},
		{"class=IA", file, true},
		{"class=ARCHIVE,STANDARD_IA", file, true},
		{"class=ARCHIVE", file, false},
		{"class=IA", folder, false},
		{"*.jpg size>1MB age>1d class=IA", file, true},
		{"dt=2026", deepEntry{name: "t/dt=2026-01-01", folder: true}, true},
		{"*a>b*", deepEntry{name: "t/a>b"}, true},
	} {
		q, err := readQuery(c.text, noon)
		require.NoError(t, err, c.text)
		assert.Equal(t, c.want, q.matches(c.entry), "%s of %s", c.text, c.entry.name)
	}
}

func TestQuery_SaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for text, says := range map[string]string{
		"":              "nothing was typed",
		"  ":            "nothing was typed",
		"[a":            "[a: no pattern",
		"x/[":           "no pattern",
		"size>":         "size>: a size is a number with a unit",
		"size>ten":      "a size is a number",
		"size>-1":       "a size is a number",
		"size>10XB":     "a size is a number",
		"size>20EB":     "a size is a number",
		"age>":          "age>: an age is a number",
		"age>30":        "an age is a number",
		"age>d":         "an age is a number",
		"age>-1d":       "an age is a number",
		"age>NaNd":      "an age is a number",
		"age>1e300y":    "an age is a number",
		"age=3d":        "more or less",
		"class=":        "one of ARCHIVE",
		"class=GLACIER": "one of ARCHIVE",
		"class>IA":      "one or another",
		"siz>3":         "siz>3: siz is not size, age or class",
		"*.jpg size>x":  "size>x: a size",
	} {
		_, err := readQuery(text, noon)
		assert.ErrorContains(t, err, says, text)
	}
}
