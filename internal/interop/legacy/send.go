package legacy

import (
	"context"
	"errors"

	"kinward/internal/account"
	"kinward/internal/chat"
	"kinward/internal/id"
	"kinward/internal/problem"
)

// send has the actor write a text to one other person. key is the id of the message, "" for a new one; with it a send may be
// repeated. The problem names the fields text, id and with.
func (h *Handler) send(ctx context.Context, actor account.Actor, to id.Person, key, text string) (chat.Message, error) {
	post := chat.Post{ID: id.New[id.Message](), Text: text}
	if key != "" {
		var err error
		if post.ID, err = id.Parse[id.Message](key); err != nil {
			return chat.Message{}, problem.Field("id", "an id is a UUID of 36 characters; leave it out for a new message")
		}
	}
	if err := chat.CheckText(text); err != nil { // before a conversation is made for it
		return chat.Message{}, err
	}
	conversation, _, err := h.o.Chat.OpenDirect(ctx, actor, to)
	if err != nil {
		return chat.Message{}, err
	}
	m, _, err := h.o.Chat.Send(ctx, actor, conversation, post)
	return m, err
}

// sendByID is send as the Flask chat spoke it. The sender is who is signed in; fromUser may say so and nothing else. address
// is the person in the request's path, sender or receiver.
func (h *Handler) sendByID(ctx context.Context, actor account.Actor, address id.Person, in sendRequest) (chat.Message, error) {
	if in.FromUser != "" && !isPerson(in.FromUser, actor.Person) {
		return chat.Message{}, &problem.Error{
			Code: problem.Forbidden, Field: "fromUser",
			Detail: "you can write in your own name only: fromUser is your own id, or left out",
		}
	}
	switch "" {
	case in.ToUser:
		return chat.Message{}, problem.Field("toUser", "name the person to write to")
	case in.Message:
		return chat.Message{}, problem.Field("message", "a message has a text")
	}
	to, err := id.Parse[id.Person](in.ToUser)
	if err != nil {
		return chat.Message{}, problem.Field("toUser", "a person's id is a UUID of 36 characters")
	}
	if address != actor.Person && address != to {
		return chat.Message{}, errNotYours
	}
	m, err := h.send(ctx, actor, to, in.ID, in.Message)
	return m, renamed(err, "toUser")
}

// renamed gives a problem's field the name that it has in an old page's words; who isn't there is the receiver's fault.
func renamed(err error, receiver string) error {
	p, ok := errors.AsType[*problem.Error](err)
	if !ok {
		return err
	}
	named := *p
	switch {
	case p.Field == "text":
		named.Field = "message"
	case p.Field == "with":
		named.Field = receiver
	case p.Code == problem.NotFound:
		named.Field, named.Detail = receiver, "there is no such person, or none that you can write to"
	}
	return &named
}
