package client

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"kinward/internal/protocol"
)

// Conversations is one consistent state of everything that the person may see, and the cursor for a Feed to go on from.
func (c *Client) Conversations(ctx context.Context) (Snapshot, error) {
	return call[Snapshot](ctx, c, http.MethodGet, "/conversations", nil, nil)
}

// OpenDirect opens the direct conversation with a person, or returns the one that there already is.
func (c *Client) OpenDirect(ctx context.Context, with string) (Conversation, error) {
	return c.open(ctx, protocol.OpenConversation{Kind: KindDirect, With: with})
}

// OpenGroup opens a group with a title and first members; the caller is a member by itself.
func (c *Client) OpenGroup(ctx context.Context, title string, members ...string) (Conversation, error) {
	return c.open(ctx, protocol.OpenConversation{Kind: KindGroup, Title: title, Members: members})
}

func (c *Client) open(ctx context.Context, o protocol.OpenConversation) (Conversation, error) {
	v, err := call[protocol.OneConversation](ctx, c, http.MethodPost, "/conversations", nil, o)
	return v.Conversation, err
}

// Range says which part of a conversation History returns. Both ends are exclusive; with neither it is the newest part.
type Range struct {
	Before int64 // only messages with a smaller seq, the nearest ones
	After  int64 // only messages with a greater seq, the nearest ones
	Limit  int   // 0 takes the server's default
}

// History reads a part of a conversation, ordered by seq. More tells whether there is more in the direction asked.
func (c *Client) History(ctx context.Context, conversation string, r Range) (MessageList, error) {
	q := listing("", r.Limit)
	setSeq(q, "before", r.Before)
	setSeq(q, "after", r.After)
	return call[MessageList](ctx, c, http.MethodGet, at("conversations", conversation, "messages"), q, nil)
}

func setSeq(q url.Values, name string, seq int64) {
	if seq > 0 {
		q.Set(name, strconv.FormatInt(seq, 10))
	}
}

// Send stores one message and returns it as stored. m.ID makes the call idempotent for ever: the same id returns the same
// message, the same id with another content is refused (CodeConflict). Without an id each call is a new message; use
// Outbox for sending that survives bad networks.
func (c *Client) Send(ctx context.Context, conversation string, m NewMessage) (Message, error) {
	if m.ID == "" {
		id, err := NewID()
		if err != nil {
			return Message{}, err
		}
		m.ID = id
	}
	v, err := call[protocol.OneMessage](ctx, c, http.MethodPost, at("conversations", conversation, "messages"), nil, m)
	return v.Message, err
}

// Correct replaces the text of an own message; everybody sees that it was corrected.
func (c *Client) Correct(ctx context.Context, conversation string, seq int64, text string) (Message, error) {
	v, err := call[protocol.OneMessage](ctx, c, http.MethodPatch, message(conversation, seq), nil, protocol.Correction{Text: text})
	return v.Message, err
}

// Retract takes the text of an own message back; the message keeps its place.
func (c *Client) Retract(ctx context.Context, conversation string, seq int64) error {
	return c.send(ctx, http.MethodDelete, message(conversation, seq), nil)
}

// MarkRead raises the own read mark to seq; a lower mark than the present one changes nothing.
func (c *Client) MarkRead(ctx context.Context, conversation string, seq int64) error {
	return c.send(ctx, http.MethodPut, at("conversations", conversation, "marks"), protocol.Marks{Read: seq})
}

// Typing tells the other members that this person is writing. Call it at most every 4 s; it fades after 10 s.
func (c *Client) Typing(ctx context.Context, conversation string) error {
	return c.send(ctx, http.MethodPost, at("conversations", conversation, "typing"), nil)
}

// AddMember adds a person to a group.
func (c *Client) AddMember(ctx context.Context, conversation, person string) error {
	return c.send(ctx, http.MethodPost, at("conversations", conversation, "members"), protocol.AddMember{Person: person})
}

// RemoveMember takes a person out of a group; "me" leaves it.
func (c *Client) RemoveMember(ctx context.Context, conversation, person string) error {
	return c.send(ctx, http.MethodDelete, at("conversations", conversation, "members", person), nil)
}

func message(conversation string, seq int64) string {
	return at("conversations", conversation, "messages", strconv.FormatInt(seq, 10))
}
