package socket

import "github.com/gobwas/ws"

// outbox is a Conn as the source of its own flusher: control frames, then what the application's source has, then
// the close frame.
type outbox Conn

var pingFrame = appendHeader(nil, ws.OpPing, 0)

// Fill looks whether closing has begun before it asks the source: then an empty source has given all that it had when
// Close was called, and the close frame may follow.
func (o *outbox) Fill(dst [][]byte) [][]byte {
	c := (*Conn)(o)
	c.mu.Lock()
	var end ending
	closing := c.end != nil
	if closing {
		end = *c.end
	}
	if !end.sent {
		dst = c.appendControlLocked(dst)
	}
	c.mu.Unlock()

	if end.sent {
		return dst
	}
	if !end.hurry {
		n := len(dst)
		dst = c.src.Fill(dst)
		if !closing || len(dst) > n {
			return dst
		}
	}
	return c.appendClose(dst)
}

// FillNow implements [Prompt] for a connection that is open and whose source is one.
func (o *outbox) FillNow(dst [][]byte) ([][]byte, bool) {
	c := (*Conn)(o)
	src, ok := c.src.(Prompt)
	if !ok {
		return dst, false
	}
	c.mu.Lock()
	if c.end != nil {
		c.mu.Unlock()
		return dst, false
	}
	dst = c.appendControlLocked(dst)
	c.mu.Unlock()
	return src.FillNow(dst)
}

// appendControlLocked appends the pong and the ping that are owed: at most one of each, however many were asked for.
func (c *Conn) appendControlLocked(dst [][]byte) [][]byte {
	if c.pong != nil {
		dst = append(dst, c.pong)
		c.pong = nil
	}
	if c.pingOwed {
		dst = append(dst, pingFrame)
		c.pingOwed = false
	}
	return dst
}

func (c *Conn) appendClose(dst [][]byte) [][]byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.end.sent = true
	return append(dst, c.end.frame)
}
