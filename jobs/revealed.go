package jobs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"

	"cosmander/cos"
	"cosmander/cse"
)

// Revealed is a bucket whose encrypted objects read as what they were before
// they were encrypted, and stay encrypted when they are written again. Everything
// else is as [cos.Bucket] has it. Safe for concurrent use.
type Revealed struct {
	*cos.Bucket
	Keys *cse.Keyring
}

// Get is [cos.Bucket.Get]. The headers are those of the stored object, but a
// checksum that is of what is stored is left out. Of a whole object the Body is
// checked: it ends with an error if it is not what was encrypted. Of a range
// nothing shows that.
func (r Revealed) Get(ctx context.Context, key string, o cos.GetOptions) (*cos.Object, error) {
	obj, err := r.Bucket.Get(ctx, key, o)
	if err != nil {
		return nil, err
	}
	secret, err := Unseal(r.Keys, &obj.Head)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", key, err), obj.Body.Close())
	}
	if secret == nil {
		return obj, nil
	}
	body := &revealedBody{ReadCloser: obj.Body, s: secret, head: obj.Head}
	if o.Range != nil {
		body.off = o.Range.Offset
	} else {
		body.seen = secret.checker(obj.Size)
	}
	obj.Body, obj.HasCRC64, obj.CRC64 = body, false, 0
	return obj, nil
}

// revealedBody decrypts as it is read.
type revealedBody struct {
	io.ReadCloser
	s    *Secret
	head cos.Head
	off  int64
	crc  uint64
	seen *checker // nil: it is a range
}

func (b *revealedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if b.seen != nil {
		b.crc = cos.CRC64(b.crc, p[:n])
		b.seen.add(p[:n])
	}
	b.s.XOR(p[:n], b.off)
	b.off += int64(n)
	if errors.Is(err, io.EOF) && b.seen != nil {
		if b.head.HasCRC64 && b.crc != b.head.CRC64 {
			return n, errDamaged
		}
		if wrong := b.seen.verify(); wrong != nil {
			return n, wrong
		}
	}
	return n, err
}

// Put is [cos.Bucket.Put]. If the headers are those of an encrypted object the
// content is encrypted under the same master key, with a new data key.
func (r Revealed) Put(ctx context.Context, key string, body cos.Body, h cos.Headers) (*cos.PutResult, error) {
	secret, err := Unseal(r.Keys, &cos.Head{Headers: h, Size: -1})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", key, err)
	}
	if secret == nil {
		return r.Bucket.Put(ctx, key, body, h)
	}
	master, err := r.Keys.Key(secret.Key)
	if err != nil {
		return nil, err
	}
	s, err := newSealing(ctx, master, body.ReaderAt, body.Size)
	if err != nil {
		return nil, err
	}
	body.ReaderAt = s.through(body.ReaderAt)
	h.Meta = maps.Clone(h.Meta)
	maps.DeleteFunc(h.Meta, func(name, _ string) bool { return cse.Carried(name) })
	maps.Copy(h.Meta, s.env.Meta())
	res, err := r.Bucket.Put(ctx, key, body, h)
	if err != nil {
		return nil, err
	}
	if res.HasCRC64 && res.CRC64 != res.SentCRC64 {
		return nil, fmt.Errorf("%s: %w", key, errDamaged)
	}
	plain := *res
	plain.HasCRC64, plain.CRC64 = false, 0
	return &plain, nil
}

// newSealing makes a data key for a content, which it reads once.
func newSealing(ctx context.Context, master cse.Key, content io.ReaderAt, size int64) (*sealing, error) {
	d := cse.NewDataKey()
	defer d.Wipe()
	s := &sealing{Sealer: d.Sealer()}
	mac := s.NewMAC(size)
	if err := mac.AddAll(ctx, s.through(content)); err != nil {
		return nil, err
	}
	sum, err := mac.Sum()
	if err != nil {
		return nil, err
	}
	s.env, err = cse.Seal(master, d, size, sum)
	return s, err
}
