package tui

import "sort"

// scroll is which part of a transcript's lines is in view. It holds on to a line, not to a number of lines, so that what
// is read stays where it is when lines come in above or below.
type scroll struct {
	up     bool // away from the end: anchor is the top line in view
	anchor place
}

// window is the part of lines in view, for a view of h lines.
func (s *scroll) window(lines []textLine, h int) (from, to int) {
	end := max(0, len(lines)-h)
	if !s.up {
		return end, len(lines)
	}
	from = sort.Search(len(lines), func(i int) bool { return !lines[i].before(s.anchor) })
	if from >= end {
		s.up = false
		from = end
	}
	return from, min(from+h, len(lines))
}

// by moves the view by n lines, negative towards the beginning.
func (s *scroll) by(lines []textLine, h, n int) {
	from, _ := s.window(lines, h)
	s.to(lines, h, from+n)
}

// to puts the view at a line.
func (s *scroll) to(lines []textLine, h, from int) {
	from = max(0, from)
	if from >= len(lines)-h {
		s.up = false
		return
	}
	s.up, s.anchor = true, lines[from].place
}

// show moves the view as little as needed to have a message in it.
func (s *scroll) show(lines []textLine, h int, seq int64) {
	head := sort.Search(len(lines), func(i int) bool { return !lines[i].before(place{seq, partName}) })
	tail := sort.Search(len(lines), func(i int) bool { return !lines[i].before(place{seq + 1, partDay}) })
	from, to := s.window(lines, h)
	switch {
	case head < from:
		s.to(lines, h, head)
	case tail > to:
		s.to(lines, h, min(head, tail-h))
	}
}

// open puts the unread line a quarter down, or shows the end where there is none.
func (s *scroll) open(lines []textLine, h int, newFrom int64) {
	s.up = false
	if newFrom == 0 {
		return
	}
	i := sort.Search(len(lines), func(i int) bool { return !lines[i].before(place{newFrom, partNew}) })
	s.to(lines, h, i-h/4)
}

// seen is the newest message of which the last line is in view, 0 for none.
func (s *scroll) seen(lines []textLine, h int) int64 {
	from, to := s.window(lines, h)
	for i := to - 1; i >= from; i-- {
		whole := i == len(lines)-1 || lines[i+1].seq != lines[i].seq
		if whole && lines[i].seq > 0 && lines[i].seq < pendingSeq {
			return lines[i].seq
		}
	}
	return 0
}
