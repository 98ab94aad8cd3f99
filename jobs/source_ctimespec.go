//go:build darwin || netbsd

package jobs

import (
	"syscall"
	"time"
)

func changeTime(st *syscall.Stat_t) int64 {
	return time.Unix(int64(st.Ctimespec.Sec), int64(st.Ctimespec.Nsec)).UnixNano() //nolint:unconvert // its type differs by system
}
