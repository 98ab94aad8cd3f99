package tui

import (
	"cmp"
	"context"
	"net/http/httptest"
	"os"
	"path/filepath"
	"time"

	"cosmander/cos"
	"cosmander/cos/emulator"
	"cosmander/cos/emulator/demo"
	"cosmander/jobs"
)

// must ends the program that a test started when it cannot be set up.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// realDeps is the program over the local server, or the one at
// COSMANDER_TUI_ENDPOINT, and the real queue, with its data in
// COSMANDER_TUI_STATE.
func realDeps() (deps func() Deps, end func()) {
	ctx := context.Background()
	state := os.Getenv("COSMANDER_TUI_STATE")
	server := must(emulator.Open(emulator.Config{
		Dir: filepath.Join(state, "data"), SecretID: "id", SecretKey: "key", Buckets: []string{"demo-1250000000"},
	}))
	if os.Getenv("COSMANDER_TUI_DEMO") != "" {
		if err := demo.Fill(ctx, server); err != nil {
			panic(err)
		}
	}
	web := httptest.NewServer(server)
	client := must(cos.New(cos.Config{
		Endpoint: cmp.Or(os.Getenv("COSMANDER_TUI_ENDPOINT"), web.URL), Region: emulator.DefaultRegion, Credentials: cos.Credentials{SecretID: "id", SecretKey: cmp.Or(os.Getenv("COSMANDER_TUI_KEY"), "key")},
	}))
	queue := must(jobs.Open(ctx, jobs.Config{
		Journal: filepath.Join(state, "jobs.db"), Account: "test", PartSize: 1 << 20, Threshold: 2 << 20,
		Bucket: func(bucket, region string) (*cos.Bucket, error) { return client.Bucket(bucket, region), nil },
	}))
	deps = func() Deps {
		return Deps{
			Keys: testKeys(), Queue: queue, Account: "test", AccountID: "test", Region: emulator.DefaultRegion,
			Bucket:   func(bucket, region string) Store { return client.Bucket(bucket, region) },
			Versions: func(bucket, region string) Versioned { return client.Bucket(bucket, region) },
			Buckets:  client,
			LocalDir: os.Getenv("COSMANDER_TUI_DIR"), Home: os.Getenv("COSMANDER_TUI_HOME"),
			Remote: cos.URI{Bucket: "demo-1250000000", Key: os.Getenv("COSMANDER_TUI_PREFIX")}, Now: time.Now,
		}
	}
	return deps, func() {
		_ = queue.Close()
		web.Close()
		_ = server.Close()
	}
}
