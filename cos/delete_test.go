package cos_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
)

func TestDelete_AnswerAboutAnotherVersionIsAnError(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		asked, id, marker string
		good              bool
	}{
		"version that went":               {"v1", "v1", "", true},
		"marker that went":                {"v1", "v1", "true", true},
		"nothing said":                    {"v1", "", "", true},
		"new marker":                      {"", "new", "true", true},
		"new marker in place of it":       {"v1", "new", "true", false},
		"another version":                 {"v1", "v2", "", false},
		"some marker, which may be a new": {"v1", "", "true", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("x-cos-version-id", tt.id)
				w.Header().Set("x-cos-delete-marker", tt.marker)
				w.WriteHeader(http.StatusNoContent)
			})
			got, err := b.Delete(t.Context(), "k", tt.asked)
			if !tt.good {
				require.ErrorIs(t, err, cos.ErrMalformed)
				assert.Nil(t, got)
				assert.False(t, cos.Retryable(err))
				return
			}
			require.NoError(t, err)
			assert.Equal(t, &cos.DeleteResult{VersionID: tt.id, DeleteMarker: tt.marker == "true"}, got)
		})
	}
}

func TestDelete_WhatIsGoneAlreadyIsDeleted(t *testing.T) {
	t.Parallel()
	for code, gone := range map[string]bool{"NoSuchKey": true, "NoSuchVersion": true, "NoSuchBucket": false, "NoSuchUpload": false} {
		b := serve(t, func(w http.ResponseWriter, _ *http.Request) { answerXML(w, 404, errorXML(code, "gone")) })
		got, err := b.Delete(t.Context(), "k", "v")
		if !gone {
			require.Error(t, err, code)
			continue
		}
		require.NoError(t, err, code)
		assert.Equal(t, &cos.DeleteResult{}, got)
	}
}
