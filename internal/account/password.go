package account

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"runtime"
	"strings"

	"golang.org/x/crypto/argon2"
)

// Argon2id with the parameters that OWASP's password storage cheat sheet gives for 19 MiB: about 50 ms on one core.
const (
	argonMemory = 19 * 1024 // KiB
	argonTime   = 2
	argonLanes  = 1
	argonKey    = 32
	argonSalt   = 16
)

var errHashFormat = errors.New("password hash is not an argon2id PHC string")

// Hasher hashes passwords. It bounds how many are hashed at once, since each takes 19 MiB and a core: a burst of sign-ins
// queues instead of exhausting the machine.
type Hasher struct{ slots chan struct{} }

// NewHasher allows as many hashes at once as there are cores.
func NewHasher() *Hasher { return &Hasher{slots: make(chan struct{}, max(1, runtime.GOMAXPROCS(0)))} }

// Hash returns a PHC string ($argon2id$v=19$m=…) with a fresh salt.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, argonSalt)
	if _, err := rand.Read(salt); err != nil {
		return "", fmt.Errorf("salt: %w", err)
	}
	key, err := h.derive(ctx, password, salt, argonMemory, argonTime, argonLanes)
	if err != nil {
		return "", err
	}
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime, argonLanes,
		b64(salt), b64(key)), nil
}

// Verify reports whether password matches a PHC string. With an empty phc it does the same work and answers false, so that
// an unknown handle takes as long as a wrong password.
func (h *Hasher) Verify(ctx context.Context, phc, password string) (bool, error) {
	if phc == "" {
		_, err := h.derive(ctx, password, make([]byte, argonSalt), argonMemory, argonTime, argonLanes)
		return false, err
	}
	var version, memory, time, lanes int
	parts := strings.Split(phc, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false, errHashFormat
	}
	if _, err := fmt.Sscanf(parts[2]+" "+parts[3], "v=%d m=%d,t=%d,p=%d", &version, &memory, &time, &lanes); err != nil ||
		version != argon2.Version || memory < 8 || memory > 1<<21 || time < 1 || time > 64 || lanes < 1 || lanes > 64 {
		return false, errHashFormat
	}
	salt, err1 := base64.RawStdEncoding.DecodeString(parts[4])
	want, err2 := base64.RawStdEncoding.DecodeString(parts[5])
	if err1 != nil || err2 != nil || len(want) != argonKey {
		return false, errHashFormat
	}
	got, err := h.derive(ctx, password, salt, memory, time, lanes)
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(got, want) == 1, nil
}

func (h *Hasher) derive(ctx context.Context, password string, salt []byte, memory, time, lanes int) ([]byte, error) {
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return argon2.IDKey([]byte(password), salt, uint32(time), uint32(memory), uint8(lanes), argonKey), nil //nolint:gosec // bounds are checked by the caller
}

// NewToken makes a 256-bit bearer token and the hash that is stored in its place.
func NewToken() (token string, hash []byte, err error) {
	b := make([]byte, 32)
	if _, err := rand.Read(b); err != nil {
		return "", nil, fmt.Errorf("token: %w", err)
	}
	token = base64.RawURLEncoding.EncodeToString(b)
	return token, HashToken(token), nil
}

// HashToken is what the database keeps of a token. The token has 256 random bits, so a plain SHA-256 is enough.
func HashToken(token string) []byte {
	h := sha256.Sum256([]byte(token))
	return h[:]
}
