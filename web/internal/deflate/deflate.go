// Package deflate packs what is packed once and fetched often: some four per cent smaller than compress/gzip at its best, by
// trying again and again how the text is cut into repetitions. That takes a second for a hundred kilobytes. What it makes is
// plain gzip, and the same for the same content.
package deflate

import (
	"encoding/binary"
	"hash/crc32"
	"math"
	"slices"
)

const (
	tries     = 24 // of cutting a block anew by what the last cut has taught
	mixFrom   = 6  // from this try on, what was learnt before counts too, so that tries don't swing between two cuts
	maxBlocks = 20
)

// Gzip is content as a gzip file with nothing but the content in it: no name, no time.
func Gzip(content []byte) []byte {
	w := &stream{out: []byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255}}
	blocks := cut(content)
	for i, b := range blocks {
		b.write(w, i == len(blocks)-1)
	}
	w.flush()
	w.out = binary.LittleEndian.AppendUint32(w.out, crc32.ChecksumIEEE(content))
	return binary.LittleEndian.AppendUint32(w.out, uint32(len(content))) //nolint:gosec // gzip wants it modulo 2^32
}

// A symbol is a repetition of length bytes from distance bytes before; with distance 0, length is one literal byte itself.
type symbol struct{ length, distance int }

type block []symbol

// cut is content as the blocks that take the fewest bits, as far as it finds them.
func cut(content []byte) []block {
	found := findRepetitions(content)
	whole := improved(content, found, 0, len(content), plainCosts())
	best := whole.split()
	for range 3 { // blocks of their own teach better cuts, and better cuts other blocks
		var again block
		from := 0
		for _, b := range best {
			to := from + b.size()
			again = append(again, improved(content, found, from, to, b.count().costs())...)
			from = to
		}
		next := again.split()
		if bitsOf(next) >= bitsOf(best) {
			break
		}
		best = next
	}
	return best
}

// improved cuts a part of content again and again, each time by the costs that the cut before has shown, and keeps the best.
func improved(content []byte, found repetitions, from, to int, c costs) block {
	var best block
	least := math.MaxInt
	learnt := &counts{}
	for try := range tries {
		b := shortest(content, found, from, to, c)
		now := b.count()
		if size := now.bits(); size < least {
			best, least = b, size
		}
		if try >= mixFrom {
			now.mix(learnt)
		}
		learnt = now
		c = now.costs()
	}
	return best
}

// shortest is the way through a part of content that costs least.
func shortest(content []byte, found repetitions, from, to int, c costs) block {
	cost := make([]float64, to-from+1)
	for i := range cost {
		cost[i] = math.Inf(1)
	}
	cost[0] = 0
	last := make([]symbol, to-from+1) // the symbol by which each place is reached
	for i := range to - from {
		if next := cost[i] + c.symbol[content[from+i]]; next < cost[i+1] {
			cost[i+1], last[i+1] = next, symbol{1, 0}
		}
		length := minLength
		for _, r := range found.at(from + i) {
			reach := cost[i] + c.distance[distanceCode(r.distance)]
			for ; length <= min(r.length, to-from-i); length++ {
				if next := reach + c.length[length]; next < cost[i+length] {
					cost[i+length], last[i+length] = next, symbol{length, r.distance}
				}
			}
		}
	}
	var b block
	for i := to - from; i > 0; {
		s := last[i]
		i -= s.length
		if s.distance == 0 {
			s.length = int(content[from+i])
		}
		b = append(b, s)
	}
	slices.Reverse(b)
	return b
}

// size is how many bytes of content a block stands for.
func (b block) size() int {
	n := 0
	for _, s := range b {
		if s.distance == 0 {
			n++
		} else {
			n += s.length
		}
	}
	return n
}

// split is a block as several, where codes of their own pay for what it takes to write them down.
func (b block) split() []block {
	blocks := []block{b}
	for i := 0; i < len(blocks) && len(blocks) < maxBlocks; {
		whole := blocks[i]
		at := whole.bestSplit()
		if at == 0 {
			i++
			continue
		}
		blocks = append(blocks[:i], append([]block{whole[:at], whole[at:]}, blocks[i+1:]...)...)
	}
	return blocks
}

// bestSplit is the place where splitting saves most; 0 if nowhere. It looks at nine places, then at nine around the best one.
func (b block) bestSplit() int {
	const looks = 9
	best, least := 0, b.count().bits()
	for from, to := 0, len(b); to-from > looks; {
		step := (to - from) / (looks + 1)
		here := 0
		for i := 1; i <= looks; i++ {
			at := from + i*step
			first, second := b[:at].count(), b[at:].count()
			if size := first.bits() + second.bits(); size < least {
				best, here, least = at, at, size
			}
		}
		if here == 0 {
			break
		}
		from, to = here-step, here+step
	}
	return best
}

func bitsOf(blocks []block) (n int) {
	for _, b := range blocks {
		n += b.count().bits()
	}
	return n
}
