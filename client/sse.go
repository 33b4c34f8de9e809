package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"kinward/internal/protocol"
)

// eventTransport receives server-sent events. It presents the cursor both ways; Last-Event-ID is what a browser would
// send, and what counts as an acknowledgement.
type eventTransport struct{ client *Client }

type eventStream struct {
	transport *eventTransport
	body      io.ReadCloser
	events    *eventReader
	cancel    context.CancelFunc // ends the request, and with it a read that blocks
}

func (t *eventTransport) Open(ctx context.Context, cursor string) (Stream, error) {
	// The request lives as long as the stream, ctx only as long as the opening.
	life, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, cancel)
	resp, err := t.request(life, cursor)
	if !stop() && err == nil {
		resp.Body.Close()
		err = ctx.Err()
	}
	if err != nil {
		cancel()
		return nil, err
	}
	return &eventStream{transport: t, body: resp.Body, events: newEventReader(resp.Body, maxAnswer), cancel: cancel}, nil
}

func (t *eventTransport) request(ctx context.Context, cursor string) (*http.Response, error) {
	q := url.Values{}
	if cursor != "" {
		q.Set("cursor", cursor)
	}
	req, err := t.client.newRequest(ctx, http.MethodGet, "/feed/events", q, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "text/event-stream")
	req.Header.Set("Cache-Control", "no-store")
	if cursor != "" {
		req.Header.Set("Last-Event-ID", cursor)
	}
	resp, err := t.client.opts.HTTPClient.Do(req)
	if err != nil {
		return nil, plain(err)
	}
	if resp.StatusCode >= 300 {
		defer resp.Body.Close()
		return nil, t.client.refusal(resp)
	}
	if ct := resp.Header.Get("Content-Type"); resp.StatusCode != http.StatusOK || !strings.HasPrefix(ct, "text/event-stream") {
		resp.Body.Close()
		return nil, fmt.Errorf("the answer is %d %q, not an event stream", resp.StatusCode, ct)
	}
	return resp, nil
}

func (s *eventStream) Next(ctx context.Context) (Signal, error) {
	stop := context.AfterFunc(ctx, s.cancel)
	defer stop()
	ev, err := s.events.next()
	if err != nil {
		return Signal{}, s.ended(ctx, err)
	}
	switch ev.Name {
	case "page":
		var p Page
		if err := json.Unmarshal(ev.Data, &p); err != nil {
			return Signal{}, fmt.Errorf("decode page: %w", err)
		}
		if p.Cursor == "" {
			p.Cursor = ev.ID
		}
		return Signal{Cursor: p.Cursor, Head: p.Head, Changes: p.Changes, Ephemeral: p.Ephemeral}, nil
	case "head", "ephemeral", "reset", "bye":
		return s.notice(ev)
	}
	return Signal{}, nil
}

// notice reads the events other than pages; fields that an event doesn't have stay empty.
func (s *eventStream) notice(ev serverEvent) (Signal, error) {
	var f protocol.ServerFrame
	if err := json.Unmarshal(ev.Data, &f); err != nil && ev.Name != "reset" {
		return Signal{}, fmt.Errorf("decode %s: %w", ev.Name, err)
	}
	switch ev.Name {
	case "reset":
		return Signal{}, &Error{Status: http.StatusGone, Code: CodeReset}
	case "bye":
		return Signal{}, farewell(f)
	case "ephemeral":
		return Signal{Ephemeral: passing(f)}, nil
	}
	return Signal{Cursor: ev.ID, Head: f.Head}, nil // an event's id is where to go on from after it, a heartbeat's too
}

func (s *eventStream) ended(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if s.events.retry > 0 && errors.Is(err, io.EOF) {
		return &Error{Status: protocol.CloseRestarting, Title: "the server ended the stream", RetryAfter: s.events.retry}
	}
	return fmt.Errorf("event stream: %w", err)
}

// Ack presents the cursor with a poll, since a stream of events goes one way only. What the poll answers is left to the
// stream to tell.
func (s *eventStream) Ack(ctx context.Context, cursor string) error {
	poll := pollTransport{client: s.transport.client}
	_, err := poll.ask(ctx, cursor, 0, 1)
	return err
}

func (s *eventStream) Every() time.Duration { return 2 * time.Second }

func (s *eventStream) Heartbeat() time.Duration { return protocol.HeartbeatSeconds * time.Second }

func (s *eventStream) Close() error {
	s.cancel()
	return s.body.Close()
}
