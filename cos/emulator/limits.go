package emulator

import "time"

// Limits of the service (API documents 436/14518).
const (
	maxKeyBytes     = 850
	maxBodyBytes    = 5 << 30 // of a put, a part and a single copy
	minPartBytes    = 1 << 20 // of every part but the last
	maxParts        = 10_000
	maxPage         = 1000
	maxMetaBytes    = 2 << 10
	maxBuckets      = 200
	maxRestoreDays  = 365
	maxTags         = 10
	maxTagKey       = 128 // characters
	maxTagValue     = 256 // characters
	maxGrants       = 100
	maxHostBytes    = 60
	maxSkew         = 15 * time.Minute
	minTrafficLimit = 819_200     // bits per second
	maxTrafficLimit = 838_860_800 // bits per second
)

// Limits of this server's own.
const (
	// inlineBytes is up to what size content lives in the index: a file costs
	// more than a row.
	inlineBytes = 4 << 10
	// maxXMLBytes bounds request documents; 10 000 parts need about 1.2 MB.
	maxXMLBytes = 4 << 20
	copyBuffer  = 512 << 10
)
