package costest

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"cosmander/cos"
)

// suite is one run.
type suite struct {
	Env
	prefix string // of all that is written, ends in "/"

	mu      sync.Mutex // guards untried
	untried []string
}

func newSuite(t *testing.T, env Env) *suite {
	t.Helper()
	if env.HTTP == nil {
		env.HTTP = http.DefaultClient
	}
	s := &suite{Env: env, prefix: "costest-" + random() + "/"}
	t.Cleanup(func() {
		s.tidy(t)
		s.report(t)
	})
	return s
}

// random returns eight characters that no other run has.
func random() string { return strings.ToLower(rand.Text()[:8]) }

// hold runs a chapter, each promise in a folder of its own.
func (s *suite) hold(t *testing.T, c chapter) {
	for i, p := range c.promises {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			p.check(t, s.place(c.name, i))
		})
	}
}

func (s *suite) place(chapter string, number int) place {
	return place{s, s.Bucket, fmt.Sprintf("%s%s/%d/", s.prefix, chapter, number)}
}

// report lists what was skipped in one place.
func (s *suite) report(t *testing.T) {
	s.mu.Lock()
	defer s.mu.Unlock()
	slices.Sort(s.untried)
	for _, line := range s.untried {
		t.Log("not tried: " + line)
	}
}

// place is where a promise is tried.
type place struct {
	*suite
	Bucket *cos.Bucket // most often the suite's own
	folder string      // ends in "/"
}

// key names an object of the place.
func (p place) key(name string) string { return p.folder + name }

// in is the same place of another bucket.
func (p place) in(b *cos.Bucket) place { return place{p.suite, b, p.folder} }

// need skips a test that cannot be tried without an ability.
func (p place) need(t *testing.T, there bool, what string) {
	t.Helper()
	if there {
		return
	}
	p.mu.Lock()
	p.untried = append(p.untried, t.Name()+": there is no "+what)
	p.mu.Unlock()
	t.Skip("there is no " + what)
}

func (p place) needOther(t *testing.T) {
	t.Helper()
	p.need(t, p.Other != nil, "second bucket (Env.Other)")
}

func (p place) needScratch(t *testing.T) {
	t.Helper()
	p.need(t, p.Scratch != nil, "client that may create buckets (Env.Scratch)")
}

func (p place) needArchive(t *testing.T) {
	t.Helper()
	p.need(t, p.Archive, "leave to write archived objects (Env.Archive)")
}

func (p place) needGrantee(t *testing.T) {
	t.Helper()
	p.need(t, p.Grantee != "", "account to grant access to (Env.Grantee)")
}

func (p place) needConnect(t *testing.T) {
	t.Helper()
	p.need(t, p.Connect != nil, "way to connect otherwise (Env.Connect)")
}
