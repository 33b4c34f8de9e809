package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	callTimeout = time.Minute
	callers     = 32 // requests at once while people and conversations are made
)

// Target is what is loaded: the nodes of one deployment, or an anchor, which answers the same few calls.
type Target struct {
	Name  string // what results are filed under: kinward, relay …
	nodes []*url.URL
	pids  []int
	http  *http.Client
}

// NewTarget is the deployment at servers. pids are its processes where they run on this machine, for figures that the
// servers don't tell; there may be none. Close it after use.
func NewTarget(name string, servers []string, pids []int) (*Target, error) {
	t := &Target{Name: name, pids: pids, http: &http.Client{
		Timeout:   callTimeout,
		Transport: &http.Transport{MaxIdleConnsPerHost: callers, DisableCompression: true},
	}}
	for _, server := range servers {
		u, err := url.Parse(strings.TrimSuffix(server, "/"))
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return nil, fmt.Errorf("%q is no address of a server; one is http://127.0.0.1:8080", server)
		}
		t.nodes = append(t.nodes, u)
	}
	if len(t.nodes) == 0 {
		return nil, errors.New("there is no server to load")
	}
	return t, nil
}

// Close gives up the connections that calls were made on.
func (t *Target) Close() { t.http.CloseIdleConnections() }

// node is the one that the i-th client uses: they take turns.
func (t *Target) node(i int) *url.URL { return t.nodes[i%len(t.nodes)] }

// Check refuses targets that are not on this machine. A load generator that is pointed at a hospital by mistake takes it
// down.
func (t *Target) Check(ctx context.Context) error {
	for _, node := range t.nodes {
		found, err := net.DefaultResolver.LookupIPAddr(ctx, node.Hostname())
		if err != nil {
			return fmt.Errorf("look up the server: %w", err)
		}
		for _, a := range found {
			if !a.IP.IsLoopback() {
				return fmt.Errorf("%s is another machine (%s); this makes a load that can take a server down: give --remote if that is meant", node.Host, a.IP)
			}
		}
	}
	return nil
}

// call makes one request to the API of a node and reads the answer into out, if that isn't nil.
func (t *Target) call(ctx context.Context, node *url.URL, token, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return fmt.Errorf("encode a request: %w", err)
		}
		body = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, node.String()+"/api/v1"+path, body)
	if err != nil {
		return fmt.Errorf("make a request: %w", err)
	}
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := t.http.Do(req)
	if err != nil {
		return err // it says what was tried
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		return fmt.Errorf("read an answer: %w", err)
	}
	if res.StatusCode >= http.StatusMultipleChoices {
		var p struct{ Detail string }
		_ = json.Unmarshal(answer, &p) // the status says enough where it is no problem
		return refusal(res.StatusCode, method+" "+path, p.Detail)
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(answer, out); err != nil {
		return fmt.Errorf("read the answer to %s %s: %w", method, path, err)
	}
	return nil
}

// refusal says what a status means for somebody who wants to measure.
func refusal(status int, what, detail string) error {
	hint := ""
	switch status {
	case http.StatusForbidden:
		hint = "; the bench makes its own accounts: run the server for it with --registration open --rate-limits off"
	case http.StatusTooManyRequests:
		hint = "; the server limits rates: run it for the bench with --rate-limits off"
	}
	if detail != "" {
		detail = " (" + detail + ")"
	}
	return fmt.Errorf("the server refused %s: %d %s%s%s", what, status, http.StatusText(status), detail, hint)
}

// person is an account of the bench.
type person struct{ id, token string }

// people makes n accounts.
func (t *Target) people(ctx context.Context, n int) ([]person, error) {
	out := make([]person, n)
	err := each(ctx, n, callers, func(ctx context.Context, i int) error {
		var in struct {
			Name string `json:"name"`
		}
		in.Name = fmt.Sprintf("Bench %06d", i)
		var made struct {
			Person struct{ ID string }
			Token  string
		}
		if err := t.call(ctx, t.node(i), "", http.MethodPost, "/people", in, &made); err != nil {
			return err
		}
		out[i] = person{made.Person.ID, made.Token}
		return nil
	})
	return out, err
}

type made struct {
	Conversation struct{ ID string }
}

// direct opens the conversation of two.
func (t *Target) direct(ctx context.Context, node *url.URL, from, to person) (string, error) {
	var got made
	err := t.call(ctx, node, from.token, http.MethodPost, "/conversations", map[string]string{"kind": "direct", "with": to.id}, &got)
	return got.Conversation.ID, err
}

// group opens a group of owner and others.
func (t *Target) group(ctx context.Context, owner person, others []person) (string, error) {
	ids := make([]string, len(others))
	for i, p := range others {
		ids[i] = p.id
	}
	var got made
	err := t.call(ctx, t.node(0), owner.token, http.MethodPost, "/conversations", map[string]any{"kind": "group", "title": "Bench", "members": ids}, &got)
	return got.Conversation.ID, err
}
