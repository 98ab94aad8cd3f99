// Package jobs is the transfer queue: it keeps every job in a journal on disk,
// runs uploads, downloads and deletions in the background, resumes them after
// a crash and calls a transfer done only when the bytes were verified.
package jobs

import (
	"time"
)

// ID names a job in the journal.
type ID int64

// Kind says what a job does.
type Kind string

// The kinds.
const (
	Upload   Kind = "upload"   // local -> bucket
	Download Kind = "download" // bucket -> local
	Copy     Kind = "copy"     // bucket -> bucket, inside the service
	Delete   Kind = "delete"   // on either side

	// What objects have is changed where they are; see [Change].
	SetHeaders Kind = "set-headers" // content headers and metadata
	SetClass   Kind = "set-class"   // storage class
	SetACL     Kind = "set-acl"
	SetTags    Kind = "set-tags"
	Restore    Kind = "restore" // of archived objects

	MakeFolder Kind = "make-folder" // on either side

	Append Kind = "append" // local -> the end of an object
	Abort  Kind = "abort"  // of multipart uploads that no job needs
)

// InPlace reports that jobs of the kind work where their sources are: they have
// no destination, and no bytes move.
func (k Kind) InPlace() bool { return k != Upload && k != Download && k != Copy && k != Append }

// rewrites reports that what the kind changes is changed by copying an object
// onto itself.
func (k Kind) rewrites() bool { return k == SetHeaders || k == SetClass }

// State is where a job or an item stands.
type State string

// The states. Queued to Restoring are live; Done, Failed and Cancelled are final
// until the user retries.
const (
	Queued    State = "queued"
	Running   State = "running"
	Retrying  State = "retrying"
	Paused    State = "paused"
	Verifying State = "verifying"
	Asking    State = "asking"    // nothing is left to do before [Queue.Answer]
	Restoring State = "restoring" // nothing is left to do before the service has restored something
	Done      State = "done"
	Failed    State = "failed"
	Cancelled State = "cancelled"
)

// Priority says which jobs go first, see [Queue.SetPriority].
type Priority int

// The priorities.
const (
	Low    Priority = -1
	Normal Priority = 0
	High   Priority = 1
)

// Final reports that nothing more will happen by itself.
func (s State) Final() bool { return s == Done || s == Failed || s == Cancelled }

// Place is one end of a transfer: a local path, or a key or prefix of a
// bucket if Bucket is set.
type Place struct {
	Path   string // absolute local path; empty for objects
	Bucket string // with APPID
	Region string
	Key    string // object key; a prefix ends in "/" or is ""
}

// Local reports that the place is a path.
func (p Place) Local() bool { return p.Bucket == "" }

// Source is one marked thing: a file, a folder, an object or a prefix.
type Source struct {
	Place
	// Folder: everything below is meant. The local folder's name, or the last
	// segment of the prefix, becomes a folder of the destination, unless
	// Contents is set, which puts what is inside straight into it.
	Folder   bool
	Contents bool
	// Name is the name it gets below the destination folder, with the way to
	// it if it has slashes; empty keeps its own.
	Name string
	// VersionID, if set, means this version alone: it is read, deleted for good,
	// or its ACL, its tags or its restore is what changes. A version that is
	// copied onto its own object becomes the newest again, with all it had.
	VersionID string
	// AsOf, if set, means a prefix as it was then, in milliseconds: of every key
	// the version that was the newest, none where that was a delete marker.
	AsOf time.Time
	// ETag, if set, is that of the object that is to be changed: if another is
	// there by then, it is left alone.
	ETag string
	// UploadID, if set, is that of a multipart upload. An Abort drops it. An
	// Upload of a single file goes on with it: every part that the service has is
	// held against the file first, and one that differs fails the item before
	// anything is sent or changed.
	UploadID string
	// Text is what an Append adds where Path is empty.
	Text string
	// Size is how many bytes a listing gave for a single object or file, if
	// Sized is set, and Class the storage class of an object that cannot be read
	// before it is restored. Only Survey uses them, so that it need not ask again.
	Size  int64  `json:"-"`
	Sized bool   `json:"-"`
	Class string `json:"-"`
}

// Spec is a job to be queued. Source and destination are frozen by Add.
type Spec struct {
	Kind    Kind
	Account string // which credentials and endpoint; see Config.Account
	Sources []Source
	// Dest is the folder (path, or prefix ending in "/" or empty) that
	// receives the sources. Unused where [Kind.InPlace].
	Dest       Place
	OnConflict OnConflict
	// Move removes each source once its copy is verified and the source is
	// still what was copied. What could not be verified is kept, and fails.
	Move bool
	// FollowLinks makes an upload follow the symbolic links below its sources,
	// which are skipped else. A source that is a link itself is followed anyway.
	// What moves follows none: its sources would go from behind them.
	FollowLinks bool
	// Change is what the kinds from SetHeaders to Restore give to objects. A
	// download with Days and Tier restores what is archived first, and waits
	// for it; without, it fails for what is.
	Change *Change
	// Encrypt is the name of the key, see Config.Keys, that an upload encrypts
	// with before anything leaves the machine; empty: it does not. KeyID is the
	// key's fingerprint, which Add fills in: with another key of that name the
	// job does not go on.
	Encrypt string
	KeyID   string
	// Versions makes a deletion one of every version and delete marker of its
	// objects, for good.
	Versions bool
	// Whole makes a deletion one of its only source, a bucket, which goes last
	// of all. Unless Versions is set, too, it has to be empty; else everything
	// in it goes before, unfinished uploads included.
	Whole bool

	inexact bool // read from a journal that does not have the names exactly
}

// Job is what a screen shows of a job: a value, not live.
type Job struct {
	ID      ID
	Kind    Kind
	Move    bool // the sources go once their copies are verified
	State   State
	Account string
	// Priority is for as long as the job is not over.
	Priority Priority
	Title    string // "video.mp4" or "14 files"
	From     string // for people: path or cos:// address
	To       string

	// Totals so far. They grow while Counting is set.
	Counting     bool
	Items        int64
	ItemsDone    int64 // verified, or done without a checksum to verify by
	ItemsFailed  int64
	ItemsSkipped int64
	ItemsAsking  int64 // wait for [Queue.Answer], whatever the job's state is
	// ItemsRestoring wait until the service has restored their objects, the
	// first of them since RestoringSince.
	ItemsRestoring int64
	RestoringSince time.Time
	Bytes          int64
	BytesDone      int64 // never more than Bytes

	Rate       float64       // bytes per second, smoothed; 0 if not moving
	Left       time.Duration // -1 if unknown
	RetryAt    time.Time     // set while Retrying
	Reason     string        // why it retries or failed, for people
	Unverified int64         // items done for which the service gave no checksum
	Created    time.Time
	Finished   time.Time
	// Pending: State is what was asked for; whoever runs the job has yet to do
	// it.
	Pending bool
}

// Snapshot is the whole queue at one moment.
type Snapshot struct {
	Jobs   []Job // those that are over, oldest first, and the others in the order of the queue
	Rate   float64
	Left   time.Duration // -1 if unknown
	Runner bool          // this process runs the jobs of its account
}

// Item is one file or object of a job.
type Item struct {
	Job       ID
	N         int64
	Name      string // relative, for people
	From      string // path or cos:// address
	To        string // where it is written; empty for a deletion
	State     State
	Skipped   bool
	Verified  bool
	Size      int64
	Done      int64
	Attempts  int
	Code      string // error code of the service
	RequestID string
	Reason    string
	ETag      string
	CRC64     uint64
	VersionID string
	Finished  time.Time // when it was done or failed; zero if not noted
	// Conflict is what an item that is asking has met.
	Conflict Conflict
	// RestoringSince is when the restore of an item that is restoring was asked
	// for.
	RestoringSince time.Time
}
