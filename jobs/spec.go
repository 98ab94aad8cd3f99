package jobs

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
)

// canonical fills in what a spec leaves open and checks the rest, so that
// equal commands have equal specs.
func (s Spec) canonical(account string) (Spec, error) {
	if s.Account == "" {
		s.Account = account
	}
	if s.OnConflict == "" {
		s.OnConflict = Overwrite
	}
	if err := s.OnConflict.check(); err != nil {
		return s, err
	}
	if len(s.Sources) == 0 {
		return s, errors.New("a job without sources")
	}
	if err := s.canonicalChange(); err != nil {
		return s, err
	}
	if err := s.checkEncryption(); err != nil {
		return s, err
	}
	s.Sources = append([]Source(nil), s.Sources...)
	for i := range s.Sources {
		if err := s.checkSource(&s.Sources[i]); err != nil {
			return s, err
		}
	}
	if err := s.checkWhole(); err != nil {
		return s, err
	}
	return s, s.checkDest()
}

// changes reports that the kind takes a Change.
func (k Kind) changes() bool {
	return k.rewrites() || k == SetACL || k == SetTags || k == Restore
}

// restores reports that the job transfers what is archived after it was
// restored.
func (s Spec) restores() bool { return s.Kind == Download && s.Change != nil }

func (s *Spec) canonicalChange() (err error) {
	switch {
	case s.restores():
		s.Change, err = s.Change.canonical(s.Kind)
		return err
	case s.Kind.changes() && s.Change == nil:
		return fmt.Errorf("%s: %w", s.Kind, errNoChange)
	case s.Kind.changes():
		s.Change, err = s.Change.canonical(s.Kind)
		return err
	case s.Change != nil:
		return fmt.Errorf("%s changes nothing of what objects have", s.Kind)
	}
	return nil
}

func (s Spec) checkSource(src *Source) error {
	if src.Local() && src.Text == "" {
		if !filepath.IsAbs(src.Path) {
			return fmt.Errorf("the path %q is not absolute", src.Path)
		}
		src.Path = filepath.Clean(src.Path)
	}
	switch {
	case s.Kind == Upload && !src.Local():
		return fmt.Errorf("upload from %s: not a local path", address(src.Place))
	case (s.Kind == Download || s.Kind == Copy || s.Kind.changes()) && src.Local():
		return fmt.Errorf("%s from %s: not an object", s.Kind, src.Path)
	case !src.Local() && !src.Folder && src.Key == "":
		return fmt.Errorf("%s names no object", address(src.Place))
	case !src.Local() && src.Folder && src.Key != "" && !strings.HasSuffix(src.Key, "/"):
		return fmt.Errorf("the prefix %q does not end in a slash", src.Key)
	}
	if err := s.checkUpload(src); err != nil {
		return err
	}
	if err := s.checkAppend(src); err != nil {
		return err
	}
	src.AsOf = moment(src.asOf())
	return s.checkPinned(src)
}

// checkPinned checks what a source says of the very object that is meant.
func (s Spec) checkPinned(src *Source) error {
	reads := (s.Kind == Download || s.Kind == Copy) && !s.Move
	ofVersions := reads || s.Kind == Delete || s.Kind.changes() && !s.Kind.rewrites()
	switch {
	case !src.AsOf.IsZero() && (!reads || !src.Folder):
		return fmt.Errorf("%s of %s as it was: only folders are read so", s.Kind, address(src.Place))
	case src.VersionID != "" && !ofVersions:
		return fmt.Errorf("%s of one version of %s: only the newest can be", s.Kind, address(src.Place))
	case src.VersionID != "" && (src.Local() || src.Folder || s.Versions):
		return fmt.Errorf("%s: a version of one object is meant, or all", address(src.Place))
	case src.ETag != "" && (src.Folder || !s.Kind.changes()):
		return fmt.Errorf("%s of %s on condition of an ETag", s.Kind, address(src.Place))
	case s.Versions && (s.Kind != Delete || src.Local()):
		return fmt.Errorf("%s of all versions of %s", s.Kind, address(src.Place))
	case s.Kind == MakeFolder && (!src.Folder || !src.Local() && src.Key == ""):
		return fmt.Errorf("%s is no name of a folder", address(src.Place))
	case s.Kind == MakeFolder && !src.Local():
		return checkKey(src.Key)
	}
	return nil
}

func (s Spec) checkDest() error {
	if s.FollowLinks && (s.Kind != Upload || s.Move) {
		return errors.New("only an upload that leaves its sources follows links")
	}
	switch s.Kind {
	case Upload, Copy, Append:
		if s.Dest.Local() {
			return fmt.Errorf("%s to a local path", s.Kind)
		}
		if s.Dest.Key != "" && !strings.HasSuffix(s.Dest.Key, "/") {
			return fmt.Errorf("the destination %q does not end in a slash", s.Dest.Key)
		}
	case Download:
		if !s.Dest.Local() || !filepath.IsAbs(s.Dest.Path) {
			return errors.New("download to a place that is no absolute local path")
		}
	case Delete:
		if s.Move {
			return errors.New("a deletion moves nothing")
		}
	case SetHeaders, SetClass, SetACL, SetTags, Restore, MakeFolder, Abort:
		if s.Move || s.Dest != (Place{}) || s.OnConflict != Overwrite {
			return fmt.Errorf("%s has no destination", s.Kind)
		}
	default:
		return fmt.Errorf("unknown kind of job: %q", s.Kind)
	}
	return s.checkOverlap()
}

// checkOverlap refuses a copy of an object onto itself and of a folder into
// itself, which would never end or, moved, leave nothing.
func (s Spec) checkOverlap() error {
	for _, src := range s.Sources {
		if s.Kind != Copy || src.Bucket != s.Dest.Bucket {
			continue
		}
		to := s.Dest.Key + src.ownName()
		if !src.Folder {
			if to == src.Key && src.VersionID == "" {
				return fmt.Errorf("%s: its copy would be itself", address(src.Place))
			}
			continue
		}
		if to += "/"; src.Contents {
			to = s.Dest.Key
		}
		if strings.HasPrefix(to, src.Key) && (src.AsOf.IsZero() || to != src.Key) {
			return fmt.Errorf("%s: a folder cannot be copied into itself", address(src.Place))
		}
	}
	return nil
}

// ownName is the name the source gets below the destination.
func (s Source) ownName() string {
	switch {
	case s.Name != "":
		return s.Name
	case s.Local():
		return filepath.Base(s.Path)
	case s.Key == "":
		return s.Bucket
	}
	return lastSegment(s.Key)
}

// disjoint reports that no two sources can have the same destination.
func (s Spec) disjoint() bool {
	if len(s.Sources) == 1 {
		return true
	}
	names := map[string]bool{}
	for _, src := range s.Sources {
		if src.Contents || names[src.ownName()] {
			return false
		}
		names[src.ownName()] = true
	}
	for name := range names {
		for i := range name {
			if name[i] == '/' && names[name[:i]] {
				return false // it would lie in what another source becomes
			}
		}
	}
	return true
}

// title names a job for people.
func (s Spec) title() string {
	name := s.Sources[0].ownName()
	if s.Sources[0].Folder {
		name += "/"
	}
	switch version := s.Sources[0].VersionID; {
	case s.Whole:
		name = "the bucket " + s.Sources[0].Bucket
	case s.Versions:
		name += ", every version"
	case version != "":
		name += ", version " + version
	}
	if more := len(s.Sources) - 1; more > 0 {
		return fmt.Sprintf("%s and %d more", name, more)
	}
	return name
}

// from and to are the two ends for people.
func (s Spec) from() string {
	p := s.Sources[0].Place
	if s.Sources[0].Text != "" {
		return typedText
	}
	if len(s.Sources) == 1 {
		return address(p)
	}
	above := 1 // what is named with its way below a place comes from that place
	if name := s.Sources[0].Name; strings.HasSuffix(strings.TrimSuffix(p.Key, "/"), name) || strings.HasSuffix(filepath.ToSlash(p.Path), name) {
		above += strings.Count(name, "/")
	}
	for range above {
		if p.Local() {
			p.Path = filepath.Dir(p.Path)
			continue
		}
		p.Key = strings.TrimSuffix(p.Key, "/")
		p.Key = p.Key[:strings.LastIndexByte(p.Key, '/')+1]
	}
	return address(p)
}

func (s Spec) to() string {
	if s.Kind.InPlace() {
		return ""
	}
	return address(s.Dest)
}
