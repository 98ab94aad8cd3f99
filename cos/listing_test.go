package cos_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
)

// Each asks for at most two names that begin with "p/", and with "/" behind
// them for common prefixes.
var listings = map[string]struct {
	root, entry string
	call        func(ctx context.Context, b *cos.Bucket) error
}{
	"objects": {"ListBucketResult", "<Contents><Key>%s</Key></Contents>", func(ctx context.Context, b *cos.Bucket) error {
		_, err := b.List(ctx, cos.ListOptions{Prefix: "p/", Delimiter: "/", MaxKeys: 2})
		return err
	}},
	"versions": {"ListVersionsResult", "<Version><Key>%s</Key></Version>", func(ctx context.Context, b *cos.Bucket) error {
		_, err := b.ListVersions(ctx, cos.VersionsOptions{Prefix: "p/", Delimiter: "/", MaxKeys: 2})
		return err
	}},
	"markers": {"ListVersionsResult", "<DeleteMarker><Key>%s</Key></DeleteMarker>", func(ctx context.Context, b *cos.Bucket) error {
		_, err := b.ListVersions(ctx, cos.VersionsOptions{Prefix: "p/", Delimiter: "/", MaxKeys: 2})
		return err
	}},
	"uploads": {"ListMultipartUploadsResult", "<Upload><Key>%s</Key><UploadId>u</UploadId></Upload>", func(ctx context.Context, b *cos.Bucket) error {
		_, err := b.ListUploads(ctx, cos.UploadsOptions{Prefix: "p/", Delimiter: "/", MaxUploads: 2})
		return err
	}},
}

func TestListings_HoldOnlyWhatWasAskedFor(t *testing.T) {
	t.Parallel()
	for name, l := range listings {
		common := "<CommonPrefixes><Prefix>%s</Prefix></CommonPrefixes>"
		for _, tt := range []struct {
			entry, keys string // separated by spaces
			good        bool
		}{
			{l.entry, "p/a p/b", true},
			{l.entry, "p/", true},
			{l.entry, "p/a p/b p/c", false},
			{l.entry, "a", false},
			{l.entry, "p", false},
			{common, "p/a/ p/b/", true},
			{common, "p/a/ p/b/ p/c/", false},
			{common, "a/", false},
			{common, "p/", false},
			{common, "p/a", false},
		} {
			var rows strings.Builder
			for key := range strings.SplitSeq(tt.keys, " ") {
				rows.WriteString(strings.Replace(tt.entry, "%s", key, 1))
			}
			err := l.call(t.Context(), answering(func(*http.Request) string {
				return "<" + l.root + ">" + rows.String() + "</" + l.root + ">"
			}).bucket(t))
			if tt.good {
				assert.NoError(t, err, "%s: %s", name, tt.keys)
				continue
			}
			assert.ErrorIs(t, err, cos.ErrMalformed, "%s: %s", name, tt.keys)
		}
	}
}

func TestUploads_WithoutAnIDAreMalformed(t *testing.T) {
	t.Parallel()
	b := answering(func(*http.Request) string {
		return "<ListMultipartUploadsResult><Upload><Key>k</Key></Upload></ListMultipartUploadsResult>"
	}).bucket(t)
	_, err := b.ListUploads(t.Context(), cos.UploadsOptions{})
	require.ErrorIs(t, err, cos.ErrMalformed)
}
