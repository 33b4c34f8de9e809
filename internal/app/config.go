package app

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"kinward/internal/account"
	"kinward/internal/protocol"
)

// Config is everything that an operator decides. It is checked once, by Open, and never changes afterwards.
type Config struct {
	Listen       string   // address to serve on; "" in tools that don't serve
	DataDir      string   // where the database and the master key are
	Database     string   // "" for SQLite in DataDir
	NATS         string   // not offered yet; see checks
	Registration string   // closed or open
	MasterKey    string   // a key file, or the key's own text; "" for DataDir/master.key
	PublicURL    string   // as relatives reach the server, https://chat.example.org; "" for what the request came by
	BehindProxy  bool     // a reverse proxy sets X-Forwarded-For and X-Forwarded-Proto
	RateLimits   string   // on or off
	EmbedSites   []string // origins whose pages may show the client in a frame, https://his.example.org; none without EmbedSecret
	EmbedSecret  string   // file with the secret that those sites sign their tokens with; see account.ParseEmbedToken

	Hospital      string        // its name, for people who come to sign in
	UrgentPhone   string        // what relatives call when it can't wait
	AnswersWithin time.Duration // how long an answer usually takes; 0 where nothing is promised
	AnswersFrom   string        // 08:00, the hours in which questions are answered, in the server's time; "" for always
	AnswersUntil  string
	TeamRead      string // on or off: whether relatives see that the care team has read
	Version       string // of this program

	Log       *slog.Logger
	Now       func() time.Time // nil: the clock
	Heartbeat time.Duration    // of streams; 0: what clients are told, which only tests undercut

	embedSecret []byte // read by check
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
	if err := c.checkAbout(); err != nil {
		return err
	}
	if c.PublicURL != "" {
		u, err := url.Parse(c.PublicURL)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || strings.Trim(u.Path, "/") != "" {
			return errors.New("public-url: scheme and host, like https://chat.example.org")
		}
		c.PublicURL = strings.TrimRight(c.PublicURL, "/")
	}
	if err := c.checkEmbed(); err != nil {
		return err
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

// checkEmbed reads the secret and makes the sites what browsers call origins.
func (c *Config) checkEmbed() error {
	if (len(c.EmbedSites) == 0) != (c.EmbedSecret == "") {
		return errors.New("embed-sites and embed-secret: give both or neither")
	}
	for i, site := range c.EmbedSites {
		u, err := url.Parse(site)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || strings.ContainsAny(u.Host, "*;, ") ||
			u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
			return fmt.Errorf("embed-sites: scheme and host of each site, like https://his.example.org, not %q", site)
		}
		c.EmbedSites[i] = strings.ToLower(u.Scheme + "://" + u.Host)
	}
	if c.EmbedSecret == "" {
		return nil
	}
	raw, err := os.ReadFile(c.EmbedSecret)
	if err != nil {
		return fmt.Errorf("embed-secret: %w", err)
	}
	if c.embedSecret = bytes.TrimSpace(raw); len(c.embedSecret) < account.MinEmbedSecret {
		return fmt.Errorf("embed-secret: the file holds at least %d characters, like those that `openssl rand -hex 32` prints", account.MinEmbedSecret)
	}
	return nil
}

// phone is a number as people write it: +351 21 555 0142, 555-0142 ext. 3.
var phone = regexp.MustCompile(`^\+?[0-9(][0-9 ()./-]*( ?(ext\.?|x|#) ?[0-9]+)?$`)

// checkAbout checks what the server says of itself to everybody.
func (c *Config) checkAbout() error {
	c.Hospital = strings.TrimSpace(c.Hospital)
	if utf8.RuneCountInString(c.Hospital) > protocol.MaxName || strings.ContainsFunc(c.Hospital, unicode.IsControl) {
		return fmt.Errorf("hospital: a name of at most %d characters on one line", protocol.MaxName)
	}
	if c.UrgentPhone != "" && (len(c.UrgentPhone) > 40 || !phone.MatchString(c.UrgentPhone)) {
		return errors.New("urgent-phone: a telephone number, like +351 21 555 0142")
	}
	if c.AnswersWithin < 0 || c.AnswersWithin%time.Minute != 0 || c.AnswersWithin > 7*24*time.Hour {
		return errors.New("answers-within: whole minutes up to a week, like 2h or 90m")
	}
	if (c.AnswersFrom == "") != (c.AnswersUntil == "") || c.AnswersFrom != "" && c.AnswersFrom == c.AnswersUntil {
		return errors.New("answers-from and answers-until: give both, and not the same time, or neither")
	}
	for _, hour := range []string{c.AnswersFrom, c.AnswersUntil} {
		if _, err := time.Parse("15:04", hour); hour != "" && (err != nil || len(hour) != len("15:04")) {
			return fmt.Errorf("answers-from and answers-until: a time of day like 08:00, not %q", hour)
		}
	}
	if c.TeamRead != "" && c.TeamRead != "on" && c.TeamRead != "off" {
		return errors.New("team-read: on or off")
	}
	return nil
}

// about is what the server says of itself; the web client's build is the server's to add.
func (c *Config) about() protocol.About {
	return protocol.About{
		Name: c.Hospital, Registration: c.Registration, UrgentPhone: c.UrgentPhone,
		AnswersWithinMinutes: int(c.AnswersWithin / time.Minute), AnswersFrom: c.AnswersFrom, AnswersUntil: c.AnswersUntil,
		SeenByTeam: c.TeamRead != "off", Version: c.Version,
	}
}
