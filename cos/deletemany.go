package cos

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ObjectVersion names what is to be deleted; an empty VersionID means the
// object itself.
type ObjectVersion struct{ Key, VersionID string }

// DeletedObject is one success of [Bucket.DeleteMany].
type DeletedObject struct {
	Key                   string
	VersionID             string // as it was asked for
	DeleteMarker          bool   // a marker was made, or (with a VersionID) removed
	DeleteMarkerVersionID string // of that marker
}

// DeleteFailure is one object that [Bucket.DeleteMany] did not delete. Err is
// an [*Error] if the service refused; else the answer did not mention the
// object ([ErrMalformed]), or a request of its own had no answer.
type DeleteFailure struct {
	Key       string
	VersionID string
	Err       error
}

// DeleteManyResult says what became of every object of a [Bucket.DeleteMany].
type DeleteManyResult struct {
	Deleted []DeletedObject // empty if quiet
	Failed  []DeleteFailure
}

// DeleteMany deletes 1 to 1000 objects or versions (DELETE Multiple Objects);
// the service takes 300 a second. It succeeds even if some, or all, were
// refused: look at Failed. A missing object counts as deleted. If quiet only
// failures are reported. A number out of bounds is [ErrInvalidInput], a key that
// no request may name [ErrInvalidKey], an answer that names what was not asked
// for [ErrMalformed]. It may be repeated, but where there is versioning every
// deletion without a VersionID makes another marker.
//
// A key that XML does not carry faithfully (control characters, white space at
// an end, not UTF-8) or that begins with "/" is deleted by a request of its own
// behind the others, lest another object be deleted in its place; so a call may
// send more than one request. If theirs fails these are not sent.
func (b *Bucket) DeleteMany(ctx context.Context, objects []ObjectVersion, quiet bool) (*DeleteManyResult, error) {
	call := b.onBucket("DeleteObjects", http.MethodPost)
	if len(objects) < 1 || len(objects) > MaxDeletes {
		return nil, fmt.Errorf("%s: %w: %d objects are not 1 to %d", call.what(), ErrInvalidInput, len(objects), MaxDeletes)
	}
	var batch, alone []ObjectVersion
	for _, o := range objects {
		if err := checkExistingKey(o.Key); err != nil {
			return nil, fmt.Errorf("%s: %w", call.what(), err)
		}
		if faithful(o.Key) && faithful(o.VersionID) && o.Key[0] != '/' {
			batch = append(batch, o)
		} else {
			alone = append(alone, o)
		}
	}
	r := &DeleteManyResult{}
	if len(batch) > 0 {
		if err := b.deleteBatch(ctx, call, batch, quiet, r); err != nil {
			return nil, err
		}
	}
	for _, o := range alone {
		b.deleteAlone(ctx, o, quiet, r)
	}
	return r, nil
}

// faithful reports that XML carries s and that no parser has a reason to trim
// or to normalise it.
func faithful(s string) bool {
	if s == "" {
		return true
	}
	odd := func(r rune) bool {
		return unicode.IsControl(r) || r == 0xfffe || r == 0xffff || r == 0x2028 || r == 0x2029
	}
	first, _ := utf8.DecodeRuneInString(s)
	last, _ := utf8.DecodeLastRuneInString(s)
	return utf8.ValidString(s) && !strings.ContainsFunc(s, odd) && !unicode.IsSpace(first) && !unicode.IsSpace(last)
}

func (b *Bucket) deleteAlone(ctx context.Context, o ObjectVersion, quiet bool, r *DeleteManyResult) {
	one, err := b.Delete(ctx, o.Key, o.VersionID)
	switch {
	case err != nil:
		r.Failed = append(r.Failed, DeleteFailure{o.Key, o.VersionID, err})
	case !quiet:
		d := DeletedObject{Key: o.Key, VersionID: o.VersionID, DeleteMarker: one.DeleteMarker}
		if one.DeleteMarker {
			d.DeleteMarkerVersionID = one.VersionID
		}
		r.Deleted = append(r.Deleted, d)
	}
}

func (b *Bucket) deleteBatch(ctx context.Context, call *call, batch []ObjectVersion, quiet bool, r *DeleteManyResult) error {
	call.query = params{{"delete", ""}}
	a, err := b.client.do(ctx, call.sendsSummed(deleteDocument(batch, quiet)))
	if err != nil {
		return err
	}
	d := &deletion{result: r, asked: make(map[ObjectVersion]bool, len(batch)), refused: func(key, code, message string) error {
		e := newError(a.call, a.Request, a.Response)
		e.Key, e.Code, e.Message = key, code, message
		return e
	}}
	for _, o := range batch {
		d.asked[o] = false
	}
	if err := a.document("DeleteResult", d.decode); err != nil {
		return err
	}
	if quiet {
		r.Deleted = nil
		return nil
	}
	for _, o := range batch {
		if !d.asked[o] {
			err := fmt.Errorf("%s: %w: it does not mention the object", target(call.op, b.name, o.Key), ErrMalformed)
			r.Failed = append(r.Failed, DeleteFailure{o.Key, o.VersionID, err})
			d.asked[o] = true
		}
	}
	return nil
}

func deleteDocument(objects []ObjectVersion, quiet bool) []byte {
	doc := []byte("<Delete>")
	doc = appendElement(doc, "Quiet", strconv.FormatBool(quiet))
	for _, o := range objects {
		doc = append(doc, "<Object>"...)
		doc = appendElement(doc, "Key", o.Key)
		doc = appendElement(doc, "VersionId", o.VersionID)
		doc = append(doc, "</Object>"...)
	}
	return append(doc, "</Delete>"...)
}

// A deletion is an answer to DeleteMany while it is read.
type deletion struct {
	result  *DeleteManyResult
	asked   map[ObjectVersion]bool // true: the answer mentions it
	refused func(key, code, message string) error
}

var errNotAsked = errors.New("it names an object that was not to be deleted")

func (d *deletion) decode(p *xmlParser) error {
	return p.each(func(name string) error {
		if name != "Deleted" && name != "Error" {
			return p.skip()
		}
		var row DeletedObject
		var code, message string
		if err := row.decode(p, &code, &message); err != nil {
			return err
		}
		o, ok := d.find(ObjectVersion{row.Key, row.VersionID})
		// A new marker in place of a version that was to go is not what was asked.
		marked := name == "Deleted" && row.DeleteMarker && row.VersionID != o.VersionID && o.VersionID != ""
		if !ok || marked {
			return fmt.Errorf("%w: %w: %s", ErrMalformed, errNotAsked, shortened(row.Key))
		}
		d.asked[o] = true
		row.VersionID = o.VersionID
		if name == "Error" {
			d.result.Failed = append(d.result.Failed, DeleteFailure{o.Key, o.VersionID, d.refused(o.Key, code, message)})
			return nil
		}
		d.result.Deleted = append(d.result.Deleted, row)
		return nil
	})
}

// find returns the object that a row of the answer is about. A row may name the
// version of an object that was asked for without, or leave out the one that
// was.
func (d *deletion) find(row ObjectVersion) (ObjectVersion, bool) {
	for _, o := range []ObjectVersion{row, {Key: row.Key}} {
		if _, ok := d.asked[o]; ok {
			return o, true
		}
	}
	var of []ObjectVersion
	for o := range d.asked {
		if row.VersionID == "" && o.Key == row.Key {
			of = append(of, o)
		}
	}
	if len(of) != 1 {
		return ObjectVersion{}, false
	}
	return of[0], true
}

func (row *DeletedObject) decode(p *xmlParser, code, message *string) error {
	return p.each(func(name string) (err error) {
		switch name {
		case "Key":
			row.Key, err = p.text()
		case "VersionId":
			row.VersionID, err = identifier(p)
		case "DeleteMarker":
			row.DeleteMarker, err = boolean(p)
		case "DeleteMarkerVersionId":
			row.DeleteMarkerVersionID, err = identifier(p)
		case "Code":
			*code, err = identifier(p)
		case "Message":
			*message, err = identifier(p)
		default:
			err = p.skip()
		}
		return err
	})
}
