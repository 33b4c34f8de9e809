package kinwardtest

import (
	"net/http"
	"slices"
	"testing"

	"kinward/internal/account"
	"kinward/internal/care"
)

// signed tells whether a device was told a passing sign.
func (d *device) signed(want wireSign) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Contains(d.signs, want)
}

// TestEphemeral_typing reaches the others of the conversation over each transport, nobody else, and not oneself.
func TestEphemeral_typing(t *testing.T) {
	t.Parallel()
	s := Start(t)
	ana, bo, cy := s.Person(account.Member, "ana"), s.Person(account.Member, "bo"), s.Person(account.Member, "cy")
	talk := s.direct(ana, bo)
	s.direct(ana, cy)
	want := wireSign{Type: "typing", Person: ana.ID, Conversation: talk}
	hers, strange := newDevice(t, s.URL, ana, "websocket", s.present(ana)), newDevice(t, s.URL, cy, "websocket", s.present(cy))
	head := s.present(cy)
	for _, transport := range transports {
		d := newDevice(t, s.URL, bo, transport, s.present(bo))
		eventually(t, transport+" to see it", func() bool { // passing signs may be lost, so they are repeated
			s.Must(http.StatusNoContent, ana.Token, "POST", "/conversations/"+talk+"/typing", nil, nil)
			return d.signed(want)
		})
		d.stop()
	}
	other := newDevice(t, s.URL, bo, "sse", s.present(bo))
	eventually(t, "the frame to be seen", func() bool {
		if l := hers.socket(); l != nil {
			_ = l.put(limited(t), object{"op": "typing", "conversation": talk})
		}
		return other.signed(want)
	})
	if hers.signed(want) || strange.signed(want) {
		t.Errorf("told were ana herself (%v) and a stranger (%v)", hers.signed(want), strange.signed(want))
	}
	if now := s.present(cy); now != head {
		t.Errorf("typing moved the head from %s to %s", head, now)
	}
}

// TestEphemeral_presence: colleagues see each other come; relatives are not told about staff.
func TestEphemeral_presence(t *testing.T) {
	t.Parallel()
	s := Start(t)
	doctor, nurse := s.Person(account.Staff, "doctor"), s.Person(account.Staff, "nurse")
	patient := s.Admit(care.Patient{FirstName: "Rosa"}, nil, doctor, nurse)
	relative := s.Relative(doctor, patient, "Bea", "two-way")
	first := newDevice(t, s.URL, nurse, "websocket", s.present(nurse))
	family := newDevice(t, s.URL, relative, "websocket", s.present(relative))
	online := func(p Person) wireSign { return wireSign{Type: "presence", Person: p.ID, State: "online"} }
	eventually(t, "the nurse to see the relative come", func() bool { return first.signed(online(relative)) })
	newDevice(t, s.URL, doctor, "sse", s.present(doctor))
	eventually(t, "the nurse to see the doctor come", func() bool { return first.signed(online(doctor)) })
	if family.signed(online(doctor)) || family.signed(online(nurse)) {
		t.Error("the relative is told which of the staff are there")
	}
}
