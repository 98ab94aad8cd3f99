package jobs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
)

// ErrSourceChanged reports a local file that is no longer the one whose upload
// began.
var ErrSourceChanged = errors.New("the file changed while it was uploaded")

// source is an open local file that is being uploaded.
type source struct {
	*os.File
	id     identity
	sealed *sealing
}

func openSource(path string) (*source, error) {
	// Without O_NONBLOCK a named pipe that took the file's place would block
	// for ever; on a regular file it means nothing.
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s: %s", path, notRegular(info.Mode()))
	}
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return &source{File: f, id: identify(info)}, nil
}

func (s *source) size() int64 { return s.id.size }

// side describes the file for a comparison with what is at its destination.
func (s *source) side(ctx context.Context, rival func() *sealing) (side, error) {
	info, err := s.Stat()
	if err != nil {
		return side{}, err
	}
	return fileSide(ctx, info, rival, func() (*os.File, error) { return os.Open(s.Name()) }), nil
}

// unchanged looks at the file again.
func (s *source) unchanged() error {
	info, err := s.Stat()
	if err != nil {
		return err
	}
	if identify(info) != s.id {
		return ErrSourceChanged
	}
	// The open file may be an old one that was replaced under its name.
	info, err = os.Stat(s.Name())
	if err != nil || identify(info) != s.id {
		return ErrSourceChanged
	}
	return nil
}

// section is size bytes from off, read through a check of the file's
// identity: the last byte is handed over only if the file is unchanged, so
// that the service never gets all of a mix. If the source is sealed, so are
// they.
func (s *source) section(off, size int64) io.ReaderAt {
	return io.NewSectionReader(s.sealed.through(&guarded{s, off + size}), off, size)
}

type guarded struct {
	*source
	end int64
}

func (g *guarded) ReadAt(p []byte, off int64) (int, error) {
	n, err := g.source.ReadAt(p, off)
	if errors.Is(err, io.EOF) && off+int64(n) < g.end {
		return 0, ErrSourceChanged
	}
	if off+int64(n) < g.end {
		return n, err
	}
	if changed := g.unchanged(); changed != nil {
		return 0, changed
	}
	return n, err
}

func notRegular(m os.FileMode) string {
	switch {
	case m.IsDir():
		return "is a folder"
	case m&os.ModeNamedPipe != 0:
		return "is a named pipe, not a file"
	case m&os.ModeSocket != 0:
		return "is a socket, not a file"
	case m&os.ModeDevice != 0:
		return "is a device, not a file"
	}
	return "is not a regular file"
}
