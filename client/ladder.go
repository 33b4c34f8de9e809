package client

import "time"

const (
	ladderWindow = 20 * time.Second // two failures within it lead one step down
	ladderProbe  = 5 * time.Minute  // how long a lower step is kept before a better one is tried
)

// rungs are the transports of the automatic mode, best first.
var rungs = [...]Kind{WebSocket, SSE, LongPoll, Poll}

// ladder chooses the transport of the automatic mode. It is a plain value with the time passed in: the feed tells it what
// happened and asks it what to use.
type ladder struct {
	rung    int
	failed  time.Time // the failure that a second one would make a step of; zero for none
	settled time.Time // since when this rung is used
}

func (l *ladder) kind() Kind { return rungs[l.rung] }

// failure takes note that the present rung broke or could not be opened. deaf is a connection that opened and then never
// told anything, as behind a proxy that keeps answers back: it took long to find out, so one is enough.
func (l *ladder) failure(now time.Time, deaf bool) {
	again := !l.failed.IsZero() && now.Sub(l.failed) <= ladderWindow
	l.failed = now
	if (again || deaf) && l.rung < len(rungs)-1 {
		l.rung++
		l.failed = time.Time{}
		l.settled = now
	}
}

// probe lists the better transports, best first, when it is time to try them.
func (l *ladder) probe(now time.Time) []Kind {
	if l.rung == 0 || now.Sub(l.settled) < ladderProbe {
		return nil
	}
	return rungs[:l.rung]
}

// probed takes note of a probe's result; "" is that none of the better ones works.
func (l *ladder) probed(now time.Time, works Kind) {
	l.settled = now
	for i, k := range rungs {
		if k == works && i < l.rung {
			l.rung = i
			l.failed = time.Time{}
		}
	}
}
