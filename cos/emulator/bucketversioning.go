package emulator

import (
	"encoding/xml"
	"net/http"
)

// versioningConfiguration is the body of PUT ?versioning.
type versioningConfiguration struct {
	XMLName xml.Name `xml:"VersioningConfiguration"`
	Status  versioning
}

func (s *Server) getVersioning(q *request) error {
	b, err := s.bucketOf(q)
	if err != nil {
		return err
	}
	d := newDocument()
	d.open("VersioningConfiguration")
	if b.versioning != unversioned {
		d.text("Status", string(b.versioning))
	}
	d.close("VersioningConfiguration")
	return q.document(http.StatusOK, d.bytes())
}

// putVersioning enables or suspends. There is no way back to a bucket that
// never had versions (API documents 436/19889).
func (s *Server) putVersioning(q *request) error {
	b, err := s.bucketOf(q)
	if err != nil {
		return err
	}
	var c versioningConfiguration
	if err := q.readXML(&c); err != nil {
		return err
	}
	if c.Status != enabled && c.Status != suspended {
		return refuse("MalformedXML", "Status is Enabled or Suspended.")
	}
	if err := s.index.setVersioning(b, c.Status); err != nil {
		return err
	}
	return q.empty(http.StatusOK)
}

func (x *index) setVersioning(b bucket, v versioning) error {
	x.admin.Lock()
	defer x.admin.Unlock()
	err := x.writer.do(func(tx *writeTx) error {
		if _, err := tx.versioning(b); err != nil {
			return err
		}
		return tx.exec(`UPDATE buckets SET versioning = ? WHERE id = ?`, v, b.id)
	})
	if err != nil {
		return err
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if now, ok := x.buckets[b.name]; ok && now.id == b.id {
		now.versioning = v
		x.buckets[b.name] = now
	}
	return nil
}
