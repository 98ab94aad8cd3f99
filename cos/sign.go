package cos

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // the service's signature is defined on SHA-1
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	signLead = 60 * time.Second // a clock that is a little fast still works
	signLife = 15 * time.Minute // a request has to begin within it, not to end
)

// A param is one query parameter. An empty value goes out as the bare name.
type param struct{ name, value string }

type params []param

// add appends the parameter unless value is empty.
func (ps params) add(name, value string) params {
	if value == "" {
		return ps
	}
	return append(ps, param{name, value})
}

func (ps params) encode() string {
	var b strings.Builder
	for i, p := range ps {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(encode(p.name, false))
		if p.value != "" {
			b.WriteByte('=')
			b.WriteString(encode(p.value, false))
		}
	}
	return b.String()
}

// signable names the headers that are signed when present, beside host and
// every x-cos-*.
var signable = map[string]bool{
	"cache-control": true, "content-disposition": true, "content-encoding": true, "content-length": true,
	"content-md5": true, "content-type": true, "expect": true, "expires": true, "if-match": true,
	"if-modified-since": true, "if-none-match": true, "if-unmodified-since": true, "origin": true,
	"range": true, "transfer-encoding": true,
}

// signedHeaders picks from h what a signature covers. host is added, and
// length if it is not negative, because net/http keeps those two elsewhere.
func signedHeaders(h http.Header, host string, length int64) params {
	ps := params{{"host", host}}
	if length >= 0 {
		ps = append(ps, param{"content-length", strconv.FormatInt(length, 10)})
	}
	for name, values := range h {
		name = strings.ToLower(name)
		if signable[name] || strings.HasPrefix(name, "x-cos-") {
			ps = append(ps, param{name, values[0]})
		}
	}
	return ps
}

// authorization returns the Authorization header of a request (API document
// 436/7778). path is the decoded path with its leading "/".
func authorization(c Credentials, method, path string, query, headers params, start, end time.Time) string {
	var b strings.Builder
	for i, p := range signature(c, method, path, query, headers, start, end) {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(p.name + "=" + p.value)
	}
	return b.String()
}

// signature returns the seven q-* pairs that sign a request.
func signature(c Credentials, method, path string, query, headers params, start, end time.Time) params {
	keyTime := strconv.FormatInt(start.Unix(), 10) + ";" + strconv.FormatInt(end.Unix(), 10)
	paramList, paramPairs := canonical(query)
	headerList, headerPairs := canonical(headers)
	httpString := strings.ToLower(method) + "\n" + path + "\n" + paramPairs + "\n" + headerPairs + "\n"
	sum := sha1.Sum([]byte(httpString)) //nolint:gosec // as above
	toSign := "sha1\n" + keyTime + "\n" + hex.EncodeToString(sum[:]) + "\n"
	return params{
		{"q-sign-algorithm", "sha1"},
		{"q-ak", c.SecretID},
		{"q-sign-time", keyTime},
		{"q-key-time", keyTime},
		{"q-header-list", headerList},
		{"q-url-param-list", paramList},
		{"q-signature", hmacHex(hmacHex(c.SecretKey, keyTime), toSign)},
	}
}

// canonical returns the sorted names joined by ";" and the pairs joined by "&".
func canonical(ps params) (list, pairs string) {
	encoded := make(params, len(ps))
	for i, p := range ps {
		encoded[i] = param{strings.ToLower(encode(p.name, false)), encode(p.value, false)}
	}
	slices.SortFunc(encoded, func(a, b param) int { return strings.Compare(a.name, b.name) })
	var l, v strings.Builder
	for i, p := range encoded {
		if i > 0 {
			l.WriteByte(';')
			v.WriteByte('&')
		}
		l.WriteString(p.name)
		v.WriteString(p.name + "=" + p.value)
	}
	return l.String(), v.String()
}

func hmacHex(key, text string) string {
	m := hmac.New(sha1.New, []byte(key))
	m.Write([]byte(text))
	return hex.EncodeToString(m.Sum(nil))
}
