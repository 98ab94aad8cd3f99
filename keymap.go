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
		Global: tui.GlobalKeys{
			Help:    bind("F1 ?", "help", "f1", "alt+1", "?"),
			Jobs:    bind("w", "jobs", "w"),
			Quit:    bind("q F10", "quit", "q", "f10", "alt+0"),
			Force:   bind("C-c C-c", "quit without asking", "ctrl+c"),
			Suspend: bind("C-z", "suspend", "ctrl+z"),
		},
		Pane: tui.PaneKeys{
			Copy:       bind("F5 c", "copy to the other pane", "f5", "alt+5", "c"),
			Move:       bind("F6 m", "move to the other pane", "f6", "alt+6", "m"),
			MakeFolder: bind("F7 n", "make a folder", "f7", "alt+7", "n"),
			Delete:     bind("F8 d Del", "delete", "f8", "alt+8", "d", "delete"),
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
			ClearMarks: bind("Esc", "stop listing, else clear marks", "esc"),
			Refresh:    bind("C-r", "list again", "ctrl+r"),
			Hidden:     bind(".", "hide or show names with a dot", "."),
		},
		Jobs: tui.JobKeys{
			Pause:   bind("Space p", "pause or go on", "space", "p"),
			Details: bind("Enter", "show the items", "enter"),
			Retry:   bind("r", "retry what failed", "r"),
			Cancel:  bind("x", "cancel", "x"),
			Clear:   bind("c", "clear what is done", "c"),
		},
		Preview: tui.PreviewKeys{
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
			Again:        bind("C-r", "read it again", "ctrl+r"),
		},
		Dialog: tui.DialogKeys{
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
		},
	}
}

func bind(shown, does string, keys ...string) key.Binding {
	return key.NewBinding(key.WithKeys(keys...), key.WithHelp(shown, does))
}
