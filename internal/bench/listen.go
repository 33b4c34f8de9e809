package bench

import "fmt"

// listener reads one conversation from one connection and verifies it. One goroutine runs it.
type listener struct {
	c        *conn
	ledger   ledger
	left     *times // when its messages left or were due
	inWindow int64  // messages that came while the window was open
}

// step reads a frame and accounts for its messages: what left within the window is recorded. It returns how many were
// new.
func (l *listener) step(w window, rec *recorder) (fresh int, err error) {
	f, err := l.c.next()
	if err != nil {
		return 0, fmt.Errorf("read messages: %w", err)
	}
	if err := f.trouble(); err != nil || string(f.op) != "changes" {
		return 0, err
	}
	now := w.now()
	for i := range f.messages {
		n, isNew := l.ledger.take(&f.messages[i])
		if !isNew {
			continue
		}
		fresh++
		if w.has(now) {
			l.inWindow++
		}
		if left, ok := l.left.of(n); ok && w.has(left) {
			rec.add(now - left)
		}
	}
	return fresh, nil
}
