package emulator

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// bucket is a row of the bucket table.
type bucket struct {
	id      int64
	name    string
	region  string
	created int64 // unix seconds
	// versioning may be out of date inside a change, which asks the index.
	versioning versioning
}

var (
	errBucketExists   = errors.New("bucket exists")
	errBucketNotEmpty = errors.New("bucket is not empty")
	errTooManyBuckets = errors.New("too many buckets")
)

var bucketName = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?-[0-9]+$`)

func validBucketName(name string) bool { return bucketName.MatchString(name) }

// appID is the account's number at the end of a bucket name.
func appID(name string) string { return name[strings.LastIndexByte(name, '-')+1:] }

func (x *index) loadBuckets() error {
	x.buckets = map[string]bucket{}
	err := x.each(context.Background(), `SELECT id, name, region, created, versioning FROM buckets`, nil, func(rows *sql.Rows) error {
		var b bucket
		err := rows.Scan(&b.id, &b.name, &b.region, &b.created, &b.versioning)
		x.buckets[b.name] = b
		return err
	})
	if err != nil {
		return fmt.Errorf("read buckets: %w", err)
	}
	return nil
}

func (x *index) bucket(name string) (bucket, bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	b, ok := x.buckets[name]
	return b, ok
}

func (x *index) allBuckets() []bucket {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return slices.SortedFunc(maps.Values(x.buckets), func(a, b bucket) int { return cmp.Compare(a.name, b.name) })
}

func (x *index) createBucket(name, region string, now int64) error {
	x.admin.Lock()
	defer x.admin.Unlock()
	b := bucket{name: name, region: region, created: now}
	err := x.writer.do(func(tx *writeTx) error {
		var n int
		if err := tx.row(`SELECT count(*) FROM buckets`, nil, &n); err != nil {
			return err
		}
		switch err := tx.row(`SELECT id FROM buckets WHERE name = ?`, []any{name}, &b.id); {
		case err == nil:
			return errBucketExists
		case !errors.Is(err, sql.ErrNoRows):
			return err
		case n >= maxBuckets:
			return errTooManyBuckets
		}
		return tx.row(`INSERT INTO buckets (name, region, created) VALUES (?, ?, ?) RETURNING id`,
			[]any{name, region, now}, &b.id)
	})
	if err != nil {
		return err
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.buckets[name] = b
	return nil
}

func (x *index) deleteBucket(b bucket) error {
	x.admin.Lock()
	defer x.admin.Unlock()
	err := x.writer.do(func(tx *writeTx) error {
		var used bool
		err := tx.row(`SELECT EXISTS (SELECT 1 FROM objects WHERE bucket = ?1) OR
			EXISTS (SELECT 1 FROM versions WHERE bucket = ?1) OR EXISTS (SELECT 1 FROM uploads WHERE bucket = ?1)`,
			[]any{b.id}, &used)
		if err != nil {
			return err
		}
		if used {
			return errBucketNotEmpty
		}
		return tx.exec(`DELETE FROM buckets WHERE id = ?`, b.id)
	})
	if err != nil {
		return err
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	delete(x.buckets, b.name)
	return nil
}

// bucketOf returns the bucket a request names. A bucket asked for in another
// region than its own does not exist there: regions know nothing of each
// other, and the documented error of that is NoSuchBucket.
func (s *Server) bucketOf(q *request) (bucket, error) {
	return s.findBucket(q.target.bucket, q.target.region)
}

func (s *Server) findBucket(name, region string) (bucket, error) {
	b, ok := s.index.bucket(name)
	if !ok || (region != "" && region != accelerated && region != b.region) {
		return bucket{}, noSuchBucket()
	}
	return b, nil
}

func (s *Server) listBuckets(q *request) error {
	size, err := q.target.query.pageSize("max-keys")
	if err != nil {
		return err
	}
	marker, region := q.target.query.get("marker"), q.target.region
	if r := q.target.query.get("region"); r != "" {
		region = r
	}
	var page []bucket
	truncated := false
	for _, b := range s.index.allBuckets() {
		if b.name <= marker || (region != "" && b.region != region) {
			continue
		}
		if truncated = len(page) == size; truncated {
			break
		}
		page = append(page, b)
	}
	return q.document(http.StatusOK, bucketsDocument(page, truncated))
}

func bucketsDocument(page []bucket, truncated bool) []byte {
	d := newDocument()
	d.open("ListAllMyBucketsResult")
	account := "0"
	if len(page) > 0 {
		account = page[0].name
	}
	d.owner("Owner", account)
	d.open("Buckets")
	for _, b := range page {
		d.open("Bucket")
		d.text("Name", b.name)
		d.text("Location", b.region)
		d.text("CreationDate", formatTime(b.created)[:19]+"Z")
		d.text("BucketType", "cos")
		d.close("Bucket")
	}
	d.close("Buckets")
	d.flag("IsTruncated", truncated)
	if truncated {
		d.text("NextMarker", page[len(page)-1].name)
	}
	d.close("ListAllMyBucketsResult")
	return d.bytes()
}

func (s *Server) putBucket(q *request) error {
	name, region := q.target.bucket, q.target.region
	if region == "" {
		region = s.cfg.Region
	}
	if !validBucketName(name) || len(stripPort(q.r.Host)) > maxHostBytes {
		return refuse("InvalidBucketName", "The specified bucket is not valid.")
	}
	switch err := s.index.createBucket(name, region, q.now.Unix()); {
	case errors.Is(err, errBucketExists):
		return refuse("BucketAlreadyOwnedByYou", "Your previous request to create the named bucket succeeded and you already own it.")
	case errors.Is(err, errTooManyBuckets):
		return refuse("TooManyBuckets", "You have attempted to create more buckets than allowed.")
	case err != nil:
		return err
	}
	return q.empty(http.StatusOK)
}

func (s *Server) headBucket(q *request) error {
	b, err := s.bucketOf(q)
	if err != nil {
		return err
	}
	q.set("x-cos-bucket-region", b.region)
	return q.empty(http.StatusOK)
}

func (s *Server) deleteBucket(q *request) error {
	b, err := s.bucketOf(q)
	if err != nil {
		return err
	}
	err = s.index.deleteBucket(b)
	if errors.Is(err, errBucketNotEmpty) {
		return refuse("BucketNotEmpty", "The bucket you tried to delete is not empty.")
	}
	if err != nil {
		return err
	}
	return q.empty(http.StatusNoContent)
}
