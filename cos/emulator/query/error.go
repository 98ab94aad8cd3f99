package query

import "fmt"

// Error is a refusal with the code that the service documents for it and a
// sentence for the user. The sentence names the place in the expression ("line
// 1, column 8") or the record of the object where there is one, and is at most
// 1 KB long.
type Error struct{ Code, Message string }

// Error returns the code and the sentence.
func (e *Error) Error() string { return e.Code + ": " + e.Message }

// maxMessage bounds what goes into a frame's header, which ends at 64 KB.
const maxMessage = 1 << 10

// refuse builds an error about the request or the object as a whole.
func refuse(code, format string, args ...any) *Error {
	return &Error{code, clip(fmt.Sprintf(format, args...), maxMessage)}
}

// position is a place in the expression; both count from 1, in characters.
type position struct{ line, column int }

// refuse builds an error about this place of the expression.
func (p position) refuse(code, format string, args ...any) *Error {
	return refuse(code, "Line %d, column %d: %s.", p.line, p.column, fmt.Sprintf(format, args...))
}

// place is a record of the object, counted from 1; the header is 0.
type place int64

// refuse builds an error about this place of the object.
func (p place) refuse(code, format string, args ...any) *Error {
	what := "The header"
	if p > 0 {
		what = fmt.Sprintf("Record %d", p)
	}
	return refuse(code, "%s %s.", what, fmt.Sprintf(format, args...))
}

func (p place) tooLong() *Error {
	return p.refuse("OverMaxRecordSize", "has more than %d bytes", maxRecord)
}
func (p place) notUTF8() *Error { return p.refuse("InvalidTextEncoding", "is not UTF-8") }

// quote shows a piece of the request or the object in a message.
func quote(s string) string {
	const enough = 40
	return fmt.Sprintf("%q", clip(s, enough))
}

// clip cuts s at a character's border within limit bytes.
func clip(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	const more = "…"
	end := 0
	for i := range s {
		if i > limit-len(more) {
			break
		}
		end = i
	}
	return s[:end] + more
}
