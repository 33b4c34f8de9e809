package client

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"kinward/internal/protocol"
)

// Register makes an account and signs in as it; the client speaks as that person from then on. 403 unless the server's
// registration is open, 409 when the handle is taken.
func (c *Client) Register(ctx context.Context, r RegisterRequest) (SignedIn, error) {
	return c.signIn(call[SignedIn](ctx, c, http.MethodPost, "/people", nil, r))
}

// SignIn opens a session; the client speaks as that person from then on. A wrong handle or password is one and the same
// *Error with CodeSignInFailed.
func (c *Client) SignIn(ctx context.Context, r SignInRequest) (SignedIn, error) {
	return c.signIn(call[SignedIn](ctx, c, http.MethodPost, "/sessions", nil, r))
}

// Redeem turns an invitation's code and the patient's birth date (the second fact) into an account and signs in as it.
// CodeInvitationDead: the code is unknown, used, expired or dead; CodeSecondFactor: the date is wrong, and five wrong
// tries kill the code.
func (c *Client) Redeem(ctx context.Context, r RedeemRequest) (Redeemed, error) {
	v, err := call[Redeemed](ctx, c, http.MethodPost, "/invitations/redeem", nil, r)
	if err == nil {
		c.token.Store(&v.Token)
	}
	return v, err
}

func (c *Client) signIn(v SignedIn, err error) (SignedIn, error) {
	if err == nil {
		c.token.Store(&v.Token)
	}
	return v, err
}

// SignOut ends the client's own session and forgets the token.
func (c *Client) SignOut(ctx context.Context) error {
	if err := c.send(ctx, http.MethodDelete, "/sessions/current", nil); err != nil {
		return err
	}
	none := ""
	c.token.Store(&none)
	return nil
}

// Accounts lists the accounts without a password, to choose one's own (SignInRequest.Account). 404 unless the server
// runs in open mode.
func (c *Client) Accounts(ctx context.Context) ([]Person, error) {
	v, err := call[protocol.PeopleList](ctx, c, http.MethodGet, "/accounts", nil, nil)
	return v.People, err
}

// People searches the directory by the beginnings of name words; limit 0 takes the server's default. Relatives have no
// directory (403).
func (c *Client) People(ctx context.Context, query string, limit int) ([]Person, error) {
	v, err := call[protocol.PeopleList](ctx, c, http.MethodGet, "/people", listing(query, limit), nil)
	return v.People, err
}

// Me is the person that the client speaks as.
func (c *Client) Me(ctx context.Context) (Person, error) {
	v, err := call[protocol.OnePerson](ctx, c, http.MethodGet, "/me", nil, nil)
	return v.Person, err
}

// ChangePassword replaces the own password.
func (c *Client) ChangePassword(ctx context.Context, current, next string) error {
	return c.send(ctx, http.MethodPut, "/me/password", protocol.ChangePassword{Current: current, New: next})
}

// Sessions lists the devices that are signed in as this person.
func (c *Client) Sessions(ctx context.Context) ([]Session, error) {
	v, err := call[protocol.SessionList](ctx, c, http.MethodGet, "/sessions", nil, nil)
	return v.Sessions, err
}

// EndSession signs one device out.
func (c *Client) EndSession(ctx context.Context, session string) error {
	return c.send(ctx, http.MethodDelete, at("sessions", session), nil)
}

func listing(query string, limit int) url.Values {
	q := url.Values{}
	if query != "" {
		q.Set("query", query)
	}
	if limit > 0 {
		q.Set("limit", strconv.Itoa(limit))
	}
	return q
}
