package bench

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// usage is what the target's processes have used so far.
type usage struct {
	cpu float64 // seconds
	rss float64 // bytes
	pss float64 // bytes; 0 where no process ids were given

	readers float64 // live subscriptions
}

// usage asks the nodes, and the kernel for processes on this machine. Nodes that share a process id count once each: the
// figures are sums.
func (t *Target) usage(ctx context.Context) (usage, error) {
	var u usage
	for _, node := range t.nodes {
		if err := t.scrape(ctx, node, &u); err != nil {
			return u, err
		}
	}
	if len(t.pids) == 0 {
		return u, nil
	}
	u.cpu = 0 // the kernel's clock is finer than the hundredths of a second that a server knows of itself
	for _, pid := range t.pids {
		used, pss, err := processUsage(pid)
		if err != nil {
			return u, fmt.Errorf("ask for process %d: %w", pid, err)
		}
		u.cpu += used
		u.pss += pss
	}
	return u, nil
}

// scrape adds what a node says at /metrics.
func (t *Target) scrape(ctx context.Context, node *url.URL, u *usage) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, node.String()+"/metrics", nil)
	if err != nil {
		return fmt.Errorf("make a request: %w", err)
	}
	res, err := t.http.Do(req)
	if err != nil {
		return err // it says what was tried
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return refusal(res.StatusCode, "GET /metrics", "")
	}
	lines := bufio.NewScanner(res.Body)
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), " ")
		n, err := strconv.ParseFloat(value, 64)
		switch {
		case err != nil:
		case name == "process_cpu_seconds_total":
			u.cpu += n
		case name == "process_resident_memory_bytes":
			u.rss += n
		case name == "kinward_feed_subscriptions":
			u.readers += n
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("read /metrics: %w", err)
	}
	return nil
}
