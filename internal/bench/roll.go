package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
)

// Roll keeps people in a file between runs, so that a server can be started afresh and be measured without the memory that
// making them took. It holds their tokens, and is readable by its owner only.
type Roll struct{ Path string }

// rollEntry is a person in the file.
type rollEntry struct {
	ID    string `json:"id"`
	Token string `json:"token"`
}

// of is n people of the file, or new ones where there is no file; those are written there. A nil Roll makes new ones.
func (r *Roll) of(ctx context.Context, t *Target, n int, say Say) ([]person, error) {
	if r != nil {
		people, err := r.read()
		if err == nil && len(people) >= n {
			return people[:n], nil
		}
		if err == nil {
			return nil, fmt.Errorf("%s has %d people and %d are needed; remove it to make new ones", r.Path, len(people), n)
		}
		if !errors.Is(err, os.ErrNotExist) {
			return nil, err
		}
	}
	say("making %d people", n)
	people, err := t.people(ctx, n)
	if err != nil || r == nil {
		return people, err
	}
	return people, r.write(people)
}

func (r *Roll) read() ([]person, error) {
	b, err := os.ReadFile(r.Path)
	if err != nil {
		return nil, err
	}
	var entries []rollEntry
	if err := json.Unmarshal(b, &entries); err != nil {
		return nil, fmt.Errorf("%s is no list of people: %w", r.Path, err)
	}
	people := make([]person, len(entries))
	for i, e := range entries {
		people[i] = person{e.ID, e.Token}
	}
	return people, nil
}

func (r *Roll) write(people []person) error {
	entries := make([]rollEntry, len(people))
	for i, p := range people {
		entries[i] = rollEntry{p.id, p.token}
	}
	b, err := json.Marshal(entries)
	if err != nil {
		return fmt.Errorf("encode people: %w", err)
	}
	return os.WriteFile(r.Path, b, 0o600)
}

// cursors is where each person's feed is at present.
func (t *Target) cursors(ctx context.Context, people []person) ([]string, error) {
	out := make([]string, len(people))
	return out, each(ctx, len(people), callers, func(ctx context.Context, i int) error {
		var page struct{ Cursor string }
		err := t.call(ctx, t.node(i), people[i].token, http.MethodGet, "/feed", nil, &page)
		out[i] = page.Cursor
		return err
	})
}
