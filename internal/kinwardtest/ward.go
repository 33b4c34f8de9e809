package kinwardtest

import (
	"context"
	"net/http"
	"strings"

	"kinward/internal/care"
	"kinward/internal/id"
	"kinward/internal/protocol"
	"kinward/internal/store"
)

// Patient is someone in hospital with a care team.
type Patient struct {
	ID, Conversation      string
	FirstName, FamilyName string
	BirthDate             string
}

// Admit puts a patient on the ward as an import would, looked after by a team. Of p only what matters to the test need be
// filled in.
func (s *Server) Admit(p care.Patient, identifiers []care.Identifier, team ...Person) Patient {
	s.t.Helper()
	p.ID, p.Active, p.Status = id.New[id.Patient](), true, "in-progress"
	if p.Name == "" {
		p.Name = strings.TrimSpace(p.FirstName + " " + p.FamilyName)
	}
	if p.BirthDate == "" {
		p.BirthDate = "1948-03-09"
	}
	var conversation id.Conversation
	err := s.App.Change(context.Background(), func(ctx context.Context, tx *store.Tx) error {
		err := tx.PutPatient(ctx, p, identifiers)
		for _, i := range identifiers {
			if err == nil {
				err = tx.PutIdentifier(ctx, p.ID, i)
			}
		}
		for _, member := range team {
			if err == nil {
				err = s.assign(ctx, tx, p.ID, member)
			}
		}
		if err == nil {
			conversation, err = care.Settle(ctx, tx, p.ID, s.now())
		}
		return err
	})
	if err != nil {
		s.t.Fatalf("admit: %v", err)
	}
	return Patient{ID: p.ID.String(), Conversation: conversation.String(), FirstName: p.FirstName, FamilyName: p.FamilyName, BirthDate: p.BirthDate}
}

func (s *Server) assign(ctx context.Context, tx *store.Tx, patient id.Patient, member Person) error {
	person, err := id.Parse[id.Person](member.ID)
	if err != nil {
		return err
	}
	return tx.PutAssignment(ctx, care.Assignment{
		ID: id.New[id.Assignment](), Patient: patient, Person: person, Role: "attending", From: s.now(),
	})
}

// Invite has a member of the team invite a relative; scope is two-way or updates.
func (s *Server) Invite(by Person, patient Patient, name, scope string) protocol.Invitation {
	s.t.Helper()
	var made protocol.Invitation
	s.Must(http.StatusCreated, by.Token, "POST", "/patients/"+patient.ID+"/invitations", protocol.Invite{
		Name: name, Relationship: "daughter", Scope: scope, Consent: &protocol.Consent{Basis: "agreed"},
	}, &made)
	return made
}

// Relative is somebody of the patient's family who was invited and has come.
func (s *Server) Relative(by Person, patient Patient, name, scope string) Person {
	s.t.Helper()
	made := s.Invite(by, patient, name, scope)
	var in protocol.Redeemed
	s.Must(http.StatusCreated, "", "POST", "/invitations/redeem", protocol.Redeem{Code: made.Code, BirthDate: patient.BirthDate}, &in)
	return Person{ID: in.Person.ID, Handle: in.Person.Handle, Name: in.Person.Name, Token: in.Token, Link: made.Link}
}
