package headless

import (
	"context"
	"errors"
	"fmt"
	"io"

	"cosmander/cos"
	"cosmander/jobs"
)

// maxCatFailures is how many times in a row a read may end without a single
// new byte before Cat gives up.
const maxCatFailures = 3

// Cat writes an object to Stdout. A connection that breaks is continued where
// it stopped, on the same version of the object. An error after the first
// byte means that what was written is not the whole object, or not its bytes.
func (e *Env) Cat(ctx context.Context, arg string) error {
	u, err := object(arg)
	if err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- e.cat(ctx, u) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
		return context.Cause(ctx) // a reader that does not read must not keep us
	}
}

func (e *Env) cat(ctx context.Context, u cos.URI) error {
	return e.wherever(ctx, u.Bucket, func(b *cos.Bucket) error { return e.catFrom(ctx, b, u) })
}

func (e *Env) catFrom(ctx context.Context, bucket *cos.Bucket, u cos.URI) error {
	out := &destination{w: e.Stdout}
	var head cos.Head
	var whole *jobs.Whole
	for failures := 0; ; {
		before := out.n
		err := copyFrom(ctx, bucket, u.Key, &head, out, func() error {
			secret, err := jobs.Unseal(e.Keys, &head)
			if secret != nil {
				whole = secret.Whole(head.Size, e.Stdout)
				out.w = whole
			}
			return err
		})
		if err == nil {
			break
		}
		if out.n > before {
			failures = 0
		}
		failures++
		if out.err != nil || !cos.Retryable(err) || failures >= maxCatFailures {
			return err
		}
	}
	if head.HasCRC64 && head.CRC64 != out.crc {
		return fmt.Errorf("%s: the bytes that arrived are not those that the service stores (CRC64 %d, want %d)",
			u, out.crc, head.CRC64)
	}
	if whole != nil {
		if err := whole.Verify(); err != nil {
			return fmt.Errorf("%s: %w", u, err)
		}
	}
	return nil
}

// copyFrom writes the object from where out stands to its end. The first call
// fills head and asks what it means, later ones insist on the same content.
func copyFrom(ctx context.Context, b *cos.Bucket, key string, head *cos.Head, out *destination, learn func() error) error {
	o := cos.GetOptions{Conditions: cos.Conditions{IfMatch: head.ETag}}
	if out.n > 0 {
		if out.n == head.Size {
			return nil
		}
		o.Range = &cos.ByteRange{Offset: out.n, Length: -1}
	}
	obj, err := b.Get(ctx, key, o)
	if err != nil {
		return err
	}
	*head = obj.Head
	if out.n == 0 {
		if err := learn(); err != nil {
			return errors.Join(err, obj.Body.Close())
		}
	}
	_, err = io.Copy(out, obj.Body)
	return errors.Join(err, obj.Body.Close())
}

// destination counts and sums what was written and remembers that writing
// failed, which repeating the request would not mend.
type destination struct {
	w   io.Writer
	n   int64
	crc uint64
	err error
}

func (d *destination) Write(p []byte) (int, error) {
	n, err := d.w.Write(p)
	d.n += int64(n)
	d.crc = cos.CRC64(d.crc, p[:n])
	if err != nil {
		d.err = err
	}
	return n, err
}
