package deflate

const (
	minLength = 3
	maxLength = 258
	window    = 32 << 10 // how far back a repetition may lie
	patience  = 4096     // earlier places that are compared, at most
)

// repetitions are, for each place of a content, the repetitions that begin there: each longer than the one before it, and
// from further back.
type repetitions struct {
	list  []symbol
	begin []int // in list, by place; one more at the end
}

func (r repetitions) at(i int) []symbol { return r.list[r.begin[i]:r.begin[i+1]] }

func findRepetitions(content []byte) repetitions {
	r := repetitions{begin: make([]int, 1, len(content)+1)}
	newest := map[[minLength]byte]int{} // the last place where three bytes stood
	before := make([]int, len(content)) // the place before, where the same three stood
	for i := range content {
		if i+minLength <= len(content) {
			three := [minLength]byte(content[i : i+minLength])
			place, ok := newest[three]
			if !ok {
				place = -1
			}
			before[i] = place
			newest[three] = i
			r.look(content, before, i)
		}
		r.begin = append(r.begin, len(r.list))
	}
	return r
}

// look goes back from place to place at which the same three bytes stood.
func (r *repetitions) look(content []byte, before []int, i int) {
	longest := minLength - 1
	most := min(maxLength, len(content)-i)
	for place, n := before[i], 0; place >= 0 && i-place <= window && longest < most && n < patience; place, n = before[place], n+1 {
		if content[place+longest] != content[i+longest] {
			continue
		}
		length := 0
		for length < most && content[place+length] == content[i+length] {
			length++
		}
		if length > longest {
			longest = length
			r.list = append(r.list, symbol{length, i - place})
		}
	}
}
