package socket

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/gobwas/ws"
)

// minStep is the least that a message buffer grows by.
const minStep = 512

// burst takes in frames until there are no bytes that begin another one.
func (c *Conn) burst() error {
	for len(c.in.pending) > 0 {
		whole, err := c.frame()
		if err != nil {
			return c.broken(err)
		}
		c.in.last, c.in.pinged = time.Now(), false
		if !whole {
			continue
		}
		if err := c.deliver(); err != nil {
			return err
		}
	}
	c.in.rest()
	return nil
}

// deliver gives the message to handle, unless the connection is closing.
func (c *Conn) deliver() error {
	if c.closing() {
		return errClosing
	}
	c.in.rest() // handle may take its time
	if err := c.handle(*c.in.msg); err != nil {
		code, reason := closeCode(err)
		c.beginClose(code, reason, false)
		return err
	}
	c.in.drop()
	return nil
}

// frame takes in one frame and reports whether in.msg is a whole message now.
func (c *Conn) frame() (whole bool, err error) {
	h, err := c.header()
	if err != nil {
		return false, err
	}
	if h.OpCode.IsControl() {
		return false, c.control(h)
	}
	if err := c.data(h); err != nil || !h.Fin {
		return false, err
	}
	return true, checkText(*c.in.msg)
}

// header reads a frame's header and checks it.
func (c *Conn) header() (ws.Header, error) {
	h, err := ws.ReadHeaderBuffer((*stream)(c), c.in.head[:])
	if errors.Is(err, ws.ErrHeaderLengthMSB) {
		return h, protocolError("length out of range")
	}
	if err != nil {
		return h, fmt.Errorf("read: %w", err)
	}
	c.in.left = h.Length
	state := ws.StateServerSide
	if c.in.fragmented {
		state = state.Set(ws.StateFragmented)
	}
	if err := ws.CheckHeader(h, state); err != nil {
		return h, protocolError(err.Error())
	}
	return h, nil
}

// data adds a frame's payload to the message. Sizes are checked before anything is read.
func (c *Conn) data(h ws.Header) error {
	if h.OpCode == ws.OpBinary {
		return &CloseError{Code: uint16(ws.StatusUnsupportedData), Reason: "binary message"}
	}
	if c.in.msg == nil {
		c.in.msg = messages.Get().(*[]byte)
	}
	if h.Length > int64(c.max-len(*c.in.msg)) {
		return &CloseError{Code: uint16(ws.StatusMessageTooBig), Reason: "message too big"}
	}
	c.in.fragmented = !h.Fin
	msg, err := c.payload(*c.in.msg, h.Mask)
	*c.in.msg = msg
	return err
}

// control answers a ping or a close frame. Any frame is a sign of life, which is all that a pong is.
func (c *Conn) control(h ws.Header) error {
	head := appendHeader(make([]byte, 0, 2+h.Length), ws.OpPong, int(h.Length))
	frame, err := c.payload(head, h.Mask)
	if err != nil {
		return err
	}
	switch h.OpCode {
	case ws.OpPing:
		c.answer(frame)
	case ws.OpClose:
		return c.peerClose(frame[len(head):])
	}
	return nil
}

// answer has pong written. It takes the place of one that is not yet written, as RFC 6455, 5.5.3, allows: a flood of
// pings queues nothing.
func (c *Conn) answer(pong []byte) {
	c.mu.Lock()
	c.pong = pong
	c.mu.Unlock()
	c.Wake()
}

// payload appends the rest of the frame's payload to dst, unmasked. dst grows with what has arrived, not with what the
// header announced: a client must send the memory that it takes.
func (c *Conn) payload(dst []byte, mask [4]byte) ([]byte, error) {
	for done := 0; c.in.left > 0; {
		step := int(min(c.in.left, int64(max(len(dst), minStep))))
		dst = slices.Grow(dst, step)
		part := dst[len(dst) : len(dst)+step]
		n, err := io.ReadFull((*stream)(c), part)
		if err != nil {
			return dst, fmt.Errorf("read: %w", err)
		}
		ws.Cipher(part, mask, done)
		dst = dst[:len(dst)+n]
		done += n
		c.in.left -= int64(n)
	}
	return dst, nil
}

func checkText(p []byte) error {
	if !utf8.Valid(p) {
		return &CloseError{Code: uint16(ws.StatusInvalidFramePayloadData), Reason: "text is not UTF-8"}
	}
	return nil
}
