package emulator

import (
	"bytes"
	"crypto/md5" // the service's ETags are MD5
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// completeRequest is the body of CompleteMultipartUpload.
type completeRequest struct {
	XMLName xml.Name     `xml:"CompleteMultipartUpload"`
	Parts   []chosenPart `xml:"Part"`
}

type chosenPart struct {
	PartNumber int
	ETag       string
}

func (s *Server) completeUpload(q *request) error {
	b, err := s.bucketOf(q)
	if err != nil {
		return err
	}
	chosen, err := readComplete(q)
	if err != nil {
		return err
	}
	if done, err := s.slowDocument(q); done {
		return err
	}
	o := &object{key: q.target.key, modified: q.now.Unix()}
	err = s.index.writer.do(func(tx *writeTx) error {
		return tx.completeUpload(b, o, q.target.query.get("uploadId"), chosen)
	})
	if err != nil {
		return q.failInDocument(err)
	}
	q.written(o)
	return q.document(http.StatusOK, completeDocument(b, o))
}

func readComplete(q *request) ([]chosenPart, error) {
	var req completeRequest
	if err := q.readXML(&req); err != nil {
		return nil, err
	}
	if len(req.Parts) == 0 {
		return nil, refuse("MalformedXML", "The XML you provided did not list any part.")
	}
	if len(req.Parts) > maxParts {
		return nil, refuse("InvalidArgument", "An upload has at most 10000 parts.")
	}
	for i, p := range req.Parts {
		if i > 0 && p.PartNumber <= req.Parts[i-1].PartNumber {
			return nil, refuse("InvalidPartOrder", "The list of parts was not in ascending order.")
		}
	}
	return req.Parts, nil
}

// completeUpload joins the chosen parts into o. Their segments move into the
// object; no byte is copied. Parts that were not chosen are dropped.
func (tx *writeTx) completeUpload(b bucket, o *object, id string, chosen []chosenPart) error {
	u, err := tx.findUpload(b, o.key, id)
	if err != nil {
		return err
	}
	o.class, o.headers, o.extra = u.class, u.headers, u.extra
	parts, err := tx.parts(id)
	if err != nil {
		return err
	}
	if err := o.join(parts, chosen); err != nil {
		return err
	}
	if err := tx.dropUnchosen(parts, chosen); err != nil {
		return err
	}
	if err := tx.endUpload(b, o.key, id); err != nil {
		return err
	}
	return tx.putObject(b, o)
}

func (o *object) join(parts []part, chosen []chosenPart) error {
	o.size, o.crc, o.body = 0, 0, nil
	byNumber := make(map[int]part, len(parts))
	for _, p := range parts {
		byNumber[p.number] = p
	}
	sums := make([]byte, 0, len(chosen)*md5.Size)
	for i, c := range chosen {
		p, ok := byNumber[c.PartNumber]
		if !ok || !strings.EqualFold(strings.Trim(strings.TrimSpace(c.ETag), `"`), p.etag) {
			return refuse("InvalidPart", fmt.Sprintf("Part %d could not be found, or its ETag did not match.", c.PartNumber))
		}
		if p.size < minPartBytes && i < len(chosen)-1 {
			return refuse("EntityTooSmall", fmt.Sprintf("Part %d is smaller than 1 MB and not the last.", c.PartNumber))
		}
		body, err := decodeBody(p.body)
		if err != nil {
			return err
		}
		o.body = append(o.body, body...)
		o.crc = combineCRC(o.crc, p.crc, p.size)
		o.size += p.size
		sum, err := hex.DecodeString(p.etag)
		if err != nil {
			return fmt.Errorf("damaged index: ETag of part %d: %w", p.number, err)
		}
		sums = append(sums, sum...)
	}
	total := md5.Sum(sums)
	o.etag = fmt.Sprintf("%x-%d", total, len(chosen))
	return nil
}

func (tx *writeTx) dropUnchosen(parts []part, chosen []chosenPart) error {
	kept := make(map[int]bool, len(chosen))
	for _, c := range chosen {
		kept[c.PartNumber] = true
	}
	for _, p := range parts {
		if kept[p.number] {
			continue
		}
		if err := tx.drop(p.body); err != nil {
			return err
		}
	}
	return nil
}

func completeDocument(b bucket, o *object) []byte {
	d := newDocument()
	d.open("CompleteMultipartUploadResult")
	d.text("Location", fmt.Sprintf("%s.cos.%s.myqcloud.com/%s", b.name, b.region, encodeName(o.key)))
	d.text("Bucket", b.name)
	d.text("Key", o.key)
	d.etag(o.etag)
	d.close("CompleteMultipartUploadResult")
	// Spaces may have gone before, and an XML declaration must come first.
	return bytes.TrimPrefix(d.bytes(), []byte(prolog))
}

// slowDocument begins an answer as the service does when joining takes long:
// status 200, then spaces until the outcome is known. done is true if the
// fault was an error, which has then been answered.
func (s *Server) slowDocument(q *request) (done bool, err error) {
	if q.fault.Spaces <= 0 && !q.fault.ErrorIn200 {
		return false, nil
	}
	q.set("Content-Type", "application/xml")
	q.status(http.StatusOK)
	const beat = 50 * time.Millisecond
	for left := max(q.fault.Spaces, 1); left > 0; left -= beat {
		_, _ = io.WriteString(q.w, " ")
		_ = http.NewResponseController(q.w).Flush() // a lost client shows in pause
		if !s.pause(q.r.Context(), min(left, beat)) {
			panic(http.ErrAbortHandler)
		}
	}
	if !q.fault.ErrorIn200 {
		return false, nil
	}
	code := first(q.fault.Code, "InternalError")
	return true, q.failInDocument(&apiError{http.StatusOK, code, "A fault of this server's own making."})
}

// failInDocument answers an error where the status may have gone out already.
func (q *request) failInDocument(err error) error {
	if !q.sent {
		return err
	}
	body := q.errorDocument(asAPIError(err))
	return q.document(http.StatusOK, bytes.TrimPrefix(body, []byte(prolog)))
}
