package cos

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// fullPage is a page of 1000 objects as the service writes it.
func fullPage() []byte {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?><ListBucketResult><Name>b-1</Name><EncodingType>url</EncodingType>` +
		`<Prefix>p/</Prefix><Marker></Marker><MaxKeys>1000</MaxKeys><IsTruncated>true</IsTruncated><NextMarker>p/999</NextMarker>`)
	for i := range 1000 {
		fmt.Fprintf(&b, `<Contents><Key>p/%%E4%%B8%%AD/some-file-name-%07d.txt</Key><LastModified>2017-08-08T09:43:35.000Z</LastModified>`+
			`<ETag>&quot;d41d8cd98f00b204e9800998ecf8427e&quot;</ETag><Size>%d</Size>`+
			`<Owner><ID>1250000000</ID><DisplayName>1250000000</DisplayName></Owner>`+
			`<StorageClass>STANDARD</StorageClass></Contents>`, i, i*1000)
	}
	b.WriteString(`</ListBucketResult>`)
	return []byte(b.String())
}

func decodePage(doc []byte) (*ListPage, error) {
	page := &ListPage{}
	p := &xmlParser{data: doc}
	if _, err := p.root(); err != nil {
		return nil, err
	}
	return page, page.decode(p, pageOf("p/", "", 0))
}

type stdPage struct {
	Contents []struct {
		Key, LastModified, ETag, StorageClass string
		Size                                  int64
	}
}

func TestDecode_AgreesWithEncodingXML(t *testing.T) {
	t.Parallel()
	doc := fullPage()
	got, err := decodePage(doc)
	require.NoError(t, err)
	var want stdPage
	require.NoError(t, xml.Unmarshal(doc, &want))
	require.Len(t, got.Objects, len(want.Contents))
	for i, o := range got.Objects {
		w := want.Contents[i]
		assert.Equal(t, strings.Replace(w.Key, "%E4%B8%AD", "中", 1), o.Key)
		assert.Equal(t, strings.Trim(w.ETag, `"`), o.ETag)
		assert.Equal(t, w.Size, o.Size)
		assert.Equal(t, w.LastModified, o.LastModified.Format("2006-01-02T15:04:05.000Z"))
	}
}

func FuzzDecode(f *testing.F) {
	for _, doc := range []string{
		string(fullPage()[:2000]),
		`<a/>`, `<a><b/>x<c>y</c></a>`, `<a b="c>d"><![CDATA[<]]>&lt;&#60;&#x3c;</a>`, `<!--`, `<a><`, `</a>`, `<a>&`, `<a>&#x110000;</a>`,
		`<ListBucketResult><Contents><Key>%2</Key></Contents></ListBucketResult>`,
		`<ListBucketResult><Contents/><CommonPrefixes><Prefix/></CommonPrefixes></ListBucketResult>`,
		`<ListPartsResult><Part><PartNumber>99999999999999999999</PartNumber></Part></ListPartsResult>`,
		`<Error><Code>NoSuchKey</Code></Error>`, `<a></b>`, `<a><b></a></b>`, `<x:a></x:a >`,
		`<ListVersionsResult><Version><Key>a</Key><IsLatest>true</IsLatest></Version><DeleteMarker><Size>1</Size></DeleteMarker></ListVersionsResult>`,
		`<CopyObjectResult><ETag>"e"</ETag><CRC64>-1</CRC64></CopyObjectResult>`,
		`<DeleteResult><Deleted><Key>k</Key></Deleted><Error><Key>l</Key><Code>c</Code></Error></DeleteResult>`,
		`<AccessControlPolicy><Owner><ID>1</ID></Owner><AccessControlList><Grant><Grantee type="a"/></Grant></AccessControlList></AccessControlPolicy>`,
		`<Tagging><TagSet><Tag><Key>k</Key><Value/></Tag></TagSet></Tagging>`,
		`<ListAllMyBucketsResult><Buckets><Bucket><Name>b</Name></Bucket></Buckets></ListAllMyBucketsResult>`,
		`<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>`,
		`<Stats><BytesScanned>1</BytesScanned></Stats>`,
	} {
		f.Add([]byte(doc))
	}
	asked := pageOf("", "/", 9)
	f.Fuzz(func(t *testing.T, doc []byte) {
		for _, decode := range []func(*xmlParser) error{
			func(p *xmlParser) error { return (&ListPage{}).decode(p, asked) },
			func(p *xmlParser) error { return (&VersionsPage{}).decode(p, asked) },
			func(p *xmlParser) error { return (&UploadsPage{}).decode(p, asked) },
			func(p *xmlParser) error { return (&PartsPage{}).decode(p, PartsOptions{MaxParts: 9}) },
			(&CompleteResult{}).decode,
			(&CopyResult{}).decode, (&ACL{}).decode, (&SelectCounts{}).decode, anyDeletion().decode,
			func(p *xmlParser) error { _, err := decodeTags(p); return err },
			func(p *xmlParser) error { _, err := decodeBuckets(p, nil); return err },
			func(p *xmlParser) error { return decodeVersioning(p, new(string)) },
			(*xmlParser).skip, func(p *xmlParser) error { _, err := p.text(); return err },
		} {
			p := &xmlParser{data: doc}
			if _, err := p.root(); err != nil {
				continue
			}
			if decode(p) == nil && (p.depth < 0 || p.pos > len(doc)) {
				t.Errorf("depth %d at %d of %d", p.depth, p.pos, len(doc))
			}
		}
		e := &Error{}
		if decodeError(doc, e) && strings.ContainsAny(e.Error(), "\n\r\x1b\x00") {
			t.Errorf("error is not printable: %q", e.Error())
		}
	})
}

// anyDeletion reads the answer to a DeleteMany of k and l.
func anyDeletion() *deletion {
	a := &answer{Response: &http.Response{Request: &http.Request{}}, call: &call{}}
	return newDeletion(a, []ObjectVersion{{Key: "k"}, {Key: "l"}})
}

func TestXML_EndTagHasToBeTheOpenElements(t *testing.T) {
	t.Parallel()
	for doc, good := range map[string]bool{
		`<a><b>x</b><c/></a>`: true, `<a ></a >`: true, `<x:a b="c"></x:a>`: true, `<a><b/></a><!-- c -->`: true,
		`<a><b></a></b>`: false, `<a></b>`: false, `<x:a></a>`: false, `<a></A>`: false, `<a></>`: false, `<a/></a>`: false,
	} {
		p := &xmlParser{data: []byte(doc)}
		_, err := p.root()
		require.NoError(t, err)
		err = p.skip()
		if err == nil && p.pos < len(doc) {
			_, _, err = p.tag()
			if good {
				err = nil // what is behind the root is nobody's concern
			}
		}
		if good {
			assert.NoError(t, err, doc)
		} else {
			assert.ErrorIs(t, err, ErrMalformed, doc)
		}
	}
}

// What both parsers take as text must be the same text.
func FuzzText_AgreesWithEncodingXML(f *testing.F) {
	for _, s := range []string{"", "a", "&lt;a&gt;", "&#20013;", "<![CDATA[x&y]]>z", "a<!-- c -->b", "<b>no</b>yes", "<b/>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, inner string) {
		doc := "<a>" + inner + "</a>"
		var want struct {
			Text string `xml:",chardata"`
		}
		if xml.Unmarshal([]byte(doc), &want) != nil || strings.Contains(inner, "\r") || strings.Contains(inner, "</a") {
			return
		}
		if strings.Count(inner, "<!") > strings.Count(inner, "<!--")+strings.Count(inner, "<![CDATA[") {
			return // declarations are refused
		}
		p := &xmlParser{data: []byte(doc)}
		if _, err := p.root(); err != nil {
			t.Fatal(err)
		}
		if got, err := p.text(); err != nil || got != want.Text {
			t.Errorf("%q: got %q, %v, want %q", doc, got, err, want.Text)
		}
	})
}

func TestParseTime_TakesWhatServicesWrite(t *testing.T) {
	t.Parallel()
	want := time.Date(2017, 8, 8, 9, 43, 35, 0, time.UTC)
	for _, s := range []string{
		"2017-08-08T09:43:35.000Z", "2017-08-08T09:43:35Z", "2017-08-08T17:43:35+08:00", "2017-08-08T17:43:35+0800",
		"2017-08-08T09:43:35", "2017-08-08 09:43:35", "Tue, 08 Aug 2017 09:43:35 GMT", " 2017-08-08T09:43:35Z\n",
	} {
		assert.True(t, want.Equal(parseTime(s)), s)
	}
	assert.True(t, parseTime("soon").IsZero())
}

func BenchmarkDecodePage(b *testing.B) {
	doc := fullPage()
	b.Run("ours", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := decodePage(doc); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("encoding-xml", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := xml.Unmarshal(doc, &stdPage{}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
