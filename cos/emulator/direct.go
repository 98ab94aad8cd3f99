package emulator

import (
	"context"
	"errors"
	"io"
	"time"
)

// StoreOptions are what [Server.Store] may set on an object.
type StoreOptions struct {
	ContentType  string
	StorageClass string    // empty means STANDARD
	Modified     time.Time // zero means now
}

// Store writes an object without a request: it is how sample data gets in.
// size is the length of body in bytes, or -1 if it is not known.
func (s *Server) Store(bucketName, key string, body io.Reader, size int64, opts StoreOptions) error {
	b, ok := s.index.bucket(bucketName)
	if !ok {
		return noSuchBucket()
	}
	if key == "" {
		return errors.New("store object: empty key")
	}
	if err := checkKey(key); err != nil {
		return err
	}
	if opts.Modified.IsZero() {
		opts.Modified = s.cfg.Now()
	}
	o := &object{key: key, class: first(opts.StorageClass, standard), headers: headers{}, modified: opts.Modified.Unix()}
	if opts.ContentType != "" {
		o.headers["Content-Type"] = opts.ContentType
	}
	c, err := s.blobs.store(body, size)
	if err != nil {
		return err
	}
	o.take(c)
	return s.commit(c, func(tx *writeTx) error { return tx.putObject(b, o) })
}

// Count returns how many objects a bucket holds.
func (s *Server) Count(ctx context.Context, bucketName string) (n int, err error) {
	b, ok := s.index.bucket(bucketName)
	if !ok {
		return 0, noSuchBucket()
	}
	err = s.index.row(ctx, `SELECT count(*) FROM objects WHERE bucket = ?`, []any{b.id}, &n)
	return n, err
}

// Remove deletes an object without a request, as a DELETE would. A missing one
// is no error.
func (s *Server) Remove(bucketName, key string) error {
	b, ok := s.index.bucket(bucketName)
	if !ok {
		return noSuchBucket()
	}
	return s.index.writer.do(func(tx *writeTx) error {
		_, err := tx.delete(b, key, "", s.cfg.Now().Unix())
		return err
	})
}
