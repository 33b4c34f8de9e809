package store

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kinward/internal/care"
	"kinward/internal/feed"
	"kinward/internal/id"
	"kinward/internal/problem"
)

// inTx runs fn in the journal's transaction.
func inTx(t *testing.T, j *feed.Journal, fn func(ctx context.Context, tx *Tx) error) {
	t.Helper()
	err := j.Change(context.Background(), func(ctx context.Context, x feed.Tx) error { return fn(ctx, x.(*Tx)) })
	if err != nil {
		t.Fatal(err)
	}
}

// TestNested: a row that fails takes nothing with it, neither rows nor versions nor who is told.
func TestNested(t *testing.T) {
	s := openTest(t)
	j := runJournal(t, s)
	kept, lost := id.New[id.Patient](), id.New[id.Patient]()
	broken := errors.New("broken")
	inTx(t, j, func(ctx context.Context, tx *Tx) error {
		put := func(p id.Patient, fail error) error {
			return tx.Nested(ctx, func(ctx context.Context) error {
				if err := tx.PutPatient(ctx, care.Patient{ID: p, Name: "x"}, nil); err != nil {
					return err
				}
				if _, err := tx.SetGrants(ctx, p, []care.Grant{{Person: id.New[id.Person]()}}, time.Time{}, s.o.Now()); err != nil {
					return err
				}
				return fail
			})
		}
		if err := put(lost, broken); !errors.Is(err, broken) {
			t.Errorf("nested error: %v", err)
		}
		if tx.version != tx.commit.Base || len(tx.commit.Touched)+len(tx.commit.Woken) > 0 {
			t.Errorf("the failed row left version %d and %+v", tx.version, tx.commit)
		}
		return put(kept, nil)
	})
	inTx(t, j, func(ctx context.Context, tx *Tx) error {
		if _, err := tx.Patient(ctx, lost); !problem.Is(err, problem.NotFound) {
			t.Errorf("the failed row is there: %v", err)
		}
		_, err := tx.Patient(ctx, kept)
		return err
	})
}

// TestKeys reads more keys than one statement takes, and follows a patient to whoever they were merged into.
func TestKeys(t *testing.T) {
	s := openTest(t)
	j := runJournal(t, s)
	old, survivor := id.New[id.Patient](), id.New[id.Patient]()
	var refs []care.Ref
	inTx(t, j, func(ctx context.Context, tx *Tx) error {
		for n := range 2*keysAtOnce + 3 {
			k := care.Key{Ref: care.Ref(fmt.Sprint("Stay/", n)), Kind: care.StayKey, Target: care.Target(id.New[id.Stay]()), Record: "Stay/0", Digest: []byte{1}}
			refs = append(refs, k.Ref, k.Ref+"-unknown")
			if err := tx.PutKey(ctx, k); err != nil {
				return err
			}
		}
		for _, p := range []care.Patient{{ID: old, MergedInto: survivor}, {ID: survivor}} {
			if err := tx.PutPatient(ctx, p, nil); err != nil {
				return err
			}
		}
		return tx.PutKey(ctx, care.Key{Ref: "Patient/old", Kind: care.PatientKey, Target: care.Target(old), Closed: true})
	})
	inTx(t, j, func(ctx context.Context, tx *Tx) error {
		found, err := tx.Keys(ctx, append(refs, "Patient/old"))
		if err != nil {
			return err
		}
		if len(found) != len(refs)/2+1 {
			t.Errorf("%d keys of %d", len(found), len(refs)/2+1)
		}
		for _, k := range found {
			if k.Kind == care.PatientKey && (k.Target != care.Target(old) || k.Survivor != care.Target(survivor) || !k.Closed) {
				t.Errorf("the old patient's key is %+v", k)
			}
			if k.Kind == care.StayKey && k.Survivor != k.Target {
				t.Errorf("a stay's key is %+v", k)
			}
		}
		if err := tx.DeleteKey(ctx, "Stay/1"); err != nil {
			return err
		}
		of, err := tx.KeysOf(ctx, "Stay/0")
		if len(of) != len(refs)/2-1 {
			t.Errorf("%d keys of the record", len(of))
		}
		return err
	})
}

func TestHeard(t *testing.T) {
	s := openTest(t)
	j := runJournal(t, s)
	for n, want := range []bool{false, true, true} {
		inTx(t, j, func(ctx context.Context, tx *Tx) error {
			again, err := tx.Heard(ctx, []byte("digest"))
			if again != want {
				t.Errorf("time %d: heard before: %v", n, again)
			}
			return err
		})
	}
}

// TestImportRows stores each kind of row twice and reads it back.
func TestImportRows(t *testing.T) {
	s := openTest(t)
	j := runJournal(t, s)
	from, until := s.o.Now(), s.o.Now().Add(time.Hour)
	patient, person := id.New[id.Patient](), id.New[id.Person]()
	stay := care.StoredStay{Stay: care.Stay{ID: id.New[id.Stay](), Patient: patient, Number: "V1", Status: "arrived", Class: "IMP", StartedAt: from}}
	team := care.Team{ID: id.New[care.TeamID](), Patient: patient, Stay: stay.ID, Active: true, From: from}
	duty := care.Duty{ID: id.New[care.DutyID](), Person: person, Role: "nurse", Title: "Charge nurse", Active: true}
	place := care.StoredPlace{ID: id.New[care.PlaceID](), Kind: "ward", Name: "3B", PartOf: "Location/1"}
	staff := []care.Participant{{Person: person, Code: "ATND", Role: "attending", From: from}, {Person: id.New[id.Person](), Until: until, Assignment: id.New[id.Assignment]()}}
	for range 2 {
		inTx(t, j, func(ctx context.Context, tx *Tx) error {
			return errors.Join(tx.PutStay(ctx, stay), tx.PutTeam(ctx, team), tx.PutDuty(ctx, duty), tx.PutPlace(ctx, place),
				tx.PutParticipants(ctx, care.Target(stay.ID), staff))
		})
		inTx(t, j, func(ctx context.Context, tx *Tx) error {
			gotStay, err1 := tx.Stay(ctx, stay.ID)
			stay.Version = gotStay.Version
			stays, err2 := tx.Stays(ctx, patient)
			gotTeam, err3 := tx.Team(ctx, team.ID)
			ofStay, err4 := tx.TeamsOfStay(ctx, stay.ID)
			ofPatient, err5 := tx.TeamsOfPatient(ctx, patient)
			gotDuty, err6 := tx.Duty(ctx, duty.ID)
			duties, err7 := tx.DutiesOf(ctx, person)
			gotPlace, err8 := tx.Place(ctx, place.ID)
			gotStaff, err9 := tx.Participants(ctx, care.Target(stay.ID))
			for _, d := range []string{
				cmp.Diff(stay, gotStay), cmp.Diff([]care.StoredStay{stay}, stays), cmp.Diff(team, gotTeam), cmp.Diff([]care.Team{team}, ofStay),
				cmp.Diff([]care.Team{team}, ofPatient), cmp.Diff(duty, gotDuty), cmp.Diff([]care.Duty{duty}, duties), cmp.Diff(place, gotPlace),
				cmp.Diff(staff, gotStaff),
			} {
				if d != "" {
					t.Error(d)
				}
			}
			return errors.Join(err1, err2, err3, err4, err5, err6, err7, err8, err9)
		})
		// The second time around everything is another.
		stay.Status, stay.EndedAt, stay.Died, stay.Ward = "finished", until, true, "ICU"
		team.Active, team.Until, duty.Title, duty.Until, place.Name = false, until, "Nurse", until, "3C"
		staff = staff[1:]
	}
	if _, err := s.Head(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// TestMoveConversation: a family's history follows the patient into whom theirs was merged.
func TestMoveConversation(t *testing.T) {
	s := openTest(t)
	j := runJournal(t, s)
	old, survivor := id.New[id.Patient](), id.New[id.Patient]()
	inTx(t, j, func(ctx context.Context, tx *Tx) error {
		if err := errors.Join(tx.PutPatient(ctx, care.Patient{ID: old}, nil), tx.PutPatient(ctx, care.Patient{ID: survivor}, nil)); err != nil {
			return err
		}
		c, err := tx.SetGrants(ctx, old, []care.Grant{{Person: id.New[id.Person]()}}, time.Time{}, s.o.Now())
		if err != nil {
			return err
		}
		if err := tx.MoveConversation(ctx, c, survivor); err != nil {
			return err
		}
		was, err := tx.FamilyConversation(ctx, old)
		if err != nil || !was.IsZero() {
			t.Errorf("the old patient still has %v %v", was, err)
		}
		is, err := tx.FamilyConversation(ctx, survivor)
		if is != c {
			t.Errorf("the survivor has %v, want %v", is, c)
		}
		return err
	})
}
