package protocol

import (
	"math"
	"strings"
	"testing"
)

func TestCursor_round_trip(t *testing.T) {
	for _, c := range []Cursor{
		{"a", 0}, {"AZaz09_-", 1}, {strings.Repeat("e", maxEpoch), math.MaxInt64}, {"-", 10}, {"9", 1 << 53},
	} {
		got, err := ParseCursor(c.String())
		if err != nil || got != c {
			t.Errorf("%v reads as %v, %v", c, got, err)
		}
		if b, err := c.AppendText([]byte("x")); err != nil || string(b) != "x"+c.String() {
			t.Errorf("AppendText wrote %s, %v", b, err)
		}
	}
}

// The zero cursor stands for "none" and must not read as one.
func TestCursor_zero_is_refused(t *testing.T) {
	_, err := ParseCursor(Cursor{}.String())
	checkError(t, err, &DecodeError{Kind: Invalid, Field: "cursor"})
}
