//go:build unix

package socket

import (
	"errors"
	"sync"
	"syscall"
)

// attempt is one write that doesn't wait. Its method value is made once, so that a write allocates nothing.
type attempt struct {
	p   []byte
	n   int
	err error
	do  func(fd uintptr) bool
}

var attempts = sync.Pool{New: func() any {
	a := &attempt{}
	a.do = a.write
	return a
}}

func (a *attempt) write(fd uintptr) bool {
	for {
		a.n, a.err = syscall.Write(int(fd), a.p)
		if !errors.Is(a.err, syscall.EINTR) {
			return true // whatever came of it: nobody is to wait here
		}
	}
}

// writeNow writes what the kernel takes of p without waiting; n may be less than all of it, without an error.
func writeNow(raw syscall.RawConn, p []byte) (n int, err error) {
	if raw == nil || len(p) == 0 {
		return 0, nil
	}
	a := attempts.Get().(*attempt)
	a.p = p
	err = raw.Write(a.do) // fails on a closed connection, and past a deadline
	if err == nil {
		err = a.err
	}
	n = max(a.n, 0)
	a.p, a.n, a.err = nil, 0, nil
	attempts.Put(a)
	if errors.Is(err, syscall.EAGAIN) {
		err = nil
	}
	return n, err
}
