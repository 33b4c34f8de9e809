package store

import (
	"context"
	"slices"
	"sync"

	"kinward/internal/id"
	"kinward/internal/seal"
)

// keyring remembers conversations' unwrapped keys.
type keyring struct {
	master *seal.Master
	mu     sync.RWMutex
	keys   map[id.Conversation]*seal.Key
}

const maxKeys = 100_000

func newKeyring(m *seal.Master) keyring {
	return keyring{master: m, keys: map[id.Conversation]*seal.Key{}}
}

func (r *keyring) get(c id.Conversation) *seal.Key {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.keys[c]
}

func (r *keyring) put(c id.Conversation, k *seal.Key) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.keys) >= maxKeys {
		clear(r.keys)
	}
	r.keys[c] = k
}

// key is a conversation's key, from memory or from q; problem.NotFound where there is no such conversation.
func (s *Store) key(ctx context.Context, q querier, c id.Conversation) (*seal.Key, error) {
	if k := s.keys.get(c); k != nil {
		return k, nil
	}
	var wrapped []byte
	if err := q.QueryRowContext(ctx, `SELECT key FROM conversations WHERE id = ?`, c).Scan(&wrapped); err != nil {
		return nil, s.wrap("read key", err)
	}
	k, err := s.keys.master.Unwrap(wrapped, c[:])
	if err != nil {
		return nil, s.wrap("unwrap key", err)
	}
	s.keys.put(c, k)
	return k, nil
}

// load reads the keys of conversations that are not known yet.
func (s *Store) load(ctx context.Context, q querier, conversations []id.Conversation) error {
	var missing []id.Conversation
	for _, c := range conversations {
		if s.keys.get(c) == nil {
			missing = append(missing, c)
		}
	}
	for some := range slices.Chunk(distinct(missing), setAtOnce) {
		_, err := collectSet(ctx, q, func(r row) (struct{}, error) {
			var c id.Conversation
			var wrapped []byte
			if err := r.Scan(&c, &wrapped); err != nil {
				return struct{}{}, err
			}
			k, err := s.keys.master.Unwrap(wrapped, c[:])
			if err != nil {
				return struct{}{}, err
			}
			s.keys.put(c, k)
			return struct{}{}, nil
		}, keysOfQuery, some)
		if err != nil {
			return s.wrap("read keys", err)
		}
	}
	return nil
}

const keysOfQuery = `SELECT c.id, c.key FROM (VALUES {set}) AS d CROSS JOIN conversations c WHERE c.id = d.column1`

// place is what a sealed text is bound to, so that no row can be passed off as another: conversation, sender and id.
func place(c id.Conversation, sender id.Person, m id.Message) []byte {
	b := make([]byte, 0, 48)
	b = append(b, c[:]...)
	b = append(b, sender[:]...)
	return append(b, m[:]...)
}

// Keys derives secrets from the master key.
func (s *Store) Keys() *seal.Master { return s.keys.master }
