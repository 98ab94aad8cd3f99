package emulator

import (
	"encoding/xml"
	"net/http"
	"strings"
	"time"
)

// restore is the state of an archived object that is or was being restored.
// Times are unix seconds.
type restore struct {
	Tier      string // lower case
	Requested int64
	Ready     int64 // from when it can be read
	Expires   int64 // from when it no longer can
}

// archived reports that a class is one whose objects must be restored before
// they can be read.
func archived(class string) bool { return strings.HasSuffix(class, "ARCHIVE") }

// state says what a restore means now; at the most one of the two is true.
func (r *restore) state(now time.Time) (ongoing, readable bool) {
	if r == nil || now.Unix() >= r.Expires {
		return false, false
	}
	return now.Unix() < r.Ready, now.Unix() >= r.Ready
}

// checkReadable refuses what is archived and not restored.
func (q *request) checkReadable(o *object) error {
	if _, readable := o.extra.Restore.state(q.now); readable || !archived(o.class) {
		return nil
	}
	q.set("x-cos-storage-class", o.class)
	return refuse("InvalidObjectState", "The operation is not valid for the object's storage class: restore it first.")
}

// describeRestore sets the headers by which a client follows a restore.
func (q *request) describeRestore(o *object) {
	r := o.extra.Restore
	switch ongoing, readable := r.state(q.now); {
	case ongoing:
		q.set("x-cos-restore", `ongoing-request="true"`)
		q.set("x-cos-restore-status", `tier="`+r.Tier+`"; request-date="`+httpTime(r.Requested)+`"`)
	case readable:
		q.set("x-cos-restore", `ongoing-request="false", expiry-date="`+httpTime(r.Expires)+`"`)
	}
}

func httpTime(unix int64) string { return time.Unix(unix, 0).UTC().Format(http.TimeFormat) }

// restoreRequest is the body of POST Object restore.
type restoreRequest struct {
	XMLName xml.Name `xml:"RestoreRequest"`
	Days    int
	Tier    string `xml:"CASJobParameters>Tier"`
}

func (s *Server) restoreObject(q *request) error {
	b, err := s.bucketOf(q)
	if err != nil {
		return err
	}
	var req restoreRequest
	if err := q.readXML(&req); err != nil {
		return err
	}
	if req.Days < 1 || req.Days > maxRestoreDays {
		return refuse("InvalidArgument", "Days is between 1 and 365.")
	}
	status := http.StatusAccepted
	err = s.index.writer.do(func(tx *writeTx) error {
		o, err := tx.lookup(b, q.target.key, q.versionID())
		if err != nil {
			return err
		}
		status, err = o.restore(q, req)
		if err != nil {
			return err
		}
		return tx.updateExtra(b, o)
	})
	if err != nil {
		return err
	}
	return q.empty(status)
}

// restore enters a request into o and returns the status of its answer.
func (o *object) restore(q *request, req restoreRequest) (status int, err error) {
	tier, err := restoreTier(req.Tier, o.class)
	switch {
	case o.marker:
		return 0, &markerError{o, refuse("MethodNotAllowed", "A delete marker cannot be restored.")}
	case !archived(o.class):
		return 0, refuse("RestoreNonArchiveObject", "Only archived objects can be restored.")
	case err != nil:
		return 0, err
	}
	const day = 24 * time.Hour
	length := time.Duration(req.Days) * day
	switch ongoing, readable := o.extra.Restore.state(q.now); {
	case ongoing:
		return 0, refuse("RestoreAlreadyInProgress", "Object restore is already in progress.")
	case readable:
		// What 200 means here is not documented: the copy is kept for longer.
		o.extra.Restore.Expires = q.now.Add(length).Unix()
		return http.StatusOK, nil
	}
	// Times are in whole seconds; rounding up keeps a short restore ongoing
	// for at least as long as it was asked to take.
	ready := q.now.Add(q.server.cfg.RestoreTime + time.Second - 1).Unix()
	o.extra.Restore = &restore{tier, q.now.Unix(), ready, time.Unix(ready, 0).Add(length).Unix()}
	return http.StatusAccepted, nil
}

// restoreTier checks the tier for a class. Deep archives know no fast one.
func restoreTier(tier, class string) (string, error) {
	tier = strings.ToLower(first(strings.TrimSpace(tier), "Standard"))
	switch tier {
	case "standard", "bulk":
		return tier, nil
	case "expedited":
		if !strings.HasSuffix(class, "DEEP_ARCHIVE") {
			return tier, nil
		}
	}
	return "", refuse("InvalidArgument", "There is no tier "+tier+" for "+class+".")
}
