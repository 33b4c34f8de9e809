package protocol

import "unicode/utf8"

const hexDigits = "0123456789abcdef"

// AppendString appends s as a JSON string, byte for byte as encoding/json writes it without HTML escaping: bytes that are
// not UTF-8 become U+FFFD, and U+2028 and U+2029 are escaped.
func AppendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	start := 0 // of what is not yet copied
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c >= utf8.RuneSelf:
			r, n := utf8.DecodeRuneInString(s[i:])
			bad := r == utf8.RuneError && n == 1
			if bad || r == '\u2028' || r == '\u2029' {
				dst = appendRuneEscape(append(dst, s[start:i]...), r)
				start = i + n
			}
			i += n
		case c < ' ' || c == '"' || c == '\\':
			dst = appendByteEscape(append(dst, s[start:i]...), c)
			i++
			start = i
		default:
			i += plainPrefix(s[i:])
		}
	}
	dst = append(dst, s[start:]...)
	return append(dst, '"')
}

// appendByteEscape appends the shortest escape of c.
func appendByteEscape(dst []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\b':
		return append(dst, `\b`...)
	case '\f':
		return append(dst, `\f`...)
	case '\n':
		return append(dst, `\n`...)
	case '\r':
		return append(dst, `\r`...)
	case '\t':
		return append(dst, `\t`...)
	}
	return appendRuneEscape(dst, rune(c))
}

func appendRuneEscape(dst []byte, r rune) []byte {
	return append(dst, '\\', 'u', hexDigits[r>>12&15], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
}

// plainPrefix counts the bytes at the beginning of s that stand for themselves in a JSON string: ASCII other than controls,
// the quote and the backslash. It looks at eight at a time, which halves the time of writing a message.
func plainPrefix(s string) int {
	const (
		ones    = 0x0101010101010101
		highs   = ones << 7
		quotes  = ones * '"'
		slashes = ones * '\\'
		spaces  = ones * ' '
	)
	i := 0
	for ; i+8 <= len(s); i += 8 {
		w := uint64(s[i]) | uint64(s[i+1])<<8 | uint64(s[i+2])<<16 | uint64(s[i+3])<<24 |
			uint64(s[i+4])<<32 | uint64(s[i+5])<<40 | uint64(s[i+6])<<48 | uint64(s[i+7])<<56
		// A subtraction borrows into the high bit of a byte that is below ' ', or zero after the xor. A borrow can spill into
		// the byte above, but only where this word has a special byte already.
		if (w|(w-spaces)|((w^quotes)-ones)|((w^slashes)-ones))&highs != 0 {
			break
		}
	}
	for i < len(s) && ' ' <= s[i] && s[i] < utf8.RuneSelf && s[i] != '"' && s[i] != '\\' {
		i++
	}
	return i
}
