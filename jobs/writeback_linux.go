package jobs

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// writeBack lets the disk begin with bytes that were just written, so that
// the sync at the end finds little left to do. It is only a hint.
func writeBack(f tempFile, off, size int64) {
	file, ok := f.(syscall.Conn)
	if !ok {
		return
	}
	conn, err := file.SyscallConn()
	if err != nil {
		return
	}
	_ = conn.Control(func(fd uintptr) {
		_ = unix.SyncFileRange(int(fd), off, size, unix.SYNC_FILE_RANGE_WRITE)
	})
}
