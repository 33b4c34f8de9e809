package account

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"kinward/internal/problem"
)

func TestCheckHandle(t *testing.T) {
	for handle, ok := range map[string]bool{
		"ab": true, "a": false, "": false, strings.Repeat("a", 64): true, strings.Repeat("a", 65): false, "A.b_c-9": true,
		"a b": false, "äb": false, "a\x00b": false, "a/b": false, "..": true,
	} {
		if err := CheckHandle(handle); (err == nil) != ok {
			t.Errorf("%q: %v", handle, err)
		}
	}
}

func TestCheckName(t *testing.T) {
	for name, ok := range map[string]bool{
		"Ana": true, "": false, "  ": false, "王小明": true, "أحمد": true, strings.Repeat("é", 200): true, strings.Repeat("é", 201): false,
		"a\nb": false, "a\x1b[31mb": false, "a\xffb": false, "<b>x</b>": true,
	} {
		if err := CheckName("name", name); (err == nil) != ok {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// TestFindable is asker's kind × the other's kind (A11, M5).
func TestFindable(t *testing.T) {
	for _, asker := range []Kind{Staff, Member, Admin, Family} {
		for _, other := range []Kind{Staff, Member, Admin, Family} {
			want := asker != Family && other != Family
			if Findable(asker, Person{Kind: other}) != want {
				t.Errorf("%s finds %s: %v", asker, other, !want)
			}
		}
		if Findable(asker, Person{Kind: Staff, DisabledAt: time.Unix(1, 0)}) {
			t.Errorf("%s finds a closed account", asker)
		}
		if err := MaySearchPeople(asker); (err == nil) != (asker != Family) {
			t.Errorf("%s searches: %v", asker, err)
		}
	}
}

// TestTerms: a query word is found where it begins a word of the text, whatever the case, width or diacritics.
func TestTerms(t *testing.T) {
	for _, c := range []struct {
		text, query string
		found       bool
	}{
		{"José García-Márquez", "garcia jose", true},
		{"José García-Márquez", "marq", true},
		{"José García-Márquez", "arquez", false},
		{"Siobhán O'Brien", "obrien", true},
		{"Siobhán O'Brien", "o'br", true},
		{"Siobhán O'Brien", "brien", true},
		{"Łukasz Żak", "lukasz zak", true},
		{"STRAẞE", "strasse", true},
		{"ｗｉｄｅ", "wide", true},
		{"王小明", "王", true},
		{"أحمد", "احمد", true},
		{"Rosa Almeida", "almeida, rosa", true},
		{"4-12", "4-1", true},
		{"12-4", "4-1", false},
		{"100%", "%", false},
		{"a_b", "a%b", false},
		{"Nguyễn Thị", "nguyen thi x", false},
	} {
		terms := Terms(c.text)
		found := true
		for _, w := range QueryWords(c.query) {
			found = found && slices.ContainsFunc(terms, func(t string) bool { return strings.HasPrefix(t, w) })
		}
		if found != c.found {
			t.Errorf("%q in %q: %v; terms %q", c.query, c.text, found, terms)
		}
	}
}

func FuzzTerms(f *testing.F) {
	f.Add("José O'Brien-Ñ 王小明")
	f.Fuzz(func(t *testing.T, text string) {
		for _, term := range Terms(text) {
			if term == "" || strings.ContainsAny(term, " \t\n") {
				t.Fatalf("term %q of %q", term, text)
			}
		}
		_ = QueryWords(text)
	})
}

// TestHasher: passwords are kept as argon2id only (M17).
func TestHasher(t *testing.T) {
	ctx := context.Background()
	h := NewHasher()
	phc, err := h.Hash(ctx, "correct horse")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(phc, "$argon2id$v=19$m=19456,t=2,p=1$") || strings.Contains(phc, "horse") {
		t.Fatalf("hash %s", phc)
	}
	again, _ := h.Hash(ctx, "correct horse")
	if again == phc {
		t.Error("two hashes of one password are the same: no salt")
	}
	for password, want := range map[string]bool{"correct horse": true, "correct horsf": false, "": false} {
		if ok, err := h.Verify(ctx, phc, password); ok != want || err != nil {
			t.Errorf("%q: %v %v", password, ok, err)
		}
	}
	if ok, err := h.Verify(ctx, "", "anything"); ok || err != nil {
		t.Errorf("an account without a password: %v %v", ok, err)
	}
	for _, broken := range []string{"x", "$argon2id$v=19$m=1,t=2,p=1$AA$AA", "$argon2i$v=19$m=19456,t=2,p=1$AA$AA", "$argon2id$v=19$m=99999999,t=2,p=1$AA$AA"} {
		if ok, err := h.Verify(ctx, broken, "x"); ok || err == nil {
			t.Errorf("%q was taken", broken)
		}
	}
}

func TestNewToken(t *testing.T) {
	a, hash, err := NewToken()
	b, _, _ := NewToken()
	if err != nil || a == b || len(a) != 43 || string(hash) != string(HashToken(a)) {
		t.Fatalf("tokens %q %q, %v", a, b, err)
	}
}

// TestThrottle: five wrong tries are free, then each waits; a right one clears the account, an address waits for all (S8).
func TestThrottle(t *testing.T) {
	now := time.Unix(1000, 0)
	th := newThrottle(func() time.Time { return now }, false)
	for i := range freeTriesAccount {
		if err := th.trying("ana", "10.0.0.1"); err != nil {
			t.Fatalf("try %d: %v", i+1, err)
		}
	}
	err := th.trying("ana", "10.0.0.1")
	if !problem.Is(err, problem.TooMany) {
		t.Fatalf("the sixth try: %v", err)
	}
	if err := th.trying("ben", "10.0.0.1"); err != nil {
		t.Fatalf("another account: %v", err)
	}
	now = now.Add(firstWait)
	if err := th.trying("ana", "10.0.0.1"); err != nil {
		t.Fatalf("after the wait: %v", err)
	}
	th.succeeded("ana")
	if err := th.trying("ana", "10.0.0.1"); err != nil {
		t.Fatalf("after a right one: %v", err)
	}
	for range freeTriesAddress {
		th.failed("10.0.0.2")
	}
	if err := th.trying("new", "10.0.0.2"); !problem.Is(err, problem.TooMany) {
		t.Fatalf("an address with %d wrong tries: %v", freeTriesAddress, err)
	}
	if err := th.blocked("10.0.0.2"); !problem.Is(err, problem.TooMany) {
		t.Fatalf("guessing from it: %v", err)
	}
	now = now.Add(forgetAfter + time.Second)
	if err := th.trying("new", "10.0.0.2"); err != nil {
		t.Fatalf("long after: %v", err)
	}
}

// TestThrottle_lifted: operators lift what concerns addresses, never what protects an account.
func TestThrottle_lifted(t *testing.T) {
	th := newThrottle(func() time.Time { return time.Unix(1000, 0) }, true)
	for range 10 * freeTriesAddress {
		th.failed("10.0.0.1")
		if err := th.registering("10.0.0.1"); err != nil {
			t.Fatal(err)
		}
	}
	for i := range freeTriesAccount + 1 {
		if err := th.trying("ana", "10.0.0.1"); (err != nil) != (i == freeTriesAccount) {
			t.Fatalf("try %d: %v", i+1, err)
		}
	}
}

// TestThrottle_bounded: many strangers don't fill the memory.
func TestThrottle_bounded(t *testing.T) {
	th := newThrottle(func() time.Time { return time.Unix(1000, 0) }, false)
	for i := range maxThrottled + 10 {
		th.failed(fmt.Sprint(i))
	}
	if len(th.by) > maxThrottled {
		t.Fatalf("%d entries", len(th.by))
	}
}

func TestHandleFrom(t *testing.T) {
	for name, want := range map[string]string{"Ana Maria": "ana.maria", "José": "jose", "O'Brien": "obrien"} {
		if got := handleFrom(name); got != want {
			t.Errorf("%q became %q", name, got)
		}
	}
	for _, name := range []string{"王", "أحمد", "x", "!!!"} {
		if err := CheckHandle(handleFrom(name)); err != nil {
			t.Errorf("%q became %q: %v", name, handleFrom(name), err)
		}
	}
}
