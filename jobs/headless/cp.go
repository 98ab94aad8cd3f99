package headless

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"cosmander/cos"
	"cosmander/jobs"
)

// CpOptions are the flags of cp.
type CpOptions struct {
	Recursive  bool
	JSON       bool
	OnConflict string // one of jobs.Conflicts; empty is overwrite
	Follow     bool   // of Cp: the links in a folder that is uploaded, see jobs.Spec
	// Restore, of a download: TIER or TIER,DAYS to restore what is archived
	// before it is read. Empty: it fails.
	Restore string
	// Encrypt names the key that an upload is encrypted with; empty: what
	// Env.Encrypts says. Plain: nothing is.
	Encrypt string
	Plain   bool
}

// encrypted fills in what an upload is encrypted with.
func (e *Env) encrypted(spec jobs.Spec, o CpOptions) (jobs.Spec, error) {
	switch {
	case spec.Kind != jobs.Upload && (o.Encrypt != "" || o.Plain):
		return spec, errors.New("--encrypt and --plain are for uploads: what is encrypted already stays so, and is decrypted on the way here")
	case o.Encrypt != "" && o.Plain:
		return spec, errors.New("either --encrypt or --plain")
	case spec.Kind != jobs.Upload || o.Plain:
	case o.Encrypt != "":
		spec.Encrypt = o.Encrypt
	case e.Encrypts != nil:
		spec.Encrypt = e.Encrypts(spec.Dest.Bucket, spec.Dest.Key)
	}
	return spec, nil
}

// Cp copies between this machine and a bucket, or from bucket to bucket inside
// the service, and returns when the job has ended. The same call continues
// what an interrupted one left. It returns nil only if every item succeeded
// and was verified.
func (e *Env) Cp(ctx context.Context, src, dst string, o CpOptions) error {
	spec, err := e.copySpec(src, dst, o.Recursive)
	if err != nil {
		return err
	}
	if spec, err = e.located(ctx, spec); err != nil {
		return err
	}
	spec.OnConflict = jobs.OnConflict(o.OnConflict)
	if spec, err = e.encrypted(spec, o); err != nil {
		return err
	}
	// What is read from a bucket has no links, and is the same job without.
	spec.FollowLinks = o.Follow && spec.Kind == jobs.Upload
	if spec.Change, err = restoring(spec.Kind, o.Restore); err != nil {
		return err
	}
	return e.run(ctx, spec, o.JSON)
}

// Mv is Cp, but removes each source once its copy is verified. Sources whose
// copy could not be verified, or that have changed since, are kept, and the
// error is [ErrIncomplete].
func (e *Env) Mv(ctx context.Context, src, dst string, o CpOptions) error {
	spec, err := e.moveSpec(ctx, src, dst, o)
	if err != nil {
		return err
	}
	return e.run(ctx, spec, o.JSON)
}

// restoreDays is how long a restored copy is kept unless something else is
// asked for.
const restoreDays = 7

// restoring reads the flag --restore; nil if it is empty.
func restoring(kind jobs.Kind, flag string) (*jobs.Change, error) {
	if flag == "" {
		return nil, nil //nolint:nilnil // nothing is to be restored, which is no error
	}
	if kind != jobs.Download {
		return nil, errors.New("--restore is for downloads")
	}
	tier, days, several := strings.Cut(flag, ",")
	c := jobs.Change{Days: restoreDays, Tier: cos.ParseTier(tier)}
	if c.Tier == "" {
		return nil, fmt.Errorf("--restore %s: %q is no tier: expedited, standard or bulk", flag, tier)
	}
	if several {
		n, err := strconv.Atoi(days)
		if err != nil {
			return nil, fmt.Errorf("--restore %s: %q is no number of days", flag, days)
		}
		c.Days = n
	}
	return &c, jobs.CheckChange(kind, c)
}

// moveSpec is copySpec for Mv. A source that is not there may have gone just
// before the command was killed: then its job is still open.
func (e *Env) moveSpec(ctx context.Context, src, dst string, o CpOptions) (jobs.Spec, error) {
	moving := func(spec jobs.Spec) (_ jobs.Spec, err error) {
		spec.Move, spec.OnConflict = true, jobs.OnConflict(o.OnConflict)
		if spec.Change, err = restoring(spec.Kind, o.Restore); err != nil {
			return jobs.Spec{}, err
		}
		if spec, err = e.encrypted(spec, o); err != nil {
			return spec, err
		}
		return e.located(ctx, spec)
	}
	spec, missing := e.copySpec(src, dst, o.Recursive)
	switch {
	case missing == nil:
		return moving(spec)
	case !errors.Is(missing, os.ErrNotExist):
		return jobs.Spec{}, missing
	}
	q, err := e.Open(ctx)
	if err != nil {
		return jobs.Spec{}, err
	}
	defer func() { _ = q.Close() }() // nothing was asked of it
	for _, folder := range []bool{false, o.Recursive} {
		spec, err := e.uploadOf(src, dst, folder, o.Recursive)
		if err != nil {
			return jobs.Spec{}, err
		}
		if spec, err = moving(spec); err != nil {
			return jobs.Spec{}, err
		}
		if id, err := q.FindOpen(ctx, spec); id != 0 || err != nil {
			return spec, err
		}
	}
	return jobs.Spec{}, missing
}

// copySpec turns the two arguments into a job. Which name a copy gets depends
// on the text of the arguments alone (and on whether a local destination of a
// single object is a folder), so that the same command means the same job
// after it was interrupted half-way.
func (e *Env) copySpec(src, dst string, recursive bool) (jobs.Spec, error) {
	switch {
	case cos.IsURI(src) && cos.IsURI(dst):
		return e.bucketSpec(src, dst, recursive)
	case cos.IsURI(dst):
		return e.uploadSpec(src, dst, recursive)
	case cos.IsURI(src):
		return e.downloadSpec(src, dst, recursive)
	default:
		return jobs.Spec{}, errors.New("one of the two has to be a cos://BUCKET/KEY address; both are local paths")
	}
}

// uploadSpec follows coscli: a folder keeps its name below a destination that
// ends in "/" unless the source ends in "/" too; else its content goes there.
func (e *Env) uploadSpec(src, dst string, recursive bool) (jobs.Spec, error) {
	if _, err := cos.ParseURI(dst); err != nil {
		return jobs.Spec{}, err
	}
	info, err := os.Stat(src)
	if err != nil {
		return jobs.Spec{}, err
	}
	if !info.IsDir() && !info.Mode().IsRegular() {
		return jobs.Spec{}, fmt.Errorf("%s is neither a file nor a folder", src)
	}
	return e.uploadOf(src, dst, info.IsDir(), recursive)
}

// uploadOf is uploadSpec for a source that is known to be a folder, or not.
func (e *Env) uploadOf(src, dst string, folder, recursive bool) (jobs.Spec, error) {
	u, err := cos.ParseURI(dst)
	if err != nil {
		return jobs.Spec{}, err
	}
	path, err := filepath.Abs(src)
	if err != nil {
		return jobs.Spec{}, err
	}
	from := jobs.Source{Place: jobs.Place{Path: path}, Folder: folder}
	prefix, name := splitKey(u.Key)
	switch {
	case folder && !recursive:
		return jobs.Spec{}, fmt.Errorf("%s is a folder: -r copies folders", src)
	case folder:
		from.Contents = strings.HasSuffix(src, string(filepath.Separator)) || name != ""
		prefix = asPrefix(u.Key)
	default:
		from.Name = name
	}
	to := e.place(u)
	to.Key = prefix
	return e.spec(jobs.Upload, from, to), nil
}

// downloadSpec mirrors uploadSpec. Without -r the address is one object; with
// it, everything below the address taken as a folder.
func (e *Env) downloadSpec(src, dst string, recursive bool) (jobs.Spec, error) {
	u, err := cos.ParseURI(src)
	if err != nil {
		return jobs.Spec{}, err
	}
	path, err := filepath.Abs(dst)
	if err != nil {
		return jobs.Spec{}, err
	}
	into := strings.HasSuffix(dst, string(filepath.Separator))
	from := jobs.Source{Place: e.place(u)}
	if recursive {
		from.Folder = true
		from.Contents = !into || u.Key == "" || strings.HasSuffix(u.Key, "/")
		from.Key = asPrefix(u.Key)
		return e.spec(jobs.Download, from, jobs.Place{Path: path}), nil
	}
	if u.Key == "" || strings.HasSuffix(u.Key, "/") {
		return jobs.Spec{}, fmt.Errorf("%s is a folder: -r copies folders", src)
	}
	if info, err := os.Stat(path); !into && (err != nil || !info.IsDir()) {
		from.Name = filepath.Base(path)
		path = filepath.Dir(path)
	}
	return e.spec(jobs.Download, from, jobs.Place{Path: path}), nil
}

// bucketSpec names as uploadSpec does.
func (e *Env) bucketSpec(src, dst string, recursive bool) (jobs.Spec, error) {
	u, err := cos.ParseURI(src)
	if err != nil {
		return jobs.Spec{}, err
	}
	d, err := cos.ParseURI(dst)
	if err != nil {
		return jobs.Spec{}, err
	}
	from, to := jobs.Source{Place: e.place(u)}, e.place(d)
	prefix, name := splitKey(d.Key)
	folder := u.Key == "" || strings.HasSuffix(u.Key, "/")
	switch {
	case recursive:
		from.Folder, from.Key = true, asPrefix(u.Key)
		from.Contents = folder || name != ""
		to.Key = asPrefix(d.Key)
	case folder:
		return jobs.Spec{}, fmt.Errorf("%s is a folder: -r copies folders", src)
	default:
		from.Name, to.Key = name, prefix
	}
	return e.spec(jobs.Copy, from, to), nil
}

func (e *Env) place(u cos.URI) jobs.Place {
	return jobs.Place{Bucket: u.Bucket, Region: e.Region, Key: u.Key}
}

func (e *Env) spec(kind jobs.Kind, from jobs.Source, to jobs.Place) jobs.Spec {
	return jobs.Spec{
		Kind:       kind,
		Account:    e.Account,
		Sources:    []jobs.Source{from},
		Dest:       to,
		OnConflict: jobs.Overwrite,
	}
}

// splitKey parts a key after its last "/".
func splitKey(key string) (prefix, name string) {
	i := strings.LastIndexByte(key, '/') + 1
	return key[:i], key[i:]
}

// asPrefix reads a key as a folder: "a" is "a/", the bucket's root stays "".
func asPrefix(key string) string {
	if key == "" || strings.HasSuffix(key, "/") {
		return key
	}
	return key + "/"
}
