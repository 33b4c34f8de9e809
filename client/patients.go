package client

import (
	"context"
	"fmt"
	"io"
	"net/http"

	"kinward/internal/protocol"
)

// PatientQuery filters Patients. Query matches beginnings of name words in any order, identifiers, ward and bed.
type PatientQuery struct {
	Query string
	Ward  string
	Mine  bool   // only patients with a live assignment of the asker
	Limit int    // 0 takes the server's default
	After string // id of the last patient of the page before
}

// Patients lists the patients that the person may see; relatives see their own, first name only.
func (c *Client) Patients(ctx context.Context, p PatientQuery) (PatientList, error) {
	q := listing(p.Query, p.Limit)
	if p.Ward != "" {
		q.Set("ward", p.Ward)
	}
	if p.Mine {
		q.Set("mine", "1")
	}
	if p.After != "" {
		q.Set("after", p.After)
	}
	return call[PatientList](ctx, c, http.MethodGet, "/patients", q, nil)
}

// Patient reads one patient; "not there" and "not yours" are the same 404.
func (c *Client) Patient(ctx context.Context, patient string) (Patient, error) {
	v, err := call[protocol.OnePatient](ctx, c, http.MethodGet, at("patients", patient), nil, nil)
	return v.Patient, err
}

// Invite makes an invitation for a relative. The code is told this once; the server keeps a hash.
func (c *Client) Invite(ctx context.Context, patient string, r InviteRequest) (Invitation, error) {
	return call[Invitation](ctx, c, http.MethodPost, at("patients", patient, "invitations"), nil, r)
}

// InvitationQR is the invitation's address as an SVG picture.
func (c *Client) InvitationQR(ctx context.Context, patient, invitation string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, c.opts.Timeout)
	defer cancel()
	req, err := c.newRequest(ctx, http.MethodGet, at("patients", patient, "invitations", invitation, "qr.svg"), nil, nil)
	if err != nil {
		return nil, err
	}
	resp, err := c.opts.HTTPClient.Do(req)
	if err != nil {
		return nil, plain(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 300 {
		return nil, c.refusal(resp)
	}
	b, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return nil, fmt.Errorf("read picture: %w", err)
	}
	return b, nil
}

// Revoke ends a relative's access to a patient, including live connections.
func (c *Client) Revoke(ctx context.Context, patient, link, reason string) error {
	return c.send(ctx, http.MethodPost, at("patients", patient, "links", link, "revoke"), protocol.Revoke{Reason: reason})
}

// Assign gives a member of staff a role with a patient.
func (c *Client) Assign(ctx context.Context, patient string, r AssignRequest) (TeamMember, error) {
	v, err := call[protocol.OneAssignment](ctx, c, http.MethodPost, at("patients", patient, "assignments"), nil, r)
	return v.Assignment, err
}

// Unassign ends an assignment.
func (c *Client) Unassign(ctx context.Context, patient, assignment string) error {
	return c.send(ctx, http.MethodDelete, at("patients", patient, "assignments", assignment), nil)
}
