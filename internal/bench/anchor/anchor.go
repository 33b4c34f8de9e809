// Package anchor is what Kinward is compared with: the least that could be called a message server. It speaks the frames
// of Kinward's WebSocket, so that the same load drives both, and the few HTTP calls with which a load sets itself up.
//
// There are two of it. The relay forwards each message to the other members' connections and acknowledges it; nothing is
// stored. The other first writes each message into the tables that Kinward has, made by Kinward's own migrations: one
// committer, multi-row inserts, one synced commit for all that queued meanwhile, acknowledgements and deliveries on
// another goroutine. Neither knows accounts, permissions, sealing, repeats, marks or slow readers: what they can't do is
// the price of what a real server does.
package anchor

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/lxzan/gws"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Server is an anchor. Open it, Run it, Close it.
type Server struct {
	listener net.Listener
	http     *http.Server
	upgrader *gws.Upgrader
	reading  sync.WaitGroup // the connections' goroutines
	commits  *committer     // nil in a relay

	mu      sync.RWMutex
	rooms   map[string]*room
	clients map[string][]*client // by person
	open    map[*client]struct{}
	ended   bool
}

// Open listens at addr. With a folder for a database, messages are stored there.
func Open(ctx context.Context, addr, dir string) (*Server, error) {
	s := &Server{rooms: map[string]*room{}, clients: map[string][]*client{}, open: map[*client]struct{}{}}
	s.upgrader = gws.NewUpgrader(handler{s: s}, &gws.ServerOption{
		ReadBufferSize: 1024, SubProtocols: []string{"kinward.v1"}, Logger: silent{},
	})
	if dir != "" {
		var err error
		if s.commits, err = openCommitter(ctx, dir); err != nil {
			return nil, err
		}
	}
	var l net.ListenConfig
	var err error
	if s.listener, err = l.Listen(ctx, "tcp", addr); err != nil {
		return nil, errors.Join(fmt.Errorf("listen: %w", err), s.closeStore())
	}
	s.http = &http.Server{Handler: s.routes(), ReadHeaderTimeout: time.Minute, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, 0)}
	return s, nil
}

// Addr is where it listens.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// Run serves until ctx ends and waits for everything that it started.
func (s *Server) Run(ctx context.Context) error {
	var running sync.WaitGroup
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	if s.commits != nil {
		running.Go(func() { s.commits.run(work) })
	}
	end := context.AfterFunc(ctx, func() { _ = s.http.Close() })
	err := s.http.Serve(s.listener)
	end()
	s.cut()
	s.reading.Wait()
	stop()
	running.Wait()
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return fmt.Errorf("serve: %w", err)
}

// Close closes the database.
func (s *Server) Close() error {
	_ = s.listener.Close() // Run has closed it, if it ran
	return s.closeStore()
}

func (s *Server) closeStore() error {
	if s.commits == nil {
		return nil
	}
	return s.commits.close()
}

// cut ends all connections.
func (s *Server) cut() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = true
	for c := range s.open {
		_ = c.socket.NetConn().Close()
	}
}

func (s *Server) routes() http.Handler {
	reg := prometheus.NewRegistry()
	reg.MustRegister(collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(reg, promhttp.HandlerOpts{}))
	mux.HandleFunc("POST /api/v1/people", s.register)
	mux.HandleFunc("POST /api/v1/conversations", s.converse)
	mux.HandleFunc("GET /api/v1/feed/socket", s.connect)
	return mux
}

// silent is a logger for connections that are cut at the end.
type silent struct{}

func (silent) Error(...any) {}
