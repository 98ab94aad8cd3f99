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

func (e *Env) region(ctx context.Context, bucket string) (string, error) {
	if e.Client == nil { // only the journal is looked at
		return e.Region, nil
	}
	return e.Client.Bucket(bucket, e.Region).Locate(ctx)
}

// wherever runs do with the bucket in the account's region and, if the service
// does not have it there, where it is. So what looks at one place makes no
// request more than it must.
func (e *Env) wherever(ctx context.Context, bucket string, do func(*cos.Bucket) error) error {
	err := do(e.Client.Bucket(bucket, e.Region))
	if !errors.Is(err, cos.ErrNoBucket) && !errors.Is(err, cos.ErrRedirect) {
		return err
	}
	region, lost := e.region(ctx, bucket)
	if lost != nil || region == e.Client.Bucket(bucket, e.Region).Region() {
		return err
	}
	return do(e.Client.Bucket(bucket, region))
}
