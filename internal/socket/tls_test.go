package socket

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gobwas/ws"
)

// tlsPipe returns a pipe's client end, TLS on it, and the server's end with TLS. Without tickets, which the server
// would write after its handshake, and to nobody.
func tlsPipe(t *testing.T, certificate tls.Certificate) (raw net.Conn, client, server *tls.Conn) {
	t.Helper()
	trusted := x509.NewCertPool()
	trusted.AddCert(certificate.Leaf)
	raw, other := net.Pipe()
	client = tls.Client(raw, &tls.Config{RootCAs: trusted, ServerName: "example.com", MinVersion: tls.VersionTLS13})
	server = tls.Server(other, &tls.Config{
		Certificates: []tls.Certificate{certificate}, SessionTicketsDisabled: true, MinVersion: tls.VersionTLS13,
	})
	done := make(chan error)
	go func() { done <- server.Handshake() }()
	if err := client.Handshake(); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	return raw, client, server
}

// testCertificate is net/http/httptest's, for example.com.
func testCertificate() tls.Certificate {
	s := httptest.NewTLSServer(nil)
	defer s.Close()
	c := s.TLS.Certificates[0]
	c.Leaf = s.Certificate()
	return c
}

// A read that timed out doesn't spoil a TLS connection, and a regular goodbye doesn't hold up the cutting.
func TestServe_overTLS(t *testing.T) {
	certificate := testCertificate()
	synctest.Test(t, func(t *testing.T) {
		raw, client, server := tlsPipe(t, certificate)
		defer raw.Close()
		var box mailbox
		p := serveOn(t.Context(), t, client, server, Options{IdleTimeout: time.Minute}, &box, ignore)
		for range 3 {
			p.expect("ping ")
			p.write(masked(ws.OpPong, true, ""))
		}
		box.put(Frame([]byte("hello")))
		p.conn.Wake()
		p.expect("text hello")

		start := time.Now()
		p.conn.Close(4001, "") // nobody reads it
		if err := p.wait(); err != nil {
			t.Error(err)
		}
		if took := time.Since(start); took != closeTimeout {
			t.Errorf("closed after %v", took)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		raw, client, server := tlsPipe(t, certificate)
		defer raw.Close()
		p := serveOn(t.Context(), t, client, server, Options{}, &mailbox{}, ignore)
		p.conn.Close(4001, "")
		p.expect("close 4001 ")
		p.write(closing(4001, ""))
		p.expect("EOF")
	})
	synctest.Test(t, func(t *testing.T) {
		raw, client, server := tlsPipe(t, certificate)
		defer raw.Close()
		var box mailbox
		box.put(Frame([]byte("hello")))
		start := time.Now()
		p := serveOn(t.Context(), t, client, server, Options{WriteTimeout: 3 * time.Second}, &box, ignore)
		if err := p.wait(); !errors.Is(err, ErrSlow) {
			t.Errorf("Serve returned %v, want ErrSlow", err)
		}
		if took := time.Since(start); took != 3*time.Second {
			t.Errorf("cut after %v", took)
		}
	})
}
