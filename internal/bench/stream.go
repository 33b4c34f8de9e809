package bench

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
)

// Transport is how a feed reaches a client.
type Transport string

// The transports that a load can use.
const (
	WebSocket Transport = "websocket"
	SSE       Transport = "sse"
	LongPoll  Transport = "long-poll"
	Poll      Transport = "poll"
)

// feed is a connection that brings frames or pages, over whichever transport.
type feed interface {
	// next waits for the next frame or page. What it returns is good until the next call.
	next() (*frame, error)
	close()
}

// openFeed opens a person's feed from a cursor. size is how much is read at once, to begin with. A WebSocket or SSE begins
// at the present without a cursor; polling needs one.
func openFeed(ctx context.Context, over Transport, node *url.URL, token, cursor string, size int) (feed, error) {
	if over == WebSocket {
		c, err := dial(ctx, node, token, cursor, size)
		if err != nil {
			return nil, err // a nil connection is not a nil feed
		}
		return c, nil
	}
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	nc, err := dialNode(ctx, node)
	if err != nil {
		return nil, err
	}
	h := &httpFeed{nc: nc, node: node, token: token, in: bufio.NewReaderSize(nc, size)}
	stop := context.AfterFunc(ctx, h.close)
	defer stop()
	if over == SSE {
		e := &events{httpFeed: h}
		if err := e.open(cursor); err != nil {
			h.close()
			return nil, fmt.Errorf("open an event stream: %w", err)
		}
		return e, nil
	}
	p := &polls{httpFeed: h, cursor: cursor, wait: "0"}
	if over == LongPoll {
		p.wait = "60"
	}
	return p, nil
}

// httpFeed is a connection that GET requests are made on.
type httpFeed struct {
	nc    net.Conn
	node  *url.URL
	token string
	in    *bufio.Reader
	frame frame
}

func (h *httpFeed) close() { _ = h.nc.Close() }

// ask writes a request. Its answer is read by answered.
func (h *httpFeed) ask(path, accept string) error {
	_, err := io.WriteString(h.nc, "GET "+h.node.Path+"/api/v1"+path+" HTTP/1.1\r\nHost: "+h.node.Host+
		"\r\nAuthorization: Bearer "+h.token+"\r\nAccept: "+accept+"\r\n\r\n")
	return err
}

func (h *httpFeed) answered() (*http.Response, error) {
	res, err := http.ReadResponse(h.in, nil)
	if err != nil {
		return nil, err
	}
	if res.StatusCode != http.StatusOK {
		_ = res.Body.Close() // the status says it
		return nil, refusal(res.StatusCode, "the feed", "")
	}
	return res, nil
}

// polls asks again and again; each answer is a page.
type polls struct {
	*httpFeed
	cursor, wait string
	body         bytes.Buffer
	asked        bool
}

// hold asks without reading the answer.
func (p *polls) hold() error {
	p.asked = true
	return p.ask("/feed?limit=1000&wait="+p.wait+"&cursor="+url.QueryEscape(p.cursor), "application/json")
}

func (p *polls) next() (*frame, error) {
	if !p.asked {
		if err := p.hold(); err != nil {
			return nil, err
		}
	}
	p.asked = false
	res, err := p.answered()
	if err != nil {
		return nil, err
	}
	p.body.Reset()
	if res.ContentLength > 0 {
		p.body.Grow(int(res.ContentLength) + bytes.MinRead) // not in steps: this is measured
	}
	_, err = p.body.ReadFrom(res.Body)
	if err := errors.Join(err, res.Body.Close()); err != nil {
		return nil, fmt.Errorf("read a page: %w", err)
	}
	if err := p.frame.scan(p.body.Bytes()); err != nil {
		return nil, err
	}
	p.cursor = string(p.frame.cursor)
	return &p.frame, nil
}

// events reads server-sent events.
type events struct {
	*httpFeed
	lines *bufio.Reader
	data  []byte
}

func (e *events) open(cursor string) error {
	path := "/feed/events"
	if cursor != "" {
		path += "?cursor=" + url.QueryEscape(cursor)
	}
	if err := e.ask(path, "text/event-stream"); err != nil {
		return err
	}
	res, err := e.answered() //nolint:bodyclose // it ends with the connection
	if err != nil {
		return err
	}
	if !strings.HasPrefix(res.Header.Get("Content-Type"), "text/event-stream") {
		return fmt.Errorf("the answer is %q", res.Header.Get("Content-Type"))
	}
	e.lines = bufio.NewReaderSize(res.Body, e.in.Size())
	return nil
}

// next returns the page of the next event, whatever its kind.
func (e *events) next() (*frame, error) {
	e.data = e.data[:0]
	for {
		part, err := e.lines.ReadSlice('\n')
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return nil, err
		}
		e.data = append(e.data, part...)
		if err != nil {
			continue // the line goes on
		}
		if page, ok := bytes.CutPrefix(e.data, []byte("data: ")); ok {
			return &e.frame, e.frame.scan(bytes.TrimRight(page, "\r\n"))
		}
		e.data = e.data[:0]
	}
}
