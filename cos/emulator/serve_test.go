package emulator_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos/emulator"
)

func serve(t *testing.T, cfg emulator.ServeConfig) (c *client, stop func() error) {
	t.Helper()
	ready := make(chan string, 1)
	cfg.Ready = func(addr string) { ready <- addr }
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- emulator.Serve(ctx, cfg) }()
	stop = func() error {
		cancel()
		return <-ended
	}
	select {
	case addr := <-ready:
		return &client{t, nil, cfg.Dir, addr, testHost, time.Now, testID, testKey}, stop
	case err := <-ended:
		require.NoError(t, err)
		return nil, nil
	}
}

func TestServe_AnswersUntilItsContextEnds(t *testing.T) {
	t.Parallel()
	cfg := emulator.ServeConfig{
		Config: config(t.TempDir()), Listen: "127.0.0.1:0", Seed: 10,
		Faults:  []emulator.Fault{{Op: "HeadBucket", Status: 503}},
		Prepare: func(_ context.Context, s *emulator.Server) error { return s.SetNote("prepared", "yes") },
	}
	c, stop := serve(t, cfg)
	assert.Len(t, c.list("").keys, 10)
	assert.Equal(t, 503, c.do("HEAD", "/", "").status)
	require.NoError(t, stop())
	_, err := c.try("GET", "/", "")
	require.Error(t, err)
	c, stop = serve(t, cfg)
	assert.Len(t, c.list("").keys, 10, "the folder can be opened again")
	require.NoError(t, stop())
}

func TestServe_EndsBesideAStalledRequest(t *testing.T) {
	t.Parallel()
	cfg := emulator.ServeConfig{Config: config(t.TempDir()), Listen: "127.0.0.1:0", Faults: []emulator.Fault{{Op: "HeadObject", Stall: true}}}
	c, stop := serve(t, cfg)
	req := c.request(http.MethodHead, "/k", "")
	c.sign(req)
	broken := make(chan error, 1)
	go func() {
		_, err := send(req)
		broken <- err
	}()
	// A second request is answered while the first hangs.
	assert.Equal(t, 200, c.do("GET", "/", "").status)
	began := time.Now()
	require.NoError(t, stop())
	assert.Less(t, time.Since(began), 10*time.Second)
	require.Error(t, <-broken)
}

func TestServe_RefusesAddressesOthersReach(t *testing.T) {
	t.Parallel()
	err := emulator.Serve(t.Context(), emulator.ServeConfig{Config: config(t.TempDir()), Listen: "0.0.0.0:0"})
	require.ErrorContains(t, err, "--allow-remote")
	err = emulator.Serve(t.Context(), emulator.ServeConfig{Config: config(t.TempDir()), Listen: "nonsense"})
	require.ErrorContains(t, err, "nonsense")
}
