package cos

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Tier is how fast, and how dear, a restore is.
type Tier string

// The tiers of a restore, with the time one takes for ARCHIVE objects.
const (
	Expedited Tier = "Expedited" // 1-5 minutes; not for DEEP_ARCHIVE
	Standard  Tier = "Standard"  // 3-5 hours; DEEP_ARCHIVE 12-24
	Bulk      Tier = "Bulk"      // 5-12 hours; DEEP_ARCHIVE 24-48
)

// RestoreRequest says for how long, how fast, and of which version a readable
// copy of an archived object is wanted.
type RestoreRequest struct {
	Days      int    // 1..365, how long the copy can be read
	Tier      Tier   // empty means [Standard]
	VersionID string // empty means the newest
}

// Check reports whether the service can be asked for it: days within 1..365 and
// a known tier or none. The error is [ErrInvalidInput].
func (r RestoreRequest) Check() error {
	if r.Days < 1 || r.Days > MaxRestoreDays {
		return fmt.Errorf("%w: %d days are not 1 to %d", ErrInvalidInput, r.Days, MaxRestoreDays)
	}
	if r.Tier != "" && ParseTier(string(r.Tier)) != r.Tier {
		return fmt.Errorf("%w: %q is no tier of a restore", ErrInvalidInput, shortened(string(r.Tier)))
	}
	return nil
}

// Archived reports that an object of a storage class has to be restored before
// it can be read.
func Archived(class string) bool { return strings.HasSuffix(strings.ToUpper(class), "ARCHIVE") }

// RestoreState is what HEAD says of a restore.
type RestoreState struct {
	Ongoing   bool
	Expires   time.Time // of the readable copy; zero while Ongoing
	Tier      Tier      // "" if the service did not say
	Requested time.Time // zero if the service did not say
}

// Restore asks for a readable copy of an archived object (POST Object restore);
// the service takes 100 a second. It returns when the service has
// accepted; [Head.Restore] tells how far it is, minutes to days later. Days
// beyond 1..365 or an unknown tier are [ErrInvalidInput], a restore that is
// under way already is [ErrRestoring] (and [ErrConflict]), also if it was begun by
// a call whose answer was lost. An object that is not archived is
// [ErrNotArchived]. It may be repeated.
func (b *Bucket) Restore(ctx context.Context, key string, r RestoreRequest) error {
	call := b.onVersion("RestoreObject", http.MethodPost, key, "restore", r.VersionID)
	if err := r.Check(); err != nil {
		return fmt.Errorf("%s: %w", call.what(), err)
	}
	if r.Tier == "" {
		r.Tier = Standard
	}
	doc := fmt.Sprintf("<RestoreRequest><Days>%d</Days><CASJobParameters><Tier>%s</Tier></CASJobParameters></RestoreRequest>",
		r.Days, r.Tier)
	return b.client.finished(ctx, call.sends([]byte(doc)))
}

// ParseTier returns the documented spelling of a tier written in any case, "" for
// an unknown one.
func ParseTier(s string) Tier {
	for _, t := range []Tier{Expedited, Standard, Bulk} {
		if strings.EqualFold(s, string(t)) {
			return t
		}
	}
	return ""
}

// parseRestore reads the headers x-cos-restore and x-cos-restore-status. They
// are a report, not a promise: what cannot be read is left out.
func parseRestore(restore, status string) *RestoreState {
	if strings.TrimSpace(restore+status) == "" {
		return nil
	}
	now, asked := attributes(restore), attributes(status)
	state := &RestoreState{
		Ongoing:   strings.EqualFold(now["ongoing-request"], "true"),
		Tier:      ParseTier(asked["tier"]),
		Requested: parseTime(asked["request-date"]),
	}
	if !state.Ongoing {
		state.Expires = parseTime(now["expiry-date"])
	}
	return state
}

// attributes reads name="value" pairs between commas or semicolons. A date's
// own comma makes a piece without "=", which belongs to the value before it.
func attributes(s string) map[string]string {
	const most = 1 << 10 // of a header that is a tenth of it
	s = s[:min(len(s), most)]
	all := map[string]string{}
	last := ""
	for piece := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == ',' || r == ';' }) {
		name, value, ok := strings.Cut(piece, "=")
		if !ok {
			all[last] += "," + piece
			continue
		}
		last = strings.ToLower(strings.TrimSpace(name))
		all[last] = value
	}
	for name, value := range all {
		all[name] = strings.Trim(value, ` "'`+"\t")
	}
	return all
}
