package client

import "testing"

func versions(from, to int64) (list []Change) {
	for v := from; v <= to; v++ {
		list = append(list, Change{Version: v, Type: ChangePatient})
	}
	return list
}

func TestPosition(t *testing.T) {
	tests := map[string]struct {
		at, cursor string
		changes    []Change
		wantFresh  int
		wantAt     position
	}{
		"next_page":          {"e.5", "e.8", versions(6, 8), 3, position{"e.8", "e", 8}},
		"all_known":          {"e.8", "e.8", versions(6, 8), 0, position{"e.8", "e", 8}},
		"overlap":            {"e.7", "e.9", versions(5, 9), 2, position{"e.9", "e", 9}},
		"beyond_the_changes": {"e.5", "e.20", versions(6, 8), 3, position{"e.20", "e", 20}},
		"nothing_for_us":     {"e.5", "e.20", nil, 0, position{"e.20", "e", 20}},
		"late_duplicate":     {"e.9", "e.6", versions(6, 6), 0, position{"e.9", "e", 9}},
		"no_cursor":          {"e.5", "", versions(6, 7), 2, position{"e.5", "e", 7}},
		"two_of_one_version": {"e.5", "e.6", []Change{{Version: 6}, {Version: 6}}, 2, position{"e.6", "e", 6}},
		"unreadable_cursor":  {"x", "y", versions(6, 7), 2, position{"y", "", 7}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := positionOf(tt.at)
			fresh := p.fresh(tt.changes)
			if len(fresh) != tt.wantFresh {
				t.Errorf("%d fresh changes, want %d", len(fresh), tt.wantFresh)
			}
			if got := p.after(tt.cursor, fresh); got != tt.wantAt {
				t.Errorf("at %+v, want %+v", got, tt.wantAt)
			}
		})
	}
	if p := positionOf("e.5"); !p.foreign("f.9") || p.foreign("e.9") || p.foreign("") {
		t.Error("foreign doesn't tell epochs apart")
	}
}
