package legacy

import (
	"context"
	"net/http"

	"kinward/internal/id"
	"kinward/internal/problem"
	"kinward/internal/socket"
)

// serveTalk serves the WebSocket of the Flask chat: the client announces itself, then sends and is told.
func (h *Handler) serveTalk(w http.ResponseWriter, r *http.Request) {
	h.serveLine(w, r, flaskCursor, func(l *line) speech { return &talk{line: l} })
}

// talk is one connection at /legacy/socket.
type talk struct {
	*line
	told map[id.Conversation]int64 // to this socket; nil until the telling begins. Owned by Fill
}

// arrived does nothing: a socket is told something once it has announced itself.
func (t *talk) arrived(context.Context) error { return nil }

func (t *talk) heard(ctx context.Context, frame []byte) error {
	var f talkFrame
	if err := decode(frame, &f); err != nil {
		return err
	}
	if t.sends == nil {
		return t.announce(ctx, f)
	}
	_, err := t.h.sendByID(ctx, t.actor, t.actor.Person, sendRequest{Message: f.Message, FromUser: f.FromUser, ToUser: f.ToUser, ID: f.ID})
	return err
}

func (t *talk) announce(ctx context.Context, f talkFrame) error {
	if err := t.signIn(ctx, f.Token); err != nil {
		return err
	}
	switch {
	case f.Username == "":
		return problem.Field("username", "the first frame is {username} with your own id")
	case !isPerson(f.Username, t.actor.Person):
		return &problem.Error{Code: problem.Forbidden, Field: "username", Detail: "you can announce yourself only: username is your own id"}
	}
	return t.open(ctx)
}

// tell goes on from where this socket is. It begins where the person's cursor is, which no poll moves from then on.
func (t *talk) tell(ctx context.Context, dst [][]byte) ([][]byte, error) {
	dst, _ = t.takeAnswers(dst)
	if !t.fresh {
		return dst, nil
	}
	if t.told == nil {
		if !t.seat.goLive() {
			return dst, nil
		}
		told, err := t.h.told.read(ctx, t.seat.of)
		if err != nil {
			return dst, err
		}
		t.told = told
	}
	pending, passed, err := t.h.o.Store.Untold(ctx, t.actor.Person, t.told, atOnce)
	if err != nil {
		return dst, err
	}
	t.written, t.fresh = passed, len(pending) > 0
	if len(pending) > 0 {
		t.seat.write()
	}
	for _, m := range pending {
		dst = append(dst, socket.Frame(encode(talkOf(m, t.actor.Person))))
		t.written[m.Conversation] = m.Seq
	}
	raise(t.told, t.written)
	return dst, nil
}
