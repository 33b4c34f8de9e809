package deflate

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
)

// The codes of RFC 1951: 256 literals, the end of a block, 29 for lengths; 30 for distances.
const (
	endOfBlock = 256
	symbols    = 286
	distances  = 30
)

// counts are how often each code of a block is needed.
type counts struct {
	symbol   [symbols]float64
	distance [distances]float64
}

func (b block) count() *counts {
	c := &counts{}
	c.symbol[endOfBlock] = 1
	for _, s := range b {
		if s.distance == 0 {
			c.symbol[s.length]++
			continue
		}
		c.symbol[lengthCode(s.length)]++
		c.distance[distanceCode(s.distance)]++
	}
	return c
}

// mix adds half of what was counted before.
func (c *counts) mix(before *counts) {
	for i := range c.symbol {
		c.symbol[i] += before.symbol[i] / 2
	}
	for i := range c.distance {
		c.distance[i] += before.distance[i] / 2
	}
	c.symbol[endOfBlock] = 1
}

// costs are what each symbol takes, in bits and parts of bits.
type costs struct {
	symbol   [symbols]float64
	length   [maxLength + 1]float64
	distance [distances]float64 // the same for all of a code, extra bits included
}

// plainCosts are those before anything is known.
func plainCosts() costs {
	var c counts
	for i := range c.symbol {
		c.symbol[i] = 1
	}
	for i := range c.distance {
		c.distance[i] = 1
	}
	return c.costs()
}

func (c *counts) costs() (to costs) {
	entropy(c.symbol[:], to.symbol[:])
	entropy(c.distance[:], to.distance[:])
	for length := minLength; length <= maxLength; length++ {
		code := lengthCode(length)
		to.length[length] = to.symbol[code] + float64(lengthExtra(code))
	}
	for code := range to.distance {
		to.distance[code] += float64(distanceExtra(code))
	}
	return to
}

func entropy(counts, costs []float64) {
	var sum float64
	for _, n := range counts {
		sum += n
	}
	all := math.Log2(max(sum, 1))
	for i, n := range counts {
		costs[i] = all
		if n > 0 {
			costs[i] = max(0, all-math.Log2(n))
		}
	}
}

// lengthCode is the code of a length, as the table of the RFC has it: each four codes one more extra bit.
func lengthCode(length int) int {
	if length == maxLength {
		return 285
	}
	n := length - minLength
	if n < 8 {
		return 257 + n
	}
	extra := bits.Len(uint(n)) - 3
	return 257 + 4*extra + n>>extra
}

func lengthExtra(code int) int {
	if code < 265 || code == 285 {
		return 0
	}
	return (code - 261) / 4
}

func distanceCode(distance int) int {
	n := distance - 1
	if n < 4 {
		return n
	}
	extra := bits.Len(uint(n)) - 2
	return 2*extra + n>>extra
}

func distanceExtra(code int) int { return max(0, code/2-1) }

// A packet is one code, or two packets together.
type packet struct {
	weight float64
	code   int // of one code
	two    *[2]packet
}

// huffman gives each code that is needed a number of bits, none more than limit, so that all together need the fewest: by
// the package-merge algorithm.
func huffman(counts []float64, limit int) []int {
	lengths := make([]int, len(counts))
	var single []packet
	for code, n := range counts {
		if n > 0 {
			single = append(single, packet{weight: n, code: code})
		}
	}
	slices.SortStableFunc(single, func(a, b packet) int { return cmp.Compare(a.weight, b.weight) })
	level := single
	for range limit - 1 {
		level = merged(single, pairs(level))
	}
	for _, p := range level[:min(len(level), max(1, 2*len(single)-2))] {
		p.deepen(lengths)
	}
	return lengths
}

func pairs(level []packet) []packet {
	two := make([]packet, 0, len(level)/2)
	for ; len(level) >= 2; level = level[2:] {
		two = append(two, packet{weight: level[0].weight + level[1].weight, two: (*[2]packet)(level)})
	}
	return two
}

// merged is two ordered lists as one.
func merged(a, b []packet) []packet {
	all := make([]packet, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		if b[0].weight < a[0].weight {
			all, b = append(all, b[0]), b[1:]
		} else {
			all, a = append(all, a[0]), a[1:]
		}
	}
	return append(append(all, a...), b...)
}

func (p packet) deepen(lengths []int) {
	if p.two == nil {
		lengths[p.code]++
		return
	}
	p.two[0].deepen(lengths)
	p.two[1].deepen(lengths)
}
