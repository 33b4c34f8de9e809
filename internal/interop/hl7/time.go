package hl7

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// stamp is HL7's timestamp, YYYY to YYYYMMDDHHMMSS.ffff+ZZZZ, and what senders make of it with the punctuation of ISO.
var stamp = regexp.MustCompile(`^(\d{4})(?:-?(\d\d)(?:-?(\d\d)(?:[T ]?(\d\d)(?::?(\d\d)(?::?(\d\d)(?:[.,](\d+))?)?)?)?)?)?` +
	` ?(Z|[+-]\d\d:?\d\d)?$`)

// when is a point in time as precise as it was sent.
type when struct {
	year, month, day, hour, minute, second, nanos int
	timed                                         bool
	zone                                          *time.Location // nil when not said
}

// parseTime reads a timestamp; ok is false when it isn't one, or not in the calendar. Zeros for the month or day, by
// which old systems say "unknown", read as absent.
func parseTime(s string) (w when, ok bool) {
	m := stamp.FindStringSubmatch(s)
	if m == nil {
		return w, false
	}
	for i, to := range []*int{&w.year, &w.month, &w.day, &w.hour, &w.minute, &w.second} {
		*to, _ = strconv.Atoi(m[i+1]) // the pattern admits only digits, and "" means 0
	}
	w.nanos, _ = strconv.Atoi((m[7] + "000000000")[:9])
	if w.month == 0 {
		w.day = 0
	}
	if w.timed = m[4] != "" && w.day > 0; !w.timed {
		w.hour, w.minute, w.second, w.nanos = 0, 0, 0, 0
	}
	w.zone, ok = parseZone(m[8])
	inDay := w.hour <= 23 && w.minute <= 59 && w.second <= 60 || w.hour == 24 && w.minute == 0 && w.second == 0
	return w, ok && inDay && w.year > 0 && w.month <= 12 && (w.day == 0 || w.inMonth())
}

func (w when) inMonth() bool {
	return time.Date(w.year, time.Month(w.month), w.day, 0, 0, 0, 0, time.UTC).Day() == w.day
}

func parseZone(s string) (*time.Location, bool) {
	switch s {
	case "":
		return nil, true
	case "Z":
		return time.UTC, true
	}
	digits := strings.ReplaceAll(s[1:], ":", "")
	hours, _ := strconv.Atoi(digits[:2])
	minutes, _ := strconv.Atoi(digits[2:])
	offset := hours*3600 + minutes*60
	if s[0] == '-' {
		offset = -offset
	}
	return time.FixedZone("", offset), hours <= 14 && minutes <= 59
}

// time is the instant in UTC. Of a day, month or year it is the first instant, or with last the last.
func (w when) time(local *time.Location, last bool) time.Time {
	if w.zone != nil {
		local = w.zone
	}
	year, month, day := w.year, max(w.month, 1), max(w.day, 1)
	if last && !w.timed {
		switch {
		case w.month == 0:
			year++
		case w.day == 0:
			month++
		default:
			day++
		}
	}
	t := time.Date(year, time.Month(month), day, w.hour, w.minute, w.second, w.nanos, local).UTC()
	if last && !w.timed {
		t = t.Add(-time.Millisecond) // our times have no finer grain
	}
	return t
}

// date is YYYY, YYYY-MM or YYYY-MM-DD.
func (w when) date() string {
	layout := "2006-01-02"
	switch {
	case w.month == 0:
		layout = "2006"
	case w.day == 0:
		layout = "2006-01"
	}
	return time.Date(w.year, time.Month(max(w.month, 1)), max(w.day, 1), 0, 0, 0, 0, time.UTC).Format(layout)
}

// isZero reports a timestamp of zeros, which means none.
func isZero(s string) bool { return strings.Trim(s, "0") == "" }
