package basic

import (
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/unicode/bidi"

	"kinward/web"
)

// words says things in one language.
type words struct {
	Lang, Dir string
	texts     map[string]web.Text
}

func speak(lang string) words {
	return words{Lang: lang, Dir: web.Direction(lang), texts: web.Catalogue(lang)}
}

// Say is a text of the area basic; pairs are names and values to put in.
func (w words) Say(key string, pairs ...string) string { return w.say(key, 0, pairs) }

// Count is Say for a text that depends on a number.
func (w words) Count(key string, count int, pairs ...string) string { return w.say(key, count, pairs) }

func (w words) say(key string, count int, pairs []string) string {
	values := map[string]string{}
	for i := 0; i+1 < len(pairs); i += 2 {
		values[pairs[i]] = w.isolate(pairs[i+1])
	}
	return w.texts["basic."+key].Say(w.Lang, count, values)
}

// isolate keeps what may be written in the other direction, such as a name or a telephone number, from turning the words
// around it. Where nothing runs the other way it adds nothing, since old fonts draw these marks as boxes.
func (w words) isolate(value string) string {
	other := w.Dir == "rtl"
	for _, r := range value {
		p, _ := bidi.LookupRune(r)
		other = other || p.Class() == bidi.R || p.Class() == bidi.AL
	}
	if other {
		return "\u2068" + value + "\u2069"
	}
	return value
}

// spoken is a language by its own name.
type spoken struct{ Code, Name, Dir string }

var names = map[string]string{"en": "English", "es": "Español", "zh": "中文", "ar": "العربية", "de": "Deutsch", "pt": "Português"}

var languages = func() (all []spoken) {
	for _, l := range web.Languages {
		all = append(all, spoken{l, names[l], web.Direction(l)})
	}
	return all
}()

// day is the day of a moment as people say it, in the server's time zone: that of the ward.
func (w words) day(t, now time.Time) string {
	t, now = t.Local(), now.Local()
	switch t.Format(time.DateOnly) {
	case now.Format(time.DateOnly):
		return w.Say("today")
	case now.AddDate(0, 0, -1).Format(time.DateOnly):
		return w.Say("yesterday")
	}
	return w.Say("date", "day", strconv.Itoa(t.Day()), "month", w.Say("month_"+strconv.Itoa(int(t.Month()))), "year", strconv.Itoa(t.Year()))
}

// moment is a day and a time.
func (w words) moment(t, now time.Time) string {
	return w.Say("moment", "day", w.day(t, now), "time", t.Local().Format("15:04"))
}

// short is the beginning of a text, on one line.
func short(text string) string {
	const most = 80
	runes := []rune(strings.Join(strings.Fields(text), " "))
	if len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return string(runes)
}
