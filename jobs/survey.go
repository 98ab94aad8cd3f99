package jobs

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"cosmander/cos"
)

// Tally is what a survey has counted so far.
type Tally struct {
	Files    int64
	Folders  int64
	Bytes    int64
	Existing int64    // top-level sources whose destination exists
	Names    []string // the first few of those that exist
	Done     bool
}

const (
	surveyNames    = 5
	surveyEvery    = 100 * time.Millisecond
	surveyRequests = 16
)

// Survey counts what spec would move, calling report now and then and once at
// the end with Done set. It changes nothing; ctx stops it. What cannot be read
// is not counted: the job will say so. The error tells why a bucket could not
// be listed.
func (q *Queue) Survey(ctx context.Context, spec Spec, report func(Tally)) error {
	spec, err := spec.canonical(q.cfg.Account)
	if err != nil {
		return err
	}
	s := &survey{q: q, spec: spec, report: report}
	for _, src := range spec.Sources {
		if err := s.source(ctx, src); err != nil {
			return err
		}
	}
	s.report(s.Tally) // what is there already takes requests: do not keep the counts back
	if err := s.existing(ctx); err != nil {
		return err
	}
	s.Done = true
	report(s.Tally)
	return nil
}

type survey struct {
	Tally
	q      *Queue
	spec   Spec
	report func(Tally)
	last   time.Time
}

func (s *survey) tick() {
	if now := s.q.cfg.Now(); now.Sub(s.last) >= surveyEvery {
		s.last = now
		s.report(s.Tally)
	}
}

func (s *survey) source(ctx context.Context, src Source) error {
	if src.Local() {
		return s.local(ctx, src)
	}
	b, err := s.q.cfg.Bucket(src.Bucket, src.Region)
	if err != nil {
		return err
	}
	if !src.Folder {
		head, err := b.Head(ctx, src.Key, cos.GetOptions{})
		if err != nil {
			return fmt.Errorf("look at %s: %w", address(src.Place), err)
		}
		s.Files++
		s.Bytes += head.Size
		s.tick()
		return nil
	}
	return s.prefix(ctx, b, src)
}

func (s *survey) prefix(ctx context.Context, b *cos.Bucket, src Source) error {
	s.Folders++
	last := src.Key
	for page, err := range b.Pages(ctx, cos.ListOptions{Prefix: src.Key}) {
		if err != nil {
			return fmt.Errorf("list %s: %w", address(src.Place), err)
		}
		for _, o := range page.Objects {
			if strings.HasSuffix(o.Key, "/") {
				continue // counted as the folder it stands for
			}
			s.Files++
			s.Bytes += o.Size
			// Keys come in order: a folder's are side by side.
			dir := o.Key[:strings.LastIndexByte(o.Key, '/')+1]
			if dir != last && !strings.HasPrefix(last, dir) {
				s.Folders++
			}
			last = dir
		}
		s.tick()
	}
	return nil
}

func (s *survey) local(ctx context.Context, src Source) error {
	info, err := os.Stat(src.Path)
	if s.spec.Kind == Delete {
		info, err = os.Lstat(src.Path)
	}
	if err != nil {
		return nil //nolint:nilerr // the job reports it as a failed item
	}
	if !info.IsDir() {
		s.Files++
		s.Bytes += info.Size()
		s.tick()
		return nil
	}
	path := src.Path
	if s.spec.Kind != Delete { // a link that was marked itself is followed, as the job does
		if path, err = filepath.EvalSymlinks(path); err != nil {
			return nil //nolint:nilerr // as above
		}
	}
	return filepath.WalkDir(path, func(_ string, d fs.DirEntry, err error) error {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			return nil //nolint:nilerr // unreadable: see above
		}
		s.count(d)
		s.tick()
		return nil
	})
}

func (s *survey) count(d fs.DirEntry) {
	if d.IsDir() {
		s.Folders++
		return
	}
	s.Files++
	if info, err := d.Info(); err == nil && d.Type().IsRegular() {
		s.Bytes += info.Size()
	}
}

// existing looks which sources' destinations are taken, several at once: on a
// slow line one after the other would keep the user waiting.
func (s *survey) existing(ctx context.Context) error {
	there := make([]bool, len(s.spec.Sources))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(surveyRequests)
	for i, src := range s.spec.Sources {
		g.Go(func() (err error) {
			there[i], err = s.exists(ctx, src)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for i, src := range s.spec.Sources {
		if !there[i] {
			continue
		}
		s.Existing++
		if len(s.Names) < surveyNames {
			s.Names = append(s.Names, src.ownName())
		}
	}
	return nil
}

func (s *survey) exists(ctx context.Context, src Source) (bool, error) {
	switch s.spec.Kind {
	case Upload:
		return s.remoteExists(ctx, src)
	case Download:
		return s.localExists(src), nil
	case Delete:
	}
	return false, nil
}

func (s *survey) localExists(src Source) bool {
	name, err := localName(src.ownName())
	if err != nil || src.Contents {
		return false
	}
	_, err = os.Lstat(filepath.Join(s.spec.Dest.Path, name))
	return err == nil
}

func (s *survey) remoteExists(ctx context.Context, src Source) (bool, error) {
	if src.Contents {
		return false, nil
	}
	b, err := s.q.cfg.Bucket(s.spec.Dest.Bucket, s.spec.Dest.Region)
	if err != nil {
		return false, err
	}
	key := s.spec.Dest.Key + src.ownName()
	if checkKey(key) != nil {
		return false, nil // the job reports it as a failed item
	}
	if src.Folder {
		page, err := b.List(ctx, cos.ListOptions{Prefix: key + "/", MaxKeys: 1})
		if err != nil {
			return false, fmt.Errorf("look for %s: %w", key, err)
		}
		return len(page.Objects) > 0, nil
	}
	_, err = b.Head(ctx, key, cos.GetOptions{})
	if errors.Is(err, cos.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}
