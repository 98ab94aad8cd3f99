package cos_test

import (
	"crypto/md5" //nolint:gosec // Content-MD5 is MD5
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
)

// deletes is a server that keeps every request it was sent: "POST" and the
// document, or the line of a DELETE.
func deletes(t *testing.T, answer string) (*cos.Bucket, func() []string) {
	t.Helper()
	var mu sync.Mutex
	var got []string
	b := serve(t, func(w http.ResponseWriter, r *http.Request) {
		doc, err := io.ReadAll(r.Body)
		assert.NoError(t, err)
		mu.Lock()
		defer mu.Unlock()
		if r.Method == http.MethodDelete {
			got = append(got, r.Method+" "+r.RequestURI)
			w.Header().Set("x-cos-request-id", "r")
			w.Header().Set("x-cos-delete-marker", "true")
			w.Header().Set("x-cos-version-id", r.URL.Query().Get("versionId"))
			w.WriteHeader(http.StatusNoContent)
			return
		}
		sum := md5.Sum(doc) //nolint:gosec // as above
		assert.Equal(t, base64.StdEncoding.EncodeToString(sum[:]), r.Header.Get("Content-MD5"))
		assert.Equal(t, "POST /?delete", r.Method+" "+r.RequestURI)
		got = append(got, "POST "+string(doc))
		answerXML(w, http.StatusOK, answer)
	})
	return b, func() []string {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(got)
	}
}

func TestDeleteMany_KeepsEveryResult(t *testing.T) {
	t.Parallel()
	b, sent := deletes(t, `<DeleteResult>
		<Deleted><Key>a &amp; b</Key><DeleteMarker>true</DeleteMarker><DeleteMarkerVersionId>Mg==</DeleteMarkerVersionId></Deleted>
		<Error><Key>c</Key><VersionId>v</VersionId><Code>AccessDenied</Code><Message>no</Message></Error>
		<Deleted><Key>c</Key><VersionId>w</VersionId></Deleted></DeleteResult>`)
	got, err := b.DeleteMany(t.Context(), []cos.ObjectVersion{{Key: "a & b"}, {Key: "c", VersionID: "v"}, {Key: "c", VersionID: "w"}}, false)
	require.NoError(t, err)
	assert.Equal(t, []string{`POST <Delete><Quiet>false</Quiet><Object><Key>a &amp; b</Key></Object>` +
		`<Object><Key>c</Key><VersionId>v</VersionId></Object><Object><Key>c</Key><VersionId>w</VersionId></Object></Delete>`}, sent())
	assert.Equal(t, []cos.DeletedObject{
		{Key: "a & b", DeleteMarker: true, DeleteMarkerVersionID: "Mg=="}, {Key: "c", VersionID: "w"},
	}, got.Deleted)
	require.Len(t, got.Failed, 1)
	assert.Equal(t, "c", got.Failed[0].Key)
	assert.Equal(t, "v", got.Failed[0].VersionID)
	require.ErrorIs(t, got.Failed[0].Err, cos.ErrDenied)
	require.EqualError(t, got.Failed[0].Err, "DeleteObjects cos://b-1250000000/c: AccessDenied: no (200, request req-1)")
}

func TestDeleteMany_ObjectTheAnswerForgetsIsAFailure(t *testing.T) {
	t.Parallel()
	b, _ := deletes(t, `<DeleteResult><Deleted><Key>a</Key></Deleted></DeleteResult>`)
	got, err := b.DeleteMany(t.Context(), []cos.ObjectVersion{{Key: "a"}, {Key: "b"}, {Key: "b"}}, false)
	require.NoError(t, err)
	assert.Equal(t, []cos.DeletedObject{{Key: "a"}}, got.Deleted)
	require.Len(t, got.Failed, 1)
	require.ErrorIs(t, got.Failed[0].Err, cos.ErrMalformed)
	assert.ErrorContains(t, got.Failed[0].Err, "does not mention")
}

func TestDeleteMany_QuietSilenceIsSuccess(t *testing.T) {
	t.Parallel()
	b, sent := deletes(t, `<DeleteResult><Error><Key>b</Key><Code>InternalError</Code></Error></DeleteResult>`)
	got, err := b.DeleteMany(t.Context(), []cos.ObjectVersion{{Key: "a"}, {Key: "b"}}, true)
	require.NoError(t, err)
	assert.Contains(t, sent()[0], "<Quiet>true</Quiet>")
	assert.Empty(t, got.Deleted)
	require.Len(t, got.Failed, 1)
	assert.True(t, cos.Retryable(got.Failed[0].Err))
}

func TestDeleteMany_AnswerAboutSomethingElseIsAnError(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]string{
		"another key":                       `<Deleted><Key>z</Key></Deleted>`,
		"another error":                     `<Error><Key>z</Key><Code>AccessDenied</Code></Error>`,
		"no key":                            `<Deleted/>`,
		"another version":                   `<Deleted><Key>v</Key><VersionId>2</VersionId></Deleted>`,
		"another marker than the version":   `<Deleted><Key>v</Key><VersionId>1</VersionId><DeleteMarkerVersionId>new</DeleteMarkerVersionId></Deleted>`,
		"more rows than objects":            strings.Repeat(`<Error><Key>a</Key><Code>AccessDenied</Code></Error>`, 5),
		"a marker in place of the version":  `<Deleted><Key>v</Key><DeleteMarker>true</DeleteMarker></Deleted>`,
		"no version where two may be meant": `<Error><Key>two</Key><Code>AccessDenied</Code></Error>`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, _ := deletes(t, `<DeleteResult>`+row+`</DeleteResult>`)
			_, err := b.DeleteMany(t.Context(), []cos.ObjectVersion{
				{Key: "a"}, {Key: "v", VersionID: "1"}, {Key: "two", VersionID: "1"}, {Key: "two", VersionID: "2"},
			}, false)
			require.ErrorIs(t, err, cos.ErrMalformed)
		})
	}
}

func TestDeleteMany_RowMayLeaveTheVersionOut(t *testing.T) {
	t.Parallel()
	b, _ := deletes(t, `<DeleteResult><Error><Key>v</Key><Code>AccessDenied</Code></Error>`+
		`<Deleted><Key>a</Key><VersionId>null</VersionId></Deleted></DeleteResult>`)
	got, err := b.DeleteMany(t.Context(), []cos.ObjectVersion{{Key: "a"}, {Key: "v", VersionID: "1"}}, false)
	require.NoError(t, err)
	assert.Equal(t, []cos.DeletedObject{{Key: "a"}}, got.Deleted)
	require.Len(t, got.Failed, 1)
	assert.Equal(t, "1", got.Failed[0].VersionID)
}

func TestDeleteMany_WhatIsGoneAlreadyIsDeleted(t *testing.T) {
	t.Parallel()
	b, _ := deletes(t, `<DeleteResult><Error><Key>v</Key><VersionId>1</VersionId><Code>NoSuchVersion</Code></Error>`+
		`<Error><Key>a</Key><Code>NoSuchKey</Code></Error></DeleteResult>`)
	objects := []cos.ObjectVersion{{Key: "v", VersionID: "1"}, {Key: "a"}}
	got, err := b.DeleteMany(t.Context(), objects, false)
	require.NoError(t, err)
	assert.Equal(t, &cos.DeleteManyResult{Deleted: []cos.DeletedObject{{Key: "v", VersionID: "1"}, {Key: "a"}}}, got)
	got, err = b.DeleteMany(t.Context(), objects, true)
	require.NoError(t, err)
	assert.Equal(t, &cos.DeleteManyResult{}, got)
}

func TestDeleteMany_MarkerDeletedByItsIDIsASuccess(t *testing.T) {
	t.Parallel()
	b, _ := deletes(t, `<DeleteResult><Deleted><Key>v</Key><VersionId>1</VersionId><DeleteMarker>true</DeleteMarker>`+
		`<DeleteMarkerVersionId>1</DeleteMarkerVersionId></Deleted></DeleteResult>`)
	got, err := b.DeleteMany(t.Context(), []cos.ObjectVersion{{Key: "v", VersionID: "1"}}, false)
	require.NoError(t, err)
	assert.Equal(t, []cos.DeletedObject{{Key: "v", VersionID: "1", DeleteMarker: true, DeleteMarkerVersionID: "1"}}, got.Deleted)
}

func TestDeleteMany_HasOneOutcomeForEachObject(t *testing.T) {
	t.Parallel()
	const deleted, refused = `<Deleted><Key>a</Key></Deleted>`, `<Error><Key>a</Key><Code>AccessDenied</Code></Error>`
	for _, tt := range []struct {
		rows            string
		deleted, failed int
	}{
		{deleted + deleted, 1, 0}, {deleted + refused, 0, 1}, {refused + deleted, 0, 1}, {refused + refused, 0, 1},
	} {
		b, _ := deletes(t, `<DeleteResult>`+tt.rows+`<Deleted><Key>b</Key></Deleted></DeleteResult>`)
		got, err := b.DeleteMany(t.Context(), []cos.ObjectVersion{{Key: "a"}, {Key: "a"}, {Key: "b"}}, false)
		require.NoError(t, err)
		assert.Len(t, got.Deleted, tt.deleted+1, tt.rows)
		assert.Len(t, got.Failed, tt.failed, tt.rows)
	}
}

func TestDeleteMany_RefusalWithoutACodeIsMalformed(t *testing.T) {
	t.Parallel()
	b, _ := deletes(t, `<DeleteResult><Error><Key>a</Key><Message>no</Message></Error></DeleteResult>`)
	got, err := b.DeleteMany(t.Context(), []cos.ObjectVersion{{Key: "a"}}, true)
	require.NoError(t, err)
	require.Len(t, got.Failed, 1)
	require.EqualError(t, got.Failed[0].Err, "DeleteObjects cos://b-1250000000/a: malformed answer: a refusal without a code")
}

// Each of these would name another object to some parser.
var unfaithful = []string{
	" a", "a ", "\u3000a", "a\u00a0", "a\tb", "a\nb", "a\rb", "a\x01b", "a\x7fb", "a\u0085b", "a\u2028b", "a\ufffe", "\uffffa", "\xff", "/abs",
}

func TestDeleteMany_KeysThatMayBeChangedGoByThemselves(t *testing.T) {
	t.Parallel()
	b, sent := deletes(t, `<DeleteResult><Deleted><Key>plain</Key></Deleted></DeleteResult>`)
	objects := []cos.ObjectVersion{}
	for _, key := range unfaithful {
		objects = append(objects, cos.ObjectVersion{Key: key, VersionID: "v"})
	}
	objects = append(objects, cos.ObjectVersion{Key: "plain"})
	got, err := b.DeleteMany(t.Context(), objects, false)
	require.NoError(t, err)
	requests := sent()
	require.Len(t, requests, 1+len(unfaithful))
	assert.Equal(t, "POST <Delete><Quiet>false</Quiet><Object><Key>plain</Key></Object></Delete>", requests[0])
	for i, key := range unfaithful {
		assert.Equal(t, "DELETE /"+strings.ReplaceAll(encoded(key), "%2F", "/")+"?versionId=v", requests[1+i])
	}
	require.Len(t, got.Deleted, len(objects))
	assert.Equal(t, cos.DeletedObject{Key: " a", VersionID: "v", DeleteMarker: true, DeleteMarkerVersionID: "v"}, got.Deleted[1])
	assert.Empty(t, got.Failed)

	b, sent = deletes(t, "")
	got, err = b.DeleteMany(t.Context(), []cos.ObjectVersion{{Key: " a"}}, true)
	require.NoError(t, err)
	assert.Equal(t, []string{"DELETE /%20a"}, sent())
	assert.Equal(t, &cos.DeleteManyResult{}, got)
}

func TestDeleteMany_OwnRequestThatFailsIsOneFailure(t *testing.T) {
	t.Parallel()
	b := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if r.Method == http.MethodDelete {
			answerXML(w, 403, errorXML("AccessDenied", "no"))
			return
		}
		answerXML(w, 200, `<DeleteResult><Deleted><Key>a</Key></Deleted></DeleteResult>`)
	})
	got, err := b.DeleteMany(t.Context(), []cos.ObjectVersion{{Key: "a"}, {Key: "b "}}, false)
	require.NoError(t, err)
	assert.Len(t, got.Deleted, 1)
	require.Len(t, got.Failed, 1)
	assert.Equal(t, "b ", got.Failed[0].Key)
	require.ErrorIs(t, got.Failed[0].Err, cos.ErrDenied)
}

func TestDeleteMany_HoldsTheLimits(t *testing.T) {
	t.Parallel()
	b := bucketAt(t, "http://127.0.0.1:1")
	for _, n := range []int{0, 1001} {
		objects := make([]cos.ObjectVersion, n)
		for i := range objects {
			objects[i].Key = fmt.Sprint(i)
		}
		_, err := b.DeleteMany(t.Context(), objects, false)
		assert.ErrorIs(t, err, cos.ErrInvalidInput, "%d objects", n)
	}
	_, err := b.DeleteMany(t.Context(), []cos.ObjectVersion{{Key: "a"}, {Key: "a/.."}}, false)
	assert.ErrorIs(t, err, cos.ErrInvalidKey)
}

// FuzzDeleteMany_NamesWhatItWasGiven deletes one key and reads from the request
// what encoding/xml makes of it.
func FuzzDeleteMany_NamesWhatItWasGiven(f *testing.F) {
	for _, key := range append([]string{"a", "a&b<c>\"'", "]]>", "中文 x", "a  b", "%41", "😀"}, unfaithful...) {
		f.Add(key)
	}
	f.Fuzz(func(t *testing.T, key string) {
		if len(key) > cos.MaxKeyBytes {
			return
		}
		var asked string
		b := bucketAt(t, "http://h", func(c *cos.Config) {
			c.Transport = answering(func(r *http.Request) string {
				if r.Method == http.MethodDelete {
					asked = strings.TrimPrefix(r.URL.Path, "/")
					return ""
				}
				var doc struct {
					Object struct{ Key string }
				}
				if err := xml.NewDecoder(r.Body).Decode(&doc); err != nil {
					t.Errorf("%q: %v", key, err)
				}
				asked = doc.Object.Key
				if strings.TrimSpace(asked) != asked {
					t.Errorf("%q: a parser that trims reads another key", key)
				}
				return "<DeleteResult/>"
			})
		})
		if _, err := b.DeleteMany(t.Context(), []cos.ObjectVersion{{Key: key}}, true); err == nil && asked != key {
			t.Errorf("asked for %q instead of %q", asked, key)
		}
	})
}

// answering is a transport that answers every request with a document.
type answering func(r *http.Request) string

func (f answering) bucket(t *testing.T) *cos.Bucket {
	t.Helper()
	return bucketAt(t, "http://h", func(c *cos.Config) { c.Transport = f })
}

func (f answering) RoundTrip(r *http.Request) (*http.Response, error) {
	doc := f(r)
	h := http.Header{"X-Cos-Request-Id": {"r"}, "Etag": {`"e"`}}
	return &http.Response{
		StatusCode: http.StatusOK, Header: h, Body: io.NopCloser(strings.NewReader(doc)), ContentLength: int64(len(doc)), Request: r,
	}, nil
}
