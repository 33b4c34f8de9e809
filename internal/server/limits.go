package server

import (
	"sync"
	"time"

	"golang.org/x/time/rate"

	"kinward/internal/problem"
)

// The rates leave room for anything that people and their devices do, also for several transports in quick change; they
// are there against scripts that run away.
const (
	requestsPerSecond = 200
	requestBurst      = 600
	sendsPerSecond    = 100
	sendBurst         = 400
	forgetLimiters    = 100_000
	tidyLimiters      = 1024
)

// limits keeps a bucket per session, or per address for those who are not signed in.
type limits struct {
	lifted bool
	mu     sync.Mutex
	by     map[string]*rate.Limiter
	sends  map[string]*rate.Limiter
	tidyAt int // so many in by are reason to look which can be forgotten
}

func newLimits(lifted bool) *limits {
	return &limits{lifted: lifted, by: map[string]*rate.Limiter{}, sends: map[string]*rate.Limiter{}, tidyAt: tidyLimiters}
}

func (l *limits) request(who string) error {
	l.tidy()
	return l.check(&l.by, who, requestsPerSecond, requestBurst)
}

func (l *limits) send(who string) error { return l.check(&l.sends, who, sendsPerSecond, sendBurst) }

func (l *limits) check(by *map[string]*rate.Limiter, who string, perSecond rate.Limit, burst int) error {
	if l.lifted {
		return nil
	}
	bucket := l.bucket(by, who, perSecond, burst)
	if bucket.Allow() {
		return nil
	}
	return &problem.Error{Code: problem.TooMany, Detail: "slow down and try again", RetryAfter: time.Second}
}

// tidy forgets the buckets that are full again, which are as good as new ones: all but those of the last few seconds. It looks
// when their number has doubled. Those of sends may be in use by sockets, and stay.
func (l *limits) tidy() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.by) < l.tidyAt {
		return
	}
	kept := map[string]*rate.Limiter{} // a map never gives back what it took
	for who, bucket := range l.by {
		if bucket.Tokens() < requestBurst {
			kept[who] = bucket
		}
	}
	l.by, l.tidyAt = kept, max(tidyLimiters, 2*len(kept))
}

// sender is the bucket that a socket waits on: there a client that sends too fast is read more slowly instead of refused.
func (l *limits) sender(who string) *rate.Limiter {
	if l.lifted {
		return rate.NewLimiter(rate.Inf, 0)
	}
	return l.bucket(&l.sends, who, sendsPerSecond, sendBurst)
}

func (l *limits) bucket(by *map[string]*rate.Limiter, who string, perSecond rate.Limit, burst int) *rate.Limiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	bucket := (*by)[who]
	if bucket == nil {
		if len(*by) >= forgetLimiters {
			clear(*by)
		}
		bucket = rate.NewLimiter(perSecond, burst)
		(*by)[who] = bucket
	}
	return bucket
}
