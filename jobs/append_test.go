package jobs

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cosmander/cos"
	"cosmander/cos/emulator"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// appends is the job that appends a file, or a text if name is empty.
func (w *world) appends(name, text, key string) Spec {
	s := Spec{Kind: Append, Dest: Place{Bucket: bucketName, Region: region, Key: "log/"}}
	src := Source{Name: key, Text: text}
	if name != "" {
		src.Path = filepath.Join(w.dir, name)
	}
	s.Sources = []Source{src}
	return s
}

// append adds to an object as another program would.
func (w *world) append(key, text string) {
	w.t.Helper()
	at := int64(0)
	if head, err := w.bucket.Head(w.t.Context(), key, cos.GetOptions{}); err == nil {
		at = head.Size
	}
	_, err := w.bucket.Append(w.t.Context(), key, at, cos.Body{ReaderAt: strings.NewReader(text), Size: int64(len(text))}, cos.Headers{})
	require.NoError(w.t, err)
}

func TestAppend_MakesAnObjectAndAddsToIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.cfg.Threshold = 1 << 20
	q := w.open()
	large := w.file("large", 3<<20+7)
	for _, s := range []Spec{w.appends("", "a line\n", "a.log"), w.appends("large", "", "a.log"), w.appends("", "旅行\n", "a.log")} {
		j := finish(t, q, start(t, q, s))
		require.Equal(t, Done, j.State, j.Reason)
		assert.Zero(t, j.Unverified)
		assert.Equal(t, j.Bytes, j.BytesDone)
	}
	same(t, append(append([]byte("a line\n"), large...), "旅行\n"...), w.stored("log/a.log"))
	head, err := w.bucket.Head(t.Context(), "log/a.log", cos.GetOptions{})
	require.NoError(t, err)
	assert.Equal(t, "appendable", head.ObjectType)
	assert.EqualValues(t, 6, w.server.Requests("AppendObject"), "the large one goes in pieces")
	items, err := q.Items(t.Context(), 1, 0, 1)
	require.NoError(t, err)
	assert.Equal(t, typedText, items[0].From)
	assert.Equal(t, "cos://"+bucketName+"/log/a.log", items[0].To)
}

// TestAppend_NeverTwice holds every way in which an answer may go missing, at
// every piece, against the bytes that are there in the end.
func TestAppend_NeverTwice(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]emulator.Fault{
		"lost answer":     {Op: "AppendObject", LoseAnswer: true, Times: 1},
		"lost again":      {Op: "AppendObject", LoseAnswer: true, Times: 3},
		"reset":           {Op: "AppendObject", Reset: true, Times: 2},
		"500":             {Op: "AppendObject", Status: 500, Code: "InternalError", Times: 2},
		"head fails, too": {LoseAnswer: true, Every: 2},
		"no checksums":    {NoCRC: true},
		"lost, no sums":   {Op: "AppendObject", LoseAnswer: true, NoCRC: true, Times: 2},
	} {
		for _, after := range []int{0, 1, 2} {
			t.Run(name+" "+nth(after), func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				w.cfg.Threshold = 512 * kib
				w.append("log/a", "before\n")
				want := append([]byte("before\n"), w.file("f", 2<<20+5)...)
				f.After = after
				w.server.Faults().Add(f)
				_, j := w.run(w.appends("f", "", "a"))
				require.Equal(t, Done, j.State, j.Reason)
				assert.Equal(t, f.NoCRC && f.Op == "", j.Unverified > 0)
				w.server.Faults().Add(emulator.Fault{}) // nothing
				got := w.storedThroughFaults("log/a")
				same(t, want, got)
			})
		}
	}
}

func (w *world) storedThroughFaults(key string) (b []byte) {
	w.t.Helper()
	eventually(w.t, func() bool {
		o, err := w.bucket.Get(w.t.Context(), key, cos.GetOptions{})
		if err != nil {
			return false
		}
		defer o.Body.Close()
		var buf bytes.Buffer
		_, err = buf.ReadFrom(o.Body)
		b = buf.Bytes()
		return err == nil
	}, "the object is read")
	return b
}

func TestAppend_GoesBehindWhatOthersAppend(t *testing.T) {
	t.Parallel()
	for name, lost := range map[string]bool{"before it": false, "behind one whose answer was lost": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.append("log/a", "one\n")
			release := w.server.Faults().Add(emulator.Fault{Op: "AppendObject", LoseAnswer: lost, Reset: !lost, Times: 1})
			hold := w.server.Faults().Add(emulator.Fault{Op: "HeadObject", After: 1, Status: 503, Code: "SlowDown"})
			w.cfg.Retry.Attempts = 1000
			q := w.open()
			id := start(t, q, w.appends("", "mine\n", "a"))
			eventually(t, func() bool { return job(t, q, id).State == Retrying }, "it does not know")
			release()
			_, err := w.bucket.Append(t.Context(), "log/a", map[bool]int64{false: 4, true: 9}[lost], cos.Body{ReaderAt: strings.NewReader("theirs\n"), Size: 7}, cos.Headers{})
			require.NoError(t, err)
			hold()
			j := finish(t, q, id)
			require.Equal(t, Done, j.State, j.Reason)
			assert.Zero(t, j.Unverified)
			items, err := q.Items(t.Context(), id, 0, 1)
			require.NoError(t, err)
			if lost {
				assert.Equal(t, "one\nmine\ntheirs\n", string(w.stored("log/a")))
				assert.Empty(t, items[0].Reason)
				return
			}
			assert.Equal(t, "one\ntheirs\nmine\n", string(w.stored("log/a")))
			assert.Equal(t, "somebody else appended 7 bytes first: this is behind them, from 11 on", items[0].Reason)
		})
	}
}

func TestAppend_StopsWhenOthersAppendInTheMidst(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.file("f", 3<<20)
	hold := w.server.Faults().Add(emulator.Fault{Op: "AppendObject", After: 1, Status: 503, Code: "SlowDown"})
	w.cfg.Retry.Attempts = 1000
	q := w.open()
	id := start(t, q, w.appends("f", "", "a"))
	eventually(t, func() bool { return job(t, q, id).State == Retrying }, "the first piece is in")
	require.NoError(t, q.Pause(t.Context(), id))
	hold()
	w.append("log/a", "theirs")
	require.NoError(t, q.Resume(t.Context(), id))
	j := finish(t, q, id)
	require.Equal(t, Failed, j.State)
	assert.Contains(t, j.Reason, "somebody else appended in the midst of it, and the rest was not sent: 1048576 of 3145728 bytes are in it")
	assert.Len(t, w.stored("log/a"), 1<<20+6)
}

// TestAppend_SurvivesKills kills the process at every request and lets the next
// one go on: what is there in the end is there once.
func TestAppend_SurvivesKills(t *testing.T) {
	t.Parallel()
	for _, lose := range []bool{false, true} {
		for n := 1; n <= 7; n++ {
			t.Run(nth(n), func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				want := append([]byte("x"), w.file("f", 2<<20+9)...)
				w.append("log/a", "x")
				at, killed := w.seen.Load()+int64(n), make(chan struct{})
				if lose {
					w.server.Faults().Add(emulator.Fault{Op: "AppendObject", LoseAnswer: true, After: n / 2, Times: 1})
				}
				q, err := Open(t.Context(), w.cfg)
				require.NoError(t, err)
				hook := func(seen int64) {
					if seen == at {
						q.j.w.kill()
						close(killed)
					}
				}
				w.before.Store(&hook)
				id := start(t, q, w.appends("f", "", "a"))
				eventually(t, func() bool {
					select {
					case <-killed:
						return true
					default:
						return job(t, q, id).State == Done
					}
				}, "it is killed or through")
				q.abandon()
				none := func(int64) {}
				w.before.Store(&none)
				q = w.open()
				j := finish(t, q, id)
				require.Equal(t, Done, j.State, j.Reason)
				same(t, want, w.stored("log/a"))
			})
		}
	}
}

func TestAppend_RefusesWhatCannotGrow(t *testing.T) {
	t.Parallel()
	sealedMeta := cos.Headers{Meta: map[string]string{"client-side-encryption-key": "k"}}
	for name, tt := range map[string]struct {
		prepare func(w *world)
		says    string
	}{
		"a normal object": {func(w *world) { w.put("log/a", []byte("x")) }, "only what was begun by appending can be appended to, and this object was not"},
		"an encrypted object": {func(w *world) {
			_, err := w.bucket.Append(w.t.Context(), "log/a", 0, cos.Body{ReaderAt: strings.NewReader("x"), Size: 1}, sealedMeta)
			require.NoError(w.t, err)
		}, "the object is encrypted"},
		"with versioning": {func(w *world) {
			require.NoError(w.t, w.bucket.SetVersioning(w.t.Context(), cos.VersioningEnabled))
		}, "the bucket keeps versions: no object in it can be appended to"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			tt.prepare(w)
			before := w.stored("log/a")
			_, j := w.run(w.appends("", "text", "a"))
			require.Equal(t, Failed, j.State)
			assert.Contains(t, j.Reason, tt.says)
			assert.Equal(t, before, w.stored("log/a"))
		})
	}
}

func TestAppend_OfAFileThatChangesIsNotMixed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.file("f", 2<<20)
	hold := w.server.Faults().Add(emulator.Fault{Op: "AppendObject", After: 1, Status: 503, Code: "SlowDown"})
	w.cfg.Retry.Attempts = 1000
	q := w.open()
	id := start(t, q, w.appends("f", "", "a"))
	eventually(t, func() bool { return job(t, q, id).State == Retrying }, "the first piece is in")
	require.NoError(t, q.Pause(t.Context(), id))
	hold()
	require.NoError(t, os.WriteFile(filepath.Join(w.dir, "f"), []byte("another"), 0o600))
	require.NoError(t, q.Resume(t.Context(), id))
	j := finish(t, q, id)
	require.Equal(t, Failed, j.State)
	assert.Contains(t, j.Reason, "the file changed while it was appended")
	assert.Len(t, w.stored("log/a"), 1<<20)
}

func TestAppend_SpecsThatMakeNoSense(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	q := w.open()
	for says, change := range map[string]func(s *Spec){
		"names its object":          func(s *Spec) { s.Sources[0].Name = "" },
		"a file or a text":          func(s *Spec) { s.Sources[0].Path = "/x" },
		"one file or text":          func(s *Spec) { s.Sources = append(s.Sources, s.Sources[0]) },
		"not absolute":              func(s *Spec) { s.Sources[0].Text = "" },
		"to a local path":           func(s *Spec) { s.Dest = Place{Path: "/x"} },
		"of a text":                 func(s *Spec) { s.Kind = Upload },
		"cannot begin with a slash": func(s *Spec) { s.Dest.Key = "/" },
	} {
		s := w.appends("", "text", "a")
		change(&s)
		_, err := q.Add(t.Context(), s)
		assert.ErrorContains(t, err, says)
	}
}
