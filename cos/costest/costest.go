// Package costest holds the conformance suite of the object storage service
// as package cos shows it: what each operation promises, a subtest a promise.
// The local server is held to it in every test run, a real bucket whenever
// there is one that may be written to. What could not be tried is skipped,
// and listed with its reason in the log of the test.
package costest

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cosmander/cos"
)

// Env is what the suite runs against. Only Bucket must be set. All else are
// abilities: the tests that need one that is missing are skipped.
type Env struct {
	// Bucket is an existing bucket that may be written to and never had
	// versioning. Everything happens below a random prefix of it and is removed
	// at the end, uploads in progress included.
	Bucket *cos.Bucket
	// Other is a second bucket, for copies between buckets. What is said of
	// Bucket holds for it.
	Other *cos.Bucket
	// Versioned is a bucket that the suite may switch between enabled and
	// suspended versioning. It is left in the state in which it was found, or
	// suspended if it never had versioning; all versions are removed.
	Versioned *cos.Bucket
	// Connect returns a client like the one of Bucket but for what change does
	// to its configuration: no credentials, wrong ones, a wrong clock.
	Connect func(change func(*cos.Config)) (*cos.Client, error)
	// Scratch creates and deletes buckets, in its region, for the account that
	// owns Bucket.
	Scratch *cos.Client
	// HTTP sends what uses presigned URLs; nil means http.DefaultClient.
	HTTP *http.Client
	// Grantee is the UIN of an account that objects may be opened to.
	Grantee string
	// Archive allows objects of the classes ARCHIVE and DEEP_ARCHIVE, which
	// the service bills for 90 and 180 days.
	Archive bool
	// RestoreWait is how long an Expedited restore of a few bytes takes at
	// most; 0 means that the suite does not wait for one.
	RestoreWait time.Duration
	// Advance moves the clock of the service ahead, so that nothing has to be
	// waited for. Nil means that its clock only goes by itself.
	Advance func(time.Duration)
}

// Run holds the service behind env to the suite, in parallel subtests, and
// removes what it wrote when they are done. That a thing could not be removed
// is a failure of t. It may be called again, at the same time too, except
// that a Versioned bucket serves one call at a time.
func Run(t *testing.T, env Env) {
	t.Helper()
	require.NotNil(t, env.Bucket, "costest: no Env.Bucket")
	state, err := env.Bucket.Versioning(t.Context())
	require.NoError(t, err)
	require.Equal(t, cos.Unversioned, state, "costest: Env.Bucket has versions, which would stay behind")
	s := newSuite(t, env)
	for _, c := range chapters() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s.hold(t, c)
		})
	}
	t.Run("Versioning", func(t *testing.T) {
		t.Parallel()
		s.versioning(t)
	})
}

// A chapter is what is promised about one operation, or one idea.
type chapter struct {
	name     string
	promises []promise
}

// A promise is one test. It has a folder of the bucket to itself.
type promise struct {
	name  string
	check func(t *testing.T, p place)
}

func chapters() []chapter {
	return []chapter{
		putChapter(), getChapter(), conditionsChapter(), copyChapter(), deleteChapter(), listChapter(),
		uploadsChapter(), partsChapter(), completeChapter(), copyPartChapter(), appendChapter(),
		archiveChapter(), aclChapter(), tagsChapter(), selectChapter(), presignChapter(),
		bucketsChapter(), errorsChapter(), keysChapter(),
	}
}
