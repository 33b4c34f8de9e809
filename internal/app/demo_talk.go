package app

import (
	"context"
	"strings"

	"kinward/internal/account"
	"kinward/internal/care"
	"kinward/internal/chat"
	"kinward/internal/id"
	"kinward/internal/interop/synthetic"
)

// line is one message of the demo's conversations, by who writes it.
type line struct {
	by   string // doctor, nurse or family
	text string
}

// familyTalks are the conversations with the relatives of the first leads of the synthetic hospital.
var familyTalks = []struct {
	handle string
	lines  []line
}{
	{"ana.silva", []line{
		{"doctor", "Bom dia, Ana. O seu pai passou bem a noite: tensão estável, sem febre. Hoje fazemos o ecocardiograma às 11h. Depois escrevo-lhe."},
		{"family", "Bom dia, doutora. Muito obrigada! Ele comeu alguma coisa? E posso visitá-lo esta tarde?"},
		{"nurse", "He had breakfast, half a portion, and walked to the window with me. Visits are from 14:00 to 19:00, please ring at the ward door."},
		{"nurse", "Comeu metade do pequeno-almoço e andou até à janela comigo. Visitas das 14h às 19h."},
		{"family", "Que bom 😊 Chego às 15h. O meu irmão está em França, pode falar com ele por aqui também?"},
	}},
	{"wang.xiaoming", []line{
		{"family", "您好,我是王秀英的儿子。我母亲今天情况怎么样?"},
		{"doctor", "您好,王先生。检查结果不错,她今天已经可以坐起来了。明天上午我们再做一次心电图。"},
		{"doctor", "If you would rather talk: an interpreter is on the ward at 16:00, we can call you then."},
		{"family", "谢谢医生!16:00 可以,请打我的电话。"},
	}},
}

// colleagueTalk is between the doctor and the nurse.
var colleagueTalk = []line{
	{"nurse", "Elena, für Herrn Weiß fehlt noch die Anordnung für heute Abend."},
	{"doctor", "Danke, ist eingetragen. Kannst du die Tochter von Herrn Silva um 15 Uhr kurz zu mir schicken?"},
	{"nurse", "Mach ich 👍"},
}

// talk brings the leads' relatives in as they come in truth, by an invitation, and writes some conversations.
func (d *demo) talk(ctx context.Context) error {
	for i, t := range familyTalks {
		lead := synthetic.Leads()[i]
		relative, conversation, err := d.relative(ctx, lead, t.handle)
		if err != nil {
			return err
		}
		if err := d.say(ctx, conversation, relative, t.lines); err != nil {
			return err
		}
	}
	conversation, _, err := d.Chat.OpenDirect(ctx, actorOf(d.nurse), d.doctor.ID)
	if err != nil {
		return err
	}
	return d.say(ctx, conversation, account.Person{}, colleagueTalk)
}

func actorOf(p account.Person) account.Actor { return account.Actor{Person: p.ID, Kind: p.Kind} }

// relative invites somebody and redeems the code. Relatives have no password in earnest; these get one, so that whoever
// looks at the demo can be them.
func (d *demo) relative(ctx context.Context, lead synthetic.Lead, handle string) (account.Person, id.Conversation, error) {
	var none id.Conversation
	patient, err := d.imported(ctx, care.Ref("Patient/"+lead.ID))
	if err != nil {
		return account.Person{}, none, err
	}
	invited, err := d.Care.Invite(ctx, actorOf(d.doctor), id.Patient(patient), care.Invite{
		Name: lead.Relative, Relationship: lead.Relationship, Language: lead.Language, ConsentBasis: "agreed",
	})
	if err != nil {
		return account.Person{}, none, err
	}
	p, err := d.Accounts.Add(ctx, account.Person{Kind: account.Family, Handle: handle, Name: lead.Relative}, "")
	if err != nil {
		return p, none, err
	}
	in, err := d.Care.Redeem(ctx, care.Redemption{Code: invited.Code, BirthDate: lead.BirthDate, Device: "demo", Known: p.ID})
	if err != nil {
		return p, none, err
	}
	who := lead.Relationship + " of " + strings.TrimSpace(in.Patient.FirstName)
	return p, in.Conversation, d.enter(ctx, who, handle)
}

func (d *demo) say(ctx context.Context, conversation id.Conversation, family account.Person, lines []line) error {
	people := map[string]account.Person{"doctor": d.doctor, "nurse": d.nurse, "family": family}
	for _, l := range lines {
		_, _, err := d.Chat.Send(ctx, actorOf(people[l.by]), conversation, chat.Post{ID: id.New[id.Message](), Text: l.text})
		if err != nil {
			return err
		}
	}
	return nil
}
