package tui

import (
	"fmt"
	"strconv"
	"strings"

	"kinward/client"
)

// command is a line that begins with a slash, understood.
type command struct {
	name         string
	text         string      // reply, correct: what to write
	seq          int64       // reply, correct, retract: which message; 0 is the own last one
	transport    client.Kind // transport
	person       string      // invite
	relationship string      // invite
}

// commands are what can be typed, with what the help says of them.
var commands = []struct{ name, usage, help string }{
	{"reply", "/reply N TEXT", "answer message N, quoting it"},
	{"correct", "/correct [#N] TEXT", "replace the text of your last message, or of N"},
	{"retract", "/retract [N]", "take back your last message, or N"},
	{"retry", "/retry", "send again what could not be sent"},
	{"discard", "/discard", "throw away what could not be sent"},
	{"invite", "/invite NAME RELATIONSHIP", "let a relative join this patient's conversation"},
	{"who", "/who", "who is in this conversation"},
	{"transport", "/transport auto|websocket|sse|long-poll|poll", "how messages reach this device"},
	{"help", "/help", "this page"},
	{"quit", "/quit", "leave"},
}

// relationships are what the server knows; the list is here so that a typing error is answered at once.
var relationships = strings.Fields("spouse partner parent mother father child daughter son sibling sister brother " +
	"grandparent grandchild guardian friend neighbour other")

// parse understands a line of the composer. ok is false for text that is to be sent as it is; "//" sends text that
// begins with a slash. hint says in a sentence what is wrong with a command, "" when nothing is.
func parse(in string) (c command, ok bool, hint string) {
	if !strings.HasPrefix(in, "/") || strings.HasPrefix(in, "//") {
		return c, false, ""
	}
	word, rest, _ := strings.Cut(in[1:], " ")
	c.name, rest = strings.ToLower(strings.TrimSpace(word)), strings.TrimSpace(rest)
	if i := strings.IndexByte(c.name, '\n'); i >= 0 {
		c.name, rest = c.name[:i], strings.TrimSpace(in[1+i:])
	}
	switch c.name {
	case "help", "who", "quit", "retry", "discard":
		return c, true, ""
	case "transport":
		return c, true, c.parseTransport(rest)
	case "reply":
		return c, true, c.parseReply(rest)
	case "correct":
		return c, true, c.parseCorrect(rest)
	case "retract":
		return c, true, c.parseRetract(rest)
	case "invite":
		return c, true, c.parseInvite(rest)
	}
	return c, true, fmt.Sprintf("There is no command /%s. /help lists them; begin with // to send a text with a slash.", cut(line(c.name), 20))
}

func (c *command) parseTransport(rest string) string {
	for _, k := range client.Kinds() {
		if string(k) == strings.ToLower(rest) {
			c.transport = k
			return ""
		}
	}
	return "Choose one: /transport auto, websocket, sse, long-poll or poll."
}

// number takes a message number off the front of a text.
func number(s string) (n int64, rest string) {
	word, rest, _ := strings.Cut(s, " ")
	n, err := strconv.ParseInt(strings.TrimPrefix(word, "#"), 10, 64)
	if err != nil || n < 1 {
		return 0, s
	}
	return n, strings.TrimSpace(rest)
}

func (c *command) parseReply(rest string) string {
	c.seq, c.text = number(rest)
	if c.seq == 0 || c.text == "" {
		return "Write /reply, the number beside the message, and the answer: /reply 12 Yes, at two."
	}
	return ""
}

func (c *command) parseCorrect(rest string) string {
	c.text = rest
	if n, after := number(rest); n > 0 && after != "" && strings.HasPrefix(rest, "#") {
		c.seq, c.text = n, after
	}
	if c.text == "" {
		return "Write /correct and the new text of your last message, or /correct #12 and the text."
	}
	return ""
}

func (c *command) parseRetract(rest string) string {
	if rest == "" {
		return ""
	}
	n, after := number(rest)
	if n == 0 || after != "" {
		return "Write /retract for your last message, or /retract 12."
	}
	c.seq = n
	return ""
}

func (c *command) parseInvite(rest string) string {
	words := strings.Fields(rest)
	if len(words) < 2 {
		return "Write /invite, the relative's name and the relationship: /invite Ana Almeida daughter."
	}
	c.relationship = strings.ToLower(words[len(words)-1])
	c.person = strings.Join(words[:len(words)-1], " ")
	for _, r := range relationships {
		if r == c.relationship {
			return ""
		}
	}
	return fmt.Sprintf("End with the relationship, one of: %s.", strings.Join(relationships, ", "))
}
