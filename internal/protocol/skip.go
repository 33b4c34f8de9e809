package protocol

// wellFormed tells whether in is one JSON object of bearable depth, whatever it says. Decode asks it once it has found a
// fault in a field: what isn't JSON at all is answered as such, however early a wrong field stands in it.
func wellFormed(in string) *DecodeError {
	s := scanner{in: in}
	if s.peek() != '{' {
		return s.notObject()
	}
	if fault := s.skip(1); fault != nil {
		return fault
	}
	return s.end()
}

// notObject is the error for a text that doesn't begin with an object.
func (s *scanner) notObject() *DecodeError {
	if s.pos == len(s.in) {
		return malformed("There is nothing to read; send one JSON object.")
	}
	return malformed("This is not a JSON object; send one, between { and }.")
}

// skip reads one value of any kind; depth counts the value itself, should it be an object or a list.
func (s *scanner) skip(depth int) *DecodeError {
	switch c := s.peek(); c {
	case '{', '[':
		if depth > maxDepth {
			return malformed("The JSON is nested too deep; send at most 32 levels.")
		}
		return s.skipItems(c, depth)
	case '"':
		_, fault := s.str()
		return fault
	case 't':
		return s.word("true")
	case 'f':
		return s.word("false")
	case 'n':
		return s.word("null")
	}
	_, fault := s.number()
	return fault
}

// skipItems reads an object or a list, told apart by its opening byte.
func (s *scanner) skipItems(opening byte, depth int) *DecodeError {
	closing := opening + 2 // true of [ ] and { } in ASCII
	s.pos++
	if s.peek() == closing {
		s.pos++
		return nil
	}
	for more := true; more; {
		if opening == '{' {
			if fault := s.skipName(); fault != nil {
				return fault
			}
		}
		fault := s.skip(depth + 1)
		if fault == nil {
			more, fault = s.more(closing)
		}
		if fault != nil {
			return fault
		}
	}
	return nil
}

// skipName reads a field's name and its colon.
func (s *scanner) skipName() *DecodeError {
	if s.peek() != '"' {
		return s.fault()
	}
	if _, fault := s.str(); fault != nil {
		return fault
	}
	return s.expect(':')
}
