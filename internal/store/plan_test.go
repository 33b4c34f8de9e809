package store

import (
	"context"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"math"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"kinward/internal/account"
	"kinward/internal/care"
	"kinward/internal/chat"
	"kinward/internal/feed"
	"kinward/internal/id"
)

// TestPlans: no query of the package looks through a table that grows, nor sorts more than one person's or one patient's rows.
//
// The queries are those that the sessions have prepared after everything that the package can do has been done: its methods
// are called by reflection, and every piece of SQL in its sources must have been seen. So a new query can't be forgotten.
func TestPlans(t *testing.T) {
	s := openTest(t)
	queries := everyQuery(t, s)
	if len(queries) < 100 {
		t.Errorf("only %d queries were seen", len(queries))
	}
	empty := openTest(t)
	for where, db := range map[string]*Store{"filled": s, "empty": empty} {
		for _, q := range queries {
			for _, finding := range look(t, db, q) {
				t.Errorf("%s database: %s\n%s", where, finding, q)
			}
		}
	}
	for _, a := range allowed {
		if !slices.ContainsFunc(queries, func(q string) bool {
			return slices.ContainsFunc(explain(t, s, q), func(step string) bool { return a.is(q, step) })
		}) {
			t.Errorf("%s is not needed any more for %s", a.step, a.query)
		}
	}
	unindexed(t, empty, queries)
}

// unindexed drops each index in turn: the plans must get worse, or the test sees nothing, or the index serves nobody.
func unindexed(t *testing.T, s *Store, queries []string) {
	ctx := context.Background()
	type index struct{ name, query string }
	var all []index
	err := s.read(ctx, func(q querier) (err error) {
		all, err = collect(ctx, q, func(r row) (i index, err error) { return i, r.Scan(&i.name, &i.query) },
			`SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name`)
		return err
	})
	if err != nil || len(all) < 10 {
		t.Fatalf("%d indexes, %v", len(all), err)
	}
	for _, i := range all {
		if _, err := s.handles[0].ExecContext(ctx, `DROP INDEX `+i.name); err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(queries, func(q string) bool { return len(look(t, s, q)) > 0 }) {
			t.Errorf("without the index %s no query gets worse", i.name)
		}
		if _, err := s.handles[0].ExecContext(ctx, i.query); err != nil {
			t.Fatal(err)
		}
	}
}

// allowed are the steps that look through a table, or sort all that they find, each for its reason.
var allowed = []allowance{
	{"WHERE 1 = 1 ORDER BY p.name", "SCAN p", "the command line lists everyone"},
	{"WHERE 1 = 1 ORDER BY p.name", "USE TEMP B-TREE", "the same"},
	{"WHERE p.open = 1", "SCAN p", "only in open mode, where anyone may take any account: a demonstration"},
	{"WHERE p.open = 1", "USE TEMP B-TREE", "the same"},
	{"SET merged_into = ? WHERE merged_into = ?", "SCAN patients", "an import of a merge, some a day"},
	{"p.search LIKE", "SEARCH p USING INDEX people_by_name (kind=?)", "the directory: the staff of one hospital, not what it stores"},
	{"p.search LIKE", "USE TEMP B-TREE", "the same"},
}

type allowance struct{ query, step, reason string }

func (a allowance) is(query, step string) bool {
	return strings.Contains(query, a.query) && strings.HasPrefix(step, a.step)
}

// small are the tables that don't grow.
var small = []string{"head", "sqlite_master"}

var (
	scans = regexp.MustCompile(`^SCAN (\w+)`)
	alias = regexp.MustCompile(`(?:FROM|JOIN|UPDATE|INTO)\s+(\w+)(?:\s+(?:AS\s+)?(\w+))?`)
	// through is a step that goes through all messages of a conversation, but for those that only look at its end.
	through = regexp.MustCompile(`^SEARCH (\w+) USING .*\(conversation=\?\)$`)
	// ranged are the conditions on versions that an index must answer.
	ranged = regexp.MustCompile(`\b([mx])\.(?:sent_)?version > \?`)
)

// look is what is wrong with the plan of a query.
func look(t *testing.T, s *Store, query string) (findings []string) {
	t.Helper()
	tables := map[string]string{}
	for _, m := range alias.FindAllStringSubmatch(query, -1) {
		tables[m[2]] = m[1]
		tables[m[1]] = m[1]
	}
	if strings.HasPrefix(query, "WITH d (") {
		delete(tables, "d") // the set that the query is about
	}
	steps := explain(t, s, query)
	for _, step := range steps {
		scan, all := scans.FindStringSubmatch(step), through.FindStringSubmatch(step)
		switch {
		case scan != nil && tables[scan[1]] != "" && !slices.Contains(small, tables[scan[1]]):
		case all != nil && tables[all[1]] == "messages" && !atEnd(query, all[1]):
		case strings.HasSuffix(step, "(kind=?)"): // all relatives there ever were
		case strings.Contains(step, "USE TEMP B-TREE") && !bounded(query):
		default:
			continue
		}
		if !slices.ContainsFunc(allowed, func(a allowance) bool { return a.is(query, step) }) {
			findings = append(findings, step)
		}
	}
	for _, m := range ranged.FindAllStringSubmatch(query, -1) {
		answer := regexp.MustCompile(`^SEARCH ` + m[1] + ` .*version>\?`)
		if !slices.ContainsFunc(steps, answer.MatchString) {
			findings = append(findings, "no index answers "+m[0])
		}
	}
	return findings
}

// atEnd reports whether a query asks for the last message only.
func atEnd(query, alias string) bool {
	for _, end := range []string{"MAX(" + alias + ".seq)", "MAX(seq)", "ORDER BY " + alias + ".seq DESC LIMIT"} {
		if strings.Contains(query, end) {
			return true
		}
	}
	return false
}

// bounded reports whether all that a query sorts is one person's, one patient's or one set's.
func bounded(query string) bool {
	return strings.Contains(query, "me.person = ?") || strings.Contains(query, "WHERE person = ?") || strings.Contains(query, "(VALUES ")
}

func explain(t *testing.T, s *Store, query string) (steps []string) {
	t.Helper()
	rows, err := s.handles[0].QueryContext(context.Background(), `EXPLAIN QUERY PLAN `+query, make([]any, strings.Count(query, "?"))...)
	if err != nil {
		t.Fatalf("%v\n%s", err, query)
	}
	defer rows.Close()
	for rows.Next() {
		var a, b, c int
		var step string
		if err := rows.Scan(&a, &b, &c, &step); err != nil {
			t.Fatal(err)
		}
		steps = append(steps, step)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return steps
}

// everyQuery does everything that the package can do and returns what was prepared for it.
func everyQuery(t *testing.T, s *Store) []string {
	ctx := context.Background()
	j := runJournal(t, s)
	w := populate(t, s, j)
	for n := range 3 { // what is there the second time is found and changed instead of made
		forget(s, n)
		w.call(t, reflect.ValueOf(s), "Close", "Commit", "Open")
		err := j.Change(ctx, func(ctx context.Context, x feed.Tx) error {
			w.call(t, reflect.ValueOf(x), "QueryContext", "QueryRowContext", "ExecContext")
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	seen := map[string]bool{}
	note := func(c *session) {
		for q := range maps.Keys(c.stmts) {
			if strings.Contains(q, " ") && !strings.HasPrefix(q, "BEGIN") && !strings.Contains(q, "SAVEPOINT") && !strings.HasPrefix(q, "PRAGMA") {
				seen[q] = true
			}
		}
	}
	s.writing.Lock()
	note(s.writer)
	s.writing.Unlock()
	var free []*session
	for range readers {
		free = append(free, <-s.readers)
	}
	for _, c := range free {
		note(c)
		s.readers <- c
	}
	queries := slices.Sorted(maps.Keys(seen))
	for _, p := range pieces(t) {
		if !slices.ContainsFunc(queries, func(q string) bool { return strings.Contains(q, p) }) {
			t.Errorf("nothing that was done runs this: have populate or call reach it\n%s", p)
		}
	}
	return queries
}

// forget has it looked for what is remembered. Of what changed lately it knows nothing first, then that it was much, then
// that it was little.
func forget(s *Store, round int) {
	clear(s.keys.keys)
	if round == 0 {
		s.recent.begin(math.MaxInt64)
		return
	}
	s.recent.begin(0)
	s.recent.note(feed.Commit{Head: math.MaxInt64, Touched: make([]id.Conversation, 1)})
	for range 2 * fewAtAll * (2 - round) {
		s.recent.at[id.New[id.Conversation]()] = s.recent.order.PushFront(change{id.New[id.Conversation](), math.MaxInt64})
	}
}

var isSQL = regexp.MustCompile(`\b(SELECT|INSERT|UPDATE|DELETE|FROM|WHERE|AND|ORDER BY|JOIN)\b`)

// pieces are the literals with SQL in the package's sources.
func pieces(t *testing.T) (out []string) {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return true
			}
			text, err := strconv.Unquote(lit.Value)
			if err != nil {
				t.Fatal(err)
			}
			if isSQL.MatchString(text) && !strings.Contains(text, "INTO head") { // that one runs while the database opens
				out = append(out, strings.Split(text, "{set}")...)
			}
			return true
		})
	}
	return out
}

// world is what calls are made with: for each type a value that stands for something there is.
type world map[reflect.Type]reflect.Value

func know[T any](w world, v T) { w[reflect.TypeFor[T]()] = reflect.ValueOf(v) }

// call calls every method but some with what the world knows, and with something of its type for the rest.
func (w world) call(t *testing.T, on reflect.Value, but ...string) {
	t.Helper()
	for i := range on.NumMethod() {
		name := on.Type().Method(i).Name
		if slices.Contains(but, name) {
			continue
		}
		var args []reflect.Value
		for k := range on.Method(i).Type().NumIn() {
			args = append(args, w.value(on.Method(i).Type().In(k)))
		}
		if on.Method(i).Type().IsVariadic() {
			args = args[:len(args)-1]
		}
		on.Method(i).Call(args) // what it answers is tested elsewhere
	}
}

func (w world) value(t reflect.Type) reflect.Value {
	if v, ok := w[t]; ok {
		return v
	}
	switch t.Kind() {
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return reflect.ValueOf([]byte{1}).Convert(t)
		}
		one := reflect.MakeSlice(t, 1, 1)
		one.Index(0).Set(w.value(t.Elem()))
		return one
	case reflect.Struct:
		v := reflect.New(t).Elem()
		for i := range t.NumField() {
			if t.Field(i).IsExported() {
				v.Field(i).Set(w.value(t.Field(i).Type))
			}
		}
		return v
	case reflect.Pointer:
		v := reflect.New(t.Elem())
		v.Elem().Set(w.value(t.Elem()))
		return v
	case reflect.Map:
		m := reflect.MakeMap(t)
		m.SetMapIndex(w.value(t.Key()), w.value(t.Elem()))
		return m
	case reflect.Array:
		v := reflect.New(t).Elem()
		for i := range t.Len() {
			v.Index(i).Set(w.value(t.Elem()))
		}
		return v
	case reflect.Func:
		return reflect.MakeFunc(t, func([]reflect.Value) (out []reflect.Value) {
			for i := range t.NumOut() {
				out = append(out, reflect.Zero(t.Out(i)))
			}
			return out
		})
	case reflect.String:
		return reflect.ValueOf("x").Convert(t)
	case reflect.Int, reflect.Int64, reflect.Uint8:
		return reflect.ValueOf(1).Convert(t)
	}
	return reflect.Zero(t)
}

// populate fills the database by the journal: each kind of conversation, patients with all that hangs on them, messages that
// were repeated, corrected and retracted, and marks.
func populate(t *testing.T, s *Store, j *feed.Journal) world {
	t.Helper()
	ctx := context.Background()
	reader, places := busy(t, j, 3)
	rng := rand.New(rand.NewPCG(1, 2))
	for range 100 {
		operate(t, rng, s, j, reader, places)
	}
	w := world{}
	know[context.Context](w, ctx)
	know(w, s.o.Now())
	know(w, reader)
	know(w, places[0].Conversation)
	know(w, chat.Place{Conversation: places[0].Conversation, Person: reader})
	know(w, chat.Range{Before: chat.NoBefore, After: 0, Limit: 10})
	know(w, []account.Kind{account.Staff, account.Member})
	patient := id.New[id.Patient]()
	know(w, patient)
	inTx(t, j, func(ctx context.Context, tx *Tx) error {
		_, err := tx.SetGrants(ctx, patient, []care.Grant{{Person: reader}}, s.o.Now(), s.o.Now())
		return errors.Join(tx.PutPatient(ctx, care.Patient{ID: patient, Name: "x"}, nil), err)
	})
	d := draftFor(places[0], "once")
	for range 3 {
		m, _, err := j.Send(ctx, d)
		if err == nil && m.CorrectedAt.IsZero() {
			inTx(t, j, func(ctx context.Context, tx *Tx) error {
				_, err := tx.Correct(ctx, m, "twice", s.o.Now())
				return err
			})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := mark(ctx, j, chat.Mark{Conversation: d.Conversation, Person: reader, Read: 1}); err != nil {
		t.Fatal(err)
	}
	return w
}
