// Package app puts Kinward together: it is the only package that knows all others. Open builds everything from a Config and
// starts nothing; Run starts every goroutine, and stops them in order; Close closes the database. Tests and tools boot
// exactly what production boots.
package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"golang.org/x/sync/errgroup"

	"kinward/internal/account"
	"kinward/internal/basic"
	"kinward/internal/care"
	"kinward/internal/chat"
	"kinward/internal/feed"
	"kinward/internal/id"
	"kinward/internal/interop/legacy"
	"kinward/internal/seal"
	"kinward/internal/server"
	"kinward/internal/store"
)

// App is an assembled Kinward.
type App struct {
	Accounts *account.Service
	Chat     *chat.Service
	Care     *care.Service
	Store    *store.Store

	config   Config
	journal  *feed.Journal
	hub      *feed.Hub
	bus      feed.Bus
	server   *server.Server
	legacy   *legacy.Handler
	basic    *basic.Handler
	listener net.Listener
}

// Open opens the data and, with Config.Listen, the network address. Close what it returns.
func Open(ctx context.Context, c Config) (*App, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	db, err := openStore(ctx, c)
	if err != nil {
		return nil, err
	}
	a := &App{config: c, Store: db, bus: feed.NewLocalBus().Endpoint()}
	if err := a.assemble(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if c.Listen == "" {
		return a, nil
	}
	var listen net.ListenConfig
	if a.listener, err = listen.Listen(ctx, "tcp", c.Listen); err != nil {
		return nil, errors.Join(fmt.Errorf("listen: %w", err), db.Close())
	}
	return a, nil
}

// openStore makes or opens key and database. Several processes may open the same folder; a lock keeps two from making the
// key or the schema at the same time.
func openStore(ctx context.Context, c Config) (*store.Store, error) {
	if err := os.MkdirAll(c.DataDir, 0o700); err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	lock := flock.New(filepath.Join(c.DataDir, "open.lock"))
	if ok, err := lock.TryLockContext(ctx, 20*time.Millisecond); err != nil || !ok {
		return nil, fmt.Errorf("another process is opening the data folder: %w", err)
	}
	defer func() { _ = lock.Unlock() }() // closing the file unlocks it too
	path := filepath.Join(c.DataDir, "kinward.db")
	if c.Database != "" {
		path = strings.TrimPrefix(c.Database, "sqlite:")
	}
	master, err := masterKey(c, path)
	if err != nil {
		return nil, err
	}
	if err := keepPrivate(path); err != nil {
		return nil, err
	}
	return store.Open(ctx, store.Options{Path: path, Master: master, Now: c.Now})
}

// keepPrivate makes a new database's file before SQLite does, which would let everybody read it. Its log files take over the
// mode.
func keepPrivate(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600) //nolint:gosec // the operator names the file
	if err != nil {
		return fmt.Errorf("database file: %w", err)
	}
	return f.Close()
}

// masterKey finds the key, or makes one for a database that is new. For one that is there a new key would be useless.
func masterKey(c Config, database string) (*seal.Master, error) {
	path := c.MasterKey
	if path == "" {
		path = filepath.Join(c.DataDir, "master.key")
	} else if m, err := seal.ParseMaster(path); err == nil {
		return m, nil
	}
	m, err := seal.ReadMaster(path)
	if !seal.Missing(err) {
		return m, err
	}
	if _, err := os.Stat(database); err == nil {
		return nil, fmt.Errorf("the master key %s is missing: messages can't be read without it; put the file back", path)
	}
	return seal.CreateMaster(path)
}

// journalOf hands the journal to a domain package as that package's own Journal.
type journalOf[T any] struct{ *feed.Journal }

func (j journalOf[T]) Change(ctx context.Context, fn func(ctx context.Context, tx T) error) error {
	return j.Journal.Change(ctx, func(ctx context.Context, tx feed.Tx) error { return fn(ctx, tx.(T)) })
}

func (a *App) assemble(ctx context.Context) error {
	c, db := a.config, a.Store
	head, err := db.Head(ctx)
	if err != nil {
		return err
	}
	a.hub = feed.NewHub(feed.HubOptions{
		Store: db, Encode: server.EncodeEntry, Now: c.Now, Log: c.Log, Foreign: a.foreign, Beat: c.Heartbeat,
	}, head)
	a.journal = feed.NewJournal(db, a.hub, a.bus, c.Log)
	a.Accounts = account.New(account.Options{
		Store: db, Journal: journalOf[account.Tx]{a.journal}, Connections: a.hub, Hasher: account.NewHasher(), Now: c.Now,
		OpenRegistration: c.Registration == "open", EmbedSecret: c.embedSecret, LiftRateLimits: c.RateLimits == "off",
	})
	a.Chat = chat.New(chat.Options{Store: db, Journal: journalOf[chat.Tx]{a.journal}, Announcer: a.hub, Now: c.Now})
	a.Care = care.New(care.Options{Store: db, Journal: journalOf[care.Tx]{a.journal}, Keys: db.Keys(), Now: c.Now, SignedOut: a.Accounts.EndPerson})
	metrics := prometheus.NewRegistry()
	metrics.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	a.server = server.New(server.Options{
		Accounts: a.Accounts, Chat: a.Chat, Care: a.Care, Hub: a.hub, Epoch: db.Epoch(), Head: db.Head,
		Ready:  func(ctx context.Context) error { _, err := db.Head(ctx); return err },
		Legacy: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { a.legacy.ServeHTTP(w, r) }),
		Basic:  http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { a.basic.ServeHTTP(w, r) }), Log: c.Log, Metrics: metrics,
		EmbedSites: c.EmbedSites, PublicURL: c.PublicURL, BehindProxy: c.BehindProxy, LiftRateLimits: c.RateLimits == "off", About: c.about(),
	})
	a.basic = basic.New(basic.Options{Gate: a.server, Chat: a.Chat, About: c.about(), Now: c.Now, Log: c.Log})
	a.legacy = legacy.New(legacy.Options{Gate: a.server, Accounts: a.Accounts, Chat: a.Chat, Hub: a.hub, Store: db, Log: c.Log})
	return nil
}

// foreign is told when another process has written to the database.
func (a *App) foreign(ctx context.Context, sessions []id.Session) []id.Session {
	a.Accounts.Forget()
	ended, err := a.Store.EndedSessions(ctx, sessions)
	if err != nil {
		a.config.Log.Error("sessions can't be checked", "error", err)
	}
	return ended
}

// Addr is the address that is served on.
func (a *App) Addr() string { return a.listener.Addr().String() }

// Close closes the address and the database.
func (a *App) Close() error {
	var err error
	if a.listener != nil {
		if err = a.listener.Close(); errors.Is(err, net.ErrClosed) {
			err = nil
		}
	}
	return errors.Join(err, a.Store.Close())
}

// Do runs fn with the journal running, for tools that change data and do not serve. An App either does or runs, once.
func (a *App) Do(ctx context.Context, fn func(ctx context.Context) error) error {
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	var g errgroup.Group
	g.Go(func() error { return a.journal.Run(work) })
	err := fn(ctx)
	stop()
	return errors.Join(err, g.Wait())
}

// Run serves until ctx ends, then stops: new work is refused, clients are told when to come back, connections end, the
// journal commits what it has. It returns nil after an orderly stop.
func (a *App) Run(ctx context.Context) error {
	work, stopWork := context.WithCancel(context.WithoutCancel(ctx))
	defer stopWork()
	web := &http.Server{
		Handler: a.server.Handler(), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 120 * time.Second,
		WriteTimeout:   90 * time.Second, // each answer and each event sets its own; this one renews it for every request of a connection
		MaxHeaderBytes: 32 << 10, ErrorLog: nil, BaseContext: func(net.Listener) context.Context { return work },
	}
	var g errgroup.Group
	g.Go(func() error { return a.journal.Run(work) })
	g.Go(func() error { return a.hub.Run(work) })
	g.Go(func() error { return a.server.Run(work) })
	g.Go(func() error { return a.keepHouse(work) })
	stopHearing := a.bus.Listen(func(feed.Hint) { a.journal.Peek() })
	failed := make(chan struct{})
	g.Go(func() error {
		defer close(failed)
		return serve(web, a.listener)
	})
	g.Go(func() error { return serve(web, a.server.Returns()) })
	select {
	case <-ctx.Done():
	case <-failed:
	}
	a.stop(web)
	stopHearing()
	stopWork()
	return g.Wait()
}

// serve is nil after an orderly stop.
func serve(web *http.Server, l net.Listener) error {
	if err := web.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// stopWait is how long connections have to end before they are cut.
const stopWait = 5 * time.Second

func (a *App) stop(web *http.Server) {
	ctx, cancel := context.WithTimeout(context.Background(), stopWait)
	defer cancel()
	a.server.Stop(ctx)
	a.legacy.Stop(ctx)
	if err := web.Shutdown(ctx); err != nil {
		a.config.Log.Warn("connections were cut", "error", err)
		_ = web.Close() // what is left is cut either way
	}
}

// keepHouse does what is due from time to time.
func (a *App) keepHouse(ctx context.Context) error {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for n := 1; ; n++ {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if err := a.Care.Sweep(ctx); err != nil {
			a.config.Log.Error("assignments that ran out can't be settled", "error", err)
		}
		if err := a.Accounts.EndExpired(ctx); err != nil {
			a.config.Log.Error("sessions that ran out can't be ended", "error", err)
		}
		if err := a.Store.Checkpoint(ctx); err != nil {
			a.config.Log.Error("the write-ahead log can't be moved into the database", "error", err)
		}
		if n%60 == 0 {
			if err := a.Accounts.FlushSeen(ctx); err != nil {
				a.config.Log.Error("last uses can't be noted", "error", err)
			}
		}
	}
}
