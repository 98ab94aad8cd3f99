// Package query answers SELECT Object Content: a query in a small SQL over one
// CSV or JSON object, as a stream of events. It knows nothing of HTTP and of
// the rest of the server: [Parse] reads the request, [Request.Run] reads the
// object and writes the answer.
//
// # Statement
//
//	SELECT * | name.* | expression [[AS] alias], …
//	FROM COSObject[*][.path] [[AS] name]
//	[WHERE condition]
//	[LIMIT rows]
//
// LIMIT 0 reads nothing of the object, so that it cannot find anything wrong
// with it.
//
// Keywords and functions are written in any case, names bare or in double
// quotes, text in single quotes; within quotes a doubled quote stands for one.
// Nothing else of SQL is there: no ORDER BY, GROUP BY, DISTINCT, JOIN, no
// SELECT within another, no comments and no semicolon.
//
// FROM COSObject is one row for each CSV record, each line of JSON LINES, each
// value of a JSON DOCUMENT. COSObject[*] is also each element where such a JSON
// value is an array. A path goes on from there: .member, ['member'], [index]
// from 0, [*] for each element. Where it leads nowhere the row is MISSING.
// Without a name the rows are called by the last member of the path.
//
// # Columns
//
//	_1, s._2        of CSV, by number from 1; of a JSON row that is no object, _1
//	city, s.city    by the header (FileHeaderInfo USE), or a member of JSON
//	"City", s."a b" the same, but upper and lower case differ
//	s.a.b[0]['c']   a path into JSON
//	s               the row itself, JSON only
//
// The first column or member of that name counts. A path that leads nowhere,
// and a field that a CSV record lacks, is MISSING.
//
// # Values
//
// Numbers, text, TRUE and FALSE, timestamps, JSON arrays and objects, NULL and
// MISSING. The fields of CSV are text, and empty fields are empty text, not
// NULL. What is selected as it is keeps its text: 1.50 stays 1.50.
//
// A number is an INT if it is written without a point and 64 bits hold it, a
// DECIMAL if it has a point, at most 18 digits behind it, and 64 bits hold its
// digits (zeros at the end do not count); both are exact. One with an exponent or with more digits is a FLOAT,
// a float64. Of what is calculated from two numbers the type is the later one
// of the two in this order, and FLOAT if 64 bits do not hold the result.
// Numbers of any type and length compare by all their digits.
//
// # Operators, from what binds least
//
//	OR, AND, NOT
//	= <> != < <= > >=, [NOT] BETWEEN a AND b, [NOT] IN (a, …),
//	[NOT] LIKE pattern [ESCAPE character], IS [NOT] NULL, IS [NOT] MISSING
//	||
//	+ -
//	* / %
//	sign
//
// Where both sides are numbers they compare as numbers; text from a CSV field
// (also behind TRIM, SUBSTRING, LOWER, UPPER) is a number there if it reads as
// one, text in quotes is not. A number and what is none differ, and which is
// less is unknown: _1 < 5 does not select empty fields. Else booleans and
// timestamps compare with what reads as one, and the rest as text, byte by
// byte. Two INT divide as INT, cut towards zero; else / gives a FLOAT, as AVG
// does. In LIKE, % is any text and _ any character. An operation on NULL is
// NULL, on MISSING is MISSING; AND, OR, NOT and the two sides of BETWEEN take
// both as unknown. MISSING IS NULL is true. Only rows whose condition is TRUE
// are selected.
//
// # Functions
//
//	COUNT(*), COUNT(x), SUM(x), AVG(x), MIN(x), MAX(x)   without NULL and MISSING; for MIN and MAX numbers come before text
//	CAST(x AS INT | FLOAT | DECIMAL | STRING | BOOL | TIMESTAMP)   fails on what is none; INT cuts the fraction;
//	    BOOL takes TRUE, FALSE and numbers, of which 0 is FALSE; also INTEGER, DOUBLE, NUMERIC, VARCHAR, BOOLEAN
//	CASE WHEN condition THEN x … [ELSE y] END, CASE x WHEN value THEN …
//	COALESCE(x, …), NULLIF(x, y)
//	CHAR_LENGTH(x), CHARACTER_LENGTH(x), LOWER(x), UPPER(x)   in characters
//	SUBSTRING(x FROM start [FOR length]), SUBSTRING(x, start [, length])   counted from 1
//	TRIM([LEADING | TRAILING | BOTH] [characters] FROM x), TRIM(x)   blanks unless characters are given
//
// Beside an aggregate every column has to be inside of one.
//
// # Input
//
// UTF-8, with or without a byte order mark, as it is or compressed (GZIP,
// BZIP2). CSV: defaults are "\n", a comma, double quotes, the quote character
// itself as its escape, and # for comments, which have to differ; empty lines
// and lines that begin with the comment character are no records; a carriage
// return before a delimiter of "\n" belongs to the delimiter; quotes count at
// the beginning of a field only; a field spans lines only with
// AllowQuotedRecordDelimiter. JSON: DOCUMENT is any number of values with or
// without blanks between them, LINES is one value on each line. What the path
// of FROM passes over in a DOCUMENT has to be JSON, but may be no UTF-8.
//
// # Output
//
// CSV has no header; NULL and MISSING are empty. Fields are quoted where they
// would not read back as the same, or all (QuoteFields ALWAYS). JSON is an object for each row
// on a line of its own, without what is MISSING; columns are called by their
// alias, their name or else, and where that was there before, _N by their
// place. SELECT * keeps the members of a JSON object as they are.
//
// # Limits
//
// An expression has at most 256 KB, 200 expressions within each other and 200
// steps in a path, a LIKE pattern 4 KB, a record and its answer 1 MB; names and
// text in JSON that a path passes over count as records. All MIN and MAX of a
// query together hold at most 4 MB of text, and a query makes at most 16 MB of
// text for one record. The memory that a run takes does not depend on the size
// of the object, compressed or not, nor on the query's result: a few megabytes,
// and some tens for hostile records and queries.
//
// # Errors
//
// [Parse] refuses what is wrong with the request whatever the object holds.
// [Request.Run] returns a refusal only for a column that the CSV header lacks,
// and only while nothing has been written. All else is known when records are
// already on their way, and ends the stream with an error frame: a record that
// is malformed, too long or not UTF-8, an object that cannot be read or
// decompressed, a CAST or a calculation that fails. Places in the expression
// are lines and columns from 1, records are counted from 1, without the header
// and comments.
package query
