package jobs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"

	"cosmander/cos"
)

// look asks how the object stands.
func (a *appending) look(ctx context.Context) error {
	head, err := a.b.Head(ctx, a.item.key, cos.GetOptions{})
	switch {
	case errors.Is(err, cos.ErrNotFound):
		head = nil
	case err != nil:
		return err
	}
	if !a.begun {
		return a.begin(head)
	}
	return a.settle(ctx, head)
}

// begin journals where the source goes: behind what is there.
func (a *appending) begin(head *cos.Head) error {
	if err := Appendable(head, a.src.size()); err != nil {
		return fmt.Errorf("%s: %w", a.item.key, err)
	}
	a.base, a.crc, a.hasCRC, a.done = 0, 0, true, 0
	if head != nil {
		a.base, a.crc, a.hasCRC = head.Size, head.CRC64, head.HasCRC64
	}
	a.sum, a.changed = a.crc, false
	was := a.item.size
	a.item.size, a.item.id = a.src.size(), a.id
	a.item.there, a.item.crc, a.item.hasCRC = strconv.FormatInt(a.base, 10), a.crc, a.hasCRC
	delta, err := a.e.j.begin(a.item, was)
	if err != nil {
		return err
	}
	a.count(delta)
	a.item.state, a.begun, a.sure = Running, true, true
	return nil
}

// settle finds out how much of the source is in the object, after a request
// whose end is not known or an earlier run.
func (a *appending) settle(ctx context.Context, head *cos.Head) error {
	if head == nil {
		head = &cos.Head{ObjectType: "appendable", HasCRC64: true}
	}
	k := head.Size - a.base
	switch {
	case head.ObjectType != "appendable" || k < a.done:
		return fmt.Errorf("%s: %w", a.item.key, errReplaced)
	case a.changed && k == 0 && head.CRC64 == a.crc:
		return a.begin(head) // nothing of the file as it was is there
	case a.changed:
		return fmt.Errorf("%s: %w", a.item.key, errChangedIn)
	}
	// What goes in one request is there as a whole or not at all: a beginning
	// that is alike is somebody else's.
	if k == 0 || k == a.src.size() || k < a.src.size() && a.src.size() > a.piece {
		crc, err := sum(ctx, a.src.section(0, k), k)
		if err != nil {
			return err
		}
		known := a.hasCRC && head.HasCRC64
		want := cos.CombineCRC64(a.crc, crc, k)
		if known && head.CRC64 == want || !known && k <= a.done+a.piece {
			a.proven = a.proven && known
			a.at(k, want, head.ETag)
			return nil
		}
	}
	return a.apart(ctx, head)
}

// at notes that so many bytes of the source are in the object.
func (a *appending) at(done int64, sum uint64, etag string) {
	a.done, a.sum, a.sure, a.etag = done, sum, true, etag
	a.advance(done - a.sent.Load())
}

// apart looks for the source in an object that others have appended to as
// well. A whole piece at its place is ours, because a request is carried out
// as a whole or not at all.
func (a *appending) apart(ctx context.Context, head *cos.Head) error {
	for a.done < a.src.size() && head.Size >= a.base+a.done+min(a.piece, a.src.size()-a.done) {
		n := min(a.piece, a.src.size()-a.done)
		same, err := a.holds(ctx, head, n)
		if err != nil {
			return err
		}
		if !same {
			break
		}
		a.at(a.done+n, 0, head.ETag)
	}
	switch {
	case a.done == a.src.size() && a.done > 0:
		a.whole = true
		return nil
	case a.done > 0:
		return fmt.Errorf("%s: %w: %d of %d bytes are in it", a.item.key, errBetween, a.done, a.src.size())
	}
	a.behind += head.Size - a.base
	return a.begin(head)
}

// holds reports that the next n bytes of the source are in the object where
// they were to go.
func (a *appending) holds(ctx context.Context, head *cos.Head, n int64) (bool, error) {
	o, err := a.b.Get(ctx, a.item.key, cos.GetOptions{
		Conditions: cos.Conditions{IfMatch: head.ETag}, Range: &cos.ByteRange{Offset: a.base + a.done, Length: n},
	})
	if errors.Is(err, cos.ErrPrecondition) {
		return false, fmt.Errorf("%s: %w", a.item.key, errOutrun)
	}
	if err != nil {
		return false, err
	}
	defer o.Body.Close()
	there := &crcWriter{}
	if got, err := io.Copy(there, o.Body); err != nil || got != n {
		return false, err
	}
	mine, err := sum(ctx, a.src.section(a.done, n), n)
	return mine == there.sum, err
}
