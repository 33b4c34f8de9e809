package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/coder/websocket"

	"kinward/internal/protocol"
)

// ackEvery spares the server: a burst of messages is acknowledged once.
const ackEvery = 500 * time.Millisecond

// socketTransport receives over a WebSocket. The token goes in the handshake's header.
type socketTransport struct{ client *Client }

type socketStream struct {
	conn      *websocket.Conn
	heartbeat time.Duration
	first     *Signal              // what ready told, not yet returned
	bye       protocol.ServerFrame // the server's last word before it closes
}

func (t *socketTransport) Open(ctx context.Context, cursor string) (Stream, error) {
	u := *t.client.base.JoinPath("/feed/socket")
	if cursor != "" {
		u.RawQuery = url.Values{"cursor": {cursor}}.Encode()
	}
	header := http.Header{}
	t.client.identify(header)
	conn, resp, err := websocket.Dial(ctx, u.String(), &websocket.DialOptions{
		HTTPClient: t.client.opts.HTTPClient, HTTPHeader: header, Subprotocols: []string{protocol.Subprotocol},
	})
	if err != nil {
		if resp != nil && resp.StatusCode >= 300 {
			return nil, t.client.refusal(resp)
		}
		return nil, fmt.Errorf("open socket: %w", plain(err))
	}
	conn.SetReadLimit(maxAnswer)
	s := &socketStream{conn: conn, heartbeat: protocol.HeartbeatSeconds * time.Second}
	if err := s.greet(ctx); err != nil {
		conn.CloseNow()
		return nil, err
	}
	return s, nil
}

// greet waits for ready.
func (s *socketStream) greet(ctx context.Context) error {
	for {
		f, err := s.read(ctx)
		if err != nil {
			return err
		}
		if f.Op == "error" {
			return &Error{Status: http.StatusBadRequest, Code: f.Code, Detail: f.Detail, Field: f.Field}
		}
		if f.Op == "ready" {
			if f.HeartbeatS > 0 {
				s.heartbeat = time.Duration(f.HeartbeatS) * time.Second
			}
			s.first = &Signal{Head: f.Head}
			return nil
		}
	}
}

func (s *socketStream) Next(ctx context.Context) (Signal, error) {
	if first := s.first; first != nil {
		s.first = nil
		return *first, nil
	}
	f, err := s.read(ctx)
	if err != nil {
		return Signal{}, err
	}
	switch f.Op {
	case "changes":
		return Signal{Cursor: f.Cursor, Head: f.Head, Changes: f.Changes}, nil
	case "ephemeral":
		return Signal{Ephemeral: passing(f)}, nil
	case "head", "pong":
		return Signal{Head: f.Head}, nil
	}
	return Signal{}, nil // an error frame is about an ack, which the next one makes good
}

func (s *socketStream) read(ctx context.Context) (protocol.ServerFrame, error) {
	var f protocol.ServerFrame
	_, b, err := s.conn.Read(ctx)
	if err != nil {
		return f, s.closed(ctx, err)
	}
	if err := json.Unmarshal(b, &f); err != nil {
		return f, fmt.Errorf("decode frame: %w", err)
	}
	if f.Op == "bye" {
		s.bye = f
	}
	return f, nil
}

// closed joins the close code, which says whether to come back, with the bye before it, which says when.
func (s *socketStream) closed(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	c := websocket.CloseError{}
	if !errors.As(err, &c) || c.Code < 4000 {
		if s.bye.Code != "" {
			return farewell(s.bye)
		}
		return fmt.Errorf("socket: %w", err)
	}
	e := farewell(s.bye)
	e.Status, e.Title = int(c.Code), c.Reason
	return e
}

// Ack tells that everything up to cursor has been handled.
func (s *socketStream) Ack(ctx context.Context, cursor string) error {
	b, err := json.Marshal(protocol.ClientFrame{Op: "ack", Cursor: cursor})
	if err != nil {
		return fmt.Errorf("encode ack: %w", err)
	}
	return s.conn.Write(ctx, websocket.MessageText, b)
}

func (s *socketStream) Every() time.Duration { return ackEvery }

func (s *socketStream) Heartbeat() time.Duration { return s.heartbeat }

// Close doesn't wait for the server's half of the closing handshake: a switch of transport must take effect at once.
func (s *socketStream) Close() error { return s.conn.CloseNow() }

// farewell is the error of a bye.
func farewell(f protocol.ServerFrame) *Error {
	e := &Error{
		Status: protocol.CloseRestarting, Code: f.Code, Detail: f.Detail,
		RetryAfter: time.Duration(f.RetryAfterMS) * time.Millisecond,
	}
	switch f.Code { // event streams have no close code: there the bye alone says whether to come back
	case CodeReset:
		e.Status = closeReset
	case CodeUnauthenticated:
		e.Status = closeUnauthorized
	}
	return e
}

// passing reads the one passing sign of a frame. The frame's type names it, so a frame without one holds none.
func passing(f protocol.ServerFrame) []Ephemeral {
	if f.Type == "" {
		return nil
	}
	return []Ephemeral{{Type: f.Type, Person: f.Person, Conversation: f.Conversation, State: f.State}}
}
