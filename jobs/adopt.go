package jobs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"cosmander/cos"
)

// errMisfit reports an upload that is not of the file it was to be gone on
// with. Nothing was sent or changed.
var errMisfit = errors.New("the upload is not one of this file, and nothing was sent")

// adopts reports that the item is to take over an upload that somebody else
// began, and has not yet. What it takes over has a part size, which stays when
// the upload is lost later: from then on it is an upload like any other.
func (t *task) adopts() bool {
	return t.spec.Sources[t.item.source].UploadID != "" && t.item.partSize == 0
}

// adopted reports that the open upload is the one that was taken over, whose
// parts others have cut.
func (t *task) adopted() bool {
	return t.item.uploadID != "" && t.item.uploadID == t.spec.Sources[t.item.source].UploadID
}

// plan cuts a file into parts. known are those that the upload has.
func (t *task) plan(size int64, known map[int]ack) ([]span, error) {
	if !t.adopted() {
		return spans(size, t.item.partSize), nil
	}
	sizes := map[int]int64{}
	for n, a := range known {
		sizes[n] = a.size
	}
	return layout(size, sizes, t.item.partSize)
}

// beginParts opens an upload, or takes over the one that is named, and returns
// the parts that it has.
func (t *task) beginParts(ctx context.Context, b *cos.Bucket, src *source) (map[int]ack, error) {
	if t.adopts() {
		return t.adopt(ctx, b, src)
	}
	return map[int]ack{}, t.initiate(ctx, b, src)
}

// adopt takes over the upload that the source names, once every part that the
// service has is known to be what the file has there. Until then the journal
// does not know the upload, so that nothing aborts it.
func (t *task) adopt(ctx context.Context, b *cos.Bucket, src *source) (map[int]ack, error) {
	id := t.spec.Sources[t.item.source].UploadID
	var parts []cos.Part
	err := t.attempt(ctx, func(ctx context.Context) (err error) {
		parts, err = b.AllParts(ctx, t.target(), id)
		return err
	})
	if errors.Is(err, cos.ErrNoUpload) {
		return nil, fmt.Errorf("%w: it was completed or aborted before", errMisfit)
	}
	if err != nil {
		return nil, err
	}
	acks, part, err := t.recogniseAll(ctx, src, parts)
	if err != nil {
		return nil, err
	}
	was := t.item.size
	t.item.size, t.item.id, t.item.partSize = src.id.size, src.id, part
	delta, err := t.e.j.adopted(t.item, was, id, slices.Collect(maps.Values(acks)))
	if err != nil {
		return nil, err
	}
	t.count(delta)
	t.item.state, t.item.uploadID = Running, id
	return acks, nil
}

// recogniseAll finds out where the parts of an upload lie in the file, and holds
// them against it. It returns the size of the parts to come, too. Where they
// lie is a guess as long as some are missing, so every size that one has is
// tried; what is told is why the first did not fit.
func (t *task) recogniseAll(ctx context.Context, src *source, parts []cos.Part) (acks map[int]ack, part int64, err error) {
	sizes, tries := map[int]int64{}, []int64(nil)
	for _, p := range parts {
		sizes[p.Number] = p.Size
		if !slices.Contains(tries, p.Size) && len(tries) < sizesTried {
			tries = append(tries, p.Size)
		}
	}
	if n := len(parts); n == 0 || parts[n-1].Number == n { // none is missing before the last
		tries = append(tries, partSizeFor(src.id.size, t.e.cfg.PartSize))
	}
	if src.id.size == 0 {
		return nil, 0, fmt.Errorf("%w: the file is empty", errMisfit)
	}
	var first error
	for _, part := range tries {
		all, err := layout(src.id.size, sizes, part)
		if err == nil {
			if acks, err = t.compare(ctx, src, all, parts); err == nil {
				return acks, part, nil
			}
			t.advance(-t.sent.Load())
		}
		if misfit := (*misfitError)(nil); !errors.As(err, &misfit) {
			return nil, 0, err
		}
		first = cmp.Or(first, err)
	}
	return nil, 0, fmt.Errorf("%w: %w", errMisfit, first)
}

// sizesTried bounds how many guesses are made of where parts lie.
const sizesTried = 4

// misfitError says which part is not of the file.
type misfitError struct{ error }

func misfit(format string, args ...any) error { return &misfitError{fmt.Errorf(format, args...)} }

// layout cuts size bytes into parts of which sizes are given: those up to the
// last odd one as they are, which has to be all of them, the others of part
// bytes each, as far as the file goes. It gives the same for the same upload
// while parts of that cut are added to it.
func layout(size int64, sizes map[int]int64, part int64) ([]span, error) {
	odd := [2]int{} // the last two parts of another size
	for _, n := range slices.Sorted(maps.Keys(sizes)) {
		if sizes[n] != part {
			odd[0], odd[1] = n, odd[0]
		}
	}
	if odd[0] == 0 {
		return laid(size, sizes, 0, part)
	}
	// The last one may be the end of the file.
	all, err := laid(size, sizes, odd[1], part)
	if err == nil && len(all) == odd[0] {
		return all, nil
	}
	if other, wrong := laid(size, sizes, odd[0], part); wrong == nil {
		return other, nil
	} else if err == nil {
		err = wrong
	}
	return nil, err
}

// laid is layout with that many parts as they are.
func laid(size int64, sizes map[int]int64, asTheyAre int, part int64) ([]span, error) {
	var all []span
	off := int64(0)
	for n := 1; n <= asTheyAre; n++ {
		s, there := sizes[n]
		if !there {
			return nil, misfit("part %d is not there, so nobody knows where those behind it belong", n)
		}
		all = append(all, span{n, off, s})
		off += s
	}
	if off > size {
		return nil, misfit("its parts up to %d have %d bytes, the file %d", asTheyAre, off, size)
	}
	if rest := size - off; rest > 0 && (part <= 0 || (rest+part-1)/part > int64(cos.MaxParts-asTheyAre)) {
		return nil, misfit("with parts of %d bytes it would need more than %d", part, cos.MaxParts)
	}
	for ; off < size; off += part {
		all = append(all, span{len(all) + 1, off, min(part, size-off)})
	}
	return all, fits(all, sizes)
}

// fits says which part is not of the size that it has in the file, or is so
// small that the service would refuse to join them.
func fits(all []span, sizes map[int]int64) error {
	for _, n := range slices.Sorted(maps.Keys(sizes)) {
		if n > len(all) {
			return misfit("part %d would begin behind the end of the file", n)
		}
		if s := all[n-1]; s.size != sizes[n] {
			return misfit("part %d at offset %d has %d bytes where the file has %d", n, s.off, sizes[n], s.size)
		}
	}
	for _, s := range all[:max(len(all)-1, 0)] {
		if s.size < cos.MinPartBytes {
			return misfit("part %d has %d bytes: all but the last need %d", s.number, s.size, cos.MinPartBytes)
		}
	}
	return nil
}

// compare holds every part at the service against the file.
func (t *task) compare(ctx context.Context, src *source, all []span, parts []cos.Part) (map[int]ack, error) {
	t.check.Store(true)
	defer t.check.Store(false)
	acks := map[int]ack{}
	for _, p := range parts {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		s := all[p.Number-1]
		a, same, err := recognise(src, s, p.ETag)
		if err != nil {
			return nil, err
		}
		if !same {
			return nil, misfit("part %d at offset %d has other bytes than the file", p.Number, s.off)
		}
		acks[p.Number] = a
		t.advance(a.size)
	}
	return acks, nil
}

// adopted notes an upload that is taken over, and its parts, in one step.
func (j *journal) adopted(it *item, oldSize int64, uploadID string, acks []ack) (tally, error) {
	delta := tally{bytes: it.size - max(oldSize, 0)}
	return delta, j.w.do(func(t *txn) error {
		err := t.moved(it, Running, `size = ?, mtime_ns = ?, ctime_ns = ?, inode = ?, dev = ?, upload_id = ?, part_size = ?, there = ?`,
			it.size, it.id.mtimeNS, it.id.ctimeNS, int64(it.id.inode), int64(it.id.dev), uploadID, it.partSize, it.there)
		if err != nil {
			return err
		}
		t.count(it.job).add(delta)
		for _, a := range acks {
			_, err := t.exec("INSERT OR REPLACE INTO parts (job, n, number, size, etag, crc) VALUES (?, ?, ?, ?, ?, ?)",
				it.job, it.n, a.number, a.size, a.etag, int64(a.crc))
			if err != nil {
				return err
			}
		}
		return nil
	})
}
