package cos_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
)

const (
	ownerID = "qcs::cam::uin/1:uin/1"
	aclOpen = `<AccessControlPolicy><Owner><ID>` + ownerID + `</ID><DisplayName>a&amp;b</DisplayName></Owner><AccessControlList>`
	grantee = `<Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="`
	aclDoc  = aclOpen + grantee + `CanonicalUser"><ID>` + ownerID + `</ID></Grantee><Permission>FULL_CONTROL</Permission></Grant>` +
		grantee + `Group"><URI>http://cam.qcloud.com/groups/global/AllUsers</URI></Grantee><Permission>READ</Permission></Grant>` +
		`</AccessControlList></AccessControlPolicy>`
)

var (
	byOwner  = cos.Grant{ID: ownerID, Permission: "FULL_CONTROL"}
	byAll    = cos.Grant{URI: "http://cam.qcloud.com/groups/global/AllUsers", Permission: "READ"}
	publicTo = cos.ACL{Owner: cos.Owner{ID: ownerID, DisplayName: "a&b"}, Grants: []cos.Grant{byOwner, byAll}}
)

func TestACL_ComesBackAsItWasSent(t *testing.T) {
	t.Parallel()
	b := answers(t, "PUT /k?acl&versionId=v", aclDoc, 200, "")
	require.NoError(t, b.SetObjectACL(t.Context(), "k", "v", publicTo))
	got, err := answers(t, "GET /k?acl", "", 200, aclDoc).ObjectACL(t.Context(), "k", "")
	require.NoError(t, err)
	assert.Equal(t, &publicTo, got)
	assert.Equal(t, "public-read", got.Canned())
}

func TestACL_Canned(t *testing.T) {
	t.Parallel()
	owner := cos.Owner{ID: ownerID}
	anyone := cos.Grant{ID: "qcs::cam::anyone:anyone", Permission: "READ"}
	other := cos.Grant{ID: "qcs::cam::uin/2:uin/2", Permission: "READ"}
	writes := cos.Grant{URI: byAll.URI, Permission: "WRITE"}
	for name, tt := range map[string]struct {
		grants []cos.Grant
		want   string
	}{
		"owner alone":        {[]cos.Grant{byOwner}, "private"},
		"everyone by URI":    {[]cos.Grant{byOwner, byAll}, "public-read"},
		"everyone by ID":     {[]cos.Grant{anyone, byOwner}, "public-read"},
		"somebody else":      {[]cos.Grant{byOwner, other}, ""},
		"everyone may write": {[]cos.Grant{byOwner, byAll, writes}, ""},
		"nothing known":      {nil, ""},
		"not even the owner": {[]cos.Grant{byAll}, ""},
	} {
		assert.Equal(t, tt.want, cos.ACL{Owner: owner, Grants: tt.grants}.Canned(), name)
	}
}

func TestSetObjectACL_RefusesBeforeSending(t *testing.T) {
	t.Parallel()
	b := bucketAt(t, "http://127.0.0.1:1")
	owner := cos.Owner{ID: ownerID}
	for name, acl := range map[string]cos.ACL{
		"no owner":      {Grants: []cos.Grant{byOwner}},
		"nobody":        {Owner: owner, Grants: []cos.Grant{{Permission: "READ"}}},
		"two at once":   {Owner: owner, Grants: []cos.Grant{{ID: "a", URI: "b", Permission: "READ"}}},
		"no permission": {Owner: owner, Grants: []cos.Grant{{ID: "a", Permission: "read"}}},
		"not XML":       {Owner: owner, Grants: []cos.Grant{{ID: "a\x00", Permission: "READ"}}},
	} {
		assert.ErrorIs(t, b.SetObjectACL(t.Context(), "k", "", acl), cos.ErrInvalidInput, name)
	}
	for _, args := range [][3]string{{}, {"public-read-write"}, {"private", "a\nb"}} {
		assert.ErrorIs(t, b.SetObjectCannedACL(t.Context(), "k", "", args[0], args[1], args[2]), cos.ErrInvalidInput, "%q", args)
	}
}

func TestSetObjectCannedACL_SendsHeadersAndNoBody(t *testing.T) {
	t.Parallel()
	b := serve(t, func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, "PUT /k?acl&versionId=v", r.Method+" "+r.RequestURI)
		assert.Equal(t, "private", r.Header.Get("x-cos-acl"))
		assert.Equal(t, `id="1"`, r.Header.Get("x-cos-grant-read"))
		assert.Equal(t, `id="2"`, r.Header.Get("x-cos-grant-full-control"))
		assert.Equal(t, int64(0), r.ContentLength)
		stored(w)
	})
	require.NoError(t, b.SetObjectCannedACL(t.Context(), "k", "v", "private", `id="1"`, `id="2"`))
}

func tagsXML(pairs ...string) string {
	doc := "<Tagging><TagSet>"
	for i := 0; i < len(pairs); i += 2 {
		doc += "<Tag><Key>" + pairs[i] + "</Key><Value>" + pairs[i+1] + "</Value></Tag>"
	}
	return doc + "</TagSet></Tagging>"
}

func TestTags_ComeBackAsTheyWereSent(t *testing.T) {
	t.Parallel()
	tags := []cos.Tag{{Key: " a<b", Value: ""}, {Key: "中", Value: "x\ty "}}
	doc := tagsXML("&#32;a&lt;b", "", "中", "x&#9;y&#32;")
	require.NoError(t, answers(t, "PUT /k?tagging&versionId=v", doc, 200, "").SetObjectTags(t.Context(), "k", "v", tags))
	got, err := answers(t, "GET /k?tagging", "", 200, doc).ObjectTags(t.Context(), "k", "")
	require.NoError(t, err)
	assert.Equal(t, tags, got)
}

func TestTags_NoneIsAnEmptyList(t *testing.T) {
	t.Parallel()
	for status, doc := range map[int]string{200: tagsXML(), 404: errorXML("NoSuchTagSet", "none")} {
		got, err := answers(t, "GET /k?tagging", "", status, doc).ObjectTags(t.Context(), "k", "")
		require.NoError(t, err)
		assert.Empty(t, got)
	}
	_, err := answers(t, "GET /k?tagging", "", 404, errorXML("NoSuchKey", "gone")).ObjectTags(t.Context(), "k", "")
	require.ErrorIs(t, err, cos.ErrNotFound)
}

func TestTags_AreDeletedAndTheObjectIsNot(t *testing.T) {
	t.Parallel()
	b := answers(t, "DELETE /k?tagging", "", 204, "")
	require.NoError(t, b.DeleteObjectTags(t.Context(), "k", ""))
	require.NoError(t, b.SetObjectTags(t.Context(), "k", "", nil))
}

func TestSetObjectTags_HoldsTheLimits(t *testing.T) {
	t.Parallel()
	b := serve(t, func(w http.ResponseWriter, _ *http.Request) { answerXML(w, 200, "") })
	most := cos.Tag{Key: strings.Repeat("中", 128), Value: strings.Repeat("文", 256)}
	require.NoError(t, b.SetObjectTags(t.Context(), "k", "", []cos.Tag{most}))
	var eleven []cos.Tag
	for i := range 11 {
		eleven = append(eleven, cos.Tag{Key: string(rune('a' + i))})
	}
	require.NoError(t, b.SetObjectTags(t.Context(), "k", "", eleven[:10]))
	for name, tags := range map[string][]cos.Tag{
		"eleven": eleven, "no key": {{Value: "v"}}, "twice": {{Key: "a"}, {Key: "a"}}, "not XML": {{Key: "a", Value: "\x01"}},
		"long key": {{Key: most.Key + "x"}}, "long value": {{Key: "k", Value: most.Value + "x"}},
	} {
		assert.ErrorIs(t, b.SetObjectTags(t.Context(), "k", "", tags), cos.ErrInvalidInput, name)
	}
}
