package socket

import (
	"encoding/binary"
	"math"

	"github.com/gobwas/ws"
)

const (
	finBit  = 0x80
	short   = 125 // longest payload whose length fits the header's second byte
	length2 = 126 // second byte that says: two bytes of length follow
	length8 = 127 // … eight bytes

	maxHeader = 10 // unmasked
)

// Frame returns payload as one whole text frame, ready to be given to any number of connections. It copies payload
// and doesn't check that it is UTF-8.
func Frame(payload []byte) []byte {
	return AppendFrame(make([]byte, 0, maxHeader+len(payload)), payload)
}

// Begin returns a buffer in which a payload of about so many bytes is to be appended; Finish makes it a frame without
// copying it.
func Begin(size int) []byte { return make([]byte, maxHeader, maxHeader+size) }

// Finish is the frame of the payload that was appended to what Begin returned; the buffer is the frame's from here on.
func Finish(buf []byte) []byte {
	var head [maxHeader]byte
	h := appendHeader(head[:0], ws.OpText, len(buf)-maxHeader)
	at := maxHeader - len(h)
	copy(buf[at:], h)
	return buf[at:]
}

// AppendFrame appends payload to dst as one whole text frame, like [Frame].
func AppendFrame(dst, payload []byte) []byte {
	return append(appendHeader(dst, ws.OpText, len(payload)), payload...)
}

// appendHeader appends the header of an unmasked, final frame: servers don't mask.
func appendHeader(dst []byte, op ws.OpCode, length int) []byte {
	dst = append(dst, finBit|byte(op))
	switch {
	case length <= short:
		return append(dst, byte(length)) //nolint:gosec // at most 125
	case length <= math.MaxUint16:
		return binary.BigEndian.AppendUint16(append(dst, length2), uint16(length))
	default:
		return binary.BigEndian.AppendUint64(append(dst, length8), uint64(length))
	}
}
