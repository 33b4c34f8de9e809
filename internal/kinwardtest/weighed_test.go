package kinwardtest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"sync"

	"kinward/internal/account"
	"kinward/internal/app"
	domain "kinward/internal/chat"
	"kinward/internal/id"
)

// weighedVariable, set to "count folder", makes the test binary a server with so many people, in pairs that share a
// conversation, which says on demand what it takes. It is a process of its own so that its clients' memory is not counted.
const weighedVariable = "KINWARDTEST_WEIGHED"

// weighed is that server, in its own process.
type weighed struct {
	app    *app.App
	people []account.Actor
	tokens []string
	talks  []id.Conversation // of the people 2i and 2i+1
}

// serveWeighed answers each line of standard input: "weigh" with bytes of heap and stacks, bytes resident and microseconds of
// CPU time, "talk" when a message was sent in each conversation. It stops at the end of its input.
func serveWeighed(told string) int {
	var n int
	var dir string
	_, err := fmt.Sscan(told, &n, &dir)
	if err == nil {
		err = runWeighed(n, dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "weighed server:", err)
		return 1
	}
	return 0
}

func runWeighed(n int, dir string) error {
	a, err := app.Open(context.Background(), app.Config{Listen: "127.0.0.1:0", DataDir: dir, BehindProxy: true})
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	w := &weighed{app: a, people: make([]account.Actor, n), tokens: make([]string, n), talks: make([]id.Conversation, n/2)}
	if err = w.populate(ctx); err == nil {
		fmt.Println(a.Addr())
		for _, token := range w.tokens {
			fmt.Println(token)
		}
		err = w.obey(ctx)
	}
	stop()
	return errors.Join(err, <-done, a.Close())
}

// each calls fn for 0 to n-1, some at a time, so that the journal has batches to commit.
func each(n int, fn func(i int) error) error {
	var wg sync.WaitGroup
	var mu sync.Mutex
	var errs error
	for first := range 64 {
		wg.Go(func() {
			for i := first; i < n; i += 64 {
				if err := fn(i); err != nil {
					mu.Lock()
					errs = errors.Join(errs, err)
					mu.Unlock()
					return
				}
			}
		})
	}
	wg.Wait()
	return errs
}

func (w *weighed) populate(ctx context.Context) error {
	err := each(len(w.people), func(i int) error {
		p, err := w.app.Accounts.Add(ctx, account.Person{Kind: account.Member, Handle: fmt.Sprint("someone-", i), Name: "Someone"}, "")
		if err != nil {
			return err
		}
		w.people[i] = account.Actor{Person: p.ID, Kind: p.Kind}
		w.tokens[i], err = w.app.Accounts.OpenSession(ctx, p.ID, "test")
		return err
	})
	if err != nil {
		return err
	}
	return each(len(w.talks), func(i int) (err error) {
		w.talks[i], _, err = w.app.Chat.OpenDirect(ctx, w.people[2*i], w.people[2*i+1].Person)
		return err
	})
}

func (w *weighed) obey(ctx context.Context) error {
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		switch in.Text() {
		case "weigh":
			inUse, rss := weight()
			fmt.Println(inUse, rss, cpuTime().Microseconds())
		case "talk":
			err := each(len(w.talks), func(i int) error {
				_, _, err := w.app.Chat.Send(ctx, w.people[2*i], w.talks[i], domain.Post{ID: id.New[id.Message](), Text: loadText})
				return err
			})
			if err != nil {
				return err
			}
			fmt.Println("said")
		}
	}
	return nil
}

// weight is the bytes of heap and stacks in use after a collection, and the resident set (0 where the kernel does not tell).
func weight() (inUse, rss int64) {
	for range 3 { // pools and shrinking stacks need more than one collection
		runtime.GC()
	}
	debug.FreeOSMemory()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	var size, pages int64
	if statm, err := os.ReadFile("/proc/self/statm"); err == nil {
		_, _ = fmt.Sscan(string(statm), &size, &pages) // a resident set of 0 shows that this failed
	}
	return int64(m.HeapAlloc + m.StackInuse), pages * int64(os.Getpagesize())
}
