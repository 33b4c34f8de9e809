package care

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"kinward/internal/id"
	"kinward/internal/problem"
)

// ImportOptions are what an Importer needs; all are required.
type ImportOptions struct {
	Journal ImportJournal
	Now     func() time.Time
	// PlaceOf names where a stay's patient lies; find looks places up. It is the fhir package's.
	PlaceOf func(s StayRecord, find func(Ref) (LocationRecord, bool)) Place
	// SignedOut is called after an account was closed because its record says that the practitioner left.
	SignedOut func(id.Person)
}

// Importer applies records of other systems. A row is applied as a whole or not at all, and one that says what is already
// known changes nothing: not a version moves. One import runs at a time on an Importer.
//
// References point at what was imported before, in earlier rows, runs or files; the caller orders the rows accordingly
// and sees to it that whatever may be referred to comes first.
type Importer struct {
	o      ImportOptions
	report Report
	// unlinked counts the patients whose link points at one that isn't known yet.
	unlinked int
}

// NewImporter makes an Importer.
func NewImporter(o ImportOptions) *Importer { return &Importer{o: o} }

// Row is one row of a file: a resource, a message, a line of a table.
type Row struct {
	Source     Source
	File       string
	FileNumber int
	Line       int
	// Message tells two messages with the same content apart (HL7: control id and time). A message that was heard before
	// is not applied again, so that an old file doesn't undo what came after it. "" for anything that is a state.
	Message string
	// Records are *PatientRecord, *StayRecord … as in this package, in the order in which they are applied; later ones may
	// refer to earlier ones.
	Records []any
	// LinksOnly asks for nothing but a patient's links to other patients; such a row isn't counted.
	LinksOnly bool
	Reject    *Reject
	Ignored   bool
	Notes     []string
}

// errTrial ends a trial run's change so that nothing of it stays.
var errTrial = errors.New("this was a trial run")

// Run lets feed hand rows to apply, which writes each call's rows in one transaction. In a dry run the whole is one
// transaction that is rolled back at the end, so everything refers to everything as it would in earnest; until then
// nobody else can write. feed may be called again, and then begins anew. Run reports what was done also when it fails.
func (m *Importer) Run(ctx context.Context, dry bool, feed func(apply func([]Row) error) error) (Report, error) {
	m.begin(dry)
	if !dry {
		err := feed(func(rows []Row) error { return m.apply(ctx, rows) })
		return m.report.finished(), err
	}
	var fed error
	// The database is asked with the journal's own context: a statement that is broken off would end the transaction that
	// is to be rolled back. feed ends with the caller's.
	err := m.o.Journal.Change(ctx, func(ctx context.Context, tx ImportTx) error {
		m.begin(dry)
		fed = feed(func(rows []Row) error {
			b, err := m.batch(ctx, tx, rows)
			if err == nil {
				m.take(b)
				tx.Untold()
			}
			return err
		})
		return errors.Join(fed, errTrial)
	})
	if errors.Is(err, errTrial) {
		err = fed
	}
	return m.report.finished(), err
}

func (m *Importer) begin(dry bool) { m.report, m.unlinked = Report{DryRun: dry}, 0 }

// Unlinked reports whether a patient's link pointed at one that came later or not at all: the rows of patients should then
// be applied once more, with LinksOnly.
func (m *Importer) Unlinked() bool { return m.unlinked > 0 }

func (m *Importer) apply(ctx context.Context, rows []Row) error {
	var done *batch
	err := m.o.Journal.Change(ctx, func(ctx context.Context, tx ImportTx) (err error) {
		done, err = m.batch(ctx, tx, rows)
		return err
	})
	if err != nil {
		return err
	}
	m.take(done)
	for _, person := range done.closed {
		m.o.SignedOut(person)
	}
	return nil
}

// take adds a batch that has come through to the report.
func (m *Importer) take(b *batch) {
	for _, v := range b.verdicts {
		m.report.add(v)
	}
	m.unlinked += b.unlinked
}

// batch is the rows that are written in one transaction. It remembers keys and places only as long, since other processes
// may change them in between.
type batch struct {
	tx       ImportTx
	o        *ImportOptions
	now      time.Time
	keys     map[Ref]Key // with a zero Kind: known not to be there
	places   map[Ref]LocationRecord
	touched  touches
	verdicts []verdict
	closed   []id.Person
	unlinked int
}

func (m *Importer) batch(ctx context.Context, tx ImportTx, rows []Row) (*batch, error) {
	b := &batch{tx: tx, o: &m.o, now: m.o.Now(), keys: map[Ref]Key{}, places: map[Ref]LocationRecord{}, touched: touches{}}
	if err := b.prefetch(ctx, rows); err != nil {
		return nil, err
	}
	for i := range rows {
		if err := b.row(ctx, &rows[i]); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", rows[i].File, rows[i].Line, err)
		}
	}
	return b, b.settle(ctx)
}

// row applies a row in a savepoint of its own. It fails only when going on makes no sense.
func (b *batch) row(ctx context.Context, r *Row) error {
	v := verdict{row: r, warnings: r.Notes}
	switch {
	case r.Reject != nil:
		v.outcome, v.reason = rejected, r.Reject.Reason
	case r.Ignored:
		v.outcome = ignored
	default:
		w := &work{batch: b, row: r, touched: touches{}}
		err := b.tx.Nested(ctx, w.apply)
		if err != nil {
			clear(b.keys) // some may be of rows that are gone again
			clear(b.places)
		}
		if hopeless(ctx, err) {
			return err
		}
		v.outcome, v.reason = w.outcome(err), reason(err)
		if err == nil {
			v.warnings = append(slices.Clip(r.Notes), w.warnings...)
			b.touched.join(w.touched)
			b.closed = append(b.closed, w.closed...)
			b.unlinked += w.unlinked
		}
	}
	if r.LinksOnly && v.outcome != rejected {
		v.outcome, v.warnings = uncounted, v.warnings[len(r.Notes):]
	}
	b.verdicts = append(b.verdicts, v)
	return nil
}

// hopeless tells errors of the database or the command from those of a row.
func hopeless(ctx context.Context, err error) bool {
	return err != nil && (ctx.Err() != nil || problem.Is(err, problem.StorageFull) || problem.Is(err, problem.Unavailable))
}

// refusal is why a row can't be taken.
type refusal string

func (r refusal) Error() string { return string(r) }

func refuse(format string, args ...any) error { return refusal(fmt.Sprintf(format, args...)) }

func reason(err error) string {
	var r refusal
	switch {
	case err == nil:
		return ""
	case errors.As(err, &r):
		return string(r)
	}
	return "can't be stored: " + err.Error()
}
