package emulator

import (
	"strconv"
	"strings"
)

// byteRange is a run of bytes of an object.
type byteRange struct {
	first, length int64
}

// parseRange reads a Range header against an object of size bytes. ok is
// false if there is none, or one that RFC 9110 says to ignore: another unit,
// bad syntax, or several ranges, which the service does not answer. A range
// that begins beyond the end is InvalidRange.
func parseRange(header string, size int64) (r byteRange, ok bool, err error) {
	spec, ok := strings.CutPrefix(header, "bytes=")
	if !ok {
		return r, false, nil
	}
	from, to, ok := strings.Cut(strings.TrimSpace(spec), "-")
	if !ok {
		return r, false, nil
	}
	if from == "" {
		return suffixRange(to, size)
	}
	first, err := strconv.ParseUint(from, 10, 63)
	if err != nil {
		return r, false, nil
	}
	last := uint64(size - 1)
	if to != "" {
		end, err := strconv.ParseUint(to, 10, 63)
		if err != nil || end < first {
			return r, false, nil
		}
		last = min(last, end)
	}
	if int64(first) >= size {
		return r, false, invalidRange()
	}
	return byteRange{int64(first), int64(last-first) + 1}, true, nil
}

// suffixRange is the last bytes of an object.
func suffixRange(count string, size int64) (byteRange, bool, error) {
	n, err := strconv.ParseUint(count, 10, 63)
	if err != nil {
		return byteRange{}, false, nil
	}
	length := min(int64(n), size)
	if length == 0 {
		return byteRange{}, false, invalidRange()
	}
	return byteRange{size - length, length}, true, nil
}

func invalidRange() error {
	return refuse("InvalidRange", "The requested range cannot be satisfied.")
}
