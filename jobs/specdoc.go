package jobs

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"cosmander/cos"
)

// errInexact fails what earlier versions of this program queued under a name
// that is not UTF-8: they kept another name, which may be another file's.
var errInexact = errors.New("an earlier version did not keep the exact name, so it was left alone: queue it again")

// exact is a string that JSON keeps byte by byte. One that is not UTF-8, for
// which JSON has no form, is written as a list with its Base64.
type exact string

// MarshalJSON implements [json.Marshaler].
func (e exact) MarshalJSON() ([]byte, error) {
	if utf8.ValidString(string(e)) {
		return json.Marshal(string(e))
	}
	return json.Marshal([]string{base64.StdEncoding.EncodeToString([]byte(e))})
}

// UnmarshalJSON implements [json.Unmarshaler].
func (e *exact) UnmarshalJSON(doc []byte) error {
	if n := len(doc) - 1; n > 0 && doc[0] == '"' && bytes.IndexByte(doc, '\\') < 0 && utf8.Valid(doc) {
		*e = exact(doc[1:n]) // the usual case, a hundred thousand times in a large job
		return nil
	}
	if len(doc) == 0 || doc[0] != '[' {
		return json.Unmarshal(doc, (*string)(e))
	}
	var list []string
	if err := json.Unmarshal(doc, &list); err != nil {
		return err
	}
	if len(list) != 1 {
		return fmt.Errorf("a name in %d pieces", len(list))
	}
	b, err := base64.StdEncoding.DecodeString(list[0])
	*e = exact(b)
	return err
}

// The documents below fix how the journal writes a spec. Equal specs have
// equal documents, also across versions: see [Queue.FindOpen].

type placeDoc struct {
	Path   exact
	Bucket exact
	Region exact
	Key    exact
}

type sourceDoc struct {
	placeDoc
	Folder   bool
	Contents bool
	Name     exact

	// Left out of documents that are older than they are.
	VersionID exact `json:",omitempty"`
	ETag      exact `json:",omitempty"`
	AsOf      int64 `json:",omitempty"` // in milliseconds since 1970
	UploadID  exact `json:",omitempty"`
	Text      exact `json:",omitempty"`
}

// changeDoc has maps whose keys are ASCII, which JSON keeps.
type changeDoc struct {
	Set              map[string]exact `json:",omitempty"`
	Remove           []string         `json:",omitempty"`
	SetMeta          map[string]exact `json:",omitempty"`
	RemoveMeta       []string         `json:",omitempty"`
	Class            string           `json:",omitempty"`
	ACL              string           `json:",omitempty"`
	GrantRead        exact            `json:",omitempty"`
	GrantFullControl exact            `json:",omitempty"`
	Tags             []tagDoc         `json:",omitempty"`
	NoTags           bool             `json:",omitempty"`
	Days             int              `json:",omitempty"`
	Tier             string           `json:",omitempty"`
}

type tagDoc struct{ Key, Value exact }

type specDoc struct {
	Kind       Kind
	Account    exact
	Sources    []sourceDoc
	Dest       placeDoc
	OnConflict OnConflict
	// Left out of documents that are older than they are.
	Move     bool       `json:",omitempty"`
	Change   *changeDoc `json:",omitempty"`
	Versions bool       `json:",omitempty"`

	FollowLinks bool   `json:",omitempty"`
	Encrypt     exact  `json:",omitempty"`
	KeyID       string `json:",omitempty"`
	Whole       bool   `json:",omitempty"`
}

func (p Place) doc() placeDoc {
	return placeDoc{exact(p.Path), exact(p.Bucket), exact(p.Region), exact(p.Key)}
}

func (p placeDoc) place() Place {
	return Place{string(p.Path), string(p.Bucket), string(p.Region), string(p.Key)}
}

func encodeSpec(s Spec) (string, error) {
	d := specDoc{
		Kind: s.Kind, Account: exact(s.Account), Dest: s.Dest.doc(), OnConflict: s.OnConflict, Move: s.Move,
		Change: s.Change.doc(), Versions: s.Versions, FollowLinks: s.FollowLinks, Whole: s.Whole,
		Encrypt: exact(s.Encrypt), KeyID: s.KeyID,
	}
	d.Sources = make([]sourceDoc, len(s.Sources))
	for i, src := range s.Sources {
		d.Sources[i] = sourceDoc{src.doc(), src.Folder, src.Contents, exact(src.Name), exact(src.VersionID), exact(src.ETag), src.asOf(), exact(src.UploadID), exact(src.Text)}
	}
	doc, err := json.Marshal(d)
	return string(doc), err
}

func decodeSpec(doc string) (Spec, error) {
	var d specDoc
	if err := json.Unmarshal([]byte(doc), &d); err != nil {
		return Spec{}, err
	}
	s := Spec{
		Kind: d.Kind, Account: string(d.Account), Dest: d.Dest.place(), OnConflict: d.OnConflict, Move: d.Move,
		Change: d.Change.change(), Versions: d.Versions, FollowLinks: d.FollowLinks, Whole: d.Whole,
		Encrypt: string(d.Encrypt), KeyID: d.KeyID, inexact: inexact(doc),
	}
	s.Sources = make([]Source, len(d.Sources))
	for i, src := range d.Sources {
		s.Sources[i] = Source{
			Place: src.place(), Folder: src.Folder, Contents: src.Contents, Name: string(src.Name),
			VersionID: string(src.VersionID), ETag: string(src.ETag), AsOf: moment(src.AsOf),
			UploadID: string(src.UploadID), Text: string(src.Text),
		}
	}
	return s, nil
}

// inexact reports that doc has the mark that JSON leaves in place of what is
// not UTF-8. The same character in a name is never escaped.
func inexact(doc string) bool {
	return strings.Contains(strings.ReplaceAll(doc, `\\`, ""), `\ufffd`)
}

func (c *Change) doc() *changeDoc {
	if c == nil {
		return nil
	}
	d := &changeDoc{
		Set: recoded[exact](c.Set), Remove: c.Remove, SetMeta: recoded[exact](c.SetMeta), RemoveMeta: c.RemoveMeta,
		Class: c.Class, ACL: c.ACL, GrantRead: exact(c.GrantRead), GrantFullControl: exact(c.GrantFullControl),
		NoTags: c.NoTags, Days: c.Days, Tier: string(c.Tier),
	}
	for _, t := range c.Tags {
		d.Tags = append(d.Tags, tagDoc{exact(t.Key), exact(t.Value)})
	}
	return d
}

func (d *changeDoc) change() *Change {
	if d == nil {
		return nil
	}
	c := &Change{
		Set: recoded[string](d.Set), Remove: d.Remove, SetMeta: recoded[string](d.SetMeta), RemoveMeta: d.RemoveMeta,
		Class: d.Class, ACL: d.ACL, GrantRead: string(d.GrantRead), GrantFullControl: string(d.GrantFullControl),
		NoTags: d.NoTags, Days: d.Days, Tier: cos.Tier(d.Tier),
	}
	for _, t := range d.Tags {
		c.Tags = append(c.Tags, cos.Tag{Key: string(t.Key), Value: string(t.Value)})
	}
	return c
}

func recoded[to, from ~string](m map[string]from) map[string]to {
	if m == nil {
		return nil
	}
	out := make(map[string]to, len(m))
	for name, value := range m {
		out[name] = to(value)
	}
	return out
}
