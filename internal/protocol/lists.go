package protocol

import (
	"bytes"
	"encoding/json"
)

// A list that is always there is never null: clients loop over it without asking. Each type with such a list has a
// MarshalJSON that writes [] for nil, so nobody who builds an answer has to remember. Mind that a struct which embeds one of
// these types (rather than having it in a field) would inherit the method and lose its own fields.

// MarshalJSON writes [] where there are no members.
func (c Conversation) MarshalJSON() ([]byte, error) { return AppendConversation(nil, &c), nil }

// MarshalJSON writes [] for empty lists.
func (p Page) MarshalJSON() ([]byte, error) {
	dst := appendPageStart(nil, p.Cursor, p.Head)
	dst = appendList(dst, `,"changes":`, p.Changes, AppendChange)
	return appendPageEnd(dst, p.Ephemeral, p.More), nil
}

// MarshalJSON writes [] where there are no conversations.
func (s Snapshot) MarshalJSON() ([]byte, error) {
	dst := appendList([]byte{'{'}, `"conversations":`, s.Conversations, AppendConversation)
	dst = appendText(dst, `,"cursor":`, s.Cursor)
	return append(dst, '}'), nil
}

// MarshalJSON writes [] where there are no messages.
func (l MessageList) MarshalJSON() ([]byte, error) {
	type plain MessageList
	l.Messages = present(l.Messages)
	return marshal(plain(l))
}

// MarshalJSON writes [] where there are no people.
func (l PeopleList) MarshalJSON() ([]byte, error) {
	type plain PeopleList
	l.People = present(l.People)
	return marshal(plain(l))
}

// MarshalJSON writes [] where there are no sessions.
func (l SessionList) MarshalJSON() ([]byte, error) {
	type plain SessionList
	l.Sessions = present(l.Sessions)
	return marshal(plain(l))
}

// MarshalJSON writes [] where there are no patients.
func (l PatientList) MarshalJSON() ([]byte, error) {
	type plain PatientList
	l.Patients = present(l.Patients)
	return marshal(plain(l))
}

// present is items, or an empty list in place of nil.
func present[T any](items []T) []T {
	if items == nil {
		return []T{}
	}
	return items
}

// marshal is json.Marshal without HTML escaping: the encoder that called MarshalJSON adds that if it is wanted, but could
// not take it away.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte{'\n'}), nil
}
