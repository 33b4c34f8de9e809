package feed

import (
	"context"
	"time"

	"kinward/internal/chat"
	"kinward/internal/id"
)

const (
	// typingFor is how long a sign of typing is shown to those who poll.
	typingFor = 6 * time.Second
	// goneAfter keeps somebody online over a short break in the connection.
	goneAfter = 10 * time.Second
	// presencePerTick and presenceConversations bound the work of presence: in a storm of reconnects it is late or left out,
	// and messages are not.
	presencePerTick       = 100
	presenceConversations = 100
)

// presence knows who came and who went and has not been announced yet.
type presence struct {
	came   []id.Person
	gone   map[id.Person]time.Time
	online map[id.Person]bool // announced
}

func newPresence() presence {
	return presence{gone: map[id.Person]time.Time{}, online: map[id.Person]bool{}}
}

func (p *presence) arrived(person id.Person) {
	delete(p.gone, person)
	if !p.online[person] && len(p.came) < 10*presencePerTick {
		p.came = append(p.came, person)
	}
}

func (p *presence) left(person id.Person, now time.Time) { p.gone[person] = now }

// due takes some people whose change is to be announced now.
func (p *presence) due(now time.Time, connected func(id.Person) bool) map[id.Person]string {
	out := map[id.Person]string{}
	n := min(len(p.came), presencePerTick)
	for _, person := range p.came[:n] {
		if connected(person) && !p.online[person] {
			p.online[person] = true
			out[person] = "online"
		}
	}
	p.came = p.came[n:]
	for person, since := range p.gone {
		if len(out) >= 2*presencePerTick {
			break
		}
		if now.Sub(since) < goneAfter {
			continue
		}
		delete(p.gone, person)
		if p.online[person] {
			delete(p.online, person)
			out[person] = "offline"
		}
	}
	return out
}

// Run announces presence and sends heartbeats until ctx ends. Heartbeats are spread over their interval, so that ten
// thousand connections don't all write at once.
func (h *Hub) Run(ctx context.Context) error {
	const slots = 16
	tick := time.NewTicker(max(h.o.Beat/slots, time.Millisecond))
	defer tick.Stop()
	for slot := 0; ; slot = (slot + 1) % slots {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			h.beat(byte(slot), slots)
			h.announce(ctx)
		}
	}
}

// beat wakes the subscriptions of one slot, by the last byte of the person's id, which is random.
func (h *Hub) beat(slot, slots byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for person, subs := range h.people {
		if person[15]%slots != slot {
			continue
		}
		for _, s := range subs {
			s.heartbeat()
		}
	}
}

func (h *Hub) announce(ctx context.Context) {
	h.mu.Lock()
	due := h.presence.due(h.o.Now(), func(p id.Person) bool { return len(h.people[p]) > 0 })
	h.mu.Unlock()
	for person, state := range due {
		places, err := h.o.Store.Places(ctx, person, presenceConversations)
		if err == nil {
			err = h.load(ctx, places, false)
		}
		if err != nil {
			h.o.Log.Warn("presence is left out", "error", err)
			return
		}
		h.mu.Lock()
		h.signPresence(person, state, places)
		h.mu.Unlock()
	}
}

// signPresence tells the others in some conversations about a person, and a newcomer about them. It needs mu.
func (h *Hub) signPresence(person id.Person, state string, places []id.Conversation) {
	told := map[id.Person]bool{person: true}
	now := h.o.Now()
	for _, c := range places {
		members := h.audience[c]
		if len(members) > chat.QuietAbove {
			continue // nobody is shown presence there (SeesPresence), and to look at a thousand for each of a thousand costs
		}
		me, ok := find(members, person)
		if !ok || !me.Live(now) {
			continue
		}
		for _, m := range members {
			if told[m.Person] || !m.Live(now) || len(h.people[m.Person]) == 0 {
				continue
			}
			told[m.Person] = true
			if chat.SeesPresence(m.Profile.Kind, me.Profile.Kind, len(members)) {
				h.sign(m.Person, Ephemeral{Type: "presence", Person: person, State: state})
			}
			if state == "online" && chat.SeesPresence(me.Profile.Kind, m.Profile.Kind, len(members)) {
				h.sign(person, Ephemeral{Type: "presence", Person: m.Person, State: "online"})
			}
		}
	}
}

func find(members []chat.MemberView, person id.Person) (chat.MemberView, bool) {
	for _, m := range members {
		if m.Person == person {
			return m, true
		}
	}
	return chat.MemberView{}, false
}

func (h *Hub) sign(person id.Person, e Ephemeral) {
	for _, s := range h.people[person] {
		s.sign(e)
	}
}

// Typing implements chat.Announcer. The caller has checked that the person may write there.
func (h *Hub) Typing(conversation id.Conversation, person id.Person) {
	if err := h.load(context.Background(), []id.Conversation{conversation}, false); err != nil {
		return // a sign of typing that gets lost is no loss
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	now := h.o.Now()
	if h.typing[conversation] == nil {
		h.typing[conversation] = map[id.Person]time.Time{}
	}
	h.typing[conversation][person] = now
	h.forgetTyping(now)
	for _, m := range h.audience[conversation] {
		if m.Person != person && m.Live(now) {
			h.sign(m.Person, Ephemeral{Type: "typing", Person: person, Conversation: conversation})
		}
	}
}

func (h *Hub) forgetTyping(now time.Time) {
	for c, people := range h.typing {
		for p, since := range people {
			if now.Sub(since) > typingFor {
				delete(people, p)
			}
		}
		if len(people) == 0 {
			delete(h.typing, c)
		}
	}
}

// TypingFor lists who is writing now where a person reads, for those who poll and hold no subscription.
func (h *Hub) TypingFor(person id.Person) []Ephemeral {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := h.o.Now()
	h.forgetTyping(now)
	var out []Ephemeral
	for c, people := range h.typing {
		if me, ok := find(h.audience[c], person); !ok || !me.Live(now) {
			continue
		}
		for p := range people {
			if p != person {
				out = append(out, Ephemeral{Type: "typing", Person: p, Conversation: c})
			}
		}
	}
	return out
}
