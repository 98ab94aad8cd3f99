package cos_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cosmander/cos"
)

var testKeys = cos.Credentials{SecretID: "AKIDEXAMPLE", SecretKey: "examplesecretkey", Token: "the-token", Source: "test"}

// serve answers requests with h and returns a bucket served by it.
func serve(t *testing.T, h http.HandlerFunc, change ...func(*cos.Config)) *cos.Bucket {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return bucketAt(t, srv.URL, change...)
}

func bucketAt(t *testing.T, endpoint string, change ...func(*cos.Config)) *cos.Bucket {
	t.Helper()
	return clientAt(t, endpoint, change...).Bucket("b-1250000000", "")
}

func clientAt(t *testing.T, endpoint string, change ...func(*cos.Config)) *cos.Client {
	t.Helper()
	cfg := cos.Config{Endpoint: endpoint, Region: "ap-test", Credentials: testKeys}
	for _, f := range change {
		f(&cfg)
	}
	c, err := cos.New(cfg)
	require.NoError(t, err)
	t.Cleanup(c.CloseIdleConnections)
	return c
}

func idle(d time.Duration) func(*cos.Config) {
	return func(c *cos.Config) { c.IdleTimeout = d }
}

func bytesBody(p []byte) cos.Body {
	return cos.Body{ReaderAt: bytes.NewReader(p), Size: int64(len(p))}
}

// answerXML answers as the service does: with a request id.
func answerXML(w http.ResponseWriter, status int, doc string) {
	w.Header().Set("x-cos-request-id", "req-1")
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(doc))
}

func errorXML(code, message string) string {
	return `<?xml version="1.0" encoding="UTF-8"?>
<Error><Code>` + code + `</Code><Message>` + message + `</Message><Resource>/k</Resource>` +
		`<RequestId>req-2</RequestId><TraceId>trace-3</TraceId></Error>`
}
