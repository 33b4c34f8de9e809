package server

import (
	"time"

	"kinward/internal/account"
	"kinward/internal/care"
	"kinward/internal/chat"
	"kinward/internal/feed"
	"kinward/internal/id"
	"kinward/internal/protocol"
)

// The domain on the wire. Everything a client is shown passes through here.

func wirePerson(p account.Person) protocol.Person {
	return protocol.Person{ID: p.ID.String(), Kind: string(p.Kind), Handle: p.Handle, Name: p.Name, Role: p.Role}
}

func wireProfile(p chat.Profile) protocol.Person {
	return protocol.Person{ID: p.ID.String(), Kind: string(p.Kind), Name: p.Name, Role: p.Role}
}

func wireTime(t time.Time) *protocol.Time {
	if t.IsZero() {
		return nil
	}
	w := protocol.At(t)
	return &w
}

func wireMessage(m chat.Message) protocol.Message {
	ids := id.Texts(m.Conversation, id.Conversation(m.ID), id.Conversation(m.Sender)) // one allocation: this is made for each message
	return protocol.Message{
		Conversation: ids[0], Seq: m.Seq, ID: ids[1], Sender: ids[2], Text: m.Text, Kind: string(m.Kind),
		ReplyTo: m.ReplyTo, CreatedAt: protocol.At(m.CreatedAt), CorrectedAt: wireTime(m.CorrectedAt), RetractedAt: wireTime(m.RetractedAt),
		Version: m.Version,
	}
}

func wireMember(m chat.MemberView) protocol.Member {
	return protocol.Member{
		Conversation: m.Conversation.String(), Person: wireProfile(m.Profile), State: string(m.State), Read: m.Read, Delivered: m.Delivered,
		Version: m.Version,
	}
}

func wireConversation(v chat.View) protocol.Conversation {
	c := protocol.Conversation{
		ID: v.ID.String(), Kind: string(v.Kind), Title: v.Title, LastSeq: v.LastSeq, Unread: v.Unread, Version: v.Version,
		Members: make([]protocol.Member, 0, len(v.Members)),
	}
	if !v.Patient.IsZero() {
		c.Patient = &protocol.Subject{ID: v.Patient.String(), Name: v.PatientName}
	}
	for _, m := range v.Members {
		c.Members = append(c.Members, wireMember(m))
	}
	if v.Last != nil {
		m := wireMessage(*v.Last)
		c.Last = &m
	}
	return c
}

func wirePatient(v care.View) protocol.Patient {
	p := protocol.Patient{
		ID: v.ID.String(), Name: v.Name, BirthDate: v.BirthDate, Sex: v.Sex, Ward: v.Ward, Room: v.Room, Bed: v.Bed, Status: v.Status,
		Conversation: v.Conversation.String(), Unread: v.Unread, WaitingSince: wireTime(v.WaitingSince),
	}
	if v.Identifiers != nil || v.Team != nil || v.Family != nil {
		p.Identifiers, p.Family, p.Team = []protocol.Identifier{}, []protocol.Relative{}, []protocol.TeamMember{}
	}
	for _, i := range v.Identifiers {
		p.Identifiers = append(p.Identifiers, protocol.Identifier{System: i.System, Value: i.Value})
	}
	for _, l := range v.Family {
		p.Family = append(p.Family, protocol.Relative{
			Link: l.ID.String(), Person: l.Person.String(), Name: l.Name,
			Relationship: l.Relationship, State: string(l.State),
		})
	}
	for _, m := range v.Team {
		p.Team = append(p.Team, wireTeamMember(m))
	}
	return p
}

func wireTeamMember(m care.TeamMember) protocol.TeamMember {
	return protocol.TeamMember{Assignment: m.ID.String(), Person: m.Person.String(), Name: m.Name, Role: m.Role}
}

func wireEphemeral(e feed.Ephemeral) protocol.Ephemeral {
	return protocol.Ephemeral{Type: e.Type, Person: e.Person.String(), Conversation: e.Conversation.String(), State: e.State}
}

// EncodeEntry writes an entry of the feed as JSON, once for all its readers.
func EncodeEntry(e *feed.Entry) []byte {
	c := protocol.Change{Version: e.Version}
	size := messageSize
	switch {
	case e.Message != nil:
		m := wireMessage(*e.Message)
		c.Type, c.Message, c.Conversation = "message", &m, m.Conversation
		size += len(m.Text)
	case e.Member != nil:
		m := wireMember(*e.Member)
		c.Type, c.Member = "member", &m
	case e.View != nil:
		v := wireConversation(*e.View)
		c.Type, c.Details = "conversation", &v
	default:
		c.Type, c.Patient = "patient", e.Patient.String()
	}
	if c.Conversation == "" {
		c.Conversation = e.Conversation.String()
	}
	return protocol.AppendChange(make([]byte, 0, size), &c)
}
