package cos

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
)

// AppendResult is what an append left behind.
type AppendResult struct {
	ETag         string // without quotes; of the whole object
	NextPosition int64  // the object's length, where the next append goes
	CRC64        uint64 // of the whole object
	HasCRC64     bool   // false if the service gave none
	SentCRC64    uint64 // of the bytes that were sent
}

// Append adds body to the end of an object (APPEND Object). position has to be
// the object's length, 0 creates it; else it is [ErrPosition]. An object that
// was not begun by appending is [ErrNotAppendable]. A piece and the whole object
// have at most 5 GB, else it is [ErrInvalidInput]. The headers count only for
// position 0. What [Bucket.Put] says of its body holds here. Objects that are
// appended to have no versions.
//
// It may not be repeated blindly: after a lost answer ask with [Bucket.Head]. If
// the size is position the bytes did not arrive; if it is position and the
// body's size together, they did.
func (b *Bucket) Append(ctx context.Context, key string, position int64, body Body, h Headers) (*AppendResult, error) {
	call := b.onKey("AppendObject", http.MethodPost, key)
	call.write = position == 0
	call.query = params{{"append", ""}, {"position", strconv.FormatInt(position, 10)}}
	if err := h.set(call.header); err != nil {
		return nil, fmt.Errorf("%s: %w", call.what(), err)
	}
	if position < 0 || body.Size > MaxPutBytes || position > MaxPutBytes-body.Size {
		return nil, fmt.Errorf("%s: %w: %d bytes at %d are not within 5 GB", call.what(), ErrInvalidInput, body.Size, position)
	}
	a, sum, err := b.send(ctx, call, body)
	if err != nil {
		return nil, err
	}
	defer a.finish()
	r := &AppendResult{ETag: unquote(a.Header.Get("ETag")), NextPosition: position + body.Size, SentCRC64: sum}
	r.CRC64, r.HasCRC64 = crcHeader(a.Header)
	next := a.Header.Get("x-cos-next-append-position")
	if n, err := strconv.ParseInt(next, 10, 64); err != nil || n != r.NextPosition {
		return nil, fmt.Errorf("%s: %w: the next position is %q and not %d", call.what(), ErrMalformed, shortened(next), r.NextPosition)
	}
	return r, nil
}
