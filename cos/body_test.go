package cos_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
)

// bites is how soon a cancelled request must return.
const bites = 100 * time.Millisecond

// zeros is an endless source.
type zeros struct{}

func (zeros) ReadAt(p []byte, _ int64) (int, error) { clear(p); return len(p), nil }

// stalls is a handler that answers nothing until the test is over. The test's
// context ends before the server is closed, which waits for its handlers.
func stalls(t *testing.T) http.HandlerFunc {
	t.Helper()
	return func(http.ResponseWriter, *http.Request) { <-t.Context().Done() }
}

func stored(w http.ResponseWriter) {
	w.Header().Set("x-cos-request-id", "r")
	w.Header().Set("ETag", `"e"`)
}

// empty answers as for an object of no bytes.
func empty(w http.ResponseWriter) {
	stored(w)
	w.Header().Set("Content-Length", "0")
}

func TestPut_SumsWhatWasSent(t *testing.T) {
	t.Parallel()
	data := bytes.Repeat([]byte("0123456789abcdef"), 1<<16)
	var counted atomic.Int64
	b := serve(t, func(w http.ResponseWriter, r *http.Request) {
		got, err := io.ReadAll(r.Body)
		assert.NoError(t, err)
		assert.True(t, bytes.Equal(data, got))
		stored(w)
		w.Header().Set("x-cos-hash-crc64ecma", "17")
		w.Header().Set("x-cos-version-id", "v")
	})
	body := bytesBody(data)
	body.Progress = func(n int) { counted.Add(int64(n)) }
	got, err := b.UploadPart(t.Context(), "k", "u", 3, body)
	require.NoError(t, err)
	assert.Equal(t, &cos.PutResult{
		ETag: "e", CRC64: 17, HasCRC64: true, SentCRC64: cos.CRC64(0, data), VersionID: "v",
	}, got)
	assert.Equal(t, int64(len(data)), counted.Load())
}

func TestPut_SourceErrorComesBackAsItIs(t *testing.T) {
	t.Parallel()
	errChanged := errors.New("the file was changed")
	for name, failAt := range map[string]int64{"at once": 0, "half-way": 1 << 20, "on the last byte": 2<<20 - 1} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := serve(t, func(w http.ResponseWriter, r *http.Request) {
				_, err := io.Copy(io.Discard, r.Body)
				assert.Error(t, err, "a whole body arrived")
				stored(w)
			})
			_, err := b.Put(t.Context(), "k", cos.Body{ReaderAt: failingAt{failAt, errChanged}, Size: 2 << 20}, cos.Headers{})
			require.ErrorIs(t, err, errChanged)
			assert.False(t, cos.Retryable(err))
			assert.ErrorContains(t, err, "cos://b-1250000000/k")
		})
	}
}

// failingAt gives zeros up to an offset and err there.
type failingAt struct {
	at  int64
	err error
}

func (f failingAt) ReadAt(p []byte, off int64) (int, error) {
	if off+int64(len(p)) <= f.at {
		clear(p)
		return len(p), nil
	}
	n := max(0, f.at-off)
	clear(p[:n])
	return int(n), f.err
}

func TestPut_SourceThatShrankIsAnError(t *testing.T) {
	t.Parallel()
	b := serve(t, func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) })
	_, err := b.Put(t.Context(), "k", cos.Body{ReaderAt: bytes.NewReader(make([]byte, 10)), Size: 11}, cos.Headers{})
	require.ErrorContains(t, err, "ended after 10 of 11 bytes")
	assert.False(t, cos.Retryable(err))
}

func TestPut_EarlySuccessIsNotBelieved(t *testing.T) {
	t.Parallel()
	b := serve(t, func(w http.ResponseWriter, _ *http.Request) { stored(w) })
	_, err := b.Put(t.Context(), "k", cos.Body{ReaderAt: zeros{}, Size: 1 << 30}, cos.Headers{})
	require.Error(t, err)
	assert.True(t, cos.Retryable(err), "%v", err)
}

func TestPut_EarlyRefusalIsTheError(t *testing.T) {
	t.Parallel()
	b := serve(t, func(w http.ResponseWriter, r *http.Request) {
		// Some of it, so that the refusal comes mid-body.
		_, _ = io.CopyN(io.Discard, r.Body, 1<<20)
		answerXML(w, http.StatusForbidden, errorXML("AccessDenied", "no"))
	})
	var late atomic.Bool
	var over atomic.Bool
	_, err := b.Put(t.Context(), "k", cos.Body{ReaderAt: zeros{}, Size: 1 << 22, Progress: func(int) {
		late.Store(late.Load() || over.Load())
	}}, cos.Headers{})
	over.Store(true)
	require.ErrorIs(t, err, cos.ErrDenied)
	assert.False(t, late.Load(), "progress after the return")
}

func TestCancel_BitesWhileSending(t *testing.T) {
	t.Parallel()
	b := serve(t, stalls(t))
	ctx, cancel := context.WithCancelCause(t.Context())
	errPaused := errors.New("paused")
	var once sync.Once
	started := make(chan struct{})
	body := cos.Body{ReaderAt: zeros{}, Size: 1 << 30, Progress: func(int) { once.Do(func() { close(started) }) }}
	result := make(chan error, 1)
	go func() {
		_, err := b.Put(ctx, "k", body, cos.Headers{})
		result <- err
	}()
	<-started
	begin := time.Now()
	cancel(errPaused)
	err := <-result
	assert.Less(t, time.Since(begin), bites)
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, err, errPaused)
	assert.False(t, cos.Retryable(err))
}

// A source may wait, for a rate limit or a slow disk.
func TestCancel_BitesWhileTheSourceWaits(t *testing.T) {
	t.Parallel()
	b := serve(t, stalls(t))
	ctx, cancel := context.WithCancel(t.Context())
	source := waiting{asked: make(chan struct{}), release: make(chan struct{})}
	t.Cleanup(func() { close(source.release) })
	result := make(chan error, 1)
	go func() {
		_, err := b.Put(ctx, "k", cos.Body{ReaderAt: source, Size: 1}, cos.Headers{})
		result <- err
	}()
	<-source.asked
	begin := time.Now()
	cancel()
	require.ErrorIs(t, <-result, context.Canceled)
	assert.Less(t, time.Since(begin), bites)
}

type waiting struct{ asked, release chan struct{} }

func (w waiting) ReadAt(p []byte, _ int64) (int, error) {
	close(w.asked)
	<-w.release
	return len(p), nil
}

func TestCancel_BitesWhileReceiving(t *testing.T) {
	t.Parallel()
	stall := stalls(t)
	b := serve(t, func(w http.ResponseWriter, r *http.Request) {
		stored(w)
		w.Header().Set("Content-Length", "1000000")
		_, _ = w.Write(make([]byte, 1000))
		assert.NoError(t, http.NewResponseController(w).Flush())
		stall(w, r)
	})
	ctx, cancel := context.WithCancel(t.Context())
	obj, err := b.Get(ctx, "k", cos.GetOptions{})
	require.NoError(t, err)
	_, err = io.ReadFull(obj.Body, make([]byte, 1000))
	require.NoError(t, err)
	result := make(chan error, 1)
	go func() {
		_, err := obj.Body.Read(make([]byte, 1000))
		result <- err
	}()
	begin := time.Now()
	cancel()
	err = <-result
	assert.Less(t, time.Since(begin), bites)
	require.ErrorIs(t, err, context.Canceled)
	assert.False(t, cos.Retryable(err))
	require.NoError(t, obj.Body.Close())
}

func TestCancel_BitesWhileWaitingForTheAnswer(t *testing.T) {
	t.Parallel()
	arrived := make(chan struct{})
	stall := stalls(t)
	b := serve(t, func(w http.ResponseWriter, r *http.Request) {
		close(arrived)
		stall(w, r)
	})
	ctx, cancel := context.WithCancel(t.Context())
	result := make(chan error, 1)
	go func() {
		_, err := b.List(ctx, cos.ListOptions{})
		result <- err
	}()
	<-arrived
	begin := time.Now()
	cancel()
	require.ErrorIs(t, <-result, context.Canceled)
	assert.Less(t, time.Since(begin), bites)
}

func TestDeadlineOfTheCaller_IsNotRetryable(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	_, err := serve(t, stalls(t)).Head(ctx, "k", cos.GetOptions{})
	require.ErrorIs(t, err, context.DeadlineExceeded)
	assert.False(t, cos.Retryable(err))
}

func TestStall_EndsEveryPhase(t *testing.T) {
	t.Parallel()
	const short = 50 * time.Millisecond
	t.Run("no answer", func(t *testing.T) {
		t.Parallel()
		_, err := serve(t, stalls(t), idle(short)).List(t.Context(), cos.ListOptions{})
		require.ErrorIs(t, err, cos.ErrStalled)
		assert.True(t, cos.Retryable(err))
		assert.ErrorContains(t, err, "127.0.0.1:")
	})
	t.Run("body not taken", func(t *testing.T) {
		t.Parallel()
		_, err := serve(t, stalls(t), idle(short)).Put(t.Context(), "k",
			cos.Body{ReaderAt: zeros{}, Size: 1 << 30}, cos.Headers{})
		require.ErrorIs(t, err, cos.ErrStalled)
		assert.True(t, cos.Retryable(err))
	})
	t.Run("body taken and no answer", func(t *testing.T) {
		t.Parallel()
		_, err := serve(t, stalls(t), idle(short)).Put(t.Context(), "k", bytesBody([]byte("x")), cos.Headers{})
		require.ErrorIs(t, err, cos.ErrStalled)
	})
	t.Run("answer stops", func(t *testing.T) {
		t.Parallel()
		stall := stalls(t)
		b := serve(t, func(w http.ResponseWriter, r *http.Request) {
			stored(w)
			w.Header().Set("Content-Length", "10")
			_, _ = w.Write([]byte("12345"))
			assert.NoError(t, http.NewResponseController(w).Flush())
			stall(w, r)
		}, idle(short))
		obj, err := b.Get(t.Context(), "k", cos.GetOptions{})
		require.NoError(t, err)
		got, err := io.ReadAll(obj.Body)
		assert.Equal(t, "12345", string(got))
		require.ErrorIs(t, err, cos.ErrStalled)
		assert.True(t, cos.Retryable(err))
		require.NoError(t, obj.Body.Close())
	})
}

func TestStall_SlowButMovingIsNoStall(t *testing.T) {
	t.Parallel()
	const step, steps = 20 * time.Millisecond, 40
	b := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		stored(w)
		w.Header().Set("Content-Length", strconv.Itoa(steps))
		tick := time.NewTicker(step)
		defer tick.Stop()
		for range steps {
			<-tick.C
			_, _ = w.Write([]byte("x"))
			assert.NoError(t, http.NewResponseController(w).Flush())
		}
	}, idle(step*steps/2))
	obj, err := b.Get(t.Context(), "k", cos.GetOptions{})
	require.NoError(t, err)
	got, err := io.ReadAll(obj.Body)
	require.NoError(t, err)
	assert.Len(t, got, steps)
	require.NoError(t, obj.Body.Close())
}

func TestConnectionLoss_IsRetryableInEveryPhase(t *testing.T) {
	t.Parallel()
	drop := func(w http.ResponseWriter) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if assert.NoError(t, err) {
			_ = conn.Close()
		}
	}
	b := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/before":
		case "/after":
			_, _ = io.Copy(io.Discard, r.Body)
		}
		drop(w)
	})
	for _, key := range []string{"before", "after"} {
		_, err := b.Put(t.Context(), key, cos.Body{ReaderAt: zeros{}, Size: 8 << 20}, cos.Headers{})
		require.Error(t, err)
		assert.True(t, cos.Retryable(err), "%s: %v", key, err)
		assert.NotEmpty(t, cos.Hint(err))
	}
}

func TestBodies_AreNeverReplayedByTheTransport(t *testing.T) {
	t.Parallel()
	var posts atomic.Int64
	b := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead {
			empty(w)
			return
		}
		posts.Add(1)
		conn, _, err := http.NewResponseController(w).Hijack()
		if assert.NoError(t, err) {
			_ = conn.Close()
		}
	})
	for _, send := range []func() error{
		func() error { _, err := b.InitiateUpload(t.Context(), "k", cos.Headers{}); return err },
		func() error {
			_, err := b.CompleteUpload(t.Context(), "k", "u", []cos.Part{{Number: 1, ETag: "e"}})
			return err
		},
		func() error { _, err := b.Put(t.Context(), "k", bytesBody([]byte("x")), cos.Headers{}); return err },
	} {
		// A used connection: this is where net/http would try again.
		_, err := b.Head(t.Context(), "k", cos.GetOptions{})
		require.NoError(t, err)
		posts.Store(0)
		err = send()
		require.Error(t, err)
		assert.True(t, cos.Retryable(err), "%v", err)
		assert.Equal(t, int64(1), posts.Load())
	}
}
