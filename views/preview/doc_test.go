package preview

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRecords(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		file, raw string
		want      [][]string
	}{
		"nothing":              {"a.csv", "", nil},
		"plain":                {"a.csv", "a,b\r\n1,2\n", [][]string{{"a", "b"}, {"1", "2"}}},
		"no end, empty cells":  {"a.csv", "a,,\n,", [][]string{{"a", "", ""}, {"", ""}}},
		"quotes":               {"a.csv", "\"a,1\",\"b \"\"x\"\"\"\n\"two\nlines\",c\n", [][]string{{"a,1", "b \"x\""}, {"two\nlines", "c"}}},
		"a quote in a cell":    {"a.csv", "5\" disk,x\ny,z\n", [][]string{{"5\" disk", "x"}, {"y", "z"}}},
		"semicolons":           {"a.csv", "a;b;c\n1,5;2;3\n", [][]string{{"a", "b", "c"}, {"1,5", "2", "3"}}},
		"tabs by name":         {"a.tsv", "a,b\tc\n", [][]string{{"a,b", "c"}}},
		"a mark":               {"a.csv", "\xef\xbb\xbfa,b\n", [][]string{{"a", "b"}}},
		"a quote never closed": {"a.csv", "\"a,b\n" + strings.Repeat("c,d\n", 20_000), nil},
	} {
		r := NewRecords(whole([]byte(c.raw)), c.file)
		if name == "a quote never closed" {
			assert.Equal(t, 20_001, r.Len())
			continue
		}
		require.Equal(t, len(c.want), r.Len(), name)
		for i, want := range c.want {
			assert.Equal(t, want, r.Record(i, UTF8), name)
		}
	}
}

func TestRecords_WaitForTheEndOfTheLastOne(t *testing.T) {
	t.Parallel()
	w := Window{Data: []byte("a,b\nhalf,a rec"), Size: 100}
	assert.Equal(t, 1, NewRecords(w, "a.csv").Len())
	assert.True(t, NewRecords(w, "a.csv").Covers(w))
	assert.False(t, (*Records)(nil).Covers(w))
}

func TestRecords_AreBounded(t *testing.T) {
	t.Parallel()
	r := NewRecords(whole([]byte(strings.Repeat(",", 100_000)+"\n"+strings.Repeat("x", 1<<20)+",y\n")), "a.csv")
	require.Equal(t, 2, r.Len())
	assert.Len(t, r.Record(0, UTF8), maxColumns)
	assert.Len(t, r.Record(1, UTF8)[0], maxCell)
}

// outlined draws a document as plain text.
func outlined(o *Outline, folded bool) string {
	var b strings.Builder
	for i := 0; i < o.Len(); i++ {
		last, ok := o.Fold(i)
		for _, s := range o.Row(i, folded && ok, "...") {
			b.WriteString(s.Text)
		}
		b.WriteString("\n")
		if folded && ok {
			i = last
		}
	}
	return b.String()
}

func TestOutline(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ raw, want, folded, trouble string }{
		"nothing": {" \n", "", "", ""},
		"a document": {
			`{"a":[1,-2.5e3,{"b":null}],"c":"x\"y","d":{ },"e":[]}`,
			"{\n  \"a\": [\n    1,\n    -2.5e3,\n    {\n      \"b\": null\n    }\n  ],\n  \"c\": \"x\\\"y\",\n  \"d\": {},\n  \"e\": []\n}\n",
			"{...}  4\n", "",
		},
		"lines":             {"{\"a\":1}\n{\"a\":2}\n7\n", "{\n  \"a\": 1\n}\n{\n  \"a\": 2\n}\n7\n", "{...}  1\n{...}  1\n7\n", ""},
		"cut":               {`{"a":[1,`, "{\n  \"a\": [\n    1,\n", "{...1,  1\n", ""},
		"no JSON":           {"hello world", "", "", "what follows is no JSON, from byte 0 on"},
		"goes wrong":        {`[1,?]`, "[\n  1,\n", "", "what follows is no JSON, from byte 3 on"},
		"brackets mixed up": {`[1}`, "[\n  1\n", "", "what follows is no JSON, from byte 2 on"},
	} {
		o := NewOutline(whole([]byte(c.raw)))
		assert.Equal(t, c.want, outlined(o, false), name)
		assert.Equal(t, c.trouble, o.Trouble(), name)
		if c.folded != "" && name != "cut" {
			assert.Equal(t, c.folded, outlined(o, true), name)
		}
	}
	half := NewOutline(Window{Data: []byte(`{"a": 12`), Size: 100})
	assert.Equal(t, 1, half.Len(), "12 may go on in what was not read")
}

func TestOutline_IsBounded(t *testing.T) {
	t.Parallel()
	deep := NewOutline(whole([]byte(strings.Repeat("[", 1<<20))))
	assert.LessOrEqual(t, deep.Len(), maxDepth)
	assert.NotEmpty(t, deep.Trouble())
	long := NewOutline(whole([]byte("[" + strings.Repeat("1,", 1<<20))))
	assert.Equal(t, maxRows, long.Len())
	assert.Equal(t, "the rest is not shown", long.Trouble())
}

func FuzzOutline(f *testing.F) {
	f.Add([]byte(`{"a":[1,{"b":null}],"c":"x\"y","d":{}}`), true)
	f.Add([]byte("[1}"), false)
	f.Add([]byte(`{"a" `), false)
	f.Fuzz(func(t *testing.T, raw []byte, more bool) {
		w := whole(raw)
		if more {
			w.Size++
		}
		o := NewOutline(w)
		for i := range o.Len() {
			last, ok := o.Fold(i)
			require.True(t, !ok || last >= i && last < o.Len())
			o.Row(i, ok, "...")
		}
	})
}

func FuzzRecords(f *testing.F) {
	f.Add([]byte("a,\"b\"\"c\"\n1,2"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		r := NewRecords(whole(raw), "a.csv")
		for i := range r.Len() {
			require.LessOrEqual(t, len(r.Record(i, UTF8)), maxColumns)
		}
	})
}
