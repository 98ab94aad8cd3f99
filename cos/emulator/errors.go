package emulator

import (
	"errors"
	"net/http"
)

// apiError is an answer that is not a success, as the service words it.
type apiError struct {
	status  int
	code    string
	message string
}

func (e *apiError) Error() string { return e.code + ": " + e.message }

// statuses is the part of the service's error table (API documents 436/7730)
// that this server answers.
var statuses = map[string]int{
	"AccessDenied":             http.StatusForbidden,
	"AppendPositionErr":        http.StatusConflict,
	"BadDigest":                http.StatusBadRequest,
	"BucketAlreadyOwnedByYou":  http.StatusConflict,
	"BucketNotEmpty":           http.StatusConflict,
	"EntityTooLarge":           http.StatusBadRequest,
	"EntityTooSmall":           http.StatusBadRequest,
	"IncompleteBody":           http.StatusBadRequest,
	"InternalError":            http.StatusInternalServerError,
	"InvalidAccessKeyId":       http.StatusForbidden,
	"InvalidArgument":          http.StatusBadRequest,
	"InvalidBucketName":        http.StatusBadRequest,
	"InvalidBucketState":       http.StatusConflict,
	"InvalidCopySource":        http.StatusBadRequest,
	"InvalidDigest":            http.StatusBadRequest,
	"InvalidObjectName":        http.StatusBadRequest,
	"InvalidObjectState":       http.StatusForbidden,
	"InvalidPart":              http.StatusBadRequest,
	"InvalidPartOrder":         http.StatusBadRequest,
	"InvalidRange":             http.StatusRequestedRangeNotSatisfiable,
	"InvalidRequest":           http.StatusBadRequest,
	"InvalidTag":               http.StatusBadRequest,
	"InvalidURI":               http.StatusBadRequest,
	"KeyTooLong":               http.StatusBadRequest,
	"MalformedXML":             http.StatusBadRequest,
	"MethodNotAllowed":         http.StatusMethodNotAllowed,
	"MissingContentLength":     http.StatusLengthRequired,
	"MissingRequestBodyError":  http.StatusBadRequest,
	"NoSuchBucket":             http.StatusNotFound,
	"NoSuchKey":                http.StatusNotFound,
	"NoSuchTagSet":             http.StatusNotFound,
	"NoSuchUpload":             http.StatusNotFound,
	"NoSuchVersion":            http.StatusNotFound,
	"NotImplemented":           http.StatusNotImplemented,
	"NotSupportedStorageClass": http.StatusBadRequest,
	"ObjectNotAppendable":      http.StatusConflict,
	"PathStyleDomainForbidden": http.StatusForbidden,
	"PreconditionFailed":       http.StatusPreconditionFailed,
	"RequestTimeTooSkewed":     http.StatusForbidden,
	"RestoreAlreadyInProgress": http.StatusConflict,
	"RestoreNonArchiveObject":  http.StatusMethodNotAllowed,
	"ServiceUnavailable":       http.StatusServiceUnavailable,
	"SignatureDoesNotMatch":    http.StatusForbidden,
	"SlowDown":                 http.StatusServiceUnavailable,
	"TooManyBuckets":           http.StatusBadRequest,
	"XMLSizeLimit":             http.StatusBadRequest,
}

func refuse(code, message string) *apiError {
	status, ok := statuses[code]
	if !ok {
		panic("emulator: no status for error code " + code)
	}
	return &apiError{status, code, message}
}

// asAPIError turns what a handler returned into what is answered. An error
// without a code is the server's own trouble; its text is shown, because
// whoever runs this server is also the one who reads the answer.
func asAPIError(err error) *apiError {
	var e *apiError
	if errors.As(err, &e) {
		return e
	}
	return refuse("InternalError", err.Error())
}

func noSuchKey() error { return refuse("NoSuchKey", "The specified key does not exist.") }
func noSuchVersion() error {
	return refuse("NoSuchVersion", "The specified version does not exist.")
}
func noSuchBucket() error { return refuse("NoSuchBucket", "The specified bucket does not exist.") }
func noSuchUpload() error {
	return refuse("NoSuchUpload", "The specified multipart upload does not exist.")
}
