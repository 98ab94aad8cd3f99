//go:build linux || darwin

package cos

import (
	"net/netip"
	"syscall"

	"golang.org/x/sys/unix"
)

// limitUnsent keeps the kernel from taking in more than unsentBytes that it
// cannot send yet. Without it a slow line's progress runs megabytes ahead of
// the truth on every connection, and a connection that only drains what was
// taken in looks stalled. How much is in flight is not limited. Within this
// machine there is no line to wait for, and the limit would cost a tenth of the
// throughput in wake-ups.
func limitUnsent(_, address string, c syscall.RawConn) error {
	if to, err := netip.ParseAddrPort(address); err == nil && to.Addr().IsLoopback() {
		return nil
	}
	// A kernel that does not know the option sends as well without it.
	return c.Control(func(fd uintptr) {
		_ = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_NOTSENT_LOWAT, unsentBytes)
	})
}
