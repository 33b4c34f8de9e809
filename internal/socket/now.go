package socket

import (
	"net"
	"syscall"
)

// rawOf is the file descriptor behind conn, for what must not wait; nil if there is none to be had.
func rawOf(conn net.Conn) syscall.RawConn {
	c, ok := conn.(syscall.Conn)
	if !ok {
		return nil
	}
	raw, err := c.SyscallConn()
	if err != nil {
		return nil
	}
	return raw
}
