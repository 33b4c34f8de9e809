package anchor

import (
	"encoding/json"
	"net/http"
	"slices"

	"github.com/google/uuid"
)

// room is a conversation: its members, and the number of its last message.
type room struct {
	id      string
	key     [16]byte
	members []string
	echo    bool // the sender is told too, as in a group

	last int64 // of the sender's goroutine: there is one sender
}

// register makes up a person, whose id is the token too.
func (s *Server) register(w http.ResponseWriter, _ *http.Request) {
	id := uuid.NewString()
	answer(w, map[string]any{"person": map[string]string{"id": id}, "token": id})
}

// converse makes a conversation of the asker and others.
func (s *Server) converse(w http.ResponseWriter, r *http.Request) {
	var in struct {
		With    string
		Members []string
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	key := uuid.New()
	made := &room{id: key.String(), key: key, members: append(slices.Clone(in.Members), token(r)), echo: in.With == ""}
	if in.With != "" {
		made.members = append(made.members, in.With)
	}
	if s.commits != nil {
		if err := s.commits.join(r.Context(), made); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
	}
	s.mu.Lock()
	s.rooms[made.id] = made
	s.mu.Unlock()
	answer(w, map[string]any{"conversation": map[string]string{"id": made.id}})
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusCreated)
	_ = json.NewEncoder(w).Encode(v) // a client that is gone needs no answer
}

// token is whoever a request says that it comes from.
func token(r *http.Request) string {
	const scheme = "Bearer "
	h := r.Header.Get("Authorization")
	return h[min(len(h), len(scheme)):]
}
