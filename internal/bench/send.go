package bench

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"time"
)

const (
	refMark = "0123456789" // stands where the ref goes until the template is cut
	idTail  = "ffffffffffff"
)

// template is a send frame that is encoded once; only the number in ref, id and text changes. Its messages are numbered
// from 0 on, and a number always makes the same frame, up to the mask.
type template struct {
	fill           *filling
	place          uint32
	payload        []byte
	ref, id, words []byte // parts of payload
}

// newTemplate prepares sends of place's texts into a conversation.
func newTemplate(fill *filling, place uint32, conversation string) *template {
	blank := bytes.Repeat([]byte("t"), TextSize)
	t := &template{fill: fill, place: place}
	t.payload = []byte(`{"op":"send","ref":"` + refMark + `","conversation":"` + conversation + `","message":{"id":"` +
		idHead() + idTail + `","text":"` + string(blank) + `"}}`)
	part := func(mark string, skip, size int) []byte {
		at := bytes.Index(t.payload, []byte(mark)) + skip
		return t.payload[at : at+size]
	}
	t.ref = part(refMark, 0, len(refMark))
	t.id = part(`"id":"`, len(`"id":"`)+24, len(idTail))
	t.words = part(string(blank), 0, TextSize)
	return t
}

// idHead is the beginning of UUIDs of version 7 as text, all but the last twelve digits: the time, and chance.
func idHead() string {
	var b [10]byte
	_, _ = rand.Read(b[:]) // never fails
	ms := time.Now().UnixMilli()
	for i := range 6 {
		b[i] = byte(ms >> (40 - 8*i)) //nolint:gosec // the byte is what is wanted
	}
	b[6], b[8] = b[6]&0x0f|0x70, b[8]&0x3f|0x80
	x := hex.EncodeToString(b[:])
	return x[:8] + "-" + x[8:12] + "-" + x[12:16] + "-" + x[16:20] + "-"
}

// append appends message n as a masked frame.
func (t *template) append(dst []byte, key uint32, n int64) []byte {
	putDigits(t.ref, n)
	putHex(t.id, n)
	t.fill.put(t.words, t.place, n)
	return appendFrame(dst, opText, key, t.payload)
}

func putHex(dst []byte, n int64) {
	const hexDigits = "0123456789abcdef"
	for i := len(dst) - 1; i >= 0; i-- {
		dst[i] = hexDigits[n&15]
		n >>= 4
	}
}
