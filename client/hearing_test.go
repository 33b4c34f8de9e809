package client

import (
	"testing"
	"time"
)

func TestHearing(t *testing.T) {
	start := time.Unix(1000, 0)
	at := func(s int) time.Time { return start.Add(time.Duration(s) * time.Second) }

	t.Run("a_stream_that_keeps_up_is_never_asked", func(t *testing.T) {
		h := newHearing(15 * time.Second)
		for i := range 100 {
			if h.head(int64(100*i), int64(100*i-3), at(15*i)) { // always a little behind, always moving
				t.Fatalf("asked at beat %d", i)
			}
		}
	})
	t.Run("a_deaf_stream_is_found", func(t *testing.T) {
		h := newHearing(15 * time.Second)
		if h.head(9, 5, at(0)) {
			t.Fatal("asked at once, without giving the change time to arrive")
		}
		if !h.head(12, 5, at(15)) {
			t.Fatal("not asked at the next beat")
		}
		if !h.asked(8) {
			t.Fatal("a change of before the first beat was missing: that is deaf")
		}
	})
	t.Run("a_change_in_flight_is_no_deafness", func(t *testing.T) {
		h := newHearing(15 * time.Second)
		h.head(9, 5, at(0))
		h.head(12, 5, at(15))
		if h.asked(11) {
			t.Fatal("11 came after the doubt and may be on its way")
		}
	})
	t.Run("other_peoples_changes_cost_ever_less", func(t *testing.T) {
		h, asked := newHearing(15*time.Second), 0
		for i := range 240 { // an hour
			if h.head(int64(100+i), 5, at(15*i)) {
				asked++
				h.asked(0)
			}
		}
		if asked > 40 {
			t.Errorf("asked %d times in an hour", asked)
		}
	})
	t.Run("polls_need_none", func(t *testing.T) {
		var h hearing
		if h.head(9, 5, at(0)) || h.head(9, 5, at(100)) || h.silence() != 0 {
			t.Error("asked although each poll reads the truth")
		}
	})
}
