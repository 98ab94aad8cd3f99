package jobs

import (
	"testing"

	"cosmander/cos/emulator"
)

// TestAppend_UnderEveryFault lets every fault befall every operation of an
// append, for a while and for good: what is called done is there once, and what
// failed is, after a retry.
func TestAppend_UnderEveryFault(t *testing.T) {
	t.Parallel()
	m := &matrix{letters: map[string]map[string]bool{}}
	var cells []cell
	for _, d := range []deed{
		{name: "append, small", kind: Append, sizes: oneSmall}, {name: "append, large", kind: Append, sizes: oneLarge},
	} {
		for _, op := range d.operations(t) {
			for _, f := range troubles() {
				if f.befalls(op) && !f.Stall {
					cells = append(cells, cell{d, op, f, false}, cell{d, op, f, true})
				}
			}
		}
		for _, op := range []string{"AppendObject", "HeadObject"} { // a stall takes its time
			cells = append(cells, cell{d, op, trouble{name: "stall", Fault: emulator.Fault{Stall: true}, times: 1}, false})
			cells = append(cells, cell{d, op, trouble{name: "no-crc", Fault: emulator.Fault{NoCRC: true}}, true})
		}
	}
	m.each(t, cells, func(t *testing.T, group []cell) { m.try(t, group) })
}
