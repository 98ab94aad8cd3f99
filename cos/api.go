package cos

import (
	"context"
	"errors"
	"time"
)

var errStub = errors.New("not written yet")

// ---- presign.go

// PresignOptions say what a signed URL allows.
type PresignOptions struct {
	Lifetime  time.Duration   // 1 s and more, whole seconds
	VersionID string          // of a GET
	Response  ResponseHeaders // of a GET
	Headers   Headers         // of a PUT: whoever uses the URL has to send just these
}

func (b *Bucket) PresignGet(ctx context.Context, key string, o PresignOptions) (string, error) {
	return "", errStub
}

func (b *Bucket) PresignPut(ctx context.Context, key string, o PresignOptions) (string, error) {
	return "", errStub
}
