package bench

import "fmt"

// Faults are messages that weren't told as they were sent. All zero is the only good result.
type Faults struct {
	Lost        int64 `json:"lost"`        // never came, and nothing more was under way
	Doubled     int64 `json:"doubled"`     // came again
	Reordered   int64 `json:"reordered"`   // came after a later one
	Damaged     int64 `json:"damaged"`     // came with another content than was sent
	Misnumbered int64 `json:"misnumbered"` // came with another seq than its place in the conversation
}

// Any says whether there was one.
func (f Faults) Any() bool { return f != Faults{} }

// Add counts those of g too.
func (f *Faults) Add(g Faults) {
	f.Lost += g.Lost
	f.Doubled += g.Doubled
	f.Reordered += g.Reordered
	f.Damaged += g.Damaged
	f.Misnumbered += g.Misnumbered
}

func (f Faults) String() string {
	return fmt.Sprintf("%d lost, %d doubled, %d reordered, %d damaged, %d misnumbered", f.Lost, f.Doubled, f.Reordered, f.Damaged, f.Misnumbered)
}

// ledger is one reader's account of one conversation that one sender writes numbered texts into, from 0 on, the first
// being the conversation's first message. One goroutine uses it at a time.
type ledger struct {
	fill   *filling
	place  uint32
	next   int64              // all below came, but for missing
	came   int64              // different messages
	missed map[int64]struct{} // below next, not come yet
	faults Faults
}

// take notes a message and says which it is; fresh is false for one that is damaged or came before.
func (l *ledger) take(m *message) (n int64, fresh bool) {
	n, ok := l.fill.number(m.text, l.place)
	if !ok {
		l.faults.Damaged++
		return 0, false
	}
	if m.seq != n+1 {
		l.faults.Misnumbered++
	}
	switch {
	case n == l.next:
		l.next++
	case n > l.next:
		l.miss(n)
	default:
		if _, late := l.missed[n]; !late {
			l.faults.Doubled++
			return n, false
		}
		delete(l.missed, n)
		l.faults.Reordered++
	}
	l.came++
	return n, true
}

// miss notes that those up to n were passed over.
func (l *ledger) miss(n int64) {
	const bound = 1 << 20 // a number from nowhere must not take the memory; what is beyond counts as lost at the end
	if l.missed == nil {
		l.missed = map[int64]struct{}{}
	}
	for ; l.next < n && len(l.missed) < bound; l.next++ {
		l.missed[l.next] = struct{}{}
	}
	l.next = n + 1
}

// end closes the account: sent messages were sent.
func (l *ledger) end(sent int64) Faults {
	f := l.faults
	f.Lost += max(sent-l.came, 0)
	if l.came > sent {
		f.Damaged += l.came - sent // nobody sent them
	}
	return f
}
