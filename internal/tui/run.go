package tui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"

	"kinward/client"
)

// Options of Run. Client is the only field that must be set, and must be signed in.
type Options struct {
	Client    *client.Client
	Transport client.Kind // default: the client's
	With      string      // open the conversation with this person: handle, name or id
	Patient   string      // or the one about the patient whom this finds: name, bed or number
	Outbox    string      // file that keeps unsent messages between runs; "" keeps them in memory only

	Input  io.Reader // default: the terminal
	Output io.Writer // default os.Stdout
}

// Run shows the client on the terminal until the person leaves (nil), ctx ends (nil) or the server has signed them out
// (client.ErrSignedOut). When it returns the terminal is as it was and nothing of it runs any more.
func Run(ctx context.Context, o Options) error {
	if o.Output == nil {
		o.Output = os.Stdout
	}
	me, err := o.Client.Me(ctx)
	if err != nil {
		return fmt.Errorf("ask the server who you are: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	a := &application{ctx: ctx, cancel: cancel, output: o.Output}
	if err := a.assemble(o, me); err != nil {
		return err
	}
	return a.run()
}

// application is the program with the parts that run beside it.
type application struct {
	ctx     context.Context
	cancel  context.CancelFunc
	program *tea.Program
	feed    *client.Feed
	outbox  *client.Outbox
	output  io.Writer
}

// DEC's auto-wrap mode.
const (
	wrapOff = "\x1b[?7l"
	wrapOn  = "\x1b[?7h"
)

func (a *application) assemble(o Options, me client.Person) (err error) {
	a.feed, err = client.NewFeed(o.Client, func(_ context.Context, e client.Event) error {
		a.program.Send(eventMsg{e})
		return nil
	}, client.FeedOptions{Transport: o.Transport})
	if err != nil {
		return fmt.Errorf("make feed: %w", err)
	}
	var store client.OutboxStore
	if o.Outbox != "" {
		store = client.FileStore{Path: o.Outbox}
	}
	a.outbox, err = client.OpenOutbox(client.OutboxOptions{
		Sender: o.Client, Store: store, Notify: func(e client.Entry) { a.program.Send(entryMsg{e}) },
	})
	if err != nil {
		return err
	}
	m := newModel(deps{
		ctx: a.ctx, read: o.Client, write: o.Client, feed: a.feed, outbox: a.outbox, now: time.Now, with: o.With, about: o.Patient,
		keeps: o.Outbox != "",
	}, me, lookFor(o.Output))
	settings := []tea.ProgramOption{tea.WithContext(a.ctx), tea.WithAltScreen(), tea.WithReportFocus(), tea.WithOutput(o.Output)}
	if o.Input != nil {
		settings = append(settings, tea.WithInput(o.Input))
	}
	a.program = tea.NewProgram(m, settings...)
	return nil
}

// lookFor asks the terminal what it can show. It must be asked before the program runs: later its answer would come in
// between the keys.
func lookFor(out io.Writer) look {
	r := lipgloss.NewRenderer(out)
	plain := r.ColorProfile() == termenv.Ascii
	if plain {
		r.SetColorProfile(termenv.ANSI) // for bold and reversed, which NO_COLOR doesn't speak of
	} else {
		r.HasDarkBackground()
	}
	return newLook(r, plain)
}

// run starts the feed and the outbox beside the program and stops them with it; if one of them ends by itself, it takes
// the program along.
func (a *application) run() error {
	// Terminals disagree about the width of some emoji. A line that turns out too long must lose its end, not push all
	// others down by one.
	if _, err := io.WriteString(a.output, wrapOff); err != nil {
		return fmt.Errorf("write to the terminal: %w", err)
	}
	var wg sync.WaitGroup
	var feedErr, outboxErr error
	wg.Go(func() {
		defer a.cancel()
		feedErr = a.feed.Run(a.ctx)
	})
	wg.Go(func() {
		outboxErr = a.outbox.Run(a.ctx)
		if outboxErr != nil {
			a.cancel()
		}
	})
	_, err := a.program.Run()
	_, _ = io.WriteString(a.output, wrapOn)
	a.cancel()
	wg.Wait()
	if errors.Is(err, tea.ErrProgramKilled) && !errors.Is(err, tea.ErrProgramPanic) {
		err = nil // ctx ended
	}
	return errors.Join(feedErr, outboxErr, err)
}
