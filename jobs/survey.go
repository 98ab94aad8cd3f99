package jobs

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"cosmander/cos"
)

// Tally is what a survey has counted so far.
type Tally struct {
	Files    int64
	Folders  int64
	Bytes    int64
	Archived int64    // of the files, objects that are, as far as is known not restored
	Deep     int64    // of those, in a DEEP_ARCHIVE class
	Existing int64    // sources whose destination exists, of those looked up
	Looked   int64    // sources looked up for that: of an upload only the first 100
	Names    []string // the first few of those that exist
	Done     bool
}

const (
	surveyNames    = 5
	surveyEvery    = 100 * time.Millisecond
	surveyRequests = 16
	// surveyLooks is how many sources' destinations are asked for: enough for
	// a warning, and few enough for an answer within about a second.
	surveyLooks = 100
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
	if err := s.sources(ctx); err != nil {
		return err
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

// sources counts one source after the other, but those that take a request
// each several at once.
func (s *survey) sources(ctx context.Context) error {
	var unsized []Source
	for _, src := range s.spec.Sources {
		if !src.Local() && !src.Folder && !src.Sized && !s.spec.Versions && s.spec.Kind != Abort {
			unsized = append(unsized, src)
			continue
		}
		if err := s.source(ctx, src); err != nil {
			return err
		}
	}
	return s.heads(ctx, unsized)
}

func (s *survey) heads(ctx context.Context, sources []Source) error {
	var mu sync.Mutex // guards the tally
	g, group := errgroup.WithContext(ctx)
	g.SetLimit(surveyRequests)
	for _, src := range sources {
		if group.Err() != nil {
			break // g.Wait knows why
		}
		g.Go(func() error {
			size, class, err := s.size(group, src)
			if err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			s.cold(class)
			s.file(size)
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return ctx.Err()
}

// size asks for the size of a single object, and for its class if it has to be
// restored first.
func (s *survey) size(ctx context.Context, src Source) (size int64, class string, err error) {
	b, err := s.q.cfg.Bucket(src.Bucket, src.Region)
	if err != nil {
		return 0, "", err
	}
	head, err := b.Head(ctx, src.Key, cos.GetOptions{VersionID: src.VersionID})
	if err != nil && s.spec.Kind == Delete && src.VersionID != "" {
		return 0, "", nil // a delete marker, which has no size
	}
	if err != nil {
		return 0, "", fmt.Errorf("look at %s: %w", address(src.Place), err)
	}
	if unreadable(head) {
		class = head.StorageClass
	}
	return head.Size, class, nil
}

func (s *survey) file(size int64) {
	s.Files++
	s.Bytes += size
	s.tick()
}

// cold counts an object by its storage class, if it has to be restored before
// it is read.
func (s *survey) cold(class string) {
	if !cos.Archived(class) {
		return
	}
	s.Archived++
	if strings.HasSuffix(class, "DEEP_ARCHIVE") {
		s.Deep++
	}
}

func (s *survey) tick() {
	if now := s.q.cfg.Now(); now.Sub(s.last) >= surveyEvery {
		s.last = now
		s.report(s.Tally)
	}
}

func (s *survey) source(ctx context.Context, src Source) error {
	if s.spec.Kind == MakeFolder {
		s.Folders++
		return ctx.Err()
	}
	if src.Text != "" {
		s.file(int64(len(src.Text)))
		return ctx.Err()
	}
	if src.Local() {
		return s.local(ctx, src)
	}
	if !src.Folder && !s.spec.Versions {
		s.cold(src.Class)
		s.file(src.Size)
		return ctx.Err()
	}
	b, err := s.q.cfg.Bucket(src.Bucket, src.Region)
	if err != nil {
		return err
	}
	if s.spec.Versions {
		return s.versions(ctx, b, src)
	}
	if s.spec.Whole {
		return nil // it is to be empty
	}
	if !src.AsOf.IsZero() {
		return s.past(ctx, b, src)
	}
	return s.prefix(ctx, b, src)
}

// versions counts versions and delete markers as files, each by itself.
func (s *survey) versions(ctx context.Context, b *cos.Bucket, src Source) error {
	for page, err := range b.VersionPages(ctx, cos.VersionsOptions{Prefix: src.Key}) {
		if err != nil {
			return fmt.Errorf("list the versions of %s: %w", address(src.Place), err)
		}
		for _, v := range page.Versions {
			if !src.Folder && v.Key != src.Key {
				return nil
			}
			s.Files++
			s.Bytes += v.Size
		}
		s.tick()
	}
	return nil
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
			s.cold(o.StorageClass)
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
		s.file(info.Size())
		return ctx.Err()
	}
	path := src.Path
	if s.spec.Kind != Delete { // a link that was marked itself is followed, as the job does
		if path, err = filepath.EvalSymlinks(path); err != nil {
			return nil //nolint:nilerr // as above
		}
	}
	s.Folders++
	return s.folder(ctx, path, &folderAbove{FileInfo: info})
}

// folder counts what is below path. It is read in pieces: a folder may hold
// more than should be in memory at once.
func (s *survey) folder(ctx context.Context, path string, above *folderAbove) error {
	f, err := os.Open(path)
	if err != nil {
		return nil //nolint:nilerr // unreadable: the job reports it
	}
	defer f.Close()
	for {
		entries, err := f.ReadDir(namesRead)
		for _, d := range entries {
			if err := s.entry(ctx, path, d, above); err != nil {
				return err
			}
		}
		if err != nil {
			return nil //nolint:nilerr // the end, or unreadable from here on
		}
	}
}

// entry counts what a job would walk: links and what is no file are skipped,
// unless they are to be removed.
func (s *survey) entry(ctx context.Context, path string, d fs.DirEntry, above *folderAbove) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	defer s.tick()
	path = filepath.Join(path, d.Name())
	if d.Type().IsRegular() || s.spec.Kind == Delete && !d.IsDir() {
		s.Files++
		if info, err := d.Info(); err == nil && d.Type().IsRegular() {
			s.Bytes += info.Size()
		}
		return nil
	}
	if !s.spec.FollowLinks {
		if !d.IsDir() {
			return nil
		}
		s.Folders++
		return s.folder(ctx, path, nil)
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil //nolint:nilerr // the job reports it
	}
	if info.IsDir() {
		if above.holds(info) {
			return nil
		}
		s.Folders++
		return s.folder(ctx, path, &folderAbove{info, above})
	}
	if info.Mode().IsRegular() {
		s.file(info.Size())
	}
	return nil
}
