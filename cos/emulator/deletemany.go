package emulator

import (
	"encoding/xml"
	"errors"
	"net/http"
	"strings"
)

// deleteRequest is the body of DELETE Multiple Objects.
type deleteRequest struct {
	XMLName xml.Name `xml:"Delete"`
	Quiet   string
	Objects []doomed `xml:"Object"`
}

type doomed struct {
	Key       string
	VersionID string `xml:"VersionId"`
}

// fate is what became of one of them.
type fate struct {
	deletion
	err *apiError
}

func (s *Server) deleteMany(q *request) error {
	b, err := s.bucketOf(q)
	if err != nil {
		return err
	}
	if q.r.Header.Get("Content-Md5") == "" {
		return refuse("InvalidRequest", "Deleting many objects needs a Content-MD5.")
	}
	var req deleteRequest
	if err := q.readXML(&req); err != nil {
		return err
	}
	if len(req.Objects) == 0 || len(req.Objects) > maxPage {
		return refuse("MalformedXML", "A request deletes 1 to 1000 objects.")
	}
	fates := make([]fate, len(req.Objects))
	spoiled := s.spoiledEntries(q, req.Objects)
	err = s.index.writer.do(func(tx *writeTx) error {
		for i, o := range req.Objects {
			if spoiled[i] != nil {
				fates[i] = fate{err: spoiled[i]}
				continue
			}
			if fates[i], err = tx.deleteOne(b, o, q.now.Unix()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	quiet := strings.EqualFold(strings.TrimSpace(req.Quiet), "true")
	return q.document(http.StatusOK, deletedDocument(req.Objects, fates, quiet))
}

// spoiledEntries returns the errors that faults make of single entries.
func (s *Server) spoiledEntries(q *request, objects []doomed) []*apiError {
	errs := make([]*apiError, len(objects))
	for i, o := range objects {
		if f := s.faults.matchEntry(q.op.name, o.Key); f.Status != 0 {
			errs[i] = f.refusal()
		}
	}
	return errs
}

// deleteOne keeps a refusal, which changed nothing, as the fate of this one.
func (tx *writeTx) deleteOne(b bucket, o doomed, unix int64) (fate, error) {
	if o.Key == "" {
		return fate{err: refuse("InvalidArgument", "The key is empty.")}, nil
	}
	gone, err := tx.delete(b, o.Key, o.VersionID, unix)
	var refusal *apiError
	if errors.As(err, &refusal) {
		return fate{err: refusal}, nil
	}
	return fate{deletion: gone}, err
}

func deletedDocument(asked []doomed, fates []fate, quiet bool) []byte {
	d := newDocument()
	d.open("DeleteResult")
	for i, o := range asked {
		switch f := fates[i]; {
		case f.err != nil:
			d.deleteError(o, f.err)
		case !quiet:
			d.deleted(o, f.deletion)
		}
	}
	d.close("DeleteResult")
	return d.bytes()
}

func (d *document) deleted(o doomed, gone deletion) {
	d.open("Deleted")
	d.text("Key", o.Key)
	if o.VersionID != "" {
		d.text("VersionId", o.VersionID)
	}
	if gone.marker {
		d.flag("DeleteMarker", true)
		d.text("DeleteMarkerVersionId", gone.version)
	}
	d.close("Deleted")
}

func (d *document) deleteError(o doomed, e *apiError) {
	d.open("Error")
	d.text("Key", o.Key)
	if o.VersionID != "" {
		d.text("VersionId", o.VersionID)
	}
	d.text("Code", e.code)
	d.text("Message", e.message)
	d.close("Error")
}
