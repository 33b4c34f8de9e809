package protocol

import "strconv"

// The Append functions write what every member's device is sent, byte for byte as encoding/json writes the same struct
// without HTML escaping. They append to dst as append does and keep none of their arguments; where dst has room they
// allocate nothing.

// AppendMessage appends m.
func AppendMessage(dst []byte, m *Message) []byte {
	dst = appendText(dst, `{"conversation":`, m.Conversation)
	dst = appendWhole(dst, `,"seq":`, m.Seq)
	dst = appendText(dst, `,"id":`, m.ID)
	dst = appendText(dst, `,"sender":`, m.Sender)
	dst = appendOptional(dst, `,"text":`, m.Text)
	dst = appendText(dst, `,"kind":`, m.Kind)
	if m.ReplyTo != 0 {
		dst = appendWhole(dst, `,"reply_to":`, m.ReplyTo)
	}
	dst = appendTime(dst, `,"created_at":`, &m.CreatedAt)
	dst = appendTime(dst, `,"corrected_at":`, m.CorrectedAt)
	dst = appendTime(dst, `,"retracted_at":`, m.RetractedAt)
	dst = appendWhole(dst, `,"version":`, m.Version)
	return append(dst, '}')
}

// AppendMember appends m.
func AppendMember(dst []byte, m *Member) []byte {
	dst = appendText(dst, `{"conversation":`, m.Conversation)
	dst = appendPerson(append(dst, `,"person":`...), &m.Person)
	dst = appendText(dst, `,"state":`, m.State)
	dst = appendWhole(dst, `,"read":`, m.Read)
	dst = appendWhole(dst, `,"delivered":`, m.Delivered)
	dst = appendWhole(dst, `,"version":`, m.Version)
	return append(dst, '}')
}

func appendPerson(dst []byte, p *Person) []byte {
	dst = appendText(dst, `{"id":`, p.ID)
	dst = appendText(dst, `,"kind":`, p.Kind)
	dst = appendOptional(dst, `,"handle":`, p.Handle)
	dst = appendText(dst, `,"name":`, p.Name)
	dst = appendOptional(dst, `,"role":`, p.Role)
	return append(dst, '}')
}

// AppendConversation appends c, with [] where it has no members.
func AppendConversation(dst []byte, c *Conversation) []byte {
	dst = appendText(dst, `{"id":`, c.ID)
	dst = appendText(dst, `,"kind":`, c.Kind)
	dst = appendText(dst, `,"title":`, c.Title)
	if c.Patient != nil {
		dst = appendText(dst, `,"patient":{"id":`, c.Patient.ID)
		dst = appendText(dst, `,"name":`, c.Patient.Name)
		dst = append(dst, '}')
	}
	dst = appendList(dst, `,"members":`, c.Members, AppendMember)
	if c.Last != nil {
		dst = AppendMessage(append(dst, `,"last":`...), c.Last)
	}
	dst = appendWhole(dst, `,"last_seq":`, c.LastSeq)
	dst = appendWhole(dst, `,"unread":`, c.Unread)
	dst = appendWhole(dst, `,"version":`, c.Version)
	return append(dst, '}')
}

// AppendChange appends c.
func AppendChange(dst []byte, c *Change) []byte {
	dst = appendWhole(dst, `{"version":`, c.Version)
	dst = appendText(dst, `,"type":`, c.Type)
	dst = appendOptional(dst, `,"conversation":`, c.Conversation)
	if c.Message != nil {
		dst = AppendMessage(append(dst, `,"message":`...), c.Message)
	}
	if c.Member != nil {
		dst = AppendMember(append(dst, `,"member":`...), c.Member)
	}
	if c.Details != nil {
		dst = AppendConversation(append(dst, `,"details":`...), c.Details)
	}
	dst = appendOptional(dst, `,"patient":`, c.Patient)
	return append(dst, '}')
}

// The helpers below append a field: its key, with the bytes before it, and its value.

func appendText(dst []byte, key, value string) []byte {
	return AppendString(append(dst, key...), value)
}

// appendOptional appends nothing where value is empty.
func appendOptional(dst []byte, key, value string) []byte {
	if value == "" {
		return dst
	}
	return appendText(dst, key, value)
}

func appendWhole(dst []byte, key string, n int64) []byte {
	return strconv.AppendInt(append(dst, key...), n, 10)
}

// appendTime appends nothing where t is nil.
func appendTime(dst []byte, key string, t *Time) []byte {
	if t == nil {
		return dst
	}
	return t.appendQuoted(append(dst, key...))
}

func appendList[T any](dst []byte, key string, items []T, one func([]byte, *T) []byte) []byte {
	dst = append(append(dst, key...), '[')
	for i := range items {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = one(dst, &items[i])
	}
	return append(dst, ']')
}

// appendRaw appends a list of values that are JSON already.
func appendRaw(dst []byte, key string, items [][]byte) []byte {
	dst = append(append(dst, key...), '[')
	for i, item := range items {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, item...)
	}
	return append(dst, ']')
}
