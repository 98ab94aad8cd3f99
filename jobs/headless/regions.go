package headless

import (
	"context"
	"errors"

	"cosmander/cos"
	"cosmander/jobs"
)

// located asks where the buckets of a job are, which may be in other regions
// than the account's own, and writes it into the job. One request a bucket.
func (e *Env) located(ctx context.Context, spec jobs.Spec) (jobs.Spec, error) {
	known := map[string]string{"": ""} // a local place has no bucket
	ask := func(p *jobs.Place) error {
		region, ok := known[p.Bucket]
		if !ok {
			var err error
			if region, err = e.region(ctx, p.Bucket); err != nil {
				return err
			}
			known[p.Bucket] = region
		}
		p.Region = region
		return nil
	}
	for i := range spec.Sources {
		if err := ask(&spec.Sources[i].Place); err != nil {
			return jobs.Spec{}, err
		}
	}
	return spec, ask(&spec.Dest)
}

// region is where the bucket is. Asked in another region the service may say
// that there is no such bucket: then the list of buckets tells. Keys may be
// allowed to use a bucket and to do neither: then it is taken to be where the
// account is, and what the first request of the job says is what counts.
func (e *Env) region(ctx context.Context, bucket string) (string, error) {
	if e.Client == nil { // only the journal is looked at
		return e.Region, nil
	}
	region, err := e.Client.Bucket(bucket, e.Region).FindRegion(ctx)
	switch {
	case errors.Is(err, cos.ErrDenied):
		return e.Region, nil
	case errors.Is(err, cos.ErrNoBucket), errors.Is(err, cos.ErrNotFound):
		return e.listedRegion(ctx, bucket)
	}
	return region, err
}

func (e *Env) listedRegion(ctx context.Context, bucket string) (string, error) {
	all, err := e.Client.ListBuckets(ctx)
	if err != nil && !errors.Is(err, cos.ErrDenied) {
		return "", err
	}
	for _, b := range all {
		if b.Name == bucket {
			return b.Region, nil
		}
	}
	return e.Region, nil
}
