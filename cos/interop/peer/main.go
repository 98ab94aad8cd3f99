// Peer moves bytes as cosmander's rivals do, one deed a process, so that its
// time, its processor seconds and its memory can be held beside ours:
//
//	peer [flags] raw|sdk up|down|copy KEY FILE
//	peer [flags] raw|sdk files-up|files-down PREFIX FOLDER
//
// Raw is HTTP and no more: signed, or the server would refuse, but without
// checksums, journal or retries. Sdk is the official Go SDK's Upload, Download
// and MultiCopy; of small files several at once, as its example does and as
// coscli does three by three. FILE of a copy is the key of the new object.
//
// Keys and the server come from COS_SECRET_ID, COS_SECRET_KEY and
// COS_ENDPOINT.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// mover is one way to move bytes.
type mover interface {
	up(ctx context.Context, key, path string) error
	down(ctx context.Context, key, path string) error
	copy(ctx context.Context, key, to string) error
	keys(ctx context.Context, prefix string) ([]string, error)
}

// settings are what both ways are told.
type settings struct {
	host     string // of the bucket
	part     int64  // MiB
	parallel int    // parts or files at a time
	flush    bool   // raw: a download ends when the disk has it, as ours does
	whole    bool   // raw: a copy is one request, as ours is up to 5 GB
}

func main() {
	var s settings
	flag.StringVar(&s.host, "host", "", "host of the bucket")
	flag.Int64Var(&s.part, "part", 8, "MiB of a part")
	flag.IntVar(&s.parallel, "parallel", 16, "parts or files at a time")
	flag.BoolVar(&s.flush, "flush", false, "flush downloads to the disk")
	flag.BoolVar(&s.whole, "whole", false, "copy by one request")
	flag.Parse()
	if err := run(context.Background(), s, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "peer: "+err.Error())
		os.Exit(1)
	}
}

func run(ctx context.Context, s settings, args []string) error {
	if len(args) != 4 {
		return fmt.Errorf("want raw|sdk, what to do and two names, got %q", args)
	}
	m, err := s.mover(args[0])
	if err != nil {
		return err
	}
	from, to := args[2], args[3]
	switch args[1] {
	case "up":
		return m.up(ctx, from, to)
	case "down":
		return m.down(ctx, from, to)
	case "copy":
		return m.copy(ctx, from, to)
	case "files-up":
		return s.filesUp(ctx, m, from, to)
	case "files-down":
		return s.filesDown(ctx, m, from, to)
	}
	return fmt.Errorf("unknown deed: %q", args[1])
}

func (s settings) mover(name string) (mover, error) {
	switch name {
	case "raw":
		return newRaw(s)
	case "sdk":
		return newSDK(s)
	}
	return nil, fmt.Errorf("unknown way: %q", name)
}

func (s settings) filesUp(ctx context.Context, m mover, prefix, dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	return each(s.parallel, entries, func(e os.DirEntry) error {
		return m.up(ctx, prefix+e.Name(), filepath.Join(dir, e.Name()))
	})
}

func (s settings) filesDown(ctx context.Context, m mover, prefix, dir string) error {
	keys, err := m.keys(ctx, prefix)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return each(s.parallel, keys, func(key string) error {
		return m.down(ctx, key, filepath.Join(dir, strings.TrimPrefix(key, prefix)))
	})
}

// each does so many at a time, and returns the first error when all have
// ended.
func each[T any](parallel int, list []T, do func(T) error) error {
	work, failed := make(chan T), make(chan error, 1)
	var workers sync.WaitGroup
	for range parallel {
		workers.Go(func() {
			for one := range work {
				if err := do(one); err != nil {
					select {
					case failed <- err:
					default:
					}
				}
			}
		})
	}
	for _, one := range list {
		work <- one
	}
	close(work)
	workers.Wait()
	select {
	case err := <-failed:
		return err
	default:
		return nil
	}
}
