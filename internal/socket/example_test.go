package socket_test

import (
	"context"
	"net/http"
	"sync"

	"kinward/internal/socket"
)

// feed is what the application has to say to one client.
type feed struct{}

func (feed) Fill(dst [][]byte) [][]byte { return dst }

func (feed) received([]byte) error { return nil }

// How a handler hands its connection over. serving and ctx belong to the server, which ends ctx and then waits.
func Example() {
	var serving sync.WaitGroup
	ctx := context.Background()
	http.HandleFunc("GET /feed/socket", func(w http.ResponseWriter, r *http.Request) {
		serving.Add(1) // before Upgrade: net/http doesn't wait for this handler after it
		c, err := socket.Upgrade(w, r, socket.Options{Subprotocols: []string{"kinward.v1"}})
		if err != nil {
			serving.Done()
			return // the client was answered
		}
		f := feed{} // all preparation here: the goroutine's stack shall stay small
		go func() {
			defer serving.Done()
			_ = c.Serve(ctx, f, f.received)
		}()
	})
}
