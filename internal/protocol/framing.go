package protocol

// The Append functions below put frames, pages and events around changes and messages that are encoded already: a change
// is encoded once, whatever the number of devices it goes to. All but AppendEvent write one line of JSON.

// AppendReadyFrame appends the frame that opens a socket's feed.
func AppendReadyFrame(dst []byte, cursor string, head int64, heartbeatS int) []byte {
	dst = appendText(dst, `{"op":"ready","cursor":`, cursor)
	dst = appendWhole(dst, `,"head":`, head)
	dst = appendWhole(dst, `,"heartbeat_s":`, int64(heartbeatS))
	return append(dst, '}')
}

// AppendChangesFrame appends a frame of changes as AppendChange wrote them; cursor is where the client is after them.
func AppendChangesFrame(dst []byte, cursor string, changes ...[]byte) []byte {
	dst = appendText(dst, `{"op":"changes","cursor":`, cursor)
	dst = appendRaw(dst, `,"changes":`, changes)
	return append(dst, '}')
}

// AppendHeadFrame appends a heartbeat.
func AppendHeadFrame(dst []byte, head int64) []byte {
	return append(appendWhole(dst, `{"op":"head","head":`, head), '}')
}

// AppendPongFrame appends the answer to ping.
func AppendPongFrame(dst []byte, head int64) []byte {
	return append(appendWhole(dst, `{"op":"pong","head":`, head), '}')
}

// AppendEphemeralFrame appends a passing sign.
func AppendEphemeralFrame(dst []byte, e *Ephemeral) []byte {
	dst = append(dst, `{"op":"ephemeral",`...)
	return appendEphemeralFields(dst, e)
}

// AppendSentFrame appends the answer to the send frame called ref.
func AppendSentFrame(dst []byte, ref string, m *Message) []byte {
	dst = appendText(dst, `{"op":"sent","ref":`, ref)
	dst = AppendMessage(append(dst, `,"message":`...), m)
	return append(dst, '}')
}

// AppendErrorFrame appends what became of a client frame that was refused; ref and field are left out where empty.
func AppendErrorFrame(dst []byte, ref, code, detail, field string) []byte {
	dst = append(dst, `{"op":"error"`...)
	dst = appendOptional(dst, `,"ref":`, ref)
	dst = appendText(dst, `,"code":`, code)
	dst = appendText(dst, `,"detail":`, detail)
	dst = appendOptional(dst, `,"field":`, field)
	return append(dst, '}')
}

// AppendByeFrame appends the last frame before the server closes; retryAfterMS is the pause before coming back, which
// clients stretch at random.
func AppendByeFrame(dst []byte, code string, retryAfterMS int) []byte {
	dst = appendText(dst, `{"op":"bye","code":`, code)
	dst = appendWhole(dst, `,"retry_after_ms":`, int64(retryAfterMS))
	return append(dst, '}')
}

// AppendPage appends a Page whose changes are as AppendChange wrote them.
func AppendPage(dst []byte, cursor string, head int64, changes [][]byte, ephemeral []Ephemeral, more bool) []byte {
	dst = appendPageStart(dst, cursor, head)
	dst = appendRaw(dst, `,"changes":`, changes)
	return appendPageEnd(dst, ephemeral, more)
}

// AppendHead appends the data of a heartbeat event, {"head": …}.
func AppendHead(dst []byte, head int64) []byte {
	return append(appendWhole(dst, `{"head":`, head), '}')
}

// AppendEvent appends a server-sent event and the empty line that ends it. Data is one line of JSON; the line with the id
// is left out where id is empty, so that the client keeps the id it has.
func AppendEvent(dst []byte, event, id string, data []byte) []byte {
	dst = append(append(dst, "event: "...), event...)
	if id != "" {
		dst = append(append(dst, "\nid: "...), id...)
	}
	dst = append(append(dst, "\ndata: "...), data...)
	return append(dst, "\n\n"...)
}

func appendPageStart(dst []byte, cursor string, head int64) []byte {
	dst = appendText(dst, `{"cursor":`, cursor)
	return appendWhole(dst, `,"head":`, head)
}

func appendPageEnd(dst []byte, ephemeral []Ephemeral, more bool) []byte {
	dst = appendList(dst, `,"ephemeral":`, ephemeral, appendEphemeral)
	if more {
		return append(dst, `,"more":true}`...)
	}
	return append(dst, `,"more":false}`...)
}

func appendEphemeral(dst []byte, e *Ephemeral) []byte {
	return appendEphemeralFields(append(dst, '{'), e)
}

// appendEphemeralFields appends the fields of e and the closing brace.
func appendEphemeralFields(dst []byte, e *Ephemeral) []byte {
	dst = appendText(dst, `"type":`, e.Type)
	dst = appendText(dst, `,"person":`, e.Person)
	dst = appendOptional(dst, `,"conversation":`, e.Conversation)
	dst = appendOptional(dst, `,"state":`, e.State)
	return append(dst, '}')
}
