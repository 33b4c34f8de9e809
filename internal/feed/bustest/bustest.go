// Package bustest is the suite that every feed.Bus has to pass. A bus promises little: hints of other nodes arrive soon, one's
// own don't, and after stop nothing is called.
package bustest

import (
	"sync"
	"testing"
	"time"

	"kinward/internal/feed"
)

// Run runs the suite. open makes n connected endpoints of a new bus.
func Run(t *testing.T, open func(t *testing.T, n int) []feed.Bus) {
	t.Run("others_hear", func(t *testing.T) { othersHear(t, open(t, 3)) })
	t.Run("not_oneself", func(t *testing.T) { notOneself(t, open(t, 2)) })
	t.Run("stop_waits", func(t *testing.T) { stopWaits(t, open(t, 2)) })
	t.Run("publish_does_not_block", func(t *testing.T) { publishDoesNotBlock(t, open(t, 1)) })
}

const patience = 10 * time.Second

func othersHear(t *testing.T, nodes []feed.Bus) {
	var heard sync.WaitGroup
	for _, n := range nodes[1:] {
		heard.Add(1)
		var once sync.Once
		defer n.Listen(func(h feed.Hint) {
			if h == (feed.Hint{First: 3, Last: 7}) {
				once.Do(heard.Done)
			}
		})()
	}
	nodes[0].Publish(feed.Hint{First: 3, Last: 7})
	all := make(chan struct{})
	go func() { heard.Wait(); close(all) }()
	select {
	case <-all:
	case <-time.After(patience):
		t.Fatal("a hint did not reach the other nodes")
	}
}

func notOneself(t *testing.T, nodes []feed.Bus) {
	echo := make(chan feed.Hint, 1)
	defer nodes[0].Listen(func(h feed.Hint) { echo <- h })()
	arrived := make(chan struct{}, 1)
	defer nodes[1].Listen(func(feed.Hint) { arrived <- struct{}{} })()
	nodes[0].Publish(feed.Hint{First: 1, Last: 1})
	<-arrived
	select {
	case h := <-echo:
		t.Fatalf("a node heard its own hint %v", h)
	default:
	}
}

func stopWaits(t *testing.T, nodes []feed.Bus) {
	var mu sync.Mutex
	stopped, late := false, false
	stop := nodes[1].Listen(func(feed.Hint) {
		mu.Lock()
		defer mu.Unlock()
		late = late || stopped
	})
	var publishing sync.WaitGroup
	publishing.Go(func() {
		for i := range int64(1000) {
			nodes[0].Publish(feed.Hint{First: i, Last: i})
		}
	})
	stop()
	mu.Lock()
	stopped = true
	mu.Unlock()
	publishing.Wait()
	if late {
		t.Fatal("a hint was told after stop had returned")
	}
}

func publishDoesNotBlock(t *testing.T, nodes []feed.Bus) {
	done := make(chan struct{})
	go func() {
		for i := range int64(10_000) {
			nodes[0].Publish(feed.Hint{First: i, Last: i})
		}
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(patience):
		t.Fatal("publishing to nobody blocks")
	}
}
