package cos_test

import (
	"context"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
)

// asking calls every operation that reads a document.
var asking = map[string]struct {
	root string
	call func(ctx context.Context, b *cos.Bucket) error
}{
	"list": {"ListBucketResult", func(ctx context.Context, b *cos.Bucket) error {
		_, err := b.List(ctx, cos.ListOptions{})
		return err
	}},
	"versions": {"ListVersionsResult", func(ctx context.Context, b *cos.Bucket) error {
		_, err := b.ListVersions(ctx, cos.VersionsOptions{})
		return err
	}},
	"uploads": {"ListMultipartUploadsResult", func(ctx context.Context, b *cos.Bucket) error {
		_, err := b.ListUploads(ctx, cos.UploadsOptions{})
		return err
	}},
	"parts": {"ListPartsResult", func(ctx context.Context, b *cos.Bucket) error {
		_, err := b.ListParts(ctx, "k", "u", cos.PartsOptions{})
		return err
	}},
	"buckets": {"ListAllMyBucketsResult", func(ctx context.Context, b *cos.Bucket) error {
		_, err := b.Client().ListBuckets(ctx)
		return err
	}},
	"initiate": {"InitiateMultipartUploadResult", func(ctx context.Context, b *cos.Bucket) error {
		_, err := b.InitiateUpload(ctx, "k", cos.Headers{})
		return err
	}},
	"complete": {"CompleteMultipartUploadResult", func(ctx context.Context, b *cos.Bucket) error {
		_, err := b.CompleteUpload(ctx, "k", "u", twoParts)
		return err
	}},
	"copy": {"CopyObjectResult", func(ctx context.Context, b *cos.Bucket) error {
		_, err := b.Copy(ctx, "k", cos.CopySource{Key: "s"}, cos.CopyOptions{})
		return err
	}},
	"copy part": {"CopyPartResult", func(ctx context.Context, b *cos.Bucket) error {
		_, err := b.CopyPart(ctx, "k", "u", 1, cos.CopySource{Key: "s"}, nil)
		return err
	}},
	"delete many": {"DeleteResult", func(ctx context.Context, b *cos.Bucket) error {
		_, err := b.DeleteMany(ctx, []cos.ObjectVersion{{Key: "k"}}, true)
		return err
	}},
	"ACL": {"AccessControlPolicy", func(ctx context.Context, b *cos.Bucket) error {
		_, err := b.ObjectACL(ctx, "k", "")
		return err
	}},
	"tags": {"Tagging", func(ctx context.Context, b *cos.Bucket) error {
		_, err := b.ObjectTags(ctx, "k", "")
		return err
	}},
	"versioning": {"VersioningConfiguration", func(ctx context.Context, b *cos.Bucket) error {
		_, err := b.Versioning(ctx)
		return err
	}},
}

func TestDocuments_ThatCannotBeReadAreTypedErrors(t *testing.T) {
	t.Parallel()
	for name, op := range asking {
		open, end := "<"+op.root+">", "</"+op.root+">"
		for _, tt := range []struct {
			doc  string
			want error
		}{
			{"", cos.ErrCutBody},
			{open, cos.ErrCutBody},
			{open + "<a>", cos.ErrCutBody},
			{open + "<a></b>" + end, cos.ErrMalformed},
			{open + "<a><b></a></b>" + end, cos.ErrMalformed},
			{open + "</Other>", cos.ErrMalformed},
			{open + strings.Repeat("<a>", 65), cos.ErrMalformed},
			{open + "<a>&nosuch;</a>" + end, nil}, // nobody reads it
			{"<Other/>", cos.ErrNotCOS},
			{"hello", cos.ErrNotCOS},
			{"<!DOCTYPE x>" + open + end, cos.ErrNotCOS},
			{errorXML("NoSuchBucket", "no"), cos.ErrNoBucket},
		} {
			b := serve(t, func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body)
				answerXML(w, http.StatusOK, tt.doc)
			})
			err := op.call(t.Context(), b)
			if tt.want == nil {
				assert.NotErrorIs(t, err, cos.ErrNotCOS, "%s: %s", name, tt.doc)
				continue
			}
			if assert.ErrorIs(t, err, tt.want, "%s: %s", name, tt.doc) {
				assert.Less(t, len(err.Error()), 300, name)
			}
		}
	}
}

// Reading must not take longer the more a text is cut up.
func TestDocuments_TextInAMillionPiecesIsReadInOneGo(t *testing.T) {
	t.Parallel()
	for name, piece := range map[string]string{"comments": "x<!---->", "sections": "<![CDATA[x]]>", "children": "x<a/>", "references": "&lt;"} {
		text := strings.Repeat(piece, 7<<20/len(piece))
		b := bucketAt(t, "http://h", func(c *cos.Config) {
			c.Transport = answering(func(*http.Request) string {
				return "<VersioningConfiguration><Status>" + text + "</Status></VersioningConfiguration>"
			})
		})
		_, err := b.Versioning(t.Context())
		require.ErrorIs(t, err, cos.ErrMalformed, name)
		assert.Less(t, len(err.Error()), 300)
	}
}

// endless is a body that never ends; it counts what was read of it.
type endless struct {
	head string
	fill byte
	read int64
}

func (e *endless) Read(p []byte) (int, error) {
	n := copy(p, e.head)
	e.head = e.head[n:]
	for i := n; i < len(p); i++ {
		p[i] = e.fill
	}
	e.read += int64(len(p))
	return len(p), nil
}

func (e *endless) Close() error { return nil }

func (e *endless) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"X-Cos-Request-Id": {"r"}}, Body: e, ContentLength: -1, Request: r,
	}, nil
}

// Not parallel, because it measures what it allocates.
func TestDocuments_ThatNeverEndAreReadToABound(t *testing.T) {
	const most = 9 << 20
	for name, op := range asking {
		for _, fill := range []byte{' ', '<'} {
			body := &endless{head: "<" + op.root + ">", fill: fill}
			if fill == ' ' {
				body.head = "" // as the spaces before a slow answer
			}
			b := bucketAt(t, "http://h", func(c *cos.Config) { c.Transport = body })
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			err := op.call(t.Context(), b)
			runtime.ReadMemStats(&after)
			require.ErrorIs(t, err, cos.ErrMalformed, name)
			assert.Less(t, body.read, int64(most), name)
			assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(10*most), name)
		}
	}
}

// tiny are the entries that an answer can hold most of, for the operations that
// read any.
var tiny = map[string][]string{
	"list":        {"<Contents/>", "<CommonPrefixes><Prefix/></CommonPrefixes>", "<Contents><Key>k</Key></Contents>", "<CommonPrefixes><Prefix>/</Prefix></CommonPrefixes>"},
	"versions":    {"<Version/>", "<DeleteMarker/>", "<Version><Key>k</Key></Version>", "<CommonPrefixes><Prefix>/</Prefix></CommonPrefixes>"},
	"uploads":     {"<Upload/>", "<Upload><Key>k</Key><UploadId>u</UploadId></Upload>"},
	"parts":       {"<Part/>", "<Part><PartNumber>1</PartNumber></Part>"},
	"buckets":     {"<Buckets><B/></Buckets>", "<Buckets><B><Name>b</Name></B></Buckets>"},
	"delete many": {"<Deleted/>", "<Deleted><Key>k</Key></Deleted>", "<Error><Key>k</Key></Error>"},
	"ACL":         {"<AccessControlList><Grant/></AccessControlList>", "<AccessControlList><G/><G/><G/><G/><G/><G/><G/></AccessControlList>"},
	"tags":        {"<TagSet><T/></TagSet>", "<TagSet><T/><T/><T/><T/><T/><T/><T/></TagSet>"},
}

// Not parallel, because it measures what it allocates.
func TestDocuments_OfTinyEntriesAreReadToABound(t *testing.T) {
	// The document is 8 MiB, of which io.ReadAll makes 16, and 33 with the race
	// detector; a thousand entries take little beside it. When all entries were kept
	// it was up to 885 MiB.
	const length, most = 8<<20 - 1<<10, 36 << 20
	for name, entries := range tiny {
		op := asking[name]
		for _, entry := range entries {
			doc := "<" + op.root + ">" + strings.Repeat(entry, length/len(entry)) + "</" + op.root + ">"
			b := bucketAt(t, "http://h", func(c *cos.Config) {
				c.Transport = answering(func(*http.Request) string { return doc })
			})
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			err := op.call(t.Context(), b)
			runtime.ReadMemStats(&after)
			require.ErrorIs(t, err, cos.ErrMalformed, "%s: %s", name, entry)
			assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(most), "%s: %s", name, entry)
		}
	}
}

func TestErrorDocuments_ThatNeverEndAreReadToABound(t *testing.T) {
	t.Parallel()
	body := &endless{head: "<Error><Code>", fill: 'x'}
	b := bucketAt(t, "http://h", func(c *cos.Config) { c.Transport = refusing{body} })
	_, err := b.Get(t.Context(), "k", cos.GetOptions{})
	var api *cos.Error
	require.ErrorAs(t, err, &api)
	assert.Less(t, len(err.Error()), 300)
	assert.Less(t, body.read, int64(1<<20))
}

// refusing answers 400 with a body.
type refusing struct{ body *endless }

func (r refusing) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := r.body.RoundTrip(req)
	resp.StatusCode = http.StatusBadRequest
	return resp, err
}
