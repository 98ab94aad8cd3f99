package cos_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
)

func TestError_IsOneReadableLine(t *testing.T) {
	t.Parallel()
	b := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("x-cos-request-id", "5f3a")
		w.Header().Set("Retry-After", "7")
		answerXML(w, http.StatusNotFound, errorXML("NoSuchKey", "The specified key\n does not exist."))
	})
	_, err := b.Get(t.Context(), "dir/k\x1b[31m", cos.GetOptions{})
	require.EqualError(t, err, `GetObject cos://b-1250000000/dir/k\x1b[31m: NoSuchKey: `+
		`The specified key\n does not exist. (404, request req-2)`)
	var api *cos.Error
	require.ErrorAs(t, err, &api)
	assert.Equal(t, "NoSuchKey", api.Code)
	assert.Equal(t, "/k", api.Resource)
	assert.Equal(t, "trace-3", api.TraceID)
	assert.Equal(t, "dir/k\x1b[31m", api.Key)
	assert.Equal(t, 7*time.Second, api.RetryAfter)
}

var refusals = []struct {
	status  int
	code    string
	message string
	is      error
	retry   bool
}{
	{404, "NoSuchKey", "", cos.ErrNotFound, false},
	{404, "NoSuchVersion", "", cos.ErrNotFound, false},
	{404, "NoSuchBucket", "", cos.ErrNoBucket, false},
	{404, "NoSuchUpload", "", cos.ErrNoUpload, false},
	{400, "NoSuchUpload", "", cos.ErrNoUpload, false},
	{403, "AccessDenied", "", cos.ErrDenied, false},
	{403, "InvalidAccessKeyId", "", cos.ErrBadKey, false},
	{403, "SignatureDoesNotMatch", "", cos.ErrBadKey, false},
	{400, "ExpiredToken", "", cos.ErrBadKey, false},
	{403, "InvalidObjectState", "", cos.ErrArchived, false},
	{409, "InvalidObjectState", "", cos.ErrArchived, false},
	{409, "PathConflict", "", cos.ErrConflict, false},
	{412, "PreconditionFailed", "", cos.ErrPrecondition, false},
	{416, "InvalidRange", "", cos.ErrRange, false},
	{403, "RequestTimeTooSkewed", "", cos.ErrClock, false},
	{403, "AccessDenied", "Request has expired", cos.ErrClock, false},
	{301, "PermanentRedirect", "", cos.ErrRedirect, false},
	{500, "InternalError", "", nil, true},
	{503, "SlowDown", "", nil, true},
	{503, "ServiceUnavailable", "", nil, true},
	{400, "RequestTimeout", "", nil, true},
	{400, "UserNetworkTooSlow", "", nil, true},
	{400, "IncompleteBody", "", nil, true},
	{400, "BadDigest", "", nil, true},
	{501, "NotImplemented", "", nil, false},
	{400, "InvalidArgument", "", nil, false},
	{405, "MethodNotAllowed", "", nil, false},
	{502, "", "", nil, true},
	{429, "", "", nil, true},
	{400, "", "", nil, false},
}

func TestError_MatchesItsSentinelAndSaysWhetherToRetry(t *testing.T) {
	t.Parallel()
	sentinels := []error{
		cos.ErrNotFound, cos.ErrNoBucket, cos.ErrNoUpload, cos.ErrDenied, cos.ErrBadKey, cos.ErrArchived,
		cos.ErrConflict, cos.ErrPrecondition, cos.ErrRange, cos.ErrClock, cos.ErrRedirect, cos.ErrNotCOS,
	}
	for _, tt := range refusals {
		t.Run(fmt.Sprint(tt.status, tt.code, tt.message), func(t *testing.T) {
			t.Parallel()
			b := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header()["Date"] = nil // no clock to correct by
				doc := ""
				if tt.code != "" {
					doc = errorXML(tt.code, tt.message)
				}
				answerXML(w, tt.status, doc)
			})
			_, err := b.Get(t.Context(), "k", cos.GetOptions{})
			require.Error(t, err)
			for _, s := range sentinels {
				assert.Equal(t, s == tt.is, errors.Is(err, s), "%v is %v", err, s) //nolint:errorlint // identity of sentinels
			}
			assert.Equal(t, tt.retry, cos.Retryable(err), "retryable: %v", err)
			if tt.is != nil || tt.retry {
				assert.NotEmpty(t, cos.Hint(err))
			}
		})
	}
}

// documentedCodes are those of the service's error table (API document 436/7730).
const documentedCodes = `
	PermanentRedirect TemporaryRedirect Redirect
	BadDigest BadRequest BucketVersionNotOpen EntitySizeNotMatch EntityTooLarge EntityTooSmall ExpiredToken IncompleteBody
	InvalidArgument InvalidBucketName InvalidCopySource InvalidDelimiter InvalidDigest InvalidObjectName InvalidPart
	InvalidPartOrder InvalidRequest InvalidSHA1Digest InvalidTag InvalidURI KeyTooLong MalformedXML MissingRequestBodyError
	NotSupportedStorageClass RequestTimeout TooManyBuckets UserNetworkTooSlow XMLSizeLimit
	AccessDenied AccessForbidden InvalidAccessKeyId InvalidObjectState RequestHasExpired RequestTimeTooSkewed SignatureDoesNotMatch
	NoSuchBucket NoSuchKey NoSuchUpload NoSuchVersion NoSuchCopySource NoSuchTagSet
	MethodNotAllowed RestoreNonArchiveObject UploadIdNotSupported
	AppendPositionErr ObjectNotAppendable BucketAlreadyExists BucketAlreadyOwnedByYou BucketNotEmpty InvalidBucketState
	ObjectLocked PathConflict RestoreAlreadyInProgress UploadConflict
	MissingContentLength PreconditionFailed InvalidRange UnavailableForLegalReasons
	InternalError NotImplemented ServiceUnavailable SlowDown`

func TestError_EveryDocumentedCodeHasItsSentinel(t *testing.T) {
	t.Parallel()
	sentinels := []error{
		cos.ErrNotFound, cos.ErrNoBucket, cos.ErrNoUpload, cos.ErrDenied, cos.ErrBadKey, cos.ErrArchived, cos.ErrNotArchived,
		cos.ErrConflict, cos.ErrPosition, cos.ErrNotAppendable, cos.ErrPrecondition, cos.ErrRange, cos.ErrClock, cos.ErrRedirect,
		cos.ErrUnsupported, cos.ErrQuota, cos.ErrBusy, cos.ErrDamaged, cos.ErrStalled, cos.ErrCutBody, cos.ErrInvalidKey,
		cos.ErrInvalidBucket, cos.ErrInvalidInput,
	}
	for code := range strings.FieldsSeq(documentedCodes) {
		err := &cos.Error{Status: 200, Code: code}
		n := 0
		for _, s := range sentinels {
			if errors.Is(err, s) {
				n++
			}
		}
		assert.Equal(t, 1, n, code)
		// Of a wrong request the message says what is wrong.
		assert.Equal(t, !errors.Is(err, cos.ErrInvalidInput), cos.Hint(err) != "", code)
	}
}

func TestHead_IsClassifiedByStatus(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]error{
		304: cos.ErrNotModified, 403: cos.ErrDenied, 404: cos.ErrNotFound, 409: cos.ErrConflict, 412: cos.ErrPrecondition,
	} {
		b := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("x-cos-request-id", "r")
			w.Header().Set("x-cos-delete-marker", "true")
			w.WriteHeader(status)
		})
		_, err := b.Head(t.Context(), "k", cos.GetOptions{})
		require.ErrorIs(t, err, want)
		assert.False(t, cos.Retryable(err))
		var api *cos.Error
		require.ErrorAs(t, err, &api)
		assert.Equal(t, "r", api.RequestID)
		assert.True(t, api.DeleteMarker)
	}
}

func TestHTML_IsNotAnAnswerOfTheService(t *testing.T) {
	t.Parallel()
	for status, retry := range map[int]bool{200: false, 403: false, 404: false, 407: false, 502: true} {
		b := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.WriteHeader(status)
			_, _ = io.WriteString(w, "<!DOCTYPE html><html><p>Please log in</p></html>")
		})
		_, listErr := b.List(t.Context(), cos.ListOptions{})
		_, getErr := b.Get(t.Context(), "k", cos.GetOptions{})
		_, headErr := b.Head(t.Context(), "k", cos.GetOptions{})
		_, putErr := b.Put(t.Context(), "k", bytesBody([]byte("x")), cos.Headers{})
		_, deleteErr := b.Delete(t.Context(), "k", "")
		for _, err := range []error{listErr, getErr, headErr, putErr, deleteErr} {
			require.ErrorIs(t, err, cos.ErrNotCOS, "status %d", status)
			assert.NotErrorIs(t, err, cos.ErrNotFound)
			assert.Equal(t, retry, cos.Retryable(err), "%v", err)
			assert.NotContains(t, err.Error(), "<")
			assert.NotEmpty(t, cos.Hint(err))
		}
		if status != http.StatusProxyAuthRequired {
			assert.ErrorContains(t, listErr, "text/html from 127.0.0.1:")
		}
	}
}

func TestForeignAnswersThatAreNoHTML(t *testing.T) {
	t.Parallel()
	for _, doc := range []string{"", "hello", "<feed/>", `{"ok":true}`} {
		b := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, doc) })
		if doc != "" {
			_, err := b.List(t.Context(), cos.ListOptions{})
			require.ErrorIs(t, err, cos.ErrNotCOS, "list: %s", doc)
		}
		_, err := b.Head(t.Context(), "k", cos.GetOptions{})
		require.ErrorIs(t, err, cos.ErrNotCOS, "head: %s", doc)
		_, err = b.Put(t.Context(), "k", cos.Body{}, cos.Headers{})
		require.ErrorIs(t, err, cos.ErrNotCOS, "put: %s", doc)
	}
}

func TestRedirect_IsNotFollowed(t *testing.T) {
	t.Parallel()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		t.Error("the redirect was followed")
	}))
	t.Cleanup(elsewhere.Close)
	b := serve(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere.URL+"/k?q-signature=s3cret", http.StatusTemporaryRedirect)
	})
	_, err := b.List(t.Context(), cos.ListOptions{})
	require.Error(t, err)
	assert.False(t, cos.Retryable(err))
	assert.NotContains(t, err.Error(), "s3cret")
	assert.NotEmpty(t, cos.Hint(err))
	_, err = b.Head(t.Context(), "k", cos.GetOptions{})
	require.Error(t, err)
	assert.False(t, cos.Retryable(err))
}

func TestRedirect_NamesTheHost(t *testing.T) {
	t.Parallel()
	b := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "https://b.cos.ap-other.myqcloud.com/k?q-signature=s3cret")
		w.Header().Set("x-cos-request-id", "r")
		w.WriteHeader(http.StatusMovedPermanently)
	})
	_, err := b.Get(t.Context(), "k", cos.GetOptions{})
	require.ErrorIs(t, err, cos.ErrRedirect)
	require.ErrorContains(t, err, "b.cos.ap-other.myqcloud.com")
	assert.NotContains(t, err.Error(), "s3cret")
}

func TestNetworkErrors_AreReadable(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // a loopback listener of a test
	require.NoError(t, err)
	addr := l.Addr().String()
	require.NoError(t, l.Close())
	_, err = bucketAt(t, "http://"+addr).Head(t.Context(), "k", cos.GetOptions{})
	require.EqualError(t, err, "HeadObject cos://b-1250000000/k: cannot reach "+addr+": connection refused")
	require.ErrorIs(t, err, syscall.ECONNREFUSED)
	assert.True(t, cos.Retryable(err))
	assert.NotEmpty(t, cos.Hint(err))

	failing := func(cause error) error {
		_, err := bucketAt(t, "http://h:1", func(c *cos.Config) { c.Transport = roundTripper{cause} }).
			List(t.Context(), cos.ListOptions{})
		assert.ErrorIs(t, err, cause)
		assert.NotEmpty(t, cos.Hint(err))
		return err
	}
	gone := failing(&net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "h", IsNotFound: true}})
	assert.False(t, cos.Retryable(gone), "a host that does not exist")
	require.ErrorContains(t, gone, "cannot find host h: no such host")
	assert.True(t, cos.Retryable(failing(&net.DNSError{Err: "server misbehaving", Name: "h", IsTemporary: true})))
	assert.True(t, cos.Retryable(failing(&net.OpError{Op: "read", Err: syscall.ECONNRESET})))
	assert.True(t, cos.Retryable(failing(&net.OpError{Op: "proxyconnect", Err: syscall.ECONNREFUSED})))
	assert.True(t, cos.Retryable(failing(io.EOF)))
}

func TestTLS_UntrustedCertificateIsFinal(t *testing.T) {
	t.Parallel()
	srv := httptest.NewUnstartedServer(http.NotFoundHandler())
	srv.Config.ErrorLog = discardLog()
	srv.StartTLS()
	t.Cleanup(srv.Close)
	_, err := bucketAt(t, srv.URL).Head(t.Context(), "k", cos.GetOptions{})
	require.ErrorContains(t, err, "cannot trust")
	assert.False(t, cos.Retryable(err))
	assert.NotEmpty(t, cos.Hint(err))
}

func TestTLS_PlainServerIsFinal(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(srv.Close)
	_, err := bucketAt(t, "https"+srv.URL[len("http"):]).Head(t.Context(), "k", cos.GetOptions{})
	require.Error(t, err)
	assert.False(t, cos.Retryable(err), "%v", err)
}

func TestRetryable_OfPlainErrors(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		err  error
		want bool
	}{
		"nil":            {nil, false},
		"cancelled":      {context.Canceled, false},
		"deadline":       {context.DeadlineExceeded, false},
		"stalled":        {fmt.Errorf("x: %w", cos.ErrStalled), true},
		"cut":            {fmt.Errorf("x: %w", cos.ErrCutBody), true},
		"unexpected EOF": {io.ErrUnexpectedEOF, true},
		"reset":          {&net.OpError{Op: "read", Err: syscall.ECONNRESET}, true},
		"any other":      {errors.New("x"), false},
		"cancelled body": {fmt.Errorf("%w: %w", context.Canceled, cos.ErrCutBody), false},
		"disk full":      {syscall.ENOSPC, false},
		"in a 200":       {&cos.Error{Status: 200, Code: "InternalError"}, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tt.want, cos.Retryable(tt.err))
		})
	}
}

func TestCredentials_DoNotShowSecrets(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
		got := fmt.Sprintf(format, testKeys)
		assert.NotContains(t, got, testKeys.SecretKey)
		assert.NotContains(t, got, testKeys.Token)
	}
}

func TestCutHint_TakesApartWhatWithHintMade(t *testing.T) {
	t.Parallel()
	for _, err := range []error{
		cos.ErrDenied, cos.ErrStalled, fmt.Errorf("a · b: %w", cos.ErrNotFound),
		&cos.Error{Status: 503, Code: "SlowDown"}, &cos.Error{Status: 403, Code: "AccessDenied", Anonymous: true},
		&net.DNSError{Err: "no such host"},
	} {
		what, hint := cos.CutHint(cos.WithHint(err))
		assert.Equal(t, err.Error(), what)
		assert.Equal(t, cos.Hint(err), hint)
		assert.NotEmpty(t, hint)
	}
	for _, text := range []string{"", "a · b.txt: disk full", "x · try again"} {
		what, hint := cos.CutHint(text)
		assert.Equal(t, text, what, "a name may hold what stands before a hint")
		assert.Empty(t, hint)
	}
	assert.Equal(t, "disk full", cos.WithHint(errors.New("disk full")))
}

func TestOffline_TellsTheNetworkFromAServiceThatAnsweredBadly(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		cause         error
		offline, lost bool // lost: not even a connection
	}{
		"no such host":            {&net.DNSError{Err: "no such host", Name: "h", IsNotFound: true}, true, true},
		"resolver times out":      {&net.DNSError{Err: "i/o timeout", Name: "h", IsTimeout: true}, true, true},
		"connection refused":      {&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}, true, true},
		"dial times out":          {&net.OpError{Op: "dial", Err: os.ErrDeadlineExceeded}, true, true},
		"no proxy":                {&net.OpError{Op: "proxyconnect", Err: syscall.ECONNREFUSED}, true, true},
		"no way any more":         {&net.OpError{Op: "write", Err: syscall.ENETUNREACH}, true, true},
		"reset while reading":     {&net.OpError{Op: "read", Err: syscall.ECONNRESET}, true, false},
		"reset while writing":     {&net.OpError{Op: "write", Err: syscall.EPIPE}, true, false},
		"kernel gave up":          {&net.OpError{Op: "read", Err: syscall.ETIMEDOUT}, true, false},
		"closed before answer":    {io.EOF, true, false},
		"answer cut off":          {io.ErrUnexpectedEOF, true, false},
		"silent":                  {cos.ErrStalled, true, false},
		"not trusted":             {x509.UnknownAuthorityError{}, false, false},
		"speaks no TLS":           {tls.RecordHeaderError{Msg: "first record does not look like a TLS handshake"}, false, false},
		"refuses the handshake":   {tls.AlertError(40), false, false},
		"cancelled by the caller": {context.Canceled, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := bucketAt(t, "http://h:1", func(c2 *cos.Config) { c2.Transport = roundTripper{c.cause} }).List(t.Context(), cos.ListOptions{})
			require.Error(t, err)
			assert.Equal(t, c.offline, cos.Offline(err), err)
			assert.Equal(t, c.lost, cos.Unreachable(err), err)
		})
	}
	for name, err := range map[string]error{
		"busy": &cos.Error{Status: 503, Code: "SlowDown"}, "broken": &cos.Error{Status: 500}, "denied": &cos.Error{Status: 403, Code: "AccessDenied"},
		"the service waited for us": &cos.Error{Status: 400, Code: "RequestTimeout"}, "a login page": &cos.Error{Status: 200, Foreign: "text/html from h"},
		"nonsense": cos.ErrMalformed, "damaged": cos.ErrDamaged, "none": nil, "a full disk": syscall.ENOSPC,
		"cut off by the caller": fmt.Errorf("%w: %w", context.Canceled, cos.ErrCutBody),
	} {
		assert.False(t, cos.Offline(err), name)
	}
	assert.True(t, cos.Offline(fmt.Errorf("x: %w", cos.ErrCutBody)))
}

func TestOffline_HoldsForAHandshakeThatNobodyAnswers(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // a loopback listener of a test
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	transport := &http.Transport{TLSHandshakeTimeout: 50 * time.Millisecond}
	t.Cleanup(transport.CloseIdleConnections)
	_, err = bucketAt(t, "https://"+l.Addr().String(), func(c *cos.Config) { c.Transport = transport }).Head(t.Context(), "k", cos.GetOptions{})
	require.ErrorContains(t, err, "TLS handshake timeout")
	assert.True(t, cos.Offline(err))
	assert.True(t, cos.Retryable(err))
}
