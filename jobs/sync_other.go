//go:build !unix

package jobs

// syncUnsupported: here folders cannot be synced.
func syncUnsupported(error) bool { return true }
