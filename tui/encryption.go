package tui

import tea "charm.land/bubbletea/v2"

// offer returns the keys that an upload to a place can be encrypted with, and
// the one that is chosen at first.
func (e Encryption) offer(to place) (names []string, chosen string) {
	if e.Unasked != nil {
		chosen = e.Unasked(to.Bucket, to.Key)
	}
	return e.Keys, chosen
}

// toggleStored shows a decrypted object as the service has it, and back.
func (m *Model) toggleStored(pv *previewing) tea.Cmd {
	if pv.file.stored == nil || pv.seen == nil || !pv.seen.encrypted {
		m.say("it is not encrypted: the service sees what you see", plain)
		return nil
	}
	pv.file.store, pv.file.stored = pv.file.stored, pv.file.store
	pv.raw = !pv.raw
	cmd := m.rereadPreview(pv)
	pv.view.Note = ""
	return cmd
}
