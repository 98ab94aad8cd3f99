package interop

import (
	"bytes"
	"crypto/md5" //nolint:gosec // Content-MD5 is MD5
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// differences says where two requests differ, one line each.
func differences(ours, theirs exchange) []string {
	var diff []string
	add := func(format string, args ...any) { diff = append(diff, fmt.Sprintf(format, args...)) }
	if ours.method != theirs.method {
		add("method: ours %s, theirs %s", ours.method, theirs.method)
	}
	if ours.host != theirs.host {
		add("host: ours %s, theirs %s", ours.host, theirs.host)
	}
	if ours.path != theirs.path {
		add("path: ours %q, theirs %q", ours.path, theirs.path)
	}
	mine, isXML := flattened(ours.body)
	their, alsoXML := flattened(theirs.body)
	switch {
	case isXML && alsoXML:
		diff = append(diff, compare("body %s: ", mine, their)...)
	case !bytes.Equal(ours.body, theirs.body):
		add("body: ours %q, theirs %q", ours.body, theirs.body)
	}
	diff = append(diff, compare("query %s: ", pairs(ours.query), pairs(theirs.query))...)
	diff = append(diff, compare("header %s: ", ours.meaningful(), theirs.meaningful())...)
	diff = append(diff, compare("query %s: signed ", set(ours.params), set(theirs.params))...)
	diff = append(diff, compare("header %s: signed ", set(ours.signed), set(theirs.signed))...)
	return diff
}

func TestDifferences_NoticesEachPart(t *testing.T) {
	t.Parallel()
	one := func() exchange {
		return exchange{
			method: http.MethodPut, host: "h", path: "/k", query: url.Values{"a": {"1"}}, header: http.Header{"X-Cos-Acl": {"private"}},
			length: 1, body: []byte("b"), signed: []string{"host"}, params: []string{"a"},
		}
	}
	require.Empty(t, differences(one(), one()))
	for want, change := range map[string]func(e *exchange){
		`method: ours POST, theirs PUT`:               func(e *exchange) { e.method = http.MethodPost },
		`host: ours x, theirs h`:                      func(e *exchange) { e.host = "x" },
		`path: ours "/K", theirs "/k"`:                func(e *exchange) { e.path = "/K" },
		`query a: ours "2", theirs "1"`:               func(e *exchange) { e.query.Set("a", "2") },
		`query a: only theirs`:                        func(e *exchange) { e.query.Del("a") },
		`query a: ours "1 and 1", theirs "1"`:         func(e *exchange) { e.query.Add("a", "1") },
		`header x-cos-acl: only theirs`:               func(e *exchange) { e.header.Del("X-Cos-Acl") },
		`header x-cos-acl: ours "", theirs "private"`: func(e *exchange) { e.header.Set("X-Cos-Acl", "") },
		`header x-new: only ours`:                     func(e *exchange) { e.header.Set("X-New", "") },
		`header content-length: ours "2", theirs "1"`: func(e *exchange) { e.length = 2 },
		`body: ours "c", theirs "b"`:                  func(e *exchange) { e.body = []byte("c") },
		`header host: signed only theirs`:             func(e *exchange) { e.signed = nil },
		`query a: signed only theirs`:                 func(e *exchange) { e.params = nil },
	} {
		changed := one()
		change(&changed)
		assert.Equal(t, []string{want}, differences(changed, one()))
	}
}

func TestDifferences_ReadsDocumentsByWhatTheySay(t *testing.T) {
	t.Parallel()
	one := []byte(`<?xml version="1.0"?><D xmlns="x"> <Q>true</Q>
		<O><K>a&amp;b</K></O><O i="1"><K>"</K></O></D>`)
	same := []byte(`<D><O><K>a&#38;b</K></O><O i="1"><K>&#34;</K></O><Q>true</Q></D>`)
	document := func(body []byte) exchange {
		sum := md5.Sum(body) //nolint:gosec // Content-MD5 is MD5
		return exchange{
			method: http.MethodPost, length: int64(len(body)), body: body,
			header: http.Header{"Content-Md5": {base64.StdEncoding.EncodeToString(sum[:])}},
		}
	}
	assert.Empty(t, differences(document(same), document(one)))
	for want, body := range map[string]string{
		`body D/Q: ours "false", theirs "true"`:  `<D><O><K>a&amp;b</K></O><O i="1"><K>"</K></O><Q>false</Q></D>`,
		`body D/O[2]/K: ours "a&b", theirs "\""`: `<D><O><K>a&amp;b</K></O><O i="1"><K>a&amp;b</K></O><Q>true</Q></D>`,
		`body D/O[2]@i: only theirs`:             `<D><O><K>a&amp;b</K></O><O><K>"</K></O><Q>true</Q></D>`,
		`body D/P: only ours`:                    `<D><O><K>a&amp;b</K></O><O i="1"><K>"</K></O><Q>true</Q><P/></D>`,
	} {
		assert.Equal(t, []string{want}, differences(document([]byte(body)), document(one)))
	}
	wrong := document(one)
	wrong.header.Set("Content-MD5", "AAAA")
	assert.Equal(t, []string{`header content-md5: ours "AAAA", theirs "of the body"`}, differences(wrong, document(one)))
}

func compare(format string, ours, theirs map[string]string) []string {
	var diff []string
	names := maps.Clone(ours)
	maps.Copy(names, theirs)
	for name := range names {
		mine, inOurs := ours[name]
		their, inTheirs := theirs[name]
		switch {
		case !inTheirs:
			diff = append(diff, fmt.Sprintf(format, name)+"only ours")
		case !inOurs:
			diff = append(diff, fmt.Sprintf(format, name)+"only theirs")
		case mine != their:
			diff = append(diff, fmt.Sprintf(format, name)+fmt.Sprintf("ours %q, theirs %q", mine, their))
		}
	}
	return diff
}

// pairs joins what is given more than once, which then differs from once.
func pairs(query url.Values) map[string]string {
	m := map[string]string{}
	for name, values := range query {
		m[name] = strings.Join(values, " and ")
	}
	return m
}

func set(names []string) map[string]string {
	m := map[string]string{}
	for _, name := range names {
		m[name] += "once "
	}
	return m
}

// meaningful returns the headers that say something to the service: those of
// the connection, of the program's name and the signature are left out. The
// length and the MD5 of a document follow from how it is written, so it is
// said only that they are right. A copy source is what it names: the SDK
// escapes less of a key than ours.
func (e exchange) meaningful() map[string]string {
	m := map[string]string{}
	for name, values := range e.header {
		switch name {
		case "Accept-Encoding", "Authorization", "Connection", "Content-Length", "User-Agent":
		default:
			m[strings.ToLower(name)] = strings.Join(values, " and ")
		}
	}
	if source := m["x-cos-copy-source"]; source != "" {
		m["x-cos-copy-source"] = named(source)
	}
	if e.length != 0 || e.method == http.MethodPut || e.method == http.MethodPost {
		m["content-length"] = strconv.FormatInt(e.length, 10)
	}
	if _, isXML := flattened(e.body); isXML {
		if e.length == int64(len(e.body)) {
			m["content-length"] = "of the body"
		}
		sum := md5.Sum(e.body) //nolint:gosec // Content-MD5 is MD5
		if m["content-md5"] == base64.StdEncoding.EncodeToString(sum[:]) {
			m["content-md5"] = "of the body"
		}
	}
	return m
}

// named takes a copy source apart, since a key may hold a "?" or a "/" itself.
func named(source string) string {
	object, query, _ := strings.Cut(source, "?")
	host, key, _ := strings.Cut(object, "/")
	key, err := url.PathUnescape(key)
	return fmt.Sprintf("host %s, key %q, query %s, error %v", host, key, query, err)
}

// flattened reads a document into what its elements and attributes say, each
// under its path, in which like children of one parent are numbered from the
// second on. The order of unlike children and name spaces are let go.
func flattened(body []byte) (map[string]string, bool) {
	type element struct {
		path     string
		text     string
		children map[string]int
	}
	flat := map[string]string{}
	stack := []*element{{children: map[string]int{}}}
	for decoder := xml.NewDecoder(bytes.NewReader(body)); ; {
		token, err := decoder.Token()
		top := stack[len(stack)-1]
		switch token := token.(type) {
		case xml.StartElement:
			name := token.Name.Local
			if top.children[name]++; top.children[name] > 1 {
				name += fmt.Sprintf("[%d]", top.children[name])
			}
			e := &element{path: strings.TrimPrefix(top.path+"/"+name, "/"), children: map[string]int{}}
			for _, a := range token.Attr {
				if a.Name.Local != "xmlns" && a.Name.Space != "xmlns" {
					flat[e.path+"@"+a.Name.Local] = a.Value
				}
			}
			stack = append(stack, e)
		case xml.EndElement:
			if len(top.children) == 0 {
				flat[top.path] = top.text
			}
			stack = stack[:len(stack)-1]
		case xml.CharData:
			top.text += string(token)
		}
		if err != nil {
			return flat, err == io.EOF && len(flat) > 0 //nolint:errorlint // an EOF is never wrapped by a Decoder
		}
	}
}
