package store

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"kinward/internal/chat"
	"kinward/internal/feed"
	"kinward/internal/id"
	"kinward/internal/problem"
	"kinward/internal/seal"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func draftFor(p chat.Place, text string) chat.Draft {
	return chat.Draft{Conversation: p.Conversation, ID: id.New[id.Message](), Sender: p.Person, Kind: chat.Text, Text: text}
}

// TestSend_repeat: the same again, at once, later, after a restart and after a correction, is the same message (M9).
func TestSend_repeat(t *testing.T) {
	ctx := context.Background()
	s := openTest(t)
	j := runJournal(t, s)
	p := pairs(t, j, 2)
	d := draftFor(p[0], "first")
	first, repeated, err := j.Send(ctx, d)
	if err != nil || repeated || first.Seq != 1 {
		t.Fatalf("first: %+v %v %v", first, repeated, err)
	}
	same := func(when string) {
		t.Helper()
		m, repeated, err := j.Send(ctx, d)
		if err != nil || !repeated || m.Seq != 1 || m.ID != first.ID {
			t.Fatalf("%s: %+v %v %v", when, m, repeated, err)
		}
	}
	same("at once")
	err = j.Change(ctx, func(ctx context.Context, x feed.Tx) error {
		m, err := x.(*Tx).Message(ctx, p[0].Conversation, 1)
		if err != nil {
			return err
		}
		_, err = x.(*Tx).Correct(ctx, m, "corrected", s.o.Now())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	same("after a correction")
	other := d
	other.Text = "corrected"
	if _, _, err := j.Send(ctx, other); !problem.Is(err, problem.Conflict) {
		t.Errorf("the corrected text under the same id: %v", err)
	}
	other = d
	other.Conversation = p[1].Conversation
	if _, _, err := j.Send(ctx, other); problem.CodeOf(err) == "" || problem.CodeOf(err) == problem.Internal {
		t.Errorf("the same id in another conversation: %v", err)
	}
	if head, _ := s.Head(ctx); head == 0 {
		t.Error("no head")
	}
}

// TestSend_concurrent_repeats: many tries at once with one id make one message.
func TestSend_concurrent_repeats(t *testing.T) {
	s := openTest(t)
	j := runJournal(t, s)
	p := pairs(t, j, 1)[0]
	d := draftFor(p, "once")
	var wg sync.WaitGroup
	for range 64 {
		wg.Go(func() {
			if m, _, err := j.Send(context.Background(), d); err != nil || m.Seq != 1 {
				t.Errorf("seq %d, %v", m.Seq, err)
			}
		})
	}
	wg.Wait()
	got, more, err := s.History(context.Background(), p.Conversation, chat.Range{Before: chat.NoBefore, After: chat.NoAfter, Limit: 10})
	if err != nil || more || len(got) != 1 {
		t.Fatalf("%d messages, %v", len(got), err)
	}
}

// TestSend_dense: concurrent senders leave no gap in seq, and versions follow seq (M8).
func TestSend_dense(t *testing.T) {
	ctx := context.Background()
	s := openTest(t)
	j := runJournal(t, s)
	places := pairs(t, j, 3)
	const n = 900
	sendAll(t, j, places, 64, n)
	for _, p := range places {
		got, _, err := s.History(ctx, p.Conversation, chat.Range{Before: chat.NoBefore, After: 0, Limit: n})
		if err != nil || len(got) != n/len(places) {
			t.Fatalf("%d messages, %v", len(got), err)
		}
		for i, m := range got {
			if m.Seq != int64(i)+1 || i > 0 && m.Version <= got[i-1].Version || m.Text != hundred {
				t.Fatalf("message %d: %+v", i, m)
			}
		}
	}
}

// TestSend_strangers: nobody numbers a message where they are not, in the same batch as those who are.
func TestSend_strangers(t *testing.T) {
	s := openTest(t)
	j := runJournal(t, s)
	p := pairs(t, j, 2)
	for name, d := range map[string]chat.Draft{
		"not_a_member":    draftFor(chat.Place{Conversation: p[0].Conversation, Person: p[1].Person}, "x"),
		"no_conversation": draftFor(chat.Place{Conversation: id.New[id.Conversation](), Person: p[0].Person}, "x"),
	} {
		if _, _, err := j.Send(context.Background(), d); !problem.Is(err, problem.NotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestRetract: no reader gets the text any more, and the record still has it, sealed.
func TestRetract(t *testing.T) {
	ctx := context.Background()
	s := openTest(t)
	j := runJournal(t, s)
	p := pairs(t, j, 1)[0]
	if _, _, err := j.Send(ctx, draftFor(p, "a slip")); err != nil {
		t.Fatal(err)
	}
	err := j.Change(ctx, func(ctx context.Context, x feed.Tx) error {
		m, err := x.(*Tx).Message(ctx, p.Conversation, 1)
		if err != nil {
			return err
		}
		_, err = x.(*Tx).Retract(ctx, m, s.o.Now())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	got, _, err := s.History(ctx, p.Conversation, chat.Range{Before: chat.NoBefore, After: chat.NoAfter, Limit: 10})
	if err != nil || len(got) != 1 || got[0].Text != "" || got[0].RetractedAt.IsZero() {
		t.Fatalf("history %+v, %v", got, err)
	}
	entries, _, _, err := s.Since(ctx, p.Person, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Message != nil && e.Message.Text != "" {
			t.Fatalf("the feed tells %q", e.Message.Text)
		}
	}
	var body []byte
	if err := s.one(ctx, `SELECT body FROM messages`, nil, &body); err != nil {
		t.Fatal(err)
	}
	if text, err := s.keys.get(p.Conversation).Open(body, place(p.Conversation, p.Person, got[0].ID)); err != nil || text != "a slip" {
		t.Fatalf("the record has %q, %v", text, err)
	}
}

// TestSealed: no text stands in any file of the database (S5).
func TestSealed(t *testing.T) {
	s := openTest(t)
	j := runJournal(t, s)
	const marker = "a text nobody may find in a file"
	if _, _, err := j.Send(context.Background(), draftFor(pairs(t, j, 1)[0], marker)); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(s.o.Path + "*")
	if err != nil || len(files) == 0 {
		t.Fatalf("files %v, %v", files, err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(b, []byte(marker)) {
			t.Errorf("%s holds the text", filepath.Base(f))
		}
	}
}

// TestOpen_refusals: another master key, and a schema from the future, are refused with a plain reason.
func TestOpen_refusals(t *testing.T) {
	ctx := context.Background()
	s := openTest(t)
	o := s.o
	other, err := seal.NewMaster(bytes.Repeat([]byte{7}, seal.KeySize))
	if err != nil {
		t.Fatal(err)
	}
	o.Master = other
	if _, err := Open(ctx, o); err == nil || !strings.Contains(err.Error(), "another master key") {
		t.Errorf("another key: %v", err)
	}
	if _, err := s.handles[0].ExecContext(ctx, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)`); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(ctx, s.o); err == nil || !strings.Contains(err.Error(), "start the newer Kinward") {
		t.Errorf("a newer schema: %v", err)
	}
}

// TestFullDisk: a database that can't grow refuses sends with its own code, loses nothing, goes on reading, and takes
// messages again when there is room.
func TestFullDisk(t *testing.T) {
	ctx := context.Background()
	s := openTest(t)
	j := runJournal(t, s)
	p := pairs(t, j, 1)[0]
	limit := func(pages string) {
		t.Helper()
		s.writing.Lock()
		defer s.writing.Unlock()
		var got int
		if err := s.writer.conn.QueryRowContext(ctx, `PRAGMA max_page_count = `+pages).Scan(&got); err != nil {
			t.Fatal(err)
		}
	}
	var used string
	if err := s.one(ctx, `SELECT CAST(page_count + 4 AS TEXT) FROM pragma_page_count`, nil, &used); err != nil {
		t.Fatal(err)
	}
	limit(used)
	acked := int64(0)
	var err error
	for range 1000 {
		var m chat.Message
		if m, _, err = j.Send(ctx, draftFor(p, strings.Repeat("x", 2000))); err != nil {
			break
		}
		acked = m.Seq
	}
	if !problem.Is(err, problem.StorageFull) {
		t.Fatalf("on a full disk: %v", err)
	}
	if err := j.Change(ctx, func(ctx context.Context, x feed.Tx) error {
		c := chat.Conversation{ID: id.New[id.Conversation](), Kind: chat.Group, Title: strings.Repeat("x", 100_000), CreatedAt: s.o.Now()}
		return x.(*Tx).InsertConversation(ctx, c, [2]id.Person{})
	}); !problem.Is(err, problem.StorageFull) {
		t.Errorf("a change on a full disk: %v", err)
	}
	if got, _, err := s.History(ctx, p.Conversation, chat.Range{Before: chat.NoBefore, After: acked - 1, Limit: 10}); err != nil || len(got) != 1 {
		t.Errorf("reading on a full disk: %d messages, %v", len(got), err)
	}
	limit("1000000")
	m, _, err := j.Send(ctx, draftFor(p, "room again"))
	if err != nil || m.Seq != acked+1 {
		t.Fatalf("with room again: seq %d after %d, %v", m.Seq, acked, err)
	}
}

// TestChange_rolled_back: a failing change leaves nothing, not even a gap in the versions.
func TestChange_rolled_back(t *testing.T) {
	ctx := context.Background()
	s := openTest(t)
	j := runJournal(t, s)
	p := pairs(t, j, 1)[0]
	head, _ := s.Head(ctx)
	boom := errors.New("no")
	err := j.Change(ctx, func(ctx context.Context, x feed.Tx) error {
		if err := x.(*Tx).PutMember(ctx, chat.Member{Conversation: p.Conversation, Person: p.Person, State: chat.Left}); err != nil {
			return err
		}
		return boom
	})
	if !errors.Is(err, boom) {
		t.Fatalf("change: %v", err)
	}
	if now, _ := s.Head(ctx); now != head {
		t.Errorf("head moved from %d to %d", head, now)
	}
	m, _, err := j.Send(ctx, draftFor(p, "still in"))
	if err != nil || m.Version != head+1 {
		t.Fatalf("send: %+v, %v", m, err)
	}
}

// TestTwoProcesses: two stores on one file give out versions without gap or overlap.
func TestTwoProcesses(t *testing.T) {
	ctx := context.Background()
	s := openTest(t)
	other, err := Open(ctx, s.o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = other.Close() })
	j, k := runJournal(t, s), runJournal(t, other)
	places := pairs(t, j, 2)
	head, _ := s.Head(ctx)
	var wg sync.WaitGroup
	wg.Go(func() { sendAll(t, j, places, 16, 400) })
	wg.Go(func() { sendAll(t, k, places, 16, 400) })
	wg.Wait()
	if now, _ := other.Head(ctx); now != head+800 {
		t.Fatalf("head %d, want %d", now, head+800)
	}
	for _, p := range places {
		got, _, err := s.History(ctx, p.Conversation, chat.Range{Before: chat.NoBefore, After: 0, Limit: 1000})
		if err != nil || len(got) != 400 || got[399].Seq != 400 {
			t.Fatalf("%d messages, %v", len(got), err)
		}
	}
}

// TestRead_cancelled: whoever leaves while a read begins leaves no reader behind in a transaction.
func TestRead_cancelled(t *testing.T) {
	s := openTest(t)
	p := pairs(t, runJournal(t, s), 1)[0]
	for range 20 * readers {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		_, _, _ = s.Snapshot(ctx, p.Person, s.o.Now())
		ctx, cancel = context.WithCancel(context.Background())
		go cancel()
		_, _, _ = s.Snapshot(ctx, p.Person, s.o.Now())
	}
	for range 2 * readers {
		if views, _, err := s.Snapshot(context.Background(), p.Person, s.o.Now()); err != nil || len(views) != 1 {
			t.Fatalf("afterwards: %d conversations, %v", len(views), err)
		}
	}
}
