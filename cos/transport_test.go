package cos_test

import (
	"context"
	"io"
	"log"
	"net"
	"net/http"
)

// roundTripper fails every request with err.
type roundTripper struct{ err error }

func (r roundTripper) RoundTrip(*http.Request) (*http.Response, error) { return nil, r.err }

// dialTo connects to addr whatever was asked for.
func dialTo(addr string) func(ctx context.Context, network, _ string) (net.Conn, error) {
	return func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, addr)
	}
}

func discardLog() *log.Logger { return log.New(io.Discard, "", 0) }
