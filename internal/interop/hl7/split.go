package hl7

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"

	"kinward/internal/interop/unpack"
)

// readAhead is the buffer in front of the splitter.
const readAhead = 16 << 10

var (
	errLong   = errors.New("the message is longer than 16 MiB")
	errOrphan = errors.New("text outside a message: no MSH segment before it")
)

// splitter cuts a file into messages at their MSH segments.
type splitter struct {
	r       *bufio.Reader
	line    int    // of the next byte
	segment []byte // the segment under way, reused
	message []byte // the message under way; segments end in CR
	given   []byte // the message given out last, to be reused
	begin   int    // the line of its MSH, or of the orphaned text; 0 when nothing is under way
	orphan  bool
	long    bool
	end     error
}

func newSplitter(ctx context.Context, r io.Reader) (*splitter, error) {
	plain, err := unpack.Reader(ctx, r, readAhead)
	return &splitter{r: plain, line: 1}, err
}

// readSegment reads up to a line end or the end of an MLLP frame. What is too long for a message is cut.
func (s *splitter) readSegment() error {
	s.segment = s.segment[:0]
	for {
		if _, err := s.r.Peek(1); err != nil {
			return err
		}
		p, _ := s.r.Peek(s.r.Buffered())
		i := bytes.IndexAny(p, "\r\n\x1c")
		text := p
		if i >= 0 {
			text = p[:i]
		}
		s.segment = append(s.segment, text[:min(len(text), MaxMessage-len(s.segment))]...)
		if i < 0 {
			_, _ = s.r.Discard(len(p))
			continue
		}
		end := p[i]
		_, _ = s.r.Discard(i + 1)
		if next, _ := s.r.Peek(1); end == '\r' && len(next) > 0 && next[0] == '\n' {
			_, _ = s.r.Discard(1)
		}
		if end != '\x1c' {
			s.line++
		}
		return nil
	}
}

// next is the next message and the line that it begins in; the bytes are good until the call after. After errLong,
// errOrphan and unpack.ErrDamaged one may go on.
func (s *splitter) next() (message []byte, line int, err error) {
	for s.end == nil {
		at := s.line
		if s.end = s.readSegment(); s.end != nil && !errors.Is(s.end, io.EOF) {
			break // what is under way is cut off: better none than half of it
		}
		segment := bytes.TrimLeft(bytes.TrimPrefix(s.segment, []byte("\xef\xbb\xbf")), "\x0b \t")
		switch {
		case len(segment) == 0:
			continue
		case isHeader(segment):
			message, line, err = s.take()
			s.begin, s.message, s.long = at, append(s.message, segment...), len(s.segment) == MaxMessage
		case isBatch(segment):
			message, line, err = s.take()
		default:
			s.add(segment, at)
		}
		if line > 0 {
			return message, line, err
		}
	}
	return s.last()
}

// last is what is under way at the end, then the reason for the end.
func (s *splitter) last() (message []byte, line int, err error) {
	line = s.line
	if s.begin > 0 {
		message, line, err = s.take()
		if errors.Is(s.end, io.EOF) {
			return message, line, err
		}
	}
	if err = s.end; errors.Is(err, unpack.ErrDamaged) {
		s.end = io.EOF // said once
	}
	return nil, line, err
}

// add appends a segment to the message, or to the text that belongs to none, of which only the first line matters.
func (s *splitter) add(segment []byte, line int) {
	if s.begin == 0 {
		s.begin, s.orphan = line, true
	}
	if s.orphan {
		return
	}
	if s.long = s.long || len(s.message)+len(segment) >= MaxMessage; !s.long {
		s.message = append(append(s.message, '\r'), segment...)
	}
}

// take ends what is under way; line is 0 if nothing was.
func (s *splitter) take() (message []byte, line int, err error) {
	switch {
	case s.orphan:
		err = errOrphan
	case s.long:
		err = errLong
	}
	message, line = s.message, s.begin
	s.message, s.given = s.given[:0], s.message
	s.begin, s.orphan, s.long = 0, false, false
	return message, line, err
}

// isBatch reports the headers and trailers of files and batches, which say nothing that the messages don't.
func isBatch(segment []byte) bool {
	for _, name := range []string{"FHS", "BHS", "BTS", "FTS"} {
		if bytes.HasPrefix(segment, []byte(name)) && (len(segment) == 3 || isMark(segment[3])) {
			return true
		}
	}
	return false
}
