package legacy

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"

	"kinward/internal/chat"
	"kinward/internal/id"
	"kinward/internal/problem"
	"kinward/internal/protocol"
)

// What old pages send. A pointer tells "left out" from "empty" where that decides what a frame is.
type (
	// sendRequest is the body of a POST.
	sendRequest struct {
		Message  string `json:"message"`
		FromUser string `json:"fromUser"`
		ToUser   string `json:"toUser"`
		ID       string `json:"id"`
	}
	// talkFrame comes over /legacy/socket: first one with username, then sends.
	talkFrame struct {
		Username string `json:"username"`
		Token    string `json:"token"`
		Message  string `json:"message"`
		FromUser string `json:"fromUser"`
		ToUser   string `json:"toUser"`
		ID       string `json:"id"`
	}
	// articleFrame comes over /legacy/article: with sender and message it saves, with receiver alone it asks.
	articleFrame struct {
		Token    string  `json:"token"`
		Sender   *string `json:"sender"`
		Receiver string  `json:"receiver"`
		Message  *string `json:"message"`
		ID       string  `json:"id"`
	}
)

// What old pages are told.
type (
	talkMessage struct {
		FromUser  string        `json:"fromUser"`
		ToUser    string        `json:"toUser"`
		Message   string        `json:"message"`
		ID        string        `json:"id"`
		CreatedAt protocol.Time `json:"created_at"`
	}
	articleMessage struct {
		ID        string        `json:"id"`
		Sender    string        `json:"sender"`
		Receiver  string        `json:"receiver"`
		Message   string        `json:"message"`
		CreatedAt protocol.Time `json:"created_at"`
	}
	errorFrame struct {
		Error refusal `json:"error"`
	}
	refusal struct {
		Code   string `json:"code"`
		Detail string `json:"detail"`
		Field  string `json:"field,omitempty"`
	}
)

func talkOf(m chat.Message, to id.Person) talkMessage {
	return talkMessage{m.Sender.String(), to.String(), m.Text, m.ID.String(), protocol.At(m.CreatedAt)}
}

// decode reads the fields of into from one JSON object, as strictly as any request is read, and passes over all others: old
// pages send extras.
func decode(body []byte, into any) error {
	var sent map[string]json.RawMessage
	if err := json.Unmarshal(body, &sent); err != nil || sent == nil {
		return &problem.Error{Code: problem.Malformed, Detail: "send one JSON object", Err: err}
	}
	known := []byte{'{'}
	for f := range reflect.TypeOf(into).Elem().Fields() {
		name := f.Tag.Get("json")
		value, ok := sent[name]
		if !ok {
			continue
		}
		if len(known) > 1 {
			known = append(known, ',')
		}
		known = append(append(append(append(known, '"'), name...), `":`...), value...)
	}
	err := protocol.Decode(append(known, '}'), into)
	if wrong, ok := errors.AsType[*protocol.DecodeError](err); ok {
		return &problem.Error{Code: problem.Code(wrong.Kind), Field: wrong.Field, Detail: wrong.Detail}
	}
	return err
}

// isPerson reports whether an old page means this person.
func isPerson(text string, person id.Person) bool { return strings.EqualFold(text, person.String()) }

// encode writes one of the types above.
func encode(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // they hold texts and times only
	}
	return b
}
