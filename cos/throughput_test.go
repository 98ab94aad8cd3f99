package cos_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"cosmander/cos"
)

const benchBytes = 64 << 20

func drain(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet {
		stored(w)
		chunk := make([]byte, 256<<10)
		w.Header().Set("Content-Length", "67108864")
		for range benchBytes / len(chunk) {
			_, _ = w.Write(chunk)
		}
		return
	}
	_, _ = io.CopyBuffer(struct{ io.Writer }{io.Discard}, r.Body, make([]byte, 256<<10))
	stored(w)
}

// The raw loop beside ours is net/http as it comes, without sums and checks.
func BenchmarkTransfer(b *testing.B) {
	srv := httptest.NewServer(http.HandlerFunc(drain))
	b.Cleanup(srv.Close)
	c, err := cos.New(cos.Config{Endpoint: srv.URL, Region: "r", Credentials: testKeys})
	if err != nil {
		b.Fatal(err)
	}
	bucket, data := c.Bucket("b-1", ""), make([]byte, benchBytes)
	raw := func(method string, body io.Reader) (*http.Response, error) {
		req, err := http.NewRequestWithContext(b.Context(), method, srv.URL+"/k", body)
		if err != nil {
			return nil, err
		}
		return http.DefaultClient.Do(req)
	}
	measure(b, "put/ours", func() error {
		_, err := bucket.Put(b.Context(), "k", bytesBody(data), cos.Headers{})
		return err
	})
	measure(b, "put/raw", func() error {
		resp, err := raw(http.MethodPut, bytes.NewReader(data))
		if err != nil {
			return err
		}
		return resp.Body.Close()
	})
	measure(b, "get/ours", func() error {
		obj, err := bucket.Get(b.Context(), "k", cos.GetOptions{})
		if err != nil {
			return err
		}
		return discard(obj.Body)
	})
	measure(b, "get/raw", func() error {
		resp, err := raw(http.MethodGet, nil)
		if err != nil {
			return err
		}
		return discard(resp.Body)
	})
	measure(b, "crc", func() error {
		cos.CRC64(0, data)
		return nil
	})
}

func measure(b *testing.B, name string, one func() error) {
	b.Run(name, func(b *testing.B) {
		b.SetBytes(benchBytes)
		for b.Loop() {
			if err := one(); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// discard reads and closes a body, which has to be whole.
func discard(body io.ReadCloser) error {
	n, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, body, make([]byte, 256<<10))
	if err == nil && n != benchBytes {
		err = fmt.Errorf("%d bytes", n)
	}
	return errors.Join(err, body.Close())
}
