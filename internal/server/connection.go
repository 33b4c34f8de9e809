package server

import (
	"context"
	"errors"
	"runtime/debug"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"
	"golang.org/x/time/rate"

	"kinward/internal/account"
	"kinward/internal/chat"
	"kinward/internal/feed"
	"kinward/internal/id"
	"kinward/internal/problem"
	"kinward/internal/protocol"
	"kinward/internal/socket"
)

const (
	// maxInFlight bounds the bytes of sends whose answers the client has not begun to take; beyond it the socket is not
	// read, for takeAnswers at most: then the client is cut, since it does not read either.
	maxInFlight  = 1 << 20
	inFlightCost = 512
	takeAnswers  = 30 * time.Second
	// maxAnswers bounds the other answers that wait for a client that asks and does not read.
	maxAnswers = 2 << 20
	// maxUnread frames in a row that can't be read are one programme's mistake, which no more answers will mend.
	maxUnread = 16
	// messageSize is about how long a message is on the wire beside its text.
	messageSize = 384
	// maxFrame is about how long a frame of several changes gets.
	maxFrame = 64 << 10
)

// connection is one WebSocket. Fields above mu are set by the reading goroutine before the subscription exists.
type connection struct {
	s      *Server
	conn   *socket.Conn
	token  string
	cursor string // of the request or of the auth frame
	actor  account.Actor
	timer  *time.Timer
	begun  bool
	unread int // frames in a row that could not be read; of the reading goroutine
	sends  *rate.Limiter
	room   *semaphore.Weighted

	mu      sync.Mutex
	sub     *feed.Subscription
	answers [][]byte // framed, in the order made
	bytes   int      // of those that hold no room
	held    int64    // room that the others hold
	told    told

	ended      bool  // owned by Fill: bye has been said
	cursorTold int64 // owned by Fill
	long       bool  // owned by Fill; see takePage
}

// begin subscribes a connection that is signed in.
func (c *connection) begin(ctx context.Context) error {
	position, err := c.s.position(ctx, c.cursor)
	if err != nil {
		return err
	}
	if c.cursor != "" {
		c.s.received(ctx, c.actor, position)
	} else {
		c.askNext()
	}
	c.sends = c.s.limits.sender(c.actor.Session.String())
	c.room = semaphore.NewWeighted(maxInFlight)
	c.answer(protocol.AppendReadyFrame(nil, c.s.cursor(position), c.s.o.Hub.Head(), protocol.HeartbeatSeconds))
	sub := c.s.o.Hub.Subscribe(c.actor.Person, c.actor.Session, position, c.conn.Wake)
	sub.Promptly(c.conn.Now)
	c.mu.Lock()
	c.sub = sub
	c.mu.Unlock()
	c.conn.Wake()
	c.begun = true
	_, err = c.s.o.Accounts.Authenticate(ctx, c.token) // see stillSignedIn
	return err
}

func (c *connection) leave() {
	if c.timer != nil {
		c.timer.Stop()
	}
	if c.sub != nil {
		c.sub.Close()
	}
	c.s.written(&c.long) // nothing is, any more
}

// answer queues one frame for the client. A client that sends without reading its answers is cut.
func (c *connection) answer(payload []byte) {
	frame := socket.Frame(payload)
	c.mu.Lock()
	c.answers = append(c.answers, frame)
	c.bytes += len(frame)
	full := c.bytes > maxAnswers
	c.mu.Unlock()
	if full {
		c.conn.Close(protocol.CloseTooSlow, "answers are not read")
		return
	}
	c.conn.Wake()
}

func (c *connection) bye(code string, closeCode uint16, retry time.Duration) {
	c.answer(protocol.AppendByeFrame(nil, code, int(retry/time.Millisecond)))
	c.conn.Close(closeCode, code)
}

// refuse answers an error: those that end the connection with bye and a close code, the others with an error frame.
func (c *connection) refuse(ref string, err error) {
	p := asProblem(err)
	switch p.Code {
	case problem.Reset:
		c.bye(string(p.Code), protocol.CloseReset, 0)
	case problem.Unauthenticated:
		c.bye(string(p.Code), protocol.CloseUnauthorized, 0)
	case problem.Internal:
		c.s.o.Log.Error("a frame failed", "error", err)
		fallthrough
	default:
		c.answer(protocol.AppendErrorFrame(nil, ref, string(p.Code), p.Detail, p.Field))
	}
}

// handle is called with each frame of the client, one at a time.
func (c *connection) handle(ctx context.Context, frame []byte) (err error) {
	defer func() { // net/http does the same for its requests: one frame must not end the server
		if v := recover(); v != nil {
			c.s.o.Log.Error("a frame made the server stumble", "panic", v, "stack", string(debug.Stack()))
			err = &socket.CloseError{Code: 1011, Reason: "internal error"}
		}
	}()
	var f protocol.ClientFrame
	if err := protocol.Decode(frame, &f); err != nil {
		if asProblem(err).Code != problem.Malformed {
			c.unread = 0
		} else if c.unread++; c.unread > maxUnread {
			c.bye(string(problem.Malformed), protocol.CloseMalformed, 0)
			return nil
		}
		c.refuse(protocol.RefOf(frame), err)
		return nil
	}
	c.unread = 0
	if !c.begun && f.Op != "auth" {
		c.refuse("", problem.New(problem.Unauthenticated, "the first frame is auth {token, cursor}"))
		return nil
	}
	if err := c.do(ctx, f); err != nil {
		c.refuse(f.Ref, err)
	}
	return nil
}

func (c *connection) do(ctx context.Context, f protocol.ClientFrame) error {
	switch f.Op {
	case "send":
		return c.send(ctx, f)
	case "ack":
		return c.ack(ctx, f.Cursor)
	case "ping":
		c.answer(protocol.AppendPongFrame(nil, c.s.o.Hub.Head()))
		return nil
	case "mark", "typing":
		conversation, err := bodyID[id.Conversation]("conversation", f.Conversation)
		if err != nil {
			return err
		}
		if f.Op == "typing" {
			return c.s.o.Chat.Typing(ctx, c.actor, conversation)
		}
		return c.mark(ctx, f.Ref, conversation, f.Read)
	case "auth":
		return c.auth(ctx, f)
	}
	return problem.Field("op", "op is one of auth, send, mark, typing, ack, ping")
}

func (c *connection) auth(ctx context.Context, f protocol.ClientFrame) error {
	if c.begun {
		return problem.Field("op", "this socket is signed in already")
	}
	if f.Cursor != "" {
		if _, err := protocol.ParseCursor(f.Cursor); err != nil {
			return err // the client may try again, until the time for signing in is up
		}
	}
	actor, err := c.s.o.Accounts.Authenticate(ctx, f.Token)
	if err != nil {
		return err
	}
	c.timer.Stop()
	c.token, c.actor = f.Token, actor
	if f.Cursor != "" {
		c.cursor = f.Cursor
	}
	if err := c.begin(ctx); err != nil {
		c.giveUp(err)
	}
	return nil
}

// giveUp ends a connection that could not begin.
func (c *connection) giveUp(err error) {
	switch p := asProblem(err); p.Code {
	case problem.Reset, problem.Unauthenticated:
		c.refuse("", err)
	default:
		c.s.o.Log.Warn("a feed can't begin; the client is asked to come back", "error", err)
		c.bye(string(p.Code), protocol.CloseRestarting, comeBack)
	}
}

// send queues a message and returns; the answer comes when it is durable. Sends of a connection are numbered in the order
// in which they came.
func (c *connection) send(ctx context.Context, f protocol.ClientFrame) error {
	conversation, err := bodyID[id.Conversation]("conversation", f.Conversation)
	if err != nil {
		return err
	}
	if f.Message == nil {
		return problem.Field("message", "a send needs a message with id and text")
	}
	post, err := postOf(*f.Message)
	if err != nil {
		return underMessage(err)
	}
	if err := c.sends.Wait(ctx); err != nil {
		return err
	}
	cost := int64(inFlightCost + len(post.Text))
	if err := c.makeRoom(ctx, cost); err != nil {
		return err
	}
	ref := f.Ref
	err = c.s.o.Chat.Submit(ctx, c.actor, conversation, post, func(m chat.Message, _ bool, err error) {
		if err != nil {
			c.room.Release(cost)
			c.refuse(ref, underMessage(err))
			return
		}
		c.sent(ref, m, cost)
	})
	if err != nil {
		c.room.Release(cost)
	}
	return underMessage(err)
}

// underMessage names the fields of a send frame's message as they stand in the frame.
func underMessage(err error) error {
	var p *problem.Error
	if errors.As(err, &p) && (p.Field == "id" || p.Field == "text" || p.Field == "reply_to") {
		named := *p
		named.Field = "message." + p.Field
		return &named
	}
	return err
}

// makeRoom waits for a client that sends faster than it reads.
func (c *connection) makeRoom(ctx context.Context, cost int64) error {
	if c.room.TryAcquire(cost) {
		return nil
	}
	wait, cancel := context.WithTimeout(ctx, takeAnswers)
	defer cancel()
	if err := c.room.Acquire(wait, cost); err != nil {
		if ctx.Err() == nil {
			c.conn.Close(protocol.CloseTooSlow, "answers are not read")
		}
		return &problem.Error{Code: problem.Unavailable, Detail: "read the answers first, then send again", Err: err}
	}
	return nil
}

// sent answers a send, whose room it holds until the answer is being written. It is called while its batch is being told, so
// the connection is woken with the batch's readers: once, for all its answers and changes.
func (c *connection) sent(ref string, m chat.Message, cost int64) {
	wire := wireMessage(m)
	frame := socket.Finish(protocol.AppendSentFrame(socket.Begin(messageSize+len(m.Text)), ref, &wire))
	c.mu.Lock()
	c.answers = append(c.answers, frame)
	c.held += cost
	sub := c.sub
	c.mu.Unlock()
	sub.Nudge()
}

func (c *connection) ack(ctx context.Context, cursor string) error {
	if cursor == "" {
		return problem.Field("cursor", "an ack names the cursor of the last changes frame")
	}
	position, err := c.s.position(ctx, cursor)
	if err != nil {
		return err
	}
	c.mu.Lock()
	marks, ok := c.told.take(position, c.actor.Person)
	c.mu.Unlock()
	if !ok {
		c.s.received(ctx, c.actor, position)
		return nil
	}
	c.s.presented.rises(c.actor.Person, position)
	return c.submit(ctx, inFlightCost, func(done func(error)) error {
		return c.s.o.Chat.SubmitDelivered(ctx, marks, func(err error) {
			done(err)
			if err != nil {
				c.s.presented.forget(c.actor.Person)
				c.askNext()
				c.s.o.Log.Debug("a delivered mark could not be noted", "error", err)
			}
		})
	})
}

// mark queues a read mark and returns; only a refusal is answered.
func (c *connection) mark(ctx context.Context, ref string, conversation id.Conversation, read int64) error {
	return c.submit(ctx, inFlightCost, func(done func(error)) error {
		return c.s.o.Chat.SubmitRead(ctx, c.actor, conversation, read, func(err error) {
			done(err)
			if err != nil {
				c.refuse(ref, err)
			}
		})
	})
}

// submit makes room for something that the journal decides later: done gives the room back.
func (c *connection) submit(ctx context.Context, cost int64, queue func(done func(error)) error) error {
	if err := c.makeRoom(ctx, cost); err != nil {
		return err
	}
	err := queue(func(error) { c.room.Release(cost) })
	if err != nil {
		c.room.Release(cost)
	}
	return err
}

// askNext has the next ack ask the database, since what this socket was told isn't all that it acknowledges.
func (c *connection) askNext() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.told.ask = true
}

// FillNow implements socket.Prompt: it leaves to Fill what has to be read, and endings.
func (c *connection) FillNow(dst [][]byte) ([][]byte, bool) {
	c.mu.Lock()
	sub := c.sub
	c.mu.Unlock()
	if sub == nil || c.ended {
		return dst, false
	}
	page, ready := sub.TakeQueued(shortPage)
	if !ready {
		return dst, false
	}
	dst, _ = c.fillAnswers(dst)
	return c.fillPage(dst, page), !page.More
}

// fillAnswers appends the answers that wait, whose room is free again.
func (c *connection) fillAnswers(dst [][]byte) ([][]byte, *feed.Subscription) {
	c.mu.Lock()
	dst = append(dst, c.answers...)
	held, sub := c.held, c.sub
	c.answers, c.bytes, c.held = nil, 0, 0
	c.mu.Unlock()
	if held > 0 {
		c.room.Release(held)
	}
	return dst, sub
}

// Fill implements socket.Source: answers first, then what the subscription has.
func (c *connection) Fill(dst [][]byte) [][]byte {
	dst, sub := c.fillAnswers(dst)
	if sub == nil || c.ended {
		return dst
	}
	for {
		page, err := c.s.takePage(c.s.liveCtx, sub, &c.long)
		if err != nil {
			c.ended = true
			c.s.o.Log.Warn("a feed can't be read; the client is asked to come back", "error", err)
			c.conn.Close(protocol.CloseRestarting, "the feed can't be read just now")
			return dst
		}
		dst = c.fillPage(dst, page)
		if len(dst) > 0 || !page.More {
			return dst // with nothing given nobody would ask again for the rest
		}
	}
}

func (c *connection) fillPage(dst [][]byte, page feed.Page) [][]byte {
	c.mu.Lock()
	c.told.add(page.Events)
	c.mu.Unlock()
	defer func() { c.cursorTold = page.Cursor }()
	if len(page.Events) <= 8 {
		for _, e := range page.Events {
			dst = append(dst, e.Frame(c.s.changesFrame))
		}
	} else {
		dst = c.s.packFrames(dst, page.Events)
	}
	for _, e := range page.Ephemeral {
		w := wireEphemeral(e)
		dst = append(dst, socket.Frame(protocol.AppendEphemeralFrame(nil, &w)))
	}
	if page.Beat && !page.More {
		if len(page.Events) == 0 && page.Cursor > c.cursorTold { // others' changes: the client's cursor moves on
			dst = append(dst, socket.Frame(protocol.AppendChangesFrame(nil, c.s.cursor(page.Cursor))))
		}
		dst = append(dst, socket.Frame(protocol.AppendHeadFrame(nil, page.Head)))
	}
	c.ended = page.End != ""
	switch page.End {
	case "":
	case feed.SignedOut:
		dst = append(dst, socket.Frame(protocol.AppendByeFrame(nil, byeCode(page.End), 0)))
		c.conn.Close(protocol.CloseUnauthorized, byeCode(page.End))
	default:
		dst = append(dst, socket.Frame(protocol.AppendByeFrame(nil, byeCode(page.End), int(comeBack/time.Millisecond))))
		c.conn.Close(protocol.CloseRestarting, byeCode(page.End))
	}
	return dst
}

// changesFrame is a frame of one change, shared by everyone who is told it.
func (s *Server) changesFrame(e *feed.Event) []byte {
	return socket.Finish(protocol.AppendChangesFrame(socket.Begin(len(e.JSON)+96), s.cursor(e.Version), e.JSON))
}

// packFrames puts the changes of a long page into few frames.
func (s *Server) packFrames(dst [][]byte, events []*feed.Event) [][]byte {
	var changes [][]byte
	size := 0
	for i, e := range events {
		changes = append(changes, e.JSON)
		size += len(e.JSON)
		if size >= maxFrame || i == len(events)-1 {
			dst = append(dst, socket.Finish(protocol.AppendChangesFrame(socket.Begin(size+len(changes)+96), s.cursor(e.Version), changes...)))
			changes, size = changes[:0], 0
		}
	}
	return dst
}
