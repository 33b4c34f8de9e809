package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"kinward/internal/account"
	"kinward/internal/app"
)

type personCmd struct {
	Add      personAddCmd      `cmd:"" help:"Add an account."`
	Password personPasswordCmd `cmd:"" help:"Set an account's password; ends its sessions."`
	List     personListCmd     `cmd:"" help:"List all accounts."`
	Disable  personDisableCmd  `cmd:"" help:"Close an account; ends its sessions. Messages stay."`
}

type personAddCmd struct {
	dataFlags
	Kind          string `required:"" enum:"staff,family,member,admin" help:"staff, family, member or admin."`
	Handle        string `required:"" help:"What the person signs in with."`
	Name          string `required:"" help:"What others see."`
	Role          string `help:"Job title, shown with the name."`
	PasswordStdin bool   `help:"Read the password from standard input; without one nobody can sign in."`
}

func (c *personAddCmd) Run(ctx context.Context) error {
	password := ""
	if c.PasswordStdin {
		var err error
		if password, err = readPassword(os.Stdin); err != nil {
			return err
		}
	}
	return c.with(ctx, func(ctx context.Context, a *app.App) error {
		p, err := a.Accounts.Add(ctx, account.Person{Kind: account.Kind(c.Kind), Handle: c.Handle, Name: c.Name, Role: c.Role}, password)
		if err == nil {
			fmt.Println(p.ID)
		}
		return err
	})
}

type personPasswordCmd struct {
	dataFlags
	Handle        string `required:"" help:"Whose password."`
	PasswordStdin bool   `required:"" help:"Read the password from standard input."`
}

func (c *personPasswordCmd) Run(ctx context.Context) error {
	password, err := readPassword(os.Stdin)
	if err != nil {
		return err
	}
	return c.with(ctx, func(ctx context.Context, a *app.App) error { return a.Accounts.SetPassword(ctx, c.Handle, password) })
}

// readPassword takes the first line, so that both echo and printf can feed it.
func readPassword(r io.Reader) (string, error) {
	line, err := bufio.NewReader(io.LimitReader(r, 4096)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read password: %w", err)
	}
	if line = strings.TrimRight(line, "\r\n"); line == "" {
		return "", fmt.Errorf("password-stdin: standard input has no password (%w)", errUsage)
	}
	return line, nil
}

type personListCmd struct {
	dataFlags
	JSON bool `name:"json" help:"Print JSON."`
}

// listedPerson is one row of person list --json.
type listedPerson struct {
	ID       string `json:"id"`
	Kind     string `json:"kind"`
	Handle   string `json:"handle"`
	Name     string `json:"name"`
	Role     string `json:"role,omitempty"`
	Disabled bool   `json:"disabled,omitempty"`
}

func (c *personListCmd) Run(ctx context.Context) error {
	return c.with(ctx, func(ctx context.Context, a *app.App) error {
		people, err := a.Store.AllPeople(ctx)
		if err != nil {
			return err
		}
		list := make([]listedPerson, 0, len(people))
		for _, p := range people {
			list = append(list, listedPerson{p.ID.String(), string(p.Kind), p.Handle, p.Name, p.Role, !p.DisabledAt.IsZero()})
		}
		if c.JSON {
			out := json.NewEncoder(os.Stdout)
			out.SetIndent("", "  ")
			return out.Encode(map[string]any{"people": list})
		}
		return printPeople(list)
	})
}

func printPeople(list []listedPerson) error {
	w := tabwriter.NewWriter(os.Stdout, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "HANDLE\tKIND\tNAME\tROLE\tID")
	for _, p := range list {
		if p.Disabled {
			p.Role = strings.TrimSpace(p.Role + " (disabled)")
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", p.Handle, p.Kind, p.Name, p.Role, p.ID)
	}
	return w.Flush()
}

type personDisableCmd struct {
	dataFlags
	Handle string `required:"" help:"Whose account."`
}

func (c *personDisableCmd) Run(ctx context.Context) error {
	return c.with(ctx, func(ctx context.Context, a *app.App) error { return a.Accounts.Disable(ctx, c.Handle) })
}
