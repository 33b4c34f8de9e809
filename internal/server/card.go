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
	"kinward/web"
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
	lang := nearest(made.Link.Language)
	texts := web.Catalogue(lang)
	say := func(key string) string { return texts["card."+key].Plain }
	until := texts["card.until"].Say(lang, 0, map[string]string{"moment": made.Invitation.ExpiresAt.UTC().Format("2006-01-02 15:04 UTC")})
	_ = cardPage.Execute(w, map[string]any{ // a client that is gone needs no answer
		"Say": say, "Lang": lang, "Dir": web.Direction(lang), "Until": until, "QR": template.HTML(svg), //nolint:gosec // made above from numbers
		"URL": url, "Code": made.Code[:5] + "-" + made.Code[5:],
	})
}

var cardPage = template.Must(template.New("card").Parse(`<!doctype html>
<html lang="{{.Lang}}" dir="{{.Dir}}"><meta charset="utf-8"><title>{{call .Say "title"}}</title>
<style>
@page { size: A6; margin: 8mm }
body { font: 11pt/1.4 system-ui, sans-serif; color: #000; background: #fff; max-width: 90mm; margin: auto; text-align: center }
h1 { font-size: 15pt; margin: 2mm 0 }
svg { width: 42mm; height: 42mm }
.code { font: 700 18pt/1.4 ui-monospace, monospace; letter-spacing: .08em; direction: ltr }
.url { direction: ltr; overflow-wrap: anywhere }
.alarm { border-top: 1px solid #000; padding-top: 2mm; font-weight: 600 }
p { margin: 1.5mm 0 }
</style>
<main><h1>{{call .Say "title"}}</h1>
<p>{{call .Say "scan"}}</p>{{.QR}}
<p>{{call .Say "type"}}</p><p class="url">{{.URL}}</p><p class="code">{{.Code}}</p>
<p>{{call .Say "birth"}} {{call .Say "once"}}</p><p>{{.Until}}</p>
<p class="alarm">{{call .Say "alarm"}}</p></main></html>
`))
