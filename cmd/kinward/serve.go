package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"kinward/internal/app"
)

type serveCmd struct {
	dataFlags
	Listen       string   `help:"Address to serve on." default:"127.0.0.1:8080"`
	NATS         string   `name:"nats" help:"NATS server, for several nodes." placeholder:"URL"`
	Registration string   `help:"Whether people may register themselves: closed or open." default:"closed" enum:"closed,open"`
	Demo         bool     `help:"Load a demo hospital at the first start and print how to sign in."`
	PublicURL    string   `help:"How relatives reach this server; invitations name it." placeholder:"URL"`
	BehindProxy  bool     `help:"A reverse proxy sets X-Forwarded-For and X-Forwarded-Proto."`
	EmbedSites   []string `help:"Sites of the hospital whose pages may show Kinward in a frame." placeholder:"URL,…"`
	EmbedSecret  string   `help:"File with the secret that those sites sign with." placeholder:"FILE" type:"path"`
	RateLimits   string   `help:"Limits of requests and sends: on or off." default:"on" enum:"on,off"`

	Hospital      string        `help:"Name of the hospital, shown to whoever comes to sign in." placeholder:"NAME"`
	UrgentPhone   string        `help:"Number that relatives call when it can't wait." placeholder:"NUMBER"`
	AnswersWithin time.Duration `help:"How long an answer usually takes, like 2h; relatives are told." placeholder:"DURATION"`
	AnswersFrom   string        `help:"When answering begins each day, like 08:00, in this machine's time." placeholder:"HH:MM"`
	AnswersUntil  string        `help:"When answering ends each day, like 20:00." placeholder:"HH:MM"`
	TeamRead      string        `help:"Whether relatives see that the care team has read: on or off." default:"on" enum:"on,off"`
}

func (c *serveCmd) Run(ctx context.Context) error {
	config := c.config()
	config.Listen, config.NATS, config.Registration = c.Listen, c.NATS, c.Registration
	config.PublicURL, config.BehindProxy, config.RateLimits = c.PublicURL, c.BehindProxy, c.RateLimits
	config.EmbedSites, config.EmbedSecret = c.EmbedSites, c.EmbedSecret
	config.Hospital, config.UrgentPhone, config.Version = c.Hospital, c.UrgentPhone, version
	config.AnswersWithin, config.AnswersFrom, config.AnswersUntil, config.TeamRead = c.AnswersWithin, c.AnswersFrom, c.AnswersUntil, c.TeamRead
	c.warn()
	if c.Demo {
		demoDefaults(&config)
		err := c.with(ctx, func(ctx context.Context, a *app.App) error { return a.LoadDemo(ctx, os.Stdout) })
		if err != nil {
			return err
		}
	}
	a, err := app.Open(ctx, config)
	if err != nil {
		return err
	}
	fmt.Printf("Kinward serves on http://%s\n", a.Addr())
	return errors.Join(a.Run(ctx), a.Close())
}

// demoDefaults are what a hospital would set, so that the demo shows it.
func demoDefaults(c *app.Config) {
	if c.Hospital == "" {
		c.Hospital = "Demo hospital"
	}
	if c.UrgentPhone == "" {
		c.UrgentPhone = "555 0142"
	}
	if c.AnswersWithin == 0 && c.AnswersFrom == "" && c.AnswersUntil == "" {
		c.AnswersWithin, c.AnswersFrom, c.AnswersUntil = 2*time.Hour, "08:00", "20:00"
	}
}

// warn says loudly what an operator must not switch on by accident.
func (c *serveCmd) warn() {
	if c.Registration == "open" {
		fmt.Fprintln(os.Stderr, "WARNING: registration is open. Anyone who reaches this server can make an account, and accounts without a\n"+
			"WARNING: password can be entered by anyone. Never run a hospital like this.")
	}
	if c.RateLimits == "off" {
		fmt.Fprintln(os.Stderr, "WARNING: rate limits are off. One client can take the whole server.")
	}
}
