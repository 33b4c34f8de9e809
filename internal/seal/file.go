package seal

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// ReadMaster reads a master key file: the base64 of 32 bytes on one line.
func ReadMaster(path string) (*Master, error) {
	b, err := os.ReadFile(path) //nolint:gosec // the operator names the file
	if err != nil {
		return nil, fmt.Errorf("read master key: %w", err)
	}
	return ParseMaster(string(b))
}

// ParseMaster reads a master key's text.
func ParseMaster(text string) (*Master, error) {
	secret, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	if err != nil {
		return nil, errors.New("a master key is written as the base64 of 32 bytes")
	}
	return NewMaster(secret)
}

// CreateMaster makes a new master key file with mode 0600 and syncs it to disk, file and folder: a database sealed under a
// key that a power cut took away could never be read again. It fails if the file is there (fs.ErrExist).
func CreateMaster(path string) (*Master, error) {
	secret := make([]byte, KeySize)
	if _, err := rand.Read(secret); err != nil {
		return nil, fmt.Errorf("master key: %w", err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // the operator names the folder
	if err != nil {
		return nil, fmt.Errorf("create master key: %w", err)
	}
	_, err = f.WriteString(base64.StdEncoding.EncodeToString(secret) + "\n")
	if err = errors.Join(err, f.Sync(), f.Close(), syncDir(filepath.Dir(path))); err != nil {
		return nil, fmt.Errorf("write master key: %w", errors.Join(err, os.Remove(path)))
	}
	return NewMaster(secret)
}

func syncDir(path string) error {
	d, err := os.Open(path) //nolint:gosec // the operator names the folder
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Missing reports whether err says that there is no key file.
func Missing(err error) bool { return errors.Is(err, fs.ErrNotExist) }
