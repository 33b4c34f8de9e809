// Package csv reads patients, staff, assignments and relatives from tables, for hospitals whose systems speak neither FHIR
// nor HL7. Each of the four tables is a file with a header row; the header decides which one it is, not the file's name.
//
//	patients     mrn; authority, family, given, birth, sex, language, ward, room, bed, visit, admit, expected_discharge,
//	             discharge, protected, deceased
//	staff        staff_id, name; authority, role
//	assignments  staff_id, visit or mrn; role, from, to
//	relatives    mrn, family or given, relationship; language, contact_role
//
// Columns before the semicolon are needed, all others may be left out, and further ones are passed over. Files are plain or
// gzipped, in UTF-8 or UTF-16; columns are separated by comma, semicolon or tab. A row is the whole truth about what it describes; what no row
// describes stays as it is.
//
// Nothing here keeps state between calls, and a call starts no goroutines.
package csv

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"kinward/internal/care"
	"kinward/internal/interop/unpack"
)

// window holds the header, whose separators are counted.
const window = 64 << 10

// Kind is which table a file is.
type Kind string

// The tables.
const (
	Patients    Kind = "patients"
	Staff       Kind = "staff"
	Assignments Kind = "assignments"
	Relatives   Kind = "relatives"
)

// Options of Read.
type Options struct {
	// Name is what errors call the file.
	Name string
	// Want selects tables; others are not read. It is asked with "" for a file that is none, so that only one of several
	// passes reports it. Nil wants everything.
	Want func(Kind) bool
	// Location is where times are from; nil is UTC.
	Location *time.Location
	// Now tells admissions that are still to come.
	Now time.Time
}

// Entry is one row: Records, in the order in which they refer to each other, or Reject.
type Entry struct {
	Line    int
	Records []any // pointers to the records of package care
	Reject  *care.Reject
	Notes   []string // what was left out, and why
}

// Read calls fn with each row of r, in the order of the file. It returns fn's error unchanged and stops, ends with ctx's
// error, and otherwise fails only when r does: whatever is wrong with the content is a Reject.
func Read(ctx context.Context, r io.Reader, opt Options, fn func(Entry) error) error {
	if opt.Location == nil {
		opt.Location = time.UTC
	}
	if opt.Want == nil {
		opt.Want = func(Kind) bool { return true }
	}
	in, err := unpack.Reader(ctx, r, window)
	if err != nil {
		return fmt.Errorf("read %s: %w", opt.Name, err)
	}
	if mark, _ := in.Peek(3); string(mark) == "\ufeff" {
		_, _ = in.Discard(3) // they are buffered
	}
	f := &file{opt: opt, rows: csv.NewReader(in), fn: fn}
	f.rows.FieldsPerRecord = -1
	f.rows.Comma = separator(in)
	f.rows.TrimLeadingSpace = f.rows.Comma != '\t' // a tab is space too
	err = f.header()
	for err == nil && f.kind != "" {
		if err = ctx.Err(); err == nil {
			err = f.row()
		}
	}
	if err == nil || errors.Is(err, io.EOF) && !f.failed {
		return nil
	}
	if f.failed {
		return err
	}
	return fmt.Errorf("read %s: %w", opt.Name, err)
}

// separator is the one that the header uses most.
func separator(in *bufio.Reader) rune {
	start, _ := in.Peek(in.Size())
	line, _, _ := strings.Cut(string(start), "\n")
	best := ','
	for _, c := range ";\t" {
		if strings.Count(line, string(c)) > strings.Count(line, string(best)) {
			best = c
		}
	}
	return best
}

// file is one Read under way.
type file struct {
	opt     Options
	rows    *csv.Reader
	fn      func(Entry) error
	failed  bool // the error is fn's
	kind    Kind
	columns map[string]int
	last    int // line
}

func (f *file) emit(e Entry) error {
	err := f.fn(e)
	f.failed = err != nil
	return err
}

func (f *file) reject(line int, format string, args ...any) error {
	return f.emit(Entry{Line: line, Reject: &care.Reject{Line: line, Reason: fmt.Sprintf(format, args...)}})
}

// tables are the columns that a table can't do without, in the order in which they are tried: an assignment names neither
// the staff nor the relationship.
var tables = []struct {
	kind    Kind
	columns []string
}{
	{Staff, []string{"staff_id", "name"}},
	{Relatives, []string{"mrn", "relationship"}},
	{Assignments, []string{"staff_id"}},
	{Patients, []string{"mrn", "family"}},
	{Patients, []string{"mrn", "given"}},
}

func (f *file) header() error {
	names, err := f.rows.Read()
	if broken := (*csv.ParseError)(nil); err != nil && !errors.As(err, &broken) && !errors.Is(err, unpack.ErrDamaged) {
		return err
	}
	f.columns = map[string]int{}
	for i, name := range names {
		name = strings.ReplaceAll(strings.ToLower(strings.TrimSpace(name)), " ", "_")
		if _, twice := f.columns[name]; !twice {
			f.columns[name] = i
		}
	}
	has := func(name string) bool { _, ok := f.columns[name]; return ok }
	for _, t := range tables {
		if err != nil || slices.ContainsFunc(t.columns, func(c string) bool { return !has(c) }) {
			continue
		}
		if t.kind == Assignments && !has("visit") && !has("mrn") {
			continue
		}
		if f.opt.Want(t.kind) {
			f.kind = t.kind
		}
		return nil
	}
	if !f.opt.Want("") {
		return nil
	}
	return f.reject(1, "the first row is no header of patients, staff, assignments or relatives; the file was not read")
}

func (f *file) row() error {
	fields, err := f.rows.Read()
	switch broken := (*csv.ParseError)(nil); {
	case errors.As(err, &broken):
		return f.reject(broken.StartLine, "%v", broken.Err)
	case errors.Is(err, unpack.ErrDamaged):
		f.kind = "" // nothing can be read behind it
		return f.reject(f.last+1, "%v", err)
	case err != nil:
		return err
	}
	line, _ := f.rows.FieldPos(0)
	f.last = line
	r := &row{file: f, fields: fields}
	if !slices.ContainsFunc(fields, func(s string) bool { return strings.TrimSpace(s) != "" }) {
		return nil // spreadsheets write empty rows
	}
	if slices.ContainsFunc(fields, func(s string) bool { return !utf8.ValidString(s) }) {
		return f.reject(line, "the row is not UTF-8; save the table as \"CSV UTF-8\"")
	}
	records, err := decoders[f.kind](r)
	if err != nil {
		return f.reject(line, "%v", err)
	}
	return f.emit(Entry{Line: line, Records: records, Notes: r.notes})
}
