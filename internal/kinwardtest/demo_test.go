package kinwardtest

import (
	"bytes"
	"context"
	"net/http"
	"regexp"
	"testing"
	"time"

	"kinward/internal/protocol"
)

// TestDemo signs in as everybody whom the hints name, and finds what a demo is to show.
func TestDemo(t *testing.T) {
	s := Start(t)
	var out bytes.Buffer
	began := time.Now()
	if err := s.App.LoadDemo(context.Background(), &out); err != nil {
		t.Fatal(err)
	}
	t.Logf("loaded in %s", time.Since(began).Round(time.Millisecond))
	hints := regexp.MustCompile(`(?m)^  \S.*?\s{3,}([a-z.]+)\s+([a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4})$`).FindAllStringSubmatch(out.String(), -1)
	people := map[string]Person{}
	for _, h := range hints {
		var in protocol.SignedIn
		s.Must(http.StatusCreated, "", "POST", "/sessions", map[string]string{"handle": h[1], "password": h[2]}, &in)
		people[in.Person.Kind] = Person{ID: in.Person.ID, Token: in.Token}
		if in.Person.Kind == "staff" && in.Person.Role == "" {
			t.Errorf("%s has no job title", h[1])
		}
	}
	if len(hints) != 5 || len(people) != 3 {
		t.Fatalf("the hints are %v: %s", hints, out.String())
	}
	if got := s.mine(people["staff"], ""); len(got) < 5 {
		t.Errorf("a member of the staff has %v", got)
	}
	var list protocol.Snapshot
	s.Must(http.StatusOK, people["family"].Token, "GET", "/conversations", nil, &list)
	if len(list.Conversations) != 1 || list.Conversations[0].LastSeq < 3 {
		t.Errorf("a relative has %+v", list.Conversations)
	}

	head := s.head()
	out.Reset()
	if err := s.App.LoadDemo(context.Background(), &out); err != nil {
		t.Fatal(err)
	}
	if s.head() != head || out.Len() == 0 || regexp.MustCompile(`[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}`).MatchString(out.String()) {
		t.Errorf("the second load wrote or showed something: %s", out.String())
	}
}
