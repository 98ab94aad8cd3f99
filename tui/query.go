package tui

import (
	"cmp"
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"cosmander/views"
)

// query is what a search asks of a name and of what it names. All of it must
// be so.
type query struct {
	names   []func(name string) bool
	sizes   []comparison
	times   []comparison // unix seconds
	classes []string     // one of them; empty: any
}

// comparison is a condition on a number.
type comparison struct {
	operator string
	value    int64
}

func (c comparison) holds(n int64) bool {
	switch d := cmp.Compare(n, c.value); c.operator {
	case ">":
		return d > 0
	case ">=":
		return d >= 0
	case "<":
		return d < 0
	case "<=":
		return d <= 0
	}
	return n == c.value
}

// conditionWord is a word that is no part of a name.
var conditionWord = regexp.MustCompile(`^([A-Za-z]+)(<=|>=|<|>|=)(.*)$`)

// queryHelp is what a query may have.
const queryHelp = "*.jpg part size>1MB age<7d class=IA"

// readQuery reads what a search is to find: words that are parts of the name,
// or patterns with * ? [a-z], of the whole path below the place if they have
// a slash; size>10MB, age>30d for older than that, class=ARCHIVE.
func readQuery(text string, now time.Time) (query, error) {
	var q query
	words := strings.Fields(text)
	if len(words) == 0 {
		return q, errors.New("nothing was typed: " + queryHelp)
	}
	for _, word := range words {
		if err := q.word(word, now); err != nil {
			return q, fmt.Errorf("%s: %w", word, err)
		}
	}
	return q, nil
}

// canonicalQuery writes equal queries alike.
func canonicalQuery(text string) string { return strings.Join(strings.Fields(text), " ") }

func (q *query) word(word string, now time.Time) error {
	part := conditionWord.FindStringSubmatch(word)
	if part == nil {
		return q.name(word)
	}
	operator, value := part[2], part[3]
	switch key := strings.ToLower(part[1]); {
	case key == "size":
		return q.size(operator, value)
	case key == "age":
		return q.age(operator, value, now)
	case key == "class":
		return q.class(operator, value)
	case operator == "=": // dt=2026-01-01 is what folders of tables are called
		return q.name(word)
	default:
		return fmt.Errorf("%s is not size, age or class", part[1])
	}
}

func (q *query) size(operator, value string) error {
	n, err := humanize.ParseBytes(value)
	if err != nil || n > 1<<62 {
		return errors.New("a size is a number with a unit, such as 10MB or 4KiB")
	}
	q.sizes = append(q.sizes, comparison{operator, int64(n)})
	return nil
}

// ageUnits are what an age is measured in.
var ageUnits = map[byte]time.Duration{
	's': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour, 'y': 365 * 24 * time.Hour,
}

// age is turned into a time: what is older was changed before it.
func (q *query) age(operator, value string, now time.Time) error {
	wrong := errors.New("an age is a number with s, m, h, d, w or y, such as 30d")
	if value == "" {
		return wrong
	}
	n, err := strconv.ParseFloat(value[:len(value)-1], 64)
	unit, known := ageUnits[value[len(value)-1]]
	seconds := n * unit.Seconds()
	if err != nil || !known || !(n >= 0 && seconds <= 1e11) {
		return wrong
	}
	opposite := map[string]string{">": "<", ">=": "<=", "<": ">", "<=": ">="}
	if opposite[operator] == "" {
		return errors.New("an age is more or less than that: age>30d, age<7d")
	}
	q.times = append(q.times, comparison{opposite[operator], now.Unix() - int64(seconds)})
	return nil
}

func (q *query) class(operator, value string) error {
	if operator != "=" {
		return errors.New("a class is one or another: class=ARCHIVE, class=STANDARD,STANDARD_IA")
	}
	for _, name := range strings.Split(strings.ToUpper(value), ",") {
		class, ok := views.LongClass(name)
		if !ok {
			return errors.New("a class is one of " + strings.Join(views.Classes(), ", "))
		}
		q.classes = append(q.classes, class)
	}
	return nil
}

func (q *query) name(word string) error {
	match, err := namePattern(word)
	if err != nil {
		return err
	}
	q.names = append(q.names, match)
	return nil
}

// namePattern reads a word as a pattern if it has * ? [, else as a part of the
// name in whatever case. One with a slash is about the whole path.
func namePattern(word string) (func(name string) bool, error) {
	find := func(name string) bool { return strings.Contains(strings.ToLower(name), word) }
	if strings.ContainsAny(word, "*?[") {
		if _, err := path.Match(word, ""); err != nil {
			return nil, errors.New("no pattern: * any text, ? one character, [a-z] one of these")
		}
		find = func(name string) bool {
			ok, err := path.Match(word, name)
			return ok && err == nil
		}
	} else {
		word = strings.ToLower(word)
	}
	if strings.Contains(word, "/") {
		return find, nil
	}
	return func(name string) bool { return find(lastPart(name)) }, nil
}

// lastPart is what a name is called in its folder.
func lastPart(name string) string { return name[strings.LastIndexByte(name, '/')+1:] }

// matches reports that e is what is searched for. A folder has neither size
// nor age nor class.
func (q *query) matches(e deepEntry) bool {
	if e.folder && (len(q.sizes) > 0 || len(q.times) > 0) {
		return false
	}
	for _, c := range q.sizes {
		if e.size < 0 || !c.holds(e.size) {
			return false
		}
	}
	for _, c := range q.times {
		if e.mtime == noTime || !c.holds(e.mtime) {
			return false
		}
	}
	if len(q.classes) > 0 && !slices.Contains(q.classes, e.class) {
		return false
	}
	for _, match := range q.names {
		if !match(e.name) {
			return false
		}
	}
	return true
}
