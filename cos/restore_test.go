package cos_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
)

func restoreXML(days, tier string) string {
	return "<RestoreRequest><Days>" + days + "</Days><CASJobParameters><Tier>" + tier + "</Tier></CASJobParameters></RestoreRequest>"
}

func TestRestore_SendsDaysTierAndVersion(t *testing.T) {
	t.Parallel()
	for _, status := range []int{200, 202, 204} {
		b := answers(t, "POST /a%20b?restore&versionId=MTg%3D", restoreXML("1", "Bulk"), status, "")
		require.NoError(t, b.Restore(t.Context(), "a b", cos.RestoreRequest{Days: 1, Tier: cos.Bulk, VersionID: "MTg="}))
	}
	b := answers(t, "POST /k?restore", restoreXML("365", "Standard"), 202, "")
	require.NoError(t, b.Restore(t.Context(), "k", cos.RestoreRequest{Days: 365}))
}

func TestRestore_RefusesBeforeSending(t *testing.T) {
	t.Parallel()
	b := bucketAt(t, "http://127.0.0.1:1")
	for _, r := range []cos.RestoreRequest{{}, {Days: -1}, {Days: 366}, {Days: 1, Tier: "Fast"}, {Days: 1, Tier: "bulk"}} {
		require.ErrorIs(t, b.Restore(t.Context(), "k", r), cos.ErrInvalidInput, "%+v", r)
	}
}

func TestRestore_UnderWayMeansWait(t *testing.T) {
	t.Parallel()
	b := answers(t, "POST /k?restore", restoreXML("1", "Standard"), 409, errorXML("RestoreAlreadyInProgress", "wait"))
	err := b.Restore(t.Context(), "k", cos.RestoreRequest{Days: 1})
	require.ErrorIs(t, err, cos.ErrRestoring)
	require.ErrorIs(t, err, cos.ErrConflict)
	assert.Contains(t, cos.Hint(err), "wait")
	b = answers(t, "POST /k?restore", restoreXML("1", "Standard"), 405, errorXML("RestoreNonArchiveObject", "no"))
	require.ErrorIs(t, b.Restore(t.Context(), "k", cos.RestoreRequest{Days: 1}), cos.ErrNotArchived)
}

func TestHead_TellsHowFarARestoreIs(t *testing.T) {
	t.Parallel()
	day := time.Date(2012, 12, 21, 0, 0, 0, 0, time.UTC)
	for name, tt := range map[string]struct {
		restore, status string
		want            *cos.RestoreState
	}{
		"none": {"", "", nil},
		"ongoing": {
			`ongoing-request="true"`, `tier="expedited"; request-date="Fri, 21 Dec 2012 00:00:00 GMT"`,
			&cos.RestoreState{Ongoing: true, Tier: cos.Expedited, Requested: day},
		},
		"done":             {`ongoing-request="false", expiry-date="Fri, 21 Dec 2012 00:00:00 GMT"`, "", &cos.RestoreState{Expires: day}},
		"semicolon":        {`ongoing-request="false"; expiry-date="2012-12-21T00:00:00Z"`, "", &cos.RestoreState{Expires: day}},
		"bare, other case": {`Ongoing-Request=FALSE,Expiry-Date=Fri, 21 Dec 2012 00:00:00 GMT`, "", &cos.RestoreState{Expires: day}},
		"only the status":  {"", `tier="BULK"`, &cos.RestoreState{Tier: cos.Bulk}},
		"nonsense":         {`yes "please`, `tier=fast;;=,`, &cos.RestoreState{}},
		"ongoing has no expiry": {
			`ongoing-request="true", expiry-date="Fri, 21 Dec 2012 00:00:00 GMT"`, "", &cos.RestoreState{Ongoing: true},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				empty(w)
				w.Header().Set("x-cos-restore", tt.restore)
				w.Header().Set("x-cos-restore-status", tt.status)
				w.Header().Set("x-cos-storage-class", "INTELLIGENT_TIERING")
				w.Header().Set("x-cos-storage-tier", "infrequent")
			})
			got, err := b.Head(t.Context(), "k", cos.GetOptions{})
			require.NoError(t, err)
			assert.Equal(t, tt.want, got.Restore)
			assert.Equal(t, "INFREQUENT", got.StorageTier)
		})
	}
}
