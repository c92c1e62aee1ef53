package secret

import (
	"errors"
	"io"
	"sync"
)

// A Writer passes on what is written to it, with secrets hidden, also when one
// comes in several writes: what may be the beginning of one is held back until
// it is decided. It may be used concurrently.
type Writer struct {
	mask *Mask
	next io.Writer

	mu    sync.Mutex
	held  []byte
	cover int // bytes of held that belong to a secret that was hidden
}

// Writer returns a Writer that passes on to w.
func (m *Mask) Writer(w io.Writer) *Writer { return &Writer{mask: m, next: w} }

// Write passes p on, hidden, as far as it is decided. An error of the next
// writer is returned with all of p taken.
func (w *Writer) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	f := w.mask.forms.Load()
	if f == nil {
		return w.next.Write(p)
	}
	return len(p), w.pass(f, append(w.held, p...), false)
}

// pass hides secrets in text and writes what is decided.
func (w *Writer) pass(f *forms, text []byte, end bool) error {
	s := scan{forms: f, cover: w.cover}
	decided := s.run(text, end)
	w.held, w.cover = append([]byte(nil), text[decided:]...), s.cover
	if len(s.out) == 0 {
		return nil
	}
	_, err := w.next.Write(s.out)
	return err
}

// Flush writes what is held back: nothing more is to come that could make a
// secret of it.
func (w *Writer) Flush() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.held) == 0 {
		return nil
	}
	return w.pass(w.mask.forms.Load(), w.held, true)
}

// Held returns what is held back as Flush would write it.
func (w *Writer) Held() []byte {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.held) == 0 {
		return nil
	}
	s := scan{forms: w.mask.forms.Load(), cover: w.cover}
	s.run(w.held, true)
	return s.out
}

// A File is a Writer to something that is closed at the end, such as a log.
type File struct {
	*Writer
	file io.WriteCloser
}

// File returns a writer that hides secrets in what goes to f, and closes f.
func (m *Mask) File(f io.WriteCloser) *File { return &File{m.Writer(f), f} }

// Close writes what is held back and closes the file.
func (f *File) Close() error { return errors.Join(f.Flush(), f.file.Close()) }
