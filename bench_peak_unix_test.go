//go:build unix

package main

import (
	"os"
	"runtime"
	"syscall"
)

// peakMB is the most memory that a process had. On Linux it is never less than
// what this program had when it started the other, which is little.
func peakMB(p *os.ProcessState) float64 {
	return residentPeak(p.SysUsage().(*syscall.Rusage)) //nolint:forcetypeassert // what the os package documents for Unix
}

// ownPeakMB is the same of this program.
func ownPeakMB() float64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return residentPeak(&usage)
}

func residentPeak(usage *syscall.Rusage) float64 {
	if runtime.GOOS == "darwin" {
		return float64(usage.Maxrss) / 1e6
	}
	return float64(usage.Maxrss) * 1024 / 1e6
}

// flushDisks returns when what was written is on its way to the disk, or there.
func flushDisks() { syscall.Sync() }
