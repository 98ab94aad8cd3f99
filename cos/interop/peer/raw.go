package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

// raw moves bytes as fast as HTTP does.
type raw struct {
	settings
	base    string
	id, key string
	client  *http.Transport
}

func newRaw(s settings) (*raw, error) {
	s.part <<= 20
	return &raw{
		settings: s, base: os.Getenv("COS_ENDPOINT"), id: os.Getenv("COS_SECRET_ID"), key: os.Getenv("COS_SECRET_KEY"),
		client: &http.Transport{MaxIdleConnsPerHost: 64, DisableCompression: true, WriteBufferSize: 256 << 10, ReadBufferSize: 256 << 10},
	}, nil
}

type span struct {
	number    int
	off, size int64
}

func (r *raw) spans(size int64) []span {
	var list []span
	for off := int64(0); off < size; off += r.part {
		list = append(list, span{len(list) + 1, off, min(r.part, size-off)})
	}
	return list
}

func (r *raw) up(ctx context.Context, key, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if info.Size() <= r.part {
		_, err := r.send(ctx, http.MethodPut, key, "", f, info.Size(), nil)
		return err
	}
	return r.inParts(ctx, key, info.Size(), func(query string, s span) (string, error) {
		resp, err := r.do(ctx, http.MethodPut, key, query, io.NewSectionReader(f, s.off, s.size), s.size, nil)
		if err != nil {
			return "", err
		}
		defer resp.Body.Close()
		_, err = io.Copy(io.Discard, resp.Body)
		return resp.Header.Get("ETag"), err
	})
}

// inParts begins an upload, lets part do each of its parts and completes it.
func (r *raw) inParts(ctx context.Context, key string, size int64, part func(query string, s span) (etag string, err error)) error {
	var started struct {
		UploadID string `xml:"UploadId"`
	}
	answer, err := r.send(ctx, http.MethodPost, key, "uploads=", nil, 0, nil)
	if err != nil {
		return err
	}
	if err := xml.Unmarshal(answer, &started); err != nil {
		return err
	}
	spans := r.spans(size)
	etags := make([]string, len(spans))
	if err := each(r.parallel, spans, func(s span) (err error) {
		etags[s.number-1], err = part(fmt.Sprintf("partNumber=%d&uploadId=%s", s.number, started.UploadID), s)
		return err
	}); err != nil {
		return err
	}
	var doc bytes.Buffer
	doc.WriteString("<CompleteMultipartUpload>")
	for i, etag := range etags {
		fmt.Fprintf(&doc, "<Part><PartNumber>%d</PartNumber><ETag>%s</ETag></Part>", i+1, etag)
	}
	doc.WriteString("</CompleteMultipartUpload>")
	_, err = r.send(ctx, http.MethodPost, key, "uploadId="+started.UploadID, &doc, int64(doc.Len()), nil)
	return err
}

func (r *raw) down(ctx context.Context, key, path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	resp, err := r.do(ctx, http.MethodGet, key, "", nil, 0, http.Header{"Range": {fmt.Sprintf("bytes=0-%d", r.part-1)}})
	if err != nil {
		return err
	}
	var size int64
	if _, err := fmt.Sscanf(resp.Header.Get("Content-Range"), fmt.Sprintf("bytes 0-%d/%%d", resp.ContentLength-1), &size); err != nil {
		return errors.Join(err, resp.Body.Close())
	}
	err = each(r.parallel, r.spans(size), func(s span) error {
		from, err := resp, error(nil) // of the first part, which told the size
		if s.off > 0 {
			if from, err = r.do(ctx, http.MethodGet, key, "", nil, 0, http.Header{"Range": {fmt.Sprintf("bytes=%d-%d", s.off, s.off+s.size-1)}}); err != nil {
				return err
			}
		}
		defer from.Body.Close()
		_, err = io.CopyBuffer(struct{ io.Writer }{io.NewOffsetWriter(f, s.off)}, from.Body, make([]byte, min(s.size, 256<<10)))
		return err
	})
	if err != nil || !r.flush {
		return err
	}
	return f.Sync()
}

func (r *raw) copy(ctx context.Context, key, to string) error {
	source := http.Header{"x-cos-copy-source": {r.host + "/" + key}}
	if r.whole {
		_, err := r.send(ctx, http.MethodPut, to, "", nil, 0, source)
		return err
	}
	resp, err := r.do(ctx, http.MethodHead, key, "", nil, 0, nil)
	if err != nil {
		return err
	}
	if err := resp.Body.Close(); err != nil {
		return err
	}
	return r.inParts(ctx, to, resp.ContentLength, func(query string, s span) (string, error) {
		h := source.Clone()
		h["x-cos-copy-source-range"] = []string{fmt.Sprintf("bytes=%d-%d", s.off, s.off+s.size-1)}
		answer, err := r.send(ctx, http.MethodPut, to, query, nil, 0, h)
		if err != nil {
			return "", err
		}
		var done struct{ ETag string }
		err = xml.Unmarshal(answer, &done)
		return done.ETag, err
	})
}

func (r *raw) keys(ctx context.Context, prefix string) (list []string, err error) {
	for marker := ""; ; {
		answer, err := r.send(ctx, http.MethodGet, "", "prefix="+url.QueryEscape(prefix)+"&marker="+url.QueryEscape(marker), nil, 0, nil)
		if err != nil {
			return nil, err
		}
		var page struct {
			Contents    []struct{ Key string }
			NextMarker  string
			IsTruncated bool
		}
		if err := xml.Unmarshal(answer, &page); err != nil {
			return nil, err
		}
		for _, o := range page.Contents {
			list = append(list, o.Key)
		}
		if !page.IsTruncated {
			return list, nil
		}
		marker = page.NextMarker
	}
}

func (r *raw) send(ctx context.Context, method, key, query string, body io.Reader, size int64, header http.Header) ([]byte, error) {
	resp, err := r.do(ctx, method, key, query, body, size, header)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	return io.ReadAll(resp.Body)
}

func (r *raw) do(ctx context.Context, method, key, query string, body io.Reader, size int64, header http.Header) (*http.Response, error) {
	if size == 0 {
		body = nil
	}
	req, err := http.NewRequestWithContext(ctx, method, r.base+"/"+key+"?"+query, body)
	if err != nil {
		return nil, err
	}
	if header != nil {
		req.Header = header.Clone()
	}
	req.Host, req.ContentLength = r.host, size
	req.Header.Set("Authorization", r.signature(method, "/"+key))
	resp, err := r.client.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode >= http.StatusMultipleChoices {
		return nil, errors.Join(fmt.Errorf("%s %s: %s", method, key, resp.Status), resp.Body.Close())
	}
	return resp, nil
}

// signature signs the method, the path and the host alone.
func (r *raw) signature(method, path string) string {
	now := time.Now().Unix()
	keyTime := fmt.Sprintf("%d;%d", now-60, now+3600)
	mac := func(key, text string) string {
		h := hmac.New(sha1.New, []byte(key))
		h.Write([]byte(text))
		return hex.EncodeToString(h.Sum(nil))
	}
	sum := sha1.Sum([]byte(strings.ToLower(method) + "\n" + path + "\n\nhost=" + r.host + "\n"))
	signed := mac(mac(r.key, keyTime), "sha1\n"+keyTime+"\n"+hex.EncodeToString(sum[:])+"\n")
	return "q-sign-algorithm=sha1&q-ak=" + r.id + "&q-sign-time=" + keyTime + "&q-key-time=" + keyTime +
		"&q-header-list=host&q-url-param-list=&q-signature=" + signed
}
