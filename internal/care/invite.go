package care

import (
	"context"
	"time"

	"kinward/internal/account"
	"kinward/internal/id"
	"kinward/internal/problem"
)

// InvitationLife is how long a code can be redeemed (healthcare.md 2.1).
const InvitationLife = 24 * time.Hour

// Invite is what a member of staff tells of a relative.
type Invite struct {
	Name, Relationship, Language, Scope string
	ConsentBasis, ConsentNote           string
}

// Invited is a fresh invitation with its code, which is derived again whenever the card is printed.
type Invited struct {
	Invitation Invitation
	Link       Link
	Code       string
}

// Invite makes a link and a code for a relative. Staff with a live assignment only.
func (s *Service) Invite(ctx context.Context, actor account.Actor, patient id.Patient, in Invite) (Invited, error) {
	if in.Scope == "" {
		in.Scope = "two-way"
	}
	now := s.o.Now()
	made := Invited{
		Invitation: Invitation{ID: id.New[id.Invitation](), ExpiresAt: now.Add(InvitationLife)},
		Link: Link{
			ID: id.New[id.Link](), Patient: patient, Name: in.Name, Relationship: in.Relationship, Language: in.Language, Scope: in.Scope,
			State: InvitedLink, ConsentBasis: in.ConsentBasis, ConsentNote: in.ConsentNote, GrantedBy: actor.Person, CreatedAt: now,
		},
	}
	made.Invitation.Link = made.Link.ID
	made.Code = s.code(made.Invitation.ID)
	made.Invitation.CodeHash = hashCode(made.Code)
	return made, s.manage(ctx, actor, patient, MayManage, func(ctx context.Context, tx Tx) error {
		if err := CheckInvite(in); err != nil { // after the right: a stranger learns nothing, not even what is missing
			return err
		}
		p, err := tx.Patient(ctx, patient)
		if err != nil {
			return err
		}
		if len(p.BirthDate) < 4 {
			return problem.New(problem.Conflict, "the record has no birth date, which relatives have to tell when they enter; complete it first")
		}
		if err := tx.PutLink(ctx, made.Link); err != nil {
			return err
		}
		return tx.InsertInvitation(ctx, made.Invitation)
	})
}

func (s *Service) code(invitation id.Invitation) string {
	return codeFrom(s.o.Keys.Derive("invitation", invitation[:], 64))
}

// Card is an invitation with its code for printing or as a QR code, while it can still be redeemed. Staff with a live
// assignment only.
func (s *Service) Card(ctx context.Context, actor account.Actor, patient id.Patient, invitation id.Invitation) (Invited, error) {
	_, seen, err := s.o.Store.PatientView(ctx, patient, actor.Person, s.o.Now())
	if err != nil && !problem.Is(err, problem.NotFound) {
		return Invited{}, err
	}
	if err := MayManage(actor, seen); err != nil {
		return Invited{}, err
	}
	i, l, err := s.o.Store.Invitation(ctx, invitation)
	if problem.Is(err, problem.NotFound) || err == nil && (l.Patient != patient || !i.Live(s.o.Now())) {
		return Invited{}, problem.New(problem.NotFound, "this invitation has been used or has expired; make a new one")
	}
	if err != nil {
		return Invited{}, err
	}
	return Invited{Invitation: i, Link: l, Code: s.code(i.ID)}, nil
}

// Redemption is what a relative presents. Known is the relative's account where they are signed in already, as somebody
// with two patients may be.
type Redemption struct {
	Code, BirthDate, Name string
	Device                string
	Known                 id.Person
}

// Redeemed is what a relative gets.
type Redeemed struct {
	Person       account.Person
	Token        string
	Patient      Patient
	Conversation id.Conversation
}

// Redeem enters a relative by code and birth date. A wrong birth date counts, and the fifth kills the code; the answer to
// every code that cannot be redeemed is the same.
func (s *Service) Redeem(ctx context.Context, in Redemption) (Redeemed, error) {
	if in.Name != "" {
		if err := account.CheckName("name", in.Name); err != nil {
			return Redeemed{}, err
		}
	}
	if _, err := time.Parse("2006-01-02", in.BirthDate); err != nil {
		return Redeemed{}, problem.Field("birth_date", "tell the patient's birth date as YYYY-MM-DD")
	}
	var out Redeemed
	var refused error
	err := s.o.Journal.Change(ctx, func(ctx context.Context, tx Tx) error {
		out, refused = Redeemed{}, nil
		invitation, link, err := tx.InvitationByCode(ctx, hashCode(normalCode(in.Code)))
		if problem.Is(err, problem.NotFound) || err == nil && (!invitation.Live(s.o.Now()) || link.State != InvitedLink) {
			refused = noInvitation
			return nil
		}
		if err != nil {
			return err
		}
		if out.Patient, err = tx.Patient(ctx, link.Patient); err != nil {
			return err
		}
		if !SameBirthDate(out.Patient.BirthDate, in.BirthDate) {
			refused = problem.New(problem.SecondFactor, "that is not the patient's birth date; after five wrong tries the code is dead")
			return s.wrongTry(ctx, tx, invitation)
		}
		return s.admit(ctx, tx, in, invitation, link, &out)
	})
	if err == nil {
		err = refused
	}
	if err != nil {
		return Redeemed{}, err
	}
	return out, nil
}

func (s *Service) wrongTry(ctx context.Context, tx Tx, i Invitation) error {
	i.Tries++
	if i.Tries >= MaxTries {
		i.DeadAt = s.o.Now()
	}
	return tx.PutInvitation(ctx, i)
}

// admit makes the relative's account, or adds to the one they have, and lets them into the conversation.
func (s *Service) admit(ctx context.Context, tx Tx, in Redemption, invitation Invitation, link Link, out *Redeemed) error {
	now := s.o.Now()
	invitation.UsedAt = now
	if err := tx.PutInvitation(ctx, invitation); err != nil {
		return err
	}
	person, err := s.relative(ctx, tx, in, link)
	if err != nil {
		return err
	}
	out.Person = person
	link.Person, link.Name, link.State = person.ID, person.Name, ActiveLink
	if err := tx.PutLink(ctx, link); err != nil {
		return err
	}
	if out.Token, err = signIn(ctx, tx, person.ID, in.Device, now); err != nil {
		return err
	}
	out.Conversation, err = Settle(ctx, tx, link.Patient, now)
	return err
}

// signIn opens the session in the redeeming transaction: a code that was used up without a session would lock its owner out.
func signIn(ctx context.Context, tx Tx, person id.Person, device string, now time.Time) (string, error) {
	token, hash, err := account.NewToken()
	if err != nil {
		return "", err
	}
	session := account.Session{ID: id.New[id.Session](), Person: person, Device: device, CreatedAt: now, LastSeen: now}
	return token, tx.InsertSession(ctx, session, hash)
}

func (s *Service) relative(ctx context.Context, tx Tx, in Redemption, link Link) (account.Person, error) {
	if !in.Known.IsZero() {
		return tx.Person(ctx, in.Known)
	}
	p := account.Person{ID: id.New[id.Person](), Kind: account.Family, Name: link.Name, CreatedAt: s.o.Now()}
	p.Handle = "family." + p.ID.String()
	if in.Name != "" {
		p.Name = in.Name
	}
	return p, tx.InsertPerson(ctx, p)
}

// Revoke ends a relative's link, whatever its state. If it was the person's last one, they are signed out everywhere.
func (s *Service) Revoke(ctx context.Context, actor account.Actor, patient id.Patient, link id.Link, reason string) error {
	var signedOut id.Person
	err := s.manage(ctx, actor, patient, MayManage, func(ctx context.Context, tx Tx) error {
		signedOut = id.Person{}
		if reason == "" {
			return problem.Field("reason", "say why the link is revoked; the record keeps it")
		}
		if err := checkNote("reason", reason); err != nil {
			return err
		}
		l, err := findLink(ctx, tx, patient, link)
		if err != nil || l.State == Revoked {
			return err
		}
		l.State, l.EndedAt, l.EndReason = Revoked, s.o.Now(), reason
		if err := tx.PutLink(ctx, l); err != nil {
			return err
		}
		if err := tx.KillInvitations(ctx, l.ID, s.o.Now()); err != nil || l.Person.IsZero() {
			return err
		}
		left, err := tx.ActiveLinks(ctx, l.Person)
		if err != nil || left > 0 {
			return err
		}
		signedOut = l.Person
		return tx.DeleteSessions(ctx, l.Person, id.Session{})
	})
	if err == nil && !signedOut.IsZero() {
		s.o.SignedOut(signedOut)
	}
	return err
}

func findLink(ctx context.Context, tx Tx, patient id.Patient, link id.Link) (Link, error) {
	all, err := tx.Links(ctx, patient)
	if err != nil {
		return Link{}, err
	}
	for _, l := range all {
		if l.ID == link {
			return l, nil
		}
	}
	return Link{}, noLink
}
