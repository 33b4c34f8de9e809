package client

import (
	"context"
	"sync"
	"time"
)

const (
	openLimit = 10 * time.Second // for opening a transport
	ackLimit  = 10 * time.Second // for writing one ack
	sideLimit = 20 * time.Second // for the first sign of a probe: longer than one heartbeat
	deadBeats = 2.5              // heartbeats without a sign before a connection counts as dead
)

// pipe is one transport in use: the goroutines that read it, acknowledge and ask aside, all of which close ends and waits
// for. Its channels meet in the feed's loop, so that the handler is called from one place only.
type pipe struct {
	results chan result   // what the reader found; the first one tells of the opening
	permits chan struct{} // one for each Next: what came before has been handled
	acks    chan string   // the newest cursor to acknowledge, if any
	asides  chan aside    // what a check or probe found; at most one is under way

	ctx    context.Context // of the goroutines
	cancel context.CancelFunc
	wg     sync.WaitGroup
}

type result struct {
	opened Stream
	signal Signal
	err    error
}

// aside is the answer to a question asked beside the stream: works names the better transport that a probe found, signal
// is what a check read by polling.
type aside struct {
	probe  bool
	works  Kind
	signal Signal
	err    error
}

func openPipe(ctx context.Context, t Transport, cursor string) *pipe {
	p := &pipe{
		results: make(chan result), permits: make(chan struct{}, 1), acks: make(chan string, 1), asides: make(chan aside, 1),
	}
	p.ctx, p.cancel = context.WithCancel(ctx)
	p.wg.Go(func() { p.read(t, cursor) })
	return p
}

func (p *pipe) close() {
	p.cancel()
	p.wg.Wait()
}

func (p *pipe) read(t Transport, cursor string) {
	ctx, cancel := context.WithTimeout(p.ctx, openLimit)
	stream, err := t.Open(ctx, cursor)
	cancel()
	if err != nil {
		p.tell(result{err: err})
		return
	}
	defer stream.Close()
	if !p.tell(result{opened: stream}) {
		return
	}
	for p.permitted() {
		signal, err := stream.Next(p.ctx)
		if !p.tell(result{signal: signal, err: err}) || err != nil {
			return
		}
	}
}

func (p *pipe) tell(r result) bool {
	select {
	case p.results <- r:
		return true
	case <-p.ctx.Done():
		return false
	}
}

func (p *pipe) permitted() bool {
	select {
	case <-p.permits:
		return true
	case <-p.ctx.Done():
		return false
	}
}

// acknowledge writes acks for as long as the pipe lives: the first at once, then the newest after each pause. An ack that
// fails is left to the next one; a broken stream shows when it is read.
func (p *pipe) acknowledge(a Acker) {
	for {
		select {
		case cursor := <-p.acks:
			ctx, cancel := context.WithTimeout(p.ctx, ackLimit)
			_ = a.Ack(ctx, cursor)
			cancel()
		case <-p.ctx.Done():
			return
		}
		if pause(p.ctx, a.Every()) != nil {
			return
		}
	}
}

// ack leaves word that everything up to cursor has been handled. Only the loop calls it.
func (p *pipe) ack(cursor string) {
	select {
	case <-p.acks:
	default:
	}
	p.acks <- cursor
}

// check reads once by polling what a stream may have failed to tell.
func (p *pipe) check(poll Transport, cursor string) {
	s, err := taste(p.ctx, poll, cursor)
	p.asides <- aside{signal: s, err: err}
}

// probe looks for the best of kinds that works from here.
func (p *pipe) probe(transports map[Kind]Transport, kinds []Kind, cursor string) {
	for _, k := range kinds {
		if _, err := taste(p.ctx, transports[k], cursor); err == nil {
			p.asides <- aside{probe: true, works: k}
			return
		}
	}
	p.asides <- aside{probe: true}
}

// taste opens a transport, takes its first sign and closes it.
func taste(ctx context.Context, t Transport, cursor string) (Signal, error) {
	ctx, cancel := context.WithTimeout(ctx, sideLimit)
	defer cancel()
	s, err := t.Open(ctx, cursor)
	if err != nil {
		return Signal{}, err
	}
	defer s.Close()
	return s.Next(ctx)
}
