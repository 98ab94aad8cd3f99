package query

// expr is a checked expression. What it needs of a run is in env, so that one
// expression serves many runs at once.
type expr interface {
	eval(e *env) (value, error)
}

// selection is a checked SELECT.
type selection struct {
	star       bool // SELECT *, and no items
	items      []item
	from       []step // below the object, after COSObject
	alias      string // what the rows are called, "" if only COSObject
	where      expr   // nil for all rows
	whereAt    position
	limit      int64 // -1 for no limit
	aggregates []*aggregate
	columns    []*column
}

// item is one column of the answer.
type item struct {
	expr expr
	name string
}

// step goes from a JSON value to what is in it.
type step struct {
	name    string // of a member, if neither of the two below
	exact   bool   // the name was quoted: upper and lower case differ
	indexed bool   // [index], from 0
	index   int
	each    bool // [*]
}

type (
	// literal is a constant.
	literal struct{ value value }

	// column is a column of a CSV record or a path into a JSON record.
	column struct {
		at    position
		first step   // as it is written
		path  []step // without the name of the rows: empty for the row itself
		slot  int    // its place in selection.columns
		outer bool   // in the SELECT list, outside of aggregates
	}

	// chain is first op operand op operand …, from left to right. A long sum
	// is one chain, so that it does not nest deeply.
	chain struct {
		first expr
		links []link
	}
	link struct {
		op      string
		at      position
		operand expr
	}

	// logical is terms joined by AND or by OR.
	logical struct {
		and   bool
		terms []expr
		at    position
	}

	not struct {
		operand expr
		at      position
	}

	negative struct {
		operand expr
		at      position
	}

	comparison struct {
		op   string
		a, b expr
	}

	between struct {
		operand, low, high expr
		inverted           bool
	}

	in struct {
		operand  expr
		list     []expr
		inverted bool
	}

	like struct {
		operand  expr
		by       []expr  // the pattern and, if there is one, the escape
		constant pattern // nil if it differs from row to row
		inverted bool
		at       position
	}

	// is is IS [NOT] NULL and IS [NOT] MISSING.
	is struct {
		operand  expr
		missing  bool
		inverted bool
	}

	// choice is CASE; operand is nil if the conditions stand by themselves.
	choice struct {
		operand expr
		whens   []when
		other   expr // nil for NULL
		at      position
	}
	when struct{ condition, result expr }

	cast struct {
		operand expr
		to      string // one of castTypes
		at      position
	}

	// call is a function of the table functions.
	call struct {
		run  function
		args []expr
		at   position
	}

	coalesce struct{ args []expr }

	// trim is TRIM; set is nil for blanks.
	trim struct {
		leading, trailing bool
		set, operand      expr
	}

	// aggregate stands for the result over all rows.
	aggregate struct {
		name    string
		operand expr // nil for COUNT(*)
		slot    int  // its place in selection.aggregates
		at      position
	}
)
