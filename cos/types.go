package cos

import (
	"crypto/md5" //nolint:gosec // Content-MD5 is MD5
	"io"
	"net/http"
	"time"
)

// BucketInfo is one row of a bucket list.
type BucketInfo struct {
	Name    string // with the APPID suffix
	Region  string
	Created time.Time // zero if the service named none
	Type    string    // "cos" for an ordinary bucket; empty if the service names none
}

// ListOptions selects what a page of a listing holds (GET Bucket).
type ListOptions struct {
	Prefix    string
	Delimiter string // "/" groups keys into CommonPrefixes
	Marker    string // the page starts after it
	MaxKeys   int    // 1..1000; 0 means 1000
}

// ListPage is one answer of a listing, in UTF-8 binary order.
type ListPage struct {
	Objects    []ObjectInfo
	Prefixes   []string // common prefixes, each ending in the delimiter
	Truncated  bool
	NextMarker string // set if Truncated
}

// ObjectInfo is one object of a listing. A million of them are held at a time,
// so what else a row says is left out on purpose: [Bucket.ObjectACL] tells the
// owner, who is the bucket's, and [Bucket.Head] the tier of INTELLIGENT_TIERING
// and the state of a restore.
type ObjectInfo struct {
	Key          string
	Size         int64
	ETag         string // without quotes
	LastModified time.Time
	StorageClass string // upper case; "STANDARD" if the service names none
}

// Headers are what a writer may set on an object. Empty values are not sent. A
// value with a control character in it is refused before sending
// ([ErrInvalidInput]).
type Headers struct {
	ContentType        string
	CacheControl       string
	ContentDisposition string
	ContentEncoding    string
	ContentLanguage    string
	Expires            string
	StorageClass       string            // "STANDARD_IA", "ARCHIVE", ...; empty is STANDARD
	ACL                string            // canned: "private", "public-read", "default"
	GrantRead          string            // `id="UIN",id="UIN"`
	GrantFullControl   string            // as GrantRead
	Meta               map[string]string // names without "x-cos-meta-", lower case; 2 KB in all
	Tags               []Tag             // of a new object; HEAD does not tell them, see [Bucket.ObjectTags]
	Encryption         Encryption        // by the service; of an object that exists see [Head]
}

// Encryption says how the service encrypts an object that it stores; the zero
// value is not at all. Reading is as if it did not.
type Encryption struct {
	Algorithm string // "AES256", or "cos/kms"
	KMSKeyID  string // with "cos/kms"; empty is the account's own key
}

// Body is content that can be read again from any offset, so that a request
// can be repeated. ReadAt must be safe for concurrent use; unlike others it may
// give fewer bytes than were asked for without an error, and is then asked for
// the rest.
type Body struct {
	ReaderAt io.ReaderAt
	Size     int64
	// MD5, if set, is sent as Content-MD5: the service refuses a body that
	// does not have it with BadDigest.
	MD5 *[md5.Size]byte
	// TrafficLimit asks the service to take the body no faster than so many
	// bits per second: 819 200 to 838 860 800; 0 is no limit.
	TrafficLimit int64
	// Progress, if set, is told of n more bytes handed to the connection. It
	// is called from the sending goroutine and must be fast.
	Progress func(n int)
}

// Head is what the service says of an object (HEAD, and the headers of GET).
type Head struct {
	Size         int64  // bytes of the whole object, also on a ranged GET; never negative
	ETag         string // without quotes; an identity, not always the MD5
	LastModified time.Time
	CRC64        uint64        // of the whole object, also on a ranged GET
	HasCRC64     bool          // false if the service gave none
	VersionID    string        // empty if the bucket never had versioning
	StorageClass string        // upper case; "STANDARD" if the service names none
	StorageTier  string        // of INTELLIGENT_TIERING: "FREQUENT" or "INFREQUENT"; else empty
	ObjectType   string        // "normal" or "appendable"
	Restore      *RestoreState // of an archived object that is or was being restored; else nil
	Headers      Headers
	Encryption   Encryption // not in Headers: a copy in another place need not have it
	Raw          http.Header
}

// ByteRange is a run of bytes of an object.
type ByteRange struct {
	Offset int64
	Length int64 // -1: to the end
}

// Conditions are what has to hold of an object for a request on it to be
// answered. Zero fields ask nothing. Times have a resolution of a second.
type Conditions struct {
	IfMatch           string    // ETag without quotes; [ErrPrecondition] if it differs
	IfNoneMatch       string    // ETag without quotes; [ErrNotModified] if it is the same
	IfModifiedSince   time.Time // [ErrNotModified] if it was not
	IfUnmodifiedSince time.Time // [ErrPrecondition] if it was modified
}

// GetOptions narrows a GET or HEAD.
type GetOptions struct {
	Conditions

	Range     *ByteRange // nil: everything; HEAD ignores it
	VersionID string
	// Response replaces headers of the answer; only the six of HTTP are used.
	// HEAD ignores it.
	Response ResponseHeaders
	// TrafficLimit asks the service to answer no faster than so many bits per
	// second: 819 200 to 838 860 800; 0 is no limit. HEAD ignores it.
	TrafficLimit int64
}

// ResponseHeaders replace headers of the answer to a GET (response-*
// parameters). Empty values replace nothing. Anonymous requests may not ask
// for any.
type ResponseHeaders struct {
	ContentType        string
	CacheControl       string
	ContentDisposition string
	ContentEncoding    string
	ContentLanguage    string
	Expires            string
}

// Object is an open answer to a GET. The caller closes Body, which ends the
// request. Reading fails with an error that [Retryable] knows if the body ends
// early or stalls for the client's idle timeout.
type Object struct {
	Head
	Body io.ReadCloser
}

// PutResult is what a write left behind.
type PutResult struct {
	ETag      string // without quotes
	CRC64     uint64 // of what the service stored
	HasCRC64  bool   // false if the service gave none
	SentCRC64 uint64 // of the bytes that were sent
	VersionID string // empty without versioning, and while it is suspended
}

// Part is one part of a multipart upload.
type Part struct {
	Number       int   // 1..10000
	Size         int64 // bytes
	ETag         string
	LastModified time.Time
}

// PartsOptions selects a page of [Bucket.ListParts].
type PartsOptions struct {
	Marker   int // the page starts after this part; 0 is the first page
	MaxParts int // 1..1000; 0 means 1000
}

// PartsPage is one page of [Bucket.ListParts], by part number.
type PartsPage struct {
	Parts        []Part
	Truncated    bool
	NextMarker   int    // a part number; set if Truncated
	StorageClass string // of the object to be; "STANDARD" if the service names none
	Owner        Owner  // of the object to be
	Initiator    Owner  // who began the upload
}

// Upload is one multipart upload in progress.
type Upload struct {
	Key          string
	UploadID     string
	Initiated    time.Time
	StorageClass string // of the object to be; "STANDARD" if the service names none
	Owner        Owner  // of the object to be
	Initiator    Owner  // who began it
}

// UploadsPage is one page of [Bucket.ListUploads].
type UploadsPage struct {
	Uploads        []Upload
	Prefixes       []string // common prefixes, each ending in the delimiter
	Truncated      bool
	NextKeyMarker  string // set if Truncated
	NextUploadMark string // set if Truncated, unless a prefix was last
}

// UploadsOptions selects a page of [Bucket.ListUploads].
type UploadsOptions struct {
	Prefix       string
	Delimiter    string // "/" groups keys into Prefixes
	KeyMarker    string // the page starts after it
	UploadMarker string // with KeyMarker: after this upload of that key
	MaxUploads   int    // 1..1000; 0 means 1000
}

// CompleteResult is what completing a multipart upload answered.
type CompleteResult struct {
	Location  string // host and path of the object, perhaps with a scheme; for people
	Bucket    string // as the answer names it; empty if it does not
	Key       string // the same
	ETag      string // without quotes, ends in -N for N parts
	CRC64     uint64 // of the whole object
	HasCRC64  bool   // false if the service gave none
	VersionID string // empty without versioning
}

// DeleteResult is what deleting one object answered.
type DeleteResult struct {
	VersionID    string // of the version or marker that was made or removed; empty without versioning, and if it was gone before
	DeleteMarker bool   // a delete marker was made, or (with a version id) removed
}
