package tui

import (
	"fmt"
	"strings"
	"time"

	"kinward/client"
)

// stateWords tells how the feed is doing. left is the time until the next try.
func stateWords(s client.Status, left time.Duration) string {
	again := ""
	if left > 0 {
		again = fmt.Sprintf(", next try in %d s", int((left+time.Second-1)/time.Second))
	}
	switch s.State {
	case client.Live:
		return "Live"
	case client.Reconnecting:
		if again == "" {
			return "Reconnecting…"
		}
		return "Connection lost" + again
	case client.Offline:
		return "Offline: messages are kept" + again
	}
	return "Connecting…"
}

func transportWords(k client.Kind, auto bool) string {
	name := map[client.Kind]string{
		client.WebSocket: "WebSocket", client.SSE: "SSE", client.LongPoll: "long polling", client.Poll: "polling",
	}[k]
	if auto && name != "" {
		return name + " (automatic)"
	}
	return name
}

// ago tells how long something has been going on, shortly: "<1 min", "5 min", "2 h 05", "3 days".
func ago(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "<1 min"
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 24*time.Hour:
		return fmt.Sprintf("%d h %02d", int(d.Hours()), int(d.Minutes())%60)
	case d < 48*time.Hour:
		return "1 day"
	}
	return fmt.Sprintf("%d days", int(d.Hours())/24)
}

// when is a moment as a list shows it: the time today, else the day.
func when(t, now time.Time) string {
	switch days := daysBetween(t, now); {
	case days == 0:
		return t.Format("15:04")
	case days == 1:
		return "Yesterday"
	case days < 7:
		return t.Format("Monday")[:3]
	case t.Year() == now.Year():
		return t.Format("2 Jan")
	}
	return t.Format("2006")
}

// day is a day line's label.
func day(t, now time.Time) string {
	switch daysBetween(t, now) {
	case 0:
		return "Today"
	case 1:
		return "Yesterday"
	}
	if t.Year() == now.Year() {
		return t.Format("Monday 2 January")
	}
	return t.Format("Monday 2 January 2006")
}

// daysBetween counts midnights, not hours: both moments are in the reader's zone.
func daysBetween(t, now time.Time) int {
	midnight := func(t time.Time) time.Time {
		return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
	}
	return int(midnight(now).Sub(midnight(t)) / (24 * time.Hour))
}

// plural is "1 message" or "3 messages".
func plural(n int64, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}

// several joins names: "Ana", "Ana and Bo", "Ana, Bo and 3 more".
func several(names []string) string {
	switch n := len(names); {
	case n == 0:
		return ""
	case n == 1:
		return names[0]
	case n == 2:
		return names[0] + " and " + names[1]
	default:
		return fmt.Sprintf("%s, %s and %d more", names[0], names[1], n-2)
	}
}

// first is the first word of a name, for places where the whole would be too much. Titles stay with what follows.
func first(name string) string {
	words := strings.Fields(name)
	if len(words) > 1 && strings.HasSuffix(words[0], ".") || len(words) > 1 && strings.EqualFold(words[0], "dr") {
		return words[0] + " " + words[len(words)-1]
	}
	if len(words) > 0 {
		return words[0]
	}
	return name
}

// received tells in words how far an own message has got. The family sees the care team as one.
func received(m client.Message, c client.Conversation, me client.Person) string {
	var read, delivered []string
	others := 0
	for _, o := range c.Members {
		if o.Person.ID == me.ID || o.State == client.MemberLeft {
			continue
		}
		others++
		if me.Kind == client.PersonFamily && o.Person.Kind == client.PersonStaff {
			if o.Read >= m.Seq {
				return "Seen by the care team"
			}
		}
		if o.Read >= m.Seq {
			read = append(read, first(called(o.Person.Name)))
		}
		if o.Delivered >= m.Seq {
			delivered = append(delivered, o.Person.ID)
		}
	}
	switch {
	case len(read) > 0 && others == 1:
		return "Read"
	case len(read) > 0 && len(read) == others:
		return "Read by all"
	case len(read) > 0:
		return "Read by " + several(read)
	case len(delivered) > 0:
		return "Delivered"
	}
	return "Sent"
}
