package cos

import (
	"context"
	"errors"
	"fmt"
	"net/http"
)

// Put writes an object of 0 bytes to 5 GB in one request (PUT Object). It
// succeeds only if every byte of body was sent. A key that [CheckKey] refuses is
// [ErrInvalidKey]; a size, a header or a traffic limit out of bounds
// [ErrInvalidInput]; a body that arrived damaged [ErrDamaged]; another writer of
// the same key at the same time [ErrConflict]. An error of body.ReaderAt comes
// back wrapped and is not retryable. body.Progress is not called any more once
// Put has returned, but after a failure one last ReadAt may still be under way.
// It may be repeated; with versioning every time makes a version.
func (b *Bucket) Put(ctx context.Context, key string, body Body, h Headers) (*PutResult, error) {
	call := b.onKey("PutObject", http.MethodPut, key)
	call.write = true
	if err := h.set(call.header); err != nil {
		return nil, fmt.Errorf("%s: %w", call.what(), err)
	}
	if body.Size > MaxPutBytes {
		return nil, fmt.Errorf("%s: %w: %d bytes are more than 5 GB", call.what(), ErrInvalidInput, body.Size)
	}
	return b.put(ctx, call, body)
}

// put sends a body and reads what was made of it.
func (b *Bucket) put(ctx context.Context, call *call, body Body) (*PutResult, error) {
	a, sum, err := b.send(ctx, call, body)
	if err != nil {
		return nil, err
	}
	defer a.finish()
	r := &PutResult{ETag: unquote(a.Header.Get("ETag")), SentCRC64: sum, VersionID: a.Header.Get("x-cos-version-id")}
	r.CRC64, r.HasCRC64 = crcHeader(a.Header)
	return r, nil
}

// send sends a body and returns the CRC-64 of it. An answer that came before
// the whole body was sent is an error, and so is one that names no ETag.
func (b *Bucket) send(ctx context.Context, call *call, body Body) (*answer, uint64, error) {
	if err := call.carry(body); err != nil {
		return nil, 0, fmt.Errorf("%s: %w", call.what(), err)
	}
	a, err := b.client.do(ctx, call)
	if err != nil {
		return nil, 0, err
	}
	n, sum, err := a.sent.stop()
	switch {
	case err != nil:
		err = &sourceError{call.what(), err}
	case n != body.Size:
		err = fmt.Errorf("%s: answered after %d of %d bytes: %w", call.what(), n, body.Size, ErrCutBody)
	case unquote(a.Header.Get("ETag")) == "":
		err = a.foreign()
	}
	if err != nil {
		a.finish()
		return nil, 0, err
	}
	return a, sum, nil
}

// Delete removes an object (DELETE Object). One that is missing, or a version
// that is, was deleted before: that is no error and an empty result. With a
// version id that version is gone for good, which is how a delete marker is
// taken back; an answer about another version, such as a new marker in place of
// it, is [ErrMalformed]. Without one a bucket with versioning gets a delete
// marker, whose id is in the result, every time the call is repeated; otherwise
// it may be repeated.
func (b *Bucket) Delete(ctx context.Context, key, versionID string) (*DeleteResult, error) {
	call := b.onKey("DeleteObject", http.MethodDelete, key)
	call.query = params{}.add("versionId", versionID)
	a, err := b.client.do(ctx, call)
	if deletedBefore(err) {
		return &DeleteResult{}, nil
	}
	if err != nil {
		return nil, err
	}
	defer a.finish()
	r := &DeleteResult{
		VersionID:    a.Header.Get("x-cos-version-id"),
		DeleteMarker: a.Header.Get("x-cos-delete-marker") == "true",
	}
	if versionID != "" && r.VersionID != versionID && (r.VersionID != "" || r.DeleteMarker) {
		return nil, fmt.Errorf("%s: %w: asked for version %s it answers of version %s", call.what(), ErrMalformed,
			shortened(versionID), shortened(r.VersionID))
	}
	return r, nil
}

// deletedBefore reports that a deletion was refused because there is nothing
// left to delete.
func deletedBefore(err error) bool {
	var api *Error
	return errors.As(err, &api) && (api.Code == "NoSuchKey" || api.Code == "NoSuchVersion")
}
