package emulator

import (
	"crypto/hmac"
	"crypto/sha1" // the service's signature is defined over SHA-1
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// authorize checks the q-sign signature of a request, in its Authorization
// header or, for presigned URLs, in its query. It shares no code with the
// client, so that a mistake in one is seen by the other.
func (s *Server) authorize(q *request) error {
	sig, err := findSignature(q.r, q.target.query)
	if err != nil {
		return err
	}
	if sig == nil && (q.op.name == opGet.name || q.op.name == opHead.name) {
		q.anonymous = true // its ACL decides
		return q.checkAnonymous()
	}
	if sig == nil {
		return accessDenied()
	}
	if sig.algorithm != "sha1" {
		return refuse("AccessDenied", "The signature algorithm is not sha1.")
	}
	if sig.id != s.cfg.SecretID {
		return refuse("InvalidAccessKeyId", "The Access Key Id you provided does not exist in our records.")
	}
	if err := sig.checkTime(q.now); err != nil {
		return err
	}
	if !sig.matches(s.cfg.SecretKey, q.r, &q.target) {
		return refuse("SignatureDoesNotMatch", "The Signature you specified is invalid.")
	}
	return nil
}

// checkAnonymous refuses parameters that only a signed request may have.
func (q *request) checkAnonymous() error {
	for _, p := range q.target.query {
		if strings.HasPrefix(p.name, overrides) {
			return refuse("InvalidRequest", "Anonymous requests do not choose the headers of the answer.")
		}
	}
	return nil
}

func accessDenied() error { return refuse("AccessDenied", "Access Denied.") }

// signature is the seven q-* values of a signed request.
type signature struct {
	algorithm, id     string
	signTime, keyTime string
	headers, params   []string // the names that were signed
	value             string
}

// findSignature returns nil for an anonymous request.
func findSignature(r *http.Request, q params) (*signature, error) {
	if header := r.Header.Get("Authorization"); header != "" {
		pairs := map[string]string{}
		for pair := range strings.SplitSeq(strings.TrimSpace(header), "&") {
			name, value, _ := strings.Cut(pair, "=")
			pairs[name] = value
		}
		return readSignature(func(name string) string { return pairs[name] })
	}
	if q.has("q-signature") {
		return readSignature(q.get)
	}
	return nil, nil
}

func readSignature(get func(string) string) (*signature, error) {
	s := &signature{
		algorithm: get("q-sign-algorithm"),
		id:        get("q-ak"),
		signTime:  get("q-sign-time"),
		keyTime:   get("q-key-time"),
		headers:   splitNames(get("q-header-list")),
		params:    splitNames(get("q-url-param-list")),
		value:     get("q-signature"),
	}
	if s.id == "" || s.signTime == "" || s.keyTime == "" || s.value == "" {
		return nil, refuse("AccessDenied", "The authorization is incomplete or malformed.")
	}
	return s, nil
}

func splitNames(list string) []string {
	if list == "" {
		return nil
	}
	return strings.Split(strings.ToLower(list), ";")
}

// checkTime refuses a signature outside its window. A start a little in the
// future is a clock that differs, up to the documented 15 minutes.
func (s *signature) checkTime(now time.Time) error {
	for _, window := range []string{s.signTime, s.keyTime} {
		from, to, ok := strings.Cut(window, ";")
		start, errStart := strconv.ParseInt(from, 10, 64)
		end, errEnd := strconv.ParseInt(to, 10, 64)
		if !ok || errStart != nil || errEnd != nil || end < start {
			return refuse("AccessDenied", "The authorization has no valid time window.")
		}
		if now.Unix() > end {
			return refuse("AccessDenied", "Request has expired")
		}
		if time.Unix(start, 0).Sub(now) > maxSkew {
			return refuse("RequestTimeTooSkewed", "The difference between the request time and the current time is too large.")
		}
	}
	return nil
}

// matches tries the Host as it was sent and, as some clients sign it, without
// its port.
func (s *signature) matches(secretKey string, r *http.Request, t *target) bool {
	if hmac.Equal([]byte(s.compute(secretKey, r, t, r.Host)), []byte(s.value)) {
		return true
	}
	bare := stripPort(r.Host)
	return bare != r.Host && hmac.Equal([]byte(s.compute(secretKey, r, t, bare)), []byte(s.value))
}

func (s *signature) compute(secretKey string, r *http.Request, t *target, host string) string {
	headers := make([]param, 0, len(s.headers))
	for _, name := range s.headers {
		headers = append(headers, param{encodeAll(name), headerValue(r, name, host)})
	}
	httpString := strings.ToLower(r.Method) + "\n" + t.path + "\n" +
		joinSorted(s.signedParams(t.query)) + "\n" + joinSorted(headers) + "\n"
	digest := sha1.Sum([]byte(httpString))
	stringToSign := "sha1\n" + s.signTime + "\n" + hex.EncodeToString(digest[:]) + "\n"
	signKey := hmacHex(secretKey, s.keyTime)
	return hmacHex(signKey, stringToSign)
}

// signedParams returns the parameters that the signature lists. Names in the
// list are lower case and percent-encoded.
func (s *signature) signedParams(q params) []param {
	var pairs []param
	for _, p := range q {
		name := strings.ToLower(encodeAll(p.name))
		if slices.Contains(s.params, name) {
			pairs = append(pairs, param{name, p.value})
		}
	}
	return pairs
}

// headerValue returns what was sent under the lower-case name. net/http keeps
// three headers elsewhere than in the map.
func headerValue(r *http.Request, name, host string) string {
	switch name {
	case "host":
		return host
	case "content-length":
		return strconv.FormatInt(r.ContentLength, 10)
	case "transfer-encoding":
		return strings.Join(r.TransferEncoding, ",")
	}
	return strings.Join(r.Header.Values(name), ",")
}

// joinSorted sorts by name alone: "a-b" comes after "a", although "-" is less
// than "=".
func joinSorted(pairs []param) string {
	slices.SortStableFunc(pairs, func(a, b param) int { return strings.Compare(a.name, b.name) })
	joined := make([]string, len(pairs))
	for i, p := range pairs {
		joined[i] = p.name + "=" + encodeAll(p.value)
	}
	return strings.Join(joined, "&")
}

func hmacHex(key, message string) string {
	mac := hmac.New(sha1.New, []byte(key))
	mac.Write([]byte(message))
	return hex.EncodeToString(mac.Sum(nil))
}
