package cos

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// Owner is who an object belongs to.
type Owner struct{ ID, DisplayName string }

// Grant allows something to somebody: exactly one of ID and URI is set.
type Grant struct {
	ID          string // of the grantee, "qcs::cam::uin/…"
	DisplayName string
	URI         string // of a group
	Permission  string // READ, WRITE, FULL_CONTROL
}

// ACL is an access control list.
type ACL struct {
	Owner  Owner
	Grants []Grant
	// Preset is the canned ACL that the service names beside the list:
	// "default" if the object has none of its own and follows the bucket's;
	// empty if the service named none. It is not written.
	Preset string
}

// MaxGrants is how many entries of access lists an account has in all, and so
// more than one list can have.
const MaxGrants = 1000

// How the service names everyone.
const (
	anyoneID  = "qcs::cam::anyone:anyone"
	anyoneURI = "http://cam.qcloud.com/groups/global/AllUsers"
)

// Canned names the canned ACL that a equals: "private" if it grants nothing but
// the owner's full control, "public-read" if it lets everyone read besides; ""
// if none.
func (a ACL) Canned() string {
	owner, public := false, false
	for _, g := range a.Grants {
		switch {
		case g.ID != "" && g.ID == a.Owner.ID && g.Permission == "FULL_CONTROL":
			owner = true
		case (g.ID == anyoneID || g.URI == anyoneURI) && g.Permission == "READ":
			public = true
		default:
			return ""
		}
	}
	switch {
	case owner && public:
		return "public-read"
	case owner:
		return "private"
	}
	return ""
}

// ObjectACL asks for an object's access control list (GET Object acl). An empty
// versionID means the newest version. It may be repeated.
func (b *Bucket) ObjectACL(ctx context.Context, key, versionID string) (*ACL, error) {
	acl := &ACL{}
	call := b.onVersion("GetObjectACL", http.MethodGet, key, "acl", versionID)
	a, err := b.client.do(ctx, call)
	if err != nil {
		return nil, err
	}
	acl.Preset = strings.ToLower(a.Header.Get("X-Cos-Acl"))
	if err := a.document("AccessControlPolicy", acl.decode); err != nil {
		return nil, err
	}
	return acl, nil
}

// SetObjectACL replaces an object's access control list (PUT Object acl). It
// needs the owner's ID, and of every grant one of ID and URI and a permission;
// else it is [ErrInvalidInput], as are more than 1000 grants: so many entries of
// access lists an account has in all. It may be repeated.
func (b *Bucket) SetObjectACL(ctx context.Context, key, versionID string, acl ACL) error {
	call := b.onVersion("PutObjectACL", http.MethodPut, key, "acl", versionID)
	doc, err := acl.document()
	if err != nil {
		return fmt.Errorf("%s: %w", call.what(), err)
	}
	return b.client.finished(ctx, call.sends(doc))
}

// SetObjectCannedACL replaces an object's access control list by a canned one,
// "private", "public-read" or "default" (the bucket's), and by grants of the
// form `id="UIN",id="UIN"` (PUT Object acl). Empty values are not sent; all
// empty, or another canned name, is [ErrInvalidInput]. It may be repeated.
func (b *Bucket) SetObjectCannedACL(ctx context.Context, key, versionID, canned, grantRead, grantFullControl string) error {
	call := b.onVersion("PutObjectACL", http.MethodPut, key, "acl", versionID)
	err := CheckCannedACL(canned, grantRead, grantFullControl)
	if err == nil {
		err = Headers{ACL: canned, GrantRead: grantRead, GrantFullControl: grantFullControl}.set(call.header)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", call.what(), err)
	}
	return b.client.finished(ctx, call)
}

// CheckCannedACL reports whether [Bucket.SetObjectCannedACL] takes the values;
// the error wraps [ErrInvalidInput] and says why not.
func CheckCannedACL(canned, grantRead, grantFullControl string) error {
	to := http.Header{}
	err := Headers{ACL: canned, GrantRead: grantRead, GrantFullControl: grantFullControl}.set(to)
	switch {
	case err != nil:
		return err
	case len(to) == 0:
		return fmt.Errorf("%w: neither a canned ACL nor a grant", ErrInvalidInput)
	case !slices.Contains([]string{"", "private", "public-read", "default"}, canned):
		return fmt.Errorf("%w: %q is no canned ACL of objects", ErrInvalidInput, shortened(canned))
	}
	return nil
}

func (a *ACL) decode(p *xmlParser) error {
	return p.each(func(name string) (err error) {
		switch name {
		case "Owner":
			a.Owner, err = decodeOwner(p)
			return err
		case "AccessControlList":
			return p.each(func(string) error {
				if len(a.Grants) == MaxGrants {
					return fmt.Errorf("%w: it has more than %d grants", ErrMalformed, MaxGrants)
				}
				g, err := decodeGrant(p)
				a.Grants = append(a.Grants, g)
				return err
			})
		}
		return p.skip()
	})
}

func decodeGrant(p *xmlParser) (g Grant, err error) {
	err = p.each(func(name string) (err error) {
		switch name {
		case "Grantee":
			err = decodeWho(p, &g.ID, &g.DisplayName, &g.URI)
		case "Permission":
			g.Permission, err = identifier(p)
			g.Permission = strings.ToUpper(g.Permission)
		default:
			err = p.skip()
		}
		return err
	})
	return g, err
}

func decodeOwner(p *xmlParser) (o Owner, err error) {
	err = decodeWho(p, &o.ID, &o.DisplayName, new(string))
	return o, err
}

func decodeWho(p *xmlParser, id, name, uri *string) error {
	return p.each(func(element string) (err error) {
		switch element {
		case "ID":
			*id, err = identifier(p)
		case "DisplayName":
			*name, err = p.text()
		case "URI":
			*uri, err = identifier(p)
		default:
			err = p.skip()
		}
		return err
	})
}

// document writes the list; the grantee's type is an attribute that the service
// wants.
func (a ACL) document() ([]byte, error) {
	if a.Owner.ID == "" {
		return nil, fmt.Errorf("%w: an ACL without an owner", ErrInvalidInput)
	}
	if len(a.Grants) > MaxGrants {
		return nil, fmt.Errorf("%w: %d grants are more than %d", ErrInvalidInput, len(a.Grants), MaxGrants)
	}
	said := a.Owner.ID + a.Owner.DisplayName
	doc := []byte("<AccessControlPolicy><Owner>")
	doc = appendElement(doc, "ID", a.Owner.ID)
	doc = appendElement(doc, "DisplayName", a.Owner.DisplayName)
	doc = append(doc, "</Owner><AccessControlList>"...)
	for _, g := range a.Grants {
		kind := "CanonicalUser"
		if g.URI != "" {
			kind = "Group"
		}
		if (g.ID == "") == (g.URI == "") || !slices.Contains(permissions, g.Permission) {
			return nil, fmt.Errorf("%w: a grant of %q to %q", ErrInvalidInput, shortened(g.Permission), shortened(g.ID+g.URI))
		}
		said += g.ID + g.DisplayName + g.URI
		doc = append(doc, `<Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="`+kind+`">`...)
		doc = appendElement(doc, "ID", g.ID)
		doc = appendElement(doc, "DisplayName", g.DisplayName)
		doc = appendElement(doc, "URI", g.URI)
		doc = append(doc, "</Grantee>"...)
		doc = appendElement(doc, "Permission", g.Permission)
		doc = append(doc, "</Grant>"...)
	}
	return append(doc, "</AccessControlList></AccessControlPolicy>"...), checkText("the ACL", said)
}

// permissions may be granted; the two of the list itself are for lists that
// were read and are written back.
var permissions = []string{"READ", "WRITE", "FULL_CONTROL", "READ_ACP", "WRITE_ACP"}
