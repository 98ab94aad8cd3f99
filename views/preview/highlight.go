package preview

import (
	"context"
	"strings"
	"time"

	"github.com/alecthomas/chroma/v2"
	"github.com/alecthomas/chroma/v2/lexers"
)

// Role is what a piece of text is, for its colour.
type Role uint8

// The roles.
const (
	Plain Role = iota
	Comment
	Keyword
	Name // of a key, a tag, a type
	String
	Number
)

// Span is a run of text in one role.
type Span struct {
	Text string
	Role Role
}

// Colours are the spans of some lines, by the offset where each begins. The
// spans of a line together are its text.
type Colours struct {
	From, To int64 // of the file: what was looked at
	Lines    map[int64][]Span
}

// Limits of one look at a text.
const (
	highlightBytes = 48 << 10
	highlightTime  = 400 * time.Millisecond
)

// Language finds the language of a file by its name; empty if there is none.
func Language(name string) string {
	lexer := lexers.Match(name)
	if lexer == nil || lexer.Config().Name == "plaintext" {
		return ""
	}
	return lexer.Config().Name
}

// Highlight colours the lines around those from..to. It stops when ctx ends
// and after a fixed time, with what it has: expressions of a language can be
// led astray by a hostile text, and it is only colour.
func Highlight(ctx context.Context, language string, w Window, e Encoding, from, to int64) Colours {
	ctx, cancel := context.WithTimeout(ctx, highlightTime)
	defer cancel()
	c := Colours{From: w.LineAt(e, from-highlightBytes/2), Lines: map[int64][]Span{}}
	c.To = c.From
	var starts []int64
	var text strings.Builder
	for c.To < max(to, from+highlightBytes/2) && text.Len() < 4*highlightBytes {
		line, next, ok := w.Line(e, c.To)
		if !ok {
			break
		}
		starts = append(starts, c.To)
		text.WriteString(strings.ToValidUTF8(line, "\ufffd") + "\n")
		c.To = next
	}
	if lexer := lexers.Get(language); lexer != nil {
		colour(ctx, lexer, text.String(), starts, c.Lines)
	}
	return c
}

// colour gives each of the lines that begin at starts its spans.
func colour(ctx context.Context, lexer chroma.Lexer, text string, starts []int64, into map[int64][]Span) {
	tokens, err := lexer.Tokenise(nil, text)
	if err != nil || len(starts) == 0 {
		return // it is shown without colours
	}
	n := 0
	for t := tokens(); t != chroma.EOF; t = tokens() {
		role := roleOf(t.Type)
		for i, part := range strings.Split(t.Value, "\n") {
			if i > 0 {
				n++
			}
			if n >= len(starts) || ctx.Err() != nil {
				return
			}
			if part != "" {
				into[starts[n]] = append(into[starts[n]], Span{part, role})
			}
		}
	}
}

func roleOf(t chroma.TokenType) Role {
	switch {
	case t.InCategory(chroma.Comment):
		return Comment
	case t.InCategory(chroma.Keyword):
		return Keyword
	case t.InSubCategory(chroma.LiteralString):
		return String
	case t.InSubCategory(chroma.LiteralNumber):
		return Number
	case t == chroma.NameTag, t == chroma.NameAttribute, t == chroma.NameFunction, t == chroma.NameClass,
		t == chroma.GenericHeading, t == chroma.GenericSubheading:
		return Name
	}
	return Plain
}
