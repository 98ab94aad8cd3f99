package tui

import (
	"fmt"
	"path/filepath"

	"cosmander/cos"
)

// ParseArguments reads the arguments of browsing: a local folder, an address, or one
// of each in either order.
func ParseArguments(args []string) (local string, remote *cos.URI, err error) {
	for _, arg := range args {
		switch {
		case cos.IsURI(arg) && remote == nil:
			u, err := cos.ParseURI(arg)
			if err != nil {
				return "", nil, err
			}
			remote = &u
		case !cos.IsURI(arg) && local == "":
			local = arg
		default:
			return "", nil, fmt.Errorf("%s: one local folder and one cos:// address at most", arg)
		}
	}
	local, err = filepath.Abs(local)
	return local, remote, err
}
