package client

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

const (
	longPollHold  = 25 * time.Second // below the 30 s at which many proxies cut an idle answer
	answerMargin  = 15 * time.Second // beyond the hold, for an answer on a slow line
	feedPageLimit = 500
)

// pollTransport asks for one page after another: at an interval (hold is 0), or by requests that the server holds until
// there is something. Each question presents the cursor, and so tells that what came before has arrived.
type pollTransport struct {
	client *Client
	hold   time.Duration
}

type pollStream struct {
	transport *pollTransport
	cursor    string
	first     *Page // read by Open, not yet returned
	more      bool  // the page before said that another one is ready
}

// Open asks once without waiting, which proves the token and the cursor.
func (t *pollTransport) Open(ctx context.Context, cursor string) (Stream, error) {
	page, err := t.ask(ctx, cursor, 0, feedPageLimit)
	if err != nil {
		return nil, err
	}
	return &pollStream{transport: t, cursor: cursor, first: &page}, nil
}

func (s *pollStream) Next(ctx context.Context) (Signal, error) {
	page, err := s.page(ctx)
	if err != nil {
		return Signal{}, err
	}
	if page.Cursor != "" {
		s.cursor = page.Cursor
	}
	s.more = page.More
	return Signal{Cursor: page.Cursor, Head: page.Head, Changes: page.Changes, Ephemeral: page.Ephemeral}, nil
}

func (s *pollStream) page(ctx context.Context) (Page, error) {
	if p := s.first; p != nil {
		s.first = nil
		return *p, nil
	}
	t := s.transport
	if s.more {
		return t.ask(ctx, s.cursor, 0, feedPageLimit)
	}
	if t.hold == 0 {
		if err := pause(ctx, t.interval()); err != nil {
			return Page{}, err
		}
	}
	return t.ask(ctx, s.cursor, t.hold, feedPageLimit)
}

func (s *pollStream) Close() error { return nil }

// interval varies by a tenth, so that clients started together don't ask together for ever.
func (t *pollTransport) interval() time.Duration {
	o := t.client.opts
	return o.PollInterval*9/10 + time.Duration(o.Rand()*float64(o.PollInterval/5))
}

func (t *pollTransport) ask(ctx context.Context, cursor string, wait time.Duration, limit int) (Page, error) {
	ctx, cancel := context.WithTimeout(ctx, wait+answerMargin)
	defer cancel()
	q := url.Values{"limit": {strconv.Itoa(limit)}, "wait": {strconv.Itoa(int(wait / time.Second))}}
	if cursor != "" {
		q.Set("cursor", cursor)
	}
	req, err := t.client.newRequest(ctx, http.MethodGet, "/feed", q, nil)
	if err != nil {
		return Page{}, err
	}
	resp, err := t.client.opts.HTTPClient.Do(req)
	if err != nil {
		return Page{}, plain(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 300 {
		return Page{}, t.client.refusal(resp)
	}
	var page Page
	return page, decode(resp, &page)
}

// pause waits for d or until ctx ends.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
