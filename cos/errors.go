package cos

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Sentinels for errors.Is. An [*Error] matches the one that its code stands
// for, or its status if the answer named no code.
var (
	ErrNotFound      = errors.New("not found")                       // no such key, version or tags
	ErrNoBucket      = errors.New("no such bucket")                  // none of that name in that region
	ErrNoUpload      = errors.New("no such upload")                  // unknown or finished upload id
	ErrDenied        = errors.New("access denied")                   // AccessDenied and friends
	ErrBadKey        = errors.New("wrong key pair")                  // InvalidAccessKeyId, SignatureDoesNotMatch, a token that ended
	ErrArchived      = errors.New("archived")                        // InvalidObjectState: restore it first
	ErrNotArchived   = errors.New("not archived")                    // RestoreNonArchiveObject
	ErrConflict      = errors.New("conflict")                        // PathConflict, UploadConflict, BucketNotEmpty, ...
	ErrRestoring     = fmt.Errorf("%w: being restored", ErrConflict) // RestoreAlreadyInProgress: wait; it is an ErrConflict too
	ErrPosition      = errors.New("wrong append position")           // AppendPositionErr: the object has another length
	ErrNotAppendable = errors.New("not appendable")                  // ObjectNotAppendable: it was not begun by appending
	ErrPrecondition  = errors.New("precondition failed")             // 412
	ErrNotModified   = errors.New("not modified")                    // 304, IfNoneMatch or IfModifiedSince did not hold
	ErrRange         = errors.New("range not satisfiable")           // 416
	ErrClock         = errors.New("wrong clock")                     // RequestTimeTooSkewed, expired
	ErrRedirect      = errors.New("answered elsewhere")              // 3xx, never followed
	ErrUnsupported   = errors.New("not supported")                   // NotImplemented, MethodNotAllowed, NotSupportedStorageClass
	ErrQuota         = errors.New("limit reached")                   // TooManyBuckets
	ErrBusy          = errors.New("service busy")                    // SlowDown, ServiceUnavailable, InternalError; retryable
	ErrDamaged       = errors.New("damaged on the way")              // BadDigest, or a wrong CRC; retryable
	ErrStalled       = errors.New("connection stalled")              // no byte for the idle timeout, or the service waited too long
	ErrCutBody       = errors.New("body ended early")                // fewer bytes than announced, to us or to the service
	ErrNotCOS        = errors.New("not an answer from COS")          // HTML, a proxy's page
	ErrMalformed     = errors.New("malformed answer")                // XML or a frame that cannot be read or believed, or is too long
	ErrInvalidKey    = errors.New("invalid object key")              // refused before sending, or by the service
	ErrInvalidBucket = errors.New("invalid bucket name")             // refused before sending, or by the service
	ErrInvalidInput  = errors.New("invalid request")                 // refused before sending, or by the service: a header, a size, a part
	ErrNoRegion      = errors.New("no region")                       // needed for the bucket's host and not set
	ErrNoCredentials = errors.New("no credentials")                  // none were found, or half a pair
)

// Error is an answer of the service that is not a success.
type Error struct {
	Op        string // "UploadPart"
	Bucket    string
	Key       string // empty for operations on the bucket
	Status    int    // HTTP
	Code      string // "NoSuchKey"; empty if the answer named none
	Message   string
	Resource  string
	RequestID string
	TraceID   string
	// RetryAfter is the wait the service asked for, or 0.
	RetryAfter time.Duration
	// DeleteMarker reports a 404 on a key whose newest version is a marker.
	DeleteMarker bool
	// Anonymous reports that the request was sent unsigned.
	Anonymous bool
	// Foreign says what answered if it was not the service, for people:
	// "text/html from 10.0.0.1:3128". Such an error is [ErrNotCOS].
	Foreign string

	date   time.Time // of the answer, by the service's clock
	region string    // that the answer names as the bucket's
}

// Error is one printable line: operation, resource, code, message, status and
// request id.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.target())
	b.WriteString(": ")
	switch {
	case e.Foreign != "":
		fmt.Fprintf(&b, "%v: %s", ErrNotCOS, printable(e.Foreign))
	case e.Code != "":
		b.WriteString(printable(e.Code))
	default:
		b.WriteString(e.meaning())
	}
	if e.Message != "" {
		b.WriteString(": " + printable(e.Message))
	}
	b.WriteString(" (" + strconv.Itoa(e.Status))
	if e.RequestID != "" {
		b.WriteString(", request " + printable(e.RequestID))
	}
	b.WriteByte(')')
	return b.String()
}

func (e *Error) target() string { return target(e.Op, e.Bucket, e.Key) }

// meaning words a status that came without a code, as every HEAD does.
func (e *Error) meaning() string {
	if s := e.sentinel(); s != nil {
		return s.Error()
	}
	if s := http.StatusText(e.Status); s != "" {
		return strings.ToLower(s)
	}
	return "unexpected status"
}

// Elsewhere returns the region that the answer names as the bucket's, if the
// request went to another; else "".
func (e *Error) Elsewhere() string {
	if !errors.Is(e, ErrRedirect) && !errors.Is(e, ErrNoBucket) || checkRegion(e.region) != nil {
		return ""
	}
	return e.region
}

// Is makes errors.Is match the sentinel that the error stands for.
func (e *Error) Is(target error) bool {
	s := e.sentinel()
	return s != nil && errors.Is(s, target)
}

// sentinelOfCode knows the documented codes (API document 436/7730).
var sentinelOfCode = func() map[string]error {
	of := map[string]error{}
	for _, group := range []struct {
		is    error
		codes string
	}{
		{ErrNotFound, "NoSuchKey NoSuchVersion NoSuchCopySource NoSuchTagSet"},
		{ErrNoBucket, "NoSuchBucket"},
		{ErrNoUpload, "NoSuchUpload"},
		{ErrDenied, "AccessDenied AccessForbidden UnavailableForLegalReasons"},
		{ErrBadKey, "InvalidAccessKeyId SignatureDoesNotMatch ExpiredToken InvalidToken"},
		{ErrArchived, "InvalidObjectState"},
		{ErrNotArchived, "RestoreNonArchiveObject"},
		{ErrConflict, `PathConflict UploadConflict BucketAlreadyExists BucketAlreadyOwnedByYou BucketNotEmpty
			InvalidBucketState ObjectLocked`},
		{ErrRestoring, "RestoreAlreadyInProgress"},
		{ErrPosition, "AppendPositionErr"},
		{ErrNotAppendable, "ObjectNotAppendable"},
		{ErrPrecondition, "PreconditionFailed"},
		{ErrRange, "InvalidRange"},
		{ErrClock, "RequestTimeTooSkewed RequestHasExpired"},
		{ErrRedirect, "PermanentRedirect TemporaryRedirect Redirect"},
		{ErrUnsupported, "NotImplemented MethodNotAllowed UploadIdNotSupported NotSupportedStorageClass BucketVersionNotOpen"},
		{ErrQuota, "TooManyBuckets"},
		{ErrBusy, "InternalError SlowDown ServiceUnavailable"},
		{ErrDamaged, "BadDigest"},
		{ErrStalled, "RequestTimeout UserNetworkTooSlow"},
		{ErrCutBody, "IncompleteBody"},
		{ErrInvalidKey, "InvalidObjectName KeyTooLong"},
		{ErrInvalidBucket, "InvalidBucketName"},
		{ErrInvalidInput, `BadRequest EntitySizeNotMatch EntityTooLarge EntityTooSmall InvalidArgument InvalidCopySource
			InvalidDelimiter InvalidDigest InvalidPart InvalidPartOrder InvalidRequest InvalidSHA1Digest InvalidTag InvalidURI
			MalformedXML MissingContentLength MissingRequestBodyError XMLSizeLimit`},
	} {
		for code := range strings.FieldsSeq(group.codes) {
			of[code] = group.is
		}
	}
	return of
}()

// sentinel decides by code, because statuses moved between editions of the
// error table; the status only speaks where there was no code.
func (e *Error) sentinel() error {
	switch {
	case e.Foreign != "":
		return ErrNotCOS
	case e.expired():
		return ErrClock
	case e.Code != "":
		return sentinelOfCode[e.Code]
	}
	switch e.Status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return ErrRedirect
	case http.StatusForbidden, http.StatusUnauthorized:
		return ErrDenied
	case http.StatusNotFound:
		if e.Key == "" {
			return ErrNoBucket
		}
		return ErrNotFound
	case http.StatusConflict:
		return ErrConflict
	case http.StatusNotModified:
		return ErrNotModified
	case http.StatusPreconditionFailed:
		return ErrPrecondition
	case http.StatusRequestedRangeNotSatisfiable:
		return ErrRange
	}
	return nil
}

func (e *Error) expired() bool {
	return e.Code == "AccessDenied" && strings.Contains(e.Message, "Request has expired")
}

// retryableCodes may come with status 200 (copy, complete) or 400, so the
// status alone would not do.
var retryableCodes = []string{
	"InternalError", "SlowDown", "ServiceUnavailable", "RequestTimeout",
	"UserNetworkTooSlow", "IncompleteBody", "BadDigest",
}

func (e *Error) retryable() bool {
	switch {
	case slices.Contains(retryableCodes, e.Code):
		return true
	case e.Status == http.StatusNotImplemented:
		return false
	case e.Code == "" && (e.Status == http.StatusTooManyRequests || e.Status == http.StatusRequestTimeout):
		return true
	}
	return e.Status >= http.StatusInternalServerError
}

// target words an operation and what it was done to.
func target(op, bucket, key string) string {
	if bucket == "" {
		return op
	}
	return op + " " + printable(URI{bucket, key}.String())
}
