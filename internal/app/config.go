package app

import (
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"kinward/internal/protocol"
)

// Config is everything that an operator decides. It is checked once, by Open, and never changes afterwards.
type Config struct {
	Listen       string // address to serve on; "" in tools that don't serve
	DataDir      string // where the database and the master key are
	Database     string // "" for SQLite in DataDir
	NATS         string // not offered yet; see checks
	Registration string // closed or open
	MasterKey    string // a key file, or the key's own text; "" for DataDir/master.key
	PublicURL    string // as relatives reach the server, https://chat.example.org; "" for what the request came by
	BehindProxy  bool   // a reverse proxy sets X-Forwarded-For and X-Forwarded-Proto
	RateLimits   string // on or off
	Log          *slog.Logger
	Now          func() time.Time // nil: the clock
	Heartbeat    time.Duration    // of streams; 0: what clients are told, which only tests undercut
}

func (c *Config) check() error {
	if c.DataDir == "" {
		return errors.New("data: name a folder for the database and the key")
	}
	if c.Database != "" && !strings.HasPrefix(c.Database, "sqlite:") {
		return fmt.Errorf("database: this version keeps its data in SQLite: leave it out, or write sqlite:PATH")
	}
	if c.NATS != "" {
		return errors.New("nats: this version runs on one machine and takes no NATS server")
	}
	if c.Registration == "" {
		c.Registration = "closed"
	}
	if c.Registration != "closed" && c.Registration != "open" {
		return errors.New("registration: closed or open")
	}
	if c.RateLimits != "" && c.RateLimits != "on" && c.RateLimits != "off" {
		return errors.New("rate-limits: on or off")
	}
	if c.PublicURL != "" {
		u, err := url.Parse(c.PublicURL)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || strings.Trim(u.Path, "/") != "" {
			return errors.New("public-url: scheme and host, like https://chat.example.org")
		}
		c.PublicURL = strings.TrimRight(c.PublicURL, "/")
	}
	if c.Heartbeat <= 0 {
		c.Heartbeat = protocol.HeartbeatSeconds * time.Second
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = func() time.Time { return time.Now().UTC().Truncate(time.Millisecond) } // the database keeps milliseconds
	}
	return nil
}
