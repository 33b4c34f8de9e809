package anchor

import (
	"bytes"
	"encoding/binary"
	"math"
	"strconv"
)

// sending is a send frame. Its slices are parts of the frame.
type sending struct {
	ref, conversation, id, text []byte
}

// parse finds the four fields where the load generator puts them: it is no parser of JSON, and an anchor needs none.
func parse(b []byte) (s sending, ok bool) {
	if !bytes.HasPrefix(b, []byte(`{"op":"send"`)) {
		return s, false
	}
	for _, f := range []struct {
		mark string
		to   *[]byte
	}{{`"ref":"`, &s.ref}, {`"conversation":"`, &s.conversation}, {`"id":"`, &s.id}, {`"text":"`, &s.text}} {
		at := bytes.Index(b, []byte(f.mark))
		if at < 0 {
			return s, false
		}
		b = b[at+len(f.mark):]
		end := bytes.IndexByte(b, '"')
		if end < 0 {
			return s, false
		}
		*f.to = b[:end]
		b = b[end:]
	}
	return s, true
}

// appendMessage appends the message as Kinward shows it; the time is always the same.
func (s sending) appendMessage(dst []byte, r *room, sender string, seq, version int64) []byte {
	dst = append(append(append(dst, `{"conversation":"`...), r.id...), `","seq":`...)
	dst = strconv.AppendInt(dst, seq, 10)
	dst = append(append(dst, `,"id":"`...), s.id...)
	dst = append(append(dst, `","sender":"`...), sender...)
	dst = append(append(dst, `","text":"`...), s.text...)
	dst = append(dst, `","kind":"text","created_at":"2026-11-21T09:14:03.217Z","version":`...)
	return append(strconv.AppendInt(dst, version, 10), '}')
}

func appendSent(dst, ref, message []byte) []byte {
	dst = appendHeader(dst, len(`{"op":"sent","ref":"","message":}`)+len(ref)+len(message))
	dst = append(append(dst, `{"op":"sent","ref":"`...), ref...)
	dst = append(append(dst, `","message":`...), message...)
	return append(dst, '}')
}

// appendChanges appends a frame of one change or none.
func appendChanges(dst []byte, cursor int64, message []byte) []byte {
	payload := make([]byte, 0, len(message)+128)
	payload = strconv.AppendInt(append(payload, `{"op":"changes","cursor":"a.`...), cursor, 10)
	payload = append(payload, `","changes":[`...)
	if len(message) > 0 {
		payload = append(append(payload, `{"version":1,"type":"message","message":`...), message...)
		payload = append(payload, '}')
	}
	return appendFrame(dst, append(payload, "]}"...))
}

// appendFrame appends payload as one text frame.
func appendFrame(dst, payload []byte) []byte {
	return append(appendHeader(dst, len(payload)), payload...)
}

func appendHeader(dst []byte, n int) []byte {
	const finText, length2, length8 = 0x81, 126, 127
	switch {
	case n < length2:
		return append(dst, finText, byte(n)) //nolint:gosec // below 126
	case n <= math.MaxUint16:
		return binary.BigEndian.AppendUint16(append(dst, finText, length2), uint16(n))
	default:
		return binary.BigEndian.AppendUint64(append(dst, finText, length8), uint64(n))
	}
}
