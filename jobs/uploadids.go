package jobs

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"cosmander/cos"
)

// ErrUploadInUse reports a multipart upload that a job goes on with.
var ErrUploadInUse = errors.New("a job needs this upload")

// HeldUpload is a multipart upload that a job has open or is to take over.
type HeldUpload struct {
	UploadID string
	Job      ID
	Title    string // of the job
	State    State  // of the job, as the journal has it
}

// Live reports that the job goes on with the upload by itself or when told to.
// One that failed begins anew if it is retried and the upload is gone.
func (h HeldUpload) Live() bool { return !h.State.Final() }

// HeldUploads returns the multipart uploads that jobs of any account have open
// or are to take over. Those of jobs that are done or cancelled are not among
// them: they are gone, or nobody goes on with them.
func (q *Queue) HeldUploads(ctx context.Context) ([]HeldUpload, error) {
	rows, err := q.j.jobs(ctx)
	if err != nil {
		return nil, err
	}
	var held []HeldUpload
	for _, r := range rows {
		if r.state == Done || r.state == Cancelled {
			continue
		}
		ids, err := q.j.uploadIDs(ctx, r.id)
		if err != nil {
			return nil, err
		}
		title := q.title(r.id)
		for _, id := range ids {
			held = append(held, HeldUpload{id, r.id, title, r.state})
		}
	}
	return held, nil
}

// title is what the screen calls a job; empty if this process does not know it
// yet.
func (q *Queue) title(id ID) string {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.specs[id].title
}

// uploadIDs returns the multipart uploads that a job has open, and those that
// it is to take over and has not yet. What has one is in parts, so only the
// lane of large items is looked at.
func (j *journal) uploadIDs(ctx context.Context, id ID) (ids []string, err error) {
	const open = `SELECT upload_id FROM items WHERE job = ?1 AND lane = ?2 AND upload_id <> '' AND ` +
		`CASE state WHEN 'queued' THEN 1 WHEN 'running' THEN 1 WHEN 'verifying' THEN 1 END
		UNION ALL SELECT upload_id FROM items WHERE job = ?1 AND state = 'failed' AND upload_id <> ''
		UNION ALL SELECT upload_id FROM items WHERE job = ?1 AND state = 'asking' AND lane = ?2 AND upload_id <> ''
		UNION ALL SELECT spec FROM jobs WHERE id = ?1 AND kind = 'upload' AND instr(spec, '"UploadID"') > 0`
	rows, err := j.read.QueryContext(ctx, open, id, laneLarge)
	if err != nil {
		return nil, fmt.Errorf("%w: look for uploads of job %d: %w", errJournal, id, err)
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, fmt.Errorf("%w: look for uploads of job %d: %w", errJournal, id, err)
		}
		if !strings.HasPrefix(s, "{") {
			ids = append(ids, s)
			continue
		}
		if spec, err := decodeSpec(s); err == nil { // else the job cannot run
			for _, src := range spec.Sources {
				ids = append(ids, src.UploadID)
			}
		}
	}
	return ids, rows.Err()
}

// checkUpload checks what a source says of a multipart upload.
func (s Spec) checkUpload(src *Source) error {
	switch {
	case s.Kind == Abort && (src.Local() || src.Folder || src.UploadID == ""):
		return fmt.Errorf("%s names no upload to abort", address(src.Place))
	case src.UploadID == "" || s.Kind == Abort:
		return nil
	case s.Kind != Upload || src.Folder:
		return fmt.Errorf("%s of %s goes on with no upload", s.Kind, address(src.Place))
	case s.OnConflict != Overwrite:
		return fmt.Errorf("%s: an upload that is taken over has its name already: what is there is overwritten", src.Path)
	}
	return nil
}

// openUpload makes the one item of a source that names an upload to abort.
func (w *walker) openUpload(ctx context.Context, i int, after string) error {
	if after != "" {
		return nil
	}
	src := w.a.spec.Sources[i]
	at := versionName(src.Key, src.UploadID)
	return w.put(ctx, &item{source: i, name: src.Key, key: src.Key, dest: at}, at)
}

// abortOne drops an upload and its parts, unless a job needs it.
func (t *task) abortOne(ctx context.Context) (outcome, error) {
	id := t.spec.Sources[t.item.source].UploadID
	if err := t.notHeld(ctx, id); err != nil {
		return outcome{}, err
	}
	b, err := t.origin()
	if err != nil {
		return outcome{}, err
	}
	asked := 0
	err = t.attempt(ctx, func(ctx context.Context) error {
		asked++
		return b.AbortUpload(ctx, t.item.key, id)
	})
	switch {
	case errors.Is(err, cos.ErrNoUpload) && asked == 1:
		return outcome{skipped: true, verified: true, reason: "it was completed or aborted before"}, nil
	case err != nil && !errors.Is(err, cos.ErrNoUpload): // else an answer was lost
		return outcome{}, err
	}
	return outcome{verified: true}, nil
}

// notHeld is asked right before an upload is dropped: a job may have begun or
// taken it over since.
func (t *task) notHeld(ctx context.Context, uploadID string) error {
	open, err := t.e.j.goingOn(ctx)
	if err != nil {
		return err
	}
	for _, job := range open {
		ids, err := t.e.j.uploadIDs(ctx, job)
		if err != nil {
			return err
		}
		if job != t.id && slices.Contains(ids, uploadID) {
			return fmt.Errorf("%s: %w: job %d goes on with it, cancel that instead", t.item.key, ErrUploadInUse, job)
		}
	}
	return nil
}

// goingOn returns the jobs that run, or go on when they are told to.
func (j *journal) goingOn(ctx context.Context) (ids []ID, err error) {
	rows, err := j.read.QueryContext(ctx, "SELECT id FROM jobs WHERE state NOT IN ('done', 'failed', 'cancelled')")
	if err != nil {
		return nil, fmt.Errorf("%w: list the jobs: %w", errJournal, err)
	}
	defer rows.Close()
	for rows.Next() {
		var id ID
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("%w: list the jobs: %w", errJournal, err)
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}
