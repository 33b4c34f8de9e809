package socket

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

// crowdEnv, set to "address count", makes the test binary a crowd of clients in a process of its own, so that a
// benchmark of the server's memory doesn't count theirs. On each line of its input every client sends a message and
// reads the echo; at the end of its input it hangs up. It writes a line when it is ready for the next one.
const crowdEnv = "SOCKET_CROWD"

func runCrowd(order string) int {
	addr, count, _ := strings.Cut(order, " ")
	n, err := strconv.Atoi(count)
	if err != nil {
		return 2
	}
	body := `{"id":"` + strings.Repeat("m", 240) + `","n":[1]}` // as json.Marshal writes it
	message, echo := text(body), make([]byte, len(Frame([]byte(body))))
	conns := make([]net.Conn, n)
	for i := range conns {
		if conns[i], err = join(addr); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
	fmt.Println("ready")
	for input := bufio.NewScanner(os.Stdin); input.Scan(); fmt.Println("ready") {
		for _, c := range conns {
			if _, err = c.Write(message); err == nil {
				_, err = io.ReadFull(c, echo)
			}
			if err != nil {
				fmt.Fprintln(os.Stderr, err)
				return 1
			}
		}
	}
	return 0
}

func join(addr string) (net.Conn, error) {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	if _, err := io.WriteString(c, handshake); err != nil {
		return nil, err
	}
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err == nil && resp.StatusCode != http.StatusSwitchingProtocols {
		err = fmt.Errorf("answer %s", resp.Status)
	}
	return c, err
}

// crowd is such a process, seen from the benchmark.
type crowd struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

func newCrowd(b *testing.B, addr string, n int) *crowd {
	b.Helper()
	cmd := exec.CommandContext(b.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s %d", crowdEnv, addr, n))
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	c := &crowd{cmd, in, bufio.NewReader(out)}
	c.wait(b)
	return c
}

func (c *crowd) wait(b *testing.B) {
	b.Helper()
	if _, err := c.out.ReadString('\n'); err != nil {
		b.Fatalf("the clients failed: %v", err)
	}
}

func (c *crowd) talk(b *testing.B) {
	b.Helper()
	if _, err := io.WriteString(c.in, "\n"); err != nil {
		b.Fatal(err)
	}
	c.wait(b)
}

func (c *crowd) leave(b *testing.B) {
	b.Helper()
	c.in.Close()
	if err := c.cmd.Wait(); err != nil {
		b.Fatal(err)
	}
}
