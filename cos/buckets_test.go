package cos_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
)

// answers is a server that expects one request line and body and answers it.
func answers(t *testing.T, line, body string, status int, doc string) *cos.Bucket {
	t.Helper()
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		got, err := io.ReadAll(r.Body)
		assert.NoError(t, err)
		assert.Equal(t, line, r.Method+" "+r.RequestURI)
		assert.Equal(t, body, string(got))
		answerXML(w, status, doc)
	})
}

func TestDeleteBucket_DeletesTheBucketItself(t *testing.T) {
	t.Parallel()
	require.NoError(t, answers(t, "DELETE /", "", 204, "").DeleteBucket(t.Context()))
	err := answers(t, "DELETE /", "", 409, errorXML("BucketNotEmpty", "not empty")).DeleteBucket(t.Context())
	require.ErrorIs(t, err, cos.ErrConflict)
}

func TestFindRegion_IsWhatTheAnswerNames(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		status int
		header string
		want   string
		is     error
	}{
		"named":             {200, "ap-other", "ap-other", nil},
		"not named":         {200, "", "ap-test", nil},
		"redirect names it": {301, "ap-other", "ap-other", nil},
		"refused, named":    {403, "ap-other", "ap-other", nil},
		"redirect":          {307, "", "", cos.ErrRedirect},
		"missing":           {404, "", "", cos.ErrNoBucket},
		"denied":            {403, "", "", cos.ErrDenied},
		"no region":         {200, "evil.com/", "", cos.ErrMalformed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := serve(t, func(w http.ResponseWriter, r *http.Request) {
				assert.Equal(t, "HEAD /", r.Method+" "+r.RequestURI)
				w.Header().Set("x-cos-request-id", "r")
				if tt.header != "" {
					w.Header().Set("x-cos-bucket-region", tt.header)
				}
				w.WriteHeader(tt.status)
			})
			got, err := b.FindRegion(t.Context())
			assert.Equal(t, tt.want, got)
			if tt.is == nil {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, tt.is)
			if tt.status != http.StatusOK {
				assert.ErrorContains(t, err, "asked in region ap-test")
			}
		})
	}
}

func TestVersioning_ReadsEveryState(t *testing.T) {
	t.Parallel()
	for doc, want := range map[string]cos.Versioning{
		`<VersioningConfiguration/>`: cos.Unversioned,
		`<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>`:     cos.VersioningEnabled,
		`<VersioningConfiguration><Status> suspended </Status></VersioningConfiguration>`: cos.VersioningSuspended,
	} {
		got, err := answers(t, "GET /?versioning", "", 200, doc).Versioning(t.Context())
		require.NoError(t, err)
		assert.Equal(t, want, got)
	}
	_, err := answers(t, "GET /?versioning", "", 200, `<VersioningConfiguration><Status>Maybe</Status></VersioningConfiguration>`).
		Versioning(t.Context())
	require.ErrorIs(t, err, cos.ErrMalformed)
}

func TestSetVersioning_SendsTheState(t *testing.T) {
	t.Parallel()
	b := answers(t, "PUT /?versioning", `<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>`, 200, "")
	require.NoError(t, b.SetVersioning(t.Context(), cos.VersioningSuspended))
	require.ErrorIs(t, b.SetVersioning(t.Context(), cos.Unversioned), cos.ErrInvalidInput)
}

func TestListBuckets_ListThatNeverEndsIsAnError(t *testing.T) {
	t.Parallel()
	for name, rows := range map[string]string{
		"many buckets": strings.Repeat(`<Bucket><Name>b-1</Name></Bucket>`, 1000), "no buckets": "",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var n atomic.Int64
			b := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				answerXML(w, 200, fmt.Sprintf(`<ListAllMyBucketsResult><Buckets>%s</Buckets><IsTruncated>true</IsTruncated>`+
					`<NextMarker>%09d</NextMarker></ListAllMyBucketsResult>`, rows, n.Add(1)))
			})
			_, err := b.Client().ListBuckets(t.Context())
			require.ErrorIs(t, err, cos.ErrMalformed)
			assert.Less(t, n.Load(), int64(20))
		})
	}
}
