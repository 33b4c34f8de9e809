package app

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"math/big"
	"strings"
	"text/tabwriter"

	"kinward/internal/account"
	"kinward/internal/care"
	"kinward/internal/id"
	"kinward/internal/interop/synthetic"
)

// demoSeed makes every demo hospital the same one.
const demoSeed = 2026

// LoadDemo fills a database that nobody has an account in with a synthetic hospital, lets a doctor, a nurse, two relatives
// and an administrator in, and prints once how they sign in: the passwords are made up here and kept as hashes only. On any
// other database it writes nothing and says where the hints went.
func (a *App) LoadDemo(ctx context.Context, out io.Writer) error {
	people, err := a.Store.AllPeople(ctx)
	if err != nil {
		return err
	}
	if len(people) > 0 {
		_, err := io.WriteString(out, demoLoaded)
		return err
	}
	d := &demo{App: a}
	if err := d.load(ctx); err != nil {
		return fmt.Errorf("load the demo: %w", err)
	}
	return d.print(out)
}

const demoLoaded = `Demo: this database has accounts already, so nothing was loaded. How to sign in was shown at the first start.
"kinward person list" shows the handles; "kinward person password --handle H --password-stdin" sets a new password.
`

// demo is the hospital being filled.
type demo struct {
	*App
	hints  []demoHint
	doctor account.Person
	nurse  account.Person
}

// demoHint is a row of the table that is shown at the first start.
type demoHint struct{ who, handle, password string }

func (d *demo) load(ctx context.Context) error {
	var hospital bytes.Buffer
	if err := synthetic.Write(&hospital, synthetic.Options{Seed: demoSeed, Now: d.config.Now()}); err != nil {
		return err
	}
	file := ImportFile{Name: "demo.ndjson", Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(hospital.Bytes())), nil }}
	report, err := d.Import(ctx, Import{Format: "fhir", Files: []ImportFile{file}})
	if err != nil {
		return err
	}
	if report.Rejected > 0 {
		return fmt.Errorf("the demo hospital has a row that can't be imported: %s", report.Rejects[0].Reason)
	}
	if err := d.enterStaff(ctx); err != nil {
		return err
	}
	return d.talk(ctx)
}

// enterStaff lets the doctor who has most patients in, a nurse of the same ward, and an administrator.
func (d *demo) enterStaff(ctx context.Context) error {
	for _, entry := range []struct {
		who    string
		key    care.Ref
		person *account.Person
	}{
		{"doctor, cardiology", "Practitioner/staff-01", &d.doctor},
		{"nurse, cardiology", "Practitioner/staff-07", &d.nurse},
	} {
		target, err := d.imported(ctx, entry.key)
		if err != nil {
			return err
		}
		if *entry.person, err = d.Store.Person(ctx, id.Person(target)); err != nil {
			return err
		}
		if err := d.enter(ctx, entry.who, entry.person.Handle); err != nil {
			return err
		}
	}
	admin := account.Person{Kind: account.Admin, Handle: "admin", Name: "Demo administrator"}
	if _, err := d.Accounts.Add(ctx, admin, ""); err != nil {
		return err
	}
	return d.enter(ctx, "administrator", admin.Handle)
}

// imported finds what an import made of a resource.
func (d *demo) imported(ctx context.Context, key care.Ref) (target care.Target, err error) {
	err = journalOf[care.ImportTx]{d.journal}.Change(ctx, func(ctx context.Context, tx care.ImportTx) error {
		keys, err := tx.Keys(ctx, []care.Ref{key})
		if err == nil && len(keys) == 0 {
			err = errors.New("the demo hospital lacks " + string(key))
		}
		if err == nil {
			target = keys[0].Target
		}
		return err
	})
	return target, err
}

func (d *demo) enter(ctx context.Context, who, handle string) error {
	password, err := demoPassword()
	if err != nil {
		return err
	}
	d.hints = append(d.hints, demoHint{who, handle, password})
	return d.Accounts.SetPassword(ctx, handle, password)
}

// demoPassword has 12 of 31 letters and digits that can't be mistaken for each other: 59 bits.
func demoPassword() (string, error) {
	const letters = "abcdefghjkmnpqrstuvwxyz23456789"
	var b strings.Builder
	for n := range 12 {
		if n > 0 && n%4 == 0 {
			b.WriteByte('-')
		}
		i, err := rand.Int(rand.Reader, big.NewInt(int64(len(letters))))
		if err != nil {
			return "", fmt.Errorf("password: %w", err)
		}
		b.WriteByte(letters[i.Int64()])
	}
	return b.String(), nil
}

func (d *demo) print(out io.Writer) error {
	var b bytes.Buffer
	b.WriteString("\nDemo: a synthetic hospital was loaded. Nobody in it is real. Never use this database for patients.\n" +
		"Sign in as one of these; the passwords are shown this once and kept nowhere:\n\n")
	w := tabwriter.NewWriter(&b, 0, 4, 3, ' ', 0)
	fmt.Fprintln(w, "  WHO\tHANDLE\tPASSWORD")
	for _, h := range d.hints {
		fmt.Fprintf(w, "  %s\t%s\t%s\n", h.who, h.handle, h.password)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	b.WriteByte('\n')
	_, err := out.Write(b.Bytes())
	return err
}
