package bench_test

import (
	"strings"
	"testing"

	"kinward/internal/bench"
	"kinward/internal/kinwardtest"
)

// These are the works with the server in the same process, for make bench: small enough to be run at any time, and beside
// an anchor that pays for the same sockets and the same load.

func measured(b *testing.B, w work, figure string, servers ...string) {
	b.Helper()
	target, err := bench.NewTarget(b.Name(), servers, nil)
	if err != nil {
		b.Fatal(err)
	}
	defer target.Close()
	b.ResetTimer()
	r, err := w.Run(b.Context(), target, quiet)
	if err != nil || r.Faults.Any() {
		b.Fatal(r.Faults, err)
	}
	got, _ := r.Of(figure)
	b.ReportMetric(got, "/s")
}

func pairsOf(b *testing.B) bench.Pairs {
	return bench.Pairs{Pairs: 50, InFlight: 8, Messages: max(b.N/50, 1)}
}

func roomOf(b *testing.B) bench.Room { return bench.Room{Members: 200, Messages: max(b.N/200, 1)} }

func BenchmarkPairs(b *testing.B) {
	s := kinwardtest.Start(b)
	measured(b, pairsOf(b), "messages", strings.TrimSuffix(s.URL, "/api/v1"))
}

func BenchmarkPairsAnchor(b *testing.B) {
	measured(b, pairsOf(b), "messages", "http://"+serveAnchor(b, b.TempDir()))
}

func BenchmarkRoom(b *testing.B) {
	s := kinwardtest.Start(b)
	measured(b, roomOf(b), "deliveries", strings.TrimSuffix(s.URL, "/api/v1"))
}

func BenchmarkRoomAnchor(b *testing.B) {
	measured(b, roomOf(b), "deliveries", "http://"+serveAnchor(b, b.TempDir()))
}
