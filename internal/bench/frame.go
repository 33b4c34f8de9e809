package bench

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// What this client needs of RFC 6455: whole frames both ways, masked towards the server.
const (
	opContinuation = 0
	opText         = 1
	opClose        = 8
	opPing         = 9
	opPong         = 10

	finBit  = 0x80
	maskBit = 0x80
	length2 = 126 // two bytes of length follow
	length8 = 127

	maxFrame = 64 << 20 // beyond anything that a server of ours sends
)

var (
	errFragment = errors.New("the server sent a fragmented or extended frame, which this client doesn't read")
	errMasked   = errors.New("the server sent a masked frame")
	errLong     = errors.New("the server sent a frame of more than 64 MiB")
)

// frameIn looks at the beginning of b for a server's frame. size is how many bytes the whole frame takes, as far as that
// can be told, and 0 as long as it can't; payload is nil until all of it is there.
func frameIn(b []byte) (op byte, payload []byte, size int, err error) {
	if len(b) < 2 {
		return 0, nil, 0, nil
	}
	if b[0]&0xf0 != finBit || b[0]&0x0f == opContinuation {
		return 0, nil, 0, errFragment
	}
	if b[1]&maskBit != 0 {
		return 0, nil, 0, errMasked
	}
	header, length := 2, uint64(b[1])
	switch length {
	case length2:
		header = 4
		if len(b) < header {
			return 0, nil, 0, nil
		}
		length = uint64(binary.BigEndian.Uint16(b[2:]))
	case length8:
		header = 10
		if len(b) < header {
			return 0, nil, 0, nil
		}
		length = binary.BigEndian.Uint64(b[2:])
	}
	if length > maxFrame {
		return 0, nil, 0, errLong
	}
	size = header + int(length)
	if len(b) < size {
		return 0, nil, size, nil
	}
	return b[0] & 0x0f, b[header:size:size], size, nil
}

// appendFrame appends payload to dst as one whole masked frame.
func appendFrame(dst []byte, op byte, key uint32, payload []byte) []byte {
	dst = append(dst, finBit|op)
	switch n := len(payload); {
	case n < length2:
		dst = append(dst, maskBit|byte(n))
	case n <= 0xffff:
		dst = binary.BigEndian.AppendUint16(append(dst, maskBit|length2), uint16(n))
	default:
		dst = binary.BigEndian.AppendUint64(append(dst, maskBit|length8), uint64(n))
	}
	dst = binary.LittleEndian.AppendUint32(dst, key)
	return appendMasked(dst, key, payload)
}

// appendMasked appends payload under key, eight bytes at a time.
func appendMasked(dst []byte, key uint32, payload []byte) []byte {
	wide := uint64(key)<<32 | uint64(key)
	for len(payload) >= 8 {
		dst = binary.LittleEndian.AppendUint64(dst, binary.LittleEndian.Uint64(payload)^wide)
		payload = payload[8:]
	}
	for i, c := range payload {
		dst = append(dst, c^byte(key>>(8*(i&3)))) //nolint:gosec // the byte is what is wanted
	}
	return dst
}

// masks makes mask keys. They guard proxies against chosen bytes, which a load generator doesn't choose, so they needn't
// be secret, only there and changing: a linear congruence will do.
type masks uint64

func (m *masks) key() uint32 {
	*m = *m*6364136223846793005 + 1442695040888963407
	return uint32(*m >> 32)
}

// closeError is how a server ended a connection.
type closeError struct {
	code   uint16
	reason string
}

func (e *closeError) Error() string {
	return fmt.Sprintf("the server closed the connection: %d %s", e.code, e.reason)
}

func closeOf(payload []byte) error {
	if len(payload) < 2 {
		return &closeError{1005, "without a code"}
	}
	return &closeError{binary.BigEndian.Uint16(payload), string(payload[2:])}
}
