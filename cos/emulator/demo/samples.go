package demo

import (
	"bytes"
	"fmt"
	"io"
	"iter"
	"strings"
	"time"
)

const day = 24 * time.Hour

// manyObjects is how many small objects lie under many/.
const manyObjects = 5000

// largeBytes is the size of the one large object.
const largeBytes = 64 << 20

// objects yields every sample object.
func objects() iter.Seq[object] {
	return func(yield func(object) bool) {
		// The large one first: the rest is stored beside it.
		if !yield(large()) {
			return
		}
		for _, group := range [][]object{documents(), data(), photos(), logs(), archives(), oddNames()} {
			for _, o := range group {
				if !yield(o) {
					return
				}
			}
		}
		for i := range manyObjects {
			if !yield(small(i)) {
				return
			}
		}
	}
}

func text(key, contentType, content string, age time.Duration) object {
	return object{
		key: key, contentType: contentType, size: int64(len(content)), age: age,
		body: func() io.Reader { return strings.NewReader(content) },
	}
}

func raw(key, contentType string, content []byte, age time.Duration) object {
	return object{
		key: key, contentType: contentType, size: int64(len(content)), age: age,
		body: func() io.Reader { return bytes.NewReader(content) },
	}
}

func large() object {
	return object{
		key: "backup/2026/disk-image.raw", contentType: "application/octet-stream", size: largeBytes, age: 20 * day,
		body: func() io.Reader { return io.LimitReader(newNoise(64), largeBytes) },
	}
}

func small(i int) object {
	o := text(fmt.Sprintf("many/%07d.json", i), "application/json",
		fmt.Sprintf("{\"id\": %d, \"sensor\": \"hall-%02d\", \"celsius\": %.1f}\n", i, i%24, 18+float64(i*37%90)/10), 0)
	o.age = time.Duration(manyObjects-i) * 25 * time.Minute
	return o
}

func documents() []object {
	return []object{
		text("README.txt", "text/plain; charset=utf-8", readme, 90*day),
		text("docs/handbook/01-welcome.md", "text/markdown; charset=utf-8", "# Welcome\n\nThe first day: keys, coffee, a desk by the window.\n", 80*day),
		text("docs/handbook/02-travel.md", "text/markdown; charset=utf-8", "# Travel\n\nTrains before planes. Receipts within a month.\n", 79*day),
		text("docs/合同/2026/框架协议.txt", "text/plain; charset=utf-8", "框架协议\n\n甲方与乙方经友好协商，达成如下协议。\n", 61*day),
		text("docs/設計/システム構成.md", "text/markdown; charset=utf-8", "# システム構成\n\n- 受付\n- 倉庫\n- 配送\n", 44*day),
		text("docs/empty.txt", "text/plain", "", 33*day),
		text("www/index.html", "text/html; charset=utf-8", "<!doctype html>\n<title>Demo</title>\n<p>Hello from the demo bucket.\n", 25*day),
		text("www/style.css", "text/css", "body { font: 16px/1.5 sans-serif; max-width: 40em; margin: auto }\n", 25*day),
	}
}

func data() []object {
	sales, events := salesCSV(), eventLines()
	return []object{
		raw("data/sales.csv", "text/csv; charset=utf-8", sales, 12*day),
		raw("data/events.jsonl", "application/x-ndjson", events, 6*day),
		raw("data/events.jsonl.gz", "application/gzip", gzipped(events), 6*day),
		text("data/regions.csv", "text/csv", "code,name\nnorth,North\nsouth,South\neast,East\nwest,West\n", 70*day),
	}
}

func photos() []object {
	var all []object
	for i, place := range []string{"桂林", "黄山", "西湖"} {
		for n := range 4 {
			all = append(all, raw(fmt.Sprintf("photos/2026/旅行/%s-%02d.png", place, n+1), "image/png",
				landscape(320, 200, i*4+n), time.Duration(55-i*10-n)*day))
		}
	}
	return append(all,
		raw("photos/2025/winter/first-snow.png", "image/png", landscape(640, 400, 12), 150*day),
		raw("photos/logo.png", "image/png", landscape(128, 128, 13), 200*day),
		text("photos/2026/旅行/说明.txt", "text/plain; charset=utf-8", "桂林、黄山、西湖，四月到六月。\n", 30*day))
}

func logs() []object {
	var all []object
	for month := 9; month <= 11; month++ {
		for d := 1; d <= 28; d += 3 {
			all = append(all, raw(fmt.Sprintf("logs/2026/%02d/access-2026-%02d-%02d.log", month, month, d),
				"text/plain", accessLog(month, d), time.Duration((11-month)*30+28-d)*day))
		}
	}
	return all
}

// archives are in classes that cost less: two have to be restored before they
// can be read.
func archives() []object {
	var all []object
	for year, class := range map[int]string{2023: "DEEP_ARCHIVE", 2024: "ARCHIVE", 2025: "STANDARD_IA"} {
		o := raw(fmt.Sprintf("archive/%d/ledger.csv", year), "text/csv; charset=utf-8", salesCSV(), time.Duration(2026-year)*300*day)
		o.class = class
		all = append(all, o)
	}
	return all
}

// oddNames are keys that are legal and that a careless program breaks.
func oddNames() []object {
	const note = "Its name is the interesting part.\n"
	var all []object
	for i, key := range []string{
		"odd names/with space.txt", "odd names/1+1=2.txt", "odd names/100% sure.txt", "odd names/%2F is not a slash.txt",
		"odd names//between two slashes.txt", "odd names/question?.txt", "odd names/hash#tag.txt", "odd names/quote'\"quote.txt",
		"odd names/🚀 launch 🌏.txt", "odd names/.hidden", "odd names/back\\slash.txt", "odd names/e\u0301 decomposed.txt",
		"odd names/tab\there.txt", "odd names/right-to-left \u202etxt.exe", "odd names/very long " + strings.Repeat("long ", 40) + "name.txt",
	} {
		all = append(all, text(key, "text/plain; charset=utf-8", note, time.Duration(40+i)*day))
	}
	return append(all, text("odd names/empty folder/", "application/x-directory", "", 39*day))
}

const readme = `This bucket lives on this machine and was filled with sample data on the
first start. Change, upload and delete what you like: it is filled only once.

  data/       a table, JSON lines, and the same compressed
  docs/       texts, some in Chinese and Japanese
  logs/       access logs by month
  archive/    ledgers in cheaper classes; two must be restored first
  photos/     pictures
  many/       5 000 small objects
  backup/     one object of 64 MB
  odd names/  keys that are legal, and awkward
`
