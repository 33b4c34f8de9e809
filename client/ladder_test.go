package client

import (
	"slices"
	"testing"
	"time"
)

func TestLadder_failure(t *testing.T) {
	type step struct {
		after time.Duration
		deaf  bool
	}
	tests := map[string]struct {
		steps []step
		want  Kind
	}{
		"one_failure":           {[]step{{0, false}}, WebSocket},
		"two_close":             {[]step{{0, false}, {20 * time.Second, false}}, SSE},
		"two_apart":             {[]step{{0, false}, {21 * time.Second, false}}, WebSocket},
		"third_after_two_apart": {[]step{{0, false}, {21 * time.Second, false}, {5 * time.Second, false}}, SSE},
		"a_step_starts_anew":    {[]step{{0, false}, {1, false}, {1, false}}, SSE},
		"four":                  {[]step{{0, false}, {1, false}, {1, false}, {1, false}}, LongPoll},
		"bottom":                {slices.Repeat([]step{{0, false}}, 40), Poll},
		"deaf":                  {[]step{{0, true}}, SSE},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			now := time.Unix(1000, 0)
			l := ladder{settled: now}
			for _, s := range tt.steps {
				now = now.Add(s.after)
				l.failure(now, s.deaf)
			}
			if got := l.kind(); got != tt.want {
				t.Errorf("on %s, want %s", got, tt.want)
			}
		})
	}
}

func TestLadder_probe(t *testing.T) {
	start := time.Unix(1000, 0)
	l := ladder{settled: start}
	if got := l.probe(start.Add(time.Hour)); got != nil {
		t.Errorf("nothing is better than the first, got %v", got)
	}
	for range 4 {
		l.failure(start, false)
	}
	if got := l.probe(start.Add(ladderProbe - 1)); got != nil {
		t.Errorf("probing too early: %v", got)
	}
	if got := l.probe(start.Add(ladderProbe)); !slices.Equal(got, []Kind{WebSocket, SSE}) {
		t.Errorf("to probe: %v", got)
	}
	l.probed(start.Add(ladderProbe), "")
	if l.kind() != LongPoll || l.probe(start.Add(ladderProbe+1)) != nil {
		t.Error("a probe without success must wait as long again")
	}
	l.probed(start.Add(2*ladderProbe), SSE)
	if l.kind() != SSE {
		t.Errorf("on %s after SSE was found to work", l.kind())
	}
	l.probed(start.Add(3*ladderProbe), LongPoll)
	if l.kind() != SSE {
		t.Error("a probe must never step down")
	}
}
