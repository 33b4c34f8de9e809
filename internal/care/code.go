package care

import (
	"crypto/sha256"
	"strings"
)

// alphabet has no 0 O 1 I L: a code is read from a card or over the telephone.
const alphabet = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"

// CodeLength characters of 31 give 49 bits: with five tries a code and the throttle per address, guessing is hopeless.
const CodeLength = 10

// codeFrom writes uniformly distributed bytes as a code. Bytes that would favour some letters are passed over.
func codeFrom(random []byte) string {
	var b strings.Builder
	for _, c := range random {
		if b.Len() == CodeLength {
			break
		}
		if int(c) < 256/len(alphabet)*len(alphabet) {
			b.WriteByte(alphabet[int(c)%len(alphabet)])
		}
	}
	return b.String()
}

// normalCode is a code as typed by a person: case, spaces and hyphens do not matter.
func normalCode(typed string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ' || r == '-' || r == '\t':
			return -1
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		}
		return r
	}, typed)
}

func hashCode(code string) []byte {
	h := sha256.Sum256([]byte("kinward invitation " + code))
	return h[:]
}
