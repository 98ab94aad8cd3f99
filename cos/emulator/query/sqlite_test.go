package query_test

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"
)

// What SQL means is asked of SQLite, for expressions that nobody chose. Left
// out is what differs on purpose: SQLite has no MISSING and no DECIMAL (so all
// fractions here are quarters, which float64 holds), orders text behind
// numbers, takes a remainder of integers only, gives NULL for a division by
// zero and 0 for a CAST of what is no number, and writes 2.0 where text is
// made of a fraction. Its LIKE heeds case if told to. Its SUM of float64 makes
// up for what each addition loses, so the last digits are not compared.
func TestSelect_AgreesWithSQLite(t *testing.T) {
	t.Parallel()
	const queries = 1500
	db := sqliteTable(t)
	g := generator{rand.New(rand.NewPCG(1, 2))}
	for range queries {
		list, where := g.number(3)+" AS n, "+g.text(2)+" AS t", g.condition(3)
		if g.IntN(4) == 0 {
			f := g.one("SUM", "AVG", "MIN", "MAX")
			list = f + "(" + g.number(2) + ") AS n, " + g.one("MIN", "MAX") + "(" + g.text(1) + ") AS t"
		}
		statement := "SELECT " + list + " FROM COSObject WHERE " + where
		want := sqliteRows(t, db, strings.ReplaceAll(statement, "CHARACTER_LENGTH", "LENGTH"))
		got := rowsOf(t, ask(t, statement, jsonLines, "", sqliteObject))
		if !assert.Equal(t, want, got, statement) {
			return
		}
	}
}

const sqliteObject = `{"i":1,"j":-7,"d":2.25,"c":"ab"}
{"i":0,"j":3,"d":-0.5,"c":"Ab "}
{"i":12,"j":null,"d":100.75,"c":""}
{"i":null,"j":5,"d":0.0,"c":"b%"}
{"i":-3,"j":-3,"d":null,"c":" aBc"}
{"i":7,"j":40,"d":7.0,"c":null}
{"i":1000,"j":2,"d":-3.75,"c":"中_x"}
`

func sqliteTable(t *testing.T) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", ":memory:")
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, db.Close()) })
	db.SetMaxOpenConns(1) // another connection has another memory
	for _, s := range []string{
		"PRAGMA case_sensitive_like = ON",
		"CREATE TABLE COSObject (i INTEGER, j INTEGER, d REAL, c TEXT)",
	} {
		_, err := db.ExecContext(t.Context(), s)
		require.NoError(t, err)
	}
	for line := range strings.Lines(sqliteObject) {
		_, err := db.ExecContext(t.Context(), "INSERT INTO COSObject SELECT ?1->>'i', ?1->>'j', ?1->>'d', ?1->>'c'", line)
		require.NoError(t, err)
	}
	return db
}

// resultRow is one row of an answer; nil is NULL.
type resultRow struct {
	N *float64
	T *string
}

func (r resultRow) String() string {
	n, s := "NULL", "NULL"
	if r.N != nil {
		n = fmt.Sprintf("%.12g", *r.N+0) // no -0
	}
	if r.T != nil {
		s = fmt.Sprintf("%q", *r.T)
	}
	return n + " " + s
}

func sqliteRows(t *testing.T, db *sql.DB, statement string) []string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), statement)
	require.NoError(t, err, statement)
	defer rows.Close()
	var all []string
	for rows.Next() {
		var r resultRow
		require.NoError(t, rows.Scan(&r.N, &r.T), statement)
		all = append(all, r.String())
	}
	require.NoError(t, rows.Err())
	return all
}

func rowsOf(t *testing.T, records string) []string {
	t.Helper()
	var all []string
	for line := range strings.Lines(records) {
		var r resultRow
		require.NoError(t, json.Unmarshal([]byte(line), &r))
		all = append(all, r.String())
	}
	return all
}

// generator writes expressions that nest up to a depth.
type generator struct{ *rand.Rand }

func (g generator) one(of ...string) string { return of[g.IntN(len(of))] }

// integer avoids what is zero as a divisor.
func (g generator) integer(depth int) string {
	if depth == 0 {
		return g.one("i", "j", "0", "1", "9", "-4")
	}
	x, y := g.integer(depth-1), g.integer(depth-1)
	return g.one("("+x+g.one(" + ", " - ", " * ")+y+")", "("+x+g.one(" / ", " % ")+g.one("2", "-3", "7")+")", "-("+x+")", "CAST("+g.number(depth-1)+" AS INT)",
		"COALESCE("+x+", "+y+")", "NULLIF("+x+", "+y+")", "CHARACTER_LENGTH("+g.text(depth-1)+")")
}

func (g generator) number(depth int) string {
	if depth == 0 {
		return g.one("i", "d", "d", "0.5", "1.25", "-3.0", "8")
	}
	x, y := g.number(depth-1), g.number(depth-1)
	return g.one("("+x+g.one(" + ", " - ", " * ")+y+")", "("+x+" / "+g.one("2", "4.0", "0.5", "3.0", "-7")+")", "-("+x+")", "CAST("+x+" AS FLOAT)", g.integer(depth),
		"COALESCE("+x+", "+y+")", "NULLIF("+x+", "+y+")", "CASE WHEN "+g.condition(depth-1)+" THEN "+x+" ELSE "+y+" END", "CASE "+x+" WHEN "+y+" THEN 1 WHEN i THEN "+y+" END")
}

func (g generator) text(depth int) string {
	if depth == 0 {
		return g.one("c", "c", "'a'", "''", "'Ab'", "' b '")
	}
	x, y := g.text(depth-1), g.text(depth-1)
	return g.one("("+x+" || "+y+")", "("+x+" || "+g.integer(depth-1)+")", g.one("UPPER", "LOWER")+"("+x+")", "TRIM("+x+")",
		fmt.Sprintf("SUBSTRING(%s, %d, %d)", x, 1+g.IntN(3), g.IntN(3)), "COALESCE("+x+", "+y+")", "NULLIF("+x+", "+y+")", "CASE WHEN "+g.condition(depth-1)+" THEN "+x+" END")
}

func (g generator) condition(depth int) string {
	below := max(depth-1, 0)
	kind := []func(int) string{g.number, g.text}[g.IntN(2)]
	x, y, z := kind(below), kind(below), kind(below)
	compared := g.one("("+x+g.one(" = ", " <> ", " < ", " <= ", " > ", " >= ")+y+")", "("+x+g.one("", " NOT")+" BETWEEN "+y+" AND "+z+")",
		"("+x+g.one("", " NOT")+" IN ("+y+", "+z+"))", "("+x+" IS "+g.one("", "NOT ")+"NULL)",
		"("+g.text(below)+g.one("", " NOT")+" LIKE "+g.one("'%b%'", "'_b%'", "'a!%' ESCAPE '!'", "'b!%' ESCAPE '!'", "'%'", g.text(below))+")")
	if depth == 0 {
		return compared
	}
	return g.one(compared, "("+g.condition(below)+g.one(" AND ", " OR ")+g.condition(below)+")", "NOT ("+compared+")")
}
