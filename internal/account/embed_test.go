package account

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"kinward/internal/problem"
)

var (
	embedSecret = []byte("0123456789abcdef0123456789abcdef")
	embedNow    = time.Date(2026, 11, 29, 9, 0, 0, 0, time.UTC)
)

func signEmbed(secret []byte, payload string) string {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(payload))
	return payload + "." + hex.EncodeToString(mac.Sum(nil))
}

// embedClaims are good ones, with some put in the place of others; nil leaves a claim out.
func embedClaims(t *testing.T, other map[string]any) string {
	t.Helper()
	c := map[string]any{"sub": "dr-silva", "role": "doctor", "patient": "MRN-1", "exp": embedNow.Unix() + 120, "jti": "0011223344556677", "iss": "his"}
	for k, v := range other {
		if c[k] = v; v == nil {
			delete(c, k)
		}
	}
	raw, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}

func TestParseEmbedToken(t *testing.T) {
	good := embedClaims(t, nil)
	c, err := ParseEmbedToken(embedSecret, signEmbed(embedSecret, good), embedNow)
	want := EmbedClaims{Handle: "dr-silva", Kind: Staff, Patient: "MRN-1", Expires: embedNow.Add(2 * time.Minute), ID: "0011223344556677"}
	if err != nil || c != want {
		t.Fatalf("%+v, %v", c, err)
	}
	for role, kind := range map[string]Kind{"staff": Staff, "nurse": Staff, "family": Family, "member": Member} {
		c, err := ParseEmbedToken(embedSecret, signEmbed(embedSecret, embedClaims(t, map[string]any{"role": role})), embedNow)
		if err != nil || c.Kind != kind {
			t.Errorf("%s: %q, %v", role, c.Kind, err)
		}
	}
	if _, err := ParseEmbedToken(embedSecret, signEmbed(embedSecret, good), embedNow.Add(119*time.Second)); err != nil {
		t.Errorf("in its last second: %v", err)
	}
	signed := signEmbed(embedSecret, good)
	bad := map[string]string{
		"empty": "", "no dot": good, "another secret": signEmbed([]byte(strings.Repeat("x", 32)), good),
		"cut signature": signed[:len(signed)-2], "no signature": good + ".", "signature of nothing": good + signEmbed(embedSecret, ""),
		"changed claims": embedClaims(t, map[string]any{"sub": "dr-no"}) + signed[len(good):],
		"no base64":      signEmbed(embedSecret, "{}"), "no JSON": signEmbed(embedSecret, base64.RawURLEncoding.EncodeToString([]byte("sub"))),
		"too long": signEmbed(embedSecret, embedClaims(t, map[string]any{"iss": strings.Repeat("x", 4096)})),
	}
	for name, change := range map[string]map[string]any{
		"nobody": {"sub": nil}, "no role": {"role": nil}, "admin": {"role": "admin"}, "no end": {"exp": nil}, "end as text": {"exp": "soon"},
		"over": {"exp": embedNow.Unix()}, "long over": {"exp": 1}, "an hour": {"exp": embedNow.Unix() + 3600}, "half a second": {"exp": float64(embedNow.Unix()) + 60.5},
		"no jti": {"jti": nil}, "short jti": {"jti": "1234567"}, "long jti": {"jti": strings.Repeat("1", 129)}, "jti as number": {"jti": 12345678},
	} {
		bad[name] = signEmbed(embedSecret, embedClaims(t, change))
	}
	for name, token := range bad {
		c, err := ParseEmbedToken(embedSecret, token, embedNow)
		if !problem.Is(err, problem.SignInFailed) {
			t.Errorf("%s: %+v, %v", name, c, err)
		}
	}
}

// FuzzParseEmbedToken: whatever comes is refused or keeps to the rules, with any signature.
func FuzzParseEmbedToken(f *testing.F) {
	for _, payload := range []string{"", "{}", `{"sub":"a","role":"staff","exp":1,"jti":"12345678"}`, `{"exp":1e400}`, "[]", "null"} {
		f.Add(payload, "")
		f.Add(payload, "00")
	}
	f.Fuzz(func(t *testing.T, payload, signature string) {
		if _, err := ParseEmbedToken(embedSecret, payload+"."+signature, embedNow); err == nil && signEmbed(embedSecret, payload) != payload+"."+strings.ToLower(signature) {
			t.Errorf("%q was taken with the signature %q", payload, signature)
		}
		c, err := ParseEmbedToken(embedSecret, signEmbed(embedSecret, base64.RawURLEncoding.EncodeToString([]byte(payload))), embedNow)
		if err == nil && (c.Handle == "" || c.Kind == "" || c.Kind == Admin || len(c.ID) < 8 || !c.Expires.After(embedNow) || c.Expires.After(embedNow.Add(150*time.Second))) {
			t.Errorf("%q was taken: %+v", payload, c)
		}
	})
}
