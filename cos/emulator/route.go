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
	handle func(*Server, *request) error
}

var (
	opListBuckets   = operation{"ListBuckets", (*Server).listBuckets}
	opPutBucket     = operation{"PutBucket", (*Server).putBucket}
	opHeadBucket    = operation{"HeadBucket", (*Server).headBucket}
	opDeleteBucket  = operation{"DeleteBucket", (*Server).deleteBucket}
	opListObjects   = operation{"ListObjects", (*Server).listObjects}
	opListVersions  = operation{"ListObjectVersions", (*Server).listVersions}
	opGetVersioning = operation{"GetBucketVersioning", (*Server).getVersioning}
	opPutVersioning = operation{"PutBucketVersioning", (*Server).putVersioning}
	opDeleteMany    = operation{"DeleteMultipleObjects", (*Server).deleteMany}
	opListUploads   = operation{"ListMultipartUploads", (*Server).listUploads}
	opPut           = operation{"PutObject", (*Server).putObject}
	opHead          = operation{"HeadObject", (*Server).getObject}
	opGet           = operation{"GetObject", (*Server).getObject}
	opCopy          = operation{"CopyObject", (*Server).copyObject}
	opDelete        = operation{"DeleteObject", (*Server).deleteObject}
	opRestore       = operation{"RestoreObject", (*Server).restoreObject}
	opSelect        = operation{"SelectObjectContent", (*Server).selectObject}
	opAppend        = operation{"AppendObject", (*Server).appendObject}
	opGetACL        = operation{"GetObjectACL", (*Server).getACL}
	opPutACL        = operation{"PutObjectACL", (*Server).putACL}
	opGetTags       = operation{"GetObjectTagging", (*Server).getTags}
	opPutTags       = operation{"PutObjectTagging", (*Server).putTags}
	opDeleteTags    = operation{"DeleteObjectTagging", (*Server).deleteTags}
	opInitiate      = operation{"InitiateMultipartUpload", (*Server).initiateUpload}
	opPart          = operation{"UploadPart", (*Server).uploadPart}
	opPartCopy      = operation{"UploadPartCopy", (*Server).uploadPartCopy}
	opListParts     = operation{"ListParts", (*Server).listParts}
	opComplete      = operation{"CompleteMultipartUpload", (*Server).completeUpload}
	opAbort         = operation{"AbortMultipartUpload", (*Server).abortUpload}
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
var plain = map[string]bool{
	"prefix": true, "delimiter": true, "marker": true, "max-keys": true, "encoding-type": true,
	"key-marker": true, "upload-id-marker": true, "max-uploads": true,
	"version-id-marker": true, "position": true, "select-type": true,
	"max-parts": true, "part-number-marker": true, "partNumber": true, "versionId": true,
	"tagkey": true, "tagvalue": true, "region": true, "create-time": true, "range": true,
	"response-content-type": true, "response-content-language": true, "response-expires": true,
	"response-cache-control": true, "response-content-disposition": true, "response-content-encoding": true,
}

func isPlain(name string) bool {
	lower := strings.ToLower(name)
	return plain[name] || strings.HasPrefix(lower, "q-") || strings.HasPrefix(lower, "x-cos-") || lower == "sign"
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
		return op, nil
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
