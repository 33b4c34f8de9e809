package kinwardtest

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"kinward/internal/account"
	"kinward/internal/app"
	"kinward/internal/care"
)

var absolute = regexp.MustCompile(`(?i)(https?:|wss?:)?//[a-z0-9]|localhost|127\.0\.0\.1|\[::1\]`)

// TestM19_no_fixed_host: what is served works wherever it is served from.
func TestM19_no_fixed_host(t *testing.T) {
	t.Parallel()
	s := Start(t)
	doctor := s.Person(account.Staff, "doctor")
	patient := s.Admit(care.Patient{FirstName: "Rosa"}, nil, doctor)
	root := &Server{URL: strings.TrimSuffix(s.URL, "/api/v1"), t: t}
	for _, path := range []string{"/", "/join", "/openapi.json", "/api/v1/openapi.json", "/api/v1/nowhere", "/healthz"} {
		a := root.Call("", "GET", path, nil)
		if found := absolute.FindString(string(a.Body)); found != "" {
			t.Errorf("GET %s holds %q", path, found)
		}
	}
	for host, want := range map[string]string{"ward.example.org": "http://ward.example.org/join#", "10.1.2.3:8080": "http://10.1.2.3:8080/join#"} {
		a := s.with(http.Header{"Authorization": {"Bearer " + doctor.Token}, "Host": {host}}, "POST", "/patients/"+patient.ID+"/invitations",
			`{"name":"Ana","relationship":"sister","consent":{"basis":"agreed"}}`)
		if !strings.Contains(string(a.Body), `"url":"`+want) {
			t.Errorf("by %s the invitation is %s", host, a.Body)
		}
	}
}

// TestM19_public_url is what the operator says it is.
func TestM19_public_url(t *testing.T) {
	t.Parallel()
	s := Start(t, func(c *app.Config) { c.PublicURL = "https://chat.example.org" })
	doctor := s.Person(account.Staff, "doctor")
	made := s.Invite(doctor, s.Admit(care.Patient{FirstName: "Rosa"}, nil, doctor), "Ana", "two-way")
	if made.URL != "https://chat.example.org/join#"+made.Code {
		t.Errorf("the address is %s", made.URL)
	}
	l, err := stranger(t, s, doctor).dialSocket(limited(t), "", http.Header{"Cookie": {"kinward=" + doctor.Token}, "Origin": {"https://chat.example.org"}})
	if err != nil {
		t.Fatalf("a socket from the public address: %v", err)
	}
	l.hangUp()
}
