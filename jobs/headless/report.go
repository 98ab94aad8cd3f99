package headless

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"cosmander/jobs"
)

// reporter shows how a job goes.
type reporter interface {
	pace() time.Duration // between two calls of progress
	start(j jobs.Job, resumed bool) error
	progress(j jobs.Job) error
	items(j jobs.Job) []jobs.State // which items are to be reported; none means all
	item(it jobs.Item) error
	end(j jobs.Job) error
}

func (e *Env) reporter(asJSON bool) reporter {
	if asJSON {
		enc := json.NewEncoder(e.Stdout)
		enc.SetEscapeHTML(false)
		return &jsonReport{enc}
	}
	// Progress is drawn where a person sees it; a file gets plain lines.
	out := e.Stdout
	if e.Stdout.Terminal && e.Stderr.Terminal {
		out = e.Stderr
	}
	return &textReport{env: e, out: out}
}

// textReport speaks to people: a line that is drawn over on a terminal, plain
// lines elsewhere.
type textReport struct {
	env       *Env
	out       Stream
	drawn     bool
	last      string // what was told of the progress
	explained bool   // a failed item was printed
}

func (t *textReport) pace() time.Duration {
	if t.out.Terminal {
		return 100 * time.Millisecond
	}
	return 5 * time.Second
}

// items are those that failed or, for a reason, were skipped.
func (t *textReport) items(j jobs.Job) []jobs.State {
	if j.ItemsSkipped > 0 {
		return []jobs.State{jobs.Failed, jobs.Done}
	}
	return []jobs.State{jobs.Failed}
}

func (t *textReport) start(j jobs.Job, resumed bool) error {
	verb := verb(j)
	if resumed {
		verb = "continue " + verb
	}
	line := verb + " " + t.env.name(t.out, j.From)
	if j.To != "" {
		line += " -> " + t.env.name(t.out, j.To)
	}
	return t.line(line)
}

// verb is what a job does, for people.
func verb(j jobs.Job) string {
	if j.Move {
		return "move"
	}
	switch j.Kind {
	case jobs.SetHeaders:
		return "set headers"
	case jobs.SetClass:
		return "set class"
	case jobs.SetACL:
		return "set ACL"
	case jobs.SetTags:
		return "set tags"
	case jobs.MakeFolder:
		return "make folder"
	case jobs.Abort:
		return "abort the upload of"
	case jobs.Append, jobs.Upload, jobs.Download, jobs.Copy, jobs.Delete, jobs.Restore:
	}
	return string(j.Kind)
}

func (t *textReport) progress(j jobs.Job) error {
	text := t.env.name(t.out, progressText(j))
	if !t.out.Terminal && j.State == jobs.Restoring && text == t.last {
		return nil // for hours, every few seconds
	}
	t.last = text
	if !t.out.Terminal {
		return t.line(text)
	}
	if n := t.out.Columns; n > 1 {
		text = cut(text, n-1)
	}
	t.drawn = true
	_, err := fmt.Fprint(t.out, "\r\x1b[K"+text)
	return err
}

// cut shortens text to n characters. What is wider than one cell comes last,
// in a reason, so that a little too much of it wraps at worst.
func cut(text string, n int) string {
	if runes := []rune(text); len(runes) > n {
		return string(runes[:n])
	}
	return text
}

// progressText is one line; only a reason in it may be other than ASCII.
func progressText(j jobs.Job) string {
	var b strings.Builder
	more := ""
	if j.Counting {
		more = "+"
	}
	if j.Kind.InPlace() {
		fmt.Fprintf(&b, "%s of %s%s", humanize.Comma(j.ItemsDone), humanize.Comma(j.Items), more)
	} else {
		percent := "  ?"
		if j.Bytes > 0 && !j.Counting {
			percent = fmt.Sprintf("%3d", j.BytesDone*100/j.Bytes)
		}
		fmt.Fprintf(&b, "%s %%  %s of %s%s  %s/s", percent, size(j.BytesDone), size(j.Bytes), more, size(int64(j.Rate)))
	}
	if j.Items > 1 && !j.Kind.InPlace() {
		fmt.Fprintf(&b, "  %s of %s%s files", humanize.Comma(j.ItemsDone), humanize.Comma(j.Items), more)
	}
	if j.Left >= 0 && !j.Counting {
		fmt.Fprintf(&b, "  %s left", j.Left.Round(time.Second))
	}
	if j.ItemsFailed > 0 {
		fmt.Fprintf(&b, "  %s failed", humanize.Comma(j.ItemsFailed))
	}
	if j.ItemsAsking > 0 {
		fmt.Fprintf(&b, "  %s to be answered", humanize.Comma(j.ItemsAsking))
	}
	if j.ItemsRestoring > 0 {
		fmt.Fprintf(&b, "  %s being restored since %s", humanize.Comma(j.ItemsRestoring), instant(j.RestoringSince))
	}
	if j.State != jobs.Running {
		fmt.Fprintf(&b, "  %s", j.State)
	}
	if j.State == jobs.Retrying {
		fmt.Fprintf(&b, ": %s", j.Reason)
	}
	return b.String()
}

func (t *textReport) item(it jobs.Item) error {
	to := t.env.Stderr
	if it.State == jobs.Done {
		if !it.Skipped || it.Reason == "" {
			return nil
		}
		it.Reason = "skipped: " + it.Reason
	}
	t.clear()
	t.explained = t.explained || it.State == jobs.Failed
	_, err := fmt.Fprintf(to, "%s: %s%s\n", t.env.name(to, it.Name), t.env.name(to, it.Reason), request(it))
	return err
}

// request names the service's answer, if the reason does not do so already.
func request(it jobs.Item) string {
	if it.RequestID == "" || strings.Contains(it.Reason, it.RequestID) {
		return ""
	}
	return fmt.Sprintf(" (%s, request %s)", it.Code, it.RequestID)
}

func (t *textReport) end(j jobs.Job) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s: %s of %s", verb(j), j.State, humanize.Comma(j.ItemsDone), humanize.Comma(j.Items))
	if !j.Kind.InPlace() {
		fmt.Fprintf(&b, " files, %s", size(j.BytesDone))
	}
	if j.ItemsSkipped > 0 {
		fmt.Fprintf(&b, ", %s skipped", humanize.Comma(j.ItemsSkipped))
	}
	if j.ItemsFailed > 0 {
		fmt.Fprintf(&b, ", %s failed", humanize.Comma(j.ItemsFailed))
	}
	switch {
	case j.Kind == jobs.Delete:
	case j.Unverified > 0 && j.Kind.InPlace():
		fmt.Fprintf(&b, ", %s not verified", humanize.Comma(j.Unverified))
	case j.Unverified > 0:
		fmt.Fprintf(&b, ", %s not verified: the service gave no checksum", humanize.Comma(j.Unverified))
	case j.State == jobs.Done:
		b.WriteString(", verified")
	}
	if !t.explained && j.State == jobs.Failed {
		fmt.Fprintf(&b, ": %s", t.env.name(t.out, j.Reason))
	}
	return t.line(b.String())
}

func (t *textReport) line(s string) error {
	t.clear()
	_, err := fmt.Fprintln(t.out, s)
	return err
}

func (t *textReport) clear() {
	if t.drawn {
		t.drawn = false
		fmt.Fprint(t.out, "\r\x1b[K")
	}
}

func size(n int64) string { return humanize.Bytes(uint64(max(n, 0))) }

// event is one line of --json. Fields that do not belong to an event are
// left out.
type event struct {
	Event        string     `json:"event"` // start, progress, item, end; job: of jobs
	Job          jobs.ID    `json:"job"`
	Kind         jobs.Kind  `json:"kind,omitempty"`
	Move         bool       `json:"move,omitempty"`
	State        jobs.State `json:"state"`
	Pending      bool       `json:"pending,omitempty"` // state was asked for, and is yet to be
	Title        string     `json:"title,omitempty"`
	From         string     `json:"from,omitempty"`
	To           string     `json:"to,omitempty"`
	Account      string     `json:"account,omitempty"`
	Priority     string     `json:"priority,omitempty"`
	Foreign      bool       `json:"other_account,omitempty"`
	Resumed      bool       `json:"resumed,omitempty"`
	Counting     bool       `json:"counting,omitempty"`
	Items        *int64     `json:"items,omitempty"`
	ItemsDone    *int64     `json:"items_done,omitempty"`
	ItemsFailed  *int64     `json:"items_failed,omitempty"`
	ItemsSkipped *int64     `json:"items_skipped,omitempty"`
	ItemsAsking  int64      `json:"items_asking,omitempty"`
	Restoring    int64      `json:"items_restoring,omitempty"`
	Since        string     `json:"restoring_since,omitempty"` // of an item, or of the first of a job's
	Unverified   *int64     `json:"items_unverified,omitempty"`
	Bytes        *int64     `json:"bytes,omitempty"`
	BytesDone    *int64     `json:"bytes_done,omitempty"`
	Rate         *int64     `json:"bytes_per_second,omitempty"`
	Left         *int64     `json:"seconds_left,omitempty"`
	Name         string     `json:"name,omitempty"`
	Verified     *bool      `json:"verified,omitempty"`
	Skipped      bool       `json:"skipped,omitempty"`
	Size         *int64     `json:"size,omitempty"`
	ETag         string     `json:"etag,omitempty"`
	CRC64        string     `json:"crc64,omitempty"` // decimal; a string, since it exceeds what JSON numbers hold safely
	VersionID    string     `json:"version_id,omitempty"`
	Code         string     `json:"code,omitempty"`
	RequestID    string     `json:"request_id,omitempty"`
	Reason       string     `json:"reason,omitempty"`
	Number       int64      `json:"number,omitempty"`
	Conflict     *conflict  `json:"conflict,omitempty"`
	Created      string     `json:"created,omitempty"`
	Finished     string     `json:"finished,omitempty"`
}

// conflict is what an item that asks has met.
type conflict struct {
	Modified      string `json:"modified,omitempty"`
	ThereSize     int64  `json:"there_size"`
	ThereModified string `json:"there_modified,omitempty"`
}

// jsonReport prints one object a line.
type jsonReport struct{ enc *json.Encoder }

func (r *jsonReport) pace() time.Duration         { return time.Second }
func (r *jsonReport) items(jobs.Job) []jobs.State { return nil }

func (r *jsonReport) start(j jobs.Job, resumed bool) error {
	return r.enc.Encode(event{Event: "start", Job: j.ID, Kind: j.Kind, Move: j.Move, State: j.State, From: j.From, To: j.To, Resumed: resumed})
}

func (r *jsonReport) progress(j jobs.Job) error { return r.enc.Encode(jobEvent("progress", j)) }
func (r *jsonReport) end(j jobs.Job) error      { return r.enc.Encode(jobEvent("end", j)) }

func (r *jsonReport) item(it jobs.Item) error { return r.enc.Encode(itemEvent(it)) }

func itemEvent(it jobs.Item) event {
	ev := event{
		Event: "item", Job: it.Job, State: it.State, Name: it.Name, Verified: &it.Verified, Skipped: it.Skipped, Size: &it.Size,
		ETag: it.ETag, VersionID: it.VersionID, Code: it.Code, RequestID: it.RequestID, Reason: it.Reason,
	}
	if it.Verified {
		ev.CRC64 = strconv.FormatUint(it.CRC64, 10)
	}
	ev.Since = instant(it.RestoringSince)
	if it.State == jobs.Asking {
		ev.Number = it.N
		ev.Conflict = &conflict{instant(it.Conflict.Modified), it.Conflict.ThereSize, instant(it.Conflict.ThereModified)}
	}
	return ev
}

func jobEvent(name string, j jobs.Job) event {
	rate := int64(j.Rate)
	ev := event{
		Event: name, Job: j.ID, Kind: j.Kind, Move: j.Move, State: j.State, Counting: j.Counting, Reason: j.Reason,
		Items: &j.Items, ItemsDone: &j.ItemsDone, ItemsFailed: &j.ItemsFailed, ItemsSkipped: &j.ItemsSkipped,
		ItemsAsking: j.ItemsAsking, Restoring: j.ItemsRestoring, Since: instant(j.RestoringSince), Unverified: &j.Unverified, Bytes: &j.Bytes, BytesDone: &j.BytesDone, Rate: &rate,
	}
	if j.Left >= 0 {
		left := int64(j.Left.Seconds())
		ev.Left = &left
	}
	return ev
}
