package kinwardtest

import (
	"fmt"
	"testing"

	"kinward/internal/account"
	"kinward/internal/app"
)

// TestStorm_one_address: a whole hospital comes back at once from behind one address, and nobody is told to slow down.
func TestStorm_one_address(t *testing.T) {
	t.Parallel()
	const people, devices = 60, 25
	s := Start(t, func(c *app.Config) { c.RateLimits = "on" })
	tokens := make([]string, people)
	for i := range tokens {
		tokens[i] = s.Person(account.Member, fmt.Sprint("someone-", i)).Token
	}
	now := s.present(Person{Token: tokens[0]})
	all := make([]idler, people*devices)
	defer func() {
		for i := range all {
			if all[i].conn != nil {
				_ = all[i].conn.Close()
			}
		}
	}()
	err := each(len(all), func(i int) error {
		all[i] = idler{transport: "websocket", token: tokens[i%people]}
		return all[i].arrive(s.App.Addr(), now)
	})
	if err != nil {
		t.Fatal(err)
	}
	s.held(len(all))
}
