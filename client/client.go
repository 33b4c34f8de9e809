package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"kinward/internal/protocol"
)

// Options of a Client. Server is the only field that must be set.
type Options struct {
	Server string // http(s)://host[:port][/prefix]; without a scheme https is taken
	Token  string // of an earlier sign-in

	HTTPClient   *http.Client     // default: one of its own without a total time limit, since feeds are long requests
	UserAgent    string           // default "kinward-go"; the server names the device after it
	Transport    Kind             // how feeds receive unless they say otherwise; default Auto
	PollInterval time.Duration    // between the questions of the poll transport; default 5 s
	Timeout      time.Duration    // of one API call; default 30 s
	Logger       *slog.Logger     // default: none
	Now          func() time.Time // default time.Now
	Rand         func() float64   // [0,1), for jitter; default math/rand/v2
}

// Client speaks to one server as one person, or as nobody until Register, SignIn or Redeem.
type Client struct {
	base  *url.URL // …/api/v1
	opts  Options
	token atomic.Pointer[string]
}

// maxAnswer bounds what one answer may take of our memory: a full feed page of longest texts is about 64 MiB.
const maxAnswer = 80 << 20

// New checks the options and makes a Client. It contacts nobody.
func New(opts Options) (*Client, error) {
	if !strings.Contains(opts.Server, "://") {
		opts.Server = "https://" + opts.Server
	}
	base, err := url.Parse(strings.TrimRight(opts.Server, "/"))
	if err != nil || base.Host == "" || (base.Scheme != "http" && base.Scheme != "https") {
		return nil, fmt.Errorf("server %q: want an address like https://chat.example.org", opts.Server)
	}
	if opts.Transport == "" {
		opts.Transport = Auto
	}
	if err := opts.Transport.check(); err != nil {
		return nil, err
	}
	c := &Client{base: base.JoinPath("/api/v1"), opts: withDefaults(opts)}
	c.token.Store(&opts.Token)
	return c, nil
}

func withDefaults(o Options) Options {
	if o.HTTPClient == nil {
		t := http.DefaultTransport.(*http.Transport).Clone()
		t.MaxIdleConnsPerHost = 16 // several senders and a poll at once, all to one host
		o.HTTPClient = &http.Client{Transport: t}
	}
	if o.UserAgent == "" {
		o.UserAgent = "kinward-go"
	}
	if o.PollInterval <= 0 {
		o.PollInterval = 5 * time.Second
	}
	if o.Timeout <= 0 {
		o.Timeout = 30 * time.Second
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Rand == nil {
		o.Rand = rand.Float64
	}
	return o
}

// Server is the address that the client was made for.
func (c *Client) Server() string { return strings.TrimSuffix(c.base.String(), "/api/v1") }

// Token is what the client authenticates with, to be kept for Options.Token of a later run; "" when signed out.
func (c *Client) Token() string { return *c.token.Load() }

// Close lets go of idle connections. The client stays usable.
func (c *Client) Close() { c.opts.HTTPClient.CloseIdleConnections() }

// newRequest builds a request to path (relative to /api/v1, already escaped) with the token and, when body isn't nil, a
// JSON body.
func (c *Client) newRequest(ctx context.Context, method, path string, query url.Values, body any) (*http.Request, error) {
	var r io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return nil, fmt.Errorf("encode request: %w", err)
		}
		r = bytes.NewReader(b)
	}
	u := c.base.JoinPath(path)
	u.RawQuery = query.Encode()
	req, err := http.NewRequestWithContext(ctx, method, u.String(), r)
	if err != nil {
		return nil, fmt.Errorf("build request: %w", err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	c.identify(req.Header)
	return req, nil
}

func (c *Client) identify(h http.Header) {
	h.Set("User-Agent", c.opts.UserAgent)
	if t := c.Token(); t != "" {
		h.Set("Authorization", "Bearer "+t)
	}
}

// call makes one API call and decodes its answer. Refusals come back as *Error.
func call[T any](ctx context.Context, c *Client, method, path string, query url.Values, body any) (answer T, err error) {
	ctx, cancel := context.WithTimeout(ctx, c.opts.Timeout)
	defer cancel()
	req, err := c.newRequest(ctx, method, path, query, body)
	if err != nil {
		return answer, err
	}
	resp, err := c.opts.HTTPClient.Do(req)
	if err != nil {
		return answer, plain(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 300 {
		return answer, c.refusal(resp)
	}
	return answer, decode(resp, &answer)
}

// send is call for answers without a body.
func (c *Client) send(ctx context.Context, method, path string, body any) error {
	_, err := call[struct{}](ctx, c, method, path, nil, body)
	return err
}

func decode(resp *http.Response, into any) error {
	if resp.StatusCode == http.StatusNoContent {
		return nil
	}
	b, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return fmt.Errorf("read answer: %w", err)
	}
	if len(bytes.TrimSpace(b)) == 0 {
		return nil
	}
	if err := json.Unmarshal(b, into); err != nil {
		return fmt.Errorf("decode answer: %w", err)
	}
	return nil
}

// refusal turns an answer that isn't a success into an *Error, also when a proxy wrote it and it is no problem document.
func (c *Client) refusal(resp *http.Response) *Error {
	e := &Error{
		Status: resp.StatusCode, Title: http.StatusText(resp.StatusCode),
		RetryAfter: parseRetryAfter(resp.Header.Get("Retry-After"), c.opts.Now()),
	}
	var p protocol.Problem
	b, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	if err == nil && json.Unmarshal(b, &p) == nil && p.Code != "" {
		e.Code, e.Detail, e.Field = p.Code, p.Detail, p.Field
		if p.Title != "" {
			e.Title = p.Title
		}
	}
	return e
}

// plain takes the URL out of a transport error: it says nothing new and its query may hold what somebody searched for.
func plain(err error) error {
	if u := (*url.Error)(nil); errors.As(err, &u) {
		return u.Err
	}
	return err
}

// at joins path segments, escaping each.
func at(segments ...string) string {
	for i, s := range segments {
		segments[i] = url.PathEscape(s)
	}
	return "/" + strings.Join(segments, "/")
}
