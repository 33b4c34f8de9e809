package fhir

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"kinward/internal/care"
)

// moment is FHIR's date, dateTime and instant: any of YYYY, YYYY-MM, YYYY-MM-DD, and a time with a zone. A space for
// the T, a comma for the point and a missing zone (then UTC) are common slips.
var moment = regexp.MustCompile(`^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?` +
	` ?(Z|z|[+-]\d\d(?::?\d\d)?)?)?)?)?$`)

// parts are a moment's, absent ones zero.
type parts struct {
	year, month, day, hour, minute, second, nanos int
	zone                                          *time.Location
	timed                                         bool
}

// parseMoment takes a moment apart; ok is false when it isn't one, or not in the calendar.
func parseMoment(s string) (p parts, ok bool) {
	m := moment.FindStringSubmatch(s)
	if m == nil {
		return p, false
	}
	for i, to := range []*int{&p.year, &p.month, &p.day, &p.hour, &p.minute, &p.second} {
		*to, _ = strconv.Atoi(m[i+1]) // the pattern admits only digits, and "" means 0
	}
	p.nanos, _ = strconv.Atoi((m[7] + "000000000")[:9])
	p.timed = m[4] != ""
	p.zone, ok = parseZone(m[8])
	return p, ok && p.year > 0 && (m[2] == "" || p.month >= 1 && p.month <= 12) && (m[3] == "" || p.inMonth()) && p.inDay()
}

func (p parts) inMonth() bool {
	return p.day >= 1 && time.Date(p.year, time.Month(p.month), p.day, 0, 0, 0, 0, time.UTC).Day() == p.day
}

// inDay admits a leap second, and 24:00 for the end of a day.
func (p parts) inDay() bool {
	return p.hour <= 23 && p.minute <= 59 && p.second <= 60 || p.hour == 24 && p.minute == 0 && p.second == 0
}

func parseZone(s string) (*time.Location, bool) {
	if s == "" || s == "Z" || s == "z" {
		return time.UTC, true
	}
	digits := strings.ReplaceAll(s[1:], ":", "") + "00"
	hours, _ := strconv.Atoi(digits[:2])
	minutes, _ := strconv.Atoi(digits[2:4])
	offset := hours*3600 + minutes*60
	if s[0] == '-' {
		offset = -offset
	}
	return time.FixedZone("", offset), hours <= 14 && minutes <= 59
}

// time is the moment's instant in UTC. Of a day, month or year it is the first instant, or with last the last.
func (p parts) time(last bool) time.Time {
	t := time.Date(p.year, time.Month(max(p.month, 1)), max(p.day, 1), p.hour, p.minute, p.second, p.nanos, p.zone).UTC()
	if !last || p.timed {
		return t
	}
	switch {
	case p.month == 0:
		t = t.AddDate(1, 0, 0)
	case p.day == 0:
		t = t.AddDate(0, 1, 0)
	default:
		t = t.AddDate(0, 0, 1)
	}
	return t.Add(-time.Millisecond) // our times have no finer grain
}

// date is a checked date, without its time if it has one; "" when absent.
func (o object) date(key string) (string, error) {
	if !o.has(key) {
		return "", nil
	}
	s := o.text(key)
	if _, ok := parseMoment(s); !ok {
		return "", fmt.Errorf("%s: %s is not a date", key, o.quote(key))
	}
	return s[:min(len(s), len("2006-01-02"))], nil
}

// instant is a checked point in time, nil when absent.
func (o object) instant(key string, last bool) (*time.Time, error) {
	if !o.has(key) {
		return nil, nil
	}
	p, ok := parseMoment(o.text(key))
	if !ok {
		return nil, fmt.Errorf("%s: %s is not a date", key, o.quote(key))
	}
	t := p.time(last)
	return &t, nil
}

// quote shows what stands under key, short enough for a report.
func (o object) quote(key string) string {
	if s := o.text(key); s != "" {
		return strconv.Quote(s[:min(len(s), 40)])
	}
	return "the value"
}

// period is the Period under key. With an error it holds what of it can be read.
func (o object) period(key string) (p care.Period, err error) {
	span := o.object(key)
	var endErr error
	p.From, err = span.instant("start", false)
	if p.Until, endErr = span.instant("end", true); err == nil {
		err = endErr
	}
	if err != nil {
		err = fmt.Errorf("%s.%w", key, err)
	}
	return p, err
}
