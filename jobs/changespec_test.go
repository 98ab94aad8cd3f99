package jobs

import (
	"strings"
	"testing"

	"cosmander/cos"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestChange_NonsenseIsRefusedBeforeItIsQueued(t *testing.T) {
	t.Parallel()
	set := func(name, value string) map[string]string { return map[string]string{name: value} }
	object := Source{Place: Place{Bucket: bucketName, Region: region, Key: "k"}}
	with := func(change func(*Source)) Source {
		s := object
		change(&s)
		return s
	}
	for name, c := range map[string]struct {
		spec Spec
		says string
	}{
		"nothing":            {Spec{Kind: SetHeaders}, "no change at all"},
		"an empty edit":      {Spec{Kind: SetHeaders, Change: &Change{}}, "no change at all"},
		"another's":          {Spec{Kind: SetHeaders, Change: &Change{Set: set("Expires", "0"), Class: "ARCHIVE"}}, "changes something else, too"},
		"no header":          {Spec{Kind: SetHeaders, Change: &Change{Set: set("Host", "x")}}, `"Host" is no header`},
		"no header to lose":  {Spec{Kind: SetHeaders, Change: &Change{Remove: []string{"etag"}}}, `"Etag" is no header`},
		"both":               {Spec{Kind: SetHeaders, Change: &Change{Set: set("expires", "0"), Remove: []string{"Expires"}}}, "set and removed"},
		"both of metadata":   {Spec{Kind: SetHeaders, Change: &Change{SetMeta: set("A", "0"), RemoveMeta: []string{"x-cos-meta-a"}}}, "set and removed"},
		"set to nothing":     {Spec{Kind: SetHeaders, Change: &Change{SetMeta: set("a", " ")}}, "remove it instead"},
		"line break":         {Spec{Kind: SetHeaders, Change: &Change{Set: set("Cache-Control", "a\nb")}}, "control character"},
		"metadata too large": {Spec{Kind: SetHeaders, Change: &Change{SetMeta: set("a", strings.Repeat("v", 2048))}}, "2049 bytes of metadata"},
		"metadata's name":    {Spec{Kind: SetHeaders, Change: &Change{SetMeta: set("a_b", "1")}}, "underscore"},
		"no name":            {Spec{Kind: SetHeaders, Change: &Change{RemoveMeta: []string{"a b"}}}, "no name for metadata"},
		"encryption":         {Spec{Kind: SetHeaders, Change: &Change{RemoveMeta: []string{"client-side-encryption-key"}}}, "nobody can read it"},
		"no class":           {Spec{Kind: SetClass, Change: &Change{}}, "no storage class"},
		"unknown class":      {Spec{Kind: SetClass, Change: &Change{Class: "GLACIER"}}, `no storage class "GLACIER"`},
		"no ACL":             {Spec{Kind: SetACL, Change: &Change{}}, "no change at all"},
		"unknown ACL":        {Spec{Kind: SetACL, Change: &Change{ACL: "public"}}, "no canned ACL"},
		"grant":              {Spec{Kind: SetACL, Change: &Change{GrantRead: "somebody"}}, `does not read id="UIN"`},
		"no tags":            {Spec{Kind: SetTags, Change: &Change{}}, "no change at all"},
		"tags and none":      {Spec{Kind: SetTags, Change: &Change{NoTags: true, Tags: []cos.Tag{{Key: "a"}}}}, "tags and none"},
		"eleven tags":        {Spec{Kind: SetTags, Change: &Change{Tags: make([]cos.Tag, 11)}}, "11 tags are more than 10"},
		"a tag twice":        {Spec{Kind: SetTags, Change: &Change{Tags: []cos.Tag{{Key: "a"}, {Key: "a"}}}}, "there twice"},
		"no days":            {Spec{Kind: Restore, Change: &Change{}}, "0 days are not 1 to 365"},
		"too many days":      {Spec{Kind: Restore, Change: &Change{Days: 366}}, "366 days"},
		"no days of a read":  {Spec{Kind: Download, Dest: Place{Path: "/d"}, Change: &Change{}}, "0 days are not 1 to 365"},
		"a class of a read":  {Spec{Kind: Download, Dest: Place{Path: "/d"}, Change: &Change{Days: 1, Class: "ARCHIVE"}}, "changes something else"},
		"of an upload":       {Spec{Kind: Upload, Change: &Change{Days: 1}}, "changes nothing"},
		"unknown tier":       {Spec{Kind: Restore, Change: &Change{Days: 1, Tier: "Now"}}, "no tier"},
		"a file":             {Spec{Kind: Restore, Change: &Change{Days: 1}, Sources: []Source{{Place: Place{Path: "/f"}}}}, "not an object"},
		"a destination":      {Spec{Kind: Restore, Change: &Change{Days: 1}, Dest: Place{Path: "/d"}}, "has no destination"},
		"moved":              {Spec{Kind: Restore, Change: &Change{Days: 1}, Move: true}, "has no destination"},
		"a conflict":         {Spec{Kind: Restore, Change: &Change{Days: 1}, OnConflict: Skip}, "has no destination"},
		"a deletion":         {Spec{Kind: Delete, Change: &Change{Days: 1}}, "changes nothing"},
		"an old version": {Spec{
			Kind: SetClass, Change: &Change{Class: "ARCHIVE"},
			Sources: []Source{with(func(s *Source) { s.VersionID = "v" })},
		}, "only the newest"},
		"a version of a prefix": {Spec{Kind: Delete, Sources: []Source{with(func(s *Source) { s.Key, s.Folder, s.VersionID = "p/", true, "v" })}}, "a version of one object"},
		"a version of all":      {Spec{Kind: Delete, Versions: true, Sources: []Source{with(func(s *Source) { s.VersionID = "v" })}}, "a version of one object"},
		"an ETag":               {Spec{Kind: Delete, Sources: []Source{with(func(s *Source) { s.ETag = "e" })}}, "condition of an ETag"},
		"versions of a file":    {Spec{Kind: Delete, Versions: true, Sources: []Source{{Place: Place{Path: "/f"}}}}, "all versions of /f"},
		"versions copied":       {Spec{Kind: Copy, Versions: true, Dest: Place{Bucket: bucketName}}, "all versions"},
		"a folder that is none": {Spec{Kind: MakeFolder}, "no name of a folder"},
		"the bucket":            {Spec{Kind: MakeFolder, Sources: []Source{{Place: Place{Bucket: bucketName}, Folder: true}}}, "no name of a folder"},
		"a folder of no name":   {Spec{Kind: MakeFolder, Sources: []Source{{Place: Place{Bucket: bucketName, Key: "/a/"}, Folder: true}}}, "cannot begin with a slash"},
		"a folder without end":  {Spec{Kind: MakeFolder, Sources: []Source{{Place: Place{Bucket: bucketName, Key: "a"}, Folder: true}}}, "does not end in a slash"},
	} {
		if c.spec.Sources == nil {
			c.spec.Sources = []Source{object}
		}
		_, err := c.spec.canonical("me")
		assert.ErrorContains(t, err, c.says, name)
	}
}

func TestChange_EqualOnesHaveEqualDocuments(t *testing.T) {
	t.Parallel()
	source := []Source{{Place: Place{Bucket: bucketName, Region: region, Key: "k"}, VersionID: "", ETag: "e\xff"}}
	for name, pair := range map[string][2]Spec{
		"headers": {
			{Kind: SetHeaders, Change: &Change{Set: map[string]string{"cache-control": " a\xff "}, RemoveMeta: []string{"B", "x-cos-meta-a", "a"}, Remove: []string{}}},
			{Kind: SetHeaders, Change: &Change{Set: map[string]string{"Cache-Control": "a\xff"}, RemoveMeta: []string{"a", "b"}}},
		},
		"class": {{Kind: SetClass, Change: &Change{Class: "archive"}}, {Kind: SetClass, Change: &Change{Class: "ARCHIVE"}}},
		"restored and read": {
			{Kind: Download, Dest: Place{Path: "/d"}, Change: &Change{Days: 2}},
			{Kind: Download, Dest: Place{Path: "/d"}, Change: &Change{Days: 2, Tier: cos.Standard}},
		},
		"restore": {{Kind: Restore, Change: &Change{Days: 2}}, {Kind: Restore, Change: &Change{Days: 2, Tier: cos.Standard}}},
		"tags": {
			{Kind: SetTags, Change: &Change{Tags: []cos.Tag{{Key: "b", Value: "ü"}, {Key: "a"}}}},
			{Kind: SetTags, Change: &Change{Tags: []cos.Tag{{Key: "a"}, {Key: "b", Value: "ü"}}}},
		},
		"acl": {{Kind: SetACL, Change: &Change{GrantRead: `id="1"`}}, {Kind: SetACL, Change: &Change{GrantRead: `id="1"`}, OnConflict: Overwrite}},
	} {
		var docs [2]string
		for i, s := range pair {
			s.Sources = source
			if s.Kind == Download {
				s.Sources = []Source{{Place: source[0].Place}}
			}
			s, err := s.canonical("me")
			require.NoError(t, err, name)
			docs[i], err = encodeSpec(s)
			require.NoError(t, err)
			back, err := decodeSpec(docs[i])
			require.NoError(t, err)
			assert.Equal(t, s, back, name)
		}
		assert.Equal(t, docs[0], docs[1], name)
	}
}
