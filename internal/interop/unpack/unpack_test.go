package unpack_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"golang.org/x/text/encoding/unicode"

	"kinward/internal/interop/unpack"
)

func zipped(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestReader(t *testing.T) {
	const text = "{\"name\":\"Zoë 王\"}\n"
	wide, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat(text, 1000)
	whole := zipped(t, long)
	for name, c := range map[string]struct {
		in   []byte
		want string
		err  error
	}{
		"plain":           {[]byte(text), text, nil},
		"empty":           {nil, "", nil},
		"one_byte":        {[]byte("{"), "{", nil},
		"gzip":            {zipped(t, text), text, nil},
		"two_members":     {append(zipped(t, text), zipped(t, text)...), text + text, nil},
		"utf16":           {[]byte(wide), text, nil},
		"gzipped_utf16":   {zipped(t, wide), text, nil},
		"cut_off":         {whole[:len(whole)-20], long, unpack.ErrDamaged},
		"broken_header":   {[]byte{0x1f, 0x8b, 0, 0}, "", unpack.ErrDamaged},
		"broken_checksum": {append(bytes.Clone(whole[:len(whole)-8]), 1, 2, 3, 4, 5, 6, 7, 8), long, unpack.ErrDamaged},
	} {
		r, err := unpack.Reader(context.Background(), bytes.NewReader(c.in), 4096)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got, err := io.ReadAll(r)
		if !errors.Is(err, c.err) || c.err == nil && string(got) != c.want || !strings.HasPrefix(c.want, string(got)) {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
	}
}

func TestReader_cancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := unpack.Reader(ctx, strings.NewReader("x"), 4096); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled read: %v", err)
	}
}
