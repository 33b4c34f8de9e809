package kinwardtest

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/coder/websocket"
)

// oldSocket is a WebSocket of an old page.
type oldSocket struct {
	t    *testing.T
	conn *websocket.Conn
}

func (o oldServer) dialWith(token, path string, header ...string) (*oldSocket, *http.Response, error) {
	ctx, cancel := context.WithTimeout(o.t.Context(), patience)
	defer cancel()
	h := http.Header{}
	if token != "" {
		h.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	conn, res, err := websocket.Dial(ctx, strings.Replace(strings.TrimSuffix(o.URL, "/api/v1"), "http", "ws", 1)+"/legacy/"+path,
		&websocket.DialOptions{HTTPClient: caller, HTTPHeader: h})
	if err != nil {
		return nil, res, err
	}
	conn.SetReadLimit(64 << 20)
	s := &oldSocket{o.t, conn}
	o.t.Cleanup(func() { _ = conn.CloseNow() })
	return s, res, nil
}

func (o oldServer) dial(token, path string) *oldSocket {
	o.t.Helper()
	s, _, err := o.dialWith(token, path)
	if err != nil {
		o.t.Fatalf("dial: %v", err)
	}
	return s
}

// socket announces somebody at /legacy/socket as a page that can't set headers does.
func (o oldServer) socket(p Person) *oldSocket {
	o.t.Helper()
	s := o.dial("", "socket")
	s.send(object{"username": p.ID, "token": p.Token})
	s.send(object{}) // its refusal says that the announcement was taken
	s.refused("invalid", "toUser")
	return s
}

func (s *oldSocket) sendText(text string) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := s.conn.Write(ctx, websocket.MessageText, []byte(text)); err != nil {
		s.t.Fatalf("write: %v", err)
	}
}

func (s *oldSocket) send(v any) { s.t.Helper(); s.sendText(oldJSON(v)) }

func (s *oldSocket) next() ([]byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	_, frame, err := s.conn.Read(ctx)
	return frame, err
}

func (s *oldSocket) hear(v any) {
	s.t.Helper()
	frame, err := s.next()
	if err == nil {
		err = json.Unmarshal(frame, v)
	}
	if err != nil {
		s.t.Fatalf("read: %v: %.200s", err, frame)
	}
}

// hears reads a message that must be this one.
func (s *oldSocket) hears(from, to Person, text string) oldMessage {
	s.t.Helper()
	var m oldMessage
	s.hear(&m)
	if m.Message != text || m.FromUser != from.ID || m.ToUser != to.ID || m.ID == "" || !ownTime.MatchString(m.CreatedAt) {
		s.t.Fatalf("told %+v, want %q from %s", m, text, from.Handle)
	}
	return m
}

// refused reads an error.
func (s *oldSocket) refused(code, field string) {
	s.t.Helper()
	var f struct {
		Error struct{ Code, Detail, Field string }
	}
	s.hear(&f)
	if f.Error.Code != code || f.Error.Field != field || f.Error.Detail == "" {
		s.t.Fatalf("refused with %+v, want %s %s", f.Error, code, field)
	}
}

func (s *oldSocket) closedWith(code websocket.StatusCode) {
	s.t.Helper()
	for {
		if _, err := s.next(); err != nil {
			if got := websocket.CloseStatus(err); got != code {
				s.t.Fatalf("closed with %d (%v), want %d", got, err, code)
			}
			return
		}
	}
}

// hangUp closes in an orderly way.
func (s *oldSocket) hangUp() {
	s.t.Helper()
	if err := s.conn.Close(websocket.StatusNormalClosure, ""); err != nil {
		s.t.Fatalf("close: %v", err)
	}
}

// ask polls over an article's socket.
func (s *oldSocket) ask(p Person) (list []oldMessage) {
	s.t.Helper()
	s.send(object{"receiver": p.Handle})
	var raw json.RawMessage
	s.hear(&raw)
	if raw[0] != '[' || json.Unmarshal(raw, &list) != nil {
		s.t.Fatalf("answered %s, want an array", raw)
	}
	return list
}

// save sends over an article's socket.
func (s *oldSocket) save(from, to Person, text string) oldMessage {
	s.t.Helper()
	s.send(object{"sender": from.Handle, "receiver": to.Handle, "message": text})
	var m oldMessage
	s.hear(&m)
	if m.Message != text || m.Sender != from.Handle || m.Receiver != to.Handle || !uuidv7.MatchString(m.ID) || !ownTime.MatchString(m.CreatedAt) {
		s.t.Fatalf("saved as %+v, want %q from %s to %s", m, text, from.Handle, to.Handle)
	}
	return m
}
