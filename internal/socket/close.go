package socket

import (
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/gobwas/ws"
)

// closeTimeout bounds a closing handshake, the flush before it included: a client that is there answers in one round
// trip, and a restart with ten thousand connections can't wait for those that are not.
const closeTimeout = time.Second

// maxReason is what a control frame leaves beside the code.
const maxReason = ws.MaxControlFramePayloadSize - 2

// ending is the state of a closing handshake.
type ending struct {
	frame []byte    // the close frame to send
	by    time.Time // when the connection is cut
	hurry bool      // the source is not asked any more
	sent  bool      // frame was given to the flusher: nothing may follow it
}

func (c *Conn) closing() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.end != nil
}

// beginClose has the close frame sent, at once if hurry is set and after the source's frames otherwise. If closing has
// begun already its code stays, but it may be made to hurry.
func (c *Conn) beginClose(code uint16, reason string, hurry bool) {
	if !mayBeSent(code) {
		code = uint16(ws.StatusInternalServerError)
	}
	c.endWith(closeFrame(code, reason), hurry)
}

func (c *Conn) endWith(frame []byte, hurry bool) {
	c.mu.Lock()
	if c.end == nil {
		c.end = &ending{frame: frame, by: time.Now().Add(closeTimeout)}
		_ = c.conn.SetReadDeadline(c.end.by) // fails on a closed connection only
		c.out.bound(c.end.by)
	}
	c.end.hurry = c.end.hurry || hurry
	c.mu.Unlock()
	c.Wake()
}

// finish ends the connection after the last message: in an orderly way if closing has begun, at once if not.
func (c *Conn) finish() {
	if c.closing() {
		c.awaitClose()
		c.endWith(nil, true)
	} else {
		cut(c.conn)
	}
	c.in.release()
	_ = c.out.Stop() // had it failed before the reader did, broken would have said so
	if c.in.closed {
		_ = c.conn.Close()
	}
	cut(c.conn)
	c.detach()
}

// awaitClose drops what the client sends until its close frame is there, it is gone, or the time is up. Closing with
// unread bytes would make the kernel reset the connection and the client might never see our close frame.
func (c *Conn) awaitClose() {
	for !c.in.closed {
		_, err := io.CopyN(io.Discard, (*stream)(c), c.in.left)
		if err != nil {
			return
		}
		h, err := ws.ReadHeaderBuffer((*stream)(c), c.in.head[:])
		if err != nil {
			return
		}
		c.in.left = h.Length
		c.in.closed = h.OpCode == ws.OpClose
	}
}

// peerClose answers the client's close frame with its code.
func (c *Conn) peerClose(payload []byte) error {
	if err := checkClose(payload); err != nil {
		return err
	}
	c.in.closed = true
	var code uint16
	if len(payload) > 0 {
		code = binary.BigEndian.Uint16(payload)
	}
	c.endWith(closeFrame(code, ""), true)
	return errClosing
}

func checkClose(payload []byte) error {
	switch {
	case len(payload) == 0:
		return nil
	case len(payload) == 1:
		return protocolError("close frame of one byte")
	case !mayBeSent(binary.BigEndian.Uint16(payload)):
		return protocolError("close code that must not be sent")
	default:
		return checkText(payload[2:])
	}
}

// closeFrame returns a close frame; without a code if that is 0, as an answer to one without.
func closeFrame(code uint16, reason string) []byte {
	if code == 0 {
		return appendHeader(nil, ws.OpClose, 0)
	}
	reason = strings.ToValidUTF8(reason[:min(len(reason), maxReason)], "") // the cut may have split a character
	frame := appendHeader(make([]byte, 0, 4+len(reason)), ws.OpClose, 2+len(reason))
	return append(binary.BigEndian.AppendUint16(frame, code), reason...)
}

// mayBeSent reports whether a close frame may carry code: RFC 6455, 7.4, and the codes registered since (1012-1014).
func mayBeSent(code uint16) bool {
	switch ws.StatusCode(code) {
	case ws.StatusNoMeaningYet, ws.StatusNoStatusRcvd, ws.StatusAbnormalClosure:
		return false
	}
	return 1000 <= code && code <= 1014 || 3000 <= code && code <= 4999
}

// closeCode returns what to tell the client when handle failed with err.
func closeCode(err error) (code uint16, reason string) {
	if chosen, ok := errors.AsType[*CloseError](err); ok {
		return chosen.Code, chosen.Reason
	}
	return uint16(ws.StatusInternalServerError), ""
}
