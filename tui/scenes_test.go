package tui

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"charm.land/bubbles/v2/key"
	"github.com/stretchr/testify/require"

	tea "charm.land/bubbletea/v2"

	"cosmander/cos"
	"cosmander/jobs"
)

// sceneKeys are the keys of the bucket in the scenes.
func sceneKeys() []string {
	return []string{
		"2026/raw/a.dng", "2026/raw/b.dng", "2026/旅行 计划/五月.txt", "2026/backup-2025-a-very-long-name-that-goes-on-and-on.tar.gz",
		"2026/cover.jpg", "2026/evil\x1b[31m\u202etxt.exe", "2026/ledger.csv", "2026/notes.json", "2026/readme.md",
		"2026/데이터 🎉.bin", "2026/旅行 1.jpg", "2026/合同 最终版 不要再改了 真的 是最后一次.docx",
	}
}

// programKeys are the keys of the program with its words, read from where they
// are declared: package main cannot be imported.
func programKeys(t *testing.T) KeyMap {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", "keymap.go"), nil, 0)
	require.NoError(t, err)
	var k KeyMap
	read := 0
	ast.Inspect(file, func(n ast.Node) bool {
		part, ok := n.(*ast.CompositeLit)
		if !ok {
			return true
		}
		named, ok := part.Type.(*ast.SelectorExpr)
		if !ok || named.Sel.Name == "KeyMap" {
			return true
		}
		into := partOf(&k, named.Sel.Name)
		require.True(t, into.IsValid(), named.Sel.Name)
		for _, e := range part.Elts {
			field := e.(*ast.KeyValueExpr)
			into.FieldByName(field.Key.(*ast.Ident).Name).Set(reflect.ValueOf(bindingOf(t, field.Value.(*ast.CallExpr))))
			read++
		}
		return false
	})
	all := 0
	for _, mode := range k.Modes() {
		all += len(mode.Bindings)
	}
	require.Equal(t, all, read, "every key is declared there")
	return k
}

// partOf is the field of k of that type.
func partOf(k *KeyMap, name string) reflect.Value {
	v := reflect.ValueOf(k).Elem()
	for i := range v.NumField() {
		if v.Field(i).Type().Name() == name {
			return v.Field(i)
		}
	}
	return reflect.Value{}
}

// bindingOf is what a call of bind declares.
func bindingOf(t *testing.T, call *ast.CallExpr) key.Binding {
	t.Helper()
	var words []string
	for _, arg := range call.Args {
		word, err := strconv.Unquote(arg.(*ast.BasicLit).Value)
		require.NoError(t, err)
		words = append(words, word)
	}
	return key.NewBinding(key.WithKeys(words[2:]...), key.WithHelp(words[0], words[1]))
}

// stage is a model whose frames are the same everywhere, without a terminal
// and without waiting: the scenes are played on it.
func stage(t *testing.T, width, height int, ascii bool) *driver {
	t.Helper()
	d := &driver{t: t, store: newFakeStore(sceneKeys()...), queue: newFakeQueue(), dir: t.TempDir(), patience: 2 * time.Second}
	d.store.classes = map[string]string{
		"2026/cover.jpg": "ARCHIVE", "2026/ledger.csv": "STANDARD_IA", "2026/readme.md": "DEEP_ARCHIVE", "2026/旅行 1.jpg": "MAZ_INTELLIGENT_TIERING",
	}
	for name, data := range map[string]string{
		"2026/readme.md": strings.Repeat("# 旅行计划\n\nA line that is rather long and goes on behind the edge of a narrow window, as lines do.\n\tcode\n", 9),
		"2026/ledger.csv": "date,what,amount\n2026-01-02,火车票,120.50\n2026-01-03,\"hotel, two nights\",980\n" +
			strings.Repeat("2026-02-01,lunch,31\n", 40),
		"2026/notes.json": `{"name": "旅行", "days": [1, 2, {"to": "桂林", "by": "train"}], "done": false, "cost": null}`,
		"2026/cover.jpg":  "\x00\x01\x02binary\xff\xfe" + strings.Repeat("0123456789abcdef\x80", 60),
	} {
		d.store.holds(name, data)
	}
	for _, name := range []string{"a.txt", "b.txt", ".dot", "旅行 行程表 2026 最终.xlsx", "a-local-file-with-a-name-that-is-too-long-for-a-pane.tar.gz", "bad-\xff.bin"} {
		require.NoError(t, os.WriteFile(filepath.Join(d.dir, name), []byte(strings.Repeat("x", 11*len(name))), 0o600))
		require.NoError(t, os.Chtimes(filepath.Join(d.dir, name), noon, noon))
	}
	require.NoError(t, os.Mkdir(filepath.Join(d.dir, "sub"), 0o700))
	require.NoError(t, os.Chtimes(filepath.Join(d.dir, "sub"), noon, noon))
	d.m = New(t.Context(), Deps{
		Keys: programKeys(t), Queue: d.queue, Region: "ap-guangzhou", LocalDir: d.dir, Home: d.dir, Account: "demo",
		Bucket:  func(string, string) Store { return d.store },
		Buckets: bucketsOf{{Name: "photos-1250000000", Region: "ap-guangzhou", Created: noon}, {Name: "logs-1250000000", Region: "na-siliconvalley", Created: noon}},
		Link:    func(string, string) Linker { return fakeLinker{} },
		Remote:  cos.URI{Bucket: "photos-1250000000", Key: "2026/"}, Now: func() time.Time { return noon }, ASCII: ascii,
		PlacesFile: filepath.Join(t.TempDir(), "places.toml"),
	})
	d.m.after = func(time.Duration, tea.Msg) tea.Cmd { return nil }
	t.Cleanup(d.m.end)
	d.send(tea.WindowSizeMsg{Width: width, Height: height})
	d.run(d.m.open(0, d.m.panes[0].at, ""))
	d.run(d.m.open(1, d.m.panes[1].at, ""))
	d.press("tab")
	return d
}

// scenes are the screens of the program.
func scenes() map[string]func(d *driver) {
	type play = func(d *driver)
	keys := func(all ...string) play { return func(d *driver) { d.press(all...) } }
	typed := func(k, text string) play { return func(d *driver) { d.press(k); d.write(text) } }
	view := func(name string, then ...string) play {
		return func(d *driver) {
			require.True(d.t, d.pane().put(name, d.m.listHeight()))
			d.press("f3")
			d.press(then...)
		}
	}
	existing := func(d *driver) {
		d.queue.tally = jobs.Tally{Files: 14, Folders: 3, Bytes: 1_400_000_000, Existing: 9, Names: []string{"旅行 1.jpg", "cover.jpg", "a-very-long-name-of-something-that-exists-already.tar.gz", "d", "e", "f"}}
	}
	return map[string]play{
		"panes":         keys("j", "j", "j", "space", "space", "space"),
		"panes-local":   func(d *driver) { d.m.focus = 0; d.press("end", "k") },
		"panes-buckets": keys("h", "h"),
		"panes-sorted":  keys("s", "s", "j", "j"),
		"panes-empty": func(d *driver) {
			d.run(d.m.open(1, place{Place: jobs.Place{Bucket: "photos-1250000000", Key: "none/"}}, ""))
		},
		"panes-running": func(d *driver) { d.m.Update(queueMsg{sceneJobs()}) },
		"panes-ended": func(d *driver) {
			d.m.result = resultLine{text: "report.pdf: AccessDenied, request NjM3YzVkZmFfOTBmYTAx of the service", failed: true}
		},
		"sort":         keys("s"),
		"range":        keys("j", "j", "v", "j", "j", "j"),
		"filter":       typed("/", "旅"),
		"filter-none":  typed("/", "zz"),
		"glob":         func(d *driver) { d.press("+", "backspace"); d.write("*.jpg") },
		"jump":         typed("J", "b"),
		"goto":         keys("ctrl+g", "tab"),
		"find":         typed("f", "*.jpg size>1kB"),
		"find-results": func(d *driver) { d.press("h", "f"); d.write("*"); d.press("enter", "j", "space", "j") },
		"find-nothing": func(d *driver) { d.press("f"); d.write("*.zip"); d.press("enter") },
		"plan":         func(d *driver) { existing(d); d.press("end", "c") },
		"plan-failed":  func(d *driver) { d.patience /= 20; d.queue.err = sceneError(); d.press("end", "m") },
		"delete":       func(d *driver) { existing(d); d.press("ctrl+a", "d", "tab") },
		"folder":       typed("n", "旅行/2026"),
		"rename":       keys("end", "r"),
		"links":        keys("end", "Y"),
		"links-read":   keys("end", "Y", "down", "down", "enter"),
		"links-write":  func(d *driver) { d.press("end", "Y", "down", "down", "down", "enter"); d.write("旅行 2.jpg") },
		"links-made":   keys("end", "Y", "down", "down", "enter", "enter", "enter"),
		"links-many":   keys("end", "k", "k", "space", "space", "space", "Y", "down", "down", "enter", "enter", "enter", "down"),
		"links-code":   keys("end", "Y", "down", "down", "enter", "enter", "enter", "c"),
		"bucket-new":   func(d *driver) { atBuckets(fakeContents{}, "f7")(d); d.write("photos-2026") },
		"bucket-wrong": func(d *driver) { atBuckets(fakeContents{}, "f7")(d); d.write("My_Photos") },
		"bucket-empty": atBuckets(fakeContents{}, "f8", "tab", "enter"),
		"bucket-full": func(d *driver) {
			d.queue.tally = jobs.Tally{Files: 14_203, Bytes: 1_400_000_000}
			atBuckets(fakeContents{1, 3}, "f8")(d)
		},
		"bucket":       atBuckets(fakeContents{1, 0}, "i"),
		"places":       func(d *driver) { d.press("B", "h", "b", "down") },
		"palette":      keys(":"),
		"palette-some": func(d *driver) { d.press(":"); d.write("sort") },
		"palette-none": func(d *driver) { d.press(":"); d.write("copy"); d.press("enter") },
		"help":         keys("?"),
		"help-end":     func(d *driver) { d.press("?"); d.m.lines(); d.press("end") },
		"quit":         func(d *driver) { d.m.Update(queueMsg{sceneJobs()}); d.press("q") },
		"jobs":         func(d *driver) { d.m.Update(queueMsg{sceneJobs()}); d.press("w", "j", "j") },
		"jobs-none":    keys("w"),
		"job":          func(d *driver) { sceneItems(d); d.press("w", "home", "enter", "j") },
		"item":         func(d *driver) { sceneItems(d); d.press("w", "home", "enter", "enter") },
		"ask":          func(d *driver) { sceneItems(d); d.press("w", "end", "a") },
		"properties":   keys("end", "i"),
		"class":        keys("end", "C"),
		"metadata":     keys("end", "M"),
		"tags":         keys("end", "T"),
		"access":       keys("end", "a"),
		"restore":      func(d *driver) { d.pane().put("cover.jpg", d.m.listHeight()); d.press("R") },
		"plan-archived": func(d *driver) {
			d.queue.tally = jobs.Tally{Files: 3, Bytes: 12_000_000, Archived: 2, Deep: 1}
			d.press("ctrl+a", "f5", "tab", "tab")
		},
		"jobs-restoring": func(d *driver) {
			d.m.Update(queueMsg{jobs.Snapshot{Runner: true, Jobs: []jobs.Job{
				{ID: 1, Kind: jobs.Download, State: jobs.Restoring, Title: "旅行/", From: "cos://photos-1250000000/2026/旅行/", To: "/home/li/in", Items: 1200, ItemsDone: 3, Bytes: 1_000_000_000, BytesDone: 9000, Left: -1, ItemsRestoring: 1197, RestoringSince: noon.Add(-3 * time.Hour), Created: noon},
				{ID: 2, Kind: jobs.Download, State: jobs.Restoring, Title: "backup-2025.tar", From: "cos://photos-1250000000/backup-2025.tar", To: "/home/li/in", Items: 1, Bytes: 5_000_000, Left: -1, ItemsRestoring: 1, RestoringSince: noon.Add(-30 * time.Hour), Created: noon},
			}}})
			d.press("w")
		},
		"strip-restoring": func(d *driver) {
			d.m.Update(queueMsg{jobs.Snapshot{Runner: true, Jobs: []jobs.Job{
				{ID: 1, Kind: jobs.Download, State: jobs.Restoring, Title: "旅行/", From: "cos://photos-1250000000/2026/旅行/", To: "/home/li/in", Items: 1200, ItemsDone: 3, Bytes: 1_000_000_000, BytesDone: 9000, Left: -1, ItemsRestoring: 1197, RestoringSince: noon.Add(-3 * time.Hour), Created: noon},
			}}})
		},
		"limit":        func(d *driver) { d.m.Update(queueMsg{sceneJobs()}); d.press("w", "b") },
		"usage":        func(d *driver) { d.press("h", "%", "j") },
		"usage-inside": func(d *driver) { d.press("h", "%", "l", "j", "j") },
		"view-text":    view("readme.md"),
		"view-hex":     view("cover.jpg"),
		"view-csv":     view("ledger.csv"),
		"view-json":    view("notes.json"),
		"view-search": func(d *driver) {
			view("readme.md", "/")(d)
			d.write("code")
		},
		"view-failed": func(d *driver) { d.store.readErr = sceneError(); view("readme.md")(d) },
		"beside":      func(d *driver) { d.pane().put("readme.md", d.m.listHeight()); d.press("P"); d.rest() },
		"error": func(d *driver) {
			d.store.err = sceneError()
			d.press("ctrl+r")
		},
		"error-first": func(d *driver) {
			d.store.err = sceneError()
			d.m.panes[1] = newPane(d.m.panes[1].at)
			d.run(d.m.open(1, d.m.panes[1].at, ""))
		},
		"all-versions":   func(d *driver) { sceneVersions(d); d.press("alt+v", "j", "j", "space") },
		"versions":       func(d *driver) { sceneVersions(d); d.press("end", "V", "space", "j") },
		"undo-deletions": func(d *driver) { sceneVersions(d); d.press("alt+v", "j", "j", "space", "d") },
		"delete-version": func(d *driver) { sceneVersions(d); d.press("alt+v", "end", "d") },
		"past":           func(d *driver) { sceneVersions(d); d.press("alt+t"); d.write("1d"); d.press("enter", "j") },
		"past-palette": func(d *driver) {
			sceneVersions(d)
			d.press("alt+t")
			d.write("1d")
			d.press("enter", "end", ":", "end")
		},
		"past-refused": func(d *driver) { sceneVersions(d); d.press("alt+t"); d.write("1d"); d.press("enter", "end", "m") },
	}
}

func sceneError() error {
	return &cos.Error{Op: "GetBucket", Bucket: "photos-1250000000", Key: "2026/", Status: 403, Code: "AccessDenied", Message: "Access Denied.", RequestID: "NjM3YzVkZmFfOTBmYTAx"}
}

func sceneJobs() jobs.Snapshot {
	at := noon.Add(-time.Hour)
	return jobs.Snapshot{Runner: true, Rate: 12_300_000, Left: 42 * time.Second, Jobs: []jobs.Job{
		{ID: 1, Kind: jobs.Upload, State: jobs.Running, Title: "旅行 video.mp4", From: "/home/li/photos/2026", To: "cos://photos-1250000000/2026/", Items: 4, ItemsDone: 1, ItemsFailed: 1, Bytes: 1_400_000_000, BytesDone: 870_000_000, Rate: 12_300_000, Left: 42 * time.Second, Created: at},
		{ID: 2, Kind: jobs.Upload, State: jobs.Queued, Title: "a.jpg and 5192 more", From: "/home/li/photos", To: "cos://photos-1250000000/2026/", Items: 5193, ItemsDone: 1203, Bytes: 1000, BytesDone: 90, Left: -1, Created: at},
		{ID: 3, Kind: jobs.Download, State: jobs.Retrying, Title: "旅行.tar", From: "cos://photos-1250000000/", To: "/home/li/in", Bytes: 100, BytesDone: 41, Left: -1, RetryAt: noon.Add(4 * time.Second), Reason: "503 SlowDown", Created: at},
		{ID: 4, Kind: jobs.Delete, State: jobs.Done, Title: "logs/", From: "cos://photos-1250000000/logs/", Items: 4212, ItemsDone: 4212, Left: -1, Created: at, Finished: noon},
		{ID: 5, Kind: jobs.Download, State: jobs.Failed, Title: "report.pdf", From: "cos://photos-1250000000/docs/", To: "/home/li/in", Bytes: 100, BytesDone: 41, Left: -1, Created: at, Finished: noon, Reason: "PutObject cos://photos-1250000000/docs/report.pdf: AccessDenied: no (403, request 5f3a) · this key pair may not do that: ask for the permission or use another profile"},
		{ID: 6, Kind: jobs.Copy, State: jobs.Asking, Title: "旅行/", From: "cos://photos-1250000000/", To: "cos://logs-1250000000/", Items: 30, ItemsDone: 2, ItemsAsking: 28, Bytes: 5000, BytesDone: 300, Left: -1, Created: at},
	}}
}

// sceneItems are the jobs with items.
func sceneItems(d *driver) {
	d.queue.items = []jobs.Item{
		{
			N: 1, Name: "旅行 1.jpg", From: "cos://photos-1250000000/2026/旅行 1.jpg", To: "cos://logs-1250000000/旅行 1.jpg", State: jobs.Asking, Size: 3_200_000,
			Conflict: jobs.Conflict{Size: 3_200_000, Modified: noon, ThereSize: 1_100_000, ThereModified: noon.AddDate(0, 0, -3)},
		},
		{
			N: 2, Name: "raw/b.dng", From: "/home/li/photos/2026/raw/b.dng", To: "cos://photos-1250000000/2026/raw/b.dng", State: jobs.Failed, Size: 25_000_000, Done: 1_000_000, Attempts: 3,
			Code: "AccessDenied", RequestID: "NjM3YzVkZmFfOTBmYTAx", Finished: noon, Reason: "PutObject cos://photos-1250000000/2026/raw/b.dng: AccessDenied: no (403, request NjM3YzVkZmFfOTBmYTAx) · this key pair may not do that: ask for the permission or use another profile",
		},
		{N: 3, Name: "video.mp4", From: "/home/li/photos/2026/video.mp4", To: "cos://photos-1250000000/2026/video.mp4", State: jobs.Running, Size: 1_300_000_000, Done: 870_000_000},
		{N: 4, Name: "a.jpg", From: "/home/li/photos/2026/a.jpg", To: "cos://photos-1250000000/2026/a.jpg", State: jobs.Done, Size: 88_000, Done: 88_000, CRC64: 0xfeedbeef12345678, Verified: true, ETag: `"5f3a"`, Finished: noon},
	}
	d.m.Update(queueMsg{sceneJobs()})
}
