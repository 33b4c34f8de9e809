package app

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"kinward/internal/care"
	"kinward/internal/interop/csv"
	"kinward/internal/interop/fhir"
	"kinward/internal/interop/hl7"
)

// Import is what to import.
type Import struct {
	Format string // fhir, hl7 or csv
	Files  []ImportFile
	// Zone is where HL7 and CSV times without an offset are from; nil is UTC.
	Zone   *time.Location
	DryRun bool
}

// ImportFile is a file that can be read several times, since references point forward and between files.
type ImportFile struct {
	Name string
	Open func() (io.ReadCloser, error)
}

// FilesNamed are files on disk.
func FilesNamed(names ...string) []ImportFile {
	files := make([]ImportFile, len(names))
	for i, name := range names {
		files[i] = ImportFile{Name: name, Open: func() (io.ReadCloser, error) { return os.Open(name) }} //nolint:gosec // the operator names the file
	}
	return files
}

// rowsAtOnce are written in one transaction: enough that commits cost nothing, few enough that a server on the same data
// hardly notices how long it waits for each.
const rowsAtOnce = 200

// Import applies files in the order in which they refer to each other, whatever the order they are in. It returns the
// report together with an error when a file could not be read to its end; what was reported then is stored, and the same
// import again does the rest.
func (a *App) Import(ctx context.Context, what Import) (care.Report, error) {
	for _, f := range what.Files { // before anything is written
		r, err := f.Open()
		if err != nil {
			return care.Report{}, err
		}
		if err := r.Close(); err != nil {
			return care.Report{}, fmt.Errorf("close %s: %w", f.Name, err)
		}
	}
	run := &importRun{app: a, what: what, importer: care.NewImporter(care.ImportOptions{
		Journal: journalOf[care.ImportTx]{a.journal}, Now: a.config.Now, PlaceOf: fhir.PlaceOf, SignedOut: a.Accounts.EndPerson,
	})}
	read, ok := map[string]func(context.Context) error{"fhir": run.fhir, "hl7": run.hl7, "csv": run.csv}[what.Format]
	if !ok {
		return care.Report{}, fmt.Errorf("import: there is no format %q", what.Format)
	}
	return run.importer.Run(ctx, what.DryRun, func(apply func([]care.Row) error) error {
		run.apply, run.rows = apply, nil
		return read(ctx)
	})
}

// importRun is an import under way.
type importRun struct {
	app      *App
	what     Import
	importer *care.Importer
	apply    func([]care.Row) error
	rows     []care.Row // not yet applied
}

// each opens the files in turn.
func (r *importRun) each(ctx context.Context, read func(n int, f ImportFile, content io.Reader) error) error {
	for n, f := range r.what.Files {
		content, err := f.Open()
		if err != nil {
			return err
		}
		err = read(n, f, content)
		if closeErr := content.Close(); err == nil {
			err = closeErr
		}
		if err != nil {
			return err
		}
	}
	return r.flush(ctx)
}

func (r *importRun) add(ctx context.Context, row care.Row) error {
	r.rows = append(r.rows, row)
	if len(r.rows) < rowsAtOnce {
		return nil
	}
	return r.flush(ctx)
}

func (r *importRun) flush(ctx context.Context) error {
	if len(r.rows) == 0 {
		return nil
	}
	if err := r.apply(r.rows); err != nil {
		return err
	}
	r.rows = r.rows[:0]
	if r.what.DryRun {
		return nil // nothing is in the log before the end
	}
	return r.app.Store.Checkpoint(ctx)
}

// fhirPasses are the kinds of resources by what they refer to; whatever isn't listed belongs to the first pass.
var fhirPasses = []map[string]bool{
	{}, // Organization, Location, Practitioner
	{"PractitionerRole": true, "Patient": true},
	{"RelatedPerson": true, "Encounter": true},
	{"CareTeam": true},
}

func (r *importRun) fhir(ctx context.Context) error {
	for i, kinds := range fhirPasses {
		want := func(kind string) bool { return kinds[kind] }
		if i == 0 {
			want = func(kind string) bool { return !fhirPasses[1][kind] && !fhirPasses[2][kind] && !fhirPasses[3][kind] }
		}
		if err := r.fhirPass(ctx, want, false); err != nil {
			return err
		}
		if i == 1 && r.importer.Unlinked() {
			// Some patients were merged into others that came later.
			if err := r.fhirPass(ctx, func(kind string) bool { return kind == "Patient" }, true); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *importRun) fhirPass(ctx context.Context, want func(string) bool, linksOnly bool) error {
	return r.each(ctx, func(n int, f ImportFile, content io.Reader) error {
		return fhir.Read(ctx, content, fhir.Options{Name: f.Name, Want: want}, func(e fhir.Entry) error {
			row := care.Row{
				Source: care.Source{Kind: "fhir"}, File: f.Name, FileNumber: n, Line: e.Line,
				Reject: e.Reject, Ignored: e.Ignored, Notes: e.Notes, LinksOnly: linksOnly,
			}
			if e.Record != nil {
				row.Records = []any{e.Record}
			}
			if linksOnly && !linked(e.Record) {
				return nil
			}
			return r.add(ctx, row)
		})
	})
}

func linked(record any) bool {
	p, ok := record.(*care.PatientRecord)
	return ok && (p.ReplacedBy != "" || len(p.Replaces) > 0)
}

// hl7 goes through the messages once, as they happened. Within one, the patient comes first and then whoever the stay
// needs.
func (r *importRun) hl7(ctx context.Context) error {
	return r.each(ctx, func(n int, f ImportFile, content io.Reader) error {
		return hl7.Read(ctx, content, hl7.Options{Name: f.Name, Location: r.what.Zone}, func(e hl7.Entry) error {
			return r.add(ctx, hl7Row(e, f.Name, n))
		})
	})
}

func hl7Row(e hl7.Entry, file string, n int) care.Row {
	row := care.Row{
		Source: e.Source, File: file, FileNumber: n, Line: e.Line, Reject: e.Reject, Ignored: e.Ignored, Notes: e.Notes,
		Message: fmt.Sprintf("%s^%s %s", e.Type, e.Event, e.ControlID),
	}
	if e.Sent != nil {
		row.Message += " " + e.Sent.UTC().Format(time.RFC3339Nano)
	}
	row.Source.Kind = "hl7"
	if e.Patient != nil {
		row.Records = append(row.Records, e.Patient)
	}
	for i := range e.Practitioners {
		row.Records = append(row.Records, &e.Practitioners[i])
	}
	if e.Stay != nil {
		row.Records = append(row.Records, e.Stay)
	}
	for i := range e.Relatives {
		row.Records = append(row.Records, &e.Relatives[i])
	}
	for i := range e.Merges {
		row.Records = append(row.Records, &e.Merges[i])
	}
	return row
}

// csvPasses are the tables by what they refer to; a file that is none of them belongs to the first pass.
var csvPasses = [][]csv.Kind{{"", csv.Staff, csv.Patients}, {csv.Assignments, csv.Relatives}}

func (r *importRun) csv(ctx context.Context) error {
	for _, kinds := range csvPasses {
		err := r.each(ctx, func(n int, f ImportFile, content io.Reader) error {
			opt := csv.Options{Name: f.Name, Location: r.what.Zone, Now: r.app.config.Now(), Want: func(k csv.Kind) bool { return slices.Contains(kinds, k) }}
			return csv.Read(ctx, content, opt, func(e csv.Entry) error {
				return r.add(ctx, care.Row{
					Source: care.Source{Kind: "csv"}, File: f.Name, FileNumber: n, Line: e.Line,
					Records: e.Records, Reject: e.Reject, Notes: e.Notes,
				})
			})
		})
		if err != nil {
			return err
		}
	}
	return nil
}
