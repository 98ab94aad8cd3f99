package tui

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	tea "charm.land/bubbletea/v2"

	"cosmander/cos"
)

// account is a driver over a list of buckets, of which every second one is
// versioned and the first is not to be looked at.
type account struct {
	*driver
	mu      sync.Mutex // guards what follows
	asked   []string
	running int
	most    int
	gate    chan struct{} // answers wait for it
	ended   chan struct{} // receives for each that was cancelled
}

func overBuckets(t *testing.T, n int) *account {
	t.Helper()
	a := &account{driver: start(t, "x"), gate: make(chan struct{}), ended: make(chan struct{}, n)}
	var list bucketsOf
	for i := range n {
		list = append(list, cos.BucketInfo{Name: fmt.Sprintf("b%03d-1", i), Region: "ap-guangzhou", Created: noon})
	}
	a.m.deps.Buckets = list
	a.m.deps.Versions = func(bucket, region string) Versioned { return oneOf{account: a, bucket: bucket, region: region} }
	a.m.panes[1] = newPane(place{buckets: true})
	a.send(tea.WindowSizeMsg{Width: 140, Height: 24})
	return a
}

func (a *account) versioning(ctx context.Context, bucket, region string) (cos.Versioning, error) {
	a.mu.Lock()
	a.asked = append(a.asked, bucket+" "+region)
	a.running++
	a.most = max(a.most, a.running)
	n := len(a.asked)
	a.mu.Unlock()
	defer func() {
		a.mu.Lock()
		a.running--
		a.mu.Unlock()
	}()
	select {
	case <-a.gate:
	case <-ctx.Done():
		a.ended <- struct{}{}
		return "", ctx.Err()
	}
	switch {
	case n == 1:
		return "", errors.New("AccessDenied")
	case n == 2:
		return cos.VersioningSuspended, nil
	case n%2 == 1:
		return cos.VersioningEnabled, nil
	}
	return cos.Unversioned, nil
}

// oneOf is one bucket of the account.
type oneOf struct {
	Versioned
	account        *account
	bucket, region string
}

func (o oneOf) Versioning(ctx context.Context) (cos.Versioning, error) {
	return o.account.versioning(ctx, o.bucket, o.region)
}

func (a *account) requests() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.asked)
}

func TestVersioning_IsAskedOfTheBucketsThatAreSeen(t *testing.T) {
	t.Parallel()
	a := overBuckets(t, 100)
	close(a.gate)
	a.run(a.m.Init())
	a.press("tab")
	seen := a.m.listHeight()
	assert.Equal(t, seen, a.requests(), "no others")
	assert.Equal(t, "b000-1 ap-guangzhou", a.asked[0])
	assert.LessOrEqual(t, a.most, versioningAtOnce)
	screen := a.screen()
	for _, row := range []string{
		`b000-1/ +ap-guangzhou +\? +22 Nov`, `b001-1/ +ap-guangzhou +suspended +22 Nov`, `b002-1/ +ap-guangzhou +versioned +22 Nov`, `b003-1/ +ap-guangzhou +- +22 Nov`,
	} {
		assert.Regexp(t, row, screen)
	}
	a.press("ctrl+f")
	assert.Greater(t, a.requests(), seen)
	after := a.requests()
	a.press("ctrl+b", "j", "k")
	assert.Equal(t, after, a.requests(), "what is known is not asked again")
	a.press("ctrl+r")
	assert.Equal(t, after+seen, a.requests(), "but when it is wanted")
}

func TestVersioning_NeverHoldsUpAndStopsWhenTheListIsLeft(t *testing.T) {
	t.Parallel()
	a := overBuckets(t, 100)
	a.run(a.m.Init()) // no answer comes
	a.press("tab", "j")
	require.Equal(t, "b001-1/", a.cursor(), "keys are alive")
	require.Equal(t, versioningAtOnce, a.requests())
	a.press("enter")
	require.Equal(t, "b001-1", a.pane().at.Bucket)
	for range versioningAtOnce {
		<-a.ended
	}
	a.press("j", "k")
	assert.Equal(t, versioningAtOnce, a.requests())
	a.press("h")
	assert.Equal(t, 2*versioningAtOnce, a.requests(), "they are asked again")
}

func TestVersioning_IsNotAskedOverASlowLine(t *testing.T) {
	t.Parallel()
	a := overBuckets(t, 9)
	close(a.gate)
	a.m.look.Low = true
	a.run(a.m.Init())
	assert.Zero(t, a.requests())
}
