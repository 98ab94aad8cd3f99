package views

// Badge is what an object is beside its name, class and time.
type Badge uint8

// The badges, that of the greatest consequence first.
const (
	NoBadge    Badge = iota
	Archived         // to be restored before it can be read
	Restoring        // is being restored
	Restored         // archived, but can be read for a while
	Encrypted        // by the service, or before it was sent
	Appendable       // can grow at its end
	badgeCount       // their number
)

// glyph is b in one cell: the same in every terminal, told apart without
// colours.
func (b Badge) glyph() string {
	if b < badgeCount {
		return []string{" ", "#", "~", "=", "&", "+"}[b]
	}
	return " "
}

// Badges explains what stands before names.
func Badges() Section {
	return Section{Title: "Before a name", Hints: []Hint{
		{Key: Archived.glyph(), Does: "archived: restore it before it is read"},
		{Key: Restoring.glyph(), Does: "being restored"},
		{Key: Restored.glyph(), Does: "restored: can be read for a while"},
		{Key: Encrypted.glyph(), Does: "encrypted"},
		{Key: Appendable.glyph(), Does: "can be appended to"},
	}}
}
