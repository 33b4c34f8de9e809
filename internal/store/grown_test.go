package store

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"kinward/internal/chat"
	"kinward/internal/id"
	"kinward/internal/seal"
)

// A grown database is what a year leaves: readers with few and with many conversations, a third of them with a patient's
// family, messages spread unevenly over those and over everybody else's.

// conversationsEach is how many conversations the readers of a grown database have.
var conversationsEach = []int{10, 100, 1_000, 10_000}

const perConversation = 200 // messages, in the conversations of others

// grown is a database that has been filled.
type grown struct {
	s       *Store
	stored  int
	readers map[int]id.Person    // by how many conversations they have
	places  map[int][]chat.Place // where others write to them
	others  []chat.Place         // of people who are no readers
	month   int64                // the head of a month ago
	head    int64                // when filling ended
}

// openGrown opens a database with so many messages; one that is in dir already is used again.
func openGrown(t testing.TB, dir string, stored int) *grown {
	t.Helper()
	master, err := seal.NewMaster(make([]byte, seal.KeySize))
	if err != nil {
		t.Fatal(err)
	}
	o := Options{
		Path: filepath.Join(dir, fmt.Sprintf("grown-%d.db", stored)), Master: master,
		Now: func() time.Time { return time.Now().UTC().Truncate(time.Millisecond) },
	}
	if _, err := os.Stat(o.Path); errors.Is(err, os.ErrNotExist) {
		if err := fill(o, stored); err != nil {
			t.Fatal(err)
		}
	}
	s, err := Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	g := &grown{s: s, stored: stored, readers: map[int]id.Person{}, places: map[int][]chat.Place{}}
	if err := g.find(context.Background()); err != nil {
		t.Fatal(err)
	}
	return g
}

// find reads back who is in the database.
func (g *grown) find(ctx context.Context) error {
	place := func(r row) (p chat.Place, err error) { return p, r.Scan(&p.Conversation, &p.Person) }
	return g.s.read(ctx, func(q querier) error {
		if err := q.QueryRowContext(ctx, `SELECT version FROM head`).Scan(&g.head); err != nil {
			return err
		}
		g.month = g.head - int64(g.stored)/12
		for _, n := range conversationsEach {
			var reader id.Person
			if err := q.QueryRowContext(ctx, `SELECT id FROM people WHERE handle_key = ?`, fmt.Sprint("reader-", n)).Scan(&reader); err != nil {
				return err
			}
			g.readers[n] = reader
			var err error
			if g.places[n], err = collect(ctx, q, place, `SELECT m.conversation, MAX(m.person) FROM members me
				JOIN members m ON m.conversation = me.conversation AND m.person <> me.person WHERE me.person = ? GROUP BY 1`, reader); err != nil {
				return err
			}
		}
		var err error
		g.others, err = collect(ctx, q, place, `SELECT c.id, c.creator FROM conversations c WHERE c.kind = 'group' LIMIT 1000`)
		return err
	})
}

// filling writes a grown database in bulk, past the journal.
type filling struct {
	master *seal.Master
	rng    *rand.Rand
	tx     *sql.Tx
	now    time.Time
	stored int

	version int64
	peers   []id.Person
	all     []filled
	err     error
}

// filled is one conversation of a filling.
type filled struct {
	id       id.Conversation
	key      *seal.Key
	people   []id.Person
	messages []int32 // when, in the order of all messages
}

func fill(o Options, stored int) error {
	ctx := context.Background()
	s, err := Open(ctx, o)
	if err != nil {
		return err
	}
	if err := s.Close(); err != nil {
		return err
	}
	db, err := sqliteDialect{}.open(o.Path, true)
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	for _, p := range []string{`PRAGMA journal_mode = OFF`, `PRAGMA synchronous = OFF`} {
		if _, err := db.ExecContext(ctx, p); err != nil {
			return errors.Join(err, db.Close())
		}
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return errors.Join(err, db.Close())
	}
	f := &filling{master: o.Master, rng: rand.New(rand.NewPCG(1, uint64(stored))), tx: tx, now: o.Now(), stored: stored}
	indexes := f.dropIndexes()
	f.people()
	f.messages()
	for _, query := range indexes {
		f.run(query)
	}
	return errors.Join(f.err, tx.Commit(), db.Close())
}

func (f *filling) run(query string, args ...any) {
	if f.err != nil {
		return
	}
	if _, err := f.tx.ExecContext(context.Background(), query, args...); err != nil {
		f.err = fmt.Errorf("%.60s: %w", query, err)
	}
}

// dropIndexes drops those of the large tables and returns how to make them again, which is faster than filling them.
func (f *filling) dropIndexes() (again []string) {
	rows, err := f.tx.QueryContext(context.Background(),
		`SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ('messages', 'members')`)
	if err != nil {
		f.err = err
		return nil
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name, query string
		if err := rows.Scan(&name, &query); err != nil {
			f.err = err
			return nil
		}
		names, again = append(names, name), append(again, query)
	}
	if f.err = errors.Join(rows.Err(), rows.Close()); f.err != nil {
		return nil
	}
	for _, name := range names {
		f.run(`DROP INDEX ` + name)
	}
	return again
}

func (f *filling) next() int64 {
	f.version++
	return f.version
}

func (f *filling) person(kind, handle string) id.Person {
	p := id.New[id.Person]()
	name := fmt.Sprintf("%s %s", firstNames[f.rng.IntN(len(firstNames))], lastNames[f.rng.IntN(len(lastNames))])
	f.run(`INSERT INTO people (id, kind, handle, handle_key, name, search, created_at, version) VALUES (?, ?, ?, ?, ?, ?, 1, ?)`,
		p, kind, handle, handle, name, " "+name+" "+handle, f.next())
	return p
}

var (
	firstNames = []string{"ada", "amir", "bela", "chidi", "dana", "elif", "femi", "grace", "hana", "ines", "jonas", "kemal", "lena", "mei", "nils"}
	lastNames  = []string{"adler", "bauer", "costa", "demir", "eze", "fischer", "gupta", "haas", "ito", "jansen", "kaya", "lopez", "meyer", "novak"}
)

func (f *filling) people() {
	for _, n := range conversationsEach {
		reader := f.person("staff", fmt.Sprint("reader-", n))
		for i := range n {
			if i%3 == 0 {
				f.family(reader, fmt.Sprintf("%d-%d", n, i))
				continue
			}
			peer := f.person("staff", fmt.Sprintf("peer-%d-%d", n, i))
			f.peers = append(f.peers, peer)
			f.conversation("direct", nil, reader, peer)
		}
	}
	for range f.stored / perConversation {
		f.conversation("group", nil, f.peers[f.rng.IntN(len(f.peers))], f.peers[f.rng.IntN(len(f.peers))])
	}
}

// family makes a patient with a relative and a team of two.
func (f *filling) family(reader id.Person, name string) {
	patient, relative, colleague := id.New[id.Patient](), f.person("family", "relative-"+name), f.person("staff", "colleague-"+name)
	f.run(`INSERT INTO patients (id, name, first_name, family_name, sort_key, search, ward, ward_key, version) VALUES (?, ?, ?, ?, ?, ?, '3B', '3b', ?)`,
		patient, "Pat "+name, "Pat", name, name+" pat", " pat "+name, f.next())
	f.run(`INSERT INTO identifiers (patient, system, value) VALUES (?, 'mrn', ?)`, patient, name)
	f.run(`INSERT INTO links (id, patient, person, name, relationship, scope, state, created_at, version) VALUES (?, ?, ?, 'R', 'other', 'two-way', 'active', 1, ?)`,
		id.New[id.Link](), patient, relative, f.next())
	for _, p := range []id.Person{reader, colleague} {
		f.run(`INSERT INTO assignments (id, patient, person, role, from_at, version) VALUES (?, ?, ?, 'nurse', 1, ?)`, id.New[id.Assignment](), patient, p, f.next())
	}
	f.conversation("family", patient, reader, colleague, relative)
}

func (f *filling) conversation(kind string, patient any, people ...id.Person) {
	c := filled{id: id.New[id.Conversation](), people: people}
	var wrapped []byte
	var err error
	if c.key, wrapped, err = f.master.NewKey(c.id[:]); err != nil {
		f.err = err
		return
	}
	var peers any
	if kind == "direct" {
		peers = peersKey(people[0], people[1])
	}
	f.run(`INSERT INTO conversations (id, kind, patient, peers, creator, key, size, created_at, version) VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?)`,
		c.id, kind, patient, peers, people[0], wrapped, len(people), f.next())
	f.all = append(f.all, c)
}

// messages spreads the messages over the conversations, of which each has one at least and some have many, and over a year.
func (f *filling) messages() {
	if f.err != nil {
		return
	}
	order := f.rng.Perm(len(f.all))
	for i := range f.stored {
		n := i
		if i >= len(order) {
			n = int(float64(len(order)) * math.Pow(f.rng.Float64(), 1.7))
		}
		c := &f.all[order[n]]
		c.messages = append(c.messages, int32(i))
	}
	base := f.version
	for i := range f.all {
		f.fillConversation(&f.all[i], base)
	}
	f.version = base + int64(f.stored)
	f.run(`INSERT INTO head (one, version, epoch, seal) VALUES (1, 0, 'grown', ?) ON CONFLICT DO NOTHING`, f.master.Derive("seal check", nil, 16))
	f.run(`UPDATE head SET version = ?`, f.version)
}

func (f *filling) fillConversation(c *filled, base int64) {
	const columns = 10
	year := 365 * 24 * time.Hour
	var args []any
	for i, at := range c.messages {
		sender := c.people[f.rng.IntN(len(c.people))]
		sent := f.now.Add(-year + time.Duration(float64(year)*float64(at)/float64(f.stored))).UnixMilli()
		m := id.New[id.Message]()
		var stamp [8]byte
		binary.BigEndian.PutUint64(stamp[:], uint64(sent)<<16)
		copy(m[:6], stamp[:6])
		version := base + 1 + int64(at)
		args = append(args, c.id, i+1, m, sender, "text", 0, c.key.Seal(hundred, place(c.id, sender, m)), sent, version, version)
		if len(args) == columns*64 || i == len(c.messages)-1 {
			f.run(`INSERT INTO messages (conversation, seq, id, sender, kind, reply_to, body, created_at, sent_version, version) VALUES `+
				values(len(args)/columns, columns), args...)
			args = args[:0]
		}
	}
	for _, p := range c.people {
		last := len(c.messages)
		f.run(`INSERT OR IGNORE INTO members (conversation, person, state, read, delivered, version) VALUES (?, ?, 'active', ?, ?, ?)`,
			c.id, p, max(0, last-f.rng.IntN(3)), last, base)
	}
}
