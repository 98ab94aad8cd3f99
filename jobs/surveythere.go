package jobs

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sync/errgroup"

	"cosmander/cos"
)

// existing looks which sources' destinations are taken.
func (s *survey) existing(ctx context.Context) error {
	var there []bool
	var err error
	switch s.spec.Kind {
	case Upload, Copy:
		there, err = s.remotelyThere(ctx)
	case Download:
		there, err = s.locallyThere(ctx)
	case Delete, SetHeaders, SetClass, SetACL, SetTags, Restore, MakeFolder, Append, Abort:
	}
	if err != nil {
		return err
	}
	s.Looked = int64(len(there))
	for i, yes := range there {
		if !yes {
			continue
		}
		s.Existing++
		if len(s.Names) < surveyNames {
			s.Names = append(s.Names, s.spec.Sources[i].ownName())
		}
	}
	return nil
}

// remotelyThere asks for several at once: on a slow line one after the other
// would keep the user waiting.
func (s *survey) remotelyThere(ctx context.Context) ([]bool, error) {
	there := make([]bool, min(len(s.spec.Sources), surveyLooks))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(surveyRequests)
	for i := range there {
		g.Go(func() (err error) {
			there[i], err = s.remoteExists(ctx, s.spec.Sources[i])
			return err
		})
	}
	return there, g.Wait()
}

func (s *survey) locallyThere(ctx context.Context) ([]bool, error) {
	there := make([]bool, len(s.spec.Sources))
	for i, src := range s.spec.Sources {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		there[i] = s.localExists(src)
	}
	return there, nil
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
