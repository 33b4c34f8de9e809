package socket

import (
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"syscall"
)

// watchSystem is an epoll instance, which Go's own poller waits on, so that no thread is blocked in it. Connections are in
// both: each tells its own waiters.
type watchSystem struct {
	file *os.File
	raw  syscall.RawConn
	fd   int

	closed atomic.Bool
}

const watchedFor = syscall.EPOLLIN | syscall.EPOLLRDHUP | syscall.EPOLLONESHOT

func (s *watchSystem) open() error {
	fd, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
	if err != nil {
		return fmt.Errorf("watch connections: %w", err)
	}
	if err := syscall.SetNonblock(fd, true); err != nil { // makes os.NewFile give it to the poller
		return errors.Join(fmt.Errorf("watch connections: %w", err), syscall.Close(fd))
	}
	s.fd, s.file = fd, os.NewFile(uintptr(fd), "epoll")
	s.raw, err = s.file.SyscallConn()
	return err
}

func (s *watchSystem) control(op int, watched Watched) error {
	var err error
	outer := watched.raw.Control(func(fd uintptr) {
		e := syscall.EpollEvent{Events: watchedFor, Fd: int32(watched.key), Pad: int32(watched.key >> 32)} //nolint:gosec // two halves
		err = syscall.EpollCtl(s.fd, op, int(fd), &e)
	})
	return errors.Join(outer, err)
}

func (s *watchSystem) add(_ *Watch, watched Watched) error {
	return s.control(syscall.EPOLL_CTL_ADD, watched)
}

func (s *watchSystem) again(_ *Watch, watched Watched) error {
	return s.control(syscall.EPOLL_CTL_MOD, watched)
}

// forget fails where the connection is closed, which has made the system forget it.
func (s *watchSystem) forget(watched Watched) { _ = s.control(syscall.EPOLL_CTL_DEL, watched) }

func (s *watchSystem) run(w *Watch) error {
	events := make([]syscall.EpollEvent, 128)
	for {
		var n int
		var failed error
		err := s.raw.Read(func(fd uintptr) bool {
			n, failed = syscall.EpollWait(int(fd), events, 0)
			return n > 0 || failed != nil && !errors.Is(failed, syscall.EINTR)
		})
		switch {
		case s.closed.Load():
			return nil
		case err != nil:
			return fmt.Errorf("watch connections: %w", err)
		case n <= 0:
			return fmt.Errorf("watch connections: %w", failed)
		}
		for _, e := range events[:n] {
			w.tell(uint64(uint32(e.Fd)) | uint64(uint32(e.Pad))<<32) //nolint:gosec // two halves
		}
	}
}

func (s *watchSystem) close() error {
	s.closed.Store(true)
	return s.file.Close()
}
