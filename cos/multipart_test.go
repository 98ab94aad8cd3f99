package cos_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
)

const completed = `<CompleteMultipartUploadResult><Location>l</Location><Bucket>b</Bucket><Key>k</Key>` +
	`<ETag>&quot;e-2&quot;</ETag></CompleteMultipartUploadResult>`

var twoParts = []cos.Part{{Number: 1, ETag: "a"}, {Number: 3, ETag: `"b"`}}

func TestInitiateUpload_SendsHeadersAndReturnsTheID(t *testing.T) {
	t.Parallel()
	b := serve(t, func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, "POST /dir/k?uploads", r.Method+" "+r.RequestURI)
		assert.Equal(t, "text/plain", r.Header.Get("Content-Type"))
		assert.Equal(t, "STANDARD_IA", r.Header.Get("x-cos-storage-class"))
		assert.Equal(t, "v", r.Header.Get("x-cos-meta-m"))
		answerXML(w, 200, `<InitiateMultipartUploadResult><Bucket>b</Bucket><Key>k</Key>`+
			`<UploadId>14b2c</UploadId></InitiateMultipartUploadResult>`)
	})
	id, err := b.InitiateUpload(t.Context(), "dir/k", cos.Headers{
		ContentType: "text/plain", StorageClass: "standard_ia", Meta: map[string]string{"m": "v"},
	})
	require.NoError(t, err)
	assert.Equal(t, "14b2c", id)
}

func TestInitiateUpload_WithoutAnIDIsAnError(t *testing.T) {
	t.Parallel()
	b := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		answerXML(w, 200, `<InitiateMultipartUploadResult/>`)
	})
	_, err := b.InitiateUpload(t.Context(), "k", cos.Headers{})
	require.ErrorContains(t, err, "no upload id")
}

func TestCompleteUpload_SendsThePartsInOrder(t *testing.T) {
	t.Parallel()
	b := serve(t, func(w http.ResponseWriter, r *http.Request) {
		doc, err := io.ReadAll(r.Body)
		assert.NoError(t, err)
		assert.Equal(t, "POST /k?uploadId=u%26", r.Method+" "+r.RequestURI)
		assert.Equal(t, `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>"a"</ETag></Part>`+
			`<Part><PartNumber>3</PartNumber><ETag>"b"</ETag></Part></CompleteMultipartUpload>`, string(doc))
		w.Header().Set("x-cos-hash-crc64ecma", "5")
		w.Header().Set("x-cos-version-id", "v")
		answerXML(w, 200, completed)
	})
	got, err := b.CompleteUpload(t.Context(), "k", "u&", twoParts)
	require.NoError(t, err)
	assert.Equal(t, &cos.CompleteResult{Location: "l", Bucket: "b", Key: "k", ETag: "e-2", CRC64: 5, HasCRC64: true, VersionID: "v"}, got)
}

func TestCompleteUpload_SpacesBeforeTheDocumentAreASignOfLife(t *testing.T) {
	t.Parallel()
	const step, steps = 20 * time.Millisecond, 40
	b := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("x-cos-request-id", "r")
		tick := time.NewTicker(step)
		defer tick.Stop()
		for range steps {
			<-tick.C
			_, _ = w.Write([]byte(" \n"))
			assert.NoError(t, http.NewResponseController(w).Flush())
		}
		_, _ = io.WriteString(w, `<?xml version="1.0"?>`+completed)
	}, idle(step*steps/2))
	got, err := b.CompleteUpload(t.Context(), "k", "u", twoParts)
	require.NoError(t, err)
	assert.Equal(t, "e-2", got.ETag)
}

func TestCompleteUpload_ErrorInA200(t *testing.T) {
	t.Parallel()
	for code, retry := range map[string]bool{"InternalError": true, "SlowDown": true, "InvalidPart": false} {
		b := serve(t, func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			answerXML(w, 200, "   \n"+errorXML(code, "sorry"))
		})
		_, err := b.CompleteUpload(t.Context(), "k", "u", twoParts)
		var api *cos.Error
		require.ErrorAs(t, err, &api)
		assert.Equal(t, code, api.Code)
		assert.Equal(t, "req-2", api.RequestID)
		assert.Equal(t, retry, cos.Retryable(err), code)
	}
}

func TestCompleteUpload_HalfADocumentIsNoSuccess(t *testing.T) {
	t.Parallel()
	for _, doc := range []string{"", "   ", completed[:40], completed[:len(completed)-5], "<CompleteMultipartUploadResult/>"} {
		b := serve(t, func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			answerXML(w, 200, doc)
		})
		_, err := b.CompleteUpload(t.Context(), "k", "u", twoParts)
		require.Error(t, err, "document %q", doc)
	}
}

func TestAllParts_ReadsEveryPage(t *testing.T) {
	t.Parallel()
	b := serve(t, func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, "u", r.URL.Query().Get("uploadId"))
		part := func(n int) string {
			return fmt.Sprintf("<Part><PartNumber>%d</PartNumber><LastModified>2017-08-08T09:43:35.000Z</LastModified>"+
				`<ETag>"e%d"</ETag><Size>%d</Size></Part>`, n, n, n*100)
		}
		switch r.URL.Query().Get("part-number-marker") {
		case "":
			answerXML(w, 200, "<ListPartsResult><Owner><ID>1</ID></Owner><NextPartNumberMarker>2</NextPartNumberMarker>"+
				"<IsTruncated>true</IsTruncated>"+part(1)+part(2)+"</ListPartsResult>")
		case "2":
			answerXML(w, 200, "<ListPartsResult><NextPartNumberMarker></NextPartNumberMarker>"+
				"<IsTruncated>false</IsTruncated>"+part(7)+"</ListPartsResult>")
		}
	})
	got, err := b.AllParts(t.Context(), "k", "u")
	require.NoError(t, err)
	at := time.Date(2017, 8, 8, 9, 43, 35, 0, time.UTC)
	assert.Equal(t, []cos.Part{
		{Number: 1, Size: 100, ETag: "e1", LastModified: at},
		{Number: 2, Size: 200, ETag: "e2", LastModified: at},
		{Number: 7, Size: 700, ETag: "e7", LastModified: at},
	}, got)
}

func TestAllParts_StopsAtAPageThatDoesNotAdvance(t *testing.T) {
	t.Parallel()
	b := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		answerXML(w, 200, "<ListPartsResult><NextPartNumberMarker>2</NextPartNumberMarker>"+
			"<IsTruncated>true</IsTruncated></ListPartsResult>")
	})
	_, err := b.AllParts(t.Context(), "k", "u")
	require.ErrorContains(t, err, "does not advance")
}

func TestAllParts_ListThatNeverEndsIsAnError(t *testing.T) {
	t.Parallel()
	for name, parts := range map[string]func(page int) string{
		"no parts":  func(int) string { return "" },
		"old parts": func(int) string { return "<Part><PartNumber>1</PartNumber></Part>" },
		"new parts": func(page int) string { return fmt.Sprintf("<Part><PartNumber>%d</PartNumber></Part>", 100*page) },
		"one part again and again": func(page int) string {
			return strings.Repeat(fmt.Sprintf("<Part><PartNumber>%d</PartNumber></Part>", page), 2)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pages := 0
			b := bucketAt(t, "http://h", func(c *cos.Config) {
				c.Transport = answering(func(*http.Request) string {
					pages++
					return fmt.Sprintf("<ListPartsResult><NextPartNumberMarker>%d</NextPartNumberMarker><IsTruncated>true</IsTruncated>%s"+
						"</ListPartsResult>", 100*pages, parts(pages))
				})
			})
			_, err := b.AllParts(t.Context(), "k", "u")
			require.ErrorIs(t, err, cos.ErrMalformed)
			assert.LessOrEqual(t, pages, 101)
		})
	}
}

func TestListParts_ReadsOnePage(t *testing.T) {
	t.Parallel()
	b := serve(t, func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, "uploadId=u&part-number-marker=3&max-parts=2&encoding-type=url", r.URL.RawQuery)
		answerXML(w, 200, `<ListPartsResult><Owner><ID>o</ID></Owner><Initiator><ID>i</ID><DisplayName>I</DisplayName></Initiator>
			<StorageClass>Standard_IA</StorageClass><IsTruncated>true</IsTruncated><NextPartNumberMarker>9</NextPartNumberMarker>
			<Part><PartNumber>9</PartNumber><ETag>"e"</ETag><Size>1</Size></Part></ListPartsResult>`)
	})
	got, err := b.ListParts(t.Context(), "k", "u", cos.PartsOptions{Marker: 3, MaxParts: 2})
	require.NoError(t, err)
	assert.Equal(t, &cos.PartsPage{
		Parts: []cos.Part{{Number: 9, Size: 1, ETag: "e"}}, Truncated: true, NextMarker: 9,
		StorageClass: "STANDARD_IA", Owner: cos.Owner{ID: "o"}, Initiator: cos.Owner{ID: "i", DisplayName: "I"},
	}, got)
}

func TestAbortUpload_OfAnUnknownUploadSaysSo(t *testing.T) {
	t.Parallel()
	b := serve(t, func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, "DELETE /k?uploadId=u", r.Method+" "+r.RequestURI)
		answerXML(w, 404, errorXML("NoSuchUpload", "gone"))
	})
	require.ErrorIs(t, b.AbortUpload(t.Context(), "k", "u"), cos.ErrNoUpload)
}

func TestListUploads_GoesOnWithinAKeyThatIsNamedAlone(t *testing.T) {
	t.Parallel()
	for key, want := range map[string]string{"b": "u", "bb": ""} {
		b := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			answerXML(w, 200, `<ListMultipartUploadsResult><IsTruncated>true</IsTruncated><NextKeyMarker>`+key+`</NextKeyMarker>`+
				`<Upload><Key>b</Key><UploadId>u</UploadId></Upload></ListMultipartUploadsResult>`)
		})
		page, err := b.ListUploads(t.Context(), cos.UploadsOptions{})
		require.NoError(t, err)
		assert.Equal(t, key+" "+want, page.NextKeyMarker+" "+page.NextUploadMark)
	}
}

func TestListUploads_DecodesAndRefusesToStandStill(t *testing.T) {
	t.Parallel()
	b := serve(t, func(w http.ResponseWriter, r *http.Request) {
		assert.True(t, strings.HasPrefix(r.URL.RawQuery, "uploads&"), r.URL.RawQuery)
		answerXML(w, 200, `<ListMultipartUploadsResult><Encoding-Type>url</Encoding-Type><IsTruncated>true</IsTruncated>
			<NextKeyMarker>a%2Bb</NextKeyMarker><NextUploadIdMarker>u2</NextUploadIdMarker>
			<Upload><Key>a%2Bb</Key><UploadId>u2</UploadId><Initiator><ID>x</ID></Initiator>
			<StorageClass>Archive</StorageClass><Owner><ID>o</ID><DisplayName>O</DisplayName></Owner>
			<Initiated>2017-08-08T09:43:35.000Z</Initiated></Upload>
			<CommonPrefixes><Prefix>d%20%2F</Prefix></CommonPrefixes></ListMultipartUploadsResult>`)
	})
	got, err := b.ListUploads(t.Context(), cos.UploadsOptions{Delimiter: "/"})
	require.NoError(t, err)
	assert.Equal(t, &cos.UploadsPage{
		Uploads: []cos.Upload{{
			Key: "a+b", UploadID: "u2", Initiated: time.Date(2017, 8, 8, 9, 43, 35, 0, time.UTC), StorageClass: "ARCHIVE",
			Owner: cos.Owner{ID: "o", DisplayName: "O"}, Initiator: cos.Owner{ID: "x"},
		}},
		Prefixes: []string{"d /"}, Truncated: true, NextKeyMarker: "a+b", NextUploadMark: "u2",
	}, got)
	_, err = b.ListUploads(t.Context(), cos.UploadsOptions{Delimiter: "/", KeyMarker: "a+b", UploadMarker: "u2"})
	require.ErrorContains(t, err, "does not advance")
}
