package emulator

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"time"
)

// ServeConfig says what [Serve] opens and where it listens.
type ServeConfig struct {
	Config
	Listen      string // host:port; port 0 takes a free one
	AllowRemote bool   // listen on an address that others can reach
	Seed        int    // empty objects to put under many/ of the first bucket
	Faults      []Fault
	// Prepare, if set, is called with the open server before it listens, to
	// fill it.
	Prepare func(context.Context, *Server) error
	// Ready, if set, is called once with the address that is listened on.
	Ready func(addr string)
}

// shutdownTime is how long Serve waits for running requests when it ends.
const shutdownTime = 3 * time.Second

// Serve opens the emulator, listens, and answers until ctx ends; then it lets
// running requests finish for up to three seconds and returns nil. An address
// that is not of this machine alone is refused unless cfg.AllowRemote is set:
// the demo's key pair is no secret.
func Serve(ctx context.Context, cfg ServeConfig) error {
	var lc net.ListenConfig
	ln, err := lc.Listen(ctx, "tcp", cfg.Listen)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", cfg.Listen, err)
	}
	if !cfg.AllowRemote && !isLoopback(ln.Addr()) {
		return errors.Join(fmt.Errorf("%s can be reached from other machines: use 127.0.0.1, or allow it with --allow-remote", cfg.Listen), ln.Close())
	}
	s, err := Open(cfg.Config)
	if err != nil {
		return errors.Join(err, ln.Close())
	}
	if err := s.prepare(ctx, cfg); err != nil {
		return errors.Join(err, ln.Close(), s.Close())
	}
	if cfg.Ready != nil {
		cfg.Ready(ln.Addr().String())
	}
	return errors.Join(s.run(ctx, ln), s.Close())
}

func isLoopback(addr net.Addr) bool {
	tcp, ok := addr.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}

func (s *Server) prepare(ctx context.Context, cfg ServeConfig) error {
	for _, f := range cfg.Faults {
		s.faults.Add(f)
	}
	if cfg.Seed > 0 {
		if err := s.Seed(ctx, s.defaultBucket(), "many/", cfg.Seed); err != nil {
			return err
		}
	}
	if cfg.Prepare != nil {
		return cfg.Prepare(ctx, s)
	}
	return nil
}

func (s *Server) run(ctx context.Context, ln net.Listener) error {
	srv := NewHTTPServer(s)
	ended := make(chan error, 1)
	go func() { ended <- srv.Serve(ln) }()
	select {
	case err := <-ended:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	s.endWaits()
	bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
	defer cancel()
	if srv.Shutdown(bounded) != nil {
		_ = srv.Close() // cuts what did not finish in time
	}
	if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve: %w", err)
	}
	return nil
}

// NewHTTPServer returns an HTTP server around s with the timeouts it is meant
// to have: a client must send its headers within ten seconds, and a body may
// take as long as it likes. net/http's own log is silent, for it would write
// over a screen.
func NewHTTPServer(s *Server) *http.Server {
	return &http.Server{
		Handler:           s,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		ErrorLog:          log.New(discardLog{}, "", 0),
	}
}

type discardLog struct{}

func (discardLog) Write(p []byte) (int, error) { return len(p), nil }
