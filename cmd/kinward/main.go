// Command kinward is the whole of Kinward: the server, its tools and a chat client for the terminal. Each file here is one
// subcommand: flags, signals and exit codes; what it does is in internal/app and client.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"kinward/internal/app"
	"kinward/internal/problem"
)

// cli is every command and flag. Flags may be given as KINWARD_… in the environment or in the file that --config names.
type cli struct {
	Config  kong.ConfigFlag  `help:"Read flags from this JSON file." placeholder:"FILE"`
	Version kong.VersionFlag `help:"Print the version." env:"-"`

	Serve  serveCmd  `cmd:"" help:"Serve Kinward."`
	Import importCmd `cmd:"" help:"Import patients, staff and stays from FHIR or HL7 files."`
	Person personCmd `cmd:"" help:"Add people, set passwords, list and disable accounts."`
	Chat   chatCmd   `cmd:"" help:"Chat in the terminal."`
	Bench  benchCmd  `cmd:"" help:"Load a running server and measure it."`
}

// dataFlags say where the data is; all commands that open it have them.
type dataFlags struct {
	Data      string `help:"Folder of the database and the master key." default:"kinward-data" type:"path"`
	Database  string `help:"Database, if it is not in the data folder: sqlite:PATH." placeholder:"URL"`
	MasterKey string `help:"Master key file, or the key itself; made in the data folder at the first start." placeholder:"FILE"`
}

func (d dataFlags) config() app.Config {
	return app.Config{DataDir: d.Data, Database: d.Database, MasterKey: d.MasterKey, Log: logger(os.Stderr)}
}

// with opens the data, runs fn beside the journal, and closes.
func (d dataFlags) with(ctx context.Context, fn func(ctx context.Context, a *app.App) error) error {
	a, err := app.Open(ctx, d.config())
	if err != nil {
		return err
	}
	err = a.Do(ctx, func(ctx context.Context) error { return fn(ctx, a) })
	return errors.Join(err, a.Close())
}

func logger(w io.Writer) *slog.Logger { return slog.New(slog.NewTextHandler(w, nil)) }

const (
	exitFailed = 1
	exitUsage  = 2
)

var version = "development"

func main() { os.Exit(run(os.Args[1:])) }

func run(args []string) int {
	var c cli
	exit := -1
	parser, err := kong.New(&c, kong.Name("kinward"), kong.Description("Messages between care teams, families and any registered people."),
		kong.DefaultEnvars("KINWARD"), kong.Configuration(readConfig), kong.Vars{"version": version}, kong.UsageOnError(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}), kong.Exit(func(code int) { exit = code }))
	if err != nil {
		fmt.Fprintln(os.Stderr, "kinward:", err)
		return exitFailed
	}
	parsed, err := parser.Parse(args)
	if exit >= 0 { // --help and --version have printed what was asked for
		return exit
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "kinward:", err)
		return exitUsage
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	parsed.BindTo(ctx, (*context.Context)(nil))
	if err := parsed.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "kinward:", describe(err))
		if errors.Is(err, errUsage) {
			return exitUsage
		}
		return exitFailed
	}
	return 0
}

// describe says what went wrong for the person at the terminal: a problem's own sentence, with the flag that it is about.
func describe(err error) string {
	var p *problem.Error
	if !errors.As(err, &p) || p.Detail == "" {
		return err.Error()
	}
	if p.Field != "" {
		return p.Field + ": " + p.Detail
	}
	return p.Detail
}

// errUsage marks errors of the command line that only the command itself can find.
var errUsage = errors.New("see --help")
