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
	"kinward/web"
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

// about says what everybody may know before they sign in.
func (s *Server) about(*http.Request) (int, any, error) {
	told := s.o.About
	told.Build = web.Client().Build
	return http.StatusOK, told, nil
}

func plain(w http.ResponseWriter, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write([]byte(text)) // a client that is gone needs no answer
}

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
		if !counted.later {
			m.note(r.Pattern, counted.status)
		}
	})
}

// note counts a request.
func (m *metrics) note(route string, status int) {
	m.requests.WithLabelValues(route, strconv.Itoa(status)).Inc()
}

// statusWriter remembers the status. It lets WebSockets, streams and held polls take the connection over.
type statusWriter struct {
	http.ResponseWriter
	status int
	later  bool // whoever took the connection counts the request
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
	conn, rw, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err == nil {
		w.status = http.StatusSwitchingProtocols
	}
	return conn, rw, err
}
