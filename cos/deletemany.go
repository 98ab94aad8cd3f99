package cos

import (
	"context"
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
// object or gave no reason ([ErrMalformed]), or a request of its own failed.
type DeleteFailure struct {
	Key       string
	VersionID string
	Err       error
}

// DeleteManyResult says what became of every object of a [Bucket.DeleteMany],
// once however often it was asked for or answered.
type DeleteManyResult struct {
	Deleted []DeletedObject // empty if quiet
	Failed  []DeleteFailure
}

// DeleteMany deletes 1 to 1000 objects or versions (DELETE Multiple Objects);
// the service takes 300 a second. It succeeds even if some, or all, were
// refused: look at Failed. A missing object or version counts as deleted. If
// quiet only failures are reported. A number out of bounds is [ErrInvalidInput],
// a key that no request may name [ErrInvalidKey]. An answer that names what was
// not asked for, such as a new marker in place of a version that was to go, or
// more than was asked for, is [ErrMalformed]. Of several answers about one
// object the failure counts. It may be repeated, but where there is versioning
// every deletion without a VersionID makes another marker.
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
	d := newDeletion(a, batch)
	if err := a.document("DeleteResult", d.decode); err != nil {
		return err
	}
	for _, o := range d.asked {
		if o.err == nil && o.row == nil && !quiet {
			o.err = fmt.Errorf("%s: %w: it does not mention the object", target(call.op, b.name, o.Key), ErrMalformed)
		}
		switch {
		case o.err != nil:
			r.Failed = append(r.Failed, DeleteFailure{o.Key, o.VersionID, o.err})
		case !quiet:
			r.Deleted = append(r.Deleted, *o.row)
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
	answer *answer
	asked  []*outcome // each object once, in the order of the request
	of     map[ObjectVersion]*outcome
	ofKey  map[string][]*outcome
	left   int // rows that may still come
}

// An outcome is what the answer says of an object: nothing, if neither row nor
// err is set.
type outcome struct {
	ObjectVersion

	row *DeletedObject
	err error
}

func newDeletion(a *answer, batch []ObjectVersion) *deletion {
	d := &deletion{answer: a, of: map[ObjectVersion]*outcome{}, ofKey: map[string][]*outcome{}, left: len(batch)}
	for _, o := range batch {
		if d.of[o] != nil {
			continue
		}
		one := &outcome{ObjectVersion: o}
		d.asked = append(d.asked, one)
		d.of[o] = one
		d.ofKey[o.Key] = append(d.ofKey[o.Key], one)
	}
	return d
}

func (d *deletion) decode(p *xmlParser) error {
	return p.each(func(name string) error {
		if name != "Deleted" && name != "Error" {
			return p.skip()
		}
		if d.left--; d.left < 0 {
			return fmt.Errorf("%w: it has more rows than objects were to be deleted", ErrMalformed)
		}
		var row DeletedObject
		e := newError(d.answer.call, d.answer.Request, d.answer.Response)
		if err := row.decode(p, &e.Code, &e.Message); err != nil {
			return err
		}
		o := d.find(ObjectVersion{row.Key, row.VersionID})
		if o == nil || name == "Deleted" && o.replaced(row) {
			return fmt.Errorf("%w: it names an object that was not to be deleted: %s", ErrMalformed, shortened(row.Key))
		}
		row.VersionID, e.Key = o.VersionID, o.Key
		switch {
		case name == "Deleted" || deletedBefore(e):
			o.row = &row
		case e.Code == "":
			o.err = fmt.Errorf("%s: %w: a refusal without a code", e.target(), ErrMalformed)
		default:
			o.err = e
		}
		return nil
	})
}

// replaced reports that a row tells of a new marker in place of the version
// that was to go. A marker that went has the id that was asked for.
func (o *outcome) replaced(row DeletedObject) bool {
	if o.VersionID == "" {
		return false
	}
	unnamed := row.DeleteMarker && row.VersionID == ""
	return unnamed || row.DeleteMarkerVersionID != "" && row.DeleteMarkerVersionID != o.VersionID
}

// find returns what a row of the answer is about, nil if it was not asked for.
// A row may name the version of an object that was asked for without, or leave
// out the one that was.
func (d *deletion) find(row ObjectVersion) *outcome {
	for _, o := range []ObjectVersion{row, {Key: row.Key}} {
		if one := d.of[o]; one != nil {
			return one
		}
	}
	if of := d.ofKey[row.Key]; row.VersionID == "" && len(of) == 1 {
		return of[0]
	}
	return nil
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
