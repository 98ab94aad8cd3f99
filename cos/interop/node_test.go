package interop

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
	"cosmander/cos/emulator"
)

// nodeLab is what every script is told of the server.
type nodeLab struct {
	Proxy     string `json:"proxy"`
	Bucket    string `json:"bucket"`
	Region    string `json:"region"`
	SecretID  string `json:"secretId"`
	SecretKey string `json:"secretKey"`
	Dir       string `json:"dir"` // a folder to write in
}

func (l *lab) forNode(t *testing.T) nodeLab {
	t.Helper()
	return nodeLab{l.url, bucketName, region, secretID, secretKey, t.TempDir()}
}

// nodeAsk is what node/roundtrip.js is told to do.
type nodeAsk struct {
	nodeLab
	Put       map[string][]byte `json:"put"`
	Upload    nodeUpload        `json:"upload"`
	Get       []string          `json:"get"`
	Remove    []string          `json:"remove"`
	RawPrefix string            `json:"rawPrefix"` // listed without encoding-type
}

type nodeUpload struct {
	Key  string `json:"key"`
	File string `json:"file"`
}

// nodeAnswer is what the SDK saw.
type nodeAnswer struct {
	Got       map[string][]byte
	Headed    map[string]int64
	Listed    []string
	ListedRaw []string
	Buckets   []string
	Missing   string
}

// findNode returns the Node program, or why the SDK cannot be run.
func findNode() (string, error) {
	node, err := exec.LookPath("node")
	if err == nil {
		_, err = os.Stat("node/node_modules/cos-nodejs-sdk-v5")
	}
	return node, err
}

// needNode skips the test where the Node SDK is not installed, unless the
// environment says that it must be.
func needNode(t *testing.T) string {
	t.Helper()
	node, err := findNode()
	if err != nil && os.Getenv("INTEROP_NODE") == "" {
		t.Skip("the Node SDK is not installed; `make interop` does that where npm is found")
	}
	require.NoError(t, err)
	return node
}

// runNode hands ask to a script and returns what it answers.
func runNode(t *testing.T, script, dir string, ask any) []byte {
	t.Helper()
	node := needNode(t)
	input, err := json.Marshal(ask)
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), node, "node/"+script)
	// Proxy variables of whoever runs the test do not matter to it.
	cmd.Env = []string{"HOME=" + dir, "PATH=" + os.Getenv("PATH")}
	cmd.Stdin = bytes.NewReader(input)
	cmd.WaitDelay = 10 * time.Second
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	require.NoError(t, cmd.Run(), "%s", &stderr)
	return stdout.Bytes()
}

// testNodeWalks runs the scripts that assert by themselves.
func testNodeWalks(t *testing.T, book *ledger) {
	needNode(t)
	for _, script := range []string{"objects.js", "versions.js", "parts.js"} {
		t.Run(script, func(t *testing.T) {
			t.Parallel()
			l := newLab(t)
			l.seen.names = emulator.Operations()
			ask := l.forNode(t)
			assert.Equal(t, "ok", string(runNode(t, script, ask.Dir, ask)))
			book.walk(nodeWalk, l.seen.take())
		})
	}
}

func TestNodeSDK_TradesObjectsWithOursAndTheGoSDK(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	ours, goSDK := oursClient(l.bucket(t, proxyMode)), sdkClient(l.sdk(t, proxyMode))
	ask := nodeAsk{nodeLab: l.forNode(t), Put: map[string][]byte{}, RawPrefix: "node/a"}
	ask.Upload = nodeUpload{"node/slices 中+.bin", filepath.Join(ask.Dir, "slices")}
	slices5 := content("slices", 5<<20+7)
	require.NoError(t, os.WriteFile(ask.Upload.File, slices5, 0o600))
	all := []string{ask.Upload.Key, "node/gone"}
	wantGot := map[string][]byte{}
	for i, key := range oddKeys {
		if len(key) == cos.MaxKeyBytes {
			continue // no room for a prefix
		}
		fromOurs, fromGo, fromNode := "ours/"+key, "go/"+key, "node/"+key
		ours.put(t, fromOurs, content(fromOurs, 10*i))
		goSDK.put(t, fromGo, content(fromGo, 10*i))
		ask.Put[fromNode] = content(fromNode, 10*i)
		ask.Get = append(ask.Get, fromOurs, fromGo)
		wantGot[fromOurs], wantGot[fromGo] = content(fromOurs, 10*i), content(fromGo, 10*i)
		all = append(all, fromOurs, fromGo, fromNode)
	}
	ours.put(t, "node/gone", nil)
	ask.Remove = []string{"node/gone"}

	var answer nodeAnswer
	answered := runNode(t, "roundtrip.js", ask.Dir, ask)
	require.NoError(t, json.Unmarshal(answered, &answer), "%s", answered)
	slices.Sort(all)
	assert.Equal(t, all, answer.Listed)
	var raw []string
	for _, key := range all {
		if strings.HasPrefix(key, ask.RawPrefix) {
			raw = append(raw, key)
		}
	}
	assert.Len(t, raw, 2)
	assert.Equal(t, raw, answer.ListedRaw, "keys as XML text")
	assert.Equal(t, []string{bucketName}, answer.Buckets)
	assert.Equal(t, "NoSuchKey", answer.Missing)
	for key, want := range wantGot {
		assert.Equal(t, digest(want), digest(answer.Got[key]), "%q", key)
		assert.EqualValues(t, len(want), answer.Headed[key], "%q", key)
	}
	for key, want := range ask.Put {
		assert.Equal(t, digest(want), digest(ours.get(t, key)), "%q", key)
		assert.Equal(t, digest(want), digest(goSDK.get(t, key)), "%q", key)
	}
	for _, c := range []client{ours, goSDK} {
		assert.Equal(t, digest(slices5), digest(c.get(t, ask.Upload.Key)))
		_, etag, _ := c.head(t, ask.Upload.Key)
		assert.True(t, strings.HasSuffix(etag, "-6"), "six parts: %s", etag)
	}
	for _, e := range l.seen.take() {
		if strings.HasPrefix(e.header.Get("User-Agent"), "cos-nodejs-sdk-v5") && e.status >= 300 {
			assert.Contains(t, e.refusal, "NoSuchKey", "the Node SDK was refused: %s %s", e.method, e.path)
		}
	}
}
