package main

import (
	"charm.land/bubbles/v2/key"

	"cosmander/tui"
)

// defaultKeys is every key of the program. F-keys mean what they mean in
// Midnight Commander, letters what they mean in vim; Alt+digit, which is also
// Esc and a digit typed fast, stands for the F-key that a terminal eats.
func defaultKeys() tui.KeyMap {
	return tui.KeyMap{
		Global:   globalKeys(),
		Pane:     paneKeys(),
		Versions: versionKeys(),
		Uploads:  uploadKeys(),
		Links:    linkKeys(),
		Jobs:     jobKeys(),
		Preview:  previewKeys(),
		Select:   selectKeys(),
		Dialog:   dialogKeys(),
	}
}

func globalKeys() tui.GlobalKeys {
	return tui.GlobalKeys{
		Help:    bind("F1 ?", "help", "f1", "alt+1", "?"),
		Jobs:    bind("w", "jobs", "w"),
		Quit:    bind("q F10", "quit", "q", "f10", "alt+0"),
		Force:   bind("C-c C-c", "quit without asking", "ctrl+c"),
		Suspend: bind("C-z", "suspend", "ctrl+z"),
		Mouse:   bind("M-m", "leave the mouse to the terminal, or take it", "alt+m"),
		Low:     bind("M-l", "draw less, for a slow line, or everything", "alt+l"),
	}
}

func paneKeys() tui.PaneKeys {
	return tui.PaneKeys{
		Copy:       bind("F5 c", "copy to the other pane", "f5", "alt+5", "c"),
		Move:       bind("F6 m", "move to the other pane", "f6", "alt+6", "m"),
		MakeFolder: bind("F7 n", "make a folder, or a bucket", "f7", "alt+7", "n"),
		Delete:     bind("F8 d Del", "delete", "f8", "alt+8", "d", "delete"),
		Edit:       bind("F4 e", "edit", "f4", "alt+4", "e"),
		Links:      bind("Y", "copy addresses and links", "Y"),
		Yank:       bind("y", "take up, and to the clipboard", "y"),
		Cut:        bind("x", "take up to move", "x"),
		Put:        bind("p", "put what was taken up", "p"),
		Rename:     bind("r", "rename", "r"),
		CopyHere:   bind("S-F5", "copy under another name", "shift+f5", "f17"),
		Enter:      bind("Enter", "enter the folder, show the file", "enter"),
		Into:       bind("l Right", "enter the folder", "l", "right"),
		Parent:     bind("h Left Backspace", "go up", "h", "left", "backspace"),
		View:       bind("F3", "show the file", "f3", "alt+3"),
		Aside:      bind("P", "show the file under the cursor beside, or not", "P"),
		Other:      bind("Tab", "other pane", "tab"),
		Down:       bind("j Down", "down", "j", "down"),
		Up:         bind("k Up", "up", "k", "up"),
		Top:        bind("g g Home", "to the top", "g g", "home"),
		Bottom:     bind("G End", "to the end; lists all", "G", "end"),
		HalfDown:   bind("C-d", "half a page down", "ctrl+d"),
		HalfUp:     bind("C-u", "half a page up", "ctrl+u"),
		PageDown:   bind("C-f PgDn", "a page down", "ctrl+f", "pgdown"),
		PgUp:       bind("C-b PgUp", "a page up", "ctrl+b", "pgup"),
		Mark:       bind("Space Ins", "mark and go down", "space", "insert"),
		Invert:     bind("*", "turn all marks round", "*"),
		MarkAll:    bind("C-a", "mark all; lists all", "ctrl+a"),
		ClearMarks: bind("Esc", "stop listing, else show all, else clear marks", "esc"),
		Range:      bind("v", "mark a range while moving", "v"),
		RangeDown:  bind("S-Down", "mark and go down", "shift+down"),
		RangeUp:    bind("S-Up", "mark and go up", "shift+up"),
		MarkGlob:   bind("+", "mark by a pattern such as *.jpg", "+"),
		UnmarkGlob: bind("-", "take marks off by a pattern", "-"),
		Filter:     bind("/", "show only names with a text", "/"),
		Find:       bind("f", "find by name, size, age and class in all that is below", "f"),
		Jump:       bind("J", "list only what begins with a text; the service leaves out the rest", "J"),
		Usage:      bind("%", "what takes up the space below this place", "%"),
		Size:       bind("=", "count what is below the marked rows", "="),
		SortName:   bind("s n", "sort by name", "s n"),
		SortSize:   bind("s s", "sort by size; lists all", "s s"),
		SortTime:   bind("s t", "sort by time; lists all", "s t"),
		SortClass:  bind("s c", "sort by storage class; lists all", "s c"),
		SortType:   bind("s e", "sort by extension; lists all", "s e"),
		Reverse:    bind("S", "turn the order round; lists all", "S"),
		Goto:       bind("C-g M-c g Space", "go to a path or address", "ctrl+g", "alt+c", "g space"),
		Back:       bind("H M-Left", "back to where one was", "H", "alt+left"),
		Forth:      bind("L M-Right", "forward again", "L", "alt+right"),
		Places:     bind("b", "bookmarks and recent places", "b"),
		Bookmark:   bind("B", "make this a bookmark, or none", "B"),
		Refresh:    bind("C-r", "list again", "ctrl+r"),
		Hidden:     bind(".", "hide or show names with a dot", "."),
		Palette:    bind(": F9", "every action by name", ":", "f9", "alt+9"),
		Properties: bind("i", "everything about it, or about all that is marked", "i"),
		Class:      bind("C", "change the storage class", "C"),
		Restore:    bind("R", "restore archived objects", "R"),
		Metadata:   bind("M", "edit headers and metadata", "M"),
		Tags:       bind("T", "set tags", "T"),
		Access:     bind("a", "set who may read it", "a"),
		Query:      bind("Q", "query the rows of CSV and JSON with SQL", "Q"),
		Append:     bind("A", "append a text or a file to an object, or make one that can grow", "A"),
		Uploads:    bind("U", "uploads that were begun here and not completed", "U"),

		Versions:    bind("V", "the history of an object; of a bucket whether it keeps versions", "V"),
		AllVersions: bind("M-v", "show all versions and deletions, or what is there", "alt+v"),
		Past:        bind("M-t", "show the bucket as it was at a time, or as it is", "alt+t"),
		Undo:        bind("u", "take the last deletion back", "u"),
	}
}

func versionKeys() tui.VersionKeys {
	return tui.VersionKeys{
		Look:    bind("F3", "show what was in it", "f3", "alt+3"),
		Copy:    bind("F5 c", "copy this version to the other pane", "f5", "alt+5", "c"),
		Restore: bind("R", "make this version the current one", "R"),
		Compare: bind("=", "compare two marked versions, or this one with the current", "="),
		Delete:  bind("F8 d Del", "delete this version for good; a deletion is taken back", "f8", "alt+8", "d", "delete"),
		Links:   bind("Y", "link to this version", "Y"),
		Mark:    bind("Space Ins", "mark and go down", "space", "insert"),
		TurnOn:  bind("o", "let the bucket keep versions", "o"),
		Again:   bind("C-r", "list again", "ctrl+r"),
	}
}

func uploadKeys() tui.UploadKeys {
	return tui.UploadKeys{
		Abort:   bind("F8 d Del", "abort it, or what is marked", "f8", "alt+8", "d", "delete"),
		Adopt:   bind("a", "go on with it from a local file", "a"),
		Mark:    bind("Space Ins", "mark and go down", "space", "insert"),
		MarkAll: bind("C-a", "mark all that is shown, or nothing", "ctrl+a"),
		Sort:    bind("s", "sort by key, by age, by what was sent", "s"),
		Reverse: bind("S", "turn the order round", "S"),
		Filter:  bind("/", "show only keys with a text", "/"),
		Again:   bind("C-r", "list again", "ctrl+r"),
	}
}

func linkKeys() tui.LinkKeys {
	return tui.LinkKeys{
		Copy:    bind("y", "copy all links, one a line", "y"),
		CopyOne: bind("Y", "copy this link", "Y"),
		Code:    bind("c", "show this link as a QR code, or as text", "c"),
		Save:    bind("s", "save all links to a file", "s"),
	}
}

func jobKeys() tui.JobKeys {
	return tui.JobKeys{
		Pause:   bind("Space p", "pause or go on", "space", "p"),
		Details: bind("Enter", "show the items, then all about one", "enter"),
		Answer:  bind("a", "answer what exists at the destination", "a"),
		Retry:   bind("r", "retry what failed", "r"),
		Cancel:  bind("x", "cancel", "x"),
		Clear:   bind("c", "clear what is done", "c"),
		Sooner:  bind("K", "move up in the queue", "K", "shift+up"),
		Later:   bind("J", "move down in the queue", "J", "shift+down"),
		Next:    bind("n", "do it next", "n"),
		Raise:   bind("+", "higher priority", "+", "="),
		Lower:   bind("-", "lower priority", "-"),
		Limit:   bind("b", "limit the bandwidth of all", "b"),
	}
}

func previewKeys() tui.PreviewKeys {
	return tui.PreviewKeys{
		Search:       bind("/ F7", "search", "/", "f7", "alt+7"),
		NextHit:      bind("n", "next place", "n"),
		LastHit:      bind("N", "place before", "N"),
		Hex:          bind("x F4", "bytes, or what they mean", "x", "f4", "alt+4"),
		Plain:        bind("t", "plain text, and back", "t"),
		Wrap:         bind("w F2", "break long lines, or not", "w", "f2", "alt+2"),
		Encoding:     bind("e", "next encoding", "e"),
		EncodingBack: bind("E", "encoding before", "E"),
		Fold:         bind("Space", "fold or unfold; else a page down", "space"),
		FoldAll:      bind("z", "fold or unfold all", "z"),
		Follow:       bind("F", "follow the end while it grows", "F"),
		Stored:       bind("S", "what the service sees of it", "S"),
		Again:        bind("C-r", "read it again", "ctrl+r"),
	}
}

func selectKeys() tui.SelectKeys {
	return tui.SelectKeys{
		Save: bind("s F2", "save the result", "s", "f2", "alt+2"),
	}
}

func dialogKeys() tui.DialogKeys {
	return tui.DialogKeys{
		Accept:   bind("Enter", "do it", "enter"),
		Leave:    bind("Esc q", "leave", "esc", "q"),
		Next:     bind("Tab", "next field", "tab"),
		Previous: bind("S-Tab", "field before", "shift+tab"),
		Left:     bind("Left h", "left", "left", "h"),
		Right:    bind("Right l", "right", "right", "l"),
		Down:     bind("j Down", "down", "j", "down"),
		Up:       bind("k Up", "up", "k", "up"),
		PageDown: bind("PgDn C-f C-d", "a page down", "pgdown", "ctrl+f", "ctrl+d"),
		PageUp:   bind("PgUp C-b C-u", "a page up", "pgup", "ctrl+b", "ctrl+u"),
		Top:      bind("Home g", "to the top", "home", "g"),
		Bottom:   bind("End G", "to the end", "end", "G"),
		Rub:      bind("Backspace", "delete a character", "backspace"),
	}
}

func bind(shown, does string, keys ...string) key.Binding {
	return key.NewBinding(key.WithKeys(keys...), key.WithHelp(shown, does))
}
