package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
)

// OutboxStore keeps an outbox. Save is durable when it returns nil and replaces all that was there; calls don't overlap.
type OutboxStore interface {
	Load() ([]Entry, error)
	Save([]Entry) error
}

// MemoryStore keeps an outbox for as long as the process lives. The zero value is empty.
type MemoryStore struct {
	mu      sync.Mutex
	entries []Entry
}

// Load returns what was saved last.
func (s *MemoryStore) Load() ([]Entry, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.entries), nil
}

// Save replaces what is kept.
func (s *MemoryStore) Save(entries []Entry) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.entries = slices.Clone(entries)
	return nil
}

// FileStore keeps an outbox in one file that only its owner may read, since it holds message text. One process may use it
// at a time.
type FileStore struct{ Path string }

// Load reads the file; a file that isn't there is an empty outbox.
func (s FileStore) Load() ([]Entry, error) {
	b, err := os.ReadFile(s.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var entries []Entry
	if err := json.Unmarshal(b, &entries); err != nil {
		return nil, fmt.Errorf("%s is not an outbox: %w", s.Path, err)
	}
	return entries, nil
}

// Save writes a new file beside the old one and puts it in its place, so that a crash leaves the one or the other whole.
func (s FileStore) Save(entries []Entry) error {
	b, err := json.Marshal(entries)
	if err != nil {
		return err
	}
	dir := filepath.Dir(s.Path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".outbox-*") // created with mode 0600
	if err != nil {
		return err
	}
	err = write(f, b)
	if err == nil {
		err = os.Rename(f.Name(), s.Path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return syncDir(dir)
}

func write(f *os.File, b []byte) error {
	_, err := f.Write(b)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// syncDir makes a rename last through a power cut. Some systems can't sync a directory; there the rename is all there is.
func syncDir(dir string) error {
	d, err := os.Open(dir) //nolint:gosec // the caller's own folder
	if err != nil {
		return err
	}
	_ = d.Sync()
	return d.Close()
}
