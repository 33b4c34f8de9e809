package bench

import (
	"bytes"
	"testing"
)

// told plays a list of message numbers to a ledger; edit may damage a message before.
func told(t *testing.T, sent int64, numbers []int64, edit func(m *message)) Faults {
	t.Helper()
	fill := newFilling()
	l := ledger{fill: fill, place: 7}
	for _, n := range numbers {
		m := message{text: make([]byte, TextSize), seq: n + 1}
		fill.put(m.text, 7, n)
		if edit != nil {
			edit(&m)
		}
		l.take(&m)
	}
	return l.end(sent)
}

func TestLedger(t *testing.T) {
	for name, test := range map[string]struct {
		sent    int64
		numbers []int64
		want    Faults
	}{
		"right":             {4, []int64{0, 1, 2, 3}, Faults{}},
		"nothing":           {0, nil, Faults{}},
		"lost_in_between":   {4, []int64{0, 1, 3}, Faults{Lost: 1}},
		"lost_at_the_end":   {4, []int64{0, 1}, Faults{Lost: 2}},
		"lost_at_the_start": {3, []int64{2}, Faults{Lost: 2}},
		"all_lost":          {3, nil, Faults{Lost: 3}},
		"doubled":           {3, []int64{0, 1, 1, 2}, Faults{Doubled: 1}},
		"doubled_later":     {3, []int64{0, 1, 2, 0}, Faults{Doubled: 1}},
		"reordered":         {3, []int64{0, 2, 1}, Faults{Reordered: 1}},
		"reordered_twice":   {3, []int64{0, 2, 1, 1}, Faults{Reordered: 1, Doubled: 1}},
		"never_sent":        {2, []int64{0, 1, 2}, Faults{Damaged: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := told(t, test.sent, test.numbers, nil); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// TestLedger_damaged: no byte of a text can change unseen, nor can one be cut, grown or told elsewhere.
func TestLedger_damaged(t *testing.T) {
	for at := range TextSize {
		got := told(t, 1, []int64{0}, func(m *message) { m.text[at] ^= 1 })
		if got.Damaged != 1 || got.Lost != 1 {
			t.Errorf("byte %d: %s", at, got)
		}
	}
	for name, edit := range map[string]func(m *message){
		"cut":       func(m *message) { m.text = m.text[:TextSize-1] },
		"grown":     func(m *message) { m.text = append(m.text, 'x') },
		"empty":     func(m *message) { m.text = nil },
		"elsewhere": func(m *message) { newFilling().put(m.text, 8, 0) },
	} {
		if got := told(t, 1, []int64{0}, edit); got.Damaged != 1 || got.Lost != 1 {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestLedger_misnumbered(t *testing.T) {
	got := told(t, 2, []int64{0, 1}, func(m *message) { m.seq += 5 })
	if want := (Faults{Misnumbered: 2}); got != want {
		t.Errorf("got %s", got)
	}
}

// TestLedger_wild: a number from nowhere takes no memory for all that it passes over.
func TestLedger_wild(t *testing.T) {
	fill := newFilling()
	l := ledger{fill: fill}
	m := message{text: make([]byte, TextSize), seq: maxNumber}
	fill.put(m.text, 0, maxNumber)
	l.take(&m)
	if len(l.missed) > 1<<20 {
		t.Errorf("%d numbers are kept", len(l.missed))
	}
	if got := l.end(10); got.Lost != 9 {
		t.Errorf("%s", got)
	}
}

func TestFaults(t *testing.T) {
	var f Faults
	f.Add(Faults{1, 2, 3, 4, 5})
	f.Add(Faults{Lost: 1})
	if f != (Faults{2, 2, 3, 4, 5}) || !f.Any() || (Faults{}).Any() {
		t.Errorf("%s", f)
	}
}

func TestText(t *testing.T) {
	fill := newFilling()
	first, second := make([]byte, TextSize), make([]byte, TextSize)
	fill.put(first, 3, 41)
	fill.put(second, 3, 42)
	if n, ok := fill.number(first, 3); n != 41 || !ok {
		t.Errorf("%d, %v", n, ok)
	}
	if bytes.Equal(first[len(textHead):], second[len(textHead):]) {
		t.Error("two messages have the same filling")
	}
	if bytes.ContainsAny(first, `"\`) {
		t.Error("the text needs escapes in JSON")
	}
}
