package socket

import (
	"bytes"
	"errors"
	"io"
	"net"
	"testing"
	"testing/synctest"
	"unicode/utf8"

	"github.com/gobwas/ws"
)

// FuzzServe sends arbitrary bytes, in chunks, to a connection that echoes, and then hangs up or stays silent.
// Whatever comes: Serve ends, messages are text within the limit, and what the server sends is frames, none after the
// close frame. Time is synctest's, so that timeouts cost none.
func FuzzServe(f *testing.F) {
	for _, x := range exchanges() {
		if all := bytes.Join(x.send, nil); len(all) < 1000 {
			f.Add(all, uint8(len(all)), true)
			f.Add(all, uint8(3), false)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte, chunk uint8, stay bool) {
		synctest.Test(t, func(t *testing.T) { fuzzServe(t, data, int(chunk)+1, stay) })
	})
}

func fuzzServe(t *testing.T, data []byte, chunk int, stay bool) {
	const limit = 200
	client, server := net.Pipe()
	defer client.Close()
	c := newConn(server, nil, "", Options{MaxMessage: limit}.withDefaults())
	served, read := make(chan error), make(chan error)
	go func() {
		var box mailbox
		served <- c.Serve(t.Context(), &box, func(msg []byte) error {
			if len(msg) > limit || !utf8.Valid(msg) {
				t.Errorf("message of %d bytes: %q", len(msg), msg)
			}
			box.put(Frame(msg))
			c.Wake()
			return nil
		})
	}()
	go func() { read <- readAll(client) }()
	writeChunks(client, [][]byte{data}, chunk)
	if !stay {
		client.Close()
	}
	err := <-served
	if fault, ok := errors.AsType[*CloseError](err); ok && !mayBeSent(fault.Code) {
		t.Errorf("Serve returned %v", err)
	}
	if err := <-read; err != nil {
		t.Error(err)
	}
	if c.in.buf != nil || c.in.msg != nil {
		t.Error("a buffer was not given back")
	}
}

// readAll reads frames to the end.
func readAll(r io.Reader) error {
	closed := false
	for {
		op, payload, err := readFrame(r)
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrClosedPipe) {
			return nil
		}
		switch {
		case err != nil:
			return err
		case closed:
			return errors.New("frame after the close frame")
		case op == ws.OpClose && checkClose(payload) != nil:
			return errors.New("bad close frame")
		}
		closed = op == ws.OpClose
	}
}
