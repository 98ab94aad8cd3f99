package cos_test

import (
	"bytes"
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
	buf := make([]byte, 256<<10)
	b.Run("put/ours", func(b *testing.B) {
		b.SetBytes(benchBytes)
		for b.Loop() {
			if _, err := bucket.Put(b.Context(), "k", bytesBody(data), cos.Headers{}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("put/raw", func(b *testing.B) {
		b.SetBytes(benchBytes)
		for b.Loop() {
			req, _ := http.NewRequestWithContext(b.Context(), http.MethodPut, srv.URL+"/k", bytes.NewReader(data))
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				b.Fatal(err)
			}
			_ = resp.Body.Close()
		}
	})
	b.Run("get/ours", func(b *testing.B) {
		b.SetBytes(benchBytes)
		for b.Loop() {
			obj, err := bucket.Get(b.Context(), "k", cos.GetOptions{})
			if err != nil {
				b.Fatal(err)
			}
			if n, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, obj.Body, buf); err != nil || n != benchBytes {
				b.Fatal(n, err)
			}
			_ = obj.Body.Close()
		}
	})
	b.Run("get/raw", func(b *testing.B) {
		b.SetBytes(benchBytes)
		for b.Loop() {
			req, _ := http.NewRequestWithContext(b.Context(), http.MethodGet, srv.URL+"/k", nil)
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				b.Fatal(err)
			}
			if n, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, resp.Body, buf); err != nil || n != benchBytes {
				b.Fatal(n, err)
			}
			_ = resp.Body.Close()
		}
	})
	b.Run("crc", func(b *testing.B) {
		b.SetBytes(benchBytes)
		for b.Loop() {
			cos.CRC64(0, data)
		}
	})
}
