package fhir

import (
	"bufio"
	"bytes"
	"context"
	"io"

	"kinward/internal/interop/unpack"
)

// window is how far the reader looks ahead to tell NDJSON from a document. It exceeds nearly every NDJSON line; longer
// first lines are taken for documents, which costs only the recovery from a broken one.
const window = 128 << 10

// source is the file's bytes, unpacked, with the line that they are on.
type source struct {
	r       *bufio.Reader
	line    int
	end     error   // why the data ended, nil until then
	scanner scanner // of the value under way
}

func open(ctx context.Context, r io.Reader) (*source, error) {
	plain, err := unpack.Reader(ctx, r, window)
	if err != nil {
		return nil, err
	}
	s := &source{r: plain, line: 1}
	if bom, _ := s.r.Peek(3); bytes.Equal(bom, []byte("\xef\xbb\xbf")) {
		s.skip(3)
	}
	return s, nil
}

// buffered is what can be had without moving on, at least one byte unless the data has ended.
func (s *source) buffered() []byte {
	if s.r.Buffered() == 0 {
		if _, err := s.r.Peek(1); err != nil {
			s.end = err
			return nil
		}
	}
	p, _ := s.r.Peek(s.r.Buffered())
	return p
}

// ahead is the window from here on; more says that the data goes on behind it.
func (s *source) ahead() (p []byte, more bool) {
	if p = s.buffered(); bytes.IndexByte(p, '\n') >= 0 {
		return p, true
	}
	p, err := s.r.Peek(window)
	return p, err == nil
}

// skip moves on by n buffered bytes.
func (s *source) skip(n int) {
	p, _ := s.r.Peek(n)
	s.line += bytes.Count(p, []byte{'\n'})
	_, _ = s.r.Discard(n) // they are buffered
}

// next is the next byte that isn't white space, not consumed; ok is false at the end. A newline counts as white space
// unless stopAtNewline is set.
func (s *source) next(stopAtNewline bool) (c byte, ok bool) {
	for p := s.buffered(); p != nil; p = s.buffered() {
		for i, c := range p {
			if c == '\n' && stopAtNewline || c != ' ' && c != '\t' && c != '\r' && c != '\n' {
				s.skip(i)
				return c, true
			}
		}
		s.skip(len(p))
	}
	return 0, false
}

// skipLine moves to the end of the line, before its newline.
func (s *source) skipLine() {
	for p := s.buffered(); p != nil; p = s.buffered() {
		if i := bytes.IndexByte(p, '\n'); i >= 0 {
			s.skip(i)
			return
		}
		s.skip(len(p))
	}
}

// skipAll moves to the end.
func (s *source) skipAll() {
	for p := s.buffered(); p != nil; p = s.buffered() {
		s.skip(len(p))
	}
}
