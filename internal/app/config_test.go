package app

import (
	"strings"
	"testing"
	"time"
)

// TestConfig_about: what the server says of itself is checked at the start, with a message that names the flag.
func TestConfig_about(t *testing.T) {
	for name, c := range map[string]Config{
		"nothing": {}, "name": {Hospital: " Klinikum St. Clara, Außenstelle "}, "phone": {UrgentPhone: "+351 21 555 0142"},
		"extension": {UrgentPhone: "(555) 0142 ext. 3"}, "hours": {AnswersFrom: "20:00", AnswersUntil: "08:00"},
		"duration": {AnswersWithin: 90 * time.Minute}, "read": {TeamRead: "off"},
	} {
		c.DataDir = "x"
		if err := c.check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for flag, all := range map[string][]Config{
		"hospital":       {{Hospital: strings.Repeat("é", 201)}, {Hospital: "a\nb"}},
		"urgent-phone":   {{UrgentPhone: "the ward"}, {UrgentPhone: "555<script>"}, {UrgentPhone: strings.Repeat("5", 41)}, {UrgentPhone: " "}},
		"answers-within": {{AnswersWithin: -time.Hour}, {AnswersWithin: 90 * time.Second}, {AnswersWithin: 200 * time.Hour}},
		"answers-from": {
			{AnswersFrom: "08:00"},
			{AnswersUntil: "20:00"},
			{AnswersFrom: "8:00", AnswersUntil: "20:00"},
			{AnswersFrom: "08:00", AnswersUntil: "24:30"},
			{AnswersFrom: "08:00", AnswersUntil: "08:00"},
			{AnswersFrom: "8 am", AnswersUntil: "8 pm"},
		},
		"team-read": {{TeamRead: "maybe"}},
	} {
		for _, c := range all {
			c.DataDir = "x"
			if err := c.check(); err == nil || !strings.HasPrefix(err.Error(), flag) {
				t.Errorf("%+v: %v", c, err)
			}
		}
	}
}
