package kinwardtest

import (
	"context"
	"net/http"
	"runtime"
	"sync"
	"testing"

	"kinward/internal/account"
)

// TestM10_holds_end: held polls of clients that have vanished leave nothing behind.
func TestM10_holds_end(t *testing.T) { // not parallel: it counts goroutines
	const polls = 200
	s := Start(t)
	ana := s.Person(account.Member, "ana")
	now := s.present(ana)
	caller.CloseIdleConnections()
	before := runtime.NumGoroutine()
	n := newNetwork()
	d := dialed{&http.Client{Transport: &http.Transport{DialContext: n.dial}}, s.URL, ana.Token}
	ctx, cancel := context.WithCancel(limited(t))
	var wg sync.WaitGroup
	for i := range polls {
		wg.Go(func() {
			path := "/feed?wait=60&cursor=" + now
			if i%4 == 0 {
				path = "/feed/events?cursor=" + now
			}
			res, err := d.get(ctx, path, nil)
			if err == nil {
				<-ctx.Done()
				_ = res.Body.Close()
			}
		})
	}
	eventually(t, "all to be held", func() bool { return s.gauge("kinward_feed_subscriptions") == polls })
	n.cut()
	cancel()
	wg.Wait()
	eventually(t, "the subscriptions to end", func() bool { return s.gauge("kinward_feed_subscriptions") == 0 })
	eventually(t, "the goroutines to end", func() bool {
		caller.CloseIdleConnections()
		return runtime.NumGoroutine() <= before+5
	})
}
