package fhir

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"context"
	"errors"
	"io"

	"golang.org/x/text/encoding/unicode"
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

// errDamaged is the end of a compressed file that doesn't unpack to its end.
var errDamaged = errors.New("the compressed file is damaged or cut off here")

func open(ctx context.Context, r io.Reader) (*source, error) {
	packed := bufio.NewReader(cancellable{ctx, r})
	r = packed
	magic, err := packed.Peek(2)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		r = &unpacker{packed: packed}
	}
	s := &source{r: bufio.NewReaderSize(r, window), line: 1}
	if bom, _ := s.r.Peek(2); bytes.Equal(bom, []byte{0xff, 0xfe}) || bytes.Equal(bom, []byte{0xfe, 0xff}) {
		// Windows shells write UTF-16 when they redirect.
		utf16 := unicode.UTF16(unicode.BigEndian, unicode.ExpectBOM)
		s.r = bufio.NewReaderSize(utf16.NewDecoder().Reader(s.r), window)
	}
	if bom, _ := s.r.Peek(3); bytes.Equal(bom, []byte("\xef\xbb\xbf")) {
		s.skip(3)
	}
	return s, nil
}

// cancellable ends a read when its context does.
type cancellable struct {
	ctx context.Context
	r   io.Reader
}

func (c cancellable) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

// unpacker reads gzip and tells damage to the data (errDamaged) from a failing reader.
type unpacker struct {
	packed io.Reader
	zip    *gzip.Reader
	err    error // sticky
}

func (u *unpacker) Read(p []byte) (n int, err error) {
	if u.zip == nil && u.err == nil {
		u.zip, u.err = gzip.NewReader(u.packed)
	}
	if u.err == nil {
		n, u.err = u.zip.Read(p)
	}
	_, corrupt := errors.AsType[flate.CorruptInputError](u.err)
	if corrupt || errors.Is(u.err, io.ErrUnexpectedEOF) || errors.Is(u.err, gzip.ErrHeader) ||
		errors.Is(u.err, gzip.ErrChecksum) {
		u.err = errDamaged
	}
	return n, u.err
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
