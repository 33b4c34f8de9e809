package legacy

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"kinward/internal/account"
	"kinward/internal/chat"
	"kinward/internal/id"
	"kinward/internal/problem"
	"kinward/internal/protocol"
)

// polling tells one message or none (GET), or sends one (POST).
func (h *Handler) polling(w http.ResponseWriter, r *http.Request) {
	h.signedIn(w, r, func(actor account.Actor, _ string) error {
		if r.Method == http.MethodPost {
			return h.post(w, r, actor)
		}
		p, err := h.newPoll(w, r, actor)
		if err != nil {
			return err
		}
		defer p.seat.leave()
		return p.atOnce()
	})
}

// longPolling tells one message as soon as there is one (GET), or sends one (POST).
func (h *Handler) longPolling(w http.ResponseWriter, r *http.Request) {
	h.signedIn(w, r, func(actor account.Actor, token string) error {
		if r.Method == http.MethodPost {
			return h.post(w, r, actor)
		}
		wait, err := holdFor(r)
		if err != nil {
			return err
		}
		p, err := h.newPoll(w, r, actor)
		if err != nil {
			return err
		}
		defer p.seat.leave()
		return p.held(token, wait)
	})
}

// signedIn serves whoever has a live token.
func (h *Handler) signedIn(w http.ResponseWriter, r *http.Request, serve func(actor account.Actor, token string) error) {
	actor, token, err := h.o.Gate.Enter(w, r)
	if err == nil && token == "" {
		actor, err = h.o.Accounts.Authenticate(r.Context(), "") // which says how to sign in
	}
	if err == nil {
		err = serve(actor, token)
	}
	if err != nil && !errors.Is(err, errGone) {
		h.o.Gate.Fail(w, r, err)
	}
}

// errGone ends a request whose client needs no answer any more, or can't get one.
var errGone = errors.New("legacy: the client has gone")

// holdFor is how long a long poll is held at most: 60 seconds, or fewer by wait=.
func holdFor(r *http.Request) (time.Duration, error) {
	text := r.URL.Query().Get("wait")
	if text == "" {
		return protocol.MaxWait * time.Second, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return 0, problem.Field("wait", "wait is a whole number of seconds from 0")
	}
	return time.Duration(min(n, protocol.MaxWait)) * time.Second, nil
}

// post sends a message and answers with its text.
func (h *Handler) post(w http.ResponseWriter, r *http.Request, actor account.Actor) error {
	whose, err := pathPerson(r)
	if err != nil {
		return err
	}
	if !h.o.Gate.Sends(actor.Session).Allow() {
		return &problem.Error{Code: problem.TooMany, Detail: "slow down and try again", RetryAfter: time.Second}
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return err
		}
		return &problem.Error{Code: problem.Malformed, Detail: "the request's body did not arrive whole", Err: err}
	}
	var in sendRequest
	if err := decode(body, &in); err != nil {
		return err
	}
	m, err := h.sendByID(r.Context(), actor, whose, in)
	if err != nil {
		return err
	}
	w.Header().Set("Kinward-Message", m.ID.String())
	return answer(w, "text/plain; charset=utf-8", []byte(in.Message))
}

var errNotYours = problem.New(problem.NotFound, "the id in the address is your own, or when you send that of the receiver")

// pathPerson reads the id in the path. What is no id can't be anyone's, so it is not found.
func pathPerson(r *http.Request) (id.Person, error) {
	p, err := id.Parse[id.Person](r.PathValue("person"))
	if err != nil {
		return p, errNotYours
	}
	return p, nil
}

// poll is one request that asks for a message.
type poll struct {
	h     *Handler
	w     http.ResponseWriter
	r     *http.Request
	actor account.Actor
	seat  *seat
	ready chan struct{} // something is new, or the turn is free
}

func (h *Handler) newPoll(w http.ResponseWriter, r *http.Request, actor account.Actor) (*poll, error) {
	whose, err := pathPerson(r)
	if err != nil || whose != actor.Person {
		return nil, errNotYours
	}
	_, _ = io.Copy(io.Discard, r.Body) // net/http notices a client that goes away only when it has the whole request
	p := &poll{h: h, w: w, r: r, actor: actor, ready: make(chan struct{}, 1)}
	p.seat = h.desks.sit(reading{actor.Person, flaskCursor}, p.wake)
	return p, nil
}

func (p *poll) wake() {
	select {
	case p.ready <- struct{}{}:
	default:
	}
}

// atOnce answers with a message if one is pending. It waits only while another poll of the same person is being answered.
func (p *poll) atOnce() error {
	for {
		had, answered, err := p.tell()
		if answered || err != nil {
			return err
		}
		if had != occupied {
			return p.nothing()
		}
		select {
		case <-p.ready:
		case <-p.r.Context().Done():
			return errGone
		}
	}
}

// held answers with the first message that is pending within the time.
func (p *poll) held(token string, wait time.Duration) error {
	ctx := p.r.Context()
	sub := p.h.o.Hub.Subscribe(p.actor.Person, p.actor.Session, p.h.o.Hub.Head(), p.wake)
	defer sub.Close()
	if _, err := p.h.o.Accounts.Authenticate(ctx, token); err != nil { // it may have ended before the subscription began
		return p.gone(err)
	}
	timeout := time.NewTimer(wait)
	defer timeout.Stop()
	for first, fresh := true, true; ; first = false {
		news, err := drain(ctx, sub)
		if err != nil {
			if errors.Is(err, errRestarting) && !first {
				return p.nothing() // old pages take an error for the end and this for a reason to ask again
			}
			return p.gone(err)
		}
		if fresh = fresh || news; fresh {
			had, answered, err := p.tell()
			if answered || err != nil {
				return err
			}
			fresh = had != mine // whoever has the turn may fail to tell
		}
		select {
		case <-p.ready:
		case <-timeout.C:
			return p.nothing()
		case <-ctx.Done():
			return errGone
		}
	}
}

func (p *poll) nothing() error {
	p.w.Header().Set("Cache-Control", "no-store")
	p.w.WriteHeader(http.StatusNoContent)
	return nil
}

// tell answers with the oldest pending message, if there is one and it is this reader's turn. The cursor moves when the
// answer has left and the client was there all the time.
func (p *poll) tell() (had turn, answered bool, err error) {
	if had = p.seat.take(); had != mine {
		return had, false, nil
	}
	defer p.seat.release()
	ctx := p.r.Context()
	told, err := p.h.told.read(ctx, p.seat.of)
	if err != nil {
		return had, false, p.gone(err)
	}
	pending, passed, err := p.h.o.Store.Untold(ctx, p.actor.Person, told, 1)
	if err != nil {
		return had, false, p.gone(err)
	}
	p.h.told.raise(ctx, p.seat.of, passed)
	if len(pending) == 0 {
		return had, false, nil
	}
	if ctx.Err() != nil {
		return had, false, errGone
	}
	if err := p.write(pending[0]); err != nil || ctx.Err() != nil {
		return had, true, errGone
	}
	p.h.told.raise(ctx, p.seat.of, map[id.Conversation]int64{pending[0].Conversation: pending[0].Seq})
	return had, true, nil
}

// gone is err, unless it is only that the client has gone.
func (p *poll) gone(err error) error {
	if p.r.Context().Err() != nil {
		return errGone
	}
	return err
}

func (p *poll) write(m chat.Message) error {
	h := p.w.Header()
	h.Set("Kinward-Sender", m.Sender.String())
	h.Set("Kinward-Message", m.ID.String())
	if wantsJSON(p.r) {
		return answer(p.w, "application/json", encode(talkOf(m, p.actor.Person)))
	}
	return answer(p.w, "text/plain; charset=utf-8", []byte(m.Text))
}

// wantsJSON: the bare text is what the old pages expect, so JSON must be asked for, by name and without text/plain beside it.
func wantsJSON(r *http.Request) bool {
	asked := false
	for _, part := range strings.Split(strings.Join(r.Header.Values("Accept"), ","), ",") {
		kind, params, err := mime.ParseMediaType(part)
		if err != nil || params["q"] == "0" {
			continue
		}
		switch kind {
		case "text/plain":
			return false
		case "application/json":
			asked = true
		}
	}
	return asked
}

// answer writes a whole answer and sends it off. Without an error it has left.
func answer(w http.ResponseWriter, kind string, body []byte) error {
	to := http.NewResponseController(w)
	_ = to.SetWriteDeadline(time.Now().Add(sendTimeout)) // not every ResponseWriter can, in tests
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(http.StatusOK)
	// The head goes first, on its own: a client that has closed answers it with a reset, which fails the write of the body.
	// net/http notices such a client too, but under load only after the message has been written to nobody.
	if err := to.Flush(); err != nil {
		return errGone
	}
	if _, err := w.Write(body); err != nil {
		return errGone
	}
	if err := to.Flush(); err != nil {
		return errGone
	}
	return nil
}
