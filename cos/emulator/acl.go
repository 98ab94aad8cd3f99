package emulator

import (
	"context"
	"encoding/xml"
	"net/http"
	"regexp"
	"slices"
)

// acl is what was asked for beside the owner's own full control.
type acl struct {
	Canned string  `json:",omitempty"` // private, public-read or default; empty if grants were given
	Grants []grant `json:",omitempty"`
}

type grant struct {
	ID         string `json:",omitempty"` // of an account
	URI        string `json:",omitempty"` // of a group
	Permission string
}

const (
	anyone   = "qcs::cam::anyone:anyone"
	allUsers = "http://cam.qcloud.com/groups/global/AllUsers"
)

var permissions = []string{"READ", "WRITE", "READ_ACP", "WRITE_ACP", "FULL_CONTROL"}

// grantHeaders are the headers that grant each permission.
var grantHeaders = map[string]string{
	"READ": "X-Cos-Grant-Read", "WRITE": "X-Cos-Grant-Write", "READ_ACP": "X-Cos-Grant-Read-Acp",
	"WRITE_ACP": "X-Cos-Grant-Write-Acp", "FULL_CONTROL": "X-Cos-Grant-Full-Control",
}

var (
	grantList = regexp.MustCompile(`^\s*id="[^",]+"(\s*,\s*id="[^",]+")*\s*$`)
	grantedID = regexp.MustCompile(`id="([^",]+)"`)
)

// readACL takes the ACL of a put, initiate, copy or PUT ?acl from its headers;
// nil if they give none.
func readACL(in http.Header) (*acl, error) {
	a := &acl{Canned: in.Get("X-Cos-Acl")}
	switch a.Canned {
	case "", "private", "public-read", "default":
	default:
		return nil, refuse("InvalidArgument", "There is no object ACL "+a.Canned+".")
	}
	for _, permission := range permissions {
		list := in.Get(grantHeaders[permission])
		if list == "" {
			continue
		}
		if !grantList.MatchString(list) {
			return nil, refuse("InvalidArgument", grantHeaders[permission]+` is id="UIN",id="UIN".`)
		}
		for _, id := range grantedID.FindAllStringSubmatch(list, -1) {
			a.Grants = append(a.Grants, grant{ID: id[1], Permission: permission})
		}
	}
	if a.Canned == "" && len(a.Grants) == 0 {
		return nil, nil
	}
	return a, nil
}

// public reports that everyone may read.
func (a *acl) public() bool {
	if a == nil {
		return false
	}
	return a.Canned == "public-read" || slices.ContainsFunc(a.Grants, func(g grant) bool {
		return (g.URI == allUsers || g.ID == anyone) && (g.Permission == "READ" || g.Permission == "FULL_CONTROL")
	})
}

func (s *Server) getACL(q *request) error {
	b, err := s.bucketOf(q)
	if err != nil {
		return err
	}
	o, err := described(q, b, s.index.describe)
	if err != nil {
		return err
	}
	switch a := o.extra.ACL; {
	case a == nil:
		q.set("x-cos-acl", "default")
	case a.Canned != "":
		q.set("x-cos-acl", a.Canned)
	}
	return q.document(http.StatusOK, aclDocument(b, o.extra.ACL))
}

// described looks up the version that is asked for; read is index.describe or,
// if the content is wanted too, index.lookup.
func described(q *request, b bucket, read func(context.Context, bucket, string, string) (*object, error)) (*object, error) {
	o, err := read(q.r.Context(), b, q.target.key, q.versionID())
	if err != nil {
		return nil, err
	}
	return o, o.notMarker()
}

func (o *object) notMarker() error {
	if o.marker {
		return &markerError{o, refuse("MethodNotAllowed", "The method is not allowed against a delete marker.")}
	}
	return nil
}

// setExtra changes what hangs on the version that a request names.
func (s *Server) setExtra(q *request, change func(*extra)) error {
	b, err := s.bucketOf(q)
	if err != nil {
		return err
	}
	return s.index.writer.do(func(tx *writeTx) error {
		o, err := tx.lookup(b, q.target.key, q.versionID())
		if err != nil {
			return err
		}
		if err := o.notMarker(); err != nil {
			return err
		}
		change(&o.extra)
		return tx.updateExtra(b, o)
	})
}

func (s *Server) putACL(q *request) error {
	a, err := readACL(q.r.Header)
	if err != nil {
		return err
	}
	hasBody := q.r.ContentLength != 0
	switch {
	case a != nil && hasBody:
		return refuse("InvalidArgument", "An ACL is given by headers or by a document, not by both.")
	case hasBody:
		a, err = q.readACLDocument()
	case a == nil:
		return refuse("MissingRequestBodyError", "An ACL is given by headers or by a document.")
	}
	if err != nil {
		return err
	}
	if err := s.setExtra(q, func(x *extra) { x.ACL = a }); err != nil {
		return err
	}
	return q.empty(http.StatusOK)
}

// aclPolicy is the body of PUT ?acl.
type aclPolicy struct {
	XMLName xml.Name   `xml:"AccessControlPolicy"`
	Grants  []aclGrant `xml:"AccessControlList>Grant"`
}

type aclGrant struct {
	Grantee struct {
		ID  string
		URI string
	}
	Permission string
}

func (q *request) readACLDocument() (*acl, error) {
	var policy aclPolicy
	if err := q.readXML(&policy); err != nil {
		return nil, err
	}
	if len(policy.Grants) > maxGrants {
		return nil, refuse("InvalidArgument", "An ACL has at most 100 grants.")
	}
	owner := accountID(q.target.bucket)
	a := &acl{}
	for _, g := range policy.Grants {
		if (g.Grantee.ID == "") == (g.Grantee.URI == "") || !slices.Contains(permissions, g.Permission) {
			return nil, refuse("MalformedXML", "A grant has one ID or URI, and a permission such as READ or FULL_CONTROL.")
		}
		if g.Grantee.ID == owner && g.Permission == "FULL_CONTROL" {
			continue // always there
		}
		a.Grants = append(a.Grants, grant{g.Grantee.ID, g.Grantee.URI, g.Permission})
	}
	return a, nil
}

// accountID is the account that owns a bucket, as ACLs write it.
func accountID(bucket string) string {
	uin := appID(bucket)
	return "qcs::cam::uin/" + uin + ":uin/" + uin
}

func aclDocument(b bucket, a *acl) []byte {
	owner := accountID(b.name)
	grants := []grant{{ID: owner, Permission: "FULL_CONTROL"}}
	if a != nil {
		if a.Canned == "public-read" {
			grants = append(grants, grant{URI: allUsers, Permission: "READ"})
		}
		grants = append(grants, a.Grants...)
	}
	d := newDocument()
	d.open("AccessControlPolicy")
	d.open("Owner")
	d.text("ID", owner)
	d.text("DisplayName", owner)
	d.close("Owner")
	d.open("AccessControlList")
	for _, g := range grants {
		d.grant(g)
	}
	d.close("AccessControlList")
	d.close("AccessControlPolicy")
	return d.bytes()
}

func (d *document) grant(g grant) {
	d.open("Grant")
	if g.URI != "" {
		d.openTyped("Grantee", "Group")
		d.text("URI", g.URI)
	} else {
		d.openTyped("Grantee", "CanonicalUser")
		d.text("ID", g.ID)
		d.text("DisplayName", g.ID)
	}
	d.close("Grantee")
	d.text("Permission", g.Permission)
	d.close("Grant")
}

// openTyped opens an element with the type attribute that grantees have.
func (d *document) openTyped(name, kind string) {
	d.b.WriteString("<" + name + ` xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="` + kind + `">`)
}
