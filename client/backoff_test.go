package client

import (
	"testing"
	"time"
)

func TestBackoff(t *testing.T) {
	limits := []time.Duration{500, 1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000}
	for _, random := range []float64{0, 0.25, 0.999} {
		var b backoff
		for try, ms := range limits {
			want := time.Duration(random * float64(ms*time.Millisecond))
			if got := b.next(0, random); got != want {
				t.Errorf("random %v, try %d: %v, want %v", random, try, got, want)
			}
		}
	}
}

func TestBackoff_hint(t *testing.T) {
	var b backoff
	if got := b.next(7*time.Second, 0); got != 7*time.Second {
		t.Errorf("with the least jitter %v, want the hint", got)
	}
	if got := b.next(7*time.Second, 0.5); got != 7500*time.Millisecond {
		t.Errorf("jitter must come on top of the hint, got %v", got)
	}
}

func TestBackoff_lived(t *testing.T) {
	b := backoff{tries: 9}
	b.lived(59 * time.Second)
	if b.tries != 9 {
		t.Error("a short life must not reset")
	}
	b.lived(time.Minute)
	if b.tries != 0 {
		t.Error("a stable minute must reset")
	}
}
