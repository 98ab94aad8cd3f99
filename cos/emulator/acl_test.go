package emulator_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const aclOwner = "qcs::cam::uin/1250000000:uin/1250000000"

func (c *client) acl(key string) (grantees, permissions []string) {
	c.t.Helper()
	a := c.do("GET", path(key)+"?acl", "")
	require.Equal(c.t, 200, a.status, string(a.body))
	// The first ID is the owner's; URIs come in their own order.
	return append(a.all("ID")[1:], a.all("URI")...), a.all("Permission")
}

func TestACL_ComesBackAsItWasGiven(t *testing.T) {
	t.Parallel()
	c := start(t)
	const users = "http://cam.qcloud.com/groups/global/AllUsers"
	grants := func(grant ...string) string {
		return "<AccessControlPolicy><Owner><ID>" + aclOwner + "</ID></Owner><AccessControlList>" +
			strings.Join(grant, "") + "</AccessControlList></AccessControlPolicy>"
	}
	one := func(kind, name, permission string) string {
		return "<Grant><Grantee><" + kind + ">" + name + "</" + kind + "></Grantee><Permission>" + permission + "</Permission></Grant>"
	}
	for name, tt := range map[string]struct {
		header  []string
		body    string
		who     []string
		may     []string
		atWrite bool // can be given with a PUT too
	}{
		"private":     {[]string{"x-cos-acl", "private"}, "", []string{aclOwner}, []string{"FULL_CONTROL"}, true},
		"default":     {[]string{"x-cos-acl", "default"}, "", []string{aclOwner}, []string{"FULL_CONTROL"}, true},
		"public-read": {[]string{"x-cos-acl", "public-read"}, "", []string{aclOwner, users}, []string{"FULL_CONTROL", "READ"}, true},
		"grants": {
			[]string{"x-cos-grant-read", `id="a", id="b"`, "x-cos-grant-full-control", `id="c"`},
			"",
			[]string{aclOwner, "a", "b", "c"},
			[]string{"FULL_CONTROL", "READ", "READ", "FULL_CONTROL"},
			true,
		},
		"document": {
			nil, grants(one("ID", aclOwner, "FULL_CONTROL"), one("ID", "d", "READ"), one("URI", users, "READ")),
			[]string{aclOwner, "d", users},
			[]string{"FULL_CONTROL", "READ", "READ"},
			false,
		},
		"empty document": {nil, grants(), []string{aclOwner}, []string{"FULL_CONTROL"}, false},
	} {
		c.put("k", "1")
		require.Equal(t, 200, c.do("PUT", "/k?acl", tt.body, tt.header...).status, name)
		who, may := c.acl("k")
		assert.Equal(t, tt.who, who, name)
		assert.Equal(t, tt.may, may, name)
		if tt.atWrite {
			c.put("written", "1", tt.header...)
			who, may = c.acl("written")
			assert.Equal(t, tt.who, who, name)
			assert.Equal(t, tt.may, may, name)
		}
	}
	c.put("k", "overwritten")
	who, _ := c.acl("k")
	assert.Equal(t, []string{aclOwner}, who, "an ACL is of the object, not of the key")
}

func TestACL_RefusesWhatItCannotKeep(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.put("k", "1")
	const policy = "<AccessControlPolicy><AccessControlList>%</AccessControlList></AccessControlPolicy>"
	grant := func(inner string) string { return strings.Replace(policy, "%", "<Grant>"+inner+"</Grant>", 1) }
	for name, tt := range map[string]struct {
		target string
		header []string
		body   string
		code   string
	}{
		"nothing":           {"/k?acl", nil, "", "MissingRequestBodyError"},
		"both":              {"/k?acl", []string{"x-cos-acl", "private"}, grant(""), "InvalidArgument"},
		"unknown":           {"/k?acl", []string{"x-cos-acl", "authenticated-read"}, "", "InvalidArgument"},
		"bad grant":         {"/k?acl", []string{"x-cos-grant-read", "somebody"}, "", "InvalidArgument"},
		"no grantee":        {"/k?acl", nil, grant("<Permission>READ</Permission>"), "MalformedXML"},
		"unknown right":     {"/k?acl", nil, grant("<Grantee><ID>a</ID></Grantee><Permission>SING</Permission>"), "MalformedXML"},
		"missing object":    {"/none?acl", []string{"x-cos-acl", "private"}, "", "NoSuchKey"},
		"missing version":   {"/k?acl&versionId=MTg0", []string{"x-cos-acl", "private"}, "", "NoSuchVersion"},
		"too many":          {"/k?acl", nil, strings.Replace(policy, "%", strings.Repeat("<Grant><Grantee><ID>a</ID></Grantee><Permission>READ</Permission></Grant>", 101), 1), "InvalidArgument"},
		"another document":  {"/k?acl", nil, "<Tagging/>", "MalformedXML"},
		"endless document":  {"/k?acl", nil, "<AccessControlPolicy>" + strings.Repeat(" ", 5<<20), "XMLSizeLimit"},
		"unfinished, large": {"/k?acl", nil, "<AccessControlPolicy>" + strings.Repeat("<a>", 1000), "MalformedXML"},
	} {
		assert.Equal(t, tt.code, c.do("PUT", tt.target, tt.body, tt.header...).code(), name)
	}
	assert.Equal(t, "NoSuchKey", c.do("GET", "/none?acl", "").code())
}

func TestAnonymous_ReadsWhatIsPublicAndNothingElse(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.put("private", "secret")
	c.put("public", "for all", "x-cos-acl", "public-read")
	c.put("granted", "for all", "x-cos-grant-read", `id="qcs::cam::anyone:anyone"`)
	unsigned := func(method, target string) answer {
		a, err := send(c.request(method, target, ""))
		require.NoError(t, err)
		return a
	}
	for target, want := range map[string]int{
		"/public": 200, "/granted": 200, "/private": 403, "/none": 403, "/": 403, "/public?acl": 403, "/?versions": 403,
		"/public?response-content-type=text/html": 400,
	} {
		assert.Equal(t, want, unsigned("GET", target).status, target)
	}
	assert.Equal(t, "for all", string(unsigned("GET", "/public").body))
	assert.Equal(t, 200, unsigned("HEAD", "/public").status)
	assert.Equal(t, 403, unsigned("HEAD", "/private").status)
	assert.Equal(t, 403, unsigned("PUT", "/public").status)
	assert.Equal(t, 403, unsigned("DELETE", "/public").status)
	require.Equal(t, 200, c.do("PUT", "/public?acl", "", "x-cos-acl", "private").status)
	assert.Equal(t, 403, unsigned("GET", "/public").status)
}
