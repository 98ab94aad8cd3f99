package costest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"cosmander/cos"
)

func conditionsChapter() chapter {
	return chapter{"Conditions", []promise{
		{"HoldOnGet", func(t *testing.T, p place) { conditionsHold(t, p, p.tryGet) }},
		{"HoldOnHead", func(t *testing.T, p place) { conditionsHold(t, p, p.tryHead) }},
		{"HoldOnARange", conditionsOnARange},
	}}
}

// A conditionCase is a set of conditions and what GET and HEAD make of it, nil
// if they hold.
type conditionCase struct {
	name string
	set  cos.Conditions
	want error
}

// conditionCases are about an object with that ETag, modified then. Where two
// meet, RFC 9110 says which one counts.
func conditionCases(etag string, modified time.Time) []conditionCase {
	const other = "00000000000000000000000000000000"
	earlier := modified.Add(-time.Hour)
	return []conditionCase{
		{"none", cos.Conditions{}, nil},
		{"match", cos.Conditions{IfMatch: etag}, nil},
		{"no match", cos.Conditions{IfMatch: other}, cos.ErrPrecondition},
		{"none match", cos.Conditions{IfNoneMatch: other}, nil},
		{"one matches", cos.Conditions{IfNoneMatch: etag}, cos.ErrNotModified},
		{"modified", cos.Conditions{IfModifiedSince: earlier}, nil},
		{"not modified", cos.Conditions{IfModifiedSince: modified}, cos.ErrNotModified},
		{"unmodified", cos.Conditions{IfUnmodifiedSince: modified}, nil},
		{"not unmodified", cos.Conditions{IfUnmodifiedSince: earlier}, cos.ErrPrecondition},
		{"the ETag before the date", cos.Conditions{IfMatch: etag, IfUnmodifiedSince: earlier}, nil},
		{"the other ETag before the date", cos.Conditions{IfNoneMatch: other, IfModifiedSince: modified}, nil},
		{"both hold", cos.Conditions{IfMatch: etag, IfNoneMatch: other}, nil},
		{"412 before 304", cos.Conditions{IfMatch: other, IfNoneMatch: etag}, cos.ErrPrecondition},
	}
}

func conditionsHold(t *testing.T, p place, try func(testing.TB, string, cos.GetOptions) error) {
	key := p.key("k")
	p.put(t, key, "content")
	h := p.head(t, key)
	for _, c := range conditionCases(h.ETag, h.LastModified) {
		err := try(t, key, cos.GetOptions{Conditions: c.set})
		if c.want == nil {
			assert.NoError(t, err, c.name)
		} else {
			assert.ErrorIs(t, err, c.want, c.name)
		}
	}
}

func conditionsOnARange(t *testing.T, p place) {
	key := p.key("k")
	old := p.put(t, key, "0123456789").ETag
	o := cos.GetOptions{Range: &cos.ByteRange{Offset: 2, Length: 3}, Conditions: cos.Conditions{IfMatch: old}}
	assert.Equal(t, "234", p.get(t, key, o))
	p.put(t, key, "abcdefghij")
	assert.ErrorIs(t, p.tryGet(t, key, o), cos.ErrPrecondition, "pieces of two objects cannot be mixed")
}
