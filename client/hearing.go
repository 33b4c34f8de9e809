package client

import "time"

// hearing finds out whether a connection that looks alive tells everything. Heads say how far the deployment is; a
// head that stays beyond our position may be other people's business, or a sign that the stream is deaf. Asking tells
// the two apart. A plain value: the time is passed in.
type hearing struct {
	heartbeat time.Duration // 0: the stream doesn't beat and needs no such care
	patience  time.Duration // how long a head may be beyond our position before we ask
	doubt     int64         // the head that hasn't been reached; 0 for none
	since     time.Time     // when doubt came up
	settled   int64         // heads up to here held nothing for us
}

// maxPatience limits the pause between questions that find nothing, which doubles each time: somebody without
// conversations on a busy server would otherwise poll at every heartbeat.
const maxPatience = 2 * time.Minute

func newHearing(heartbeat time.Duration) hearing {
	return hearing{heartbeat: heartbeat, patience: heartbeat / 2}
}

// head takes note of a head and reports whether it is time to ask.
func (h *hearing) head(head, version int64, now time.Time) bool {
	if h.heartbeat == 0 || head == 0 {
		return false
	}
	if version >= h.doubt {
		h.doubt = 0
	}
	if h.doubt == 0 && head > version && head > h.settled {
		h.doubt, h.since = head, now
	}
	return h.doubt != 0 && now.Sub(h.since) >= h.patience
}

// asked takes note of what asking found: the first version that had not been told, 0 for none. It reports whether the
// stream should have told it long ago, and so is deaf.
func (h *hearing) asked(first int64) (deaf bool) {
	deaf = first > 0 && first <= h.doubt
	h.settled = max(h.settled, h.doubt)
	h.doubt = 0
	h.patience = min(2*h.patience, maxPatience)
	return deaf
}

// silence is how long nothing at all may be heard; 0 is for ever.
func (h *hearing) silence() time.Duration { return time.Duration(deadBeats * float64(h.heartbeat)) }
