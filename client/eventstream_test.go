package client

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func TestEventReader(t *testing.T) {
	long := strings.Repeat("x", 50_000)
	tests := map[string]struct {
		in   string
		want []string // name/id/data
	}{
		"page":           {"event: page\nid: e.4\ndata: {}\n\n", []string{"page/e.4/{}"}},
		"crlf":           {"event: page\r\ndata: a\r\n\r\n", []string{"page//a"}},
		"no_space":       {"event:page\ndata:a\n\n", []string{"page//a"}},
		"lines_join":     {"data: a\ndata: b\ndata:\n\n", []string{"message//a\nb\n"}},
		"empty_data":     {"event: reset\ndata:\n\n", []string{"reset//"}},
		"comment_beats":  {": hello\n\nevent: head\ndata: 1\n\n", []string{"//", "head//1"}},
		"comment_inside": {"event: head\n: hm\ndata: 1\n\n", []string{"head//1"}},
		"no_data":        {"event: page\nid: e.1\n\ndata: a\n\n", []string{"message//a"}},
		"cut_off":        {"data: a\n\ndata: b\n", []string{"message//a"}},
		"unknown_field":  {"colour: red\ndata: a\n\n", []string{"message//a"}},
		"long":           {"data: " + long + "\n\ndata: b\n\n", []string{"message//" + long, "message//b"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := newEventReader(iotest.OneByteReader(strings.NewReader(tt.in)), 1<<20)
			var got []string
			for {
				ev, err := r.next()
				if errors.Is(err, io.EOF) {
					break
				}
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, ev.Name+"/"+ev.ID+"/"+string(ev.Data))
			}
			if strings.Join(got, "|") != strings.Join(tt.want, "|") {
				t.Errorf("got %.200q", got)
			}
		})
	}
}

func TestEventReader_limit(t *testing.T) {
	for _, in := range []string{"data: " + strings.Repeat("x", 100_000), strings.Repeat("data: xxxxxxxx\n", 6000)} {
		r := newEventReader(strings.NewReader(in), 50_000)
		if _, err := r.next(); err == nil || errors.Is(err, io.EOF) {
			t.Errorf("no limit: %v", err)
		}
	}
}

func FuzzEventReader(f *testing.F) {
	f.Add("event: page\nid: 4\ndata: {}\n\n: c\nretry: 5\n\n")
	f.Fuzz(func(t *testing.T, in string) {
		r := newEventReader(strings.NewReader(in), 1000)
		for range len(in) + 2 {
			if _, err := r.next(); err != nil {
				return
			}
		}
		t.Error("more events than lines")
	})
}
