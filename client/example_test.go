package client_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"kinward/client"
)

// A program that greets whoever writes to it, over whatever way the network lets through.
func Example() {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	c, err := client.New(client.Options{Server: "https://chat.example.org"})
	if err != nil {
		slog.Error("bad address", "error", err)
		return
	}
	me, err := c.SignIn(ctx, client.SignInRequest{Handle: "greeter", Password: "…"})
	if err != nil {
		slog.Error("not signed in", "error", err)
		return
	}
	outbox, err := client.OpenOutbox(client.OutboxOptions{Sender: c, Store: client.FileStore{Path: "outbox.json"}})
	if err != nil {
		slog.Error("no outbox", "error", err)
		return
	}
	greet := func(_ context.Context, e client.Event) error {
		changes, ok := e.(client.Changes)
		if !ok {
			return nil
		}
		for _, change := range changes.Changes {
			if m := change.Message; m != nil && m.Sender != me.Person.ID {
				if _, err := outbox.Add(m.Conversation, "Hello, a nurse will read this soon.", m.Seq); err != nil {
					return err
				}
			}
		}
		return nil
	}
	feed, err := client.NewFeed(c, greet, client.FeedOptions{Transport: client.Auto})
	if err != nil {
		slog.Error("no feed", "error", err)
		return
	}
	sending := make(chan error, 1)
	go func() { sending <- outbox.Run(ctx) }()
	err = feed.Run(ctx)
	stop()
	if err := errors.Join(err, <-sending); errors.Is(err, client.ErrSignedOut) {
		fmt.Println("somebody has signed the greeter out")
	}
}
