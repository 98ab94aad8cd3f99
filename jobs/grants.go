package jobs

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"cosmander/cos"
)

// The group of everyone, and its name as an account.
const (
	everyone        = "http://cam.qcloud.com/groups/global/AllUsers"
	everyoneAccount = "qcs::cam::anyone:anyone"
)

// keepACL fills in the headers by which a new object gets an access list.
// Rights that no header can grant are an error: they would be lost.
func keepACL(acl *cos.ACL, h *cos.Headers) error {
	if canned := acl.Canned(); canned != "" {
		// Without a preset it is its own or the bucket's, which nobody can
		// tell: then it stays as it is now.
		h.ACL = cmp.Or(acl.Preset, canned)
		return nil
	}
	var read, full []string
	for _, g := range acl.Grants {
		who := fmt.Sprintf("id=%q", account(g.ID))
		switch {
		case g.ID == acl.Owner.ID && g.Permission == "FULL_CONTROL":
		case public(g) && g.Permission == "READ":
			h.ACL = "public-read"
		case g.ID != "" && g.Permission == "READ":
			read = append(read, who)
		case g.ID != "" && g.Permission == "FULL_CONTROL":
			full = append(full, who)
		default:
			return fmt.Errorf("its access list grants %s to %s, which no copy can take over", g.Permission, g.ID+g.URI)
		}
	}
	h.GrantRead, h.GrantFullControl = strings.Join(read, ","), strings.Join(full, ",")
	return nil
}

func public(g cos.Grant) bool { return g.URI == everyone || g.ID == everyoneAccount }

// account is an account as headers name it: "uin/1:uin/1" is "1". A part of
// another account stays as it is.
func account(id string) string {
	rest, ok := strings.CutPrefix(id, "qcs::cam::uin/")
	owner, user, both := strings.Cut(rest, ":uin/")
	if ok && both && owner == user {
		return owner
	}
	return id
}

// right is one grant, however it is written.
type right struct{ who, may string }

// rights are what a list grants beside the owner's own.
func rights(acl *cos.ACL) []right {
	var list []right
	for _, g := range acl.Grants {
		switch {
		case g.ID != "" && g.ID == acl.Owner.ID && g.Permission == "FULL_CONTROL":
		case public(g):
			list = append(list, right{everyone, g.Permission})
		default:
			list = append(list, right{account(g.ID) + g.URI, g.Permission})
		}
	}
	return unique(list)
}

func unique(list []right) []right {
	slices.SortFunc(list, func(a, b right) int { return strings.Compare(a.who+" "+a.may, b.who+" "+b.may) })
	return slices.Compact(list)
}

func sameGrants(a, b *cos.ACL) bool { return slices.Equal(rights(a), rights(b)) }

// granted reports that an access list is what the change asks for. known is
// false if the service does not tell.
func (c *Change) granted(acl *cos.ACL) (yes, known bool) {
	if c.GrantRead+c.GrantFullControl == "" {
		if acl.Preset == "default" || c.ACL == "default" {
			return acl.Preset == c.ACL, acl.Preset != ""
		}
		return acl.Canned() == c.ACL, true
	}
	var want []right
	if c.ACL == "public-read" {
		want = append(want, right{everyone, "READ"})
	}
	for may, list := range map[string]string{"READ": c.GrantRead, "FULL_CONTROL": c.GrantFullControl} {
		for _, id := range grantee.FindAllStringSubmatch(list, -1) {
			if who := account(id[1]); who != account(acl.Owner.ID) || may != "FULL_CONTROL" {
				want = append(want, right{who, may})
			}
		}
	}
	return slices.Equal(rights(acl), unique(want)), true
}
