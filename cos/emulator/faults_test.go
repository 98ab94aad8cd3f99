package emulator_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos/emulator"
)

func TestFault_CountsAndSelectsRequests(t *testing.T) {
	t.Parallel()
	c := start(t)
	remove := c.server.Faults().Add(emulator.Fault{Op: "PutObject", Key: "k", After: 1, Times: 2, Status: 503, Code: "SlowDown", RetryAfter: 7})
	var got []int
	for range 5 {
		a := c.do("PUT", "/k", "1")
		got = append(got, a.status)
		if a.status == 503 {
			assert.Equal(t, "SlowDown", a.code())
			assert.Equal(t, "7", a.header.Get("Retry-After"))
		}
	}
	assert.Equal(t, []int{200, 503, 503, 200, 200}, got)
	assert.Equal(t, 200, c.do("PUT", "/other", "1").status)
	assert.Equal(t, 200, c.get("k").status)
	remove()
	c.server.Faults().Add(emulator.Fault{Status: 500})
	assert.Equal(t, "InternalError", c.get("k").code())
	assert.EqualValues(t, 6, c.server.Requests("PutObject"))
	assert.EqualValues(t, 2, c.server.Requests("GetObject"))
	assert.EqualValues(t, 8, c.server.Requests(""))
}

func TestFault_ActsOnEachNthRequest(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.server.Faults().Add(emulator.Fault{Op: "PutObject", After: 1, Every: 3, Times: 2, Status: 503})
	var refused []int
	for i := range 14 {
		if c.do("PUT", "/k", "1").status == 503 {
			refused = append(refused, i+1)
		}
	}
	assert.Equal(t, []int{4, 7}, refused)
}

func TestFault_SeveralRulesActTogether(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.server.Faults().Add(emulator.Fault{Latency: 60 * time.Millisecond})
	c.server.Faults().Add(emulator.Fault{Op: "ListObjects", Latency: 60 * time.Millisecond, Status: 418, Code: "Teapot"})
	began := time.Now()
	a := c.do("GET", "/", "")
	assert.GreaterOrEqual(t, time.Since(began), 120*time.Millisecond)
	assert.Equal(t, 418, a.status)
	assert.Equal(t, "Teapot", a.code())
}

func TestFault_LatencyEndsWithTheClient(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.server.Faults().Add(emulator.Fault{Latency: time.Hour})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := send(c.request("GET", "/", "").WithContext(ctx))
	require.ErrorIs(t, err, context.DeadlineExceeded)
	// Closing the test server waits for the request: an hour, or not at all.
}

func TestFault_ResetDoesNothing(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.server.Faults().Add(emulator.Fault{Op: "PutObject", Times: 1, Reset: true})
	_, err := c.try("PUT", "/k", "1")
	require.Error(t, err)
	assert.Equal(t, 404, c.get("k").status)
}

func TestFault_LoseAnswerDoesTheWork(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.server.Faults().Add(emulator.Fault{Op: "PutObject", Times: 1, LoseAnswer: true})
	_, err := c.try("PUT", "/k", "123")
	require.Error(t, err)
	assert.Equal(t, "123", string(c.get("k").body))
}

func TestFault_CutBody(t *testing.T) {
	t.Parallel()
	c := start(t)
	body := strings.Repeat("0123456789", 100_000)
	c.put("k", body)
	for cut, want := range map[int64]int{1: 1, 300_000: 300_000, -1: 0} {
		remove := c.server.Faults().Add(emulator.Fault{Op: "GetObject", CutBody: cut})
		a, err := c.try("GET", "/k", "")
		require.NoError(t, err)
		require.Error(t, a.err)
		assert.Equal(t, "1000000", a.header.Get("Content-Length"))
		assert.Equal(t, body[:want], string(a.body))
		remove()
	}
}

func TestFault_CorruptFlipsOneByte(t *testing.T) {
	t.Parallel()
	c := start(t)
	for _, size := range []int{1, 100, 300_000} {
		body := strings.Repeat("x", size)
		c.put("k", body)
		remove := c.server.Faults().Add(emulator.Fault{Op: "GetObject", Corrupt: true})
		a := c.get("k")
		remove()
		require.Len(t, a.body, size)
		assert.Equal(t, size-1, bytes.Count(a.body, []byte("x")))
		assert.Equal(t, crcOf(body), a.header.Get(crcHeader))
		assert.Equal(t, body, string(c.get("k").body))
	}
}

func TestFault_StallSendsHeadersAndNoMore(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.put("k", "123")
	c.server.Faults().Add(emulator.Fault{Stall: true})
	for method, body := range map[string]string{"GET": "", "PUT": strings.Repeat("p", 1<<20)} {
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		req := c.request(method, "/k", body).WithContext(ctx)
		c.sign(req)
		a, err := send(req)
		if method == "GET" {
			require.NoError(t, err)
			assert.Equal(t, "3", a.header.Get("Content-Length"))
			assert.Empty(t, a.body)
			err = a.err
		}
		require.ErrorIs(t, err, context.DeadlineExceeded, method)
		cancel()
	}
}

func TestFault_StallOfAnotherOperationSendsNothing(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.put("k", "")
	c.server.Faults().Add(emulator.Fault{Op: "HeadObject", Stall: true})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	req := c.request("HEAD", "/k", "").WithContext(ctx)
	c.sign(req)
	_, err := send(req)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	assert.Equal(t, 200, c.do("GET", "/", "").status, "others are answered")
}

func TestFault_NoCRC(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.server.Faults().Add(emulator.Fault{NoCRC: true})
	for _, method := range []string{"PUT", "GET", "HEAD"} {
		a := c.do(method, "/k", "")
		assert.Equal(t, 200, a.status)
		assert.Empty(t, a.header.Values(crcHeader), method)
	}
}

func TestFault_CompleteWithSpacesAndErrors(t *testing.T) {
	t.Parallel()
	c := start(t)
	id := c.initiate("k")
	etag := c.part("k", id, 1, "123")
	remove := c.server.Faults().Add(emulator.Fault{Op: "CompleteMultipartUpload", ErrorIn200: true, Code: "SlowDown"})
	a := c.complete("k", id, 1, etag)
	assert.Equal(t, 200, a.status)
	assert.Equal(t, "SlowDown", a.code())
	assert.Equal(t, 404, c.get("k").status)
	remove()
	c.server.Faults().Add(emulator.Fault{Op: "CompleteMultipartUpload", Spaces: 120 * time.Millisecond})
	a = c.complete("k", id, 1, "wrong")
	assert.Equal(t, 200, a.status)
	assert.Equal(t, "InvalidPart", a.code(), "the status is out before the outcome is known")
	began := time.Now()
	a = c.complete("k", id, 1, etag)
	assert.GreaterOrEqual(t, time.Since(began), 120*time.Millisecond)
	assert.True(t, bytes.HasPrefix(a.body, []byte("   <CompleteMultipartUploadResult>")), string(a.body))
	assert.Equal(t, "123", string(c.get("k").body))
}

func TestFault_SkewMovesTheServersClock(t *testing.T) {
	t.Parallel()
	for skew, code := range map[time.Duration]string{-time.Hour: "RequestTimeTooSkewed", 2 * time.Hour: "AccessDenied"} {
		c := start(t)
		c.server.Faults().Add(emulator.Fault{Skew: skew})
		a := c.get("k")
		assert.Equal(t, code, a.code())
		date, err := time.Parse(time.RFC1123, a.header.Get("Date"))
		require.NoError(t, err)
		assert.WithinDuration(t, time.Now().Add(skew), date, 5*time.Second)
		c.now = func() time.Time { return date }
		assert.Equal(t, "NoSuchKey", c.get("k").code(), "a client that follows Date gets through")
	}
}

func TestFault_HTML(t *testing.T) {
	t.Parallel()
	c := start(t)
	remove := c.server.Faults().Add(emulator.Fault{HTML: true})
	a := c.get("k")
	assert.Equal(t, 200, a.status)
	assert.Contains(t, a.header.Get("Content-Type"), "text/html")
	assert.Empty(t, a.header.Get("x-cos-request-id"), "the service has not seen it")
	remove()
	c.server.Faults().Add(emulator.Fault{HTML: true, Status: 502})
	assert.Equal(t, 502, c.get("k").status)
}

func TestFault_BandwidthSlowsBothWays(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.server.Faults().Add(emulator.Fault{Bandwidth: 200_000})
	body := strings.Repeat("b", 50_000)
	began := time.Now()
	c.put("k", body)
	assert.GreaterOrEqual(t, time.Since(began), 240*time.Millisecond)
	began = time.Now()
	assert.Equal(t, body, string(c.get("k").body))
	assert.GreaterOrEqual(t, time.Since(began), 240*time.Millisecond)
}

func TestParseFault(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]emulator.Fault{
		"op=UploadPart,after=2,times=1,status=503,code=SlowDown": {Op: "UploadPart", After: 2, Times: 1, Status: 503, Code: "SlowDown"},
		"latency=150ms":                                    {Latency: 150 * time.Millisecond},
		"op=GetObject, key=a b, cut-body=-1":               {Op: "GetObject", Key: "a b", CutBody: -1},
		"reset":                                            {Reset: true},
		"lose-answer,op=CompleteMultipartUpload":           {LoseAnswer: true, Op: "CompleteMultipartUpload"},
		"corrupt=true,no-crc,stall,html,error-in-200":      {Corrupt: true, NoCRC: true, Stall: true, HTML: true, ErrorIn200: true},
		"bandwidth=1000,retry-after=3,skew=-20m,spaces=2s": {Bandwidth: 1000, RetryAfter: 3, Skew: -20 * time.Minute, Spaces: 2 * time.Second},
	} {
		got, err := emulator.ParseFault(text)
		require.NoError(t, err, text)
		assert.Equal(t, want, got, text)
	}
	for _, text := range []string{"", "nonsense", "status=abc", "status=42", "op=Nothing,reset", "latency=5", "op=GetObject", "latency", "reset=maybe"} {
		_, err := emulator.ParseFault(text)
		assert.ErrorContains(t, err, "fault", text)
	}
}

func TestFault_ActsOnDocumentsToo(t *testing.T) {
	t.Parallel()
	c := start(t)
	for i := range 5 {
		c.put(fmt.Sprint("k", i), "")
	}
	whole := c.do("GET", "/", "").body
	for name, fault := range map[string]emulator.Fault{"cut": {CutBody: 10}, "corrupt": {Corrupt: true}, "slow": {Bandwidth: 10_000}} {
		fault.Op = "ListObjects"
		remove := c.server.Faults().Add(fault)
		begin := time.Now()
		a, err := c.try("GET", "/", "")
		remove()
		require.NoError(t, err, name)
		assert.Equal(t, name == "cut", a.err != nil, name)
		assert.Equal(t, name == "slow", bytes.Equal(whole, a.body), name)
		if name == "slow" {
			assert.Greater(t, time.Since(begin), time.Duration(len(whole))*time.Second/10_000/2)
		}
	}
	c.put("k", "1")
	c.server.Faults().Add(emulator.Fault{NoCRC: true})
	assert.Empty(t, c.do("PUT", "/copy", "", copySource, testHost+"/k").all("CRC64"))
}

func TestParseFault_RefusesWhatItsOperationCannotDo(t *testing.T) {
	t.Parallel()
	for _, rule := range []string{"op=PutObject,error-in-200", "op=GetObject,spaces=1s"} {
		_, err := emulator.ParseFault(rule)
		assert.ErrorContains(t, err, "CompleteMultipartUpload", rule)
	}
	_, err := emulator.ParseFault("op=CopyObject,error-in-200")
	assert.NoError(t, err)
}

func TestFaults_AreAllDocumentedAndKnownToServe(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/local-server.md")
	require.NoError(t, err)
	words := regexp.MustCompile(`([a-z])([A-Z0-9])`)
	for _, field := range reflect.VisibleFields(reflect.TypeFor[emulator.Fault]()) {
		name := strings.ToLower(words.ReplaceAllString(field.Name, "$1-$2"))
		assert.Regexp(t, "`"+name+"[=`]", string(page))
		if _, err := emulator.ParseFault(name + "=?"); err != nil {
			assert.NotContains(t, err.Error(), "not known")
		}
	}
}
