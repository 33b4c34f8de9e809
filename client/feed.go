package client

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"time"
)

// FeedOptions of a Feed; the zero value begins with a snapshot and receives as the client's options say.
type FeedOptions struct {
	Transport  Kind   // default Options.Transport
	Cursor     string // where to go on from; "" begins with a Reset
	Transports map[Kind]Transport
	Snapshot   func(ctx context.Context) (Snapshot, error) // default Client.Conversations
}

// Feed receives everything that a person may see. Run does the work; the other methods may be called from anywhere.
type Feed struct {
	client     *Client
	handler    Handler
	transports map[Kind]Transport
	snapshot   func(ctx context.Context) (Snapshot, error)
	log        *slog.Logger
	wake       chan struct{} // holds one note: look again at wanted, and try now

	mu      sync.Mutex // guards the fields below
	wanted  Kind
	cursor  string
	running bool
}

// NewFeed makes a feed of what c's person may see. Entries of opts.Transports replace the built-in transports.
func NewFeed(c *Client, handler Handler, opts FeedOptions) (*Feed, error) {
	if opts.Transport == "" {
		opts.Transport = c.opts.Transport
	}
	if err := opts.Transport.check(); err != nil {
		return nil, err
	}
	if opts.Snapshot == nil {
		opts.Snapshot = c.Conversations
	}
	f := &Feed{
		client: c, handler: handler, transports: c.transports(), snapshot: opts.Snapshot, log: c.opts.Logger,
		wake: make(chan struct{}, 1), wanted: opts.Transport, cursor: opts.Cursor,
	}
	for k, t := range opts.Transports {
		f.transports[k] = t
	}
	return f, nil
}

// Cursor is how far the handler has got; it belongs with what the handler stored.
func (f *Feed) Cursor() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.cursor
}

// SwitchTransport changes the way of receiving, at once and at any time: what is under way is given up and the new
// transport goes on from the last change handled, so nothing is lost or told twice. Before Run it sets what Run begins
// with.
func (f *Feed) SwitchTransport(kind Kind) error {
	if err := kind.check(); err != nil {
		return err
	}
	f.mu.Lock()
	f.wanted = kind
	f.mu.Unlock()
	f.TryNow()
	return nil
}

// TryNow ends the pause before the next try, if there is one.
func (f *Feed) TryNow() {
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

// Run receives until ctx ends (and returns nil), the handler fails (and returns its error), or the server says that
// coming back is of no use: ErrSignedOut, or an *Error with a final close code. When it returns nothing of the feed runs
// any more. Everything else it survives: it backs off and tries again for ever. Two Runs at a time are refused.
func (f *Feed) Run(ctx context.Context) error {
	if err := f.begin(); err != nil {
		return err
	}
	defer f.end()
	l := &loop{Feed: f, pos: positionOf(f.Cursor()), ladder: ladder{settled: f.now()}}
	for ctx.Err() == nil {
		started := f.now()
		err := l.once(ctx)
		if ctx.Err() != nil {
			break
		}
		l.backoff.lived(f.now().Sub(started))
		if err := l.recover(ctx, err); err != nil {
			return err
		}
	}
	return nil
}

func (f *Feed) begin() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.running {
		return errors.New("the feed runs already")
	}
	f.running = true
	return nil
}

func (f *Feed) end() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.running = false
}

func (f *Feed) now() time.Time { return f.client.opts.Now() }

// loop is the state of one Run, owned by its goroutine.
type loop struct {
	*Feed
	pos     position
	ladder  ladder
	backoff backoff
	status  Status
	told    bool // status has been told once
	wanted  Kind // the choice that ladder was set up for
	kind    Kind // of the present or last connection
	refused int  // tries in a row that got no connection
	resets  int  // in a row, without a change handled between them
	cuts    int  // connections in a row that a switch ended before they got anywhere
}

// once takes one step: a snapshot where there is no cursor, else one connection from its opening to its end.
func (l *loop) once(ctx context.Context) error {
	kind, auto := l.choose()
	l.kind = kind
	if l.status.State == Live || !l.told {
		l.status.State = Connecting
	}
	if err := l.tell(ctx, Status{State: l.status.State, Transport: kind, Auto: auto, Err: l.status.Err}); err != nil {
		return err
	}
	if l.pos.cursor == "" {
		return l.reset(ctx)
	}
	err := l.connect(ctx, auto)
	if auto && blames(err) {
		l.ladder.failure(l.now(), errors.Is(err, errDeaf))
	}
	return err
}

// choose is the transport to use now.
func (l *loop) choose() (kind Kind, auto bool) {
	l.mu.Lock()
	wanted := l.Feed.wanted
	l.mu.Unlock()
	if wanted != l.wanted {
		l.wanted = wanted
		l.ladder = ladder{settled: l.now()}
	}
	if wanted != Auto {
		return wanted, false
	}
	return l.ladder.kind(), true
}

func (l *loop) reset(ctx context.Context) error {
	snapshot, err := l.snapshot(ctx)
	if err != nil {
		l.refused++
		return fmt.Errorf("snapshot: %w", err)
	}
	if snapshot.Cursor == "" {
		return errors.New("snapshot: the server gave no cursor")
	}
	if err := l.handler(ctx, Reset{snapshot}); err != nil {
		return &handlerError{err}
	}
	l.move(positionOf(snapshot.Cursor))
	return errGoOn
}

func (l *loop) move(p position) {
	l.pos = p
	l.mu.Lock()
	l.cursor = p.cursor
	l.mu.Unlock()
}

// tell reports a status unless it is the one told last.
func (l *loop) tell(ctx context.Context, s Status) error {
	if l.told && s.Err == nil && l.status.Err == nil && s == l.status {
		return nil
	}
	l.status, l.told = s, true
	l.log.DebugContext(ctx, "feed", "state", s.State.String(), "transport", string(s.Transport), "retry_in", s.RetryIn)
	if err := l.handler(ctx, s); err != nil {
		return &handlerError{err}
	}
	return nil
}

// recover decides what follows after once ended with err: nil is to go on, perhaps after a pause.
func (l *loop) recover(ctx context.Context, err error) error {
	if h := (*handlerError)(nil); errors.As(err, &h) {
		return h.err
	}
	if errors.Is(err, errGoOn) {
		return nil
	}
	if errors.Is(err, ErrReset) {
		l.move(position{})
		if l.resets++; l.resets == 1 {
			return nil
		}
	}
	if errors.Is(err, ErrSignedOut) {
		return ErrSignedOut
	}
	if e := (*Error)(nil); errors.As(err, &e) && final(e) {
		return err
	}
	return l.rest(ctx, err)
}

// rest pauses before the next try, unless somebody calls TryNow or SwitchTransport.
func (l *loop) rest(ctx context.Context, err error) error {
	kind, auto := l.choose()
	s := Status{State: Reconnecting, Transport: kind, Auto: auto, Err: err}
	if l.refused >= offlineAfter {
		s.State = Offline
	}
	s.RetryIn = l.backoff.next(retryAfter(err), l.client.opts.Rand())
	if err := l.handler(ctx, s); err != nil {
		return err
	}
	l.status = s
	timer := time.NewTimer(s.RetryIn)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-l.wake:
	case <-ctx.Done():
	}
	return nil
}

// offlineAfter is how many tries in a row must get no connection before we call it offline.
const offlineAfter = 3

// blames reports whether the end of a connection speaks against its transport. A server that can't be reached at all, or
// that asks us to come back, would treat any other transport the same.
func blames(err error) bool {
	if o := (*net.OpError)(nil); errors.As(err, &o) && o.Op == "dial" {
		return false
	}
	if h := (*handlerError)(nil); errors.As(err, &h) || errors.Is(err, errGoOn) || errors.Is(err, context.Canceled) || errors.Is(err, ErrReset) {
		return false
	}
	if e := (*Error)(nil); errors.As(err, &e) {
		return e.RetryAfter == 0 && e.Status < closeComeBackFirst
	}
	return true
}

var (
	errGoOn = errors.New("go on at once")
	errDeaf = errors.New("connected, but nothing is heard")
)

// handlerError tells the handler's errors from all others.
type handlerError struct{ err error }

func (e *handlerError) Error() string { return e.err.Error() }
func (e *handlerError) Unwrap() error { return e.err }
