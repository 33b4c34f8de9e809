package tui

import (
	"strings"
	"testing"

	"kinward/client"
)

func TestParse(t *testing.T) {
	tests := map[string]struct {
		in   string
		want command
		text bool   // it is no command
		hint string // a word of what is said to be wrong
	}{
		"text":              {in: "hello", text: true},
		"escaped_slash":     {in: "//hello", text: true},
		"slash_inside":      {in: "a /quit", text: true},
		"quit":              {in: "/quit", want: command{name: "quit"}},
		"case":              {in: "/QUIT ", want: command{name: "quit"}},
		"transport":         {in: "/transport long-poll", want: command{name: "transport", transport: client.LongPoll}},
		"transport_unknown": {in: "/transport pigeon", hint: "Choose one"},
		"transport_none":    {in: "/transport", hint: "Choose one"},
		"reply":             {in: "/reply 12 Yes, at two.", want: command{name: "reply", seq: 12, text: "Yes, at two."}},
		"reply_hash":        {in: "/reply #12 Yes", want: command{name: "reply", seq: 12, text: "Yes"}},
		"reply_lines":       {in: "/reply 12 Yes\nand no", want: command{name: "reply", seq: 12, text: "Yes\nand no"}},
		"reply_no_number":   {in: "/reply Yes", hint: "the number"},
		"reply_no_text":     {in: "/reply 12", hint: "the answer"},
		"reply_negative":    {in: "/reply -1 x", hint: "the number"},
		"correct":           {in: "/correct 5 mg, not 50", want: command{name: "correct", text: "5 mg, not 50"}},
		"correct_numbered":  {in: "/correct #7 5 mg", want: command{name: "correct", seq: 7, text: "5 mg"}},
		"correct_nothing":   {in: "/correct", hint: "new text"},
		"retract":           {in: "/retract", want: command{name: "retract"}},
		"retract_numbered":  {in: "/retract 9", want: command{name: "retract", seq: 9}},
		"retract_text":      {in: "/retract that", hint: "/retract 12"},
		"invite":            {in: "/invite Ana Maria Almeida Daughter", want: command{name: "invite", person: "Ana Maria Almeida", relationship: "daughter"}},
		"invite_unknown":    {in: "/invite Ana Almeida dog", hint: "one of"},
		"invite_short":      {in: "/invite daughter", hint: "the relationship"},
		"unknown":           {in: "/frobnicate", hint: "no command /frobnicate"},
		"unknown_nasty":     {in: "/\x1b[2J", hint: "no command /␛[2j"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c, ok, hint := parse(tt.in)
			if ok == tt.text || (hint == "") != (tt.hint == "") || !strings.Contains(hint, tt.hint) {
				t.Fatalf("%+v %v %q", c, ok, hint)
			}
			if tt.hint == "" && c != tt.want {
				t.Errorf("%+v, want %+v", c, tt.want)
			}
		})
	}
}
