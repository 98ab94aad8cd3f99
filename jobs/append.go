package jobs

import (
	"context"
	"crypto/md5" //nolint:gosec // Content-MD5 is MD5
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"cosmander/cos"
)

// Why an append fails. Nothing of it can be taken back, so it stops where it
// could only guess.
var (
	errOutrun    = errors.New("somebody else appended first: the position is looked up again")
	errBetween   = errors.New("somebody else appended in the midst of it, and the rest was not sent")
	errReplaced  = errors.New("the object was replaced or shortened while it was appended to")
	errGrownOdd  = errors.New("the object has not the checksum that it should have behind this: look at its end before anything is appended again")
	errCryptic   = errors.New("the object is encrypted: what is appended would be no part of what it means, so nothing was sent")
	errVersioned = errors.New("the bucket keeps versions: no object in it can be appended to")
	errUnfit     = errors.New("only what was begun by appending can be appended to")
	errChangedIn = errors.New("the file changed while it was appended: look at the end of the object before it is appended again")
)

// typedText is what a text that was typed is called.
const typedText = "typed text"

// checkAppend checks what a source says of an append: a file or a text, and the
// object that it is appended to.
func (s Spec) checkAppend(src *Source) error {
	switch {
	case src.Text != "" && s.Kind != Append:
		return fmt.Errorf("%s of a text", s.Kind)
	case s.Kind != Append:
		return nil
	case !src.Local() || src.Folder || len(s.Sources) != 1 || s.Move:
		return errors.New("one file or text is appended at a time")
	case src.Text != "" && src.Path != "":
		return errors.New("a file or a text is appended, not both")
	case src.Name == "" || s.OnConflict != Overwrite:
		return errors.New("an append names its object, and changes nothing of what is there")
	}
	return checkKey(s.Dest.Key + src.Name)
}

// appended makes the one item of a source that is appended.
func (w *walker) appended(ctx context.Context, i int, after string) error {
	if after != "" {
		return nil
	}
	src := w.a.spec.Sources[i]
	it := &item{source: i, name: src.Name, path: src.Path, key: w.a.spec.Dest.Key + src.Name, size: int64(len(src.Text))}
	it.dest = it.key
	if src.Text == "" {
		f, err := openSource(src.Path)
		if err != nil {
			return w.broken(ctx, i, src.Name, "", err)
		}
		it.size = f.size()
		if err := f.Close(); err != nil {
			return w.broken(ctx, i, src.Name, "", err)
		}
	} else {
		it.path = typedText
	}
	it.lane = w.a.laneFor(it.size)
	return w.put(ctx, it, it.key)
}

// text is the content of a text that was typed.
type textSource string

var _ content = textSource("")

func (s textSource) size() int64 { return int64(len(s)) }
func (s textSource) section(off, size int64) io.ReaderAt {
	return io.NewSectionReader(strings.NewReader(string(s)), off, size)
}
func (textSource) unchanged() error { return nil }

// appending is an append under way. The object has base bytes that were there
// before, and behind them done bytes of the source, as far as is known.
//
// Where the source begins is in the journal before its first byte is sent, and
// a request whose answer is lost is followed by a look at the object's length
// and checksum: so nothing is appended twice, also after a kill.
type appending struct {
	*task
	b     *cos.Bucket
	src   content
	id    identity
	piece int64

	begun   bool // base and crc are known, and in the journal
	base    int64
	crc     uint64 // of what was there before
	hasCRC  bool
	done    int64
	sum     uint64 // of the object with what is done
	sure    bool   // it was like this a moment ago
	behind  int64  // bytes that others appended before it
	proven  bool   // each piece was seen in the object
	whole   bool   // others appended behind it, so that sum is not the object's
	etag    string
	changed bool // the file is another one than when it was begun
}

// append adds a file or a text to the end of an object, or makes one of it.
func (t *task) append(ctx context.Context) (outcome, error) {
	b, err := t.remote()
	if err != nil {
		return outcome{}, err
	}
	a := &appending{task: t, b: b, proven: true}
	if src := t.spec.Sources[t.item.source]; src.Text != "" {
		a.src, a.id.size = textSource(src.Text), int64(len(src.Text))
	} else {
		f, err := openSource(src.Path)
		if err != nil {
			return outcome{}, err
		}
		defer f.Close()
		a.src, a.id = f, f.id
	}
	if a.piece = a.src.size(); a.piece > t.e.cfg.Threshold {
		a.piece = partSizeFor(a.src.size(), t.e.cfg.PartSize)
	}
	if err := a.recall(); err != nil {
		return outcome{}, err
	}
	// Our own jobs wait for each other; those of others are met by position.
	if err := t.claim(ctx); err != nil {
		return outcome{}, err
	}
	for first := true; first || a.done < a.src.size(); first = false {
		if err := t.attempt(ctx, a.step); err != nil {
			return outcome{}, err
		}
	}
	return a.outcome(ctx)
}

// recall takes up what the journal says of an earlier run.
func (a *appending) recall() error {
	if a.item.there == "" {
		return nil
	}
	n, err := strconv.ParseInt(a.item.there, 10, 64)
	if err != nil {
		return fmt.Errorf("the position in the journal: %w", err)
	}
	a.begun, a.base, a.crc, a.hasCRC = true, n, a.item.crc, a.item.hasCRC
	a.sum, a.changed = a.crc, a.item.id != a.id
	return nil
}

// step appends one piece, after a look at the object unless it is known how
// that stands.
func (a *appending) step(ctx context.Context) error {
	if !a.sure {
		if err := a.look(ctx); err != nil || a.done == a.src.size() && a.etag != "" {
			return err
		}
	}
	n := min(a.piece, a.src.size()-a.done)
	sum, err := digest(ctx, a.src.section(a.done, n), n)
	if err != nil {
		return err
	}
	c := &counter{t: a.task}
	body := cos.Body{ReaderAt: a.e.speed.reader(ctx, a.src.section(a.done, n)), Size: n, MD5: sum, Progress: c.add}
	a.sure = false
	res, err := a.b.Append(ctx, a.item.key, a.base+a.done, body, a.headers())
	if err != nil {
		c.reset()
		if errors.Is(err, cos.ErrPosition) {
			return fmt.Errorf("%s at %d: %w", a.item.key, a.base+a.done, errOutrun)
		}
		return a.versioned(ctx, err)
	}
	c.full(n)
	a.done, a.sure, a.etag = a.done+n, true, res.ETag
	a.sum = cos.CombineCRC64(a.sum, res.SentCRC64, n)
	a.proven = a.proven && a.hasCRC && res.HasCRC64
	if a.hasCRC && res.HasCRC64 && res.CRC64 != a.sum {
		return fmt.Errorf("%s: %w", a.item.key, errGrownOdd)
	}
	return nil
}

// versioned explains a conflict that no waiting mends.
func (a *appending) versioned(ctx context.Context, err error) error {
	if !errors.Is(err, cos.ErrConflict) {
		return err
	}
	if state, failed := a.b.Versioning(ctx); failed != nil || state == cos.Unversioned {
		return err
	}
	return fmt.Errorf("%s: %w", a.item.key, errVersioned)
}

// digest is the MD5 that the service holds a piece against before it appends
// it: what is damaged on the way could not be taken back.
func digest(ctx context.Context, r io.ReaderAt, size int64) (*[md5.Size]byte, error) {
	h := md5.New() //nolint:gosec // see the import
	if _, err := copyAll(ctx, h, r, size); err != nil {
		return nil, err
	}
	return (*[md5.Size]byte)(h.Sum(nil)), nil
}

// copyAll is io.Copy that ends with its context.
func copyAll(ctx context.Context, to io.Writer, r io.ReaderAt, size int64) (int64, error) {
	return io.Copy(to, &stopping{ctx, io.NewSectionReader(r, 0, size)})
}

type stopping struct {
	ctx context.Context //nolint:containedctx // of one copy
	io.Reader
}

func (s *stopping) Read(p []byte) (int, error) {
	if s.ctx.Err() != nil {
		return 0, context.Cause(s.ctx)
	}
	return s.Reader.Read(p)
}

// Appendable says why size bytes cannot be appended to an object, as far as a
// HEAD tells; nil if they can. head is nil of an object that is yet to be made.
func Appendable(head *cos.Head, size int64) error {
	var there int64
	if head != nil {
		there = head.Size
		if encrypted(head) {
			return errCryptic
		}
		if head.ObjectType != "appendable" {
			return fmt.Errorf("%w, and this object was not", errUnfit)
		}
	}
	if size > cos.MaxPutBytes-there {
		return fmt.Errorf("an object that is appended to has at most 5 GB: there are %d bytes and %d would be added", there, size)
	}
	return nil
}

// outcome verifies what was appended: by the checksum of the whole object, or
// because each piece was seen in it.
func (a *appending) outcome(ctx context.Context) (outcome, error) {
	if err := a.src.unchanged(); err != nil {
		return outcome{}, fmt.Errorf("%s: %w", a.item.key, errChangedIn)
	}
	out := outcome{size: a.src.size(), etag: a.etag, verified: a.proven || a.whole}
	if a.behind > 0 {
		out.reason = fmt.Sprintf("somebody else appended %d bytes first: this is behind them, from %d on", a.behind, a.base)
	}
	if a.whole {
		return out, nil
	}
	out.crc, out.hasCRC = a.sum, a.hasCRC
	if out.verified || !a.hasCRC {
		return out, nil
	}
	// An answer had no checksum: the object may tell it, unless others have
	// appended since.
	a.check.Store(true)
	defer a.check.Store(false)
	head, err := a.head(ctx, a.b, a.item.key)
	if err != nil || !head.HasCRC64 || head.Size != a.base+a.done {
		return out, nil //nolint:nilerr // the service has said that it is stored
	}
	if head.CRC64 != a.sum {
		return outcome{}, fmt.Errorf("%s: %w", a.item.key, errGrownOdd)
	}
	out.verified = true
	return out, nil
}
