package emulator

import (
	"context"
	"fmt"
	"strconv"
)

// seedBatch is how many objects one transaction of Seed makes: others get a
// turn in between.
const seedBatch = 50_000

// emptyETag is the MD5 of nothing.
const emptyETag = "d41d8cd98f00b204e9800998ecf8427e"

// Seed adds n empty objects under prefix of bucket, named 0000000.. in order.
// Keys that name something already, or did and have versions, are left alone, and if both the first and the
// last are there nothing is done.
func (s *Server) Seed(ctx context.Context, bucket, prefix string, n int) error {
	b, ok := s.index.bucket(bucket)
	if !ok {
		return noSuchBucket()
	}
	if n <= 0 {
		return nil
	}
	width := max(7, len(strconv.Itoa(n-1)))
	if err := checkKey(prefix + seedName(0, width)); err != nil {
		return err
	}
	done, err := s.seeded(ctx, b, prefix, n, width)
	if err != nil || done {
		return err
	}
	for start := 0; start < n; start += seedBatch {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := s.seedRows(b, prefix, start, min(start+seedBatch, n), width); err != nil {
			return fmt.Errorf("seed %s: %w", bucket, err)
		}
	}
	return nil
}

func seedName(i, width int) string { return fmt.Sprintf("%0*d", width, i) }

func (s *Server) seeded(ctx context.Context, b bucket, prefix string, n, width int) (bool, error) {
	var found int
	err := s.index.row(ctx, `SELECT count(*) FROM objects WHERE bucket = ? AND key IN (?, ?)`,
		[]any{b.id, []byte(prefix + seedName(0, width)), []byte(prefix + seedName(n-1, width))}, &found)
	return found == min(n, 2), err
}

const insertSeed = `
INSERT OR IGNORE INTO objects (bucket, key, seq, nullver, size, etag, modified, class, crc, headers, extra, body)
WITH RECURSIVE i(n) AS (VALUES (?1) UNION ALL SELECT n + 1 FROM i WHERE n + 1 < ?2)
SELECT ?3, CAST(?4 || printf('%0*d', ?5, n) AS BLOB), ?9, 1, 0, ?6, ?7, ?8, 0, '', '', NULL FROM i
WHERE NOT EXISTS (SELECT 1 FROM versions WHERE bucket = ?3 AND key = CAST(?4 || printf('%0*d', ?5, n) AS BLOB))`

func (s *Server) seedRows(b bucket, prefix string, start, end, width int) error {
	now := s.cfg.Now().Unix()
	return s.index.writer.do(func(tx *writeTx) error {
		return tx.exec(insertSeed, start, end, b.id, prefix, width, emptyETag, now, standard, tx.w.nextSeq())
	})
}
