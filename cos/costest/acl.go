package costest

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
)

func aclChapter() chapter {
	return chapter{"ACL", []promise{
		{"OfANewObjectIsNotPublic", aclOfNew},
		{"IsTakenByEveryWriter", aclOfWriters},
		{"CannedIsSetAndRecognised", aclCanned},
		{"GrantsAreSetAndTold", aclGrants},
		{"IsWrittenAsItWasRead", aclRoundTrip},
		{"EndsWithTheObject", aclEnds},
		{"PublicReadOpensToAnyone", aclAnyone},
		{"OfAMissingKeyIsNotFound", aclMissing},
	}}
}

func (p place) acl(t testing.TB, key, versionID string) cos.ACL {
	t.Helper()
	a, err := p.Bucket.ObjectACL(t.Context(), key, versionID)
	require.NoError(t, err)
	return *a
}

func (p place) setCanned(t testing.TB, key, versionID, canned string) {
	t.Helper()
	require.NoError(t, p.Bucket.SetObjectCannedACL(t.Context(), key, versionID, canned, "", ""))
}

// granted returns the permissions that an ACL gives an account.
func granted(a cos.ACL, uin string) []string {
	var all []string
	for _, g := range a.Grants {
		if strings.HasSuffix(g.ID, "/"+uin) || g.ID == uin {
			all = append(all, g.Permission)
		}
	}
	return all
}

func aclOfNew(t *testing.T, p place) {
	p.put(t, p.key("k"), "content")
	a := p.acl(t, p.key("k"), "")
	assert.NotEmpty(t, a.Owner.ID)
	assert.NotEqual(t, "public-read", a.Canned())
}

func aclOfWriters(t *testing.T, p place) {
	h := cos.Headers{ACL: "public-read"}
	for name, write := range map[string]func(testing.TB, string){
		"put":    func(t testing.TB, key string) { p.put(t, key, "content", h) },
		"append": func(t testing.TB, key string) { p.append(t, key, 0, "content", h) },
		"complete": func(t testing.TB, key string) {
			id := p.initiate(t, key, h)
			p.complete(t, key, id, p.part(t, key, id, 1, "x"))
		},
		"copy": func(t testing.TB, key string) {
			p.put(t, key+"-source", "content")
			p.copy(t, key, cos.CopySource{Key: key + "-source"}, cos.CopyOptions{Headers: h})
		},
	} {
		write(t, p.key(name))
		assert.Equal(t, "public-read", p.acl(t, p.key(name), "").Canned(), name)
	}
	assertRefused(t, p.tryPut(t, p.key("none"), text("x"), cos.Headers{ACL: "public-dance"}))
}

func aclCanned(t *testing.T, p place) {
	key := p.key("k")
	p.put(t, key, "content", cos.Headers{Meta: map[string]string{"kept": "yes"}})
	before := p.head(t, key)
	for _, canned := range []string{"public-read", "private", "public-read"} {
		p.setCanned(t, key, "", canned)
		assert.Equal(t, canned, p.acl(t, key, "").Canned())
	}
	p.setCanned(t, key, "", "default")
	assert.NotEqual(t, "public-read", p.acl(t, key, "").Canned())
	after := p.head(t, key)
	assert.Equal(t, before.Headers, after.Headers)
	assert.Equal(t, before.ETag, after.ETag)
}

func aclGrants(t *testing.T, p place) {
	p.needGrantee(t)
	key, id := p.key("k"), `id="`+p.Grantee+`"`
	p.put(t, key, "content", cos.Headers{GrantRead: id})
	assert.Equal(t, []string{"READ"}, granted(p.acl(t, key, ""), p.Grantee))
	assert.Empty(t, p.acl(t, key, "").Canned(), "it is none of the canned ones")
	require.NoError(t, p.Bucket.SetObjectCannedACL(t.Context(), key, "", "", "", id))
	assert.Equal(t, []string{"FULL_CONTROL"}, granted(p.acl(t, key, ""), p.Grantee))
	p.setCanned(t, key, "", "private")
	assert.Empty(t, granted(p.acl(t, key, ""), p.Grantee))
}

func aclRoundTrip(t *testing.T, p place) {
	p.needGrantee(t)
	key := p.key("k")
	p.put(t, key, "content", cos.Headers{ACL: "public-read", GrantFullControl: `id="` + p.Grantee + `"`})
	want := p.acl(t, key, "")
	require.NotEmpty(t, want.Grants)
	p.setCanned(t, key, "", "private")
	private := p.acl(t, key, "")
	for _, a := range []cos.ACL{want, private} {
		require.NoError(t, p.Bucket.SetObjectACL(t.Context(), key, "", a))
		got := p.acl(t, key, "")
		assert.Equal(t, a.Owner, got.Owner)
		assert.ElementsMatch(t, a.Grants, got.Grants)
		assert.Equal(t, a.Canned(), got.Canned())
	}
}

func aclEnds(t *testing.T, p place) {
	key := p.key("k")
	p.put(t, key, "content", cos.Headers{ACL: "public-read"})
	p.put(t, key, "other")
	assert.NotEqual(t, "public-read", p.acl(t, key, "").Canned(), "another object may be secret")
}

// anonymous is the place as those see it who have no key pair.
func (p place) anonymous(t testing.TB) place {
	t.Helper()
	return p.connect(t, func(c *cos.Config) { c.Credentials = nil })
}

func (p place) connect(t testing.TB, change func(*cos.Config)) place {
	t.Helper()
	c, err := p.Connect(change)
	require.NoError(t, err)
	t.Cleanup(c.CloseIdleConnections)
	return p.in(c.Bucket(p.Bucket.Name(), p.Bucket.Region()))
}

func aclAnyone(t *testing.T, p place) {
	p.needConnect(t)
	key := p.key("k")
	p.put(t, key, "content", cos.Headers{ACL: "public-read"})
	p.put(t, p.key("secret"), "content", cos.Headers{ACL: "private"})
	anyone := p.anonymous(t)
	assert.Equal(t, "content", anyone.get(t, key))
	assert.Equal(t, etagOf("content"), anyone.head(t, key).ETag)
	override := cos.GetOptions{Response: cos.ResponseHeaders{ContentType: "text/html"}}
	assertRefused(t, anyone.tryGet(t, key, override))
	assert.ErrorIs(t, anyone.tryGet(t, p.key("secret"), cos.GetOptions{}), cos.ErrDenied)
	assert.ErrorIs(t, anyone.tryHead(t, p.key("secret"), cos.GetOptions{}), cos.ErrDenied)
	assert.ErrorIs(t, anyone.tryPut(t, key, text("x"), cos.Headers{}), cos.ErrDenied, "it may only be read")
	_, err := anyone.Bucket.Delete(t.Context(), key, "")
	assert.ErrorIs(t, err, cos.ErrDenied)
	_, err = anyone.Bucket.List(t.Context(), cos.ListOptions{Prefix: p.folder})
	assert.ErrorIs(t, err, cos.ErrDenied)
	p.setCanned(t, key, "", "private")
	assert.ErrorIs(t, anyone.tryGet(t, key, cos.GetOptions{}), cos.ErrDenied)
	assert.Equal(t, "content", p.get(t, key), "what was denied did nothing")
}

func aclMissing(t *testing.T, p place) {
	_, err := p.Bucket.ObjectACL(t.Context(), p.key("none"), "")
	assertCode(t, err, "NoSuchKey")
	assert.ErrorIs(t, err, cos.ErrNotFound)
	err = p.Bucket.SetObjectCannedACL(t.Context(), p.key("none"), "", "private", "", "")
	assert.ErrorIs(t, err, cos.ErrNotFound)
}
