package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
	_ "time/tzdata" // --zone works on machines without time zones, as small containers are

	"kinward/internal/app"
	"kinward/internal/care"
)

type importCmd struct {
	FHIR importFHIRCmd `cmd:"" name:"fhir" help:"Import FHIR R4 (or R5) resources: NDJSON or JSON, Bundles too, plain or gzipped."`
	HL7  importHL7Cmd  `cmd:"" name:"hl7" help:"Import HL7 v2 ADT messages, in the order in which they were sent."`
	CSV  importCSVCmd  `cmd:"" name:"csv" help:"Import tables of patients, staff, assignments and relatives; the header row says which."`
}

// Help is printed by import --help.
func (importCmd) Help() string {
	return `Importing the same again changes nothing, so an import that broke off is simply repeated. A row that can't be taken is
reported with its line and costs no other. Practitioners become staff accounts without a password: "kinward person
password" lets them in. A server may run on the same data; its clients see the changes.

See docs/guide/import.md for what becomes of each field.`
}

// importFlags are those of every format.
type importFlags struct {
	dataFlags
	Files  []string `arg:"" name:"file" help:"Files to import together; they may refer to each other."`
	DryRun bool     `help:"Report what would be done and write nothing. Meanwhile nobody else can write."`
	JSON   bool     `name:"json" help:"Print the report as JSON."`
}

type importFHIRCmd struct{ importFlags }

func (c *importFHIRCmd) Run(ctx context.Context) error { return c.run(ctx, app.Import{Format: "fhir"}) }

// zoneFlags are those of formats whose times may come without an offset.
type zoneFlags struct {
	Zone string `help:"Time zone of times that name none, like Europe/Berlin; the default is this machine's." default:"Local" placeholder:"ZONE"`
}

func (z zoneFlags) run(ctx context.Context, flags *importFlags, format string) error {
	zone, err := time.LoadLocation(z.Zone)
	if err != nil {
		return fmt.Errorf("zone: %w (%w)", err, errUsage)
	}
	return flags.run(ctx, app.Import{Format: format, Zone: zone})
}

type importHL7Cmd struct {
	importFlags
	zoneFlags
}

func (c *importHL7Cmd) Run(ctx context.Context) error {
	return c.zoneFlags.run(ctx, &c.importFlags, "hl7")
}

type importCSVCmd struct {
	importFlags
	zoneFlags
}

func (c *importCSVCmd) Run(ctx context.Context) error {
	return c.zoneFlags.run(ctx, &c.importFlags, "csv")
}

// run imports and prints the report, also when the import broke off: what it says then is stored.
func (c *importFlags) run(ctx context.Context, what app.Import) error {
	if err := c.check(); err != nil { // before a data folder is made
		return err
	}
	what.Files, what.DryRun = app.FilesNamed(c.Files...), c.DryRun
	return c.with(ctx, func(ctx context.Context, a *app.App) error {
		report, err := a.Import(ctx, what)
		if err != nil && report.Rejects == nil { // nothing was begun
			return err
		}
		if printErr := c.print(os.Stdout, report); err == nil {
			err = printErr
		}
		return err
	})
}

func (c *importFlags) check() error {
	for _, name := range c.Files {
		f, err := os.Open(name) //nolint:gosec // the operator names the file
		if err != nil {
			return err
		}
		info, err := f.Stat()
		if err == nil && info.IsDir() {
			err = fmt.Errorf("%s is a folder; name the files in it", name)
		}
		if err := errors.Join(err, f.Close()); err != nil {
			return err
		}
	}
	return nil
}

func (c *importFlags) print(w io.Writer, r care.Report) error {
	if c.JSON {
		out := json.NewEncoder(w)
		out.SetIndent("", "  ")
		return out.Encode(r)
	}
	verb := "Imported"
	if r.DryRun {
		verb = "Trial run, nothing was written:"
	}
	_, err := fmt.Fprintf(w, "%s %d rows: %d added, %d changed, %d unchanged, %d rejected, %d ignored.\n", verb,
		r.Added+r.Changed+r.Unchanged+r.Rejected+r.Ignored, r.Added, r.Changed, r.Unchanged, r.Rejected, r.Ignored)
	if err == nil {
		err = c.list(w, "Rejected", r.Rejected, r.Rejects)
	}
	if err == nil {
		err = c.list(w, "Warnings", r.Warned, r.Warnings)
	}
	return err
}

// list prints findings as editors and terminals jump to them.
func (c *importFlags) list(w io.Writer, title string, count int, all []care.Finding) error {
	if count == 0 {
		return nil
	}
	if _, err := fmt.Fprintf(w, "\n%s (%d):\n", title, count); err != nil {
		return err
	}
	for _, f := range all {
		if _, err := fmt.Fprintf(w, "  %s:%d: %s\n", f.File, f.Line, f.Reason); err != nil {
			return err
		}
	}
	if count > len(all) {
		_, err := fmt.Fprintf(w, "  … and %d more\n", count-len(all))
		return err
	}
	return nil
}
