//go:build !linux

package socket

import "sync"

// watchSystem is a goroutine for each connection that is watched, in a wait that reads nothing. It ends when the connection
// has something to read or is closed.
type watchSystem struct {
	closed  chan struct{}
	waiting sync.WaitGroup
}

func (s *watchSystem) open() error {
	s.closed = make(chan struct{})
	return nil
}

func (s *watchSystem) add(w *Watch, watched Watched) error { return s.again(w, watched) }

func (s *watchSystem) again(w *Watch, watched Watched) error {
	s.waiting.Go(func() {
		asked := false
		_ = watched.raw.Read(func(uintptr) bool { // an error is something to read
			defer func() { asked = true }()
			return asked
		})
		w.tell(watched.key)
	})
	return nil
}

// forget leaves the goroutine to the end of the connection, or to its next bytes.
func (s *watchSystem) forget(Watched) {}

func (s *watchSystem) run(*Watch) error {
	<-s.closed
	s.waiting.Wait()
	return nil
}

func (s *watchSystem) close() error {
	close(s.closed)
	return nil
}
