package server

import (
	"bufio"
	"net"
	"net/http"
	"strconv"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"kinward/internal/feed"
	"kinward/internal/problem"
)

func (s *Server) healthz(w http.ResponseWriter, _ *http.Request) { plain(w, "ok\n") }

// readyz is for load balancers: 503 while the database does not answer or the server is stopping.
func (s *Server) readyz(w http.ResponseWriter, r *http.Request) {
	select {
	case <-s.stopping:
		s.fail(w, r, problem.New(problem.Unavailable, "the server is stopping"))
		return
	default:
	}
	if err := s.o.Ready(r.Context()); err != nil {
		s.fail(w, r, &problem.Error{Code: problem.Unavailable, Detail: "the database does not answer", Err: err})
		return
	}
	plain(w, "ready\n")
}

func plain(w http.ResponseWriter, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write([]byte(text)) // a client that is gone needs no answer
}

// welcome is what a browser sees at the root until it is led on: where the API is. It says nothing of anybody.
func (s *Server) welcome(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
	_, _ = w.Write([]byte(welcomePage)) // a client that is gone needs no answer
}

const welcomePage = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Kinward</title><style>body{font:1.125rem/1.5 system-ui;max-width:38rem;margin:4rem auto;padding:0 1rem;background:#faf8f5;color:#1f2a2e}</style>
<h1>Kinward</h1><p>This is a Kinward server: messages between care teams and families.</p>
<p>Its API is described in <a href="/openapi.json">openapi.json</a>. In a terminal, <code>kinward chat</code> talks to it.</p></html>
`

// metrics counts requests by route; paths hold ids and are no labels.
type metrics struct {
	requests *prometheus.CounterVec
	handler  http.HandlerFunc
}

func newMetrics(reg *prometheus.Registry, hub *feed.Hub) metrics {
	m := metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "kinward_http_requests_total", Help: "Requests by route and status."},
			[]string{"route", "status"}),
		handler: promhttp.HandlerFor(reg, promhttp.HandlerOpts{}).ServeHTTP,
	}
	reg.MustRegister(m.requests,
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "kinward_feed_subscriptions", Help: "Live readers on this node."},
			func() float64 { return float64(hub.Connections()) }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "kinward_feed_head", Help: "The newest version that this node has told."},
			func() float64 { return float64(hub.Head()) }))
	return m
}

func (m *metrics) count(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		counted := &statusWriter{ResponseWriter: w}
		next.ServeHTTP(counted, r)
		m.requests.WithLabelValues(r.Pattern, strconv.Itoa(counted.status)).Inc()
	})
}

// statusWriter remembers the status. It lets a WebSocket take the connection over.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}

func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *statusWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	w.status = http.StatusSwitchingProtocols
	return http.NewResponseController(w.ResponseWriter).Hijack()
}
