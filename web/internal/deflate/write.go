package deflate

import "math/bits"

// codeOrder is the order in which the lengths of the codes for lengths are written.
var codeOrder = [19]int{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}

// table is a block's codes, and how they are told before it.
type table struct {
	symbol, distance []int // lengths of the codes, up to the last one in use
	told             []run
	tell             []int // lengths of the codes by which told is written
	telling          int   // how many of those are written
}

// run is one step in telling the lengths of codes: a length, or 16 to 18 with the extra bits that say how often.
type run struct{ code, extra int }

var runExtra = map[int]int{16: 2, 17: 3, 18: 7}

func (c *counts) table() table {
	t := table{symbol: trimmed(huffman(c.symbol[:], 15), endOfBlock+1), distance: trimmed(huffman(c.distance[:], 15), 1)}
	for way, least := 0, -1; way < 8; way++ {
		next := t
		next.describe(way)
		if size := next.headBits(); least < 0 || size < least {
			t, least = next, size
		}
	}
	return t
}

func trimmed(lengths []int, least int) []int {
	for len(lengths) > least && lengths[len(lengths)-1] == 0 {
		lengths = lengths[:len(lengths)-1]
	}
	return lengths
}

// describe finds how the lengths are told. The bits of way leave out one kind of run each, since its code costs something.
func (t *table) describe(way int) {
	all := append(append([]int{}, t.symbol...), t.distance...)
	t.told = nil
	for i := 0; i < len(all); {
		n := 1
		for i+n < len(all) && all[i+n] == all[i] {
			n++
		}
		i += n
		t.tellRun(all[i-1], n, way)
	}
	var counted [19]float64
	for _, r := range t.told {
		counted[r.code]++
	}
	t.tell = huffman(counted[:], 7)
	t.telling = 19
	for t.telling > 4 && t.tell[codeOrder[t.telling-1]] == 0 {
		t.telling--
	}
}

func (t *table) tellRun(length, n, way int) {
	if length == 0 {
		for ; way&4 == 0 && n >= 11; n -= min(n, 138) {
			t.told = append(t.told, run{18, min(n, 138) - 11})
		}
		for ; way&2 == 0 && n >= 3; n -= min(n, 10) {
			t.told = append(t.told, run{17, min(n, 10) - 3})
		}
	} else if way&1 == 0 && n >= 4 {
		t.told = append(t.told, run{length, 0})
		for n--; n >= 3; n -= min(n, 6) {
			t.told = append(t.told, run{16, min(n, 6) - 3})
		}
	}
	for ; n > 0; n-- {
		t.told = append(t.told, run{length, 0})
	}
}

func (t *table) headBits() int {
	n := 14 + 3*t.telling
	for _, r := range t.told {
		n += t.tell[r.code] + runExtra[r.code]
	}
	return n
}

// bits is what a block with these counts takes.
func (c *counts) bits() int {
	t := c.table()
	n := 3 + t.headBits()
	for code, length := range t.symbol {
		n += int(c.symbol[code]) * (length + lengthExtra(code))
	}
	for code, length := range t.distance {
		n += int(c.distance[code]) * (length + distanceExtra(code))
	}
	return n
}

func (b block) write(w *stream, last bool) {
	c := b.count()
	t := c.table()
	final := 0
	if last {
		final = 1
	}
	w.put(final, 1)
	w.put(2, 2) // with codes of its own
	w.put(len(t.symbol)-257, 5)
	w.put(len(t.distance)-1, 5)
	w.put(t.telling-4, 4)
	for _, code := range codeOrder[:t.telling] {
		w.put(t.tell[code], 3)
	}
	tell := codesOf(t.tell)
	for _, r := range t.told {
		w.put(tell[r.code], t.tell[r.code])
		w.put(r.extra, runExtra[r.code])
	}
	symbol, distance := codesOf(t.symbol), codesOf(t.distance)
	for _, s := range b {
		if s.distance == 0 {
			w.put(symbol[s.length], t.symbol[s.length])
			continue
		}
		code := lengthCode(s.length)
		w.put(symbol[code], t.symbol[code])
		w.put((s.length-minLength)&(1<<lengthExtra(code)-1), lengthExtra(code))
		code = distanceCode(s.distance)
		w.put(distance[code], t.distance[code])
		w.put((s.distance-1)&(1<<distanceExtra(code)-1), distanceExtra(code))
	}
	w.put(symbol[endOfBlock], t.symbol[endOfBlock])
}

// codesOf gives codes of these lengths their bits, the first bit lowest, as they are written.
func codesOf(lengths []int) []int {
	codes := make([]int, len(lengths))
	next := 0
	for length := 1; length <= 15; length++ {
		next <<= 1
		for code, l := range lengths {
			if l == length {
				codes[code] = int(bits.Reverse16(uint16(next))) >> (16 - length)
				next++
			}
		}
	}
	return codes
}

// stream collects bits, the lowest of each byte first.
type stream struct {
	out  []byte
	held uint64
	n    int
}

func (w *stream) put(value, n int) {
	w.held |= uint64(value) << w.n //nolint:gosec // not negative
	for w.n += n; w.n >= 8; w.n -= 8 {
		w.out = append(w.out, byte(w.held)) //nolint:gosec // the lowest eight bits
		w.held >>= 8
	}
}

func (w *stream) flush() {
	if w.n > 0 {
		w.put(0, 8-w.n)
	}
}
