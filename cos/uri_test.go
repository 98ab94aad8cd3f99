package cos_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
)

func TestParseURI_TakesTheKeyAsItIs(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]cos.URI{
		"cos://b-1":             {Bucket: "b-1"},
		"cos://b-1/":            {Bucket: "b-1"},
		"cos://b-1/a":           {Bucket: "b-1", Key: "a"},
		"cos://b-1//a//b/":      {Bucket: "b-1", Key: "/a//b/"},
		"cos://b-1/a%20b?c#d+e": {Bucket: "b-1", Key: "a%20b?c#d+e"},
		"cos://b-1/../x":        {Bucket: "b-1", Key: "../x"},
		"cos://my-b-125/中文":     {Bucket: "my-b-125", Key: "中文"},
	} {
		got, err := cos.ParseURI(s)
		require.NoError(t, err, s)
		assert.Equal(t, want, got, s)
	}
}

func TestParseURI_SaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{
		"":                 "does not begin with cos://",
		"/tmp":             "does not begin with cos://",
		"s3://b/k":         "does not begin with cos://",
		"COS://b-1/k":      "does not begin with cos://",
		"cos://":           "names no bucket",
		"cos:///k":         "names no bucket",
		"cos://bucket/k":   "-APPID",
		"cos://Bucket-1/k": "lower case",
		"cos://b\x1b-1/k":  `\x1b`,
	} {
		_, err := cos.ParseURI(s)
		require.ErrorContains(t, err, want, "%q", s)
		assert.NotContains(t, err.Error(), "\x1b")
	}
}

func FuzzParseURI(f *testing.F) {
	for _, s := range []string{"cos://b-1/k", "cos://b-1", "cos:///", "cos://b-1//", "cos://-1/", "cos://b-1/\xff", "x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		u, err := cos.ParseURI(s)
		if err != nil {
			return
		}
		again, err := cos.ParseURI(u.String())
		if err != nil || again != u {
			t.Errorf("%q -> %+v -> %q -> %+v, %v", s, u, u, again, err)
		}
	})
}
