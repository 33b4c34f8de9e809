package client

import (
	"context"
	"fmt"
	"time"

	"kinward/internal/protocol"
)

// Kind names a way of receiving the feed.
type Kind string

// The four transports, best first, and the mode that chooses among them by itself.
const (
	Auto      Kind = "auto"
	WebSocket Kind = "websocket"
	SSE       Kind = "sse"
	LongPoll  Kind = "long-poll"
	Poll      Kind = "poll"
)

// kinds is in the order in which people are usually offered them.
var kinds = [...]Kind{Auto, WebSocket, SSE, LongPoll, Poll}

// Kinds are the values that Feed.SwitchTransport takes.
func Kinds() []Kind { return append([]Kind(nil), kinds[:]...) }

func (k Kind) check() error {
	for _, known := range kinds {
		if k == known {
			return nil
		}
	}
	return fmt.Errorf("transport %q: want auto, websocket, sse, long-poll or poll", string(k))
}

// Transport is one way of receiving the feed. The implementations differ in framing only: each Stream tells, in version
// order and from the cursor on, what the same feed holds.
type Transport interface {
	// Open connects and returns once the server has accepted the cursor; ctx bounds the opening only. Errors are *Error
	// for refusals (errors.Is: ErrSignedOut, ErrReset), anything else for trouble on the way.
	Open(ctx context.Context, cursor string) (Stream, error)
}

// Stream is an open connection. Next and Close are called by one goroutine; a Stream is of no use after Next has failed.
type Stream interface {
	// Next blocks for the next sign of life. Calling it says that everything returned before has been handled.
	Next(ctx context.Context) (Signal, error)
	// Close lets go of the connection at once and may be called after any error.
	Close() error
}

// Signal is one sign of life: changes, passing signs, a newer head, or nothing but "still here".
type Signal struct {
	Cursor    string // where to go on from after these changes; "" means as before
	Head      int64  // the version of the newest change in the deployment; 0 means not told
	Changes   []Change
	Ephemeral []Ephemeral
}

// Acker is a Stream on which a receiver must say that it has got everything up to a cursor, since no next request says
// it. Ack may be called while Next runs.
type Acker interface {
	Ack(ctx context.Context, cursor string) error
	// Every is the shortest pause between two acks.
	Every() time.Duration
}

// beating is a Stream that hears from the server at this interval even when nothing happens.
type beating interface {
	Heartbeat() time.Duration
}

// Close codes that have a meaning beyond their range.
const (
	closeReset         = protocol.CloseReset
	closeUnauthorized  = protocol.CloseUnauthorized
	closeComeBackFirst = 4000
	closeComeBackLast  = 4499
	closeFinalLast     = 4999
)

// final reports whether the server said that trying again is of no use.
func final(e *Error) bool { return e.Status > closeComeBackLast && e.Status <= closeFinalLast }

// transports are the four built-in ones, speaking as c.
func (c *Client) transports() map[Kind]Transport {
	return map[Kind]Transport{
		WebSocket: &socketTransport{c},
		SSE:       &eventTransport{c},
		LongPoll:  &pollTransport{client: c, hold: longPollHold},
		Poll:      &pollTransport{client: c},
	}
}
