package emulator

import (
	"errors"
	"io"
	"net/http"

	"cosmander/cos/emulator/query"
)

// selectObject runs a query over an object. Its answer has no length: it ends
// with an End event, or with an error event, or it was cut.
func (s *Server) selectObject(q *request) error {
	defer s.blobs.begin()()
	b, err := s.bucketOf(q)
	if err != nil {
		return err
	}
	if kind := q.target.query.get("select-type"); kind != "2" {
		return refuse("InvalidArgument", "select-type is 2, not "+kind+".")
	}
	question, err := q.readQuery()
	if err != nil {
		return err
	}
	o, err := described(q, b, s.index.lookup)
	if err == nil {
		err = q.checkReadable(o)
	}
	if err != nil {
		return err
	}
	content := s.reader(q.r.Context(), o, byteRange{0, o.size})
	defer content.Close()
	q.set("Content-Type", "application/octet-stream")
	// Some bytes into the answer is where a fault changes one.
	answer := &liveWriter{q: q, w: q.slowAnswer(0, 64)}
	err = question.Run(q.r.Context(), content, o.size, answer)
	if err != nil && !q.sent {
		return refusedQuery(err)
	}
	return err // the answer has begun: it is cut
}

func (q *request) readQuery() (*query.Request, error) {
	doc, err := q.readDocument()
	if err != nil {
		return nil, err
	}
	question, err := query.Parse(doc)
	return question, refusedQuery(err)
}

// refusedQuery gives a refusal of the query its status.
func refusedQuery(err error) error {
	var e *query.Error
	if errors.As(err, &e) {
		return &apiError{http.StatusBadRequest, e.Code, e.Message}
	}
	return err
}

// liveWriter begins the answer with its first event and passes each on at
// once.
type liveWriter struct {
	q *request
	w io.Writer
}

func (l *liveWriter) Write(p []byte) (int, error) {
	if !l.q.sent {
		l.q.status(http.StatusOK)
	}
	n, err := l.w.Write(p)
	if err == nil {
		err = http.NewResponseController(l.q.w).Flush()
	}
	return n, err
}
