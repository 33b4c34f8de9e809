package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/term"

	"kinward/client"
	"kinward/internal/tui"
)

type chatCmd struct {
	Server    string `required:"" help:"Address of the server: http://127.0.0.1:8080." placeholder:"URL"`
	Handle    string `help:"Who signs in; the password is asked for." xor:"who"`
	Code      string `help:"Enter as a relative with the code of an invitation; the birth date is asked for." xor:"who"`
	TokenFile string `help:"Keep the session in this file (mode 0600), so that the next start needs no password." type:"path" placeholder:"FILE"`
	Outbox    string `help:"Keep messages that are not sent yet in this file between runs; without it they are lost on leaving." type:"path" placeholder:"FILE"`
	Transport string `help:"How messages are received: auto, websocket, sse, long-poll or poll." default:"auto" enum:"auto,websocket,sse,long-poll,poll"`
	With      string `help:"Open the conversation with this person: handle or name." xor:"open" placeholder:"PERSON"`
	Patient   string `help:"Open the family conversation of the patient that this finds: name, bed or number." xor:"open" placeholder:"QUERY"`
}

func (c *chatCmd) Run(ctx context.Context) error {
	token, err := c.savedToken()
	if err != nil {
		return err
	}
	api, err := client.New(client.Options{Server: c.Server, Token: token, Transport: client.Kind(c.Transport), UserAgent: "kinward chat"})
	if err != nil {
		return err
	}
	defer api.Close()
	if err := c.enter(ctx, api); err != nil {
		return err
	}
	return tui.Run(ctx, tui.Options{Client: api, Transport: client.Kind(c.Transport), With: c.With, Patient: c.Patient, Outbox: c.Outbox})
}

func (c *chatCmd) savedToken() (string, error) {
	if c.TokenFile == "" {
		return "", nil
	}
	b, err := os.ReadFile(c.TokenFile)
	if errors.Is(err, os.ErrNotExist) {
		return "", nil
	}
	return strings.TrimSpace(string(b)), err
}

// enter signs in, unless the saved session still lives.
func (c *chatCmd) enter(ctx context.Context, api *client.Client) error {
	if api.Token() != "" {
		_, err := api.Me(ctx)
		if !errors.Is(err, client.ErrSignedOut) {
			return err
		}
	}
	var err error
	switch {
	case c.Code != "":
		err = c.redeem(ctx, api)
	case c.Handle != "":
		err = c.signIn(ctx, api)
	default:
		return fmt.Errorf("say who you are with --handle or --code (%w)", errUsage)
	}
	if err != nil || c.TokenFile == "" {
		return err
	}
	return os.WriteFile(c.TokenFile, []byte(api.Token()+"\n"), 0o600)
}

func (c *chatCmd) redeem(ctx context.Context, api *client.Client) error {
	birth, err := ask("The patient's date of birth (YYYY-MM-DD): ", false)
	if err != nil {
		return err
	}
	_, err = api.Redeem(ctx, client.RedeemRequest{Code: c.Code, BirthDate: birth})
	return err
}

func (c *chatCmd) signIn(ctx context.Context, api *client.Client) error {
	if open, err := api.Accounts(ctx); err == nil { // open mode: an account without a password is chosen
		for _, p := range open {
			if strings.EqualFold(p.Handle, c.Handle) {
				_, err = api.SignIn(ctx, client.SignInRequest{Account: p.ID})
				return err
			}
		}
	}
	password, err := ask("Password: ", true)
	if err != nil {
		return err
	}
	_, err = api.SignIn(ctx, client.SignInRequest{Handle: c.Handle, Password: password})
	return err
}

// ask reads a line from the terminal, a secret without showing it; from a pipe it reads the line as it is.
func ask(question string, secret bool) (string, error) {
	in := int(os.Stdin.Fd())
	if !term.IsTerminal(in) {
		return readPassword(os.Stdin)
	}
	fmt.Fprint(os.Stderr, question)
	if secret {
		b, err := term.ReadPassword(in)
		fmt.Fprintln(os.Stderr)
		return string(b), err
	}
	return readPassword(os.Stdin)
}
