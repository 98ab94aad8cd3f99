package headless

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
	"cosmander/jobs"
)

const bucketList = `<?xml version="1.0"?><ListAllMyBucketsResult><Owner><ID>o</ID><DisplayName>o</DisplayName></Owner><Buckets>
<Bucket><Name>far-1250000000</Name><Location>ap-beijing</Location><CreationDate>2026-01-01T00:00:00Z</CreationDate></Bucket></Buckets></ListAllMyBucketsResult>`

// TestLocated_AsksWhereEachBucketIs has a service that names the region of one
// bucket, calls another missing and lists it, and keeps a third to itself.
func TestLocated_AsksWhereEachBucketIs(t *testing.T) {
	t.Parallel()
	asked := map[string]int{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, _, _ := strings.Cut(r.Host, ".")
		asked[r.Method+" "+name]++
		switch name {
		case "near-1250000000":
			w.Header().Set("X-Cos-Bucket-Region", "ap-guangzhou")
		case "far-1250000000":
			w.WriteHeader(http.StatusNotFound)
		case "closed-1250000000":
			w.WriteHeader(http.StatusForbidden)
		default:
			fmt.Fprint(w, bucketList)
		}
	}))
	t.Cleanup(server.Close)
	client, err := cos.New(cos.Config{Endpoint: server.URL, Region: "ap-shanghai", Credentials: cos.Credentials{SecretID: "id", SecretKey: "key"}})
	require.NoError(t, err)
	e := &Env{Client: client, Region: "ap-shanghai"}
	place := func(bucket string) jobs.Place { return jobs.Place{Bucket: bucket} }
	spec, err := e.located(t.Context(), jobs.Spec{
		Sources: []jobs.Source{{Place: place("near-1250000000")}, {Place: place("far-1250000000")}, {Place: jobs.Place{Path: "/x"}}, {Place: place("near-1250000000")}},
		Dest:    place("closed-1250000000"),
	})
	require.NoError(t, err)
	var got []string
	for _, s := range spec.Sources {
		got = append(got, s.Region)
	}
	assert.Equal(t, []string{"ap-guangzhou", "ap-beijing", "", "ap-guangzhou"}, got)
	assert.Equal(t, "ap-shanghai", spec.Dest.Region)
	assert.Equal(t, 1, asked["HEAD near-1250000000"], "one request a bucket")
}

func TestLocated_FailsWhenTheServiceIsNotThere(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	client, err := cos.New(cos.Config{Endpoint: server.URL, Region: "ap-shanghai", Credentials: cos.Credentials{SecretID: "id", SecretKey: "key"}})
	require.NoError(t, err)
	_, err = (&Env{Client: client, Region: "ap-shanghai"}).located(t.Context(), jobs.Spec{Dest: jobs.Place{Bucket: "b-1250000000"}})
	assert.Error(t, err)
}
