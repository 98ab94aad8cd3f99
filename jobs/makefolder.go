package jobs

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"cosmander/cos"
)

// ErrInTheWay reports a file or an object where a folder was to be made.
var ErrInTheWay = errors.New("a file of that name is in the way")

// newFolder makes the one item of a source that is to become a folder.
func (w *walker) newFolder(ctx context.Context, i int, after string) error {
	if after != "" {
		return nil
	}
	src := w.a.spec.Sources[i]
	it := &item{source: i, name: src.ownName() + "/", folder: true, path: src.Path, key: src.Key, dest: src.Path + src.Key}
	return w.put(ctx, it, it.dest)
}

// makeFolder makes a local folder, or the empty object that stands for one. One
// that is there is left as it is.
func (t *task) makeFolder(ctx context.Context) (outcome, error) {
	if t.spec.Sources[t.item.source].Local() {
		return t.makeLocalFolder()
	}
	b, err := t.remote()
	if err != nil {
		return outcome{}, err
	}
	file := strings.TrimSuffix(t.item.key, "/")
	_, err = t.head(ctx, b, file)
	if err == nil && !strings.HasSuffix(file, "/") { // of "a//" it is another folder
		err = fmt.Errorf("%s: %w", file, ErrInTheWay)
	}
	if err != nil && !errors.Is(err, cos.ErrNotFound) {
		return outcome{}, err
	}
	// A page of what begins like it tells of the placeholder as of what is
	// in the folder.
	there := false
	err = t.attempt(ctx, func(ctx context.Context) error {
		page, err := b.List(ctx, cos.ListOptions{Prefix: t.item.key, MaxKeys: 1})
		there = err == nil && len(page.Objects) > 0
		return err
	})
	if err != nil {
		return outcome{}, err
	}
	if there {
		return outcome{skipped: true, verified: true, reason: "it is there already"}, nil
	}
	return t.put(ctx, b, emptySource{})
}

func (t *task) makeLocalFolder() (outcome, error) {
	err := os.Mkdir(t.item.path, 0o755) //nolint:gosec // as every program makes them; the umask is the user's
	if err == nil {
		return outcome{verified: true}, nil
	}
	if !errors.Is(err, os.ErrExist) {
		return outcome{}, err
	}
	info, failed := os.Stat(t.item.path)
	switch {
	case failed != nil:
		return outcome{}, failed
	case !info.IsDir():
		return outcome{}, fmt.Errorf("%s: %w", t.item.path, ErrInTheWay)
	}
	return outcome{skipped: true, verified: true, reason: "it is there already"}, nil
}
