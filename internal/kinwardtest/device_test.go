package kinwardtest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"
)

// heard is what a device was told, in the order in which it was told, and the promises that were broken on the way.
type heard struct {
	mu       sync.Mutex
	version  int64 // of the newest change
	messages []wireMessage
	members  map[string]wireMember // by conversation and person
	signs    []wireSign
	head     int64
	beats    int
	faults   []string
}

func (h *heard) note(how string, p wirePage) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, c := range p.Changes {
		if c.Version <= h.version {
			h.faults = append(h.faults, fmt.Sprintf("%s: version %d was told after %d", how, c.Version, h.version))
		}
		h.version = max(h.version, c.Version)
		if c.Message != nil {
			m := *c.Message
			m.Text = short(m.Text)
			h.messages = append(h.messages, m)
			if c.Message.Conversation != c.Conversation || c.Message.Version != c.Version {
				h.faults = append(h.faults, fmt.Sprintf("%s: change and message of %d contradict each other", how, c.Version))
			}
		}
		if c.Member != nil {
			if h.members == nil {
				h.members = map[string]wireMember{}
			}
			h.members[c.Conversation+c.Member.Person.ID] = *c.Member
		}
	}
	h.signs = append(h.signs, p.Ephemeral...)
	if len(p.Changes) == 0 && p.Cursor == "" && p.Head > 0 {
		h.beats++
	}
	h.head = max(h.head, p.Head)
}

// short stands for a text: long ones are kept as their digest, so that a test which weighs the server's memory doesn't weigh
// its own.
func short(text string) string {
	if len(text) < 1000 {
		return text
	}
	return fmt.Sprintf("%d bytes, %x", len(text), sha256.Sum256([]byte(text)))
}

func (h *heard) count() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.messages)
}

// in are the messages of one conversation in the order in which they were told.
func (h *heard) in(conversation string) (out []wireMessage) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, m := range h.messages {
		if m.Conversation == conversation {
			out = append(out, m)
		}
	}
	return out
}

// delivered is how far somebody's delivered mark has been told to have risen.
func (h *heard) delivered(conversation, person string) int64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.members[conversation+person].Delivered
}

// check waits until everything in want has been told, then compares: nothing lost, nothing twice, in order of seq.
func (h *heard) check(t testing.TB, who, conversation string, want []wireMessage) {
	t.Helper()
	eventually(t, who+" to hear everything", func() bool { return len(h.in(conversation)) >= len(want) })
	slices.SortFunc(want, func(a, b wireMessage) int { return int(a.Seq - b.Seq) })
	got := h.in(conversation)
	for i, m := range want {
		if m.Seq != int64(i+1) {
			t.Fatalf("the %dth message of %s has seq %d", i+1, conversation, m.Seq)
		}
		m.Text = short(m.Text)
		if got[i] != m {
			t.Fatalf("%s was told as the %dth %+v, want %+v", who, i+1, got[i], m)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%s was told %d messages, want %d", who, len(got), len(want))
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, f := range h.faults {
		t.Errorf("%s: %s", who, f)
	}
}

// device is somebody's app: it follows the feed over one transport after another and sends over the present one.
type device struct {
	heard
	dialed
	person Person
	net    *network
	gate   func() // called before each read

	pos               sync.Mutex // guards the fields below
	cursor, transport string
	now               line
	hangUp            context.CancelFunc
	stop              func()
	over              error // why it ended for good
}

// newDevice starts following from a cursor until the test ends.
func newDevice(t testing.TB, url string, p Person, transport, cursor string, edit ...func(*device)) *device {
	t.Helper()
	n := newNetwork()
	d := &device{
		dialed: dialed{&http.Client{Transport: &http.Transport{DialContext: n.dial, MaxIdleConnsPerHost: 4}}, url, p.Token},
		person: p, net: n, gate: func() {}, cursor: cursor, transport: transport,
	}
	for _, e := range edit {
		e(d)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		d.follow(ctx)
	}()
	d.stop = sync.OnceFunc(func() {
		cancel()
		<-done
		n.cut()
		d.http.CloseIdleConnections()
	})
	t.Cleanup(d.stop)
	return d
}

// follow goes from line to line, always from the cursor of the last page that was noted.
func (d *device) follow(ctx context.Context) {
	for ctx.Err() == nil {
		life, hangUp := context.WithCancel(ctx)
		d.pos.Lock()
		transport, cursor := d.transport, d.cursor
		d.hangUp = hangUp
		d.pos.Unlock()
		err := d.listen(life, transport, cursor)
		hangUp()
		if e := (*ended)(nil); errors.As(err, &e) && (e.status == 401 || e.status == 410 || e.status == 422 || e.status >= 4410) {
			d.pos.Lock()
			d.over = err
			d.pos.Unlock()
			return
		}
		if err != nil {
			_ = rest(ctx, 5*time.Millisecond)
		}
	}
}

func (d *device) listen(ctx context.Context, transport, cursor string) error {
	l, err := d.open(ctx, transport, cursor)
	if err != nil {
		return err
	}
	defer l.hangUp()
	d.use(l)
	defer d.use(nil)
	for {
		d.gate()
		page, err := l.next(ctx)
		if err != nil || ctx.Err() != nil {
			return err
		}
		d.note(transport, page)
		if page.Cursor != "" {
			d.pos.Lock()
			d.cursor = page.Cursor
			d.pos.Unlock()
		}
	}
}

func (d *device) use(l line) {
	d.pos.Lock()
	defer d.pos.Unlock()
	d.now = l
}

// end is why the device was ended for good.
func (d *device) end() error {
	d.pos.Lock()
	defer d.pos.Unlock()
	return d.over
}

// change goes over to another transport in the middle of whatever goes on.
func (d *device) change(transport string) {
	d.pos.Lock()
	defer d.pos.Unlock()
	d.transport = transport
	if d.hangUp != nil {
		d.hangUp()
	}
}

// send sends one message, again and again under its id until the answer is here: over the socket where one is open,
// otherwise by POST.
func (d *device) send(ctx context.Context, conversation, text string) (wireMessage, error) {
	id := newMessageID()
	for {
		d.pos.Lock()
		socket, _ := d.now.(*socketLine)
		d.pos.Unlock()
		m, err := d.try(ctx, socket, conversation, id, text)
		if e := (*ended)(nil); err == nil || ctx.Err() != nil || errors.As(err, &e) && e.status < 500 {
			return m, err
		}
		_ = rest(ctx, 2*time.Millisecond)
	}
}

func (d *device) try(ctx context.Context, socket *socketLine, conversation, id, text string) (wireMessage, error) {
	message := object{"id": id, "text": text}
	if socket == nil {
		return d.post(ctx, conversation, message)
	}
	f, err := socket.ask(ctx, object{"op": "send", "conversation": conversation, "message": message})
	switch {
	case err != nil:
		return wireMessage{}, err
	case f.Op == "error" && (f.Code == "unavailable" || f.Code == "storage_full"):
		return wireMessage{}, errors.New(f.Code)
	case f.Op == "error":
		return wireMessage{}, &ended{422, f.Code, 0}
	}
	return *f.Message, nil
}

func (d *device) post(ctx context.Context, conversation string, message object) (wireMessage, error) {
	body, err := json.Marshal(message)
	if err != nil {
		return wireMessage{}, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, d.url+messagesOf(conversation), bytes.NewReader(body))
	if err != nil {
		return wireMessage{}, err
	}
	req.Header.Set("Authorization", "Bearer "+d.token)
	res, err := d.http.Do(req)
	if err != nil {
		return wireMessage{}, err
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusCreated && res.StatusCode != http.StatusOK {
		return wireMessage{}, &ended{status: res.StatusCode}
	}
	var made struct{ Message wireMessage }
	err = json.NewDecoder(res.Body).Decode(&made)
	return made.Message, err
}

// network is a device's connections, which can all be torn at once as when a phone leaves the ward.
type network struct {
	mu    sync.Mutex
	conns map[net.Conn]bool
	tune  func(*net.TCPConn)
}

func newNetwork() *network { return &network{conns: map[net.Conn]bool{}} }

func (n *network) dial(ctx context.Context, network, address string) (net.Conn, error) {
	var d net.Dialer
	c, err := d.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.conns[c] = true
	if n.tune != nil {
		n.tune(c.(*net.TCPConn))
	}
	return c, nil
}

// cut resets all connections without a goodbye.
func (n *network) cut() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for c := range n.conns {
		_ = c.(*net.TCPConn).SetLinger(0) // it may be closed already
		_ = c.Close()
		delete(n.conns, c)
	}
}
