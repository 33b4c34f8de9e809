package client

import (
	"context"
	"errors"
	"time"
)

// switchGrace is how long a connection is kept although another transport is wanted, when the ones before it were cut
// without getting anywhere: switching in quick succession must not stop the feed for good.
const (
	switchGrace = time.Second
	switchCuts  = 2
)

// visit is the state of one connection, owned by the loop's goroutine.
type visit struct {
	*pipe
	auto    bool
	hearing hearing
	from    int64       // the version at which the connection began
	heard   int         // signs of life
	busy    bool        // a check or a probe is under way
	leaving bool        // another transport is wanted as soon as this one has got somewhere
	silence *time.Timer // nothing heard for too long
	grace   *time.Timer // leaving has taken long enough
	probing *time.Timer // time to look for a better transport
}

// connect opens the present transport and handles what it tells until it ends; it returns with no goroutine left.
func (l *loop) connect(ctx context.Context, auto bool) error {
	v := &visit{
		pipe: openPipe(ctx, l.transports[l.kind], l.pos.cursor), auto: auto, from: l.pos.version,
		silence: stopped(), grace: stopped(), probing: stopped(),
	}
	defer v.end()
	if auto && l.ladder.rung > 0 {
		v.probing.Reset(max(0, l.ladder.settled.Add(ladderProbe).Sub(l.now())))
	}
	for {
		var err error
		select {
		case r := <-v.results:
			err = l.result(ctx, v, r)
		case a := <-v.asides:
			err = l.aside(ctx, v, a)
		case <-l.wake:
			err = l.switched(ctx, v)
		case <-v.grace.C:
			err = errGoOn
		case <-v.silence.C:
			err = l.silent(v)
		case <-v.probing.C:
			l.probe(v)
		case <-ctx.Done():
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
	}
}

func (v *visit) end() {
	v.silence.Stop()
	v.grace.Stop()
	v.probing.Stop()
	v.close()
}

// stopped is a timer that doesn't run yet.
func stopped() *time.Timer {
	t := time.NewTimer(time.Hour)
	t.Stop()
	return t
}

// result handles what the reader found and lets it go on.
func (l *loop) result(ctx context.Context, v *visit, r result) error {
	switch {
	case r.err != nil:
		if v.heard == 0 {
			l.refused++
		}
		return r.err
	case r.opened != nil:
		if err := l.opened(ctx, v, r.opened); err != nil {
			return err
		}
	default:
		v.heard++
		if err := l.handle(ctx, v, r.signal); err != nil {
			return err
		}
	}
	if h := v.hearing.silence(); h > 0 {
		v.silence.Reset(h)
	}
	if v.leaving && l.progress(v, r.signal) {
		return errGoOn
	}
	v.permits <- struct{}{}
	return nil
}

func (l *loop) opened(ctx context.Context, v *visit, s Stream) error {
	if b, ok := s.(beating); ok {
		v.hearing = newHearing(b.Heartbeat())
	}
	if a, ok := s.(Acker); ok {
		v.wg.Go(func() { v.acknowledge(a) })
	}
	l.refused = 0
	return l.tell(ctx, Status{State: Live, Transport: l.kind, Auto: v.auto})
}

// handle hands a signal's news to the handler and moves the position past them.
func (l *loop) handle(ctx context.Context, v *visit, s Signal) error {
	if l.pos.foreign(s.Cursor) {
		return ErrReset
	}
	if len(s.Ephemeral) > 0 { // first, so that a message puts an end to the sign that its sender is typing
		if err := l.handler(ctx, Passing{s.Ephemeral}); err != nil {
			return &handlerError{err}
		}
	}
	fresh := l.pos.fresh(s.Changes)
	next := l.pos.after(s.Cursor, fresh)
	if next != l.pos {
		if err := l.handler(ctx, Changes{Cursor: next.cursor, Changes: fresh}); err != nil {
			return &handlerError{err}
		}
		l.move(next)
		l.resets = 0
		if hasMessage(fresh) {
			v.ack(next.cursor)
		}
	}
	if l.progress(v, s) {
		l.cuts = 0
	}
	if v.hearing.head(s.Head, l.pos.version, l.now()) && !v.busy {
		v.busy = true
		cursor := l.pos.cursor
		v.wg.Go(func() { v.check(l.transports[Poll], cursor) })
	}
	return nil
}

// hasMessage reports whether there is something whose arrival its sender wants to know of. Acknowledging marks too would
// have two clients acknowledge each other's acknowledgements.
func hasMessage(changes []Change) bool {
	for _, c := range changes {
		if c.Type == ChangeMessage {
			return true
		}
	}
	return false
}

// progress reports whether the connection has been of use: it told something new, or that there is nothing.
func (l *loop) progress(v *visit, s Signal) bool {
	return l.pos.version > v.from || s.Head > 0 && s.Head <= l.pos.version
}

// switched answers SwitchTransport and TryNow.
func (l *loop) switched(ctx context.Context, v *visit) error {
	kind, auto := l.choose()
	if kind == l.kind {
		v.leaving = false
		v.grace.Stop()
		v.auto = auto
		s := l.status
		s.Auto = auto
		return l.tell(ctx, s)
	}
	if l.pos.version > v.from || l.cuts < switchCuts {
		if l.pos.version == v.from {
			l.cuts++
		}
		return errGoOn
	}
	if !v.leaving {
		v.leaving = true
		v.grace.Reset(switchGrace)
	}
	return nil
}

func (l *loop) silent(v *visit) error {
	if v.heard <= 1 {
		return errDeaf
	}
	return errSilent
}

var errSilent = errors.New("nothing was heard from the server for too long")

func (l *loop) probe(v *visit) {
	kinds := l.ladder.probe(l.now())
	if len(kinds) == 0 || !v.auto {
		return
	}
	if v.busy {
		v.probing.Reset(sideLimit)
		return
	}
	v.busy = true
	cursor := l.pos.cursor
	v.wg.Go(func() { v.pipe.probe(l.transports, kinds, cursor) })
}

// aside handles what a check or a probe found.
func (l *loop) aside(ctx context.Context, v *visit, a aside) error {
	v.busy = false
	if a.probe {
		l.ladder.probed(l.now(), a.works)
		v.probing.Reset(ladderProbe)
		return l.switched(ctx, v)
	}
	if a.err != nil {
		if errors.Is(a.err, ErrReset) || errors.Is(a.err, ErrSignedOut) {
			return a.err
		}
		return nil // trouble with the question says nothing about the stream
	}
	first := int64(0)
	if fresh := l.pos.fresh(a.signal.Changes); len(fresh) > 0 {
		first = fresh[0].Version
	}
	deaf := v.hearing.asked(first)
	a.signal.Head = 0
	if err := l.handle(ctx, v, a.signal); err != nil {
		return err
	}
	if deaf {
		return errDeafStream
	}
	return nil
}

var errDeafStream = errors.New("the stream left something out")
