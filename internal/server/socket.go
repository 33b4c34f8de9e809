package server

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"kinward/internal/problem"
	"kinward/internal/protocol"
	"kinward/internal/socket"
)

const (
	authTimeout = 10 * time.Second // for the auth frame of a socket that came without a token
	idleTimeout = 75 * time.Second // a client that is silent for so long, although pinged, is gone
)

// socket serves the feed as a WebSocket. The token comes with the request or in the first frame; browsers' scripts can't set
// headers, so for them it is the cookie; auth=frame says that it is not.
func (s *Server) socket(w http.ResponseWriter, r *http.Request) {
	if err := s.sameOrigin(r); err != nil {
		s.fail(w, r, err)
		return
	}
	if !strings.EqualFold(r.Header.Get("Upgrade"), "websocket") {
		s.fail(w, r, problem.New(problem.Malformed, "this address is a WebSocket; ask for the upgrade, or take GET /feed or /feed/events"))
		return
	}
	c := &connection{s: s, cursor: r.URL.Query().Get("cursor")}
	token, fromCookie := s.token(r)
	if fromCookie && r.URL.Query().Get("auth") == "frame" {
		token = "" // of a page in another site's frame, where the browser's cookie may be somebody else's
	}
	who := s.address(r)
	if token != "" {
		actor, err := s.o.Accounts.Authenticate(r.Context(), token)
		switch {
		case err == nil:
			c.token, c.actor = token, actor
			who = actor.Session.String() // a whole hospital may come from one address
		case !fromCookie || !problem.Is(err, problem.Unauthenticated): // behind a stale cookie an auth frame may follow
			if often := s.admit(w, r, who); often != nil {
				err = often
			}
			s.fail(w, r, err)
			return
		}
	}
	if err := s.admit(w, r, who); err != nil {
		s.fail(w, r, err)
		return
	}
	if c.cursor != "" {
		if _, err := protocol.ParseCursor(c.cursor); err != nil {
			s.fail(w, r, err)
			return
		}
	}
	if !s.enter() { // before the takeover: from then on net/http no longer waits for us
		s.fail(w, r, &problem.Error{Code: problem.Unavailable, Detail: "the server restarts; come back in a moment", RetryAfter: time.Second})
		return
	}
	conn, err := socket.Upgrade(w, r, socket.Options{Subprotocols: []string{protocol.Subprotocol}, IdleTimeout: idleTimeout})
	if err != nil {
		s.live.Done()
		return // Upgrade has answered
	}
	c.conn = conn
	c.arrive(s.liveCtx)
	go func() { // the handler returns here, which frees the request's buffers
		defer s.live.Done()
		c.serve(s.liveCtx)
	}()
}

// sameOrigin refuses pages of other sites. Programs send no Origin and pass.
func (s *Server) sameOrigin(r *http.Request) error {
	origin := r.Header.Get("Origin")
	if origin == "" {
		return nil
	}
	u, err := url.Parse(origin)
	if err == nil && (strings.EqualFold(u.Host, r.Host) || s.o.PublicURL != "" && strings.EqualFold(origin, s.o.PublicURL)) {
		return nil
	}
	return problem.New(problem.Forbidden, "this request came from another site")
}

// arrive signs in who has come with a token. It needs much stack, so it is not serve's, which keeps what it has had.
func (c *connection) arrive(ctx context.Context) {
	defer c.s.caught(func() { c.conn.Close(protocol.CloseRestarting, "") })
	if c.actor.Person.IsZero() {
		c.timer = time.AfterFunc(authTimeout, func() { c.bye("auth_timeout", protocol.CloseAuthTimeout, 0) })
	} else if err := c.begin(ctx); err != nil {
		c.giveUp(err)
	}
}

func (c *connection) serve(ctx context.Context) {
	defer c.leave()
	_ = c.conn.Serve(ctx, c, func(frame []byte) error { return c.handle(ctx, frame) }) // the client is gone, whatever the reason
}
