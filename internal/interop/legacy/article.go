package legacy

import (
	"context"
	"net/http"
	"strings"

	"kinward/internal/account"
	"kinward/internal/chat"
	"kinward/internal/id"
	"kinward/internal/problem"
	"kinward/internal/protocol"
	"kinward/internal/socket"
)

// serveArticle serves the WebSocket of the article: frames that save, and frames that ask for what is new.
func (h *Handler) serveArticle(w http.ResponseWriter, r *http.Request) {
	h.serveLine(w, r, articleCursor, func(l *line) speech { return &article{line: l} })
}

// article is one connection at /legacy/article.
type article struct {
	*line
	me account.Person // set by the goroutine that reads before the line is open
}

func (a *article) arrived(ctx context.Context) error { return a.enter(ctx, "") }

func (a *article) heard(ctx context.Context, frame []byte) error {
	var f articleFrame
	if err := decode(frame, &f); err != nil {
		return err
	}
	if a.sends == nil {
		if err := a.enter(ctx, f.Token); err != nil {
			return err
		}
	}
	switch {
	case f.Sender != nil || f.Message != nil:
		return a.save(ctx, f)
	case f.Receiver != "":
		return a.ask(f)
	case f.Token != "":
		return nil
	}
	return problem.Field("receiver", "a frame is {sender, receiver, message} to send or {receiver} to ask for what is new")
}

func (a *article) enter(ctx context.Context, token string) error {
	err := a.signIn(ctx, token)
	if err == nil {
		a.me, err = a.h.o.Store.Person(ctx, a.actor.Person)
	}
	if err == nil {
		err = a.open(ctx)
	}
	return err
}

// save sends a message and answers with what was stored, after it was.
func (a *article) save(ctx context.Context, f articleFrame) error {
	switch {
	case f.Sender == nil || *f.Sender == "":
		return problem.Field("sender", "name yourself by your own handle")
	case !strings.EqualFold(*f.Sender, a.me.Handle):
		return &problem.Error{Code: problem.Forbidden, Field: "sender", Detail: "you can write in your own name only: sender is your own handle"}
	case f.Receiver == "":
		return problem.Field("receiver", "name the person to write to by their handle")
	case f.Message == nil || *f.Message == "":
		return problem.Field("message", "a message has a text")
	}
	to, err := a.h.o.Store.PersonByHandle(ctx, f.Receiver)
	if err != nil {
		return renamed(err, "receiver")
	}
	m, err := a.h.send(ctx, a.actor, to.ID, f.ID, *f.Message)
	if err != nil {
		return renamed(err, "receiver")
	}
	a.answer(encode(articleMessage{m.ID.String(), a.me.Handle, to.Handle, m.Text, protocol.At(m.CreatedAt)}))
	return nil
}

// ask queues the wish to be told what is new.
func (a *article) ask(f articleFrame) error {
	if !strings.EqualFold(f.Receiver, a.me.Handle) {
		return &problem.Error{Code: problem.NotFound, Field: "receiver", Detail: "you can ask for your own messages only: receiver is your own handle"}
	}
	a.enqueue(nil)
	return nil
}

// tell answers frames and wishes in the order in which they came, with one list at a time that has something in it.
func (a *article) tell(ctx context.Context, dst [][]byte) ([][]byte, error) {
	for {
		var wish bool
		if dst, wish = a.takeAnswers(dst); !wish || a.seat.take() != mine {
			return dst, nil
		}
		list, err := a.news(ctx)
		if err != nil {
			return dst, err
		}
		a.granted()
		dst = append(dst, socket.Frame(encode(list)))
		if len(list) > 0 {
			return dst, nil // the turn ends when the list is written
		}
		a.seat.release()
	}
}

// news are the oldest messages that were not told yet.
func (a *article) news(ctx context.Context) ([]articleMessage, error) {
	told, err := a.h.told.read(ctx, a.seat.of)
	if err != nil {
		return nil, err
	}
	pending, passed, err := a.h.o.Store.Untold(ctx, a.actor.Person, told, atOnce)
	if err != nil {
		return nil, err
	}
	a.written = passed
	list := make([]articleMessage, 0, len(pending))
	handles := map[id.Person]string{}
	for _, m := range pending {
		a.written[m.Conversation] = m.Seq
		sender, err := a.handleOf(ctx, handles, m)
		if err != nil {
			return nil, err
		}
		list = append(list, articleMessage{m.ID.String(), sender, a.me.Handle, m.Text, protocol.At(m.CreatedAt)})
	}
	return list, nil
}

func (a *article) handleOf(ctx context.Context, known map[id.Person]string, m chat.Message) (string, error) {
	if h, ok := known[m.Sender]; ok {
		return h, nil
	}
	p, err := a.h.o.Store.Person(ctx, m.Sender)
	known[m.Sender] = p.Handle
	return p.Handle, err
}
