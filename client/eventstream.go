package client

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"
)

// serverEvent is one event of a text/event-stream. A Name of "" is a comment or another line that only says that the
// line is alive.
type serverEvent struct {
	Name string
	ID   string
	Data []byte
}

// eventReader parses a text/event-stream as the HTML standard describes it, except that it returns comments too: they
// are heartbeats.
type eventReader struct {
	r     *bufio.Reader
	limit int           // bytes of one event
	retry time.Duration // the pause before reconnecting that the server asked for
}

func newEventReader(r io.Reader, limit int) *eventReader {
	return &eventReader{r: bufio.NewReaderSize(r, 16<<10), limit: limit}
}

// next reads up to the end of one event. The error is io.EOF at the end of the stream; an event that it cuts is dropped.
func (e *eventReader) next() (serverEvent, error) {
	ev, size := serverEvent{}, 0
	for {
		line, err := e.line()
		if err != nil {
			return serverEvent{}, err
		}
		if size += len(line); size > e.limit {
			return serverEvent{}, fmt.Errorf("an event of more than %d bytes", e.limit)
		}
		if len(line) == 0 {
			if ev.Name == "" && ev.Data != nil {
				ev.Name = "message"
			}
			if ev.Data != nil {
				return ev, nil
			}
			ev = serverEvent{} // the standard: an event without data is none
			continue
		}
		if line[0] == ':' {
			if ev.Name == "" && ev.Data == nil {
				return serverEvent{}, nil
			}
			continue
		}
		e.field(&ev, line)
	}
}

func (e *eventReader) field(ev *serverEvent, line []byte) {
	name, value, _ := bytes.Cut(line, []byte(":"))
	value = bytes.TrimPrefix(value, []byte(" "))
	switch string(name) {
	case "event":
		ev.Name = string(value)
	case "id":
		ev.ID = string(value)
	case "data":
		if ev.Data != nil {
			ev.Data = append(ev.Data, '\n')
		}
		ev.Data = append(ev.Data, value...)
		if ev.Data == nil {
			ev.Data = []byte{}
		}
	case "retry":
		if ms, err := strconv.Atoi(string(value)); err == nil && ms >= 0 {
			e.retry = time.Duration(ms) * time.Millisecond
		}
	}
}

// line reads one line without its end, which is \n or \r\n.
func (e *eventReader) line() ([]byte, error) {
	var long []byte
	for {
		part, err := e.r.ReadSlice('\n')
		if err == nil && long == nil {
			return bytes.TrimRight(part, "\r\n"), nil
		}
		long = append(long, part...)
		if err == nil {
			return bytes.TrimRight(long, "\r\n"), nil
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return nil, err
		}
		if len(long) > e.limit {
			return nil, fmt.Errorf("an event of more than %d bytes", e.limit)
		}
	}
}
