// Package cos is a client for the Tencent Cloud COS object API, on net/http
// and without an SDK.
//
// A [Client] holds an account (credentials, region, endpoint); a [Bucket]
// made from it carries the object operations: the objects themselves, their
// versions, parts of uploads, access lists, tags, restores, queries and signed
// URLs. A method's comment names the operation of the API documents in
// parentheses and says whether it may be repeated when its answer was lost.
// Lists come page by page, or as an iterator such as [Bucket.Pages] that is at
// most one request ahead of its loop. Every operation makes one
// attempt, answers with a typed [*Error] on failure, and leaves repeating to
// its caller, who asks [Retryable]. The one exception is a wrong local clock:
// it is corrected from the service's Date header and the request is sent once
// more. Beneath it net/http repeats a GET or HEAD, never a write, when a kept
// connection turns out to be closed before any answer. Clients and buckets are
// safe for concurrent use.
package cos

import (
	"context"
	"net/http"
	"time"
)

// DefaultEndpoint is the template of the public service's object hosts.
const DefaultEndpoint = "https://{bucket}.cos.{region}.myqcloud.com"

// Limits of the service (API documents 436/14518).
const (
	MaxPageKeys   = 1000    // entries of one page of any list
	MaxDeletes    = 1000    // objects of one [Bucket.DeleteMany]
	MaxKeyBytes   = 850     // of UTF-8
	MaxPutBytes   = 5 << 30 // of one put, one append, one copy; and of an appendable object
	MinPartBytes  = 1 << 20 // all parts but the last
	MaxPartBytes  = 5 << 30
	MaxParts      = 10_000
	MaxObjectSize = MaxParts * int64(MaxPartBytes) // bytes

	MaxRestoreDays  = 365
	MaxMetaBytes    = 2 << 10     // of the metadata of an object, names and values
	MinTrafficLimit = 819_200     // bits per second
	MaxTrafficLimit = 838_860_800 // bits per second
)

// Credentials is one key pair, with a token if it is temporary. All three
// values come from one source and are never mixed. Its String and GoString
// methods show no secret.
type Credentials struct {
	SecretID  string
	SecretKey string
	Token     string
	Source    string    // where it was found, for people: "environment (COS_*)"
	Expires   time.Time // zero if it does not
}

// Anonymous reports that requests are sent unsigned.
func (c Credentials) Anonymous() bool { return c.SecretID == "" && c.SecretKey == "" }

// String says where the credentials come from and shows nothing of them.
func (c Credentials) String() string { return "credentials from " + c.Source }

// GoString is String, so that %#v shows no secret either.
func (c Credentials) GoString() string { return c.String() }

// Provider hands out the credentials to sign the next request with. It is
// called for every request and must be fast and safe for concurrent use.
type Provider interface {
	Credentials(ctx context.Context) (Credentials, error)
}

// Credentials makes a fixed key pair a [Provider].
func (c Credentials) Credentials(context.Context) (Credentials, error) { return c, nil }

// Config is what a [Client] needs to know. Only Region (or an endpoint that
// needs none) and Credentials are usually set.
type Config struct {
	// Endpoint is a URL. With {bucket} (and {region}) in its host it is a
	// template of the bucket's host; without, it says where to connect while
	// the Host header stays BUCKET.cos.REGION.myqcloud.com. Empty means
	// [DefaultEndpoint].
	Endpoint    string
	Region      string // "ap-guangzhou"; may be left out if Endpoint holds no {bucket}
	Credentials Provider
	// IdleTimeout ends a request during which no byte moves in either
	// direction; 0 means 60 s. There is no total timeout.
	IdleTimeout time.Duration
	// Transport is used instead of the client's own; for tests.
	Transport http.RoundTripper
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}
