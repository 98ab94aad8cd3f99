package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"cosmander/cos/emulator/demo"
)

// The figures of the README and of `make bench`. Every figure is printed
// beside its peer: the raw HTTP loop of the same run, or the best figure that
// was measured of another tool on a machine of this size.

const (
	benchSize   = 1 << 30
	benchRounds = 5
	benchHost   = demo.Bucket + ".cos.ap-guangzhou.myqcloud.com"
)

// BenchmarkTransfer copies 1 GiB both ways with `cosmander cp` and with a bare
// HTTP loop over the same bytes and parts, in turn.
func BenchmarkTransfer(b *testing.B) {
	dir := b.TempDir()
	server := startServer(b, dir)
	source := filepath.Join(dir, "source.bin")
	writeNoise(b, source, benchSize)

	var up, down, rawUp, rawDown, flushedDown, cpu []float64
	for range benchRounds {
		raw := rawClient{base: server, part: 8 << 20, parallel: 16}
		rawUp = append(rawUp, seconds(b, func() error { return raw.upload("raw.bin", source) }))
		rawDown = append(rawDown, seconds(b, func() error { return raw.download("raw.bin", filepath.Join(dir, "raw.out"), benchSize) }))
		raw.flush = true
		flushedDown = append(flushedDown, seconds(b, func() error { return raw.download("raw.bin", filepath.Join(dir, "raw.out"), benchSize) }))
		cmd := program(b.Context(), dir, serverEnv(server), "cp", source, "cos://"+demo.Bucket+"/ours.bin")
		up = append(up, seconds(b, func() error { return cmd.Run() }))
		cpu = append(cpu, (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds())
		down = append(down, seconds(b, func() error {
			return program(b.Context(), dir, serverEnv(server), "cp", "cos://"+demo.Bucket+"/ours.bin", filepath.Join(dir, "ours.out")).Run()
		}))
		for _, name := range []string{"raw.out", "ours.out"} {
			require.NoError(b, os.Remove(filepath.Join(dir, name)))
		}
		require.NoError(b, program(b.Context(), dir, serverEnv(server), "rm", "-r", "--yes", "cos://"+demo.Bucket).Run())
	}
	figure(b, "upload 1 GiB, verified", "x raw HTTP loop", median(rawUp)/median(up), "target 0.9")
	figure(b, "download 1 GiB, verified and on disk", "x raw HTTP loop, on disk", median(flushedDown)/median(down), "target 0.9")
	figure(b, "download 1 GiB, verified and on disk", "x raw HTTP loop, in memory", median(rawDown)/median(down), "")
	figure(b, "upload 1 GiB, verified", "CPU-s", median(cpu), "coscli 2.6")
	b.Logf("seconds: up %.2f, raw up %.2f, down %.2f, raw down %.2f, on disk %.2f", up, rawUp, down, rawDown, flushedDown)
}

// BenchmarkSmallFiles uploads 2 000 files of 4 KiB at 30 ms a request, beside
// a loop that sends three at a time, as coscli does by default.
func BenchmarkSmallFiles(b *testing.B) {
	const files = 2000
	dir := b.TempDir()
	server := startServer(b, dir, "--fault", "latency=30ms")
	source := filepath.Join(dir, "small")
	require.NoError(b, os.Mkdir(source, 0o755))
	for i := range files {
		writeNoise(b, filepath.Join(source, fmt.Sprintf("%04d", i)), 4<<10)
	}
	ours := seconds(b, func() error {
		return program(b.Context(), dir, serverEnv(server), "cp", "-r", source, "cos://"+demo.Bucket+"/small/").Run()
	})
	three := seconds(b, func() error {
		raw := rawClient{base: server, parallel: 3}
		var g errgroup.Group
		g.SetLimit(raw.parallel)
		for i := range files {
			g.Go(func() error {
				return raw.put(fmt.Sprintf("three/%04d", i), filepath.Join(source, fmt.Sprintf("%04d", i)))
			})
		}
		return g.Wait()
	})
	figure(b, "2 000 files of 4 KiB, 30 ms a request", "x three at a time", three/ours, "target 5")
	b.Logf("seconds: ours %.2f, three at a time %.2f", ours, three)
}

// BenchmarkFirstRow opens a prefix of 100 000 keys at 150 ms a request.
func BenchmarkFirstRow(b *testing.B) {
	dir := b.TempDir()
	server := startServer(b, dir, "--seed", "100000", "--fault", "latency=150ms")
	var first []float64
	for range benchRounds {
		s := startTerminal(b, program(b.Context(), dir, serverEnv(server), dir, "cos://"+demo.Bucket), 120, 40)
		s.untilText("many/")
		s.press(keyTab)
		s.press(keyDown)
		first = append(first, 1000*seconds(b, func() error {
			s.press(keyEnter)
			s.untilText("0000001")
			return nil
		}))
		s.kill()
	}
	figure(b, "first rows of 100 000 keys at 150 ms a request", "ms", median(first), "target 200, lazys3 16 800")
}

// BenchmarkMemory loads all rows of 100 000 keys and reads the program's
// resident size.
func BenchmarkMemory(b *testing.B) {
	dir := b.TempDir()
	server := startServer(b, dir, "--seed", "100000")
	s := startTerminal(b, program(b.Context(), dir, serverEnv(server), dir, "cos://"+demo.Bucket+"/many/"), 120, 40)
	s.untilText("0000001")
	s.press(keyTab)
	s.press(keyEnd)
	s.untilText("100 000")
	figure(b, "memory with 100 000 rows loaded", "MB", residentMB(b, s.cmd.Process.Pid), "target 60, lazys3 165")
}

func residentMB(b *testing.B, pid int) float64 {
	b.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	require.NoError(b, err)
	for line := range strings.Lines(string(status)) {
		var kb float64
		if n, _ := fmt.Sscanf(line, "VmRSS: %f kB", &kb); n == 1 {
			return kb / 1000
		}
	}
	b.Fatal("no VmRSS")
	return 0
}

func figure(b *testing.B, what, unit string, value float64, peer string) {
	b.Helper()
	fmt.Printf("%-50s %8.2f %-26s %s\n", what, value, unit, peer)
}

func seconds(b *testing.B, f func() error) float64 {
	b.Helper()
	begin := time.Now()
	require.NoError(b, f())
	return time.Since(begin).Seconds()
}

func median(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	return v[len(v)/2]
}

// startServer runs `cosmander serve` and returns its address.
func startServer(t testing.TB, dir string, args ...string) string {
	t.Helper()
	cmd := program(t.Context(), dir, nil, append([]string{"serve", "--data", filepath.Join(dir, "data")}, args...)...)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	cmd.Stderr = os.Stderr
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	return strings.TrimPrefix(strings.TrimSpace(line), "listening on ")
}

func serverEnv(server string) []string {
	return []string{"COS_SECRET_ID=demo-secret-id", "COS_SECRET_KEY=demo-secret-key", "COS_REGION=ap-guangzhou", "COS_ENDPOINT=" + server}
}

// rawClient moves bytes as fast as HTTP does: signed, or the server would
// refuse, but without checksums, journal or retries.
type rawClient struct {
	base     string
	part     int64
	parallel int
	flush    bool // a download ends when the disk has it, as ours does
}

func (c rawClient) upload(key, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	var started struct {
		UploadID string `xml:"UploadId"`
	}
	answer, err := c.send(http.MethodPost, key, "uploads=", nil, 0)
	if err != nil {
		return err
	}
	if err := xml.Unmarshal(answer, &started); err != nil {
		return err
	}
	count := int((benchSize + c.part - 1) / c.part)
	etags := make([]string, count)
	var g errgroup.Group
	g.SetLimit(c.parallel)
	for i := range count {
		g.Go(func() error {
			offset := int64(i) * c.part
			size := min(c.part, benchSize-offset)
			etag, err := c.putPart(key, started.UploadID, i+1, io.NewSectionReader(f, offset, size), size)
			etags[i] = etag
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	var doc bytes.Buffer
	doc.WriteString("<CompleteMultipartUpload>")
	for i, etag := range etags {
		fmt.Fprintf(&doc, "<Part><PartNumber>%d</PartNumber><ETag>%s</ETag></Part>", i+1, etag)
	}
	doc.WriteString("</CompleteMultipartUpload>")
	_, err = c.send(http.MethodPost, key, "uploadId="+started.UploadID, &doc, int64(doc.Len()))
	return err
}

func (c rawClient) putPart(key, id string, number int, body io.Reader, size int64) (string, error) {
	resp, err := c.do(http.MethodPut, key, fmt.Sprintf("partNumber=%d&uploadId=%s", number, id), body, size, "")
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return resp.Header.Get("ETag"), err
}

func (c rawClient) put(key, path string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	_, err = c.send(http.MethodPut, key, "", bytes.NewReader(data), int64(len(data)))
	return err
}

func (c rawClient) download(key, path string, size int64) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	var g errgroup.Group
	g.SetLimit(c.parallel)
	for offset := int64(0); offset < size; offset += c.part {
		g.Go(func() error {
			resp, err := c.do(http.MethodGet, key, "", nil, 0, fmt.Sprintf("bytes=%d-%d", offset, min(offset+c.part, size)-1))
			if err != nil {
				return err
			}
			defer resp.Body.Close()
			_, err = io.CopyBuffer(struct{ io.Writer }{io.NewOffsetWriter(f, offset)}, resp.Body, make([]byte, 256<<10))
			return err
		})
	}
	if err := g.Wait(); err != nil || !c.flush {
		return err
	}
	return f.Sync()
}

func (c rawClient) send(method, key, query string, body io.Reader, size int64) ([]byte, error) {
	resp, err := c.do(method, key, query, body, size, "")
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	return io.ReadAll(resp.Body)
}

var rawTransport = &http.Transport{MaxIdleConnsPerHost: 64, DisableCompression: true, WriteBufferSize: 256 << 10, ReadBufferSize: 256 << 10}

func (c rawClient) do(method, key, query string, body io.Reader, size int64, bytesRange string) (*http.Response, error) {
	target, err := url.Parse(c.base + "/" + key + "?" + query)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(context.Background(), method, target.String(), body)
	if err != nil {
		return nil, err
	}
	req.Host, req.ContentLength = benchHost, size
	if bytesRange != "" {
		req.Header.Set("Range", bytesRange)
	}
	req.Header.Set("Authorization", rawSignature(method, "/"+key))
	resp, err := rawTransport.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode >= 300 {
		return nil, errors.Join(fmt.Errorf("%s %s: %s", method, key, resp.Status), resp.Body.Close())
	}
	return resp, nil
}

// rawSignature signs the method, the path and the host alone.
func rawSignature(method, path string) string {
	now := time.Now().Unix()
	keyTime := fmt.Sprintf("%d;%d", now-60, now+3600)
	mac := func(key, text string) string {
		h := hmac.New(sha1.New, []byte(key))
		h.Write([]byte(text))
		return hex.EncodeToString(h.Sum(nil))
	}
	sum := sha1.Sum([]byte(strings.ToLower(method) + "\n" + path + "\n\nhost=" + benchHost + "\n"))
	signature := mac(mac("demo-secret-key", keyTime), "sha1\n"+keyTime+"\n"+hex.EncodeToString(sum[:])+"\n")
	return "q-sign-algorithm=sha1&q-ak=demo-secret-id&q-sign-time=" + keyTime + "&q-key-time=" + keyTime +
		"&q-header-list=host&q-url-param-list=&q-signature=" + signature
}

// writeNoise fills a file with bytes that do not compress.
func writeNoise(t testing.TB, path string, size int64) {
	t.Helper()
	f, err := os.Create(path)
	require.NoError(t, err)
	_, err = io.CopyN(f, noise(path), size)
	require.NoError(t, err)
	require.NoError(t, f.Close())
}
