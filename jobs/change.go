package jobs

import (
	"errors"
	"fmt"
	"maps"
	"net/textproto"
	"regexp"
	"slices"
	"strings"

	"cosmander/cos"
	"cosmander/cse"
)

// Change is what a job gives to objects that stay where they are. Every kind
// has fields of its own; the others have to be empty.
type Change struct {
	// SetHeaders: an edit of what each object has, so that what it does not
	// name stays. Set and Remove are about Content-Type, Cache-Control,
	// Content-Disposition, Content-Encoding, Content-Language and Expires,
	// SetMeta and RemoveMeta about metadata, with or without "x-cos-meta-".
	Set        map[string]string
	Remove     []string
	SetMeta    map[string]string
	RemoveMeta []string

	Class string // SetClass: "STANDARD_IA", "ARCHIVE", ...

	// SetACL: a canned ACL ("private", "public-read", or "default", which is
	// the bucket's), and grants of the form `id="UIN",id="UIN"`. They replace
	// what each object has.
	ACL              string
	GrantRead        string
	GrantFullControl string

	Tags   []cos.Tag // SetTags: all that each object is to have
	NoTags bool      // SetTags: each object is to have none

	Days int      // Restore, Download: how long the copy can be read
	Tier cos.Tier // Restore, Download: how fast; empty is standard
}

// CheckChange reports whether a job of kind k can make the change; the error
// says why not.
func CheckChange(k Kind, c Change) error {
	_, err := c.canonical(k)
	return err
}

// canonical checks a change and writes it so that equal ones are equal.
func (c Change) canonical(k Kind) (*Change, error) {
	c.Set, c.SetMeta = named(c.Set, textproto.CanonicalMIMEHeaderKey), named(c.SetMeta, metaName)
	c.Remove, c.RemoveMeta = spelled(c.Remove, textproto.CanonicalMIMEHeaderKey), spelled(c.RemoveMeta, metaName)
	c.Class = strings.ToUpper(c.Class)
	c.Tags = append([]cos.Tag(nil), c.Tags...)
	slices.SortFunc(c.Tags, func(a, b cos.Tag) int { return strings.Compare(a.Key, b.Key) })
	if (k == Restore || k == Download) && c.Tier == "" {
		c.Tier = cos.Standard
	}
	rest, err := c, error(nil)
	switch k {
	case SetHeaders:
		rest.Set, rest.Remove, rest.SetMeta, rest.RemoveMeta, err = nil, nil, nil, nil, c.checkEdit()
	case SetClass:
		rest.Class, err = "", cos.CheckClass(c.Class)
	case SetACL:
		rest.ACL, rest.GrantRead, rest.GrantFullControl, err = "", "", "", c.checkACL()
	case SetTags:
		rest.Tags, rest.NoTags, err = nil, false, c.checkTags()
	case Restore, Download:
		rest.Days, rest.Tier, err = 0, "", cos.RestoreRequest{Days: c.Days, Tier: c.Tier}.Check()
	case Upload, Copy, Delete, MakeFolder, Append, Abort:
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", k, err)
	}
	if !rest.empty() {
		return nil, fmt.Errorf("%s changes something else, too", k)
	}
	return &c, nil
}

func (c Change) empty() bool {
	edit := len(c.Set) + len(c.Remove) + len(c.SetMeta) + len(c.RemoveMeta) + len(c.Tags) + c.Days
	return edit == 0 && !c.NoTags && c.Class+c.ACL+c.GrantRead+c.GrantFullControl+string(c.Tier) == ""
}

func named(m map[string]string, spell func(string) string) map[string]string {
	var out map[string]string
	for name, value := range m {
		if out == nil {
			out = map[string]string{}
		}
		out[spell(strings.TrimSpace(name))] = strings.Trim(value, " \t\r\n")
	}
	return out
}

func spelled(list []string, spell func(string) string) []string {
	var out []string
	for _, name := range list {
		out = append(out, spell(strings.TrimSpace(name)))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func metaName(name string) string {
	return strings.TrimPrefix(strings.ToLower(name), "x-cos-meta-")
}

var errNoChange = errors.New("no change at all")

func (c Change) checkEdit() error {
	if len(c.Set)+len(c.Remove)+len(c.SetMeta)+len(c.RemoveMeta) == 0 {
		return errNoChange
	}
	for _, name := range slices.Concat(slices.Sorted(maps.Keys(c.Set)), c.Remove) {
		if contentHeader(&cos.Headers{}, name) == nil {
			return fmt.Errorf("%q is no header that an object can be given", name)
		}
	}
	removed := map[string]string{}
	for _, name := range c.RemoveMeta {
		removed[name] = "removed" // a value, so that its name is checked
	}
	for _, meta := range []map[string]string{c.SetMeta, removed} {
		if err := (cos.Headers{Meta: meta}).Check(); err != nil {
			return err
		}
		for name := range meta {
			if cse.Carried(name) {
				return fmt.Errorf("the metadata %s holds the key of an encrypted object: without it nobody can read it", name)
			}
		}
	}
	if err := errors.Join(contradiction(c.Set, c.Remove), contradiction(c.SetMeta, c.RemoveMeta)); err != nil {
		return err
	}
	return c.apply(SetHeaders, cos.Headers{}).Check()
}

func contradiction(set map[string]string, remove []string) error {
	for _, name := range slices.Sorted(maps.Keys(set)) {
		switch {
		case slices.Contains(remove, name):
			return fmt.Errorf("%s is set and removed", name)
		case set[name] == "":
			return fmt.Errorf("%s is set to nothing: remove it instead", name)
		}
	}
	return nil
}

var (
	grantList = regexp.MustCompile(`^\s*id="[^",]+"(\s*,\s*id="[^",]+")*\s*$`)
	grantee   = regexp.MustCompile(`id="([^",]+)"`)
)

func (c Change) checkACL() error {
	if c.ACL+c.GrantRead+c.GrantFullControl == "" {
		return errNoChange
	}
	for _, list := range []string{c.GrantRead, c.GrantFullControl} {
		if list != "" && !grantList.MatchString(list) {
			return fmt.Errorf(`the grant %q does not read id="UIN",id="UIN"`, list)
		}
	}
	return cos.CheckCannedACL(c.ACL, c.GrantRead, c.GrantFullControl)
}

func (c Change) checkTags() error {
	switch {
	case c.NoTags && len(c.Tags) > 0:
		return errors.New("tags and none at once")
	case !c.NoTags && len(c.Tags) == 0:
		return errNoChange
	}
	return cos.CheckTags(c.Tags)
}

// contentHeader returns where h keeps a header that HTTP describes content
// with; nil if it is none.
func contentHeader(h *cos.Headers, name string) *string {
	switch name {
	case "Content-Type":
		return &h.ContentType
	case "Cache-Control":
		return &h.CacheControl
	case "Content-Disposition":
		return &h.ContentDisposition
	case "Content-Encoding":
		return &h.ContentEncoding
	case "Content-Language":
		return &h.ContentLanguage
	case "Expires":
		return &h.Expires
	}
	return nil
}

// apply returns what an object that has h is to have.
func (c Change) apply(k Kind, h cos.Headers) cos.Headers {
	if k == SetClass {
		h.StorageClass = c.Class
		return h
	}
	meta := map[string]string{}
	maps.Copy(meta, h.Meta)
	maps.Copy(meta, c.SetMeta)
	for _, name := range c.RemoveMeta {
		delete(meta, name)
	}
	h.Meta = meta
	for name, value := range c.Set {
		*contentHeader(&h, name) = value
	}
	for _, name := range c.Remove {
		*contentHeader(&h, name) = ""
	}
	return h
}

// plain is h as a HEAD would tell it, so that two can be compared: what has no
// type is bytes, what has no class is the usual one, and what is empty is not
// there.
func plain(h cos.Headers) cos.Headers {
	p := cos.Headers{StorageClass: strings.ToUpper(h.StorageClass), Meta: map[string]string{}}
	for _, name := range []string{"Content-Type", "Cache-Control", "Content-Disposition", "Content-Encoding", "Content-Language", "Expires"} {
		*contentHeader(&p, name) = strings.Trim(*contentHeader(&h, name), " \t\r\n")
	}
	for name, value := range h.Meta {
		if value = strings.Trim(value, " \t\r\n"); value != "" {
			p.Meta[strings.ToLower(name)] = value
		}
	}
	if p.ContentType == "" {
		p.ContentType = "application/octet-stream"
	}
	if p.StorageClass == "" {
		p.StorageClass = "STANDARD"
	}
	return p
}

// alike reports that two objects have the same content headers, metadata and
// class.
func alike(a, b cos.Headers) bool {
	a, b = plain(a), plain(b)
	if !maps.Equal(a.Meta, b.Meta) || a.StorageClass != b.StorageClass {
		return false
	}
	for _, name := range []string{"Content-Type", "Cache-Control", "Content-Disposition", "Content-Encoding", "Content-Language", "Expires"} {
		if *contentHeader(&a, name) != *contentHeader(&b, name) {
			return false
		}
	}
	return true
}
