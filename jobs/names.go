package jobs

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"slices"
)

// namesRead names are read from a folder at once.
const namesRead = 1000

const (
	blockBits = 20 // a block holds 1 MiB
	blockSize = 1 << blockBits
	lenBytes  = 2 // before each name
)

// nameList is the names in a folder. They are packed, as the whole folder is
// held at once: a million strings take several times as much memory.
type nameList struct {
	blocks [][]byte
	at     []uint32 // block and offset of each
}

func (l *nameList) len() int { return len(l.at) }

func (l *nameList) name(i int) string { return string(l.bytes(l.at[i])) }

func (l *nameList) bytes(at uint32) []byte {
	b := l.blocks[at>>blockBits][at&(blockSize-1):]
	n := int(binary.LittleEndian.Uint16(b))
	return b[lenBytes : lenBytes+n]
}

func (l *nameList) add(name string) {
	last := len(l.blocks) - 1
	if last < 0 || len(l.blocks[last])+lenBytes+len(name) > blockSize {
		l.blocks = append(l.blocks, make([]byte, 0, blockSize))
		last++
	}
	b := l.blocks[last]
	l.at = append(l.at, uint32(last<<blockBits|len(b)))
	l.blocks[last] = append(binary.LittleEndian.AppendUint16(b, uint16(len(name))), name...)
}

// sort brings the names into binary order.
func (l *nameList) sort() {
	slices.SortFunc(l.at, func(a, b uint32) int { return bytes.Compare(l.bytes(a), l.bytes(b)) })
}

// readNames returns the names in a folder, sorted. If there are more than one
// read gives, the first ones are passed to early before the others are read.
func readNames(path string, early func([]string) error) (*nameList, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	l := &nameList{}
	for {
		names, err := f.Readdirnames(namesRead)
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		if len(l.at) == 0 && len(names) == namesRead {
			if err := early(names); err != nil {
				return nil, &earlyError{err}
			}
		}
		for _, name := range names {
			l.add(name)
		}
		if err != nil {
			break
		}
	}
	l.sort()
	return l, nil
}

// earlyError parts what stopped the caller from what cannot be read.
type earlyError struct{ error }

// Unwrap returns the cause.
func (e *earlyError) Unwrap() error { return e.error }

// isEmpty reports that nothing is in a folder.
func isEmpty(path string) (bool, error) {
	f, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer f.Close()
	_, err = f.Readdirnames(1)
	if errors.Is(err, io.EOF) {
		return true, nil
	}
	return false, err
}
