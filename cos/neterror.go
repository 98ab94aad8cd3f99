package cos

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
)

// A netError is a request that got no answer, or not all of it.
type netError struct {
	what string // operation and resource
	text string // for people, with the host
	err  error
	once bool // trying again cannot help
}

func (e *netError) Error() string { return e.what + ": " + e.text }
func (e *netError) Unwrap() error { return e.err }

// A sourceError is a failure to read what was to be sent. It is never
// retryable: the network had no part in it.
type sourceError struct {
	what string
	err  error
}

func (e *sourceError) Error() string { return e.what + ": read the source: " + e.err.Error() }
func (e *sourceError) Unwrap() error { return e.err }

// newNetError words err, which came from a connection to host.
func newNetError(what, host string, err error) error {
	e := &netError{what: what, err: err, once: final(err)}
	var dns *net.DNSError
	var op *net.OpError
	switch {
	case errors.Is(err, ErrStalled):
		e.text = fmt.Sprintf("%v (%s)", err, host)
	case errors.As(err, &dns):
		e.text = fmt.Sprintf("cannot find host %s: %s", dns.Name, dns.Err)
	case trustError(err):
		e.text = fmt.Sprintf("cannot trust %s: %v", host, err)
	case errors.As(err, &op) && op.Op == "proxyconnect":
		e.text = fmt.Sprintf("cannot reach %s through the proxy: %s", host, root(op))
	case errors.As(err, &op) && op.Op == "dial":
		e.text = fmt.Sprintf("cannot reach %s: %s", host, root(op))
	case errors.As(err, &op):
		e.text = fmt.Sprintf("connection to %s broke: %s", host, root(op))
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		e.text = fmt.Sprintf("%s closed the connection before the answer was complete", host)
	default:
		e.text = fmt.Sprintf("no answer from %s: %s", host, printable(err.Error()))
	}
	return e
}

// root is the shortest wording of a socket error: "connection refused".
func root(op *net.OpError) string {
	var errno syscall.Errno
	if errors.As(op.Err, &errno) {
		return errno.Error()
	}
	if op.Timeout() {
		return "timed out"
	}
	return printable(op.Err.Error())
}

func trustError(err error) bool {
	var verify *tls.CertificateVerificationError
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	return errors.As(err, &verify) || errors.As(err, &unknown) || errors.As(err, &name) || errors.As(err, &invalid)
}

// final reports that a network error will come again: a certificate that is
// not trusted, a port that does not speak TLS, a host name that does not exist
// (an unreachable resolver is another matter and passes).
func final(err error) bool {
	var dns *net.DNSError
	if errors.As(err, &dns) {
		return dns.IsNotFound
	}
	var record tls.RecordHeaderError
	var alert tls.AlertError
	return trustError(err) || errors.As(err, &record) || errors.As(err, &alert)
}

// Retryable reports whether the same request may succeed if it is sent again:
// network errors, stalls, cut bodies, 5xx, SlowDown and damaged bodies, also
// when they come as an Error document in a 200. Not retryable are a cancelled
// context or a deadline of the caller, an unreadable source, a certificate
// that is not trusted, a host name that does not exist, and all other answers.
// Whether it may be sent again without looking first is said at each method:
// an append, for one, may not.
func Retryable(err error) bool {
	var src *sourceError
	var api *Error
	var network *netError
	var op *net.OpError
	switch {
	case err == nil, errors.As(err, &src), errors.Is(err, context.Canceled):
		return false
	case errors.As(err, &api):
		return api.retryable()
	case errors.As(err, &network):
		return !network.once
	case errors.Is(err, ErrStalled), errors.Is(err, ErrCutBody), errors.Is(err, ErrDamaged), errors.Is(err, io.ErrUnexpectedEOF):
		return true
	}
	return errors.As(err, &op) && !final(err)
}

// Offline reports that the network is at fault, which may last and pass: the
// request is [Unreachable], or its connection broke, went silent or was cut off
// before the answer was whole. An answer of any kind is the service's, or a
// stranger's, and not of this kind; neither is a connection that comes about and
// cannot be trusted or speaks another protocol.
func Offline(err error) bool {
	var answer *Error
	var src *sourceError
	var network *netError
	switch {
	case errors.As(err, &answer), errors.As(err, &src), errors.Is(err, context.Canceled):
		return false
	case Unreachable(err):
		return true
	case errors.As(err, &network):
		return !network.once
	}
	return errors.Is(err, ErrStalled) || errors.Is(err, ErrCutBody)
}

// Unreachable reports that a request got as far as nobody: the host's name is
// not found, no connection comes about, or there is no way there any more. An
// answer of any kind, also one that broke off, is another matter. With a name
// that does not exist it is not [Retryable] and yet may pass: a machine without
// a network knows no names.
func Unreachable(err error) bool {
	var answer *Error
	var src *sourceError
	if errors.As(err, &answer) || errors.As(err, &src) || trustError(err) {
		return false
	}
	var dns *net.DNSError
	var op *net.OpError
	switch {
	case errors.As(err, &dns):
		return true
	case errors.As(err, &op) && (op.Op == "dial" || op.Op == "proxyconnect"):
		return !errors.Is(err, context.Canceled)
	}
	return errors.Is(err, syscall.ENETUNREACH) || errors.Is(err, syscall.EHOSTUNREACH) || errors.Is(err, syscall.ENETDOWN)
}

// Hint says in a few words what the user can do about err; "" if there is
// nothing better than its text.
func Hint(err error) string {
	var api *Error
	if errors.As(err, &api) && api.Anonymous && errors.Is(err, ErrDenied) {
		return hintUnsigned
	}
	for _, h := range hints {
		if errors.Is(err, h.is) {
			return h.say
		}
	}
	var network *netError
	var dns *net.DNSError
	switch {
	case errors.As(err, &dns):
		return hintDNS
	case trustError(err):
		return hintTrust
	case errors.As(err, &network) && strings.Contains(network.text, "proxy"):
		return hintProxy
	case errors.As(err, &network):
		return hintNetwork
	case api != nil && api.retryable():
		return hintBusy
	}
	return ""
}

// What [Hint] says of errors that are no sentinels.
const (
	hintUnsigned = "the request was not signed: set COS_SECRET_ID and COS_SECRET_KEY, or a profile"
	hintDNS      = "check the network, the region and the endpoint"
	hintTrust    = "check the endpoint, the proxy and this machine's certificates"
	hintProxy    = "check HTTPS_PROXY, HTTP_PROXY and NO_PROXY"
	hintNetwork  = "check the network, the proxy and the endpoint, then try again"
	hintBusy     = "the service is busy: try again in a while"
)

// hintSep stands before the hint in a text that has one.
const hintSep = " · "

// WithHint is the text of err followed by its hint, for people and journals.
func WithHint(err error) string {
	if hint := Hint(err); hint != "" {
		return err.Error() + hintSep + hint
	}
	return err.Error()
}

// CutHint takes a text that [WithHint] made apart again. The hint is "" if
// there is none at its end.
func CutHint(text string) (what, hint string) {
	known := []string{hintUnsigned, hintDNS, hintTrust, hintProxy, hintNetwork, hintBusy}
	for _, h := range hints {
		known = append(known, h.say)
	}
	for _, hint := range known {
		if what, ok := strings.CutSuffix(text, hintSep+hint); ok {
			return what, hint
		}
	}
	return text, ""
}

var hints = []struct {
	is  error
	say string
}{
	{ErrNoCredentials, "set COS_SECRET_ID and COS_SECRET_KEY, or a profile in config.toml; cosmander --demo needs none"},
	{ErrBadKey, "check the secret id, the secret key and the token, and that they belong together"},
	{ErrClock, "set this machine's clock"},
	{ErrDenied, "this key pair may not do that: ask for the permission or use another profile"},
	{ErrNoBucket, "check the bucket's name, its APPID and its region"},
	{ErrNoRegion, "set COS_REGION, or region in the profile, as in ap-guangzhou"},
	{ErrRedirect, "check the region and the endpoint: the bucket is served elsewhere"},
	{ErrNotCOS, "check the endpoint, the network login page and the proxy: something else answered"},
	{ErrNotFound, "it may have been deleted or renamed: refresh"},
	{ErrNoUpload, "the upload was completed or aborted: start it again"},
	{ErrArchived, "restore the object first"},
	{ErrNotArchived, "it is not archived: it can be read as it is"},
	{ErrRestoring, "a restore is under way: wait for it"},
	{ErrConflict, "something else is changing it: try again later"},
	{ErrPosition, "it has another length by now: look at its size and append there"},
	{ErrNotAppendable, "only an object that was begun by appending can be appended to: upload it anew"},
	{ErrPrecondition, "it has changed meanwhile: refresh and try again"},
	{ErrRange, "it has changed meanwhile: refresh and try again"},
	{ErrStalled, "the network is down or very slow: try again"},
	{ErrCutBody, "the connection broke: try again"},
	{ErrDamaged, "the connection damages data: try again"},
	{ErrUnsupported, "the service or this bucket cannot do that"},
	{ErrQuota, "delete something first or ask for a higher limit"},
	{ErrMalformed, "the service or a proxy answered nonsense: check the endpoint, then try again"},
	{ErrInvalidBucket, "check the bucket's name: lower case letters, digits and hyphens, then -APPID"},
	{ErrInvalidKey, "rename it: the service takes no such name"},
}
