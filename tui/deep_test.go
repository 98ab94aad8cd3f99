package tui

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
)

// everything runs a deep source to its end and returns the names, folders with
// a slash.
func everything(t *testing.T, source deepSource) (names []string, all unread) {
	t.Helper()
	return behind(t, source, resume{})
}

// behind is everything from somewhere on.
func behind(t *testing.T, source deepSource, from resume) (names []string, all unread) {
	t.Helper()
	for {
		pg, err := source(t.Context(), from)
		require.NoError(t, err)
		for _, e := range pg.entries {
			if e.folder {
				e.name += "/"
			}
			names = append(names, e.name)
		}
		all.add(pg.unread)
		if !pg.more {
			return names, all
		}
		require.NotEqual(t, from.marker, pg.next.marker, "a page advances")
		from = pg.next
	}
}

// tree makes files, and folders where a name ends in a slash.
func tree(t *testing.T, names ...string) string {
	t.Helper()
	root := t.TempDir()
	for _, n := range names {
		path := filepath.Join(root, n)
		if strings.HasSuffix(n, "/") {
			require.NoError(t, os.MkdirAll(path, 0o700))
			continue
		}
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, []byte(n), 0o600))
	}
	return root
}

func TestDeep_OfABucketNamesEachFolderOnceAlsoAcrossPages(t *testing.T) {
	t.Parallel()
	keys := []string{"p/", "p/a/", "p/a//x", "p/a/b/1", "p/a/b/2", "p/a/c", "p/a.txt", "p/b/c/d/e", "p/z", "q"}
	store := newFakeStore(keys...)
	want := []string{"a/", "a//", "a//x", "a/b/", "a/b/1", "a/b/2", "a/c", "b/", "b/c/", "b/c/d/", "b/c/d/e", "z"}
	want = append(want, "a.txt")
	slices.Sort(want)
	for _, most := range []int{1, 2, 3, 1000} {
		source := func(ctx context.Context, from resume) (deepPage, error) {
			page, err := store.List(ctx, cos.ListOptions{Prefix: "p/", Marker: from.marker, MaxKeys: most})
			if err != nil {
				return deepPage{}, err
			}
			return deepObjects(page, "p/", from.marker), nil
		}
		got, _ := everything(t, source)
		assert.Equal(t, want, got, "%d a page", most)
		assert.True(t, slices.IsSorted(got))
	}
}

func TestDeep_OfAFolderIsInTheOrderOfBytesAndGoesOnBehindAMarker(t *testing.T) {
	t.Parallel()
	names := []string{"a.txt", "a/1", "a/b/2", "a-b/3", "b", "empty/", "a/zz", "旅行/x"}
	root := tree(t, names...)
	require.NoError(t, os.Symlink("a", filepath.Join(root, "link")))
	want := []string{"a-b/", "a-b/3", "a.txt", "a/", "a/1", "a/b/", "a/b/2", "a/zz", "b", "empty/", "link", "旅行/", "旅行/x"}
	walk := func(ctx context.Context, from resume) (deepPage, error) { return walkFolder(ctx, root, "", from) }
	got, lost := everything(t, walk)
	assert.Equal(t, want, got, "links are not followed")
	assert.Zero(t, lost.folders)
	for i, name := range want {
		rest, _ := behind(t, walk, resume{marker: name})
		assert.Equal(t, want[i+1:], append([]string{}, rest...), "behind %s", name)
	}
	part, _ := everything(t, func(ctx context.Context, from resume) (deepPage, error) {
		return walkFolder(ctx, root, "a", from)
	})
	assert.Equal(t, want[:8], part, "what begins with a")
}

func TestDeep_ALargeFolderComesInPagesThatCanBeBegunAgain(t *testing.T) {
	t.Parallel()
	names := make([]string, walkMost+500)
	for i := range names {
		names[i] = "d/" + strconv.Itoa(100_000+i)
	}
	root := tree(t, names...)
	walk := func(ctx context.Context, from resume) (deepPage, error) { return walkFolder(ctx, root, "", from) }
	first, err := walk(t.Context(), resume{})
	require.NoError(t, err)
	require.True(t, first.more)
	require.LessOrEqual(t, len(first.entries), walkMost)
	second, err := walk(t.Context(), first.next)
	require.NoError(t, err)
	again, err := walk(t.Context(), first.next)
	require.NoError(t, err)
	assert.Equal(t, second.entries[0], again.entries[0], "a page may be asked for twice")
	bare, err := walk(t.Context(), resume{marker: first.next.marker})
	require.NoError(t, err)
	assert.Equal(t, second.entries[0], bare.entries[0], "and without what was open")
	all, _ := everything(t, walk)
	assert.Len(t, all, len(names)+1)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = walk(ctx, first.next)
	assert.ErrorIs(t, err, context.Canceled)
}

func TestDeep_CountsFoldersThatCannotBeRead(t *testing.T) {
	t.Parallel()
	if os.Getuid() == 0 {
		// root reads everything: a folder that is replaced while it is walked
		// stands for one that cannot be read.
		w := folderWalk{root: tree(t, "file")}
		w.enter("file")
		assert.Equal(t, 1, w.page.unread.folders)
		assert.Error(t, w.page.unread.why)
		return
	}
	root := tree(t, "a/1", "shut/1", "z")
	require.NoError(t, os.Chmod(filepath.Join(root, "shut"), 0))
	t.Cleanup(func() { _ = os.Chmod(filepath.Join(root, "shut"), 0o700) })
	names, lost := everything(t, func(ctx context.Context, from resume) (deepPage, error) { return walkFolder(ctx, root, "", from) })
	assert.Equal(t, []string{"a/", "a/1", "shut/", "z"}, names)
	assert.Equal(t, 1, lost.folders)
	assert.ErrorIs(t, lost.why, os.ErrPermission)
}

func TestDeep_AFolderThatIsNotThereIsAnError(t *testing.T) {
	t.Parallel()
	_, err := walkFolder(t.Context(), filepath.Join(t.TempDir(), "none"), "", resume{})
	assert.ErrorIs(t, err, os.ErrNotExist)
}
