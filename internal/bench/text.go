package bench

import (
	"bytes"
	"math/rand/v2"
)

// A text has TextSize bytes, so that results can be compared: which conversation and message it is, and filling that is
// another for each message, so that a mix-up of two shows.
const (
	TextSize   = 100
	textHead   = "bench 00000000 0000000000 "
	placeAt    = len("bench ")
	placeSize  = 8
	numberAt   = placeAt + placeSize + 1
	numberSize = 10
	fillSize   = TextSize - len(textHead)
	maxNumber  = 9_999_999_999
)

// filling is what texts are filled with: letters that need no escape in JSON. It is the same in every process.
type filling [4096]byte

func newFilling() *filling {
	var f filling
	r := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // filling, no secret
	for i := range f {
		f[i] = 'a' + byte(r.IntN(26)) //nolint:gosec // below 26
	}
	return &f
}

// of is the filling of message n in place.
func (f *filling) of(place uint32, n int64) []byte {
	at := (uint64(place)*131 + uint64(n)*37) % uint64(len(f)-fillSize) //nolint:gosec // any place in the filling will do
	return f[at : at+uint64(fillSize)]
}

// put writes the text of message n in place to dst, which has TextSize bytes.
func (f *filling) put(dst []byte, place uint32, n int64) {
	copy(dst, textHead)
	putDigits(dst[placeAt:placeAt+placeSize], int64(place))
	putDigits(dst[numberAt:numberAt+numberSize], n)
	copy(dst[len(textHead):], f.of(place, n))
}

// number reads which message of place a text is; ok says that it is that message, in every byte.
func (f *filling) number(text []byte, place uint32) (n int64, ok bool) {
	if len(text) != TextSize {
		return 0, false
	}
	n, ok = digits(text[numberAt : numberAt+numberSize])
	if !ok {
		return 0, false
	}
	var head [len(textHead)]byte
	copy(head[:], textHead)
	putDigits(head[placeAt:placeAt+placeSize], int64(place))
	putDigits(head[numberAt:numberAt+numberSize], n)
	return n, bytes.Equal(text[:len(head)], head[:]) && bytes.Equal(text[len(head):], f.of(place, n))
}

// putDigits fills dst with the decimal digits of n.
func putDigits(dst []byte, n int64) {
	for i := len(dst) - 1; i >= 0; i-- {
		dst[i] = '0' + byte(n%10) //nolint:gosec // one digit
		n /= 10
	}
}

// digits reads a whole number; ok is false for anything else, and for more than 18 digits.
func digits(b []byte) (n int64, ok bool) {
	if len(b) == 0 || len(b) > 18 {
		return 0, false
	}
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	return n, true
}
