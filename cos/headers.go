package cos

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	metaPrefix       = "X-Cos-Meta-"
	encryptionHeader = "X-Cos-Server-Side-Encryption"
	kmsKeyHeader     = "X-Cos-Server-Side-Encryption-Cos-Kms-Key-Id"
)

// set writes the headers that are not empty.
func (h Headers) set(to http.Header) error {
	for name, value := range map[string]string{
		"Content-Type": h.ContentType, "Cache-Control": h.CacheControl,
		"Content-Disposition": h.ContentDisposition, "Content-Encoding": h.ContentEncoding,
		"Content-Language": h.ContentLanguage, "Expires": h.Expires,
		"X-Cos-Storage-Class": strings.ToUpper(h.StorageClass), "X-Cos-Acl": h.ACL,
		"X-Cos-Grant-Read": h.GrantRead, "X-Cos-Grant-Full-Control": h.GrantFullControl,
		encryptionHeader: h.Encryption.Algorithm, kmsKeyHeader: h.Encryption.KMSKeyID,
	} {
		if err := setHeader(to, name, value); err != nil {
			return err
		}
	}
	for name, value := range h.Meta {
		if name == "" || strings.ContainsFunc(name, notToken) {
			return fmt.Errorf("%w: %q is no name for metadata", ErrInvalidInput, name)
		}
		if err := setHeader(to, metaPrefix+name, value); err != nil {
			return err
		}
	}
	return setTags(to, h.Tags)
}

// setTags writes tags as the header that a new object gets them by.
func setTags(to http.Header, tags []Tag) error {
	if err := CheckTags(tags); err != nil {
		return err
	}
	pairs := make([]string, len(tags))
	for i, t := range tags {
		pairs[i] = encode(t.Key, false) + "=" + encode(t.Value, false)
	}
	return setHeader(to, "X-Cos-Tagging", strings.Join(pairs, "&"))
}

// setHeader trims as net/http would when it sends, because what is signed must
// be what is sent.
func setHeader(to http.Header, name, value string) error {
	value = strings.Trim(value, " \t\r\n")
	if strings.ContainsFunc(value, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
		return fmt.Errorf("%w: header %s holds a control character", ErrInvalidInput, name)
	}
	if value != "" {
		to.Set(name, value)
	}
	return nil
}

func notToken(r rune) bool {
	return r <= ' ' || r >= 0x7f || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
}

func setTrafficLimit(to http.Header, limit int64) error {
	if limit == 0 {
		return nil
	}
	if limit < MinTrafficLimit || limit > MaxTrafficLimit {
		return fmt.Errorf("%w: a traffic limit of %d bit/s is not %d to %d", ErrInvalidInput, limit, MinTrafficLimit, MaxTrafficLimit)
	}
	to.Set("X-Cos-Traffic-Limit", strconv.FormatInt(limit, 10))
	return nil
}

// require writes the conditions, for a copy under names that begin with prefix.
func (c Conditions) require(to http.Header, prefix string) error {
	moment := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.UTC().Format(http.TimeFormat)
	}
	for name, value := range map[string]string{
		"If-Match": quoted(c.IfMatch), "If-None-Match": quoted(c.IfNoneMatch),
		"If-Modified-Since": moment(c.IfModifiedSince), "If-Unmodified-Since": moment(c.IfUnmodifiedSince),
	} {
		if err := setHeader(to, prefix+name, value); err != nil {
			return err
		}
	}
	return nil
}

// set writes what narrows a GET or HEAD.
func (o GetOptions) set(c *call) error {
	c.query = o.Response.add(c.query.add("versionId", o.VersionID))
	err := o.require(c.header, "")
	if err == nil {
		err = setTrafficLimit(c.header, o.TrafficLimit)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", c.what(), err)
	}
	if r := o.Range; r != nil {
		if r.Offset < 0 || r.Length == 0 || r.Length < -1 {
			return fmt.Errorf("%s: %w: offset %d, length %d", c.what(), ErrRange, r.Offset, r.Length)
		}
		value := "bytes=" + strconv.FormatInt(r.Offset, 10) + "-"
		if r.Length > 0 {
			value += strconv.FormatInt(r.Offset+r.Length-1, 10)
		}
		c.header.Set("Range", value)
	}
	return nil
}

// add adds the response-* parameters that are not empty.
func (r ResponseHeaders) add(to params) params {
	return to.add("response-content-type", r.ContentType).
		add("response-cache-control", r.CacheControl).
		add("response-content-disposition", r.ContentDisposition).
		add("response-content-encoding", r.ContentEncoding).
		add("response-content-language", r.ContentLanguage).
		add("response-expires", r.Expires)
}

func quoted(etag string) string {
	if etag == "" || strings.HasPrefix(etag, `"`) {
		return etag
	}
	return `"` + etag + `"`
}
