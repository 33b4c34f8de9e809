package feed

import "sync"

// Hint says that a node has committed the versions First to Last. It carries no data: a node that hears it reads the
// database, and one that misses it finds out by the next one's First, or by looking at the head.
type Hint struct {
	First, Last int64
}

// Bus carries hints between the nodes of a deployment. Nothing is asked of it but speed: hints may be lost, doubled or
// reordered.
type Bus interface {
	// Publish hands a hint to the other nodes. It never blocks for long and never fails visibly.
	Publish(h Hint)
	// Listen has fn called with the hints of other nodes, on a goroutine of the bus, until the returned func is called; that
	// one waits for a running fn. fn must not block.
	Listen(fn func(Hint)) (stop func())
}

// LocalBus is the bus of nodes within one process: one of them in production, several in tests. Make one endpoint per node.
type LocalBus struct {
	mu    sync.Mutex
	nodes map[*endpoint]struct{}
}

// NewLocalBus makes a bus without nodes.
func NewLocalBus() *LocalBus { return &LocalBus{nodes: map[*endpoint]struct{}{}} }

// Endpoint is one node's end of the bus.
func (b *LocalBus) Endpoint() Bus { return &endpoint{bus: b} }

type endpoint struct {
	bus *LocalBus
	fn  func(Hint)
}

func (e *endpoint) Publish(h Hint) {
	e.bus.mu.Lock()
	defer e.bus.mu.Unlock()
	for other := range e.bus.nodes {
		if other != e {
			other.fn(h)
		}
	}
}

func (e *endpoint) Listen(fn func(Hint)) (stop func()) {
	e.bus.mu.Lock()
	defer e.bus.mu.Unlock()
	e.fn = fn
	e.bus.nodes[e] = struct{}{}
	return func() {
		e.bus.mu.Lock()
		defer e.bus.mu.Unlock()
		delete(e.bus.nodes, e)
	}
}
