//go:build linux || darwin

package cos

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

func TestLimitUnsent_ActsOnLinesThatLeaveTheMachine(t *testing.T) {
	t.Parallel()
	for to, want := range map[string]int{"203.0.113.7:443": unsentBytes, "[2001:db8::1]:443": unsentBytes, "127.0.0.1:80": 0, "[::1]:80": 0} {
		fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
		require.NoError(t, err)
		file := os.NewFile(uintptr(fd), "socket")
		raw, err := file.SyscallConn()
		require.NoError(t, err)
		require.NoError(t, limitUnsent("tcp", to, raw))
		got, err := unix.GetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NOTSENT_LOWAT)
		require.NoError(t, err)
		assert.Equal(t, want, max(got, 0), to)
		require.NoError(t, file.Close())
	}
}
