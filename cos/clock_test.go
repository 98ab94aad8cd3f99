package cos_test

import (
	"io"
	"net/http"
	"regexp"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
)

var signTime = regexp.MustCompile(`q-sign-time=(\d+);(\d+)`)

// clockServer refuses signatures whose time does not hold now.
func clockServer(t *testing.T, now time.Time, refused *atomic.Int64) http.HandlerFunc {
	t.Helper()
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		m := signTime.FindStringSubmatch(r.Header.Get("Authorization"))
		if !assert.NotNil(t, m) {
			return
		}
		start, _ := strconv.ParseInt(m[1], 10, 64)
		end, _ := strconv.ParseInt(m[2], 10, 64)
		w.Header().Set("Date", now.UTC().Format(http.TimeFormat))
		switch {
		case now.Unix() < start:
			refused.Add(1)
			answerXML(w, http.StatusForbidden, errorXML("RequestTimeTooSkewed", "too skewed"))
		case now.Unix() > end:
			refused.Add(1)
			answerXML(w, http.StatusForbidden, errorXML("AccessDenied", "Request has expired"))
		default:
			empty(w)
		}
	}
}

func TestClock_IsCorrectedOnceAndRemembered(t *testing.T) {
	t.Parallel()
	service := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	for name, off := range map[string]time.Duration{"ours is slow": -2 * time.Hour, "ours is fast": 26 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var refused, counted atomic.Int64
			b := serve(t, clockServer(t, service, &refused), func(c *cos.Config) {
				c.Now = func() time.Time { return service.Add(off) }
			})
			data := make([]byte, 100_000)
			body := bytesBody(data)
			body.Progress = func(n int) { counted.Add(int64(n)) }
			got, err := b.Put(t.Context(), "k", body, cos.Headers{})
			require.NoError(t, err)
			assert.Equal(t, cos.CRC64(0, data), got.SentCRC64)
			assert.Equal(t, int64(len(data)), counted.Load(), "progress was taken back")
			assert.Equal(t, -off, b.Client().ClockSkew())
			_, err = b.Head(t.Context(), "k", cos.GetOptions{})
			require.NoError(t, err)
			assert.Equal(t, int64(1), refused.Load())
		})
	}
}

func TestClock_HeadHasNoCodeAndIsCorrectedByTheDate(t *testing.T) {
	t.Parallel()
	service := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	var refused atomic.Int64
	b := serve(t, clockServer(t, service, &refused), func(c *cos.Config) {
		c.Now = func() time.Time { return service.Add(-time.Hour) }
	})
	_, err := b.Head(t.Context(), "k", cos.GetOptions{})
	require.NoError(t, err)
	assert.Equal(t, int64(1), refused.Load())
}

func TestClock_RefusalThatIsNotOursToMendIsReturned(t *testing.T) {
	t.Parallel()
	var requests atomic.Int64
	b := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		requests.Add(1)
		answerXML(w, http.StatusForbidden, errorXML("RequestTimeTooSkewed", "too skewed"))
	})
	_, err := b.Get(t.Context(), "k", cos.GetOptions{})
	require.ErrorIs(t, err, cos.ErrClock)
	assert.Equal(t, int64(1), requests.Load(), "the clocks agree, so sending again is no use")
	assert.Zero(t, b.Client().ClockSkew())
}

func TestClock_ThirdRefusalIsReturned(t *testing.T) {
	t.Parallel()
	var requests atomic.Int64
	b := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		// A clock that runs away: every answer is an hour later.
		later := time.Duration(requests.Add(1)) * time.Hour
		w.Header().Set("Date", time.Now().Add(later).UTC().Format(http.TimeFormat))
		answerXML(w, http.StatusForbidden, errorXML("RequestTimeTooSkewed", "too skewed"))
	})
	_, err := b.Get(t.Context(), "k", cos.GetOptions{})
	require.ErrorIs(t, err, cos.ErrClock)
	assert.Equal(t, int64(3), requests.Load())
}

// TestClock_ServersThatDisagreeAreBothBelieved: one of many servers has a
// wrong clock, and requests that others answer run side by side.
func TestClock_ServersThatDisagreeAreBothBelieved(t *testing.T) {
	t.Parallel()
	now := time.Now()
	var refused, requests atomic.Int64
	wrong, right := clockServer(t, now.Add(time.Hour), &refused), clockServer(t, now, &refused)
	b := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if requests.Add(1) == 1 {
			wrong(w, r)
			return
		}
		right(w, r)
	})
	_, err := b.Put(t.Context(), "k", bytesBody([]byte("x")), cos.Headers{})
	require.NoError(t, err)
	assert.Equal(t, int64(2), refused.Load(), "by the wrong one, and then by the right one")
}

func TestServiceClock_IsThatOfTheNewestAnswerOfTheService(t *testing.T) {
	t.Parallel()
	ours := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	ahead, id, status := time.Duration(0), "r", http.StatusOK
	b := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Date", ours.Add(ahead).Format(http.TimeFormat))
		w.Header().Set("x-cos-request-id", id)
		w.WriteHeader(status)
	}, func(c *cos.Config) { c.Now = func() time.Time { return ours } })
	_, known := b.Client().ServiceClock()
	assert.False(t, known)
	for _, answer := range []struct {
		ahead  time.Duration
		id     string
		status int
		want   time.Duration
	}{
		{5 * time.Second, "r", http.StatusOK, 5 * time.Second},
		{-time.Minute, "r", http.StatusNotFound, -time.Minute},
		{time.Hour, "", http.StatusOK, -time.Minute}, // of a stranger
	} {
		ahead, id, status = answer.ahead, answer.id, answer.status
		_, _ = b.Head(t.Context(), "k", cos.GetOptions{}) // whatever comes, it has a time
		got, known := b.Client().ServiceClock()
		assert.True(t, known)
		assert.Equal(t, answer.want, got)
	}
}
