package cos

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// An answer is a success: its header is there, its body is not read yet.
type answer struct {
	*http.Response
	call *call
	sent *sentBody
}

// do is the path of every request: build, sign, send, classify. On success the
// caller closes the answer's body. A refusal because of the time corrects the
// clock and sends again; nothing else is repeated.
func (c *Client) do(ctx context.Context, call *call) (*answer, error) {
	if err := call.check(); err != nil {
		return nil, fmt.Errorf("%s: %w", call.op, err)
	}
	skew := c.ClockSkew()
	for n := 0; ; n++ {
		a, sent, err := c.attempt(ctx, call, skew)
		var api *Error
		if !errors.As(err, &api) || n >= clockCorrections {
			return a, err
		}
		// What this answer tells is used, and not what others have learned
		// meanwhile from servers whose clocks differ.
		corrected, ok := c.correctClock(api, skew)
		if !ok {
			return a, err
		}
		skew = corrected
		if sent > 0 && call.body.Progress != nil {
			call.body.Progress(-int(sent))
		}
	}
}

// attempt sends a request once. The count is of body bytes that were handed to
// the connection, for the caller to take back.
func (c *Client) attempt(ctx context.Context, call *call, skew time.Duration) (*answer, int64, error) {
	dog := newWatchdog(ctx, c.cfg.IdleTimeout)
	req, sent, err := c.newRequest(dog, call, skew)
	if err != nil {
		dog.stop()
		return nil, 0, fmt.Errorf("%s: %w", call.what(), err)
	}
	cause := func(err error) error { return broken(ctx, dog, call, req.URL.Host, err) }
	resp, err := c.roundTrip(req) //nolint:bodyclose // the answer's reader closes it, and a refusal below
	if err != nil {
		err = cause(err)
	} else {
		dog.touch()
		c.hear(resp.Header)
		resp.Request = req // a Transport of the caller's may not have set it
		resp.Body = &answerBody{body: resp.Body, dog: dog, cause: cause}
		if err = refusal(call, req, resp); err == nil {
			return &answer{Response: resp, call: call, sent: sent}, 0, nil
		}
		closeBody(resp.Body)
	}
	dog.stop()
	n, _, sourceErr := sent.stop()
	if sourceErr != nil {
		err = &sourceError{call.what(), sourceErr}
	}
	return nil, n, err
}

// roundTrip is the transport's, but returns at once when the context ends. The
// transport itself may wait for the goroutine that writes the body, and that
// one for a source that is slow or limited in rate.
func (c *Client) roundTrip(req *http.Request) (*http.Response, error) {
	if req.Body == nil {
		return c.transport.RoundTrip(req)
	}
	type result struct {
		resp *http.Response
		err  error
	}
	done := make(chan result, 1)
	go func() {
		resp, err := c.transport.RoundTrip(req) //nolint:bodyclose // whoever receives it does, or the drain below
		done <- result{resp, err}
	}()
	select {
	case r := <-done:
		return r.resp, r.err
	case <-req.Context().Done():
	}
	go func() {
		if r := <-done; r.err == nil {
			_ = r.resp.Body.Close()
		}
	}()
	return nil, context.Cause(req.Context())
}

// broken words an error of the connection: as the caller's if they ended the
// request, else as the network's.
func broken(ctx context.Context, dog *watchdog, call *call, host string, err error) error {
	if ctx.Err() != nil {
		cause := context.Cause(ctx)
		if errors.Is(cause, ctx.Err()) {
			return fmt.Errorf("%s: %w", call.what(), cause)
		}
		return fmt.Errorf("%s: %w: %w", call.what(), ctx.Err(), cause)
	}
	if stall := context.Cause(dog.ctx); errors.Is(stall, ErrStalled) {
		err = stall
	} else if errors.Is(err, io.ErrUnexpectedEOF) {
		err = fmt.Errorf("%w: %w", ErrCutBody, err)
	}
	return newNetError(call.what(), host, err)
}

// newRequest builds and signs. The URL is put together from the encoded key:
// whatever cleans or joins paths would lose "//", "." and "..".
func (c *Client) newRequest(dog *watchdog, call *call, skew time.Duration) (*http.Request, *sentBody, error) {
	connect, host := c.endpoint.serviceHosts()
	if call.bucket != nil {
		var err error
		if connect, host, err = c.endpoint.bucketHosts(call.bucket.name, call.bucket.region); err != nil {
			return nil, nil, err
		}
	}
	req, err := http.NewRequestWithContext(dog.ctx, call.method, c.endpoint.scheme+"://"+connect+"/", nil)
	if err != nil {
		return nil, nil, fmt.Errorf("build the request: %w", err)
	}
	req.URL.Path = "/" + call.key
	req.URL.RawPath = encode(req.URL.Path, true)
	req.URL.RawQuery = call.query.encode()
	req.Host = host
	for name, values := range call.header {
		req.Header[name] = values
	}
	req.Header.Set("User-Agent", "cosmander")
	sent, length := attach(req, call, dog.touch)
	return req, sent, c.sign(req, call, length, skew)
}

// attach gives the request its body. GetBody stays nil, so that net/http does
// not send a body twice behind our back. The length returned is the one that
// will be on the wire, -1 for none.
func attach(req *http.Request, call *call, touch func()) (*sentBody, int64) {
	if call.body == nil {
		if call.method == http.MethodPut || call.method == http.MethodPost {
			return new(sentBody), 0
		}
		return new(sentBody), -1
	}
	sent := &sentBody{body: *call.body, touch: touch}
	req.ContentLength = call.body.Size
	if call.body.Size > 0 {
		req.Body = sent
	}
	return sent, call.body.Size
}

// credentials returns a whole key pair or the anonymous one.
func (c *Client) credentials(ctx context.Context) (Credentials, error) {
	creds, err := c.cfg.Credentials.Credentials(ctx)
	if err != nil {
		return creds, fmt.Errorf("find the credentials: %w", err)
	}
	if !creds.Anonymous() && (creds.SecretID == "" || creds.SecretKey == "") {
		return creds, fmt.Errorf("%w: the secret id or the secret key is missing", ErrNoCredentials)
	}
	return creds, nil
}

func (c *Client) sign(req *http.Request, call *call, length int64, skew time.Duration) error {
	creds, err := c.credentials(req.Context())
	if err != nil || creds.Anonymous() {
		return err
	}
	if creds.Token != "" {
		req.Header.Set("X-Cos-Security-Token", creds.Token)
	}
	now := c.cfg.Now().Add(skew)
	req.Header.Set("Authorization", authorization(creds, req.Method, req.URL.Path, call.query,
		signedHeaders(req.Header, req.Host, length), now.Add(-signLead), now.Add(signLife)))
	return nil
}

// The gaps between the clocks that are worth a correction. A refused HEAD does
// not say why; only a clock beyond the service's 15 minutes may be the reason.
const (
	clockGap     = 30 * time.Second
	clockGapHead = 14 * time.Minute
)

// clockCorrections is how often one request is sent again because of the time:
// twice, as the servers of a service need not agree on it.
const clockCorrections = 2

// correctClock learns the service's time from a refusal of a request that was
// signed with used, and reports whether sending again makes sense.
func (c *Client) correctClock(e *Error, used time.Duration) (skew time.Duration, ok bool) {
	least := clockGap
	switch {
	case errors.Is(e, ErrClock):
	case e.Status == http.StatusForbidden && e.Code == "" && strings.HasPrefix(e.Op, "Head"):
		least = clockGapHead
	default:
		return 0, false
	}
	if e.date.IsZero() || e.Anonymous {
		return 0, false
	}
	skew = e.date.Sub(c.cfg.Now())
	if (skew - used).Abs() < least {
		return 0, false
	}
	c.skew.Store(int64(skew))
	return skew, true
}
