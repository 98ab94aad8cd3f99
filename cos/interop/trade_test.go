package interop

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	sdk "github.com/tencentyun/cos-go-sdk-v5"

	"cosmander/cos"
)

// trade is ours and the Go SDK on one server.
func trade(t *testing.T) (*lab, *cos.Bucket, *sdk.Client) {
	t.Helper()
	l := newLab(t)
	return l, l.bucket(t, proxyMode), l.sdk(t, proxyMode)
}

func TestVersions_AreTheSameForBoth(t *testing.T) {
	t.Parallel()
	_, ours, theirs := trade(t)
	_, err := theirs.Bucket.PutVersioning(t.Context(), &sdk.BucketPutVersionOptions{Status: "Enabled"})
	require.NoError(t, err)
	state, err := ours.Versioning(t.Context())
	require.NoError(t, err)
	assert.Equal(t, cos.VersioningEnabled, state)
	for i, key := range slices.Concat(oddKeys, oddKeys[:3]) {
		_, err := ours.Put(t.Context(), key, body(content(key, i)), cos.Headers{})
		require.NoError(t, err)
	}
	_, err = theirs.Object.Delete(t.Context(), oddKeys[1])
	require.NoError(t, err)

	var mine []string
	for page, err := range ours.VersionPages(t.Context(), cos.VersionsOptions{MaxKeys: 4}) {
		require.NoError(t, err)
		for _, v := range page.Versions {
			mine = append(mine, strings.Join([]string{v.Key, v.VersionID, v.ETag}, "\x00"))
			assert.Equal(t, v.DeleteMarker, v.ETag == "")
		}
	}
	assert.Len(t, mine, len(oddKeys)+4)
	listed, _, err := theirs.Bucket.GetObjectVersions(t.Context(), &sdk.BucketGetObjectVersionsOptions{EncodingType: "url"})
	require.NoError(t, err)
	var their []string
	add := func(key, id, etag string) {
		key, err := sdk.DecodeURIComponent(key)
		require.NoError(t, err)
		their = append(their, strings.Join([]string{key, id, strings.Trim(etag, `"`)}, "\x00"))
	}
	for _, v := range listed.Version {
		add(v.Key, v.VersionId, v.ETag)
	}
	for _, m := range listed.DeleteMarker {
		add(m.Key, m.VersionId, "")
	}
	assert.ElementsMatch(t, their, mine)
}

func TestAppending_GoesOnFromEachOther(t *testing.T) {
	t.Parallel()
	_, ours, theirs := trade(t)
	first, err := ours.Append(t.Context(), "log", 0, body([]byte("ours,")), cos.Headers{ContentType: "text/x-log"})
	require.NoError(t, err)
	next, _, err := theirs.Object.Append(t.Context(), "log", int(first.NextPosition), strings.NewReader("theirs,"), nil)
	require.NoError(t, err)
	last, err := ours.Append(t.Context(), "log", int64(next), body([]byte("ours")), cos.Headers{})
	require.NoError(t, err)
	assert.EqualValues(t, 16, last.NextPosition)
	assert.Equal(t, "ours,theirs,ours", string(oursClient(ours).get(t, "log")))
	_, _, err = theirs.Object.Append(t.Context(), "log", next, strings.NewReader("late"), nil)
	assertRefusal(t, err, http.StatusConflict, "AppendPositionErr")
}

func TestRestoring_AskedByOneIsSeenByTheOther(t *testing.T) {
	t.Parallel()
	l, ours, theirs := trade(t)
	_, err := ours.Put(t.Context(), "old", body([]byte("asleep")), cos.Headers{StorageClass: "ARCHIVE"})
	require.NoError(t, err)
	_, err = theirs.Object.PostRestore(t.Context(), "old", &sdk.ObjectRestoreOptions{Days: 2, Tier: &sdk.CASJobParameters{Tier: "Bulk"}})
	require.NoError(t, err)
	head, err := ours.Head(t.Context(), "old", cos.GetOptions{})
	require.NoError(t, err)
	require.NotNil(t, head.Restore)
	assert.Equal(t, []any{true, cos.Bulk}, []any{head.Restore.Ongoing, head.Restore.Tier})
	assert.WithinDuration(t, time.Now(), head.Restore.Requested, time.Minute)
	l.ahead.Store(int64(time.Minute))
	head, err = ours.Head(t.Context(), "old", cos.GetOptions{})
	require.NoError(t, err)
	require.NotNil(t, head.Restore)
	assert.False(t, head.Restore.Ongoing)
	assert.WithinDuration(t, time.Now().AddDate(0, 0, 2), head.Restore.Expires, 2*time.Hour)
	assert.Equal(t, "asleep", string(sdkClient(theirs).get(t, "old")))
}

func TestTags_SetByOneAreReadByTheOther(t *testing.T) {
	t.Parallel()
	_, ours, theirs := trade(t)
	oursClient(ours).put(t, wireKey, nil)
	require.NoError(t, ours.SetObjectTags(t.Context(), wireKey, "", wireTags))
	got, _, err := theirs.Object.GetTagging(t.Context(), wireKey)
	require.NoError(t, err)
	var read []cos.Tag
	for _, tag := range got.TagSet {
		read = append(read, cos.Tag{Key: tag.Key, Value: tag.Value})
	}
	assert.ElementsMatch(t, wireTags, read)
	_, err = theirs.Object.PutTagging(t.Context(), wireKey, &sdk.ObjectPutTaggingOptions{TagSet: []sdk.ObjectTaggingTag{{Key: "<k>", Value: "&\""}}})
	require.NoError(t, err)
	read, err = ours.ObjectTags(t.Context(), wireKey, "")
	require.NoError(t, err)
	assert.Equal(t, []cos.Tag{{Key: "<k>", Value: "&\""}}, read)
	_, err = theirs.Object.DeleteTagging(t.Context(), wireKey)
	require.NoError(t, err)
	read, err = ours.ObjectTags(t.Context(), wireKey, "")
	require.NoError(t, err)
	assert.Empty(t, read)
}

func TestACLs_SetByOneAreReadByTheOther(t *testing.T) {
	t.Parallel()
	_, ours, theirs := trade(t)
	oursClient(ours).put(t, wireKey, nil)
	require.NoError(t, ours.SetObjectCannedACL(t.Context(), wireKey, "", "public-read", "", ""))
	acl, resp, err := theirs.Object.GetACL(t.Context(), wireKey)
	require.NoError(t, err)
	assert.Equal(t, "public-read", resp.Header.Get("x-cos-acl"), "as the SDK reads the grants")
	mine, err := ours.ObjectACL(t.Context(), wireKey, "")
	require.NoError(t, err)
	assert.Equal(t, "public-read", mine.Canned())
	assert.Equal(t, acl.Owner.ID, mine.Owner.ID)
	assert.Len(t, mine.Grants, len(acl.AccessControlList))

	// What ours read it can write back.
	mine.Grants = append(mine.Grants, cos.Grant{ID: wireFriend, DisplayName: "friend", Permission: "READ"})
	require.NoError(t, ours.SetObjectACL(t.Context(), wireKey, "", *mine))
	acl, _, err = theirs.Object.GetACL(t.Context(), wireKey)
	require.NoError(t, err)
	assert.Len(t, acl.AccessControlList, len(mine.Grants))
	_, err = theirs.Object.PutACL(t.Context(), wireKey, &sdk.ObjectPutACLOptions{Header: &sdk.ACLHeaderOptions{XCosACL: "private"}})
	require.NoError(t, err)
	mine, err = ours.ObjectACL(t.Context(), wireKey, "")
	require.NoError(t, err)
	assert.Equal(t, "private", mine.Canned())
}

func TestSelect_GivesBothTheSame(t *testing.T) {
	t.Parallel()
	l, ours, theirs := trade(t)
	var table strings.Builder
	table.WriteString("name,size\n")
	for range 20_000 { // more than one frame of records
		table.WriteString("\"a, \"\"b\"\"\",17.50\n中文,8\n")
	}
	_, err := ours.Put(t.Context(), "t.csv", body([]byte(table.String())), cos.Headers{})
	require.NoError(t, err)
	stream, err := ours.Select(t.Context(), "t.csv", cos.SelectQuery{
		Expression: "SELECT * FROM COSObject s WHERE s.size > 10",
		Input:      cos.SelectInput{CSV: &cos.CSVInput{FileHeaderInfo: "USE"}},
		Output:     cos.SelectOutput{JSON: &cos.JSONOutput{}},
	})
	require.NoError(t, err)
	var mine strings.Builder
	var counts cos.SelectStats
	for event, err := range stream.Events() {
		require.NoError(t, err)
		switch event := event.(type) {
		case cos.SelectRecords:
			mine.Write(event)
		case cos.SelectStats:
			counts = event
		}
	}
	their, stats := walk{l, proxyMode, theirs}.selected(t, "t.csv", &sdk.ObjectSelectOptions{
		Expression: "SELECT * FROM COSObject s WHERE s.size > 10", ExpressionType: "SQL",
		InputSerialization:  &sdk.SelectInputSerialization{CSV: &sdk.CSVInputSerialization{FileHeaderInfo: "USE"}},
		OutputSerialization: &sdk.SelectOutputSerialization{JSON: &sdk.JSONOutputSerialization{}},
	})
	assert.Equal(t, digest([]byte(their)), digest([]byte(mine.String())))
	assert.Equal(t, 20_000, strings.Count(their, "\n"))
	assert.EqualValues(t, stats.BytesReturned, counts.Returned)
	assert.EqualValues(t, stats.BytesScanned, counts.Scanned)
	assert.EqualValues(t, len(their), counts.Returned)
}
