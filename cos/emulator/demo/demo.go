// Package demo fills the embedded server with sample data: a small company's
// bucket with photos, logs, sales figures and a few names that file browsers
// stumble over. The content is the same on every machine.
package demo

import (
	"context"
	"fmt"
	"io"
	"time"

	"golang.org/x/sync/errgroup"

	"cosmander/cos/emulator"
)

// Bucket is the bucket that is filled.
const Bucket = "demo-1250000000"

// noteName marks a bucket that was filled to the end, so that what the user
// deletes stays deleted.
const (
	noteName = "demo filled"
	noteText = "1"
)

// object is one sample object.
type object struct {
	key         string
	contentType string
	class       string // storage class; empty is STANDARD
	size        int64
	body        func() io.Reader
	age         time.Duration // how long before now it was written
}

// Fill puts the sample data into [Bucket], which must exist, unless that was
// done before. If it is interrupted, the next call starts again.
func Fill(ctx context.Context, s *emulator.Server) error {
	note, err := s.Note(ctx, noteName)
	if err != nil {
		return fmt.Errorf("fill demo bucket: %w", err)
	}
	if note == noteText {
		return nil
	}
	now := time.Now()
	g, gctx := errgroup.WithContext(ctx)
	// Puts that wait together are committed together.
	g.SetLimit(16)
	for o := range objects() {
		if gctx.Err() != nil {
			break
		}
		g.Go(func() error {
			err := s.Store(Bucket, o.key, o.body(), o.size, emulator.StoreOptions{
				ContentType: o.contentType, StorageClass: o.class, Modified: now.Add(-o.age),
			})
			if err != nil {
				return fmt.Errorf("fill demo bucket: %s: %w", o.key, err)
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return s.SetNote(noteName, noteText)
}
