// Package seal keeps message texts unreadable in the database, its backups and its write-ahead log: AES-256-GCM under a
// key per conversation, which is itself wrapped by the deployment's master key. Destroying a conversation's key erases its
// texts everywhere. The server holds the master key; this is no end-to-end encryption (see docs/adr).
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
)

// KeySize is the length of master and conversation keys in bytes.
const KeySize = 32

// ErrBroken tells that something sealed was changed, or was sealed under another key or for another place.
var ErrBroken = errors.New("sealed text does not open: changed, or sealed under another key")

// Master is the deployment's master key. It is safe for concurrent use.
type Master struct {
	secret []byte
	aead   cipher.AEAD
}

// NewMaster takes the 32 bytes of a master key.
func NewMaster(secret []byte) (*Master, error) {
	if len(secret) != KeySize {
		return nil, fmt.Errorf("a master key has %d bytes, this one has %d", KeySize, len(secret))
	}
	m := &Master{secret: append([]byte(nil), secret...)}
	wrapping, err := hkdf.Key(sha256.New, m.secret, nil, "kinward wrap", KeySize)
	if err != nil {
		return nil, fmt.Errorf("derive wrapping key: %w", err)
	}
	m.aead, err = newAEAD(wrapping)
	return m, err
}

// Derive gives n bytes (at most 8,160) that only this deployment can compute from a purpose and an id.
func (m *Master) Derive(purpose string, id []byte, n int) []byte {
	out, err := hkdf.Key(sha256.New, m.secret, nil, "kinward "+purpose+"\x00"+string(id), n)
	if err != nil { // only for an n beyond the limit of the RFC, which is a mistake in our code
		panic("seal: " + err.Error())
	}
	return out
}

// NewKey makes a conversation's key and its wrapped form. The id binds the wrapped form to its conversation.
func (m *Master) NewKey(id []byte) (*Key, []byte, error) {
	secret := make([]byte, KeySize)
	if _, err := rand.Read(secret); err != nil {
		return nil, nil, fmt.Errorf("conversation key: %w", err)
	}
	k, err := newKey(secret)
	return k, m.aead.Seal(nil, nil, secret, id), err
}

// Unwrap opens a wrapped conversation key; ErrBroken if it was wrapped by another master key or for another conversation.
func (m *Master) Unwrap(wrapped, id []byte) (*Key, error) {
	secret, err := m.aead.Open(nil, nil, wrapped, id)
	if err != nil {
		return nil, ErrBroken
	}
	return newKey(secret)
}

// Key seals the texts of one conversation. It is safe for concurrent use.
type Key struct{ aead cipher.AEAD }

func newKey(secret []byte) (*Key, error) {
	aead, err := newAEAD(secret)
	return &Key{aead}, err
}

// newAEAD is AES-256-GCM with a random 96-bit nonce in front of each sealed text: up to 2^32 texts a key (NIST SP
// 800-38D).
func newAEAD(secret []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(secret)
	if err != nil {
		return nil, fmt.Errorf("cipher: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("cipher: %w", err)
	}
	return aead, nil
}

// Seal encrypts text for one place; the same place must be told to Open.
func (k *Key) Seal(text string, place []byte) []byte {
	return k.aead.Seal(make([]byte, 0, len(text)+k.aead.Overhead()), nil, []byte(text), place)
}

// Open decrypts what Seal made for the same place, or answers ErrBroken.
func (k *Key) Open(sealed, place []byte) (string, error) {
	text, err := k.aead.Open(make([]byte, 0, len(sealed)), nil, sealed, place)
	if err != nil {
		return "", ErrBroken
	}
	return string(text), nil
}
