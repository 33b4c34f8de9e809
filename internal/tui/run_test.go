package tui

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"kinward/client"
	"kinward/internal/account"
	"kinward/internal/kinwardtest"
)

// terminal keeps what is written to it.
type terminal struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (t *terminal) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.b.Write(p)
}

func (t *terminal) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.b.String()
}

// TestRun is the whole program against a real server: keys in, a message out, and an orderly end.
func TestRun(t *testing.T) {
	s := kinwardtest.Start(t)
	ann, bob := s.Person(account.Member, "ann"), s.Person(account.Member, "bob")
	server := strings.TrimSuffix(s.URL, "/api/v1")
	other, err := client.New(client.Options{Server: server, Token: bob.Token})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	talk, err := other.OpenDirect(t.Context(), ann.ID)
	if err != nil {
		t.Fatal(err)
	}
	ways := []struct {
		name  string
		leave func(keys io.Writer, c *client.Client)
	}{
		{"asked_to", func(keys io.Writer, _ *client.Client) { _, _ = io.WriteString(keys, "\x11") }},
		{"signed_out", func(_ io.Writer, c *client.Client) { _ = c.SignOut(context.Background()) }},
	}
	for _, way := range ways {
		t.Run(way.name, func(t *testing.T) {
			name, leave := way.name, way.leave
			c, err := client.New(client.Options{Server: server, Token: ann.Token})
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			in, keys := io.Pipe()
			defer func() { _ = keys.Close() }()
			out, done := &terminal{}, make(chan error, 1)
			go func() { done <- Run(t.Context(), Options{Client: c, With: "bob", Input: in, Output: out}) }()
			if name == "asked_to" { // the first run sends, the second only leaves
				send(t, keys, other, talk.ID)
			} else {
				<-time.After(300 * time.Millisecond)
			}
			leave(keys, c)
			select {
			case err := <-done:
				if signedOut := errors.Is(err, client.ErrSignedOut); signedOut != (name == "signed_out") || err != nil && !signedOut {
					t.Errorf("Run: %v", err)
				}
			case <-time.After(10 * time.Second):
				t.Fatal("still running")
			}
			if !strings.HasSuffix(out.String(), wrapOn) {
				t.Error("the terminal is not left as it was")
			}
		})
	}
}

// send types a message once the conversation has had time to open, and waits for it to arrive.
func send(t *testing.T, keys io.Writer, other *client.Client, talk string) {
	t.Helper()
	<-time.After(500 * time.Millisecond)
	_, _ = io.WriteString(keys, "hello from the terminal\r")
	for limit := time.Now().Add(10 * time.Second); time.Now().Before(limit); <-time.After(20 * time.Millisecond) {
		page, err := other.History(t.Context(), talk, client.Range{})
		if err != nil {
			t.Fatal(err)
		}
		if len(page.Messages) == 1 && page.Messages[0].Text == "hello from the terminal" {
			return
		}
	}
	t.Error("the message didn't arrive")
}
