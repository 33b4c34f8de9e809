package kinwardtest

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"
)

// The four transports as a stranger would write them from docs/protocol/feed.md, each in a few lines.
var transports = []string{"poll", "long-poll", "sse", "websocket"}

// line is one open transport.
type line interface {
	// next waits for the next sign of life. An error, *ended if the server gave a reason, is the end of the line.
	next(ctx context.Context) (wirePage, error)
	hangUp()
}

// ended is a refusal, or how the server ended a line: an HTTP status or a close code, and what it said before.
type ended struct {
	status  int
	code    string
	retryMS int
}

func (e *ended) Error() string { return fmt.Sprintf("ended with %d %s", e.status, e.code) }

// dialed is where a line leads.
type dialed struct {
	http  *http.Client
	url   string // of the API
	token string
}

func (d dialed) open(ctx context.Context, transport, cursor string) (line, error) {
	switch transport {
	case "sse":
		return d.openEvents(ctx, cursor)
	case "websocket":
		return d.openSocket(ctx, cursor)
	}
	return &pollLine{dialed: d, cursor: cursor, hold: transport == "long-poll"}, nil
}

func (d dialed) get(ctx context.Context, path string, header http.Header) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, d.url+path, nil)
	if err != nil {
		return nil, err
	}
	if header != nil {
		req.Header = header
	}
	req.Header.Set("Authorization", "Bearer "+d.token)
	res, err := d.http.Do(req)
	if err != nil {
		return nil, err
	}
	if res.StatusCode == http.StatusOK {
		return res, nil
	}
	defer func() { _ = res.Body.Close() }()
	e := &ended{status: res.StatusCode}
	var p wireProblem
	if json.NewDecoder(res.Body).Decode(&p) == nil {
		e.code = p.Code
	}
	if s, err := strconv.Atoi(res.Header.Get("Retry-After")); err == nil {
		e.retryMS = 1000 * s
	}
	return nil, e
}

type pollLine struct {
	dialed
	cursor string
	hold   bool
	more   bool
	asked  bool
}

func (l *pollLine) next(ctx context.Context) (wirePage, error) {
	path := "/feed?cursor=" + l.cursor
	switch {
	case l.hold && l.asked && !l.more:
		path += "&wait=20"
	case l.asked && !l.more:
		if err := rest(ctx, 20*time.Millisecond); err != nil {
			return wirePage{}, err
		}
	}
	l.asked = true
	var page wirePage
	res, err := l.get(ctx, path, nil)
	if err != nil {
		return page, err
	}
	defer func() { _ = res.Body.Close() }()
	if err := json.NewDecoder(res.Body).Decode(&page); err != nil {
		return page, err
	}
	l.cursor, l.more = page.Cursor, page.More
	return page, nil
}

func (l *pollLine) hangUp() {}

// rest lets some time go by.
func rest(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// eventLine reads server-sent events.
type eventLine struct {
	body  io.ReadCloser
	lines *bufio.Reader
}

func (d dialed) openEvents(ctx context.Context, cursor string) (line, error) {
	res, err := d.get(ctx, "/feed/events", http.Header{"Last-Event-Id": {cursor}})
	if err != nil {
		return nil, err
	}
	return openedEvents(res), nil
}

func openedEvents(res *http.Response) *eventLine {
	return &eventLine{res.Body, bufio.NewReader(res.Body)}
}

// event reads one event by the rules of the WHATWG's page, as far as they are used here.
func (l *eventLine) event() (name, id string, data []byte, err error) {
	for {
		text, err := l.lines.ReadString('\n')
		if err != nil {
			return "", "", nil, err
		}
		field, value, _ := strings.Cut(strings.TrimRight(text, "\r\n"), ":")
		value = strings.TrimPrefix(value, " ")
		switch {
		case text == "\n" && name != "":
			return name, id, data, nil
		case field == "event":
			name = value
		case field == "id":
			id = value
		case field == "data":
			data = append(data, value...)
		}
	}
}

func (l *eventLine) next(context.Context) (wirePage, error) {
	name, id, data, err := l.event()
	if err != nil {
		return wirePage{}, err
	}
	var told struct {
		wirePage
		Code         string `json:"code"`
		RetryAfterMS int    `json:"retry_after_ms"`
	}
	if err := json.Unmarshal(data, &told); err != nil {
		return wirePage{}, err
	}
	switch name {
	case "page":
		if id != told.Cursor {
			return wirePage{}, fmt.Errorf("the id of the event is %s and the cursor of its page %s", id, told.Cursor)
		}
	case "reset", "bye":
		return wirePage{}, &ended{code: name + " " + told.Code, retryMS: told.RetryAfterMS}
	}
	return told.wirePage, nil
}

func (l *eventLine) hangUp() { _ = l.body.Close() }

// frame is any frame of the server.
type frame struct {
	Op           string       `json:"op"`
	Cursor       string       `json:"cursor"`
	Head         int64        `json:"head"`
	HeartbeatS   int          `json:"heartbeat_s"`
	Changes      []wireChange `json:"changes"`
	Ref          string       `json:"ref"`
	Message      *wireMessage `json:"message"`
	Code         string       `json:"code"`
	Detail       string       `json:"detail"`
	Field        string       `json:"field"`
	RetryAfterMS int          `json:"retry_after_ms"`
	wireSign
}

// socketLine is a WebSocket. Only next reads; answers to what send sent come out of it too.
type socketLine struct {
	conn  *websocket.Conn
	ready frame
	bye   frame

	mu      sync.Mutex
	waiting map[string]chan frame // by ref
	refs    int
	over    bool
}

func (d dialed) openSocket(ctx context.Context, cursor string) (line, error) {
	header := http.Header{"Authorization": {"Bearer " + d.token}}
	l, err := d.dialSocket(ctx, "?cursor="+cursor, header)
	if err != nil {
		return nil, err
	}
	for err == nil && l.ready.Op != "ready" { // a bye may come in its place, and then the end
		l.ready, err = l.frame(ctx)
	}
	if err != nil {
		l.hangUp()
		return nil, err
	}
	return l, nil
}

func (d dialed) dialSocket(ctx context.Context, query string, header http.Header) (*socketLine, error) {
	conn, res, err := websocket.Dial(ctx, d.url+"/feed/socket"+query, &websocket.DialOptions{
		HTTPClient: d.http, HTTPHeader: header, Subprotocols: []string{"kinward.v1"},
	})
	if err != nil {
		if res != nil && res.StatusCode >= 300 {
			return nil, &ended{status: res.StatusCode}
		}
		return nil, err
	}
	conn.SetReadLimit(-1)
	return &socketLine{conn: conn, waiting: map[string]chan frame{}}, nil
}

// frame reads one frame; the end of the socket is told as *ended if there was a close code.
func (l *socketLine) frame(ctx context.Context) (frame, error) {
	var f frame
	_, text, err := l.conn.Read(ctx)
	if err != nil {
		if c := (websocket.CloseError{}); errors.As(err, &c) {
			return f, &ended{int(c.Code), l.bye.Code, l.bye.RetryAfterMS}
		}
		return f, err
	}
	if err := json.Unmarshal(text, &f); err != nil {
		return f, err
	}
	if f.Op == "bye" {
		l.bye = f
	}
	return f, nil
}

func (l *socketLine) next(ctx context.Context) (wirePage, error) {
	f, err := l.frame(ctx)
	if err != nil {
		l.end()
		return wirePage{}, err
	}
	switch f.Op {
	case "sent", "error":
		l.mu.Lock()
		defer l.mu.Unlock()
		if answer := l.waiting[f.Ref]; answer != nil {
			delete(l.waiting, f.Ref)
			answer <- f
		}
	case "ephemeral":
		return wirePage{Ephemeral: []wireSign{f.wireSign}}, nil
	}
	return wirePage{Cursor: f.Cursor, Head: f.Head, Changes: f.Changes}, nil
}

// end lets nobody wait for answers that won't come.
func (l *socketLine) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.over = true
	for _, answer := range l.waiting {
		close(answer)
	}
	clear(l.waiting)
}

func (l *socketLine) hangUp() {
	_ = l.conn.CloseNow()
	l.end()
}

// put writes a frame.
func (l *socketLine) put(ctx context.Context, v any) error {
	if text, ok := v.(string); ok {
		return l.conn.Write(ctx, websocket.MessageText, []byte(text))
	}
	var b bytes.Buffer
	if err := json.NewEncoder(&b).Encode(v); err != nil {
		return err
	}
	return l.conn.Write(ctx, websocket.MessageText, b.Bytes())
}

// ask writes a frame with a ref and waits for what answers it; something else must call next meanwhile.
func (l *socketLine) ask(ctx context.Context, v object) (frame, error) {
	answer := make(chan frame, 1)
	l.mu.Lock()
	l.refs++
	ref, over := strconv.Itoa(l.refs), l.over
	if !over {
		l.waiting[ref] = answer
	}
	l.mu.Unlock()
	if over {
		return frame{}, errors.New("the socket has ended")
	}
	v["ref"] = ref
	if err := l.put(ctx, v); err != nil {
		return frame{}, err
	}
	select {
	case f, ok := <-answer:
		if !ok {
			return f, errors.New("the socket ended without an answer")
		}
		return f, nil
	case <-ctx.Done():
		return frame{}, ctx.Err()
	}
}
