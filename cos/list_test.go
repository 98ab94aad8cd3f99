package cos_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
)

var oddKeys = []string{
	"a b", "1+1=2", "100%", "%41", "a//b", "../x", "dir/", "<&>\"'", "中文/文件.txt", "😀", "tab\t", "esc\x1b[0m", "\x01", " lead", "trail ",
}

// encoded writes a name as the service does: percent-encoded, then as XML.
func encoded(name string) string { return strings.ReplaceAll(url.PathEscape(name), "&", "&amp;") }

func TestList_DecodesEveryName(t *testing.T) {
	t.Parallel()
	b := serve(t, func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, "/?prefix=p%2F&delimiter=%2F&marker=p%2F%2B&max-keys=1000&encoding-type=url", r.RequestURI)
		var doc strings.Builder
		doc.WriteString(`<?xml version='1.0' encoding='utf-8' ?>
			<!-- a page --><ListBucketResult xmlns="http://x>y"><Name>b</Name><EncodingType>url</EncodingType>
			<IsTruncated>true</IsTruncated><NextMarker>p/%2B%20z</NextMarker>`)
		for _, key := range oddKeys {
			fmt.Fprintf(&doc, `<Contents><Key>%s</Key><LastModified>2017-08-08T09:43:35.000Z</LastModified>`+
				`<ETag>&quot;e&quot;</ETag><Size>7</Size><Owner><ID>1</ID><DisplayName/></Owner>`+
				`<StorageClass>Standard_IA</StorageClass></Contents>`, encoded("p/"+key))
			fmt.Fprintf(&doc, `<CommonPrefixes><Prefix>%s</Prefix></CommonPrefixes>`, encoded("p/"+key+"/"))
		}
		doc.WriteString("</ListBucketResult>\n")
		answerXML(w, 200, doc.String())
	})
	page, err := b.List(t.Context(), cos.ListOptions{Prefix: "p/", Delimiter: "/", Marker: "p/+", MaxKeys: 5000})
	require.NoError(t, err)
	assert.True(t, page.Truncated)
	assert.Equal(t, "p/+ z", page.NextMarker)
	require.Len(t, page.Prefixes, len(oddKeys))
	require.Len(t, page.Objects, len(oddKeys))
	for i, o := range page.Objects {
		assert.Equal(t, cos.ObjectInfo{
			Key: "p/" + oddKeys[i], Size: 7, ETag: "e", StorageClass: "STANDARD_IA",
			LastModified: time.Date(2017, 8, 8, 9, 43, 35, 0, time.UTC),
		}, o)
		assert.Equal(t, "p/"+oddKeys[i]+"/", page.Prefixes[i])
	}
}

func TestList_IsLenientWhereNothingIsLost(t *testing.T) {
	t.Parallel()
	b := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		answerXML(w, 200, `<ListBucketResult><Contents><Key>a</Key><LastModified>yesterday</LastModified><ETag>e</ETag>`+
			`<Size> 7 </Size></Contents><Unknown><Key>deep</Key></Unknown>`+
			`<Contents><Key><![CDATA[b]]><!-- c -->d&#x4e2d;</Key><StorageClass></StorageClass></Contents></ListBucketResult>`)
	})
	page, err := b.List(t.Context(), cos.ListOptions{})
	require.NoError(t, err)
	assert.Equal(t, &cos.ListPage{Objects: []cos.ObjectInfo{
		{Key: "a", Size: 7, ETag: "e", StorageClass: "STANDARD"}, {Key: "bd中", StorageClass: "STANDARD"},
	}}, page)
}

func TestList_RefusesWhatItCannotTrust(t *testing.T) {
	t.Parallel()
	for name, doc := range map[string]string{
		"bad escape":    `<ListBucketResult><Contents><Key>%zz</Key></Contents></ListBucketResult>`,
		"bad size":      `<ListBucketResult><Contents><Key>a</Key><Size>big</Size></Contents></ListBucketResult>`,
		"negative size": `<ListBucketResult><Contents><Key>a</Key><Size>-1</Size></Contents></ListBucketResult>`,
		"cut":           `<ListBucketResult><Contents><Key>a</Key>`,
		"doctype":       `<!DOCTYPE x [<!ENTITY a "b">]><ListBucketResult/>`,
		"entity":        `<ListBucketResult><Contents><Key>&a;</Key></Contents></ListBucketResult>`,
		"deep":          `<ListBucketResult>` + strings.Repeat("<a>", 100_000),
		"too long":      `<ListBucketResult>` + strings.Repeat(" ", 9<<20) + `</ListBucketResult>`,
		"stuck":         `<ListBucketResult><IsTruncated>true</IsTruncated><NextMarker>m</NextMarker></ListBucketResult>`,
		"no marker":     `<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := serve(t, func(w http.ResponseWriter, _ *http.Request) { answerXML(w, 200, doc) })
			_, err := b.List(t.Context(), cos.ListOptions{Marker: "m"})
			require.Error(t, err)
			assert.Less(t, len(err.Error()), 300)
		})
	}
}

func TestPages_GoesOnToTheEnd(t *testing.T) {
	t.Parallel()
	b := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Query().Get("marker") {
		case "":
			answerXML(w, 200, `<ListBucketResult><IsTruncated>true</IsTruncated><NextMarker>b</NextMarker>`+
				`<Contents><Key>a</Key></Contents></ListBucketResult>`)
		case "b":
			// No NextMarker: the last name is where to go on.
			answerXML(w, 200, `<ListBucketResult><IsTruncated>true</IsTruncated>`+
				`<Contents><Key>c</Key></Contents><CommonPrefixes><Prefix>d/</Prefix></CommonPrefixes></ListBucketResult>`)
		case "d/":
			answerXML(w, 200, `<ListBucketResult><IsTruncated>false</IsTruncated><NextMarker>x</NextMarker>`+
				`<Contents><Key>e</Key></Contents></ListBucketResult>`)
		}
	})
	var keys []string
	for page, err := range b.Pages(t.Context(), cos.ListOptions{Delimiter: "/"}) {
		require.NoError(t, err)
		for _, o := range page.Objects {
			keys = append(keys, o.Key)
		}
	}
	assert.Equal(t, []string{"a", "c", "e"}, keys)
}

func TestPages_StopsAfterAnError(t *testing.T) {
	t.Parallel()
	var requests atomic.Int64
	b := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		if requests.Add(1) > 1 {
			answerXML(w, 503, errorXML("SlowDown", "slow"))
			return
		}
		answerXML(w, 200, `<ListBucketResult><IsTruncated>true</IsTruncated><NextMarker>b</NextMarker></ListBucketResult>`)
	})
	var errs []error
	for _, err := range b.Pages(t.Context(), cos.ListOptions{}) {
		errs = append(errs, err)
	}
	require.Len(t, errs, 2)
	require.NoError(t, errs[0])
	assert.True(t, cos.Retryable(errs[1]))
}

func TestListBuckets_ReadsEveryPage(t *testing.T) {
	t.Parallel()
	b := serve(t, func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, "service.cos.myqcloud.com", r.Host)
		more := `<IsTruncated>true</IsTruncated><NextMarker>n</NextMarker>`
		name := "a-1"
		if r.URL.Query().Get("marker") == "n" {
			more, name = "", "b-1"
		}
		answerXML(w, 200, `<ListAllMyBucketsResult><Owner><ID>1</ID></Owner><Buckets><Bucket><Name>`+name+
			`</Name><Location>ap-x</Location><CreationDate>2017-08-08T09:43:35Z</CreationDate></Bucket></Buckets>`+
			more+`</ListAllMyBucketsResult>`)
	})
	got, err := b.Client().ListBuckets(t.Context())
	require.NoError(t, err)
	at := time.Date(2017, 8, 8, 9, 43, 35, 0, time.UTC)
	assert.Equal(t, []cos.BucketInfo{{Name: "a-1", Region: "ap-x", Created: at}, {Name: "b-1", Region: "ap-x", Created: at}}, got)
}

func TestListBucketsIn_AsksForOneRegion(t *testing.T) {
	t.Parallel()
	b := serve(t, func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, "/?region=ap-x service.cos.myqcloud.com", r.RequestURI+" "+r.Host)
		answerXML(w, 200, `<ListAllMyBucketsResult><Buckets><Bucket><Name>a-1</Name><Location>ap-x</Location></Bucket>`+
			`<Bucket><Name>b-1</Name><Location>ap-y</Location></Bucket></Buckets></ListAllMyBucketsResult>`)
	})
	got, err := b.Client().ListBucketsIn(t.Context(), "ap-x")
	require.NoError(t, err)
	assert.Equal(t, []cos.BucketInfo{{Name: "a-1", Region: "ap-x"}}, got)
	_, err = b.Client().ListBucketsIn(t.Context(), "")
	require.ErrorIs(t, err, cos.ErrNoRegion)
}

func TestCreateBucket_PutsTheBucketItself(t *testing.T) {
	t.Parallel()
	b := serve(t, func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, "PUT / new-1.cos.ap-test.myqcloud.com", r.Method+" "+r.RequestURI+" "+r.Host)
		answerXML(w, 409, errorXML("BucketAlreadyOwnedByYou", "yours"))
	})
	require.ErrorIs(t, b.Client().CreateBucket(t.Context(), "new-1"), cos.ErrConflict)
}
