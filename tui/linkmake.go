package tui

import (
	"context"
	"errors"
	"time"

	tea "charm.land/bubbletea/v2"
	"golang.org/x/sync/errgroup"

	"cosmander/cos"
	"cosmander/views"
)

// madeLinksMsg brings links that are ready to be given away.
type madeLinksMsg struct {
	title string
	says  []views.Note
	links []views.Link
	err   error
}

// makeDownloadLinks returns the command that signs a link to each object, and
// looks whether what it gives can be used.
func (m *Model) makeDownloadLinks(l linking, says []views.Note, life time.Duration) tea.Cmd {
	ctx, linker := m.ctx, m.deps.Link(l.at.Bucket, l.at.Region)
	var object Inspector
	if m.deps.Inspect != nil {
		object = m.deps.Inspect(l.at.Bucket, l.at.Region)
	}
	m.say("making "+views.Plural(int64(len(l.targets)), "link", "links")+m.look.Marks.Ellipsis, plain)
	return guarded(func() tea.Msg {
		msg := madeLinksMsg{title: "Link to download" + m.sep() + l.what, says: says}
		for _, t := range l.targets {
			url, err := linker.PresignGet(ctx, t.key, cos.PresignOptions{Lifetime: life, VersionID: t.version})
			if err != nil {
				return madeLinksMsg{err: err}
			}
			msg.links = append(msg.links, views.Link{Name: t.name, URL: url})
		}
		msg.says = append(msg.says, cautions(ctx, object, l.targets)...)
		return msg
	})
}

// makeUploadLink returns the command that signs a link to store an object.
func (m *Model) makeUploadLink(at place, key string, says []views.Note, life time.Duration) tea.Cmd {
	ctx, linker := m.ctx, m.deps.Link(at.Bucket, at.Region)
	name := cos.URI{Bucket: at.Bucket, Key: key}.String()
	return guarded(func() tea.Msg {
		url, err := linker.PresignPut(ctx, key, cos.PresignOptions{Lifetime: life})
		if err != nil {
			return madeLinksMsg{err: err}
		}
		says := append(says, views.Note{Text: "To use it: curl --upload-file FILE 'LINK', without a Content-Type of its own."})
		return madeLinksMsg{title: "Link to upload" + m.sep() + name, says: says, links: []views.Link{{Name: name, URL: url}}}
	})
}

// looksAtOnce of the requests that look at objects are under way.
const looksAtOnce = 8

// cautions says of objects what stands against reading them by a link. Of more
// than fit a clipboard it is not asked: that is a request for each.
func cautions(ctx context.Context, object Inspector, targets []linkTarget) []views.Note {
	if object == nil {
		return nil
	}
	if len(targets) > clipboardRows {
		return []views.Note{{Text: "Whether objects among them are encrypted or archived was not asked: they are more than " + views.Count(clipboardRows) + "."}}
	}
	heads, errs := make([]*cos.Head, len(targets)), make([]error, len(targets))
	var g errgroup.Group
	g.SetLimit(looksAtOnce)
	for i, t := range targets {
		g.Go(func() error {
			heads[i], errs[i] = object.Head(ctx, t.key, cos.GetOptions{VersionID: t.version})
			return nil
		})
	}
	_ = g.Wait() // no error comes that way
	return cautionsOf(heads, errs)
}

func cautionsOf(heads []*cos.Head, errs []error) (notes []views.Note) {
	var sealed, archived, missing, unknown int64
	for i, h := range heads {
		switch {
		case errors.Is(errs[i], cos.ErrNotFound):
			missing++
		case errs[i] != nil:
			unknown++
		case clientSide(h):
			sealed++
		case archivedNow(h):
			archived++
		}
	}
	add := func(n int64, one, many string) {
		switch {
		case n == 1 && len(heads) == 1:
			notes = append(notes, views.Note{Text: "The object " + one + ".", Alarm: true})
		case n > 0:
			notes = append(notes, views.Note{Text: views.Count(n) + " of them " + many + ".", Alarm: true})
		}
	}
	add(sealed, "was encrypted before it was stored: the link gives what the service has, which only the key opens",
		"were encrypted before they were stored: their links give what the service has, which only the key opens")
	add(archived, "is archived: the link fails until it is restored", "are archived: their links fail until they are restored")
	add(missing, "is not there: the link works once something has its name", "are not there: their links work once something has their names")
	add(unknown, "could not be looked at, so whether it is encrypted or archived is not known", "could not be looked at, so whether they are encrypted or archived is not known")
	return notes
}

// archivedNow reports that an object cannot be read before it is restored.
func archivedNow(h *cos.Head) bool {
	archived := cos.Archived(h.StorageClass) || cos.Archived(h.StorageTier)
	return archived && (h.Restore == nil || h.Restore.Ongoing)
}

// madeLinks shows links, and sends them to the clipboard.
func (m *Model) madeLinks(msg madeLinksMsg) tea.Cmd {
	if msg.err != nil {
		m.sayError(msg.err)
		return nil
	}
	m.pushLinks(&views.Links{Title: msg.title, Says: msg.says, Links: msg.links})
	return m.copyLinks(msg.links)
}
