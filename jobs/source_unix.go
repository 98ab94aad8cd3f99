//go:build unix

package jobs

import (
	"os"
	"syscall"
)

func identify(info os.FileInfo) identity {
	id := identity{size: info.Size(), mtimeNS: info.ModTime().UnixNano()}
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		id.inode = uint64(st.Ino) //nolint:unconvert // its type differs by system
		id.ctimeNS = changeTime(st)
		id.dev = uint64(st.Dev) //nolint:unconvert // its type differs by system
	}
	return id
}
