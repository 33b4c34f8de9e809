package deflate_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"kinward/web/internal/deflate"
)

// unpack reads a gzip file by the standard library.
func unpack(t *testing.T, packed []byte) []byte {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// TestGzip: whatever is packed can be unpacked, by somebody else's code.
func TestGzip(t *testing.T) {
	noise := make([]byte, 70_000)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range noise {
		noise[i] = byte(r.Uint32())
	}
	few := make([]byte, 50_000)
	for i := range few {
		few[i] = "ab\x00é"[r.IntN(5)]
	}
	for name, content := range map[string][]byte{
		"nothing": {}, "one": {7}, "two": []byte("ab"), "the same": bytes.Repeat([]byte{0}, 20_000),
		"lengths": []byte(strings.Repeat("x", 258) + "y" + strings.Repeat("x", 259)),
		"far":     append(append(bytes.Clone(noise[:300]), bytes.Repeat([]byte("-"), 32<<10-300)...), noise[:300]...),
		"noise":   noise, "few letters": few,
	} {
		if got := unpack(t, deflate.Gzip(content)); !bytes.Equal(got, content) {
			t.Errorf("%s: %d bytes come back as %d others", name, len(content), len(got))
		}
	}
}

// TestGzip_smaller: it is worth its time on the sources of the client.
func TestGzip_smaller(t *testing.T) {
	content, err := os.ReadFile("../../src/core/transcript.ts")
	if err != nil {
		t.Fatal(err)
	}
	packed := deflate.Gzip(content)
	if !bytes.Equal(unpack(t, packed), content) {
		t.Fatal("it comes back as something else")
	}
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
	_, _ = w.Write(content)
	_ = w.Close()
	if len(packed) > b.Len()*98/100 {
		t.Errorf("%d bytes, and compress/gzip makes %d", len(packed), b.Len())
	}
}
