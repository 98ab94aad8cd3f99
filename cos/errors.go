package cos

import (
	"errors"
	"time"
)

// Sentinels for errors.Is. An [*Error] matches the one its code stands for.
var (
	ErrNotFound     = errors.New("not found")              // no such key or version
	ErrNoBucket     = errors.New("no such bucket")         //
	ErrNoUpload     = errors.New("no such upload")         // unknown or finished upload id
	ErrDenied       = errors.New("access denied")          // AccessDenied and friends
	ErrBadKey       = errors.New("wrong key pair")         // InvalidAccessKeyId, SignatureDoesNotMatch
	ErrArchived     = errors.New("archived")               // InvalidObjectState
	ErrConflict     = errors.New("conflict")               // PathConflict, UploadConflict, ...
	ErrPrecondition = errors.New("precondition failed")    // 412
	ErrRange        = errors.New("range not satisfiable")  // 416
	ErrClock        = errors.New("wrong clock")            // RequestTimeTooSkewed, expired
	ErrStalled      = errors.New("connection stalled")     // no byte for the idle timeout
	ErrNotCOS       = errors.New("not an answer from COS") // HTML, a proxy's page
	ErrCutBody      = errors.New("body ended early")       //
	ErrInvalidKey   = errors.New("invalid object key")     // refused before sending
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
}

func (e *Error) Error() string { return e.Code }

// Retryable reports whether the same request may succeed if it is sent again:
// network errors, 5xx, SlowDown and damaged bodies. A cancelled context is
// not retryable.
func Retryable(err error) bool { return false }
