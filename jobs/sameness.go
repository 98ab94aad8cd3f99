package jobs

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// sameness is which names a file system takes for the same one, though their
// bytes differ.
type sameness struct {
	anyCase bool // A.txt is a.txt
	anyForm bool // é of one character is é of two, a letter and its accent
}

// any reports that there are such names.
func (s sameness) any() bool { return s.anyCase || s.anyForm }

// key is equal for paths that lead to the same file. A file system may keep
// some of them apart, as each has tables of its own: a file is then refused
// that could be written, and none is lost.
func (s sameness) key(path string) string {
	if s.anyForm {
		path = norm.NFD.String(path)
	}
	if s.anyCase {
		path = strings.Map(foldCase, path)
	}
	return path
}

// foldCase returns the least of the letters that differ from r in case only.
func foldCase(r rune) rune {
	least := r
	for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
		least = min(least, next)
	}
	return least
}

// probeSameness asks the file system of a folder, which may be another than
// the operating system's own. Where no file can be made for that, the answer
// is what is usual on the system.
func probeSameness(root *os.Root, id ID) sameness {
	usual := runtime.GOOS == "windows" || runtime.GOOS == "darwin"
	// Another program may ask in the same folder.
	token := newToken()
	name := fmt.Sprintf(".cosmander-%d-%016x-case.part", id, token)
	anyCase, err := alsoCalled(root, name, strings.ToUpper(name))
	if err != nil {
		return sameness{usual, runtime.GOOS == "darwin"}
	}
	name = fmt.Sprintf(".cosmander-%d-%016x-\u00e9.part", id, token)
	anyForm, err := alsoCalled(root, name, norm.NFD.String(name))
	if err != nil {
		anyForm = false // it has no such letters at all
	}
	return sameness{anyCase, anyForm}
}

// alsoCalled makes a file for a moment and looks for it by another name.
func alsoCalled(root *os.Root, name, other string) (same bool, err error) {
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return false, err
	}
	_, looked := root.Lstat(other)
	return looked == nil, errors.Join(f.Close(), root.Remove(name))
}

// sameness returns that of the destination of a download, asked for once.
func (a *active) sameness() sameness {
	a.same.Do(func() {
		root, err := a.folder()
		if err != nil {
			return // nothing can be written there
		}
		a.sameNames = a.e.cfg.sameness(root, a.id)
	})
	return a.sameNames
}
