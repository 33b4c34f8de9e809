package seal

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func master(t *testing.T, fill byte) *Master {
	t.Helper()
	m, err := NewMaster(bytes.Repeat([]byte{fill}, KeySize))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestKey: a sealed text opens under its own key at its own place and nowhere else.
func TestKey(t *testing.T) {
	m := master(t, 1)
	k, wrapped, err := m.NewKey([]byte("here"))
	if err != nil {
		t.Fatal(err)
	}
	sealed := k.Seal("how was the night?", []byte("place"))
	if bytes.Contains(sealed, []byte("night")) {
		t.Fatal("the text can be read")
	}
	if again := k.Seal("how was the night?", []byte("place")); bytes.Equal(sealed, again) {
		t.Fatal("two sealings of one text are the same")
	}
	same, err := m.Unwrap(wrapped, []byte("here"))
	if err != nil {
		t.Fatal(err)
	}
	if text, err := same.Open(sealed, []byte("place")); err != nil || text != "how was the night?" {
		t.Fatalf("opened %q, %v", text, err)
	}
	if _, err := same.Open(sealed, []byte("elsewhere")); !errors.Is(err, ErrBroken) {
		t.Errorf("at another place: %v", err)
	}
	for i := range sealed {
		bad := bytes.Clone(sealed)
		bad[i] ^= 1
		if _, err := k.Open(bad, []byte("place")); !errors.Is(err, ErrBroken) {
			t.Fatalf("byte %d changed: %v", i, err)
		}
	}
	if _, err := m.Unwrap(wrapped, []byte("there")); !errors.Is(err, ErrBroken) {
		t.Errorf("a key of another conversation: %v", err)
	}
	if _, err := master(t, 2).Unwrap(wrapped, []byte("here")); !errors.Is(err, ErrBroken) {
		t.Errorf("under another master key: %v", err)
	}
}

func TestDerive(t *testing.T) {
	m := master(t, 1)
	a := m.Derive("invitation", []byte{1}, 64)
	if !bytes.Equal(a, m.Derive("invitation", []byte{1}, 64)) {
		t.Error("not the same twice")
	}
	for name, b := range map[string][]byte{
		"purpose": m.Derive("other", []byte{1}, 64), "id": m.Derive("invitation", []byte{2}, 64), "master": master(t, 2).Derive("invitation", []byte{1}, 64),
	} {
		if bytes.Equal(a, b) {
			t.Errorf("another %s gives the same", name)
		}
	}
}

func TestMasterFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "master.key")
	if _, err := ReadMaster(path); !Missing(err) {
		t.Fatalf("no file: %v", err)
	}
	m, err := CreateMaster(path)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("mode %v, %v", info.Mode(), err)
	}
	again, err := ReadMaster(path)
	if err != nil || !bytes.Equal(m.Derive("x", nil, 8), again.Derive("x", nil, 8)) {
		t.Fatalf("read again: %v", err)
	}
	if _, err := CreateMaster(path); !errors.Is(err, os.ErrExist) {
		t.Fatalf("a second key over the first: %v", err)
	}
	for _, bad := range []string{"", "x", strings.Repeat("A", 43), "not base64 !!"} {
		if _, err := ParseMaster(bad); err == nil {
			t.Errorf("%q was taken as a key", bad)
		}
	}
}
