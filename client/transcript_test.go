package client

import (
	"slices"
	"testing"
)

func list(more bool, seqs ...int64) MessageList {
	l := MessageList{More: more}
	for _, s := range seqs {
		l.Messages = append(l.Messages, *msg(s, s+100, "ana"))
	}
	return l
}

func TestTranscript(t *testing.T) {
	tests := map[string]struct {
		got              Transcript
		want             []int64
		complete, behind bool
	}{
		"empty":              {Transcript{}, nil, false, false},
		"empty_conversation": {Transcript{}.Older(list(false)), nil, true, false},
		"newest_page":        {Transcript{}.Older(list(true, 4, 5, 6)), []int64{4, 5, 6}, false, false},
		"the_page_before":    {Transcript{}.Older(list(true, 4, 5, 6)).Older(list(true, 2, 3)), []int64{2, 3, 4, 5, 6}, false, false},
		"to_the_beginning":   {Transcript{}.Older(list(true, 3, 4)).Older(list(false, 1, 2)), []int64{1, 2, 3, 4}, true, false},
		"overlap":            {Transcript{}.Older(list(true, 4, 5, 6)).Older(list(true, 3, 4, 5)), []int64{3, 4, 5, 6}, false, false},
		"a_new_one":          {Transcript{}.Older(list(true, 4, 5)).Apply(*msg(6, 9, "bo")), []int64{4, 5, 6}, false, false},
		"twice":              {Transcript{}.Older(list(true, 4, 5)).Apply(*msg(5, 9, "bo")).Apply(*msg(5, 9, "bo")), []int64{4, 5}, false, false},
		"beyond_a_hole":      {Transcript{}.Older(list(true, 4, 5)).Apply(*msg(8, 9, "bo")), []int64{4, 5}, false, true},
		"hole_filled":        {Transcript{}.Older(list(true, 4, 5)).Apply(*msg(8, 9, "bo")).Newer(list(false, 6, 7, 8)), []int64{4, 5, 6, 7, 8}, false, false},
		"older_beyond_hole":  {Transcript{}.Older(list(true, 6, 7)).Older(list(true, 2, 3)), []int64{6, 7}, false, false},
		"feed_before_page":   {Transcript{}.Apply(*msg(6, 9, "bo")).Older(list(true, 4, 5, 6)), []int64{4, 5, 6}, false, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var seqs []int64
			for _, m := range tt.got.Messages() {
				seqs = append(seqs, m.Seq)
			}
			if !slices.Equal(seqs, tt.want) || tt.got.Complete() != tt.complete || tt.got.Behind() != tt.behind {
				t.Errorf("%v, complete %v, behind %v", seqs, tt.got.Complete(), tt.got.Behind())
			}
		})
	}
}

func TestTranscript_versions(t *testing.T) {
	old := Transcript{}.Older(list(true, 4, 5))
	corrected := *msg(4, 300, "ana")
	corrected.Text = "corrected"
	now := old.Apply(corrected)
	if m, _ := now.Message(4); m.Text != "corrected" {
		t.Error("a correction was not taken")
	}
	if m, _ := old.Message(4); m.Text != "" {
		t.Error("the old transcript was altered")
	}
	if m, _ := now.Older(list(true, 3, 4)).Message(4); m.Text != "corrected" {
		t.Error("an older version replaced a newer one")
	}
}
