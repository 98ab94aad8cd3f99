package views

// Input is what a key means inside a view. The keys themselves are the
// business of the key table.
type Input int

// The inputs.
const (
	NoInput Input = iota
	Accept
	Leave
	Next
	Previous
	Left
	Right
	Up
	Down
	PageUp
	PageDown
	Top
	Bottom
	Rub // delete the character before the cursor
)

// Action is what a view asks of the program after an input.
type Action int

// The actions.
const (
	None  Action = iota
	Close        // put the view away, do nothing
	Go           // do what the view offers
)

// Modal is a view that lies over the panes and takes the input.
type Modal interface {
	// Do takes one input.
	Do(Input) Action
	// Draw returns the lines of the view; they fit into width by height.
	Draw(k *Look, width, height int) []string
}

// Typist is a modal that takes text.
type Typist interface {
	Modal
	// Type inserts text at the cursor.
	Type(text string)
}

// Buttoned is a modal with buttons that can be clicked.
type Buttoned interface {
	Modal
	// Click does what the button of that name says; none has an empty name.
	Click(name string) Action
}
