//go:build !unix

package jobs

import "os"

func identify(info os.FileInfo) identity {
	return identity{size: info.Size(), mtimeNS: info.ModTime().UnixNano()}
}
