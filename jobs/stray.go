package jobs

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"cosmander/cos"
)

// asking is a request for an upload id whose answer has not arrived. If it got
// as far as the service, there is an upload that nobody knows the id of: a
// stray.
type asking struct {
	at   time.Time // by the service's clock, not later than the request
	ours bool      // the service's clock was not known: at is by this machine's
}

// askings is how the journal keeps them: milliseconds, a "~" before those of
// this machine's clock.
type askings []asking

// String returns what Scan reads.
func (a askings) String() string {
	words := make([]string, len(a))
	for i, x := range a {
		words[i] = strconv.FormatInt(x.at.UnixMilli(), 10)
		if x.ours {
			words[i] = "~" + words[i]
		}
	}
	return strings.Join(words, " ")
}

// Scan implements [sql.Scanner].
func (a *askings) Scan(v any) error {
	text, ok := v.(string)
	if !ok {
		return fmt.Errorf("jobs: column of type %T", v)
	}
	*a = nil
	for word := range strings.FieldsSeq(text) {
		digits, ours := strings.CutPrefix(word, "~")
		ms, err := strconv.ParseInt(digits, 10, 64)
		if err != nil {
			return fmt.Errorf("jobs: when an upload was asked for: %w", err)
		}
		*a = append(*a, asking{time.UnixMilli(ms), ours})
	}
	return nil
}

const (
	// longestAsking is how long after it began a request for an upload id may
	// take effect: the time to connect and the silence that is borne, and as
	// much again.
	longestAsking = 3 * time.Minute
	// clockGrain is how exactly the service tells the time, of an upload as well
	// as of its answers.
	clockGrain = time.Second
)

// asks the service for an upload id. When it asks is in the journal before the
// request is, and stays there if nobody knows whether that took effect.
func (t *task) ask(ctx context.Context, b *cos.Bucket, h cos.Headers) (id string, err error) {
	err = t.attempt(ctx, func(ctx context.Context) (err error) {
		ahead, known := b.Client().ServiceClock()
		t.item.askings = append(t.item.askings, asking{t.e.now().Add(ahead), !known})
		if err := t.e.j.asked(t.item); err != nil {
			return err
		}
		id, err = b.InitiateUpload(ctx, t.target(), h)
		if refused(err) {
			t.answered()
		}
		return err
	})
	if refused(err) {
		err = errors.Join(err, t.e.j.asked(t.item))
	}
	return id, err
}

// answered drops the newest asking, as what came of it is known.
func (t *task) answered() { t.item.askings = t.item.askings[:len(t.item.askings)-1] }

// refused reports that a request certainly had no effect: it got nowhere, or
// the service says that it is at fault. After an error of the service's own
// that is not known.
func refused(err error) bool {
	var answer *cos.Error
	if errors.As(err, &answer) {
		return answer.Foreign == "" && answer.Status/100 == 4
	}
	return cos.Unreachable(err)
}

// sweep aborts the strays of the item. It never touches what has parts, what
// somebody else began, or what may be somebody else's: that is left, and said
// in t.left. Unless it is the last look, a request that may yet take effect is
// remembered for the next one. The error is the end of ctx or the journal's.
func (t *task) sweep(ctx context.Context, b *cos.Bucket, last bool) error {
	if len(t.item.askings) == 0 {
		return nil
	}
	left, err := t.abortStrays(ctx, b)
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.Is(err, errJournal), errors.Is(err, errAbandoned):
		return err
	case err != nil:
		t.left = "an upload without parts may be left in the bucket: " + err.Error()
		return nil
	}
	t.left = left
	ahead, _ := b.Client().ServiceClock()
	now := t.e.now().Add(ahead)
	t.item.askings = slices.DeleteFunc(t.item.askings, func(a asking) bool { return last || a.ended(now, ahead) })
	return t.e.j.asked(t.item)
}

// ended reports that the request can take effect no more.
func (a asking) ended(now time.Time, ahead time.Duration) bool {
	_, until := a.window(ahead)
	return now.After(until)
}

// window is when the service may say that the upload was begun.
func (a asking) window(ahead time.Duration) (from, until time.Time) {
	at := a.at
	if a.ours {
		at = at.Add(ahead)
	}
	return at.Truncate(clockGrain), at.Add(longestAsking + clockGrain)
}

// abortStrays looks for strays and aborts those that are surely the item's. The
// text is about those that may be.
func (t *task) abortStrays(ctx context.Context, b *cos.Bucket) (left string, err error) {
	list, err := t.suspects(ctx, b)
	if err != nil || len(list) == 0 {
		return "", err
	}
	if t.self == nil {
		if err := t.introduce(ctx, b); err != nil {
			return "", err
		}
	}
	list = slices.DeleteFunc(list, func(u cos.Upload) bool { return u.Initiator.ID != t.self.ID })
	if list, err = t.withoutParts(ctx, b, list); err != nil {
		return "", err
	}
	if len(list) > len(t.item.askings) {
		return fmt.Sprintf("%d uploads without parts are left in the bucket: it cannot be told which of them this job began", len(list)), nil
	}
	for _, u := range list {
		if err := t.abortUpload(ctx, b, u.UploadID); err != nil {
			return "", err
		}
	}
	return "", nil
}

// suspects are the uploads of the item's key, its own left out, that were begun
// when it asked for one. If its own is among what is listed, it is known then
// who the service takes us for.
func (t *task) suspects(ctx context.Context, b *cos.Bucket) (list []cos.Upload, err error) {
	all, err := t.uploadsOfKey(ctx, b)
	if err != nil {
		return nil, err
	}
	ahead, _ := b.Client().ServiceClock()
	for _, u := range all {
		switch {
		case u.UploadID == t.item.uploadID:
			t.self = &u.Initiator
		case slices.ContainsFunc(t.item.askings, func(a asking) bool {
			from, until := a.window(ahead)
			return !u.Initiated.Before(from) && !u.Initiated.After(until)
		}):
			list = append(list, u)
		}
	}
	return list, nil
}

// uploadsOfKey lists the uploads in progress of exactly the item's key, which is
// the first of those that begin with it.
func (t *task) uploadsOfKey(ctx context.Context, b *cos.Bucket) (list []cos.Upload, err error) {
	key := t.target()
	err = t.attempt(ctx, func(ctx context.Context) error {
		list = nil
		for page, err := range b.UploadPages(ctx, cos.UploadsOptions{Prefix: key}) {
			if err != nil {
				return err
			}
			for _, u := range page.Uploads {
				if u.Key != key {
					return nil
				}
				list = append(list, u)
			}
		}
		return nil
	})
	return list, err
}

// introduce finds out who the service takes us for. It says so of an upload
// only, so one is begun and aborted.
func (t *task) introduce(ctx context.Context, b *cos.Bucket) error {
	id, err := t.ask(ctx, b, cos.Headers{})
	if err != nil {
		return err
	}
	all, err := t.uploadsOfKey(ctx, b)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(u cos.Upload) bool { return u.UploadID == id })
	if i < 0 {
		return fmt.Errorf("%s: the service does not list an upload that it has just begun", cos.URI{Bucket: b.Name(), Key: t.target()})
	}
	t.self = &all[i].Initiator
	if err := t.abortUpload(ctx, b, id); err != nil {
		return err
	}
	t.answered()
	return nil
}

func (t *task) withoutParts(ctx context.Context, b *cos.Bucket, list []cos.Upload) (empty []cos.Upload, err error) {
	for _, u := range list {
		var page *cos.PartsPage
		err := t.attempt(ctx, func(ctx context.Context) (err error) {
			page, err = b.ListParts(ctx, u.Key, u.UploadID, cos.PartsOptions{MaxParts: 1})
			return err
		})
		switch {
		case errors.Is(err, cos.ErrNoUpload): // it has ended meanwhile
		case err != nil:
			return nil, err
		case len(page.Parts) == 0:
			empty = append(empty, u)
		}
	}
	return empty, nil
}

// abortUpload aborts an upload of the item's key; one that is gone is fine.
func (t *task) abortUpload(ctx context.Context, b *cos.Bucket, id string) error {
	err := t.attempt(ctx, func(ctx context.Context) error { return b.AbortUpload(ctx, t.target(), id) })
	if err != nil && !errors.Is(err, cos.ErrNoUpload) {
		return fmt.Errorf("abort the upload: %w", err)
	}
	return nil
}
