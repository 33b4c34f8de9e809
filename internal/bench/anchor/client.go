package anchor

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/lxzan/gws"
)

// client is one connection.
type client struct {
	s      *Server
	socket *gws.Conn
	person string
	out    []byte // of the delivering goroutine: frames that leave with one write
}

// write sends whole frames, with one system call. net.Conn lets one write in at a time and finishes it.
func (c *client) write(frames []byte) {
	_, _ = c.socket.NetConn().Write(frames) // the reading goroutine notices one that is gone
}

// connect takes a WebSocket over: its goroutine reads it to its end. Whoever presents a cursor is told what came after; what comes in just
// that moment is missed, which no load does.
func (s *Server) connect(w http.ResponseWriter, r *http.Request) {
	socket, err := s.upgrader.Upgrade(w, r)
	if err != nil {
		return // it was answered
	}
	c := &client{s: s, socket: socket, person: token(r)}
	socket.Session().Store(sessionKey, c)
	first := appendFrame(nil, []byte(`{"op":"ready","cursor":"a.0","head":0,"heartbeat_s":15}`))
	if cursor := r.URL.Query().Get("cursor"); cursor != "" && s.commits != nil {
		after, _ := strconv.ParseInt(strings.TrimPrefix(cursor, "a."), 10, 64) // another cursor is the beginning
		missed, err := s.commits.since(r.Context(), c.person, after)
		if err != nil {
			_ = socket.NetConn().Close()
			return
		}
		first = append(first, missed...)
	}
	s.admit(c, first)
}

// admit lets a connection in and reads it, unless the end has begun. first is what it is told before anything else; once
// it has that, it misses nothing.
func (s *Server) admit(c *client, first []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		_ = c.socket.NetConn().Close()
		return
	}
	c.write(first)
	s.clients[c.person] = append(s.clients[c.person], c)
	s.open[c] = struct{}{}
	s.reading.Go(c.socket.ReadLoop)
}

const sessionKey = "client"

// handler gets what connections read. One of a connection's calls runs at a time.
type handler struct {
	gws.BuiltinEventHandler
	s *Server
}

// OnClose implements gws.Event.
func (h handler) OnClose(socket *gws.Conn, _ error) {
	v, ok := socket.Session().Load(sessionKey)
	if !ok {
		return
	}
	c := v.(*client)
	h.s.mu.Lock()
	defer h.s.mu.Unlock()
	delete(h.s.open, c)
	left := h.s.clients[c.person][:0:0]
	for _, other := range h.s.clients[c.person] {
		if other != c {
			left = append(left, other)
		}
	}
	h.s.clients[c.person] = left
}

// OnMessage implements gws.Event.
func (h handler) OnMessage(socket *gws.Conn, frame *gws.Message) {
	defer func() { _ = frame.Close() }() // gives its buffer back
	v, _ := socket.Session().Load(sessionKey)
	c := v.(*client)
	sent, ok := parse(frame.Bytes())
	if !ok {
		return // acks and marks
	}
	h.s.mu.RLock()
	where := h.s.rooms[string(sent.conversation)]
	h.s.mu.RUnlock()
	if where == nil {
		return
	}
	where.last++
	p := posted{from: c, room: where, seq: where.last}
	if h.s.commits == nil {
		body := sent.appendMessage(nil, where, c.person, where.last, where.last)
		h.s.tell(&p, appendSent(nil, sent.ref, body), appendChanges(nil, 0, body), (*client).write)
		return
	}
	p.keep(sent)
	h.s.commits.submit(&p)
}

// tell gives the acknowledgement to the sender and the change to the members' connections.
func (s *Server) tell(p *posted, ack, change []byte, give func(*client, []byte)) {
	give(p.from, ack)
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, member := range p.room.members {
		if member == p.from.person && !p.room.echo {
			continue
		}
		for _, c := range s.clients[member] {
			give(c, change)
		}
	}
}
