package socket

import (
	"errors"
	"fmt"

	"github.com/gobwas/ws"
)

// Why Serve ended, beside errors of the network and of handle.
var (
	// ErrSlow: the client didn't take the bytes of one write within the write timeout.
	ErrSlow = errors.New("socket: client reads too slowly")
	// ErrSilent: nothing came from the client for the idle timeout, although it was pinged.
	ErrSilent = errors.New("socket: client is silent")
)

// CloseError is an end with a close code. Serve returns one when the client broke the protocol; handle may return
// one, or wrap one, to choose what the client is told.
type CloseError struct {
	Code   uint16
	Reason string
}

func (e *CloseError) Error() string {
	return fmt.Sprintf("socket: closed with %d: %s", e.Code, e.Reason)
}

// errClosing ends the receiving when the closing handshake has begun; it never leaves the package.
var errClosing = errors.New("socket: closing")

func protocolError(reason string) error {
	return &CloseError{Code: uint16(ws.StatusProtocolError), Reason: reason}
}
