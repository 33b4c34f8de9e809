package server

import (
	"net/http"
	"strconv"

	"kinward/internal/account"
	"kinward/internal/chat"
	"kinward/internal/id"
	"kinward/internal/problem"
	"kinward/internal/protocol"
)

func (s *Server) cursor(version int64) string {
	return protocol.Cursor{Epoch: s.o.Epoch, Version: version}.String()
}

func (s *Server) conversations(r *http.Request, actor account.Actor) (int, any, error) {
	views, head, err := s.o.Chat.Snapshot(r.Context(), actor)
	out := protocol.Snapshot{Cursor: s.cursor(head)}
	for _, v := range views {
		out.Conversations = append(out.Conversations, wireConversation(v))
	}
	return http.StatusOK, out, err
}

func (s *Server) conversation(r *http.Request, actor account.Actor) (int, any, error) {
	c, err := pathID[id.Conversation](r, "conversation")
	if err != nil {
		return 0, nil, err
	}
	return s.oneConversation(r, actor, c, http.StatusOK)
}

func (s *Server) oneConversation(r *http.Request, actor account.Actor, c id.Conversation, status int) (int, any, error) {
	v, err := s.o.Chat.View(r.Context(), actor, c)
	return status, protocol.OneConversation{Conversation: wireConversation(v)}, err
}

func (s *Server) openConversation(r *http.Request, actor account.Actor) (int, any, error) {
	var in protocol.OpenConversation
	if err := decode(r, &in); err != nil {
		return 0, nil, err
	}
	switch chat.Kind(in.Kind) {
	case chat.Direct:
		return s.openDirect(r, actor, in)
	case chat.Group:
		return s.openGroup(r, actor, in)
	}
	return 0, nil, problem.Field("kind", "a conversation is opened as direct or group; a family conversation comes with its patient")
}

func (s *Server) openDirect(r *http.Request, actor account.Actor, in protocol.OpenConversation) (int, any, error) {
	if in.Title != "" || in.Members != nil {
		return 0, nil, problem.Field("title", "a direct conversation has no title and no members but with")
	}
	with, err := bodyID[id.Person]("with", in.With)
	if err != nil {
		return 0, nil, err
	}
	c, created, err := s.o.Chat.OpenDirect(r.Context(), actor, with)
	if err != nil {
		return 0, nil, err
	}
	status := http.StatusOK
	if created {
		status = http.StatusCreated
	}
	return s.oneConversation(r, actor, c, status)
}

func (s *Server) openGroup(r *http.Request, actor account.Actor, in protocol.OpenConversation) (int, any, error) {
	if in.With != "" {
		return 0, nil, problem.Field("with", "a group has members; with is for direct conversations")
	}
	members := make([]id.Person, 0, len(in.Members))
	for i, text := range in.Members {
		m, err := bodyID[id.Person]("members["+strconv.Itoa(i)+"]", text)
		if err != nil {
			return 0, nil, err
		}
		members = append(members, m)
	}
	c, err := s.o.Chat.OpenGroup(r.Context(), actor, in.Title, members)
	if err != nil {
		return 0, nil, err
	}
	return s.oneConversation(r, actor, c, http.StatusCreated)
}

func (s *Server) messages(r *http.Request, actor account.Actor) (int, any, error) {
	c, err := pathID[id.Conversation](r, "conversation")
	if err != nil {
		return 0, nil, err
	}
	var span chat.Range
	if span.Before, err = number(r, "before", chat.NoBefore, 0, chat.NoBefore); err != nil {
		return 0, nil, err
	}
	if span.After, err = number(r, "after", chat.NoAfter, 0, chat.NoBefore); err != nil {
		return 0, nil, err
	}
	if span.Limit, err = listLimit(r); err != nil {
		return 0, nil, err
	}
	messages, more, err := s.o.Chat.History(r.Context(), actor, c, span)
	out := protocol.MessageList{More: more}
	for _, m := range messages {
		out.Messages = append(out.Messages, wireMessage(m))
	}
	return http.StatusOK, out, err
}

func (s *Server) send(r *http.Request, actor account.Actor) (int, any, error) {
	c, err := pathID[id.Conversation](r, "conversation")
	if err != nil {
		return 0, nil, err
	}
	if err := s.limits.send(actor.Session.String()); err != nil {
		return 0, nil, err
	}
	var in protocol.NewMessage
	if err := decode(r, &in); err != nil {
		return 0, nil, err
	}
	post, err := postOf(in)
	if err != nil {
		return 0, nil, err
	}
	m, repeated, err := s.o.Chat.Send(r.Context(), actor, c, post)
	status := http.StatusCreated
	if repeated {
		status = http.StatusOK
	}
	return status, protocol.OneMessage{Message: wireMessage(m)}, err
}

func postOf(in protocol.NewMessage) (chat.Post, error) {
	m, err := bodyID[id.Message]("id", in.ID)
	return chat.Post{ID: m, Text: in.Text, ReplyTo: in.ReplyTo}, err
}

func (s *Server) correct(r *http.Request, actor account.Actor) (int, any, error) {
	c, seq, err := messagePath(r)
	if err != nil {
		return 0, nil, err
	}
	var in protocol.Correction
	if err := decode(r, &in); err != nil {
		return 0, nil, err
	}
	m, err := s.o.Chat.Correct(r.Context(), actor, c, seq, in.Text)
	return http.StatusOK, protocol.OneMessage{Message: wireMessage(m)}, err
}

func (s *Server) retract(r *http.Request, actor account.Actor) (int, any, error) {
	c, seq, err := messagePath(r)
	if err != nil {
		return 0, nil, err
	}
	m, err := s.o.Chat.Retract(r.Context(), actor, c, seq)
	return http.StatusOK, protocol.OneMessage{Message: wireMessage(m)}, err
}

func messagePath(r *http.Request) (id.Conversation, int64, error) {
	c, err := pathID[id.Conversation](r, "conversation")
	if err != nil {
		return c, 0, err
	}
	seq, err := strconv.ParseInt(r.PathValue("seq"), 10, 64)
	if err != nil || seq < 1 {
		return c, 0, problem.New(problem.NotFound, "a message is named by its seq, a number from 1")
	}
	return c, seq, nil
}

func (s *Server) mark(r *http.Request, actor account.Actor) (int, any, error) {
	c, err := pathID[id.Conversation](r, "conversation")
	if err != nil {
		return 0, nil, err
	}
	var in struct {
		Read *int64 `json:"read"` // of protocol.Marks, to tell 0 from nothing
	}
	if err := decode(r, &in); err != nil {
		return 0, nil, err
	}
	if in.Read == nil {
		return 0, nil, problem.Field("read", "tell the seq up to which you have read")
	}
	return http.StatusNoContent, nil, s.o.Chat.MarkRead(r.Context(), actor, c, *in.Read)
}

func (s *Server) addMember(r *http.Request, actor account.Actor) (int, any, error) {
	c, err := pathID[id.Conversation](r, "conversation")
	if err != nil {
		return 0, nil, err
	}
	var in protocol.AddMember
	if err := decode(r, &in); err != nil {
		return 0, nil, err
	}
	person, err := bodyID[id.Person]("person", in.Person)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusNoContent, nil, s.o.Chat.AddMember(r.Context(), actor, c, person)
}

func (s *Server) removeMember(r *http.Request, actor account.Actor) (int, any, error) {
	c, err := pathID[id.Conversation](r, "conversation")
	if err != nil {
		return 0, nil, err
	}
	person := actor.Person
	if r.PathValue("person") != "me" {
		if person, err = pathID[id.Person](r, "person"); err != nil {
			return 0, nil, err
		}
	}
	return http.StatusNoContent, nil, s.o.Chat.RemoveMember(r.Context(), actor, c, person)
}

func (s *Server) typing(r *http.Request, actor account.Actor) (int, any, error) {
	c, err := pathID[id.Conversation](r, "conversation")
	if err != nil {
		return 0, nil, err
	}
	return http.StatusNoContent, nil, s.o.Chat.Typing(r.Context(), actor, c)
}
