package cos

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"unicode/utf8"
)

// Limits of an object's tags, in characters.
const (
	MaxTags          = 10
	MaxTagKeyChars   = 128
	MaxTagValueChars = 256
)

// Tag is one tag of an object.
type Tag struct{ Key, Value string }

// ObjectTags asks for an object's tags (GET Object tagging); an object without
// any has an empty list, more than 10 tags are [ErrMalformed]. An empty
// versionID means the newest version. It may be repeated.
func (b *Bucket) ObjectTags(ctx context.Context, key, versionID string) ([]Tag, error) {
	var tags []Tag
	call := b.onVersion("GetObjectTagging", http.MethodGet, key, "tagging", versionID)
	err := b.client.decoded(ctx, call, "Tagging", func(p *xmlParser) (err error) {
		tags, err = decodeTags(p)
		return err
	})
	var api *Error
	if errors.As(err, &api) && api.Code == "NoSuchTagSet" {
		return nil, nil
	}
	return tags, err
}

// SetObjectTags replaces all tags of an object (PUT Object tagging). At most 10,
// each with a key of its own of 1 to 128 characters and a value of 0 to 256;
// else it is [ErrInvalidInput]. An empty list is [Bucket.DeleteObjectTags]. It
// may be repeated.
func (b *Bucket) SetObjectTags(ctx context.Context, key, versionID string, tags []Tag) error {
	if len(tags) == 0 {
		return b.DeleteObjectTags(ctx, key, versionID)
	}
	call := b.onVersion("PutObjectTagging", http.MethodPut, key, "tagging", versionID)
	doc, err := tagDocument(tags)
	if err != nil {
		return fmt.Errorf("%s: %w", call.what(), err)
	}
	return b.client.finished(ctx, call.sendsSummed(doc))
}

// DeleteObjectTags removes all tags of an object and leaves the object (DELETE
// Object tagging). It may be repeated.
func (b *Bucket) DeleteObjectTags(ctx context.Context, key, versionID string) error {
	return b.client.finished(ctx, b.onVersion("DeleteObjectTagging", http.MethodDelete, key, "tagging", versionID))
}

// CheckTags reports whether an object can have the tags; the error wraps
// [ErrInvalidInput] and says why not. [Bucket.SetObjectTags] asks it.
func CheckTags(tags []Tag) error {
	if len(tags) > MaxTags {
		return fmt.Errorf("%w: %d tags are more than %d", ErrInvalidInput, len(tags), MaxTags)
	}
	seen := map[string]bool{}
	for _, t := range tags {
		n := utf8.RuneCountInString(t.Key)
		if n < 1 || n > MaxTagKeyChars || utf8.RuneCountInString(t.Value) > MaxTagValueChars || seen[t.Key] {
			return fmt.Errorf("%w: tag %q is empty, too long or there twice", ErrInvalidInput, shortened(t.Key))
		}
		if err := checkText("a tag", t.Key+t.Value); err != nil {
			return err
		}
		seen[t.Key] = true
	}
	return nil
}

func tagDocument(tags []Tag) ([]byte, error) {
	if err := CheckTags(tags); err != nil {
		return nil, err
	}
	doc := []byte("<Tagging><TagSet>")
	for _, t := range tags {
		doc = appendElement(append(doc, "<Tag>"...), "Key", t.Key)
		doc = appendText(append(doc, "<Value>"...), t.Value)
		doc = append(doc, "</Value></Tag>"...)
	}
	return append(doc, "</TagSet></Tagging>"...), nil
}

func decodeTags(p *xmlParser) (tags []Tag, err error) {
	err = p.each(func(name string) error {
		if name != "TagSet" {
			return p.skip()
		}
		return p.each(func(string) error {
			if len(tags) == MaxTags {
				return fmt.Errorf("%w: it has more than %d tags", ErrMalformed, MaxTags)
			}
			var t Tag
			err := p.each(func(name string) (err error) {
				switch name {
				case "Key":
					t.Key, err = p.text()
				case "Value":
					t.Value, err = p.text()
				default:
					err = p.skip()
				}
				return err
			})
			tags = append(tags, t)
			return err
		})
	})
	return tags, err
}
