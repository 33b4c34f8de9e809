package store

import (
	"context"
	"errors"
)

// insertMessages writes the batch's messages in the order of their versions.
func (h *hot) insertMessages(ctx context.Context) error {
	query := insertNewQuery
	if h.prior != nil {
		query = insertMessagesQuery
	}
	for lo, n := range chunks(len(h.sends)) {
		args := h.args[:0]
		for _, s := range h.sends[lo : lo+n] {
			m := &s.Message
			args = append(args, m.Conversation[:], m.Seq, m.ID[:], m.Sender[:], string(m.Kind), m.ReplyTo, s.Draft.Sealed,
				m.CreatedAt.UnixMilli(), m.Version, m.Version)
		}
		h.args = args
		done, err := h.ExecContext(ctx, h.set(query, n, 10), args...)
		if err != nil {
			return err
		}
		if written, err := done.RowsAffected(); err != nil || written != int64(n) {
			return errors.Join(errRepeats, err)
		}
	}
	return nil
}

const (
	messageRows = `INTO messages (conversation, seq, id, sender, kind, reply_to, body, created_at, sent_version, version) VALUES {set}`

	insertMessagesQuery = `INSERT ` + messageRows
	// insertNewQuery passes over rows that are taken, which are then missing in the count. That the statement can't fail in
	// the middle spares the database a copy of each page that it changes.
	insertNewQuery = `INSERT OR IGNORE ` + messageRows
)

// updateMembers writes the marks that moved. Most are those of senders, of which nobody is told beside the message: their
// version stays, and so does the index over it.
func (h *hot) updateMembers(ctx context.Context) error {
	var senders, told []*standing
	for _, p := range h.moved {
		if p.told {
			told = append(told, p)
		} else {
			senders = append(senders, p)
		}
		p.moved, p.told = false, false
	}
	err := h.updateEach(ctx, updateMarksQuery, 4, senders, func(args []any, p *standing) []any {
		return append(args, p.Conversation[:], p.Person[:], p.Read, p.Delivered)
	})
	if err != nil {
		return err
	}
	return h.updateEach(ctx, updateMembersQuery, 5, told, func(args []any, p *standing) []any {
		return append(args, p.Conversation[:], p.Person[:], p.Read, p.Delivered, p.Version)
	})
}

func (h *hot) updateEach(ctx context.Context, query string, columns int, places []*standing, row func(args []any, p *standing) []any) error {
	for lo, n := range chunks(len(places)) {
		args := h.args[:0]
		for _, p := range places[lo : lo+n] {
			args = row(args, p)
		}
		h.args = args
		if _, err := h.ExecContext(ctx, h.set(query, n, columns), args...); err != nil {
			return err
		}
	}
	return nil
}

const (
	updateMarksQuery = `UPDATE members SET read = d.column3, delivered = d.column4
	FROM (VALUES {set}) AS d WHERE members.conversation = d.column1 AND members.person = d.column2`
	updateMembersQuery = `UPDATE members SET read = d.column3, delivered = d.column4, version = d.column5
	FROM (VALUES {set}) AS d WHERE members.conversation = d.column1 AND members.person = d.column2`
)
