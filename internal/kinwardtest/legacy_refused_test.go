package kinwardtest

import (
	"net/http"
	"strings"

	"kinward/internal/account"
)

func testNoCORS(o oldServer, ann, bob Person) {
	o.post(ann, bob, "one")
	for _, method := range []string{"GET", "POST", "OPTIONS"} {
		for _, path := range []string{"/polling/" + bob.ID, "/long-polling/" + bob.ID} {
			a := o.call(bob.Token, method, path, "", "Origin", "https://evil.example", "Access-Control-Request-Method", "GET")
			if a.Status != http.StatusForbidden && a.Status != http.StatusMethodNotAllowed {
				o.t.Errorf("%s %s from another site: %d", method, path, a.Status)
			}
			for name := range a.Header {
				if strings.HasPrefix(name, "Access-Control") {
					o.t.Errorf("%s %s: answered with %s", method, path, name)
				}
			}
		}
	}
	cookie := "kinward=" + bob.Token
	a := o.call("", "GET", "/polling/"+bob.ID, "", "Cookie", cookie, "Sec-Fetch-Site", "cross-site")
	o.refused(a, http.StatusForbidden, "forbidden") // a link on another site would swallow a message
	for _, path := range []string{"socket", "article"} {
		if _, res, err := o.dialWith(bob.Token, path, "Origin", "https://evil.example"); err == nil || res.StatusCode != http.StatusForbidden {
			o.t.Errorf("%s from another site: %v", path, err)
		}
	}
	a = o.call("", "GET", "/polling/"+bob.ID, "", "Cookie", cookie, "Origin", strings.TrimSuffix(o.URL, "/api/v1"), "Sec-Fetch-Site", "same-origin")
	o.echoes(a, "one")
}

func testNoToken(o oldServer, ann, bob Person) {
	o.post(ann, bob, "one")
	for _, token := range []string{"", "kw_wrong"} {
		for _, path := range []string{"/polling/" + bob.ID, "/long-polling/" + bob.ID} {
			o.refused(o.call(token, "GET", path, ""), http.StatusUnauthorized, "unauthenticated")
			body := oldJSON(object{"message": "forged", "fromUser": bob.ID, "toUser": ann.ID})
			o.refused(o.call(token, "POST", path, body), http.StatusUnauthorized, "unauthenticated")
		}
	}
	o.refused(o.call("", "GET", "/polling/"+bob.ID+"?token="+bob.Token, ""), http.StatusUnauthorized, "unauthenticated")
	o.refused(o.call("", "GET", "/polling/"+bob.ID, "", "Cookie", "kinward=stale"), http.StatusUnauthorized, "unauthenticated")
	for path, first := range map[string]object{"socket": {"username": bob.ID}, "article": {"receiver": bob.Handle}} {
		if _, res, err := o.dialWith("kw_wrong", path); err == nil || res.StatusCode != http.StatusUnauthorized {
			o.t.Errorf("%s with a wrong token: %v", path, err)
		}
		for _, token := range []string{"", "kw_wrong"} {
			c := o.dial("", path)
			first["token"] = token
			c.send(first)
			c.refused("unauthenticated", "")
			c.closedWith(4501)
		}
	}
	o.nothingPending(ann)
	o.polls(bob, "polling", "one", ann)
}

func testIDOfAnother(o oldServer, ann, bob Person) {
	o.post(bob, ann, "for ann")
	for _, who := range []string{ann.ID, nowhere(), "1", "me", "%2e%2e"} {
		for _, path := range []string{"/polling/", "/long-polling/"} {
			o.refused(o.call(bob.Token, "GET", path+who, ""), http.StatusNotFound, "not_found")
		}
	}
	carol, _ := o.two()
	o.refused(o.call(bob.Token, "POST", "/polling/"+carol.ID, oldJSON(object{"message": "x", "toUser": ann.ID})), http.StatusNotFound, "not_found")
	o.refused(o.call(bob.Token, "GET", "/polling", ""), http.StatusNotFound, "not_found")
	o.polls(ann, "polling", "for ann", bob)
	o.nothingPending(ann)
}

func testWrongSender(o oldServer, ann, bob Person) {
	carol, _ := o.two()
	for _, path := range []string{"/polling/", "/long-polling/"} {
		for _, id := range []string{bob.ID, carol.ID, ann.ID} {
			a := o.call(bob.Token, "POST", path+id, oldJSON(object{"message": "forged", "fromUser": ann.ID, "toUser": carol.ID}))
			if p := o.refused(a, http.StatusForbidden, "forbidden"); p.Field != "fromUser" {
				o.t.Errorf("refused with %+v", p)
			}
		}
	}
	b := o.socket(bob)
	b.send(object{"fromUser": ann.ID, "toUser": carol.ID, "message": "forged"})
	b.refused("forbidden", "fromUser")
	o.nothingPending(carol)
}

func testTextIsText(o oldServer, ann, bob Person) {
	o.post(ann, bob, hostileText)
	a := o.polls(bob, "polling", hostileText, ann)
	if a.Header.Get("X-Content-Type-Options") != "nosniff" || a.Header.Get("Cache-Control") != "no-store" || a.Header.Get("X-Evil") != "" {
		o.t.Errorf("answered with %v", a.Header)
	}
	s := o.socket(bob)
	o.socket(ann).send(object{"toUser": bob.ID, "message": hostileText})
	s.hears(ann, bob, hostileText)
	o.refused(o.call(bob.Token, "GET", "/polling/%27%20OR%201=1--", ""), http.StatusNotFound, "not_found")
	carol, _ := o.two() // the others have sockets, which get everything
	longest := strings.Repeat("語", 16_000)
	o.post(bob, carol, longest)
	o.polls(carol, "polling", longest, bob)
}

func testFields(o oldServer, ann, bob Person) {
	relative := o.Person(account.Family, "fay."+newMessageID()[24:])
	for _, c := range []struct {
		name, body, field string
		status            int
		code              string
	}{
		{"no message", oldJSON(object{"fromUser": ann.ID, "toUser": bob.ID}), "message", 422, "invalid"},
		{"empty message", oldJSON(object{"message": "", "toUser": bob.ID}), "message", 422, "invalid"},
		{"white message", oldJSON(object{"message": " \n\t", "toUser": bob.ID}), "message", 422, "invalid"},
		{"null message", oldJSON(object{"message": nil, "toUser": bob.ID}), "message", 422, "invalid"},
		{"long message", oldJSON(object{"message": strings.Repeat("x", 16_001), "toUser": bob.ID}), "message", 422, "invalid"},
		{"number as message", oldJSON(object{"message": 1, "toUser": bob.ID}), "message", 422, "invalid"},
		{"not UTF-8", `{"toUser": "` + bob.ID + `", "message": "a` + "\xff" + `"}`, "message", 422, "invalid"},
		{"half a surrogate pair", `{"toUser": "` + bob.ID + `", "message": "a\ud800"}`, "message", 422, "invalid"},
		{"no receiver", oldJSON(object{"message": "x", "fromUser": ann.ID}), "toUser", 422, "invalid"},
		{"number as receiver", oldJSON(object{"message": "x", "toUser": 1}), "toUser", 422, "invalid"},
		{"word as receiver", oldJSON(object{"message": "x", "toUser": "bob"}), "toUser", 422, "invalid"},
		{"oneself as receiver", oldJSON(object{"message": "x", "toUser": ann.ID}), "toUser", 422, "invalid"},
		{"nobody as receiver", oldJSON(object{"message": "x", "toUser": nowhere()}), "toUser", 404, "not_found"},
		{"a relative as receiver", oldJSON(object{"message": "x", "toUser": relative.ID}), "toUser", 404, "not_found"},
		{"wrong id", oldJSON(object{"message": "x", "toUser": bob.ID, "id": "7"}), "id", 422, "invalid"},
		{"number as sender", oldJSON(object{"message": "x", "toUser": bob.ID, "fromUser": 1}), "fromUser", 422, "invalid"},
		{"no JSON", "message=x&toUser=" + bob.ID, "", 400, "malformed"},
		{"no object", "[1]", "", 400, "malformed"},
		{"null", "null", "", 400, "malformed"},
		{"nothing", "", "", 400, "malformed"},
		{"too large", oldJSON(object{"message": "x", "toUser": bob.ID, "extra": strings.Repeat("x", 256<<10)}), "", 413, "too_large"},
	} {
		p := o.refused(o.call(ann.Token, "POST", "/polling/"+ann.ID, c.body), c.status, c.code)
		if p.Field != c.field {
			o.t.Errorf("%s: the field is %q, want %q", c.name, p.Field, c.field)
		}
	}
	s := o.socket(ann)
	s.send(object{"toUser": bob.ID, "message": " "})
	s.refused("invalid", "message")
	s.sendText("not JSON")
	s.refused("malformed", "")
	s.send(object{"message": "x", "toUser": nowhere()})
	s.refused("not_found", "toUser")
	o.nothingPending(bob)
	if all := o.snapshot(bob).Conversations; len(all) != 0 {
		o.t.Errorf("refused sends have left %d conversations", len(all))
	}
}
