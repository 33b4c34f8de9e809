package server

import (
	"fmt"
	"html/template"
	"net/http"
	"strings"

	"rsc.io/qr"

	"kinward/internal/account"
	"kinward/internal/care"
	"kinward/internal/id"
)

func (s *Server) card(r *http.Request, actor account.Actor) (care.Invited, error) {
	p, err := pathID[id.Patient](r, "patient")
	if err != nil {
		return care.Invited{}, err
	}
	i, err := pathID[id.Invitation](r, "invitation")
	if err != nil {
		return care.Invited{}, err
	}
	return s.o.Care.Card(r.Context(), actor, p, i)
}

// invitationQR draws the invitation's URL, dark on light with the quiet zone of four modules that scanners need.
func (s *Server) invitationQR(w http.ResponseWriter, r *http.Request, actor account.Actor) {
	made, err := s.card(r, actor)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	svg, err := qrSVG(s.joinURL(r, made.Code))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "image/svg+xml")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write([]byte(svg)) // a client that is gone needs no answer
}

func qrSVG(text string) (string, error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return "", fmt.Errorf("draw QR code: %w", err)
	}
	const quiet = 4
	side := code.Size + 2*quiet
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" shape-rendering="crispEdges" role="img" aria-label="QR code of the invitation"><path fill="#fff" d="M0 0h%dv%dH0z"/><path d="`, side, side, side, side)
	for y := range code.Size {
		for x := range code.Size {
			if code.Black(x, y) {
				fmt.Fprintf(&b, "M%d %dh1v1h-1z", x+quiet, y+quiet)
			}
		}
	}
	b.WriteString(`"/></svg>`)
	return b.String(), nil
}

// invitationCard is the page to print for the bedside. It names no patient: whoever finds the card learns nothing.
func (s *Server) invitationCard(w http.ResponseWriter, r *http.Request, actor account.Actor) {
	made, err := s.card(r, actor)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	svg, err := qrSVG(s.joinURL(r, made.Code))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
	url, _, _ := strings.Cut(s.joinURL(r, made.Code), "#")
	words := cardWords(made.Link.Language)
	_ = cardPage.Execute(w, map[string]any{ // a client that is gone needs no answer
		"Words": words, "QR": template.HTML(svg), //nolint:gosec // made above from numbers
		"URL": url, "Code": made.Code[:5] + "-" + made.Code[5:], "Expires": made.Invitation.ExpiresAt.UTC().Format("2006-01-02 15:04 UTC"),
	})
}
