package cos_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
)

var someDay = time.Date(2017, 8, 8, 9, 43, 35, 0, time.UTC)

func TestListVersions_KeepsVersionsAndMarkersInTheOrderOfTheAnswer(t *testing.T) {
	t.Parallel()
	b := serve(t, func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, "GET /?versions&prefix=p%2F&delimiter=%2F&key-marker=p%2F%2B&version-id-marker=MTg%3D&max-keys=7&encoding-type=url",
			r.Method+" "+r.RequestURI)
		const day = `<LastModified>2017-08-08T09:43:35.000Z</LastModified>`
		answerXML(w, http.StatusOK, `<ListVersionsResult><Name>b</Name><EncodingType>url</EncodingType><Prefix>p%2F</Prefix>
			<KeyMarker>p%2F%2B</KeyMarker><IsTruncated>true</IsTruncated><NextKeyMarker>p%2Fb%2Bb</NextKeyMarker>
			<NextVersionIdMarker>Mw==</NextVersionIdMarker>
			<DeleteMarker><Key>p%2Fa%20a</Key><VersionId>MQ==</VersionId><IsLatest>true</IsLatest>`+day+
			`<Owner><ID>1</ID></Owner></DeleteMarker>
			<Version><Key>p%2Fa%20a</Key><VersionId>null</VersionId><IsLatest>false</IsLatest>`+day+`<ETag>"e"</ETag><Size>7</Size>
			<StorageClass>Archive</StorageClass><Owner><ID>1</ID></Owner></Version>
			<CommonPrefixes><Prefix>p%2Fd%2F</Prefix></CommonPrefixes>
			<DeleteMarker><Key>p%2Fb%2Bb</Key><VersionId>Mg==</VersionId>`+day+`</DeleteMarker>
			<Version><Key>p%2Fb%2Bb</Key><VersionId>Mw==</VersionId><IsLatest>true</IsLatest>`+day+`<Size>0</Size></Version>
			</ListVersionsResult>`)
	})
	got, err := b.ListVersions(t.Context(), cos.VersionsOptions{
		Prefix: "p/", Delimiter: "/", KeyMarker: "p/+", VersionMarker: "MTg=", MaxKeys: 7,
	})
	require.NoError(t, err)
	marker := func(key, id string, latest bool) cos.Version {
		return cos.Version{ObjectInfo: cos.ObjectInfo{Key: key, LastModified: someDay}, VersionID: id, Latest: latest, DeleteMarker: true}
	}
	assert.Equal(t, &cos.VersionsPage{
		Versions: []cos.Version{
			marker("p/a a", "MQ==", true),
			{ObjectInfo: cos.ObjectInfo{Key: "p/a a", Size: 7, ETag: "e", LastModified: someDay, StorageClass: "ARCHIVE"}, VersionID: "null"},
			marker("p/b+b", "Mg==", false),
			{ObjectInfo: cos.ObjectInfo{Key: "p/b+b", LastModified: someDay, StorageClass: "STANDARD"}, VersionID: "Mw==", Latest: true},
		},
		Prefixes: []string{"p/d/"}, Truncated: true, NextKeyMarker: "p/b+b", NextVersionMarker: "Mw==",
	}, got)
}

func TestListVersions_GoesOnFromTheLastEntryIfNoMarkerIsNamed(t *testing.T) {
	t.Parallel()
	const version = `<Version><Key>b</Key><VersionId>v</VersionId></Version>`
	for name, tt := range map[string]struct{ rows, key, version string }{
		"a key is named, and not which of its versions": {`<NextKeyMarker>b</NextKeyMarker>` + version, "b", "v"},
		"another key is named":                          {`<NextKeyMarker>bb</NextKeyMarker>` + version, "bb", ""},
		"a version is last":                             {`<CommonPrefixes><Prefix>a/</Prefix></CommonPrefixes>` + version, "b", "v"},
		"a prefix is last":                              {`<CommonPrefixes><Prefix>c/</Prefix></CommonPrefixes>` + version, "c/", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				answerXML(w, 200, `<ListVersionsResult><IsTruncated>true</IsTruncated>`+tt.rows+`</ListVersionsResult>`)
			})
			page, err := b.ListVersions(t.Context(), cos.VersionsOptions{Delimiter: "/"})
			require.NoError(t, err)
			assert.Equal(t, tt.key, page.NextKeyMarker)
			assert.Equal(t, tt.version, page.NextVersionMarker)
		})
	}
}

func TestListVersions_AdvancesWithinOneKey(t *testing.T) {
	t.Parallel()
	page := func(key, version string) string {
		return `<ListVersionsResult><IsTruncated>true</IsTruncated><NextKeyMarker>` + key + `</NextKeyMarker>` +
			`<NextVersionIdMarker>` + version + `</NextVersionIdMarker></ListVersionsResult>`
	}
	for name, tt := range map[string]struct {
		doc  string
		good bool
	}{
		"older version":    {page("k", "w"), true},
		"next key":         {page("l", ""), true},
		"same version":     {page("k", "v"), false},
		"key before":       {page("j", "w"), false},
		"no marker at all": {`<ListVersionsResult><IsTruncated>true</IsTruncated></ListVersionsResult>`, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := serve(t, func(w http.ResponseWriter, _ *http.Request) { answerXML(w, 200, tt.doc) })
			_, err := b.ListVersions(t.Context(), cos.VersionsOptions{KeyMarker: "k", VersionMarker: "v"})
			if tt.good {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, cos.ErrMalformed)
		})
	}
}

func TestListVersions_VersionMarkerNeedsAKeyMarker(t *testing.T) {
	t.Parallel()
	_, err := bucketAt(t, "http://127.0.0.1:1").ListVersions(t.Context(), cos.VersionsOptions{VersionMarker: "v"})
	require.ErrorIs(t, err, cos.ErrInvalidInput)
}
