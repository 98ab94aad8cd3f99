package jobs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"cosmander/cos"
)

// remove deletes an object, a local file or a folder that is empty by now.
func (t *task) remove(ctx context.Context) (outcome, error) {
	out := outcome{size: max(t.item.size, 0), verified: true}
	if t.spec.Sources[t.item.source].Local() {
		return out, t.removeLocal()
	}
	b, err := t.remote()
	switch {
	case err != nil:
		return outcome{}, err
	case t.spec.Whole && t.lane == laneLast:
		return t.removeBucket(ctx, b)
	case t.spec.Whole && t.lane == laneLarge:
		return t.removeUpload(ctx, b)
	}
	err = t.attempt(ctx, func(ctx context.Context) error {
		res, err := b.Delete(ctx, t.item.key, t.item.version)
		if err == nil {
			out.version = cmp.Or(t.item.version, res.VersionID)
		}
		return err
	})
	if err != nil && t.gone(ctx, b, err) {
		err = nil
	}
	return out, err
}

// gone asks whether a deletion whose answer was lost, however often it was
// asked for, was carried out.
func (t *task) gone(ctx context.Context, b *cos.Bucket, why error) bool {
	if !lost(why) || ctx.Err() != nil {
		return false
	}
	_, err := b.Head(ctx, t.item.key, cos.GetOptions{VersionID: t.item.version})
	return errors.Is(err, cos.ErrNotFound)
}

// removeLocal works below the folder that holds the source, so that a folder
// which is replaced by a link meanwhile does not lead elsewhere.
func (t *task) removeLocal() error {
	top, err := t.removeFrom()
	if err != nil {
		return err
	}
	rel, err := filepath.Rel(top, t.item.path)
	if err != nil {
		return err
	}
	root, err := os.OpenRoot(top)
	if err != nil {
		return err
	}
	defer root.Close()
	if err := root.Remove(rel); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// removeFrom is the folder below which the item is removed: the one that holds
// the source or, where a link to a folder was moved, that folder.
func (t *task) removeFrom() (string, error) {
	src := t.spec.Sources[t.item.source].Path
	if t.spec.Move && t.item.path != src {
		info, err := os.Lstat(src)
		if err != nil {
			return "", err
		}
		if info.Mode()&os.ModeSymlink != 0 {
			return src, nil // the root of what is opened may be a link
		}
	}
	return filepath.Dir(src), nil
}

// smallTemps is how many unfinished items of a cancelled download may have a
// temporary file without the journal saying so: items are begun in order, so
// what was in flight is among the first.
const smallTemps = 2048

// cleanUp removes what a cancelled job leaves behind and ends it.
func (a *active) cleanUp(ctx context.Context) error {
	var trouble error
	for after := int64(0); ; {
		items, err := a.e.j.leftovers(ctx, a.id, after)
		if err != nil {
			return err
		}
		if len(items) == 0 {
			break
		}
		for _, it := range items {
			after = it.n
			if err := a.cleanItem(ctx, it); err != nil {
				trouble = fmt.Errorf("%s: %w", it.name, err)
			}
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
	if a.spec.Kind == Download {
		if err := a.cleanSmall(ctx); err != nil {
			return err
		}
	}
	return a.e.j.cancelled(a.id, trouble)
}

func (t *task) cleanUploads(ctx context.Context) error {
	b, err := t.remote()
	if err != nil {
		return err
	}
	if err := errors.Join(t.sweep(ctx, b, true), t.abort(ctx, b)); err != nil {
		return err
	}
	if t.left != "" {
		return errors.New(t.left)
	}
	return nil
}

func (a *active) cleanItem(ctx context.Context, it *item) error {
	t := &task{active: a, item: it}
	t.pause.brief = true // a job must be cancellable without a network
	if it.uploadID != "" || len(it.askings) > 0 {
		if err := t.cleanUploads(ctx); err != nil {
			return err
		}
	}
	if it.temp != "" {
		if err := a.removeTemp(t); err != nil {
			return err
		}
	}
	return a.e.j.cleaned(it)
}

func (a *active) removeTemp(t *task) error {
	root, err := os.OpenRoot(a.spec.Dest.Path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer root.Close()
	if err := root.Remove(t.tempPath()); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

func (a *active) cleanSmall(ctx context.Context) error {
	items, err := a.e.j.todo(ctx, a.id, laneSmall, 0, smallTemps)
	if err != nil {
		return err
	}
	for _, it := range items {
		if it.folder || it.path == "" {
			continue
		}
		// Most have none, and one that resists harms nobody.
		_ = a.removeTemp(&task{active: a, item: it})
	}
	return nil
}
