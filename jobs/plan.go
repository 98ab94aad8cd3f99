package jobs

import "cosmander/cos"

const mebibyte = 1 << 20

// partSizeFor returns the part size for size bytes: what is wanted, raised so
// that the service's 10 000 parts suffice, in whole MiB.
func partSizeFor(size, wanted int64) int64 {
	need := (size + cos.MaxParts - 1) / cos.MaxParts
	part := max(wanted, need, cos.MinPartBytes)
	part = (part + mebibyte - 1) / mebibyte * mebibyte
	return min(part, cos.MaxPartBytes)
}

// span is one part of a whole: number counts from 1.
type span struct {
	number    int
	off, size int64
}

// spans cuts size bytes into parts; an empty whole has none.
func spans(size, part int64) []span {
	if part <= 0 {
		return nil
	}
	list := make([]span, 0, (size+part-1)/part)
	for off := int64(0); off < size; off += part {
		list = append(list, span{len(list) + 1, off, min(part, size-off)})
	}
	return list
}

// joined combines the checksums of all spans, in order. ok is false if one is
// missing.
func joined(all []span, acks map[int]ack) (crc uint64, ok bool) {
	for i, s := range all {
		a, have := acks[s.number]
		if !have {
			return 0, false
		}
		if i == 0 {
			crc = a.crc
			continue
		}
		crc = cos.CombineCRC64(crc, a.crc, s.size)
	}
	return crc, true
}
