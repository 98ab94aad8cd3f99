package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"cosmander/cos"
	"cosmander/cse"
)

// errNoEncryption refuses a spec that encrypts what no upload reads.
var errNoEncryption = errors.New("only an upload encrypts")

// sealing is how the content of one item is encrypted. A nil one leaves it as
// it is.
type sealing struct {
	*cse.Sealer
	env cse.Envelope
}

// through returns a view of r with every byte encrypted, or decrypted.
func (s *sealing) through(r io.ReaderAt) io.ReaderAt {
	if s == nil {
		return r
	}
	return s.ReaderAt(r)
}

// encrypting fills in the fingerprint of the key that a spec names.
func (s Spec) encrypting(keys *cse.Keyring) (Spec, error) {
	if s.Encrypt == "" || s.KeyID != "" {
		return s, nil
	}
	key, err := keys.Key(s.Encrypt)
	if err != nil {
		return s, err
	}
	s.KeyID = key.KID()
	return s, nil
}

func (s Spec) checkEncryption() error {
	if s.Encrypt != "" && s.Kind != Upload || s.Encrypt == "" && s.KeyID != "" {
		return errNoEncryption
	}
	return nil
}

// seal gives an upload a data key of its own, if it is to be encrypted. The
// checksum goes with the first request, so the file is read for it before.
func (t *task) seal(ctx context.Context, src *source) error {
	src.sealed, t.sealed, t.item.envelope = nil, nil, ""
	if t.spec.Encrypt == "" {
		return nil
	}
	key, err := t.e.cfg.Keys.Key(t.spec.Encrypt)
	if err != nil {
		return err
	}
	if key.KID() != t.spec.KeyID {
		return fmt.Errorf("key %s is another one by now: %w", t.spec.Encrypt, &cse.WrongKeyError{Object: t.spec.KeyID, Yours: key.KID()})
	}
	t.check.Store(true)
	defer t.check.Store(false)
	s, err := newSealing(ctx, key, src.section(0, src.id.size), src.id.size)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err != nil {
		return err
	}
	src.sealed = s
	t.keep(s)
	return nil
}

// keep makes s the sealing of the item, and what the journal will have of it.
// The envelope holds no secret: the data key is in it only as it was wrapped.
func (t *task) keep(s *sealing) {
	doc, _ := json.Marshal(s.env.Meta()) // a map of strings always has a form
	t.sealed, t.item.envelope = s, string(doc)
}

// unseal opens the data key that an earlier run has begun with.
func (t *task) unseal() error {
	t.sealed = nil
	if t.item.envelope == "" {
		return nil
	}
	meta := map[string]string{}
	if err := json.Unmarshal([]byte(t.item.envelope), &meta); err != nil {
		return fmt.Errorf("the envelope in the journal: %w", err)
	}
	s, err := t.open(meta, -1)
	if err == nil {
		t.sealed = s
	}
	return err
}

// open returns the sealing of an object that has meta, nil if it is plain.
func (t *task) open(meta map[string]string, stored int64) (*sealing, error) {
	env, encrypted, err := cse.Detect(meta)
	if err != nil || !encrypted {
		return nil, err
	}
	d, _, err := t.e.cfg.Keys.Open(env, stored)
	if err != nil {
		return nil, err
	}
	defer d.Wipe()
	return &sealing{d.Sealer(), env}, nil
}

// discover finds out whether the object that is about to be fetched is
// encrypted, and opens its data key before there is any file.
func (t *task) discover(head *cos.Head) error {
	s, err := t.open(head.Headers.Meta, head.Size)
	if err != nil {
		return fmt.Errorf("%s: %w", t.item.key, err)
	}
	t.sealed, t.item.envelope = nil, ""
	if s != nil {
		t.keep(s)
	}
	return nil
}

// authentic checks a fetched file as a whole: content and length are what was
// encrypted. Objects of other writers have nothing to check that by.
func (t *task) authentic(ctx context.Context, f tempFile, size int64) error {
	if t.sealed == nil || t.sealed.env.MAC == nil {
		return nil
	}
	t.check.Store(true)
	defer t.check.Store(false)
	mac := t.sealed.NewMAC(size)
	err := mac.AddAll(ctx, t.sealed.through(f))
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err != nil {
		return err
	}
	if err := mac.Verify(t.sealed.env.MAC); err != nil {
		return fmt.Errorf("%s: %w", t.item.key, err)
	}
	return nil
}

// objectSide describes an object for a comparison with a file. Their checksums
// compare only where both are of the same thing: the object's is of what it is
// stored as, so the file is read as it would be encrypted for this very object.
func (t *task) objectSide(head *cos.Head) side {
	s := objectSide(head)
	if t.spec.Kind == Copy {
		return s // both are compared as they are stored
	}
	sealed, err := t.open(head.Headers.Meta, head.Size)
	t.rival = sealed
	plain := err == nil && sealed == nil
	fits := plain
	if t.spec.Encrypt != "" {
		fits = sealed != nil && sealed.env.KID == t.spec.KeyID
	} else if t.spec.Kind == Download {
		fits = err == nil
	}
	if !fits {
		s.sum = func() (uint64, bool, error) { return 0, false, nil }
	}
	return s
}

// itsRival is how a file is read for a comparison.
func (t *task) itsRival() *sealing { return t.rival }

// resealed opens the data key of an upload that has begun. With the public
// half of a pair alone that cannot be done: what was sent is dropped, and gone
// is true.
func (t *task) resealed(ctx context.Context, b *cos.Bucket, src *source) (gone bool, err error) {
	err = t.unseal()
	if errors.Is(err, cse.ErrPublicOnly) {
		return true, t.drop(ctx, b)
	}
	src.sealed = t.sealed
	return false, err
}
