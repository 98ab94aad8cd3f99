package tui

import (
	"bytes"
	"io"
	"os"
	"sync"
	"time"

	"github.com/charmbracelet/x/ansi"
)

// frame is what the terminal is to show.
type frame struct {
	lines []string
	width int
	cells ansi.Method // how the terminal counts the cells of a character
	sync  bool        // the terminal can hold a frame back until it is complete
}

// screen is the terminal as the program writes to it. Bubble Tea has it as
// its output and does with it what begins and ends a session (alternate
// screen, modes, questions); the frames are painted here, for two reasons.
// Bubble Tea's renderer sends every line that holds a wide character again in
// every frame, which makes a folder of Chinese names ten times as dear as one
// of ASCII names, and it writes by a clock, so that a key waits for the next
// tick. Here a frame is written when it is made, only what changed is sent,
// and frames that a slow line cannot take are skipped.
type screen struct {
	out  io.Writer
	mail chan frame    // the next frame; capacity 1
	kick chan struct{} // paint again; capacity 1
	stop chan struct{}
	done chan struct{}

	mu sync.Mutex // guards out and what follows
	// on: the alternate screen is up, and ours to paint.
	on    bool
	paint painter
	last  frame
}

func newScreen(out io.Writer, bce bool) *screen {
	return &screen{
		out: out, mail: make(chan frame, 1), kick: make(chan struct{}, 1),
		stop: make(chan struct{}), done: make(chan struct{}), paint: painter{bce: bce},
	}
}

// Write passes on what Bubble Tea writes, and takes note when that switches
// the alternate screen or erases it.
func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, err := s.out.Write(p)
	switch {
	case bytes.Contains(p, []byte(ansi.ResetModeAltScreenSaveCursor)):
		s.on = false
	case bytes.Contains(p, []byte(ansi.SetModeAltScreenSaveCursor)):
		s.on = true
		s.repaint()
	case bytes.Contains(p, []byte(ansi.EraseEntireScreen)), bytes.Contains(p, []byte(ansi.EraseScreenBelow)),
		bytes.Contains(p, []byte(ansi.EraseLineRight)):
		s.repaint()
	}
	return n, err // the caller is Bubble Tea, which looks at the bare error
}

// repaint forgets what the terminal shows. The caller holds mu.
func (s *screen) repaint() {
	s.paint.forget()
	select {
	case s.kick <- struct{}{}:
	default:
	}
}

// show hands over the next frame; one that was not painted yet is dropped.
// Only the Bubble Tea loop calls it. It never waits.
func (s *screen) show(f frame) {
	select {
	case <-s.mail:
	default:
	}
	s.mail <- f
}

// frameGap is the least time between two frames. The first frame after a rest
// is painted at once; of what a burst of keys makes, sixty held-down arrows for
// instance, few are.
const frameGap = 16 * time.Millisecond

// run paints until close.
func (s *screen) run() {
	defer close(s.done)
	for painted := (time.Time{}); ; {
		select {
		case <-s.stop:
			return
		case f := <-s.mail:
			if !s.newest(&f, frameGap-time.Since(painted)) {
				return
			}
			s.draw(&f)
			painted = time.Now()
		case <-s.kick:
			s.draw(nil)
		}
	}
}

// newest waits and takes the frame that has come meanwhile, if one has; false
// if the screen was closed.
func (s *screen) newest(f *frame, wait time.Duration) bool {
	if wait <= 0 {
		return true
	}
	gap := time.NewTimer(wait)
	defer gap.Stop()
	select {
	case <-s.stop:
		return false
	case <-gap.C:
	}
	select {
	case *f = <-s.mail:
	default:
	}
	return true
}

// draw paints f, or the last frame again. Errors are not looked at: the
// reader learns by itself that the terminal is gone.
func (s *screen) draw(f *frame) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f != nil {
		s.last = *f
	}
	if !s.on || s.last.lines == nil {
		return
	}
	if diff := s.paint.diff(s.last); len(diff) > 0 {
		_, _ = s.out.Write(diff)
	}
}

// close ends run and waits for it.
func (s *screen) close() {
	close(s.stop)
	<-s.done
}

// fileScreen is a screen on a terminal; the file tells Bubble Tea its size.
type fileScreen struct {
	*screen
	file *os.File
}

// Read is part of what Bubble Tea expects of a terminal.
func (s fileScreen) Read(p []byte) (int, error) { return s.file.Read(p) }

// Close is part of what Bubble Tea expects of a terminal. The file stays open.
func (s fileScreen) Close() error { return nil }

// Fd is the terminal's file descriptor.
func (s fileScreen) Fd() uintptr { return s.file.Fd() }
