package legacy

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"kinward/internal/account"
	"kinward/internal/feed"
	"kinward/internal/id"
	"kinward/internal/problem"
	"kinward/internal/protocol"
	"kinward/internal/socket"
)

const (
	openTimeout = 10 * time.Second // for the frame that says who this is
	idleTimeout = 75 * time.Second // a client that is silent for so long, although pinged, is gone
	// maxAnswers bounds, in bytes, what waits for a client that sends and does not read.
	maxAnswers = 2 << 20
	answerCost = 64
	// atOnce bounds the messages that are read for a client at a time.
	atOnce = 50
)

// speech is one of the two protocols over WebSockets.
type speech interface {
	// arrived is called before any frame if the request told who this is.
	arrived(ctx context.Context) error
	// heard is called with each frame of the client, one at a time.
	heard(ctx context.Context, frame []byte) error
	// tell appends what is to be written now, the line's answers among it. It is called by Fill.
	tell(ctx context.Context, dst [][]byte) ([][]byte, error)
}

// line is one WebSocket of an old page.
type line struct {
	h      *Handler
	conn   *socket.Conn
	below  *watched
	cursor string
	speech speech
	timer  *time.Timer

	// Set before the line is served, or by the goroutine that reads.
	actor account.Actor
	token string
	sends *rate.Limiter // nil until the line is open

	mu      sync.Mutex
	sub     *feed.Subscription // nil until the line is open
	seat    *seat
	answers [][]byte // framed; nil where the client asked for what is new
	bytes   int

	// Owned by Fill, and by leave after it.
	ended   bool
	fresh   bool                      // there may be something that was not told
	written map[id.Conversation]int64 // how far the frames of the last Fill tell
}

// serveLine takes a connection over. The token comes with the request or in the first frame.
func (h *Handler) serveLine(w http.ResponseWriter, r *http.Request, cursor string, speak func(l *line) speech) {
	actor, token, err := h.o.Gate.Enter(w, r)
	if err == nil && !h.begin() {
		err = errRestarting
	}
	if err != nil {
		h.o.Gate.Fail(w, r, err)
		return
	}
	taken := &takeover{ResponseWriter: w}
	conn, err := socket.Upgrade(taken, r, socket.Options{IdleTimeout: idleTimeout, WriteTimeout: sendTimeout})
	if err != nil {
		h.live.Done()
		return // Upgrade has answered
	}
	l := &line{h: h, conn: conn, below: taken.conn, cursor: cursor, actor: actor, token: token, fresh: true}
	l.speech = speak(l)
	l.timer = time.AfterFunc(openTimeout, func() {
		l.answer(encode(errorFrame{refusal{Code: "auth_timeout", Detail: "the first frame says who this is"}}))
		l.conn.Close(protocol.CloseAuthTimeout, "auth_timeout")
	})
	h.add(l)
	if !actor.Person.IsZero() {
		if err := l.speech.arrived(h.ctx); err != nil {
			l.refuse(err)
		}
	}
	go func() { // the handler returns here, which frees the request's buffers
		defer h.live.Done()
		defer l.leave()
		_ = l.conn.Serve(h.ctx, l, l.receive) // the client is gone, whatever the reason
	}()
}

// begin counts a WebSocket that is about to be; false when the server stops.
func (h *Handler) begin() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.stopping {
		h.live.Add(1)
	}
	return !h.stopping
}

func (h *Handler) add(l *line) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.lines[l] = struct{}{}
	if h.stopping {
		l.conn.Close(protocol.CloseRestarting, string(feed.Restarting))
	}
}

// signIn finds who this is by the request or else by the first frame.
func (l *line) signIn(ctx context.Context, token string) error {
	if !l.actor.Person.IsZero() {
		return nil
	}
	actor, err := l.h.o.Accounts.Authenticate(ctx, token)
	if err == nil {
		l.actor, l.token = actor, token
	}
	return err
}

// open begins the telling to someone who is signed in.
func (l *line) open(ctx context.Context) error {
	l.timer.Stop()
	l.sends = l.h.o.Gate.Sends(l.actor.Session)
	l.mu.Lock()
	l.seat = l.h.desks.sit(reading{l.actor.Person, l.cursor}, l.conn.Wake)
	l.sub = l.h.o.Hub.Subscribe(l.actor.Person, l.actor.Session, l.h.o.Hub.Head(), l.conn.Wake)
	l.mu.Unlock()
	l.conn.Wake()
	_, err := l.h.o.Accounts.Authenticate(ctx, l.token) // it may have ended before the subscription began
	return err
}

func (l *line) leave() {
	l.timer.Stop()
	if l.sub != nil {
		l.sub.Close()
		if !l.below.failed.Load() { // a client that closed right after its last message: Fill was not called again for it
			l.h.told.raise(l.h.ctx, l.seat.of, l.written)
		}
		l.seat.leave()
	}
	l.h.mu.Lock()
	defer l.h.mu.Unlock()
	delete(l.h.lines, l)
}

// receive is called with each frame of the client. None ends the connection but those of somebody who isn't let in.
func (l *line) receive(frame []byte) error {
	ctx := l.h.ctx
	var err error
	if l.sends != nil {
		err = l.sends.Wait(ctx) // a client that sends too fast is read more slowly
	}
	if err == nil {
		err = l.speech.heard(ctx, frame)
	}
	if err != nil && ctx.Err() == nil {
		l.refuse(err)
	}
	return nil
}

func (l *line) refuse(err error) {
	p, ok := errors.AsType[*problem.Error](err)
	if !ok {
		l.h.o.Log.Error("a frame failed", "error", err)
		p = problem.New(problem.Internal, "nothing was changed by this frame; try again, and tell your administrator if it stays")
	}
	l.answer(encode(errorFrame{refusal{string(p.Code), p.Detail, p.Field}}))
	if p.Code == problem.Unauthenticated {
		l.conn.Close(protocol.CloseUnauthorized, string(p.Code))
	}
}

// answer queues one frame.
func (l *line) answer(payload []byte) { l.enqueue(socket.Frame(payload)) }

// enqueue queues a frame, or with nil the wish to be told what is new. A client that sends without reading is cut.
func (l *line) enqueue(frame []byte) {
	l.mu.Lock()
	l.answers = append(l.answers, frame)
	l.bytes += len(frame) + answerCost
	full := l.bytes > maxAnswers
	l.mu.Unlock()
	if full {
		l.conn.Close(protocol.CloseTooSlow, "answers are not read")
		return
	}
	l.conn.Wake()
}

// takeAnswers moves the queued frames to dst, up to the first wish.
func (l *line) takeAnswers(dst [][]byte) (_ [][]byte, wish bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(l.answers) > 0 && l.answers[0] != nil {
		dst = append(dst, l.answers[0])
		l.bytes -= len(l.answers[0]) + answerCost
		l.answers = l.answers[1:]
	}
	if len(l.answers) == 0 {
		l.answers = nil // which lets go of what was written
	}
	return dst, len(l.answers) > 0
}

// granted drops the wish at the head of the queue.
func (l *line) granted() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.answers = l.answers[1:]
	l.bytes -= answerCost
}

// Fill implements socket.Source. It is called again when what it returned has been written, which is when that counts as
// told.
func (l *line) Fill(dst [][]byte) [][]byte {
	ctx := l.h.ctx
	l.mu.Lock()
	sub := l.sub
	l.mu.Unlock()
	if sub == nil {
		dst, _ = l.takeAnswers(dst)
		return dst
	}
	l.h.told.raise(ctx, l.seat.of, l.written)
	l.written = nil
	l.seat.release()
	l.seat.settle()
	if l.ended {
		dst, _ = l.takeAnswers(dst)
		return dst
	}
	news, err := drain(ctx, sub)
	l.fresh = l.fresh || news
	if err == nil {
		dst, err = l.speech.tell(ctx, dst)
	}
	if err != nil {
		l.end(err)
		dst, _ = l.takeAnswers(dst)
	}
	return dst
}

// end closes the connection when the feed has ended or can't be read.
func (l *line) end(err error) {
	l.ended = true
	switch {
	case problem.Is(err, problem.Unauthenticated):
		l.conn.Close(protocol.CloseUnauthorized, string(problem.Unauthenticated))
	case errors.Is(err, errRestarting) || l.h.ctx.Err() != nil:
		l.conn.Close(protocol.CloseRestarting, string(feed.Restarting))
	default:
		l.h.o.Log.Warn("messages can't be read; the client is asked to come back", "error", err)
		l.conn.Close(protocol.CloseRestarting, "messages can't be read just now")
	}
}
