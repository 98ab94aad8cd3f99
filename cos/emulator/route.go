package emulator

import (
	"net/http"
	"slices"
	"strings"
)

// operation is what a request asks for. Its name is empty if nothing here
// does it.
type operation struct {
	name   string
	takes  string // the parameters that qualify it, beside response-* of a GET
	handle func(*Server, *request) error
}

var (
	opListBuckets   = operation{"ListBuckets", "marker max-keys region", (*Server).listBuckets}
	opPutBucket     = operation{"PutBucket", "", (*Server).putBucket}
	opHeadBucket    = operation{"HeadBucket", "", (*Server).headBucket}
	opDeleteBucket  = operation{"DeleteBucket", "", (*Server).deleteBucket}
	opListObjects   = operation{"ListObjects", "prefix delimiter marker max-keys encoding-type", (*Server).listObjects}
	opListVersions  = operation{"ListObjectVersions", "prefix delimiter key-marker version-id-marker max-keys encoding-type", (*Server).listVersions}
	opGetVersioning = operation{"GetBucketVersioning", "", (*Server).getVersioning}
	opPutVersioning = operation{"PutBucketVersioning", "", (*Server).putVersioning}
	opDeleteMany    = operation{"DeleteMultipleObjects", "", (*Server).deleteMany}
	opListUploads   = operation{"ListMultipartUploads", "prefix delimiter key-marker upload-id-marker max-uploads encoding-type", (*Server).listUploads}
	opPut           = operation{"PutObject", "", (*Server).putObject}
	opHead          = operation{"HeadObject", "versionId", (*Server).getObject}
	opGet           = operation{"GetObject", "versionId", (*Server).getObject}
	opCopy          = operation{"CopyObject", "", (*Server).copyObject}
	opDelete        = operation{"DeleteObject", "versionId", (*Server).deleteObject}
	opRestore       = operation{"RestoreObject", "versionId", (*Server).restoreObject}
	opSelect        = operation{"SelectObjectContent", "select-type versionId", (*Server).selectObject}
	opAppend        = operation{"AppendObject", "position", (*Server).appendObject}
	opGetACL        = operation{"GetObjectACL", "versionId", (*Server).getACL}
	opPutACL        = operation{"PutObjectACL", "versionId", (*Server).putACL}
	opGetTags       = operation{"GetObjectTagging", "versionId", (*Server).getTags}
	opPutTags       = operation{"PutObjectTagging", "versionId", (*Server).putTags}
	opDeleteTags    = operation{"DeleteObjectTagging", "versionId", (*Server).deleteTags}
	opInitiate      = operation{"InitiateMultipartUpload", "", (*Server).initiateUpload}
	opPart          = operation{"UploadPart", "partNumber", (*Server).uploadPart}
	opPartCopy      = operation{"UploadPartCopy", "partNumber", (*Server).uploadPartCopy}
	opListParts     = operation{"ListParts", "max-parts part-number-marker encoding-type", (*Server).listParts}
	opComplete      = operation{"CompleteMultipartUpload", "", (*Server).completeUpload}
	opAbort         = operation{"AbortMultipartUpload", "", (*Server).abortUpload}
)

// routes maps "METHOD level sub-resource" to what answers it.
var routes = map[string]operation{
	"GET service ": opListBuckets,

	"GET bucket ":           opListObjects,
	"GET bucket uploads":    opListUploads,
	"GET bucket versions":   opListVersions,
	"GET bucket versioning": opGetVersioning,
	"PUT bucket versioning": opPutVersioning,
	"POST bucket delete":    opDeleteMany,
	"PUT bucket ":           opPutBucket,
	"HEAD bucket ":          opHeadBucket,
	"DELETE bucket ":        opDeleteBucket,

	"GET object ":             opGet,
	"HEAD object ":            opHead,
	"PUT object ":             opPut,
	"PUT object copy":         opCopy,
	"DELETE object ":          opDelete,
	"POST object restore":     opRestore,
	"POST object select":      opSelect,
	"POST object append":      opAppend,
	"GET object acl":          opGetACL,
	"PUT object acl":          opPutACL,
	"GET object tagging":      opGetTags,
	"PUT object tagging":      opPutTags,
	"DELETE object tagging":   opDeleteTags,
	"POST object uploads":     opInitiate,
	"PUT object uploadId":     opPart,
	"PUT object uploadIdcopy": opPartCopy,
	"GET object uploadId":     opListParts,
	"POST object uploadId":    opComplete,
	"DELETE object uploadId":  opAbort,
}

// Operations returns the names of the operations that a [Server] answers, in
// order: those of [Fault.Op] and [Server.Requests].
func Operations() []string {
	var names []string
	for _, op := range routes {
		names = append(names, op.name)
	}
	slices.Sort(names)
	return names
}

// plain are the parameters that only qualify an operation. Every other one
// may name a sub-resource, known today or not, and must never fall through to
// the operation without it: `DELETE /?cors` is not "delete the bucket".
var plain = func() map[string]bool {
	m := map[string]bool{}
	for _, op := range routes {
		for _, name := range strings.Fields(op.takes) {
			m[name] = true
		}
	}
	return m
}()

func isPlain(name string) bool {
	return plain[name] || strings.HasPrefix(name, overrides) || isSigned(name)
}

// isSigned reports that a parameter is of the signature, or stands in for a
// header.
func isSigned(name string) bool {
	lower := strings.ToLower(name)
	return strings.HasPrefix(lower, "q-") || strings.HasPrefix(lower, "x-cos-") || lower == "sign"
}

// check refuses parameters that are another operation's: `DELETE /?prefix=a` is
// not "delete the bucket" either.
func (op operation) check(q params) error {
	takes := strings.Fields(op.takes)
	reads := op.name == opGet.name || op.name == opHead.name
	for _, p := range q {
		if !isPlain(p.name) || isSigned(p.name) || slices.Contains(takes, p.name) || reads && strings.HasPrefix(p.name, overrides) {
			continue
		}
		return refuse("NotImplemented", "This server knows no parameter "+p.name+" of "+op.name+".")
	}
	return nil
}

// route finds the operation, or says why there is none.
func route(r *http.Request, t *target) (operation, error) {
	if t.foreign {
		return operation{}, refuse("InvalidRequest", "The host is not one of the object storage service: "+r.Host)
	}
	if t.website {
		return operation{}, refuse("MethodNotAllowed", "A static website host does not answer API requests.")
	}
	level := level(t)
	if level == "service" && t.key != "" {
		return operation{}, refuse("PathStyleDomainForbidden", "The bucket belongs in the host, not in the path.")
	}
	if level == "bucket" && t.region == accelerated {
		return operation{}, refuse("MethodNotAllowed", "Acceleration hosts do not answer for buckets.")
	}
	sub := subresource(t.query)
	if level == "object" && r.Method == http.MethodPut && r.Header.Get("X-Cos-Copy-Source") != "" {
		sub += "copy"
	}
	op, ok := routes[r.Method+" "+level+" "+sub]
	switch {
	case ok:
		return op, op.check(t.query)
	case sub == "":
		return operation{}, refuse("MethodNotAllowed", "The method is not allowed against this resource.")
	}
	return operation{}, refuse("NotImplemented", "This server does not implement "+r.Method+" ?"+sub+".")
}

func level(t *target) string {
	switch {
	case t.bucket == "":
		return "service"
	case t.key == "":
		return "bucket"
	}
	return "object"
}

// subresource returns the parameters that are not plain, joined; usually none
// or one.
func subresource(q params) string {
	var subs []string
	for _, p := range q {
		if !isPlain(p.name) {
			subs = append(subs, p.name)
		}
	}
	return strings.Join(subs, "&")
}
