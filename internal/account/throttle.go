package account

import (
	"sync"
	"time"

	"kinward/internal/problem"
)

// The limits of guessing (healthcare.md S8): five wrong tries for an account are free, then each further one waits twice
// as long, up to 15 minutes; an address, which a whole hospital may share behind one gateway, has a hundred. Operators can
// lift what concerns addresses (--rate-limits off), never what protects one account.
const (
	freeTriesAccount  = 5
	freeTriesAddress  = 100
	freeRegistrations = 60 // accounts per address in a row
	firstWait         = 2 * time.Second
	longestWait       = 15 * time.Minute
	forgetAfter       = 30 * time.Minute
	maxThrottled      = 100_000
)

type throttle struct {
	now    func() time.Time
	lifted bool
	mu     sync.Mutex
	by     map[string]*tries
}

type tries struct {
	count int
	last  time.Time
	until time.Time // no further try before
}

func newThrottle(now func() time.Time, lifted bool) *throttle {
	return &throttle{now: now, lifted: lifted, by: map[string]*tries{}}
}

// trying counts a try for an account, or refuses it if the account or the address has to wait. The account's try counts
// when it begins, so that many at once do not slip through together.
func (t *throttle) trying(account, address string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	a, b := t.entry("account:"+account, now), t.entry("address:"+address, now)
	if wait := max(a.until.Sub(now), t.lift(b.until.Sub(now))); wait > 0 {
		return tooMany("too many wrong tries; wait before the next one", wait)
	}
	a.add(now, freeTriesAccount)
	return nil
}

// lift is wait, or nothing where the operator lifted the limits that an address has.
func (t *throttle) lift(wait time.Duration) time.Duration {
	if t.lifted {
		return 0
	}
	return wait
}

// blocked refuses an address that has to wait.
func (t *throttle) blocked(address string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	if wait := t.lift(t.entry("address:"+address, now).until.Sub(now)); wait > 0 {
		return tooMany("too many wrong tries; wait before the next one", wait)
	}
	return nil
}

// failed counts a wrong try against the address. Right ones don't count, since a whole hospital may sign in through one.
func (t *throttle) failed(address string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.entry("address:"+address, t.now()).add(t.now(), freeTriesAddress)
}

// succeeded clears an account's tries.
func (t *throttle) succeeded(account string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.by, "account:"+account)
}

// registering bounds how many accounts one address may make.
func (t *throttle) registering(address string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	e := t.entry("register:"+address, now)
	if wait := t.lift(e.until.Sub(now)); wait > 0 {
		return tooMany("too many new accounts from this address; wait before the next one", wait)
	}
	e.add(now, freeRegistrations)
	return nil
}

func tooMany(detail string, wait time.Duration) error {
	return &problem.Error{Code: problem.TooMany, Detail: detail, RetryAfter: wait}
}

func (t *throttle) entry(key string, now time.Time) *tries {
	e := t.by[key]
	if e == nil || now.Sub(e.last) > forgetAfter {
		if len(t.by) >= maxThrottled {
			clear(t.by)
		}
		e = &tries{}
		t.by[key] = e
	}
	return e
}

func (e *tries) add(now time.Time, free int) {
	e.count++
	e.last = now
	if over := e.count - free; over >= 0 {
		e.until = now.Add(min(firstWait<<min(over, 20), longestWait))
	}
}
